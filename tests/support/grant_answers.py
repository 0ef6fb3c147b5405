"""What the tests of support grants expect of answers, and how they count."""

from __future__ import annotations

import json
import random
import time
from datetime import datetime
from typing import Any

from client import Answer
from support.grants import Offer, UnderGrant
from support.hosted import http_event
from support.people import Agent
from support.stack import Stack

FUNCTION, SWEEP = "SupportGrantFunction", "CloseVerificationFunction"
CREATE, READ, REVOKE = "POST /support-grant", "GET /support-grant", "DELETE /support-grant"
OPTIONS, REGENERATE, REDEEM = "GET /support-grant/options", "POST /support-grant/regenerate", "POST /support-grant/redeem"
LOCK_SECONDS, SESSION_SECONDS, IDLE_SECONDS = 900, 300, 900
HIDDEN = {"messages": False, "talks": False}


def is_refused(answer: Answer) -> None:
    assert (answer.status, answer.json["type"]) == (422, "/problems/grant-refused"), answer.body


def is_locked(answer: Answer) -> None:
    assert (answer.status, answer.json["type"]) == (429, "/problems/too-many-requests"), answer.body
    assert LOCK_SECONDS - 60 <= int(answer.headers["Retry-After"]) <= LOCK_SECONDS


def at_step(answer: Answer, status: str) -> None:
    assert (answer.status, answer.json["type"]) == (409, "/problems/wrong-step"), answer.body
    assert answer.json["verification_status"] == status


def is_gone(answer: Answer) -> None:
    assert (answer.status, answer.json["type"]) == (404, "/problems/not-found"), answer.body


def not_allowed(answer: Answer) -> None:
    assert (answer.status, answer.json["type"]) == (403, "/problems/not-allowed"), answer.body


def seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def other(text: str) -> str:
    """Another text of the same form."""
    last = "b" if text[-1] == "a" else "a"
    return text[:-1] + ("1" if text[-1] == "0" else "0" if text[-1].isdigit() and text.isdigit() else last)


def wrong(offer: Offer, part: str) -> dict[str, str]:
    """The credentials with one of them wrong."""
    return offer.credentials | {part: other(offer.credentials[part])}


def unknown() -> dict[str, str]:
    """Credentials of nobody, as they might be."""
    spelled = lambda groups: "-".join("".join(random.choices("abcdefghjkmnpqrstuvwxyz23456789", k=4)) for _ in range(groups))  # noqa: E731
    return {"user_name": spelled(4), "password": spelled(5), "security_code": f"{random.randrange(10**6):06}"}


def redeem_event(agent: Agent, credentials: dict[str, Any]) -> dict[str, Any]:
    return http_event(REDEEM, credentials, agent)


def customers_event(route: str, offer: Offer, body: Any = None) -> dict[str, Any]:
    """A route's event as it comes from the customer."""
    event = http_event(route, body)
    context = http_event(route, body, Agent("", "", "", offer.token, ""))["requestContext"]
    return event | {"requestContext": context}


def answered(response: dict[str, Any]) -> tuple[int, Any]:
    return response["statusCode"], json.loads(response["body"] or "null")


def windows(quota: str, window: int) -> list[str]:
    """The places of a quota in the window before this one, in this and in the next."""
    now = int(time.time()) // window
    return [f"B#{quota}#{number}" for number in (now - 1, now, now + 1)]


def used_up(stack: Stack, quota: str, window: int, limit: int) -> None:
    """So much of a quota is used."""
    for place in windows(quota, window):
        stack.put_item({"pk": {"S": place}, "n": {"N": str(limit)}, "ttl": {"N": str(int(time.time()) + 2 * window)}})


def counted(stack: Stack, quota: str, window: int) -> int:
    """How much of a quota is used."""
    return sum(int(item["n"]["N"]) for place in windows(quota, window) if (item := stack.item(place)))


def too_many(answer: Answer, window: int) -> None:
    assert (answer.status, answer.json["type"]) == (429, "/problems/too-many-requests"), answer.body
    assert 1 <= int(answer.headers["Retry-After"]) <= window


def goes_nowhere(journey: UnderGrant) -> None:
    """The agent can do nothing more with it."""
    for answer in (
        journey._post(f"{journey.path}/mfa", {"to": "agent"}),
        journey.enter_as_agent("000000"),
        journey._post(f"{journey.path}/mfa", {"to": "customer", "ecosystem": journey.customer.ecosystem}),
        journey.enter_for_customer("000000"),
        journey._post(f"{journey.path}/session", {}),
    ):
        at_step(answer, "closed")
