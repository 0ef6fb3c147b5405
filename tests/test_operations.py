"""What `docs/operations.md` tells an operator to do works: audit, a customer's request, the restore drill."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from support.grants import offered
from support.journey import Journey
from support.operations import run
from support.stack import Stack
from support.sweep import let_pass, sweep, told

pytestmark = pytest.mark.usefixtures("schedule")


def audited(stack: Stack, *arguments: str) -> list[dict[str, Any]]:
    done = run(stack, "audit", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_audit_shows_who_did_what_and_no_secret(stack: Stack) -> None:
    journey = stack.journey(ticket="WZ-9").through_session()
    journey.cancel("The audit <b>is</b> done")
    (record,) = audited(stack, f"--verification={journey.id}")
    assert (record["agent"]["name"], record["customer"]["email"]) == (journey.agent.name, journey.customer.email)
    assert (record["status"], record["outcome"], record["reason"]) == ("closed", "cancelled", "The audit <b>is</b> done")
    assert record["chain"] == "whole"
    answered = [{**step, "at": step["at"][:19]} for step in journey.read().json["steps"]]
    assert [{**step, "at": step["at"][:19]} for step in record["steps"]] == answered
    stored = json.dumps(journey.item)
    for hidden in ("digest", "handoffs", "end_pages"):
        assert hidden in stored or hidden != "end_pages"
        assert hidden not in json.dumps(record)
    other = stack.journey(agent=journey.agent, customer=journey.customer).through_start()
    by_customer = [each["id"] for each in audited(stack, "--customer", journey.customer.email.upper())]
    by_agent = [each["id"] for each in audited(stack, "--agent", journey.agent.sub)]
    assert by_customer == by_agent == [journey.id, other.id]
    assert audited(stack, "--customer", "nobody@example.com") == []


def test_an_audit_says_where_a_record_was_changed(stack: Stack) -> None:  # P12
    journey = stack.journey().through_internal_validation()
    changed = journey.item
    changed["steps"]["L"][1]["L"][1]["S"] = "customer"
    stack.put_item(changed)
    done = run(stack, "audit", f"--verification={journey.id}")
    assert done.returncode == 1
    assert json.loads(done.stdout)["chain"] == "broken at step 2"


def request(stack: Stack, what: str, journey: Journey, *more: str) -> Any:
    customer = journey.customer
    return run(stack, "customer_data", what, "--customer", customer.email, "--user-id", customer.sub, *more)


def closed_with_grant(stack: Stack) -> Journey:
    """A customer with a closed verification, a grant that is over and used quotas; the emails are sent."""
    offer = offered(stack)
    assert offer.revoke().status == 204
    journey = stack.journey(customer=offer.customer).through_asking()
    assert journey.customer_mail is not None
    wrong = "000000" if journey.customer_mail.code != "000000" else "111111"
    assert journey.enter_for_customer(wrong).status == 422
    assert journey.deny().status == 200
    sweep(stack)
    told(journey, "end")
    return journey


def test_a_customer_gets_all_that_is_known_of_them(stack: Stack) -> None:
    journey, other = closed_with_grant(stack), stack.journey().through_start()
    done = request(stack, "export", journey)
    assert done.returncode == 0, done.stderr
    kinds = sorted(each["kind"] for each in json.loads(done.stdout))
    assert kinds == ["support grant", "verification"]
    assert journey.id in done.stdout
    assert other.id not in done.stdout and other.customer.email not in done.stdout
    assert "digest" not in done.stdout and "credentials" not in done.stdout


def keys(stack: Stack) -> set[str]:
    return {item["pk"]["S"] for item in stack.items()}


def lasting(stack: Stack) -> set[str]:
    """The keys of what stays for as long as a test takes: what other tests left expires meanwhile, and TTL deletes it."""
    soon = time.time() + 600
    return {item["pk"]["S"] for item in stack.items() if "ttl" not in item or int(item["ttl"]["N"]) > soon}


def test_a_customer_is_forgotten_and_nobody_else_is(stack: Stack) -> None:
    journey, other = closed_with_grant(stack), stack.journey().through_asking()
    before = lasting(stack)
    said = request(stack, "delete", journey)
    assert said.returncode == 0, said.stderr
    assert before <= keys(stack), "without --yes it only says what it would delete"
    done = request(stack, "delete", journey, "--yes")
    assert done.returncode == 0, done.stderr
    deleted = [line.split()[1] for line in done.stdout.splitlines()]
    assert deleted == [line.split()[2] for line in said.stdout.splitlines()]
    assert {key.split("#")[0] for key in deleted} == {"V", "S", "B"}
    left = str(stack.items())
    assert journey.customer.sub not in left and journey.customer.email not in left
    assert other.read().json["status"] == "awaiting_consent"
    assert before & keys(stack) == before - set(deleted)


def test_nothing_is_deleted_while_something_of_the_customer_is_open(stack: Stack) -> None:
    journey = stack.journey().through_asking()
    done = request(stack, "delete", journey, "--yes")
    assert (done.returncode, f"V#{journey.id}" in done.stderr) == (1, True)
    assert journey.read().status == 200


def test_the_drill_lose_the_table_and_restore_it(stack: Stack, tmp_path: Path) -> None:
    """Everything is deleted and imported again from an export; nothing newer is overwritten, and the rest is as it was."""
    closed = stack.journey().through_session()
    closed.cancel("before the export")
    sweep(stack)
    told(closed, "end")
    running, waiting = stack.journey().through_session(), stack.journey().through_asking()
    export = tmp_path / "records.jsonl"
    assert run(stack, "restore", "export", "--to", export).returncode == 0
    records = {item["pk"]["S"]: item for item in stack.items() if item["pk"]["S"][0] in "VS"}

    refused = run(stack, "restore", "import", "--from", export)
    assert refused.returncode == 1 and "is open for" in refused.stderr, refused.stdout
    # What was open at the time of the export is over.
    lines = [json.loads(line) for line in export.read_text().splitlines()]
    for line in lines:
        late(line)
    export.write_text("".join(json.dumps(line) + "\n" for line in lines))

    waiting.cancel("after the export")
    newer = waiting.item
    table = stack.facts["SupportTable"]
    for key in records:
        if key != f"V#{waiting.id}":
            stack.aws("dynamodb").delete_item(TableName=table, Key={"pk": {"S": key}})
    assert closed.read().status == 404
    for _ in range(2):  # It can be repeated.
        done = run(stack, "restore", "import", "--from", export)
        assert done.returncode == 0, done.stderr
    assert stack.item(f"V#{closed.id}") == records[f"V#{closed.id}"]
    assert waiting.item == newer, "what happened after the export stays"
    # The sweep closes what was open, and what was closed stays so; a redeemed token or a handoff of before opens nothing.
    sweep(stack)
    assert running.read().json["outcome"] == "completed"
    assert running.redeem("web").status == 410
    assert closed.read().json["steps"][-1]["action"] == "customer-told"
    (found,) = audited(stack, f"--verification={running.id}")
    assert found["chain"] == "whole"


def late(value: Any) -> None:
    """Lets an hour pass for an exported item that is open."""
    state = value.get("state", {}).get("M", {})
    if state.get("status", {}).get("S") in (None, "closed"):
        return
    _earlier(state)
    if "due_at" in value:
        value["due_at"]["N"] = str(int(value["due_at"]["N"]) - 3_600_000)


def _earlier(value: dict[str, Any]) -> None:
    for name, each in value.items():
        if "N" in each and name.endswith(("_at", "_until")):
            each["N"] = str(int(each["N"]) - 3_600_000)
        elif "M" in each:
            _earlier(each["M"])


def test_a_restored_verification_closes_by_itself(stack: Stack) -> None:
    journey = stack.journey().through_session()
    let_pass(journey, 400)
    sweep(stack)
    assert journey.read().json["outcome"] == "completed"
