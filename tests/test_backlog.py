"""What rings when the sweep loses its secret, when SES hangs, and when the table is full of what is due; and that the backlog drains by
itself once the cause is gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from bench.backlog import items
from support.alarms import KNOWN, Series, Watch
from support.hosted import Call, Ended, Hosted
from support.journey import Journey
from support.stack import Stack
from support.sweep import SWEEP, due, due_now, invoke_sweep, kind, let_pass, mails, sweep
from test_alarms import healthy, lines

pytestmark = pytest.mark.usefixtures("schedule")

# The items of a table that is full, as far as a test has time.
FULL = 500


@contextmanager
def without_the_secret(stack: Stack) -> Iterator[Hosted]:
    with Hosted(stack, SWEEP, [{"Action": "secretsmanager:*", "Resource": "*"}]) as function:
        yield function


@contextmanager
def while_ses_hangs(stack: Stack) -> Iterator[Hosted]:
    over = threading.Event()

    def hang(call: Call) -> None:
        if call.operation == "SendRawEmail":
            over.wait(60)

    with Hosted(stack, SWEEP) as function:
        function.before = hang
        yield function
        over.set()


@contextmanager
def with_all_well(stack: Stack) -> Iterator[Hosted]:
    with Hosted(stack, SWEEP) as function:
        yield function


def load(stack: Stack) -> None:
    """Fills the table with sessions that ended ten minutes ago, when no sweep came."""
    batch = [{"PutRequest": {"Item": item}} for item in items(FULL, 600)]
    for start in range(0, FULL, 25):
        stack.aws("dynamodb").batch_write_item(RequestItems={stack.facts["SupportTable"]: batch[start : start + 25]})


@pytest.mark.parametrize(
    ("broken", "rings"),
    [
        # It does not start, so that it crashes, and no sweep says that it was there.
        (without_the_secret, {"BackgroundErrorAlarm", "SweepAlarm"}),
        # Everything closes, each email is a failure, and what is owed gets older.
        (while_ses_hangs, {"BacklogAlarm", "EmailFailureAlarm", "ErrorAlarm"}),
        # Nothing fails: there is just too much.
        (with_all_well, {"BacklogAlarm"}),
    ],
    ids=["the secret is gone", "SES hangs", "the table is full"],
)
def test_what_rings_is_in_the_runbook_and_the_backlog_drains_by_itself(
    stack: Stack, broken: Callable[[Stack], Any], rings: set[str]
) -> None:  # P35, P36
    sweep(stack)
    sessions = [stack.journey().through_session() for _ in range(3)]
    for journey in sessions:
        let_pass(journey, 300 + 600)
    if broken is with_all_well:
        load(stack)
    watch = Watch(stack)
    data = healthy(watch, stack)
    with suppress(Ended), broken(stack) as function:
        function.invoke({})
    found = lines(function.lines)
    # As it goes on for six minutes.
    lately = range(data.minutes - 6, data.minutes)
    for metric in ("due_items", "oldest_due_s"):
        for minute in lately:
            del data.values[Series(watch.namespace, metric)][minute]
    data.log(watch, stack.facts["resources"]["FunctionLogs"], found, lately)
    if broken is without_the_secret:
        crash = KNOWN["failures"]["crash in INIT"]
        of = frozenset({("FunctionName", stack.functions()[SWEEP])})
        for namespace, metric, value in crash["metrics"]:
            data.add(Series(namespace, metric, of), value, lately)
    assert watch.ringing(data) == rings

    settle(stack, sessions)
    for journey in sessions:
        assert journey.read().json["outcome"] == "completed"
        # At least once: an email that hung may still have arrived.
        assert [mail for mail in mails(journey) if kind(mail) == "end"]
    assert due(stack) == 0


def settle(stack: Stack, sessions: list[Journey]) -> None:
    """Nothing but the schedule's sweeps, as they come when all is well again. What failed is tried again when it is due: now."""
    deadline = time.monotonic() + 240
    while due(stack) or any(journey.record()["notice"] for journey in sessions):
        assert time.monotonic() < deadline, (due(stack), [journey.record()["notice"] for journey in sessions])
        for journey in sessions:
            due_now(journey)
        assert invoke_sweep(stack) is None
