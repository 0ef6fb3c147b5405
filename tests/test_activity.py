"""Ecosystem Admin: the agent reads what happened to a successor lately."""

from __future__ import annotations

from functools import partial

import pytest
from botocore.exceptions import ClientError

from samples import process
from support.at_once import at_once
from support.ecosystem_admin import IDLE_SECONDS, REJECTED, activity, problem, successor_of, support
from support.stack import Stack

PROCESSES = [
    process("p-1", "Proof of the succession", "done", "2026-01-12T09:30:00Z", "Accepted by Waizant."),
    process("p-2", "Validation process for The Successor", "rejected", "2026-01-14T11:05:00-05:00", REJECTED),
    process("p/3 é?#", "Transfer of the ecosystem", "waiting", "2026-01-13T16:05:00.750Z", ""),
]


def test_the_agent_reads_the_successors_processes_and_why_they_are_so(stack: Stack) -> None:
    customer = successor_of(stack, name="Sol Herrera", processes=PROCESSES)
    journey = support(stack, customer).through_consent()
    before = journey.read().json["expires_at"]
    read = activity(journey)
    assert read.headers["Cache-Control"] == "no-store"
    shown = read.json
    items = shown.pop("items")
    assert shown == {"user": "Sol Herrera", "email": customer.email, "ecosystem": customer.ecosystem, "role": "successor", "cursor": None}
    steps = [item for item in items if item["kind"] == "verification"]
    assert [item["title"] for item in steps] == list(reversed(journey.actions())), "this reading is the newest"
    assert [item["title"] for item in steps][:2] == ["activity-read", "consented"]
    assert items == [
        *steps,
        {"id": "p-2", "kind": "process", "title": PROCESSES[1]["title"], "status": "rejected", "at": "2026-01-14T16:05:00Z"},
        {"id": "p/3 é?#", "kind": "process", "title": PROCESSES[2]["title"], "status": "waiting", "at": "2026-01-13T16:05:00Z"},
        {"id": "p-1", "kind": "process", "title": PROCESSES[0]["title"], "status": "done", "at": "2026-01-12T09:30:00Z"},
    ]
    detail = activity(journey, "p-2").json
    assert detail == next(item for item in items if item["id"] == "p-2") | {"detail": REJECTED}
    assert activity(journey, steps[-2]["id"]).json["detail"] == {"kind": "sending", "number": 1, "of": 5}
    record = journey.record()["steps"]
    readings = [(step["actor"], step["detail"]) for step in record if step["action"] == "activity-read"]
    assert readings == [
        ("agent", {"kind": "activity-list", "continued": False}),
        ("agent", {"kind": "activity-item", "id": "p-2"}),
        ("agent", {"kind": "activity-item", "id": steps[-2]["id"]}),
    ]
    assert journey.read().json["expires_at"] == before


def test_the_activity_goes_on_page_by_page_while_new_things_happen(stack: Stack) -> None:
    many = [process(f"p-{n}", f"Process {n}", "done", f"2026-01-{1 + n % 28:02}T00:00:00Z", "") for n in range(50)]
    journey = support(stack, successor_of(stack, processes=many)).through_session()
    found, cursor, times = [], None, []
    while True:
        read = activity(journey, cursor=cursor)
        assert read.status == 200, read.body
        page = read.json
        found += [item["id"] for item in page["items"]]
        times += [item["at"] for item in page["items"]]
        assert page["cursor"] is None or len(page["items"]) == 20
        if (cursor := page["cursor"]) is None:
            break
    assert len(found) == len(set(found))
    assert {f"p-{n}" for n in range(50)} < set(found)
    assert times == sorted(times, reverse=True)
    for bad in ("x", "MTc5", "%00", ""):
        answer = activity(journey, cursor=bad)
        assert problem(answer) == (400, "invalid-request"), bad
        assert answer.json["errors"][0]["field"] == "cursor"


