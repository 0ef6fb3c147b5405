"""What a step of the process needs of AWS hangs, or its function breaks off: denied in time, nothing lost, and it can be repeated."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from client import Answer
from support.at_once import at_once
from support.hosted import Call, Ended, Hosted, http_event
from support.journey import Journey
from support.stack import Stack

LEASE_SECONDS = 45
# Where a step was done and only its answer was lost, its repetition is refused, and says so.
DONE = {202: (429,), 200: (409, 410), 201: ()}


@dataclass(frozen=True)
class Step:
    function: str
    route: str
    reach: Callable[[Journey], Any]
    body: Callable[[Journey], dict[str, Any]]
    again: Callable[[Journey], Answer]
    status: int = 200
    by_agent: bool = True

    def event(self, journey: Journey) -> dict[str, Any]:
        ids = {"id": journey.id} if "{id}" in self.route else {}
        return http_event(self.route, self.body(journey), journey.agent if self.by_agent else None, **ids)


def token(journey: Journey, **more: Any) -> dict[str, Any]:
    assert journey.customer_mail is not None
    return {"token": journey.customer_mail.token} | more


def code(journey: Journey, of: str) -> dict[str, Any]:
    mail = journey.agent_mail if of == "agent" else journey.customer_mail
    assert mail is not None
    return {"from": of, "code": mail.code}


def allowing(journey: Journey) -> dict[str, Any]:
    return token(journey, decision="allow", code=code(journey, "customer")["code"], ecosystem=journey.customer.ecosystem)


def challenged(journey: Journey) -> None:
    journey._done(journey.through_start().send_to_agent(), 202)


def search(journey: Journey) -> Answer:
    return journey.stack.api.post("/verifications/search", {}, token=journey.agent.token)


START, MFA, CODE = "POST /verifications", "POST /verifications/{id}/mfa", "POST /verifications/{id}/code"
STEPS = {
    "start": Step("StartVerificationFunction", START, lambda j: None, lambda j: j.look_up, Journey.start, 201),
    "code to the agent": Step("SendMfaFunction", MFA, Journey.through_start, lambda j: {"to": "agent"}, Journey.send_to_agent, 202),
    "agent's code": Step("VerifyCodeFunction", CODE, challenged, lambda j: code(j, "agent"), Journey.enter_as_agent),
    "code to the customer": Step(
        "SendMfaFunction", MFA, Journey.through_internal_validation,
        lambda j: {"to": "customer", "ecosystem": j.customer.ecosystem}, Journey.send_to_customer, 202,
    ),
    "customer's code": Step("VerifyCodeFunction", CODE, Journey.through_asking, lambda j: code(j, "customer"), Journey.enter_for_customer),
    "view": Step("CustomerConsentFunction", "POST /consent/view", Journey.through_asking, token, Journey.view, by_agent=False),
    "allow": Step("CustomerConsentFunction", "POST /consent/answer", Journey.through_asking, allowing, Journey.allow, by_agent=False),
    "deny": Step(
        "CustomerConsentFunction", "POST /consent/answer", Journey.through_asking,
        lambda j: token(j, decision="deny"), Journey.deny, by_agent=False,
    ),
    "redeem": Step(
        "RedeemHandoffFunction", "POST /handoffs/redeem", Journey.through_session,
        lambda j: {"handoff": j.handoff("web"), "environment": "web"}, lambda j: j.redeem("web"), by_agent=False,
    ),
    "end": Step("CustomerConsentFunction", "POST /consent/end", Journey.through_session, token, Journey.end, by_agent=False),
    "cancel": Step("CancelFunction", "POST /verifications/{id}/cancel", Journey.through_session, lambda j: {"reason": "done"}, Journey.cancel),
    "read": Step("ActivityFunction", "GET /verifications/{id}", Journey.through_asking, lambda j: {}, Journey.read),
    "search": Step("ActivityFunction", "POST /verifications/search", Journey.through_asking, lambda j: {}, search),
}  # fmt: skip


def reached(stack: Stack, step: Step) -> Journey:
    journey = stack.journey()
    step.reach(journey)
    return journey


def calls_of(stack: Stack, step: Step) -> list[str]:
    """What the step asks of AWS when nothing breaks."""
    calls: list[Call] = []
    with Hosted(stack, step.function) as function:
        function.before = calls.append
        assert function.invoke(step.event(reached(stack, step)))["statusCode"] == step.status
    return [call.operation for call in calls]


@pytest.mark.parametrize("name", STEPS)
def test_a_function_that_breaks_off_at_any_call_loses_nothing(stack: Stack, name: str) -> None:  # P4, P11, P25
    step = STEPS[name]
    asked = calls_of(stack, step)
    assert asked

    def broken(at: int, done: bool) -> None:
        journey, seen = reached(stack, step), []

        def stop(call: Call) -> None:
            seen.append(call)
            if len(seen) == at + 1:
                raise Ended("broken off")

        with Hosted(stack, step.function) as function:
            setattr(function, "after" if done else "before", stop)
            with pytest.raises(Ended, match="broken off"):
                function.invoke(step.event(journey))
        where = f"{'after' if done else 'before'} {asked[at]}"
        if journey.id:
            journey.record()
        again = step.again(journey)
        assert again.status in (step.status, *DONE[step.status]), f"{where}: {again.status}: {again.body.decode()}"
        if not any(operation in WRITES for operation in asked[: at + done]):
            assert again.status == step.status, f"{where}: nothing was done, and it cannot be repeated"
        journey.record()

    at_once([lambda at=at, done=done: broken(at, done) for at in range(len(asked)) for done in (False, True)])


WRITES = {"PutItem", "TransactWriteItems", "UpdateItem"}


ISSUE = Step("IssueSessionFunction", "POST /verifications/{id}/session", Journey.through_consent, lambda j: {}, Journey.issue, 201)


def test_a_step_whose_dependencies_hang_is_denied_in_time_and_can_be_repeated(stack: Stack) -> None:  # P25
    steps = STEPS | {"issue": ISSUE}

    def hanging(name: str) -> str | None:
        step = steps[name]
        journey = reached(stack, step)
        with Hosted(stack, step.function) as function:
            function.invoke(http_event(step.route, {}))  # a cold start is not what is measured
            function.before = lambda call: time.sleep(12)
            started = time.monotonic()
            answer = function.invoke(step.event(journey))
            took = time.monotonic() - started
        slug = json.loads(answer["body"]).get("type")
        if journey.id:
            journey.record()
        again = step.again(journey)
        if (answer["statusCode"], slug) == (503, "/problems/unavailable") and took < 10 and again.status == step.status:
            return None
        return f"{name}: {answer['statusCode']} after {took:.1f} s, then {again.status}: {again.body.decode()}"

    assert [wrong for wrong in at_once([lambda name=name: hanging(name) for name in steps]) if wrong] == []


def test_a_mint_in_which_any_call_hangs_is_denied_in_time_and_another_begins(stack: Stack) -> None:  # P13, P25
    """Its crashes are in test_sessions.py."""

    def hanging(at: int, operation: str) -> str | None:
        journey, seen = reached(stack, ISSUE), []

        def hang(call: Call) -> None:
            seen.append(call)
            if len(seen) > at:
                time.sleep(40)

        with Hosted(stack, ISSUE.function) as function:
            function.invoke(http_event(ISSUE.route, {}))
            function.before = hang
            started = time.monotonic()
            answer = function.invoke(ISSUE.event(journey))
            took = time.monotonic() - started
        where = f"{operation}, call {at + 1}: {answer['statusCode']} after {took:.1f} s"
        if took > 25:
            return where
        if answer["statusCode"] == 201:  # what hung was the news of it, which is owed still
            return None if journey.read().json["status"] == "in_session" else where
        if (answer["statusCode"], json.loads(answer["body"])["type"]) != (503, "/problems/unavailable"):
            return where
        if journey.read().json["status"] == "minting":
            journey.age(LEASE_SECONDS)
        again = journey.issue()
        return None if again.status == 201 else f"{where}, then {again.status}: {again.body.decode()}"

    asked = calls_of(stack, ISSUE)
    assert len(asked) > 8
    found = at_once([lambda at=at, operation=operation: hanging(at, operation) for at, operation in enumerate(asked)])
    assert [wrong for wrong in found if wrong] == []


@pytest.mark.parametrize(
    ("name", "action"),
    [("code to the agent", "secretsmanager:GetSecretValue"), ("issue", "secretsmanager:GetSecretValue")],
)
def test_what_a_function_lacks_from_its_start_is_a_problem_like_another(stack: Stack, name: str, action: str) -> None:  # P25
    step = (STEPS | {"issue": ISSUE})[name]
    journey = reached(stack, step)
    with Hosted(stack, step.function, [{"Action": action, "Resource": "*"}]) as function:
        for _ in range(2):
            answer = function.invoke(step.event(journey))
            assert (answer["statusCode"], json.loads(answer["body"])["type"]) == (503, "/problems/unavailable")
    assert step.again(journey).status == step.status
