"""Searching verifications: one's own, a supervisor everyone's, page by page."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from support.people import Agent
from support.stack import Stack
from support.states import IDLE_SECONDS


def search(stack: Stack, caller: Agent, /, **wanted: Any) -> dict[str, Any]:
    answer = stack.api.post("/verifications/search", wanted, token=caller.token)
    assert answer.status == 200, answer.body
    return answer.json


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_agents_find_only_their_own_newest_first(stack: Stack) -> None:  # P22
    agent, other, customer = stack.new_agent(), stack.new_agent(), stack.new_customer()
    own = [stack.journey(agent, customer).through_start() for _ in range(3)]
    foreign = stack.journey(other, customer).through_start()
    newest = [journey.id for journey in reversed(own)]
    assert ids(search(stack, agent)) == newest
    assert ids(search(stack, agent, customer=customer.email)) == newest
    assert ids(search(stack, agent, agent=agent.sub)) == newest
    assert ids(search(stack, agent, agent=other.sub)) == []
    assert ids(search(stack, other)) == [foreign.id]


def test_a_search_gives_what_reading_gives_without_steps(stack: Stack) -> None:
    journey = stack.journey(ticket="WZ-7").through_session()
    (item,) = search(stack, journey.agent)["items"]
    read = journey.read().json
    del read["steps"]
    assert item == read


def test_filters_are_joined(stack: Stack) -> None:
    agent, one, two = stack.new_agent(), stack.new_customer(), stack.new_customer()
    begun = stack.journey(agent, one).through_start()
    cancelled_one = stack.journey(agent, one).through_start()
    cancelled_two = stack.journey(agent, two).through_start()
    asked = stack.journey(agent, two).through_asking()
    for journey in (cancelled_one, cancelled_two):
        assert journey.cancel().status == 200
    assert ids(search(stack, agent, status="started")) == [begun.id]
    assert ids(search(stack, agent, status="closed")) == [cancelled_two.id, cancelled_one.id]
    assert ids(search(stack, agent, status="closed", customer=one.email.upper())) == [cancelled_one.id]
    assert ids(search(stack, agent, status="awaiting_consent", customer=two.email, agent=agent.sub)) == [asked.id]
    assert ids(search(stack, agent, status="minting")) == []
    assert ids(search(stack, agent, customer="nobody@customers.example.com")) == []


def test_a_search_shows_what_is_over_as_closed(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    journey.age(IDLE_SECONDS)
    assert ids(search(stack, journey.agent, status="awaiting_consent")) == []
    (item,) = search(stack, journey.agent, status="closed")["items"]
    assert (item["id"], item["outcome"]) == (journey.id, "expired")


def test_pages_follow_each_other_by_their_cursor(stack: Stack) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    newest = [stack.journey(agent, customer).through_start().id for _ in range(23)][::-1]
    first = search(stack, agent)
    assert ids(first) == newest[:20]
    second = search(stack, agent, cursor=first["cursor"])
    assert ids(second) == newest[20:]
    assert second["cursor"] is None

    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(30):
        page = search(stack, agent, limit=5, status="started", **cursor)
        assert len(page["items"]) <= 5
        found += ids(page)
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert found == newest
    # A cursor belongs to its filters.
    for other in ({"status": "closed"}, {"customer": customer.email}, {"agent": agent.sub}):
        answer = stack.api.post("/verifications/search", {"cursor": first["cursor"], **other}, token=agent.token)
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, "cursor")
    assert ids(search(stack, agent, limit=3, cursor=first["cursor"])) == newest[20:]
    # A cursor is no way to another agent's.
    assert ids(search(stack, stack.new_agent(), cursor=first["cursor"])) == []


def test_a_rare_filter_ends_by_its_cursor(stack: Stack) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    rare = stack.journey(agent, customer).through_start()
    assert rare.cancel().status == 200
    for _ in range(15):
        stack.journey(agent, customer).through_start()
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = search(stack, agent, limit=1, status="closed", **({"cursor": cursor} if cursor else {}))
        found, cursor, pages = found + ids(page), page["cursor"], pages + 1
        assert pages < 20
    assert found == [rare.id]


@pytest.mark.parametrize(
    "wanted",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "5"},
        {"limit": -1},
        {"limit": 1.5},
        {"status": "open"},
        {"status": None, "customer": 5},
        {"customer": "not an address"},
        {"cursor": "nonsense"},
        {"cursor": ""},
        {"cursor": base64.urlsafe_b64encode(b"1.V#1").decode()},
        {"outcome": "open"},
        {"module": "other"},
        {"id": "short"},
        {"customer_of": "short"},
        {"ticket": "two words"},
        {"ticket": ""},
        {"agent_name": "  "},
        {"agent_name": "x" * 81},
        {"created_from": "2026-10-28"},
        {"created_from": "2026-02-30T00:00:00Z"},
        {"created_from": "2026-10-28 12:34:56Z"},
        {"created_from": "2026-10-28T12:34:56+00:00[UTC]"},
        {"created_until": "yesterday"},
        {"created_until": 5},
    ],
    ids=json.dumps,
)
def test_a_search_that_makes_no_sense_is_refused(stack: Stack, wanted: dict[str, Any]) -> None:
    answer = stack.api.post("/verifications/search", wanted, token=stack.new_agent().token)
    assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request")


def test_a_case_is_found_by_its_id_and_by_its_ticket(stack: Stack) -> None:
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    number = f"WZ-{uuid.uuid4().hex[:8].upper()}"
    first = stack.journey(ticket=number).through_start()
    second = stack.journey(ticket=number.lower()).through_start()
    stack.journey(ticket=f"{number}0").through_start()
    assert ids(search(stack, supervisor, ticket=number)) == [second.id, first.id]
    assert ids(search(stack, supervisor, ticket=number.title(), agent=first.agent.sub)) == [first.id]
    assert ids(search(stack, first.agent, ticket=number)) == [first.id], "an agent's own alone"  # P22
    page = search(stack, supervisor, ticket=number, limit=1)
    assert ids(page) == [second.id]
    assert ids(search(stack, supervisor, ticket=number, limit=1, cursor=page["cursor"])) == [first.id]

    assert search(stack, supervisor, id=first.id) == {"items": [search(stack, first.agent)["items"][0]], "cursor": None}
    assert ids(search(stack, first.agent, id=first.id)) == [first.id]
    assert ids(search(stack, first.agent, id=second.id)) == []  # P22
    assert ids(search(stack, supervisor, id=first.id, ticket="ANOTHER-1")) == []
    assert ids(search(stack, supervisor, id="AAAAAAAAAAAAAAAAAAAAAA")) == []


def test_a_customers_verifications_are_found_by_any_of_them(stack: Stack) -> None:
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    customer = stack.new_customer()
    first, second = (stack.journey(customer=customer).through_start() for _ in range(2))
    stack.journey().through_start()
    assert ids(search(stack, supervisor, customer_of=first.id)) == [second.id, first.id]
    assert ids(search(stack, supervisor, customer_of=first.id, agent=second.agent.sub)) == [second.id]
    assert ids(search(stack, supervisor, customer_of=first.id, customer=customer.email)) == [second.id, first.id]
    assert ids(search(stack, supervisor, customer_of=first.id, customer="nobody@customers.example.com")) == []
    assert ids(search(stack, supervisor, customer_of="AAAAAAAAAAAAAAAAAAAAAA")) == []
    page = search(stack, supervisor, customer_of=first.id, limit=1)
    assert ids(search(stack, supervisor, customer_of=first.id, limit=1, cursor=page["cursor"])) == [first.id]
    # An agent learns nothing of another's customer.
    assert ids(search(stack, first.agent, customer_of=first.id)) == [first.id]  # P22
    assert ids(search(stack, first.agent, customer_of=second.id)) == []  # P22


def test_cases_are_found_by_agents_name_module_outcome_and_time(stack: Stack) -> None:
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    name = f"Ágata {uuid.uuid4().hex[:8]}"
    agent, customer = stack.new_agent(name=name), stack.new_customer()
    began = [stack.journey(agent, customer).through_start() for _ in range(2)]
    assert began[0].cancel().status == 200
    begun, cancelled = began[1].id, began[0].id
    for part in (name, name.upper(), name[3:], agent.email.upper(), agent.email[:20]):
        assert ids(search(stack, supervisor, customer=customer.email, agent_name=part)) == [begun, cancelled], part
    assert ids(search(stack, supervisor, customer=customer.email, agent_name="Nobody")) == []
    assert ids(search(stack, agent, outcome="cancelled")) == [cancelled]
    assert ids(search(stack, agent, outcome="locked")) == []
    assert ids(search(stack, agent, status="started", outcome="cancelled")) == []
    assert ids(search(stack, agent, module="technical-assistance")) == [begun, cancelled]
    assert ids(search(stack, agent, module="ecosystem-admin")) == []

    moment = datetime.fromisoformat(search(stack, agent)["items"][0]["created_at"])
    hour = timedelta(hours=1)
    for earliest, latest, found in [
        (moment - hour, moment + hour, 2),
        (moment + hour, None, 0),
        (None, moment - hour, 0),
        (moment + hour, moment, 0),
    ]:
        window = {"created_from": earliest, "created_until": latest}
        asked = {name: at.isoformat() for name, at in window.items() if at}
        for caller in (agent, supervisor):
            assert len(ids(search(stack, caller, customer=customer.email, **asked))) == found, asked


def test_a_supervisor_finds_everyones(stack: Stack) -> None:  # P22
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    customer, agents = stack.new_customer(), [stack.new_agent(), stack.new_agent()]
    journeys = [stack.journey(agent, customer).through_start() for agent in agents]
    newest = [journey.id for journey in reversed(journeys)]
    assert ids(search(stack, supervisor, customer=customer.email)) == newest
    assert ids(search(stack, supervisor, agent=agents[0].sub)) == [journeys[0].id]
    assert ids(search(stack, supervisor, agent=agents[0].sub, customer=customer.email)) == [journeys[0].id]
    page = search(stack, supervisor, limit=50)
    assert [found for found in ids(page) if found in newest] == newest
    created = [item["created_at"] for item in page["items"]]
    assert created == sorted(created, reverse=True)
    assert len(set(ids(page))) == len(ids(page))
