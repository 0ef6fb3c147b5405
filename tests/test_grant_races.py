"""A support grant with everything at once, and with calls broken off anywhere."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from client import Answer
from support.at_once import at_once
from support.grant_answers import (
    CREATE,
    FUNCTION,
    REGENERATE,
    REVOKE,
    answered,
    at_step,
    counted,
    customers_event,
    goes_nowhere,
    is_gone,
    is_refused,
    redeem_event,
)
from support.grant_notices import kinds
from support.grants import CREDENTIALS, Offer, UnderGrant, offered, redeem
from support.hosted import Call, Ended, Hosted, http_event
from support.people import Agent
from support.sessions import ISSUE
from support.sessions import is_active as is_active_now
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("schedule")


def test_of_offers_at_once_one_is_made(stack: Stack) -> None:
    offer = Offer(stack)
    answers = at_once([offer.create] * 10)
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9, [answer.body for answer in answers]
    (made,) = [answer.json for answer in answers if answer.status == 201]
    assert offer.read().json["id"] == made["id"]
    offer.shown = made
    assert offer.journey().start().status == 201
    assert kinds(offer).count("created") == 1
    assert counted(stack, f"grants#{offer.customer.sub}", 3600) == 1, "only what was made is counted"


def test_regenerating_while_somebody_redeems_leaves_the_old_ones_dead(stack: Stack) -> None:  # P13
    agents = [stack.new_agent() for _ in range(3)]
    for nth in range(9):
        offer = offered(stack)
        agent, old = agents[nth % 3], offer.credentials
        journey = offer.journey(agent)
        calls = [journey.start, offer.regenerate]
        redeemed, regenerated = at_once(calls) if nth % 2 else reversed(at_once(calls[::-1]))
        assert regenerated.status == 200, regenerated.body
        assert redeemed.status in (201, 422), redeemed.body
        is_refused(redeem(stack, agent, old))
        if redeemed.status == 201:
            assert (journey.read().json["status"], journey.read().json["outcome"]) == ("closed", "denied")
            assert journey.actions() == ["started", "denied"]
        assert "redeemed_by" not in offer.read().json
        assert redeem(stack, agents[(nth + 1) % 3], offer.credentials).status == 201


def test_revoking_while_somebody_redeems_leaves_nothing_open(stack: Stack) -> None:  # P13
    agents = [stack.new_agent() for _ in range(3)]
    for nth in range(9):
        offer = offered(stack)
        journey = offer.journey(agents[nth % 3])
        redeemed, revoked = at_once([journey.start, offer.revoke])
        assert revoked.status == 204, revoked.body
        assert redeemed.status in (201, 422), redeemed.body
        if redeemed.status == 201:
            assert journey.read().json["outcome"] == "denied"
            goes_nowhere(journey)
        is_refused(redeem(stack, journey.agent, offer.credentials))
        is_gone(offer.read())


@pytest.mark.parametrize("act", ["revoke", "regenerate", "redeem"])
def test_what_comes_after_the_deadline_is_lost_once_the_grant_went_on_without_it(stack: Stack, act: str) -> None:  # P10, P15
    """The agent's code was judged in time, and is written when the verification has run out and the grant was taken back."""
    offer = offered(stack)
    journey = offer.journey().through_challenge()
    assert journey.agent_mail is not None
    other = offer.journey(journey.agent)
    acts = {"revoke": (offer.revoke, 204), "regenerate": (offer.regenerate, 200), "redeem": (other.start, 201)}
    answers: list[Answer] = []
    acting = threading.Lock()

    def late(call: Call) -> None:
        if call.operation == "TransactWriteItems":
            with acting:  # the SDK's repeat, if there is one, waits as well
                if not answers:
                    journey.age(901)
                    answers.append(acts[act][0]())

    body = {"from": "agent", "code": journey.agent_mail.code}
    with Hosted(stack, "VerifyCodeFunction") as function:
        function.before = late
        answer = function.invoke(http_event("POST /verifications/{id}/code", body, journey.agent, id=journey.id))
    assert [each.status for each in answers] == [acts[act][1]]
    assert (answer["statusCode"], json.loads(answer["body"])["type"]) == (409, "/problems/wrong-step")
    shown = journey.read().json
    assert (shown["status"], shown["outcome"]) == ("closed", "expired")
    at_step(journey.issue(), "closed")
    journey.record()


def test_regenerating_at_once_leaves_one_pair_of_credentials(stack: Stack) -> None:  # P13
    offer = offered(stack)
    answers = at_once([offer.regenerate] * 4)
    shown = [answer.json for answer in answers if answer.status == 200]
    assert shown
    assert {answer.status for answer in answers} <= {200, 409}
    agent = stack.new_agent()
    results = [redeem(stack, agent, {name: each[name] for name in CREDENTIALS}).status for each in shown]
    assert sorted(results) == [201] + [422] * (len(shown) - 1)


@pytest.fixture(scope="module")
def calls_of_a_mint(stack: Stack) -> int:
    """How many calls issue-session makes when nobody disturbs it."""
    journey = offered(stack).journey().through_consent()
    calls: list[Call] = []
    with Hosted(stack, "IssueSessionFunction") as function:
        function.after = calls.append
        assert function.invoke(http_event(ISSUE, {}, journey.agent, id=journey.id))["statusCode"] == 201
    return len(calls)


