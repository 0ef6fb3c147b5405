"""Mints that are interrupted, and what the Cognito triggers are asked meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from settings import ROOT
from support.hosted import Call, Ended, Hosted, http_event
from support.journey import Journey
from support.people import Customer
from support.stack import Stack

OURS = {"act", "support_agent", "support_session", "ecosystem", "environment", "access", "visibility"}


def trigger_event(name: str, **request: Any) -> dict[str, Any]:
    """A trigger's event of `events/`, with this in its request."""
    event = json.loads((ROOT / "events" / f"cognito-triggers-{name}.json").read_text())
    event["request"] |= request
    return event


class Mint:
    """A mint at Cognito's challenge: its grant is live, its answer not given yet. A thief could know no more of it."""

    def __init__(self, stack: Stack, journey: Journey, call: Call) -> None:
        self.stack, self.journey = stack, journey
        self.grant: str = call.request["ClientMetadata"]["mint_grant"]
        self.answer: str = call.request["ChallengeResponses"]["ANSWER"]

    def stored(self) -> dict[str, Any]:
        item = self.stack.item(f"G#{self.grant}")
        assert item is not None
        return item


@contextmanager
def minting(stack: Stack, journey: Journey, meanwhile: Callable[[Mint, Hosted], None]) -> Iterator[Callable[[], Any]]:
    """Gives the call that issues a session, with this happening between challenge and answer."""

    def hold(call: Call) -> None:
        if call.operation == "AdminRespondToAuthChallenge":
            meanwhile(Mint(stack, journey, call), function)

    event = http_event("POST /verifications/{id}/session", {}, journey.agent, id=journey.id)
    with Hosted(stack, "IssueSessionFunction") as function:
        function.before = hold
        yield lambda: function.invoke(event)


def crashed_mint(stack: Stack) -> Mint:
    """A mint that crashed at the challenge, so that its grant stays as it is for its 30 seconds."""
    mints: list[Mint] = []

    def crash(mint: Mint, function: Hosted) -> None:
        mints.append(mint)
        function.kill()

    with minting(stack, stack.journey().through_consent(), crash) as issue, pytest.raises(Ended):
        issue()
    # They were all at the challenge at once; the crash took them together.
    return mints[0]


def invoked(stack: Stack, function: str, event: dict[str, Any]) -> dict[str, Any] | None:
    """What a deployed trigger answers; `None` if that is an error, which denies the sign-in."""
    answer = stack.aws("lambda").invoke(FunctionName=stack.functions()[function], Payload=json.dumps(event))
    return None if "FunctionError" in answer else json.load(answer["Payload"])


def of_call(stack: Stack, event: dict[str, Any], customer: Customer) -> dict[str, Any]:
    """A trigger's event as it comes for this customer's support session."""
    return event | {
        "userName": customer.sub,
        "userPoolId": stack.facts["CustomerPoolId"],
        "callerContext": event["callerContext"] | {"clientId": stack.facts["SupportClientId"]},
    }


def verify_event(mint: Mint) -> dict[str, Any]:
    event = trigger_event("verify", challengeAnswer=mint.answer, clientMetadata={"mint_grant": mint.grant})
    return of_call(mint.stack, event, mint.journey.customer)


def pre_token_event(mint: Mint) -> dict[str, Any]:
    event = trigger_event("pre-token-session", clientMetadata={"mint_grant": mint.grant})
    return of_call(mint.stack, event, mint.journey.customer)


def mark(mint: Mint) -> None:
    answer = invoked(mint.stack, "CustomerTriggersFunction", verify_event(mint))
    assert answer is not None
    assert answer["response"]["answerCorrect"] is True
