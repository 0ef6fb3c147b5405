"""A verification in each of its states, and every call that can be made on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from client import Answer
from support.journey import Journey

IDLE_SECONDS, SESSION_SECONDS, COOL_DOWN, LEASE_SECONDS, GRANT_SECONDS = 900, 300, 30, 45, 30
SECRET = "A" * 43


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# P10: every state, every call.


def started(journey: Journey) -> None:
    journey.through_start()


def agent_challenged(journey: Journey) -> None:
    journey.through_start()
    assert journey.send_to_agent().status == 202
    journey.age(COOL_DOWN)


def agent_verified(journey: Journey) -> None:
    journey.through_internal_validation()


def awaiting_consent(journey: Journey) -> None:
    journey.through_asking()
    journey.age(COOL_DOWN)


def agent_entered(journey: Journey) -> None:
    awaiting_consent(journey)
    assert journey.enter_for_customer().status == 200


def customer_entered(journey: Journey) -> None:
    awaiting_consent(journey)
    assert journey.allow().status == 200


def consented(journey: Journey) -> None:
    journey.through_consent()


def minting(journey: Journey) -> None:
    """A mint under way, as the function that began it left it."""
    journey.through_consent()

    def begin(record: dict[str, Any]) -> None:
        lease = int(time.time() * 1000) + LEASE_SECONDS * 1000
        record["state"] |= {"status": "minting", "lease_until": lease}
        record["state"]["consent"]["mints"] = 1

    journey.edit(begin)


def in_session(journey: Journey) -> None:
    journey.through_session()


def finished(journey: Journey) -> None:
    journey.through_session()
    assert journey.finish().status == 200
    settle(journey)


def cancelled(journey: Journey) -> None:
    journey.through_session()
    assert journey.cancel("first").status == 200
    settle(journey)


def denied(journey: Journey) -> None:
    journey.through_asking()
    assert journey.deny().status == 200
    settle(journey)


def ended(journey: Journey) -> None:
    journey.through_session()
    assert journey.end().status == 200
    settle(journey)


def locked(journey: Journey) -> None:
    journey.through_asking()
    assert journey.customer_mail is not None
    for _ in range(5):
        journey.enter_for_customer(wrong(journey.customer_mail.code))
    settle(journey)


def expired(journey: Journey) -> None:
    journey.through_asking()
    journey.age(IDLE_SECONDS)
    settle(journey)


def completed(journey: Journey) -> None:
    journey.through_session()
    journey.age(SESSION_SECONDS)
    settle(journey)


def settle(journey: Journey) -> None:
    """Keeps the sweep away, which closes what is over and tells the customer: here every write is the call's."""

    def forget(record: dict[str, Any]) -> None:
        record["notice"] = None
        record.pop("due", None)
        record.pop("due_at", None)

    journey.edit(forget)


def code_of(journey: Journey, party: str) -> str:
    mail = journey.agent_mail if party == "agent" else journey.customer_mail
    return "000000" if mail is None else mail.code


def token_of(journey: Journey) -> str:
    return f"{journey.id}.{SECRET}" if journey.customer_mail is None else journey.customer_mail.token


CALLS: dict[str, Callable[[Journey], Answer]] = {
    "read": lambda j: j.read(),
    "send to agent": lambda j: j.stack.api.post(f"{j.path}/mfa", {"to": "agent"}, token=j.agent.token),
    "right code of agent": lambda j: j.enter_as_agent(code_of(j, "agent")),
    "wrong code of agent": lambda j: j.enter_as_agent(wrong(code_of(j, "agent"))),
    "send to customer": lambda j: j.stack.api.post(
        f"{j.path}/mfa", {"to": "customer", "ecosystem": j.customer.ecosystem}, token=j.agent.token
    ),
    "view": lambda j: j.view(token_of(j)),
    "right code on page": lambda j: answer_on_page(j, code_of(j, "customer")),
    "wrong code on page": lambda j: answer_on_page(j, wrong(code_of(j, "customer"))),
    "right code of customer": lambda j: j.enter_for_customer(code_of(j, "customer")),
    "wrong code of customer": lambda j: j.enter_for_customer(wrong(code_of(j, "customer"))),
    "issue": lambda j: j.stack.api.post(f"{j.path}/session", {}, token=j.agent.token),
    "redeem": lambda j: j.redeem("web", f"{j.id}.{SECRET}" if j.session is None else None),
    "finish": lambda j: j.finish(),
    "cancel": lambda j: j.cancel("second"),
    "deny": lambda j: j.deny(token_of(j)),
    "end": lambda j: j.end(token_of(j)),
}


def answer_on_page(journey: Journey, code: str) -> Answer:
    body = {"token": token_of(journey), "decision": "allow", "code": code, "ecosystem": journey.customer.ecosystem}
    return journey.stack.api.post("/consent/answer", body)


PAGE = {"view", "right code on page", "wrong code on page", "deny", "end"}
