"""Requires a second factor as AWS does: a user without one sets up an authenticator app before they get tokens.

The emulator lets such users in without it, and every user after a first password. It also forgets an app that is set up during sign-in,
lets a preference take a required factor away, and lacks the call that deletes one. This fits the version in requirements-stack.txt.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

FACTOR = "SOFTWARE_TOKEN_MFA"


def asked_of_everybody() -> None:
    from ministack.services import cognito

    signing_in: dict[str, Any] = {}  # by the session of each step
    challenge, first_password = cognito._mfa_challenge_for_user, cognito._respond_to_auth_challenge
    associate, verify = cognito._associate_software_token, cognito._verify_software_token

    def challenged(pool: Any, user: Any, pool_id: str, username: str) -> Any:
        if pool.get("MfaConfiguration") != "ON" or FACTOR in user.get("_mfa_enabled", []):
            return challenge(pool, user, pool_id, username)
        session = secrets.token_urlsafe(32)
        signing_in[session] = user
        parameters = {"MFAS_CAN_SETUP": json.dumps([FACTOR]), "USER_ID_FOR_SRP": username}
        return {"ChallengeName": "MFA_SETUP", "Session": session, "ChallengeParameters": parameters}

    def step(call: Any) -> Any:
        """Wraps a call that continues a sign-in: it takes the sign-in's session and answers with the next one."""

        def stepped(data: Any) -> Any:
            user = signing_in.get(data.get("Session"))
            answer = call(data)
            if user is not None and answer[0] == 200:
                signing_in[json.loads(answer[2])["Session"]] = signing_in.pop(data["Session"])
            return answer

        return stepped

    def verified(data: Any) -> Any:
        user = signing_in.get(data.get("Session"))
        secret = cognito._totp_session_secrets.get(data.get("Session"))
        answer = verify(data)
        if user is not None and answer[0] == 200:
            user["_totp_secret"], user["_preferred_mfa"] = secret, FACTOR
            user["_mfa_enabled"] = [*user.get("_mfa_enabled", []), FACTOR]
        return answer

    def responded(data: Any) -> Any:
        if data.get("ChallengeName") == "MFA_SETUP":
            user = signing_in.pop(data.get("Session"), None)
            if user is None or FACTOR not in user.get("_mfa_enabled", []):
                return cognito.error_response_json("NotAuthorizedException", "Invalid session for the user.", 400)
        answer = first_password(data)
        if data.get("ChallengeName") != "NEW_PASSWORD_REQUIRED" or answer[0] != 200:
            return answer
        pool, pool_id = cognito._pool_for_client(data["ClientId"])
        username = data["ChallengeResponses"]["USERNAME"]
        user, _ = cognito._resolve_user(pool, username)
        asked = challenged(pool, user, pool_id, username)
        return answer if asked is None else cognito.json_response(asked)

    prefer, dispatch = cognito._admin_set_user_mfa_preference, cognito._dispatch_idp

    def preferred(data: Any) -> Any:
        """Where the pool requires a factor, AWS answers with success and leaves the factor as it is."""
        pool, _ = cognito._resolve_pool(data.get("UserPoolId"))
        return cognito.json_response({}) if pool and pool.get("MfaConfiguration") == "ON" else prefer(data)

    def deleted(data: Any) -> Any:
        """`AdminDeleteSoftwareToken`: the user sets up another app at the next sign-in."""
        pool, refused = cognito._resolve_pool(data.get("UserPoolId"))
        user, unknown = cognito._resolve_user(pool, data.get("Username")) if pool else (None, refused)
        if user is None:
            return unknown
        user["_mfa_enabled"] = [factor for factor in user.get("_mfa_enabled", []) if factor != FACTOR]
        user["_totp_secret"] = user["_preferred_mfa"] = ""
        return cognito.json_response({})

    async def dispatched(action: str, data: Any) -> Any:
        return deleted(data) if action == "AdminDeleteSoftwareToken" else await dispatch(action, data)

    cognito._mfa_challenge_for_user = challenged
    cognito._admin_set_user_mfa_preference = preferred
    cognito._dispatch_idp = dispatched
    cognito._associate_software_token = step(associate)
    cognito._verify_software_token = step(verified)
    cognito._respond_to_auth_challenge = responded