def test_the_activity_is_there_from_consent_to_close_for_the_agent_alone(stack: Stack) -> None:
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    journey = support(stack)
    for walk in (journey.through_start, journey.through_internal_validation, journey.through_asking):
        journey = support(stack, successor_of(stack, processes=PROCESSES))
        getattr(journey, walk.__name__)()
        refused = activity(journey)
        assert problem(refused) == (409, "wrong-step")
        assert refused.json["verification_status"] == journey.read().json["status"]
        assert problem(activity(journey, "p-1")) == (409, "wrong-step")
    journey.allow()
    assert problem(activity(journey)) == (409, "wrong-step"), "half a consent is none"
    journey.enter_for_customer()
    assert activity(journey).status == activity(journey, "p-1").status == 200
    for other in (stack.new_agent(), supervisor):
        for item in (None, "p-1"):
            assert problem(activity(journey, item, token=other.token)) == (404, "not-found")
    assert activity(journey, token=None).status == 401
    assert activity(journey, token=journey.agent.id_token).status == 401
    for item in ("p-9", "step-99", "step-0"):
        assert problem(activity(journey, item)) == (404, "not-found")
    assert journey.actions().count("activity-read") == 2
    assert journey.issue().status == 201
    assert activity(journey).status == 200
    assert journey.cancel().status == 200
    assert activity(journey).json["verification_status"] == "closed"
    assistance = stack.journey(customer=successor_of(stack)).through_consent()
    refused = activity(assistance)
    assert problem(refused) == (404, "not-found")
    assert "ecosystem-admin" in refused.json["detail"]


def test_who_refuses_is_read_about_no_more(stack: Stack) -> None:
    journey = support(stack).through_consent()
    assert activity(journey).status == 200
    assert journey.deny().status == 200
    assert activity(journey).json["verification_status"] == "closed"


def test_readings_are_bounded_however_they_arrive_and_every_one_is_recorded(stack: Stack) -> None:
    journey = support(stack).through_consent()
    answers = at_once([lambda: activity(journey)] * 20)
    while answers[-1].status != 429 and len(answers) < 100:
        answers.append(activity(journey))
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {200, 409, 429}
    assert statuses.count(200) == journey.actions().count("activity-read") == 50
    assert 0 < int(answers[-1].headers["Retry-After"]) <= IDLE_SECONDS
    assert journey.issue().status == 201, "it gets in the way of nothing else"


def test_readings_at_the_same_moment_keep_no_session_from_beginning_or_ending(stack: Stack) -> None:  # P13
    for _ in range(5):
        journey = support(stack).through_consent()
        # As many as a lost race is tried again.
        issued, *reads = at_once([journey.issue, *[partial(activity, journey)] * 3])
        assert issued.status == 201, issued.body
        assert {answer.status for answer in reads} <= {200, 409}
        assert journey.actions().count("session-started") == 1
        ended, *_ = at_once([journey.cancel, *[partial(activity, journey)] * 3])
        assert ended.status == 200


def test_a_process_that_cannot_be_read_shows_nothing_and_is_no_reading(stack: Stack) -> None:  # P25
    journey = support(stack, successor_of(stack, processes=[process("p-1", "x", "done", "yesterday", "")])).through_consent()
    assert problem(activity(journey)) == (409, "unreadable-record")
    assert "activity-read" not in journey.actions()


def test_the_functions_can_do_no_more_than_this_takes(stack: Stack) -> None:  # P28
    activity_table = stack.aws_as("ActivityFunction", "dynamodb")
    core, own = stack.facts["CoreTable"], stack.facts["SupportTable"]
    key = {"pk": {"S": "USER#nobody@example.com"}}
    assert "Item" not in activity_table.get_item(TableName=core, Key=key)
    refused = [
        lambda: activity_table.put_item(TableName=core, Item=key),
        lambda: activity_table.scan(TableName=core),
        lambda: activity_table.delete_item(TableName=own, Key={"pk": {"S": "V#x"}}),
        lambda: activity_table.update_item(TableName=own, Key={"pk": {"S": "V#x"}}),
        lambda: activity_table.put_item(TableName=own, Item={"pk": {"S": "B#x"}}),
        lambda: activity_table.put_item(TableName=own, Item={"pk": {"S": "G#x"}}),
        lambda: stack.aws_as("SendMfaFunction", "ses").send_raw_email(RawMessage={"Data": b"x"}),
    ]
    for call in refused:
        with pytest.raises(ClientError, match="AccessDenied"):
            call()
