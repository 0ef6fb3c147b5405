"""A code: opens once, locks after five, dies in time, and is good for its own verification alone."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import samples
from client import Answer
from support.journey import Journey
from support.people import NOWHERE, Agent
from support.stack import Stack

# What a call may come to that lost a race: too late, out of tries, or out of time on a busy machine.
LOST = {"wrong-step", "conflict", "unavailable"}
CODE_SECONDS = 300
COOL_DOWN = 30
ENTRY, PAGE = f"{NOWHERE}/code", "/consent/answer"


def wrong(code: str, by: int = 1) -> str:
    """A code that is not this one."""
    return f"{(int(code) + by) % 1_000_000:06}"


def mailed(journey: Journey, stage: str) -> str:
    mail = journey.agent_mail if stage == "agent" else journey.customer_mail
    assert mail is not None
    return mail.code


def at_stage(stack: Stack, stage: str) -> Journey:
    """A journey that waits for this one's code."""
    return through(stack.journey(), stage)


def through(journey: Journey, stage: str) -> Journey:
    if stage == "customer":
        return journey.through_asking()
    journey.through_start()
    assert journey.send_to_agent().status == 202
    return journey


def entry(journey: Journey, stage: str, code: str) -> Answer:
    return journey.enter_as_agent(code) if stage == "agent" else journey.enter_for_customer(code)


def happened_once(told: Counter[str]) -> bool:
    """One was told so; or nobody, but then somebody's answer was lost."""
    return told["ok"] == 1 or (told["ok"] == 0 and told["unavailable"] > 0)


def slugs(answers: list[Answer]) -> Counter[str]:
    return Counter("ok" if answer.status == 200 else answer.json["type"].removeprefix("/problems/") for answer in answers)


def refused(answer: Answer, attempts_left: int) -> bool:
    return answer.status == 422 and answer.json["attempts_left"] == attempts_left


@pytest.mark.parametrize("stage", ["agent", "customer"])
def test_a_code_opens_once_for_a_hundred_at_the_same_time(stack: Stack, stage: str) -> None:  # P1
    journey = at_stage(stack, stage)
    code = mailed(journey, stage)
    before = len(journey.actions())
    answers = slugs(stack.crowd([lambda: entry(journey, stage, code)] * 100, ENTRY))
    assert happened_once(answers), answers
    assert answers.keys() <= LOST | {"ok"}, answers
    assert journey.actions()[before:] == ["agent-verified" if stage == "agent" else "consent-entered"]  # P11


def test_each_side_enters_once_when_both_enter_a_hundred_times(stack: Stack) -> None:  # P1
    journey = stack.journey().through_asking()
    answers = stack.crowd([journey.enter_for_customer, journey.allow] * 50, ENTRY, PAGE)
    assert happened_once(slugs(answers[0::2])), slugs(answers)
    assert happened_once(slugs(answers[1::2])), slugs(answers)
    record = journey.record()
    assert [(step["actor"], step["action"]) for step in record["steps"][4:]] in (
        [("agent", "consent-entered"), ("customer", "consented")],
        [("customer", "consent-entered"), ("agent", "consented")],
    )


@pytest.mark.parametrize("stage", ["agent", "customer"])
def test_five_wrong_entries_lock_and_the_sixth_right_one_is_refused(stack: Stack, stage: str) -> None:  # P2
    journey = at_stage(stack, stage)
    code = mailed(journey, stage)
    for left in (4, 3, 2, 1, 0):
        assert refused(entry(journey, stage, wrong(code, left + 1)), left)
    sixth = entry(journey, stage, code)
    assert (sixth.status, sixth.json["type"]) == (409, "/problems/wrong-step")
    read = journey.read().json
    assert (read["status"], read["outcome"]) == ("closed", "locked")
    action = "agent-code-refused" if stage == "agent" else "consent-code-refused"
    assert journey.actions()[-5:] == [action] * 4 + ["locked"]


