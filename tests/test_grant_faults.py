"""Support grants with a dependency gone."""

from __future__ import annotations

import json
import time

import pytest

from support.at_once import at_once
from support.grant_answers import CREATE, FUNCTION, OPTIONS, READ, REGENERATE, REVOKE, SWEEP, customers_event, redeem_event
from support.grant_notices import kinds, told
from support.grants import CREDENTIALS, Offer, UnderGrant, offered, redeem
from support.hosted import Call, Hosted
from support.people import Agent
from support.recovery import denying
from support.stack import Stack
from support.sweep import due_now, invoke_sweep, refusing, sweep

pytestmark = pytest.mark.usefixtures("schedule")


# What each call needs of AWS, and what it answers where that fails.
NEEDS = [
    ("create", "GetItem", 503), ("create", "AdminGetUser", 503), ("create", "TransactWriteItems", 503), ("create", "SendRawEmail", 201),
    ("create", "PutItem", 201), ("read", "GetItem", 503), ("options", "GetItem", 503), ("options", "AdminGetUser", 503),
    ("regenerate", "GetItem", 503), ("regenerate", "TransactWriteItems", 503), ("regenerate", "SendRawEmail", 200),
    ("revoke", "GetItem", 503), ("revoke", "TransactWriteItems", 503), ("redeem", "UpdateItem", 503), ("redeem", "GetItem", 503),
    ("redeem", "AdminGetUser", 503), ("redeem", "AdminListGroupsForUser", 503), ("redeem", "TransactWriteItems", 503),
    ("redeem", "SendRawEmail", 201), ("redeem", "PutItem", 201),
]  # fmt: skip


@pytest.mark.parametrize("how", ["refused", "hanging"])
def test_with_a_dependency_gone_each_call_answers_in_time_and_loses_nothing(stack: Stack, how: str) -> None:  # P25
    # Who may not put an item alone may not do so in a transaction, either.
    needs = [each for each in NEEDS if how == "hanging" or each[1] != "PutItem"]
    prepared = [(each, *made_ready(stack, each[0])) for each in needs]
    calls = [lambda each=each: failing(stack, how, *each) for each in prepared]
    found = at_once(calls) if how == "hanging" else [call() for call in calls]
    assert [each for each in found if each] == []
    print(f"\n  {how}: {len(found)} calls")
    for (what, operation, _), offer, journey, agent in prepared:
        where = f"{what} after {operation}"
        match what:
            case "create":
                exists = offer.create()
                assert exists.status in (201, 409), where
                if exists.status == 409:
                    assert offer.regenerate().status == 200, where
                assert redeem(stack, agent, offer.credentials).status == 201, where
            case "read":
                assert offer.read().status == 200, where
            case "options":
                assert offer.options().status == 200, where
            case "regenerate":
                assert offer.regenerate().status == 200, where
                assert journey and journey.read().json["outcome"] == "denied", where
                assert redeem(stack, agent, offer.credentials).status == 201, where
            case "revoke":
                assert offer.revoke().status == 204, where
                assert journey and journey.read().json["outcome"] == "denied", where
            case "redeem":
                again = redeem(stack, agent, offer.credentials)
                assert again.status == (409 if operation in ("SendRawEmail", "PutItem") else 201), where


def made_ready(stack: Stack, what: str) -> tuple[Offer, UnderGrant | None, Agent]:
    agent = stack.new_agent()
    if what in ("create", "options"):
        return Offer(stack), None, agent
    offer = offered(stack)
    return offer, offer.journey().through_start() if what in ("regenerate", "revoke") else None, agent


