"""Whose a verification is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from client import Answer
from support.journey import Journey
from support.stack import Stack
from support.states import CALLS, PAGE, agent_challenged, awaiting_consent, cancelled, consented, in_session, started

AGENTS_CALLS = [name for name in CALLS if name not in PAGE | {"redeem"}]


@pytest.mark.parametrize("state", [started, agent_challenged, awaiting_consent, consented, in_session, cancelled], ids=lambda s: s.__name__)
def test_another_agents_verification_does_not_exist(stack: Stack, state: Callable[[Journey], None]) -> None:  # P22
    journey, other = stack.journey(), stack.new_agent()
    state(journey)
    before, owner = journey.item, journey.agent
    unknown = stack.journey(other, journey.customer)
    unknown.id, unknown.agent_mail, unknown.customer_mail = "A" * 22, journey.agent_mail, journey.customer_mail
    journey.agent = other
    for name in AGENTS_CALLS:
        answer, nowhere = CALLS[name](journey), CALLS[name](unknown)
        assert (answer.status, answer.json["type"]) == (404, "/problems/not-found"), name
        assert anonymous(answer) == anonymous(nowhere), name
    assert journey.item == before
    assert owner.sub != other.sub


def anonymous(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "request_id"}


def test_a_supervisor_reads_everyones_and_moves_only_their_own(stack: Stack) -> None:  # P22
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    for state in (started, agent_challenged, awaiting_consent, consented, in_session):
        journey = stack.journey()
        state(journey)
        before, owner = journey.item, journey.agent
        journey.agent = supervisor
        read = journey.read()
        assert read.status == 200
        assert read.json["agent"]["id"] == owner.sub
        for name in AGENTS_CALLS:
            if name != "read":
                assert CALLS[name](journey).status == 404, name
        assert journey.item == before
    assert stack.journey(supervisor).through_session().redeem("web").status == 200


def test_a_malformed_id_is_not_found(stack: Stack) -> None:  # P22
    agent = stack.new_agent()
    for wrong in ("x", "A" * 21, "A" * 23, "A" * 21 + "!", "..", "%2e%2e", "A" * 500, "V%23" + "A" * 22):
        assert stack.api.get(f"/verifications/{wrong}", token=agent.token).status == 404, wrong
        assert stack.api.post(f"/verifications/{wrong}/cancel", {"reason": "x"}, token=agent.token).status == 404, wrong
