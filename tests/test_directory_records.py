"""Records of the directory that this version does not know all of: nobody becomes unreachable by them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from support.browser import accessible
from support.console import Sit, signed_in
from support.emails import words
from support.people import Customer
from support.stack import Stack


@pytest.mark.parametrize(
    ("change", "shown", "environments"),
    [
        ({"role": "owner"}, ("unknown", "premium"), ["web", "app"]),
        ({"plan": "gold"}, ("admin", "unknown"), ["store", "web", "app"]),
        ({"modules": ["rcm", "new"]}, ("admin", "premium"), ["store", "web", "app", "rcm"]),
    ],
    ids=["role", "plan", "module"],
)
def test_what_is_unknown_gives_the_fewest_rights_and_the_agent_sees_it(
    stack: Stack, desk: Sit, change: dict[str, Any], shown: tuple[str, str], environments: list[str]
) -> None:  # P46
    customer = stack.new_customer(locale="en-GB")
    customer.record.ecosystems[0].update(change)
    stack.people.put_in_directory(customer.record, customer.sub)
    journey = stack.journey(customer=customer).through_internal_validation()
    (ecosystem,) = journey.read().json["customer"]["ecosystems"]
    assert (ecosystem["role"], ecosystem["plan"]) == shown
    assert ecosystem["environments"] == environments
    if "unknown" in shown:
        at = signed_in(desk(), journey)
        at.shows({"role": "Unknown role, with a member’s rights", "plan": "Unknown plan, with the rights of Plus"}[next(iter(change))])
        accessible(at.page)
    journey.through_asking()
    assert journey.customer_mail is not None
    assert "Hello" in words(journey.customer_mail.html), "the language of en-GB is English"
    journey.through_session()
    assert [handoff["environment"] for handoff in journey.session["handoffs"]] == environments


HOSTILE = [
    ("name", {"first": "Hunter2"}),
    ("user_id", 5),
    ("status", "Hunter2"),
    ("ecosystems", "Hunter2"),
    ("ecosystems", [{"id": "eco-1"}]),
    ("email", "Hunter2"),
    ("name", None),
]


@pytest.mark.parametrize(("field", "value"), HOSTILE, ids=[f"{field}={value}" for field, value in HOSTILE])
def test_a_record_that_cannot_be_read_is_its_own_answer_and_rings_no_alarm(
    stack: Stack, started_at: float, field: str, value: Any
) -> None:  # P46
    agent, customer = stack.new_agent(), stack.new_customer()
    spoil(stack, customer, field, value)
    answer = stack.journey(agent, customer).start()
    assert (answer.status, answer.json["type"]) == (409, "/problems/unreadable-record")
    assert "Hunter2" not in json.dumps(answer.json)
    lines = [json.loads(line) for line in stack.logs(since=started_at) if line.startswith("{")]
    (line,) = [line for line in lines if line.get("request_id") == answer.json["request_id"]]
    assert (line["level"], line["outcome"], line["status"]) == ("WARN", "unreadable-record", 409)
    assert line["failure_detail"].startswith(field)
    assert "Hunter2" not in json.dumps(lines)
    assert not [line for line in lines if line["level"] == "ERROR"]


def test_a_record_that_becomes_unreadable_opens_nothing_more(stack: Stack) -> None:  # P46
    journey = stack.journey().through_consent()
    spoil(stack, journey.customer, "status", 7)
    answer = journey.issue()
    assert (answer.status, answer.json["type"]) == (409, "/problems/unreadable-record")
    assert journey.read().json["status"] == "consented"
    stack.people.put_in_directory(journey.customer.record, journey.customer.sub)
    journey.through_session()
    spoil(stack, journey.customer, "status", 7)
    # As a handoff that is used, expired or unknown.
    answer = journey.redeem("web")
    assert (answer.status, answer.json["type"]) == (410, "/problems/handoff-refused")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_console_says_what_helps(stack: Stack, desk: Sit, language: str) -> None:
    says = {"en": "Trying again does not help", "es": "Intentar de nuevo no sirve"}[language]
    agent, customer = stack.new_agent(), stack.new_customer()
    spoil(stack, customer, "name", 5)
    at = desk(language)
    at.sign_in(agent.email)
    at.stands_at("assistance")
    at.field("user email").fill(customer.email)
    at.press("start")
    at.shows(says)
    accessible(at.page)


def spoil(stack: Stack, customer: Customer, field: str, value: Any) -> None:
    """Writes something else into the customer's record, as only those who maintain the directory could."""
    key = {"pk": {"S": f"USER#{customer.email}"}}
    stack.aws("dynamodb").update_item(
        TableName=stack.facts["CoreTable"], Key=key, UpdateExpression="SET #f = :v",
        ExpressionAttributeNames={"#f": field}, ExpressionAttributeValues={":v": TypeSerializer().serialize(value)},
    )  # fmt: skip
