"""Five wrong credentials lock a user name over all agents."""

from __future__ import annotations

import json
import random
import re
import time
import uuid

import pytest

from support.answers import face
from support.grant_answers import FUNCTION, LOCK_SECONDS, answered, at_step, is_locked, is_refused, other, redeem_event, unknown, wrong
from support.grants import entries_of, offered, redeem
from support.hosted import Call, Ended, Hosted
from support.recovery import denying
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("schedule")


def test_five_wrong_ones_of_whatever_kind_lock_a_user_name_over_all_agents(stack: Stack) -> None:  # P2
    offer, agents = offered(stack), [stack.new_agent() for _ in range(3)]
    both = wrong(offer, "password") | {"security_code": wrong(offer, "security_code")["security_code"]}
    for nth, entered in enumerate([wrong(offer, "password"), wrong(offer, "security_code"), both, wrong(offer, "password"), both]):
        is_refused(redeem(stack, agents[nth % 3], entered))
        assert offer.entries() == nth + 1
    before = offer.item
    for agent in (*agents, stack.new_agent()):
        is_locked(redeem(stack, agent, offer.credentials))
        is_locked(redeem(stack, agent, wrong(offer, "password")))
    spoken = offer.credentials | {"user_name": offer.shown["user_name"].upper().replace("-", " ")}
    is_locked(redeem(stack, agents[0], spoken))
    assert (offer.item, offer.entries()) == (before, 5), "nothing is judged or counted any more"
    # Others are none the worse for it.
    assert offered(stack).journey(agents[0]).start().status == 201

    # The lock is over a quarter of an hour after the last one that counted, and not before.
    counts = stack.item(entries_of(stack, offer.shown["user_name"]))
    assert counts is not None
    assert abs(int(counts["ends_at"]["N"]) / 1000 - time.time() - LOCK_SECONDS) < 60
    stack.put_item(counts | {"ends_at": {"N": str(int(time.time() * 1000) + 5000)}})
    almost = redeem(stack, agents[1], offer.credentials)
    assert (almost.status, almost.headers["Retry-After"] in ("1", "2", "3", "4", "5")) == (429, True)
    stack.put_item(counts | {"ends_at": {"N": str(int(time.time() * 1000) - 1)}})
    is_refused(redeem(stack, agents[1], wrong(offer, "password")))
    assert offer.entries() == 1, "counted anew"
    assert redeem(stack, agents[1], offer.credentials).status == 201


def test_new_credentials_are_free_of_the_lock_on_the_old_ones(stack: Stack) -> None:  # P2
    offer, agent = offered(stack), stack.new_agent()
    for _ in range(5):
        is_refused(redeem(stack, agent, wrong(offer, "password")))
    old = offer.credentials
    assert offer.regenerate().status == 200
    is_locked(redeem(stack, agent, old))
    assert redeem(stack, agent, offer.credentials).status == 201


@pytest.mark.parametrize("name", ["of the right form", "of another form", "nothing but spaces"])
def test_user_names_that_nobody_has_lock_alike(stack: Stack, name: str) -> None:  # P2
    agents = [stack.new_agent() for _ in range(2)]
    entered, known = unknown(), offered(stack)
    if name == "of another form":
        entered["user_name"] = f"Ana Ñandú {uuid.uuid4()}"
    if name == "nothing but spaces":
        # However many: it is one name, which was entered in other tests.
        entered["user_name"] = " " * random.randint(1, 60)
        for item in stack.items():
            if item["pk"]["S"].startswith("B#grant-entries#"):
                stack.aws("dynamodb").delete_item(TableName=stack.facts["SupportTable"], Key={"pk": item["pk"]})
    for nth in range(5):
        here, there = redeem(stack, agents[nth % 2], entered), redeem(stack, agents[nth % 2], wrong(known, "password"))
        is_refused(here)
        assert face(here) == face(there)
    here, there = redeem(stack, agents[0], entered), redeem(stack, agents[0], known.credentials)
    for answer in (here, there):
        is_locked(answer)
    waits = [re.sub(rb"Wait \d+", b"", face(each)[2]) for each in (here, there)]
    assert waits[0] == waits[1]


def test_user_names_of_the_same_beginning_are_counted_apart(stack: Stack) -> None:  # P2
    offer, agent = offered(stack), stack.new_agent()
    neighbour = offer.credentials | {"user_name": other(offer.shown["user_name"])}
    for _ in range(5):
        is_refused(redeem(stack, agent, neighbour))
    is_locked(redeem(stack, agent, neighbour))
    assert redeem(stack, agent, offer.credentials).status == 201


def test_right_ones_are_given_back(stack: Stack) -> None:  # P2
    offer, agent = offered(stack), stack.new_agent()
    journey = offer.journey(agent)
    for part in ("password", "security_code", "password", "security_code"):
        is_refused(redeem(stack, agent, wrong(offer, part)))
    for _ in range(3):
        assert journey.start().status == 201
        at_step(journey.start(), "started")
        assert offer.entries() == 4
        assert journey.cancel().status == 200
    is_refused(redeem(stack, agent, wrong(offer, "password")))
    is_locked(journey.start())


def test_what_was_counted_stays_counted_when_something_fails_after_it(stack: Stack) -> None:  # P4
    offer, agent = offered(stack), stack.new_agent()
    with Hosted(stack, FUNCTION) as function:

        def crash(call: Call) -> None:
            if call.operation == "UpdateItem" and "grant-entries" in json.dumps(call.request):
                function.kill()

        function.after = crash
        with pytest.raises(Ended):
            function.invoke(redeem_event(agent, offer.credentials))
    assert offer.entries() == 1
    with Hosted(stack, FUNCTION, denying("dynamodb:GetItem")) as function:
        for entered in (wrong(offer, "password"), offer.credentials):
            status, _ = answered(function.invoke(redeem_event(agent, entered)))
            assert status == 503
    assert offer.entries() == 3
    assert redeem(stack, agent, offer.credentials).status == 201


def test_of_fifty_wrong_ones_at_once_five_are_judged(stack: Stack) -> None:  # P2
    offer, agents = offered(stack), [stack.new_agent() for _ in range(10)]
    entered = [offer.credentials | {"security_code": f"{n:06}"} for n in range(51)]
    entered = [each for each in entered if each != offer.credentials][:50]
    calls = [lambda each=each, agent=agents[nth % 10]: redeem(stack, agent, each) for nth, each in enumerate(entered)]
    statuses = [answer.status for answer in stack.crowd(calls, "/support-grant/redeem")]
    assert set(statuses) <= {422, 429, 503}, statuses
    assert statuses.count(422) == 5 or (statuses.count(422) < 5 and 503 in statuses), statuses
    while offer.entries() < 5:  # some of the calls did not come so far
        is_refused(redeem(stack, agents[0], entered[0]))
    is_locked(redeem(stack, agents[0], offer.credentials))