def failing(stack: Stack, how: str, need: tuple[str, str, int], offer: Offer, journey: UnderGrant | None, agent: Agent) -> str | None:
    """What is wrong with the answer to a call, while something that it needs is refused or hangs."""
    what, operation, expected = need
    actions = {"TransactWriteItems": "dynamodb:PutItem", "SendRawEmail": "ses:SendRawEmail"}
    actions |= {name: f"cognito-idp:{name}" for name in ("AdminGetUser", "AdminListGroupsForUser")}
    denied = denying(actions.get(operation, f"dynamodb:{operation}")) if how == "refused" else None
    events = {
        "create": lambda: customers_event(CREATE, offer, offer.body()),
        "read": lambda: customers_event(READ, offer),
        "options": lambda: customers_event(OPTIONS, offer),
        "regenerate": lambda: customers_event(REGENERATE, offer),
        "revoke": lambda: customers_event(REVOKE, offer),
        "redeem": lambda: redeem_event(agent, offer.credentials),
    }

    def hang(call: Call) -> None:
        if call.operation == operation:
            time.sleep(12)

    with Hosted(stack, FUNCTION, denied) as function:
        function.invoke(events["read"]())  # its start takes no part in what is timed
        if how == "hanging":
            function.before = hang
        started = time.monotonic()
        status = function.invoke(events[what]())["statusCode"]
        took = time.monotonic() - started
    if status == expected and took < 10:
        return None
    return f"{what} with {operation} {how}: {status} after {took:.1f} s"


def test_mails_that_could_not_be_sent_are_sent_by_the_sweep_once(stack: Stack) -> None:  # P25, P26
    offer, agent = Offer(stack), stack.new_agent()
    with refusing(stack, FUNCTION, SWEEP):
        assert offer.create().status == 201
        assert offer.record()["notice"]["about"] == "created"
        waits = []
        for _ in range(2):
            offer.notice_is_due()
            failed = invoke_sweep(stack)
            assert failed is not None
            assert "ses" in failed
            waits.append(round(float(offer.record()["notice"]["due_at"]) / 1000 - time.time()))
        assert [abs(wait - expected) <= 5 for wait, expected in zip(waits, (60, 120), strict=True)] == [True] * 2, waits
    assert kinds(offer) == []
    offer.notice_is_due()
    sweep(stack)
    assert kinds(offer) == ["created"]
    stored = json.dumps(offer.item)
    assert not [each for each in CREDENTIALS[:2] if offer.shown[each].replace("-", "") in stored], "no secret waits anywhere"

    with refusing(stack, FUNCTION):
        journey = offer.journey(agent).through_start()
        assert journey.record()["notice"]["about"] == "grant_used"
    sweep(stack)
    assert kinds(offer) == ["created"], "the function has its time first"
    due_now(journey)
    sweep(stack)
    assert kinds(offer) == ["created", "used"]
    assert journey.record()["notice"] is None
    assert journey.send_to_agent().status == 202, "it went on meanwhile"

    with refusing(stack, FUNCTION):
        assert offer.regenerate().status == 200
    offer.notice_is_due()
    sweep(stack)
    assert sorted(kinds(offer)) == sorted(["created", "used", "renewed", "no session"])
    assert offer.revoke().status == 204
    sweep(stack)
    sweep(stack)
    assert sorted(kinds(offer)) == sorted(["created", "used", "renewed", "no session", "revoked"])


def test_with_mail_gone_an_end_that_is_owed_is_not_replaced(stack: Stack) -> None:  # P26
    offer = offered(stack)
    assert offer.revoke().status == 204
    with refusing(stack, FUNCTION):
        assert offer.create().status == 503
        assert offer.record()["ended"]["how"] == "revoked"
    offer.notice_is_due()
    sweep(stack)
    assert offer.create().status == 201
    assert kinds(offer) == ["created", "revoked", "created"]


def test_a_use_that_was_never_told_is_told_with_its_end(stack: Stack) -> None:  # P26
    offer = offered(stack)
    with refusing(stack, FUNCTION):
        journey = offer.journey().through_start()
    assert journey.cancel("never mind").status == 200
    sweep(stack)
    assert kinds(offer) == ["created", "no session"]
    assert "never mind" in told(offer, "no session").text
    assert journey.agent.name in told(offer, "no session").text