def test_both_sides_wrong_entries_count_together(stack: Stack) -> None:  # P2
    journey = stack.journey().through_asking()
    code = mailed(journey, "customer")
    for left, enter in zip((4, 3, 2, 1, 0), itertools.cycle([journey.allow, journey.enter_for_customer])):
        assert refused(enter(wrong(code, left + 1)), left)
    # Every entry is told that it is over, and nobody gets further.
    for answer in (journey.allow(), journey.enter_for_customer()):
        assert (answer.status, answer.json["verification_status"]) == (409, "closed")
    for answer in (journey.view(), journey.deny(), journey.end()):
        assert (answer.status, answer.json["type"]) == (410, "/problems/consent-refused")


@pytest.mark.parametrize("stage", ["agent", "customer"])
def test_fifty_wrong_guesses_at_the_same_time_are_judged_five_times_at_most(stack: Stack, stage: str) -> None:  # P2
    journey = at_stage(stack, stage)
    code = mailed(journey, stage)
    before = len(journey.actions())
    answers = stack.crowd([lambda by=by: entry(journey, stage, wrong(code, by)) for by in range(1, 51)], ENTRY)
    told = slugs(answers)
    assert told.keys() <= LOST | {"code-refused"}, told
    judged = [answer for answer in answers if answer.status == 422]
    assert 1 <= len(judged) <= 5, told
    # Each verdict is one step, and has a number of its own. On a busy machine a call may run out of time after its verdict.
    steps = len(journey.actions()) - before
    assert len(judged) <= steps <= min(5, len(judged) + told["unavailable"]), told
    left = [answer.json["attempts_left"] for answer in judged]
    assert len(left) == len(set(left))
    assert set(left) <= set(range(5 - steps, 5))


def test_guesses_of_both_sides_at_the_same_time_are_judged_five_times_at_most(stack: Stack) -> None:  # P2
    journey = stack.journey().through_asking()
    code = mailed(journey, "customer")
    guesses: list[Callable[[], Answer]] = []
    for by in range(1, 26):
        guesses += [lambda by=by: journey.allow(wrong(code, by)), lambda by=by: journey.enter_for_customer(wrong(code, 100 + by))]
    told = slugs(stack.crowd(guesses, ENTRY, PAGE))
    assert 1 <= told["code-refused"] <= 5, told
    assert told.keys() <= LOST | {"code-refused"}, told
    refusals = [action for action in journey.actions() if action in ("consent-code-refused", "locked")]
    assert len(refusals) == told["code-refused"]


@pytest.mark.parametrize("stage", ["agent", "customer"])
def test_a_code_lives_until_its_deadline(stack: Stack, stage: str) -> None:  # P5
    journey = at_stage(stack, stage)
    journey.age(CODE_SECONDS - 20)
    assert entry(journey, stage, mailed(journey, stage)).status == 200


@pytest.mark.parametrize("stage", ["agent", "customer"])
def test_a_code_is_dead_at_its_deadline_and_looks_like_a_wrong_one(stack: Stack, stage: str) -> None:  # P5
    journey = at_stage(stack, stage)
    code = mailed(journey, stage)
    journey.age(CODE_SECONDS)
    late = entry(journey, stage, code)
    assert refused(late, 4), "a late entry is not counted"
    never = entry(journey, stage, wrong(code))
    assert refused(never, 3)
    unlike = {"request_id", "attempts_left"}
    assert {k: v for k, v in late.json.items() if k not in unlike} == {k: v for k, v in never.json.items() if k not in unlike}


