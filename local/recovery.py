"""Recovers a forgotten password as AWS does: with a random code, in the text of the pool's custom message trigger, and refused after
the same time for every address.

The emulator sends everybody the same code, in a text of its own, and searches twice for an unknown address. This fits the version in
requirements-stack.txt.
"""

from __future__ import annotations

import secrets
from typing import Any


def by_a_code_of_its_own() -> None:
    from ministack.services import cognito

    send = cognito._send_verification_email

    def sent(pool: Any, username: str, attributes: Any, code: str, attribute_name: str = "email") -> Any:
        if attribute_name != "password":
            return send(pool, username, attributes, code, attribute_name)
        user, _ = cognito._resolve_user(pool, username)
        user["_reset_code"] = f"{secrets.randbelow(10**6):06}"
        words = cognito._apply_custom_message_trigger(pool, "CustomMessage_ForgotPassword", user["Username"], attributes)
        template = {"EmailSubject": words.get("emailSubject"), "EmailMessage": words.get("emailMessage")}
        return send({**pool, "VerificationMessageTemplate": template}, username, attributes, user["_reset_code"], attribute_name)

    cognito._send_verification_email = sent


def judged_in_one_time() -> None:
    """Refuses an unknown address at the same point as a wrong code. A second search of all users takes noticeable time in a large pool."""
    from ministack.services import cognito

    judge = cognito._confirmation_code_error

    def judged(action: str, data: Any) -> Any:
        if action != "ConfirmForgotPassword":
            return judge(action, data)
        pool, _ = cognito._pool_for_client(data.get("ClientId"))
        if not pool:
            return None
        user, _ = cognito._resolve_user(pool, data.get("Username"))
        if user:
            return cognito._code_error(user.get("_reset_code"), data.get("ConfirmationCode"))
        if cognito._hides_user_existence(pool, data["ClientId"]):
            words = "Invalid verification code provided, please try again."
            return cognito.error_response_json("CodeMismatchException", words, 400)
        return None

    cognito._confirmation_code_error = judged
