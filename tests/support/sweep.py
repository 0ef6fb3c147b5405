"""The sweep, run when a test says so, and the emails that it sends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from client import Mail
from support.journey import Journey
from support.patience import wait_until
from support.stack import Stack

SWEEP = "CloseVerificationFunction"


@pytest.fixture(scope="module")
def schedule(stack: Stack) -> Iterator[Callable[[bool], None]]:
    """Switches the minute's schedule, which is off in these tests: each says for itself when the sweep comes."""
    rule = stack.facts["resources"][f"{SWEEP}EveryMinute"]

    def switch(on: bool) -> None:
        events = stack.aws("events")
        (events.enable_rule if on else events.disable_rule)(Name=rule)

    switch(False)
    yield switch
    switch(True)


@contextmanager
def unscheduled(stack: Stack) -> Iterator[None]:
    """The minute's schedule is off meanwhile."""
    rule = stack.facts["resources"][f"{SWEEP}EveryMinute"]
    stack.aws("events").disable_rule(Name=rule)
    try:
        yield
    finally:
        stack.aws("events").enable_rule(Name=rule)


def invoke_sweep(stack: Stack) -> str | None:
    """One run of the sweep. Answers the failure that it ended with, if it did."""
    answer = stack.aws("lambda").invoke(FunctionName=stack.functions()[SWEEP], Payload=b"{}")
    return answer["Payload"].read().decode() if answer.get("FunctionError") else None


# The shards of the index of what is due, and what all items had in release 0.1.0.
SHARDS = ("due", *(f"due#{shard}" for shard in range(8)))


def due(stack: Stack) -> int:
    """How many verifications and support grants wait for the sweep at this moment."""
    return sum(due_in(stack, shard, int(time.time() * 1000)) for shard in SHARDS)


def due_in(stack: Stack, shard: str, now: int) -> int:
    pages = (
        stack.aws("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=stack.facts["SupportTable"],
            IndexName="due",
            KeyConditionExpression="#due = :due AND due_at <= :now",
            ExpressionAttributeNames={"#due": "due"},
            ExpressionAttributeValues={":due": {"S": shard}, ":now": {"N": str(now)}},
            Select="COUNT",
        )
    )
    return sum(page["Count"] for page in pages)


def sweep(stack: Stack) -> None:
    """Sweeps until nothing is due: other tests leave theirs behind."""
    for _ in range(20):
        assert invoke_sweep(stack) is None
        if not due(stack):
            return
    raise AssertionError(f"{due(stack)} are due still")


def let_pass(journey: Journey, seconds: int) -> None:
    """Lets so much time pass for this verification, in the index of what is due, too."""
    journey.age(seconds)

    def earlier(record: dict[str, Any]) -> None:
        if record.get("due_at") is not None:
            record["due_at"] -= seconds * 1000
        if record["notice"] is not None:
            record["notice"]["due_at"] -= seconds * 1000

    journey.edit(earlier)


def told(journey: Journey, about: str, after: int = 0) -> Mail:
    """The email about a session's start or about the end."""
    (mail,) = wait_until(lambda: [mail for mail in mails(journey, after) if kind(mail) == about], f"no email about the {about}")
    return mail


def mails(journey: Journey, after: int = 0) -> list[Mail]:
    return journey.stack.inbox.mails(journey.customer.email, after)


def kind(mail: Mail) -> str:
    """Which email it is, by its subject, in either language."""
    for about, words in {
        "start": ("started a session", "inició una sesión"),
        "end": (
            "has ended",
            "was cancelled",
            "was refused",
            "has expired",
            "was locked",
            "terminó",
            "cancel",
            "rechaz",
            "venció",
            "bloque",
        ),
    }.items():
        if any(word in mail.subject for word in words):
            return about
    return "asking"


@contextmanager
def refusing(stack: Stack, *functions: str) -> Iterator[None]:
    """SES refuses these functions meanwhile."""
    iam, name = stack.aws("iam"), "no-mail"
    denied = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ses:*", "Resource": "*"}]}
    roles = [stack.facts["resources"][f"{function}Role"] for function in functions]
    for role in roles:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(denied))
    try:
        yield
    finally:
        for role in roles:
            iam.delete_role_policy(RoleName=role, PolicyName=name)


def let_pass_notice(journey: Journey) -> None:
    """The next try to tell the customer is due."""

    def now(record: dict[str, Any]) -> None:
        record["notice"]["due_at"] = record["due_at"] = int(time.time() * 1000) - 1

    journey.edit(now)


def due_now(journey: Journey) -> None:
    """What is to be told is due, if anything is."""
    if journey.record()["notice"] is not None:
        let_pass_notice(journey)
