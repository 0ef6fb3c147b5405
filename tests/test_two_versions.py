"""Two versions of the functions at one table: what a newer one writes while a verification runs, the deployed ones keep, show or leave alone."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from client import Answer
from support.journey import Journey
from support.receipts import Verify, receipts
from support.stack import Stack
from support.states import CALLS
from support.sweep import invoke_sweep, sweep, told

pytestmark = pytest.mark.usefixtures("schedule")

# What a newer version adds, in a form that this one has no name for.
ADDED = {"why": "tomorrow", "deep": {"list": [1, {"two": True}]}}


def add(record: dict[str, Any]) -> None:
    """As a newer version would: attributes in every map that there is, at whatever depth."""

    def into(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                into(inner)
            value["tomorrow"] = ADDED
        elif isinstance(value, list):
            for inner in value:
                into(inner)

    for name in ("state", "agent", "customer"):
        into(record[name])
    record["tomorrow"] = ADDED


def append_step(journey: Journey) -> None:
    """A step of a newer version: an actor, an action and a kind of detail that the deployed ones do not know."""
    steps = journey.record()["steps"]
    at, actor, action, detail = steps[-1]["at"] + 1, "supervisor", "approval-given", {"kind": "approval", "by": "sofia"}
    facts = [steps[-1]["hash"], journey.id, len(steps) + 1, int(at), actor, action, detail]
    text = json.dumps(facts, separators=(",", ":"), sort_keys=True)
    hashed = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")

    def change(record: dict[str, Any]) -> None:
        record["steps"].append([at, actor, action, hashed, detail])
        # In a state in which every write is a step: see `Journey.edit`.
        record["version"] += record["state"]["status"] not in ("in_session", "closed")

    journey.edit(change)


def moves(journey: Journey) -> list[Callable[[], Answer]]:
    return [
        journey.start,
        journey.send_to_agent,
        journey.enter_as_agent,
        journey.send_to_customer,
        journey.allow,
        journey.enter_for_customer,
        journey.issue,
        lambda: journey.redeem("web"),
        journey.end,
    ]


def known(step: dict[str, Any]) -> bool:
    return step["action"] != "approval-given"


@pytest.mark.parametrize("turn", [0, 1], ids=["every second move, from the first", "every second move, from the second"])
def test_a_verification_that_two_versions_move_in_turn_loses_nothing(stack: Stack, verify_receipt: Verify, turn: int) -> None:  # P37
    """Whatever the deployment is rolled back or forward between."""
    journey, written = stack.journey(), 0
    for number, move in enumerate(moves(journey)):
        answer = move()
        assert answer.status < 300, (number, answer.body)
        if number % 2 == turn and number < 8:
            journey.edit(add)
            append_step(journey)
            written += 1
        record = journey.record()
        assert [known(step) for step in record["steps"]].count(False) == written
        if written:
            for place in (record, record["agent"], record["customer"], record["customer"]["ecosystems"][0], record["state"]):
                assert place["tomorrow"] == ADDED, (number, place)
    assert journey.record()["state"]["consent"]["tomorrow"] == ADDED
    read = journey.read()
    assert [step["action"] for step in read.json["steps"]].count("approval-given") == written
    shown = next(step for step in read.json["steps"] if not known(step))
    assert (shown["actor"], json.loads(shown["detail"])) == ("supervisor", {"kind": "approval", "by": "sofia"})
    found = search(stack, journey)
    assert ([item["id"] for item in found["items"]], "unreadable" in found) == ([journey.id], False)

    sweep(stack)
    (file,) = receipts(told(journey, "end"))
    code, words = verify_receipt(file, stack.api.get("/receipts/key").body)
    assert (code, words.count("approval-given")) == (0, written), words
    record = journey.record()
    assert (record["state"]["status"], record["tomorrow"], record["schema"]) == ("closed", ADDED, 1)
    assert not {"due", "due_at"} & journey.item.keys(), "the customer was told, so nothing is left to do"


def search(stack: Stack, journey: Journey, **filters: Any) -> dict[str, Any]:
    answer = stack.api.post("/verifications/search", filters, token=journey.agent.token)
    assert answer.status == 200, answer.body
    return answer.json


def test_functions_of_the_version_before_lose_nothing_that_this_one_needs(stack: Stack) -> None:  # P37
    """They write no `schema`, and only what they know."""
    journey = stack.journey()
    for move in moves(journey):
        answer = move()
        assert answer.status < 300, answer.body
        journey.edit(lambda record: record.pop("schema"))
    assert journey.record()["state"]["outcome"] == "ended"


UNREADABLE: dict[str, Callable[[dict[str, Any]], None]] = {
    "a newer schema": lambda record: record.update(schema=2),
    "an unknown state": lambda record: record["state"].update(status="awaiting_approval"),
    "an unknown module": lambda record: record.update(module="partner-support"),
    "an unknown access": lambda record: record["state"]["consent"].update(access="approve"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_verification_that_cannot_be_read_is_left_alone_and_hides_no_other(stack: Stack, what: str) -> None:  # P37
    agent, supervisor = stack.new_agent(), stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    before = stack.journey(agent).through_start()
    hidden = stack.journey(agent).through_session()
    after = stack.journey(agent).through_start()
    whole = hidden.item

    def change(record: dict[str, Any]) -> None:
        UNREADABLE[what](record)
        # Due, as far as the listing knows.
        record["due_at"] = int(time.time() * 1000) - 1000

    hidden.edit(change)
    began, kept = time.time(), hidden.item
    for searched in (search(stack, before), search(stack, stack.journey(supervisor), agent=agent.sub)):
        assert [item["id"] for item in searched["items"]] == [after.id, before.id]
        assert searched["unreadable"] == 1
    one = search(stack, before, limit=1)
    two = search(stack, before, limit=1, cursor=one["cursor"])
    three = search(stack, before, limit=1, cursor=two["cursor"]) if two["cursor"] else two
    assert [item["id"] for page in (one, two, three)[: 2 if three is two else 3] for item in page["items"]] == [after.id, before.id]

    for name in ("read", "cancel", "end", "redeem"):
        answer = CALLS[name](hidden)
        assert (answer.status, answer.json["type"]) == (503, "/problems/other-version"), name
    assert invoke_sweep(stack) is None, "the sweep goes on"
    moved = hidden.item
    assert int(moved.pop("due_at")["N"]) > int(kept.pop("due_at")["N"]), "it is looked at again later"
    assert moved == kept, "nothing else of it changed"
    lines = [json.loads(line) for line in stack.logs(began) if line.startswith("{")]
    assert sum(line.get("unreadable_items", 0) for line in lines) >= 7, "it is counted wherever it was met"
    assert not [line for line in lines if line.get("level") == "ERROR" and line.get("verification") == hidden.id]

    # The version that can read it goes on.
    stack.aws("dynamodb").put_item(TableName=stack.facts["SupportTable"], Item={**whole, "version": hidden.item["version"]})
    assert hidden.redeem("store").status == 200
    assert hidden.end().status == 200
    assert hidden.record()["state"]["outcome"] == "ended"