@pytest.mark.parametrize("stop", ["revoked", "regenerated"])
def test_a_stop_at_any_moment_of_a_mint_leaves_no_live_token(stack: Stack, calls_of_a_mint: int, stop: str) -> None:  # P13
    """Only a session that has begun is left alone by new credentials."""
    agent = stack.new_agent()
    with Hosted(stack, "IssueSessionFunction") as function:
        for moment in range(calls_of_a_mint):
            offer = offered(stack)
            journey = offer.journey(agent).through_consent()
            seen: list[Call] = []

            def stop_here(call: Call, offer: Offer = offer, seen: list[Call] = seen, moment: int = moment) -> None:
                seen.append(call)
                if len(seen) == moment + 1:
                    assert (offer.revoke() if stop == "revoked" else offer.regenerate()).status in (200, 204)

            function.after = stop_here
            status, _ = answered(function.invoke(http_event(ISSUE, {}, agent, id=journey.id)))
            writes = [call.operation for call in seen[: moment + 1]].count("TransactWriteItems")
            if seen[moment].operation == "RevokeToken" and status == 201:
                writes = 2  # The session began beside this call, and its write was first.
            assert status == (201 if writes >= 2 else 409), f"after {[call.operation for call in seen[: moment + 1]]}"
            alive = stop == "regenerated" and writes >= 2
            state = journey.record()["state"]
            assert state["status"] == ("in_session" if alive else "closed")
            assert alive or state["outcome"] == ("ended" if writes >= 2 else "denied")
            for call in seen:
                if call.operation == "AdminRespondToAuthChallenge":
                    assert call.answer
                    tokens = call.answer["AuthenticationResult"]
                    for name in ("AccessToken", "IdToken"):
                        # Whether or not the session began: nobody has redeemed anything yet.
                        assert not is_active_now(stack, tokens[name]), (moment, name)


def test_a_revocation_and_a_mint_at_once_leave_no_live_token(stack: Stack) -> None:  # P13
    agent = stack.new_agent()
    for _ in range(6):
        offer = offered(stack)
        journey = offer.journey(agent).through_consent()
        issued, revoked = at_once([journey.issue, offer.revoke])
        assert revoked.status == 204, revoked.body
        assert issued.status in (201, 409), issued.body
        record = journey.record()
        assert (record["state"]["status"], record["state"]["outcome"] in ("denied", "ended")) == ("closed", True)
        assert "handoffs" not in json.dumps(record, default=str)
        if journey.session:
            assert all(journey.redeem(each["environment"]).status == 410 for each in journey.session["handoffs"])


def event_of(stack: Stack, offer: Offer, agent: Agent, what: str) -> dict[str, Any]:
    """The event of a call, to be broken off."""
    match what:
        case "create":
            return customers_event(CREATE, offer, offer.body())
        case "regenerate":
            return customers_event(REGENERATE, offer)
        case "revoke":
            return customers_event(REVOKE, offer)
    return redeem_event(agent, offer.credentials)


@pytest.mark.parametrize("what", ["create", "redeem", "regenerate", "revoke"])
def test_a_call_broken_off_anywhere_is_done_whole_or_not_at_all(stack: Stack, what: str) -> None:  # P11
    """The deployed program, ended right after each of its calls to AWS."""
    agent = stack.new_agent()

    def ready() -> tuple[Offer, UnderGrant | None]:
        if what == "create":
            return Offer(stack), None
        offer = offered(stack)
        return offer, None if what == "redeem" else offer.journey(agent).through_start()

    offer, _ = ready()
    calls: list[Call] = []
    with Hosted(stack, FUNCTION) as function:
        function.before = calls.append
        assert function.invoke(event_of(stack, offer, agent, what))["statusCode"] in (200, 201, 204)
    for moment in range(len(calls)):
        agent = stack.new_agent()
        offer, journey = ready()
        old = offer.credentials if offer.shown else {}
        seen: list[str] = []
        with Hosted(stack, FUNCTION) as function:

            def crash(call: Call, seen: list[str] = seen, moment: int = moment, function: Hosted = function) -> None:
                seen.append(call.operation)
                if len(seen) == moment + 1:
                    function.kill()

            function.after = crash
            with pytest.raises(Ended):
                function.invoke(event_of(stack, offer, agent, what))
        where = f"{moment} of {what}: {', '.join(seen)}"
        match what:
            case "create":
                # Made and never shown, or not made: the customer reads which, and regenerates or makes it.
                again = offer.regenerate() if offer.read().status == 200 else offer.create()
                assert again.status in (200, 201), where
                assert redeem(stack, agent, offer.credentials).status == 201, where
            case "redeem":
                stored = offer.record()
                assert (stored["verification"] is None) == (stored["redeemed_by"] is None), where
                journey = offer.journey(agent)
                if stored["verification"] is None:
                    assert journey.start().status == 201, where
                else:
                    at_step(journey.start(), "started")
                    journey.id = stored["verification"]
                assert journey.actions() == ["started"], where
                assert journey.cancel().status == 200, where
            case "regenerate" | "revoke":
                assert journey
                stored, closed = offer.record(), journey.read().json["status"] == "closed"
                done = stored["ended"] is not None if what == "revoke" else stored["redeemed_by"] is None
                assert done == closed, where
                assert journey.actions() == ["started", "denied"][: 1 + closed], where
                if what == "revoke":
                    assert offer.revoke().status == (404 if done else 204), where
                else:
                    assert offer.regenerate().status == 200, where
                is_refused(redeem(stack, agent, old))
                assert journey.read().json["outcome"] == "denied", where