def test_the_consent_page_takes_no_code_after_its_deadline(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    journey.age(CODE_SECONDS)
    assert refused(journey.allow(), 4)


def test_a_code_is_no_good_once_it_was_used(stack: Stack) -> None:  # P1
    journey = stack.journey().through_internal_validation()
    assert journey.enter_as_agent().json["type"] == "/problems/wrong-step"
    assert journey.send_to_customer().status == 202
    assert journey.allow().status == 200
    again = journey.allow()
    assert (again.status, again.json["verification_status"]) == (409, "awaiting_consent")


# P8, over the API: a code is tried wherever else one is asked for.


def test_a_code_opens_no_other_verification(stack: Stack) -> None:  # P8
    agent, customer = stack.new_agent(), stack.new_customer()
    victim = stack.journey(agent, customer).through_asking()
    others = [
        stack.journey(agent, customer).through_asking(),
        stack.journey(stack.new_agent(), customer).through_asking(),
        stack.journey(agent, stack.new_customer()).through_asking(),
        stack.journey().through_asking(),
    ]
    sides = itertools.cycle([victim.enter_for_customer, victim.allow])
    for left, other, enter in zip((4, 3, 2, 1), others, sides, strict=False):
        assert refused(enter(mailed(other, "customer")), left)
    assert victim.enter_for_customer().status == 200
    assert victim.allow().json["status"] == "consented"


def test_a_code_is_not_the_other_partys(stack: Stack) -> None:  # P8
    journey = stack.journey().through_asking()
    assert refused(journey.enter_for_customer(mailed(journey, "agent")), 4)
    assert refused(journey.allow(mailed(journey, "agent")), 3)
    challenged = through(stack.journey(journey.agent, journey.customer), "agent")
    assert refused(challenged.enter_as_agent(mailed(journey, "customer")), 4)


def test_a_page_opens_its_own_verification_alone(stack: Stack) -> None:  # P8
    ours, theirs = stack.journey().through_asking(), stack.journey().through_asking()
    assert ours.customer_mail is not None
    assert theirs.customer_mail is not None
    mixed = theirs.id + "." + ours.customer_mail.token.partition(".")[2]
    for answer in (theirs.view(mixed), theirs.allow(token=mixed), theirs.deny(mixed), theirs.end(mixed)):
        assert (answer.status, answer.json["type"]) == (410, "/problems/consent-refused")
    assert theirs.allow().status == 200


# P8, at rest: six digits may well be the same in two places, so what is stored of them must not be.


@pytest.mark.parametrize("stage", ["agent", "customer"])
def test_a_stored_code_is_worth_nothing_in_another_verification(stack: Stack, stage: str) -> None:  # P8
    agent, customer = stack.new_agent(), stack.new_customer()
    ours, theirs = stack.journey(agent, customer), stack.journey(agent, customer)
    for journey in (ours, theirs):
        through(journey, stage)
    code = stored_code(ours.record())
    theirs.edit(lambda record: stored_code(record).update(digest=code["digest"]))
    assert refused(entry(theirs, stage, mailed(ours, stage)), 4)


def test_a_stored_code_is_worth_nothing_for_another_agent(stack: Stack) -> None:  # P8
    for stage in ("agent", "customer"):
        journey, other = at_stage(stack, stage), stack.new_agent()
        code = mailed(journey, stage)
        journey.edit(partial(given_to, agent=other))
        journey.agent = other
        assert refused(entry(journey, stage, code), 4), stage


def given_to(record: dict[str, Any], agent: Agent) -> None:
    record["agent"]["id"] = record["agent_id"] = agent.sub
    record["agent"]["email"] = agent.email


def test_a_stored_code_is_worth_nothing_for_another_customer(stack: Stack) -> None:  # P8
    journey, other = stack.journey().through_asking(), stack.new_customer()
    journey.edit(lambda record: record["customer"].update(user_id=other.sub))
    assert refused(journey.enter_for_customer(), 4)
    assert refused(journey.allow(), 3)


def test_a_stored_code_is_worth_nothing_for_another_ecosystem(stack: Stack) -> None:  # P8
    journey = stack.journey().through_asking()
    journey.edit(lambda record: record["state"]["ask"]["consent"].update(ecosystem="eco-other"))
    assert refused(journey.enter_for_customer(), 4)
    assert refused(journey.allow(ecosystem="eco-other"), 3)


def stored_code(record: dict[str, Any]) -> dict[str, Any]:
    state = record["state"]
    return state["code"] if state["status"] == "agent_challenged" else state["ask"]["code"]


# P9 and P34: what was sent last is all that counts.


def resent(journey: Journey, ecosystem: str | None = None) -> Journey:
    """Sends the customer's code again, after the cool-down."""
    journey.age(COOL_DOWN)
    assert journey.send_to_customer(ecosystem).status == 202
    return journey


def test_a_resend_kills_the_code_before_it(stack: Stack) -> None:  # P9
    journey = stack.journey().through_asking()
    old = mailed(journey, "customer")
    resent(journey)
    assert refused(journey.allow(old), 4)
    assert refused(journey.enter_for_customer(old), 3)
    assert journey.allow().status == 200
    assert journey.enter_for_customer().json["status"] == "consented"


def test_a_resend_kills_the_agents_code_before_it(stack: Stack) -> None:  # P9
    journey = at_stage(stack, "agent")
    old = mailed(journey, "agent")
    journey.age(COOL_DOWN)
    assert journey.send_to_agent().status == 202
    assert refused(journey.enter_as_agent(old), 4)
    assert journey.enter_as_agent().status == 200


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_a_resend_kills_an_entry_made_before_it(stack: Stack, side: str) -> None:  # P9
    journey = stack.journey().through_asking()
    first, second = journey.enter_for_customer, journey.allow
    if side == "customer":
        first, second = second, first
    assert first().status == 200
    resent(journey)
    assert second().json["status"] == "awaiting_consent", "the entry before the resend still counts"
    assert journey.issue().status == 409
    assert first().status == 200
    assert journey.read().json["status"] == "consented"


def test_a_resend_kills_the_page_before_it(stack: Stack) -> None:  # P34
    journey = stack.journey().through_asking()
    assert journey.customer_mail is not None
    old = journey.customer_mail
    resent(journey)
    new = mailed(journey, "customer")
    before = journey.item
    answers = [journey.view(old.token), journey.allow(new, token=old.token), journey.deny(old.token), journey.end(old.token)]
    assert {(answer.status, answer.json["type"]) for answer in answers} == {(410, "/problems/consent-refused")}
    assert journey.item == before
    assert journey.allow().status == 200


def test_consent_on_a_page_whose_ecosystem_was_switched_counts_for_nothing(stack: Stack) -> None:  # P34
    ecosystems = [samples.ecosystem(f"eco-{n}", f"Number {n}", "admin", "plus") for n in (1, 2)]
    journey = stack.journey(customer=stack.new_customer(ecosystems=ecosystems))
    journey.through_internal_validation()
    assert journey.send_to_customer("eco-1").status == 202
    assert journey.customer_mail is not None
    old = journey.customer_mail
    assert journey.view().json["ecosystem"]["id"] == "eco-1"
    resent(journey, "eco-2")
    assert journey.customer_mail is not None
    new = journey.customer_mail

    before = journey.item
    on_the_old_page = [
        journey.allow(old.code, old.token, "eco-1"),
        journey.allow(new.code, old.token, "eco-1"),
        journey.allow(new.code, old.token, "eco-2"),
    ]
    # A new email's token with what an old page showed.
    elsewhere = [journey.allow(new.code, new.token, "eco-1"), journey.allow(old.code, new.token, "eco-1")]
    for answer in on_the_old_page + elsewhere:
        assert (answer.status, answer.json["type"]) == (410, "/problems/consent-refused")
    assert journey.item == before, "an answer from an old page left a trace"
    assert refused(journey.allow(old.code, new.token, "eco-2"), 4)
    assert refused(journey.enter_for_customer(old.code), 3)

    assert journey.allow(ecosystem="eco-2").status == 200
    assert journey.enter_for_customer().json["status"] == "consented"
    assert journey.issue().json["ecosystem"] == "eco-2"
    assert journey.redeem("web").json["session"]["ecosystem"] == "eco-2"


def test_an_entry_for_one_ecosystem_is_none_for_the_next(stack: Stack) -> None:  # P34
    ecosystems = [samples.ecosystem(f"eco-{n}", f"Number {n}", "admin", "plus") for n in (1, 2)]
    journey = stack.journey(customer=stack.new_customer(ecosystems=ecosystems)).through_asking()
    assert journey.allow().status == 200
    resent(journey, "eco-2")
    assert journey.enter_for_customer().json["status"] == "awaiting_consent"
    assert journey.issue().status == 409


def test_a_refusal_on_the_mails_page_closes_it(stack: Stack) -> None:  # P34
    journey = stack.journey().through_asking()
    assert journey.deny().json["status"] == "closed"
    for answer in (journey.view(), journey.allow(), journey.deny(), journey.end()):
        assert (answer.status, answer.json["type"]) == (410, "/problems/consent-refused")
    assert journey.read().json["outcome"] == "denied"
