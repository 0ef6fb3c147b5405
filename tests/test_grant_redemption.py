"""Credentials work for the first agent who brings them, and all that opens nothing looks alike."""

from __future__ import annotations

import json
import random
import statistics

import pytest

from support.answers import face
from support.at_once import at_once
from support.grant_answers import FUNCTION, is_refused, redeem_event, unknown, used_up, wrong
from support.grant_notices import kinds
from support.grants import offered, redeem
from support.hosted import Call, Hosted
from support.people import Agent
from support.recovery import differ
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("schedule")


def test_of_a_hundred_redemptions_one_succeeds(stack: Stack) -> None:  # P14
    offer, agent = offered(stack), stack.new_agent()
    used_up(stack, f"lookups#{agent.sub}", 900, -100)  # as if the agent had so many more look-ups
    answers = stack.crowd([lambda: redeem(stack, agent, offer.credentials)] * 100, "/support-grant/redeem")
    statuses = [answer.status for answer in answers]
    assert statuses.count(201) == 1, statuses
    # As many as may be wrong are under way at once: more than that wait.
    assert set(statuses) <= {201, 409, 429, 503}, statuses
    mine = stack.api.post("/verifications/search", {"customer": offer.customer.email}, token=agent.token).json["items"]
    assert len(mine) == 1
    assert offer.record()["verification"] == mine[0]["id"]
    assert offer.entries() == 0 or 503 in statuses, ("all were right, and are given back", statuses)
    assert kinds(offer).count("used") == 1


def test_of_two_agents_at_once_one_has_it_ever_after(stack: Stack) -> None:  # P14
    agents = [stack.new_agent(), stack.new_agent()]
    for nth in range(8):
        offer = offered(stack)
        journeys = [offer.journey(agent) for agent in agents]
        answers = at_once([journey.start for journey in journeys])
        assert sorted(answer.status for answer in answers) == [201, 422], [answer.body for answer in answers]
        winner, loser = journeys if answers[0].status == 201 else reversed(journeys)
        is_refused(next(answer for answer in answers if answer.status == 422))
        assert offer.read().json["redeemed_by"]["name"] == winner.agent.name
        if nth:
            continue
        is_refused(loser.start())
        assert winner.cancel().status == 200
        is_refused(loser.start())
        assert winner.start().status == 201
        # P22: the one's verification does not exist for the other.
        assert stack.api.get(winner.path, token=loser.agent.token).status == 404
        assert stack.api.post(f"{winner.path}/cancel", {"reason": "x"}, token=loser.agent.token).status == 404


def dead_ends(stack: Stack, agent: Agent) -> dict[str, dict[str, str]]:
    """Credentials that open nothing, for each reason."""
    revoked, expired, replaced, others, live = (offered(stack) for _ in range(5))
    assert others.journey().start().status == 201
    assert revoked.revoke().status == 204
    expired.ends_in(-1)
    old = replaced.credentials
    assert replaced.regenerate().status == 200
    return {
        "unknown user name": unknown(),
        "user name of another form": unknown() | {"user_name": "ana@example.com"},
        "user name wrong": wrong(live, "user_name"),
        "password wrong": wrong(live, "password"),
        "code wrong": wrong(live, "security_code"),
        "all of another grant but the user name": others.credentials | {"user_name": live.credentials["user_name"]},
        "revoked": revoked.credentials,
        "expired": expired.credentials,
        "replaced": old,
        "another agent's": others.credentials,
    }


def test_all_that_opens_nothing_looks_alike(stack: Stack) -> None:  # P14
    agent = stack.new_agent()
    faces = {why: face(redeem(stack, agent, entered)) for why, entered in dead_ends(stack, agent).items()}
    alike = faces["unknown user name"]
    assert alike[0] == 422
    for why, shown in faces.items():
        assert shown == alike, why


def test_all_that_opens_nothing_asks_the_same_of_the_store(stack: Stack) -> None:  # P14
    """A busy machine's times could hide a difference; what the function asks of AWS hides none."""
    agent = stack.new_agent()
    made, locked = {}, {}
    with Hosted(stack, FUNCTION) as function:
        for why, entered in dead_ends(stack, agent).items():
            calls: list[Call] = []
            function.before = calls.append
            assert function.invoke(redeem_event(agent, entered))["statusCode"] == 422, why
            # The counting goes on where others of these were wrong before: it takes two writes then.
            asked = [call.operation for call in calls if "grant-entries" not in json.dumps(call.request)]
            made[why] = sorted(asked)
        for why, entered in {"unknown": unknown(), "known": wrong(offered(stack), "password")}.items():
            locked[why] = []
            for _ in range(6):
                calls = []
                function.before = calls.append
                function.invoke(redeem_event(agent, entered))
                locked[why].append(sorted(call.operation for call in calls))
    assert set(map(tuple, made.values())) == {("GetItem", "UpdateItem")}, made
    assert locked["unknown"] == locked["known"]


def test_all_that_opens_nothing_takes_as_long(stack: Stack) -> None:  # P14
    with stack.configured(GRANT_WRONG_ENTRIES="1000000", LOOKUPS_PER_AGENT="1000000"):
        agent = stack.new_agent()
        ends = dead_ends(stack, agent)
        chosen = {why: ends[why] for why in ("unknown user name", "password wrong", "another agent's")}
        times: dict[str, list[float]] = {why: [] for why in chosen}
        for entered in chosen.values():
            redeem(stack, agent, entered)
        for _ in range(60):
            for why in random.sample(list(chosen), len(chosen)):
                times[why].append(redeem(stack, agent, chosen[why]).seconds)
    medians = {why: f"{statistics.median(each) * 1000:.1f} ms" for why, each in times.items()}
    print("\n  refused:", medians)
    for why in times.keys() - {"unknown user name"}:
        assert not differ(times["unknown user name"], times[why]), (why, medians)
