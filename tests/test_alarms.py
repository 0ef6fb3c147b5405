"""Whatever stops, alarms. The emulator runs no alarms, so the deployed ones are evaluated here, by CloudWatch's rules, against what AWS
and the deployed functions emit. `fixtures/failures.json` has the shapes and names their source.
"""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest

from settings import ROOT
from support.alarms import KNOWN, Alarm, Data, Series, Watch, Watched, nobody_emits
from support.email_reports import bounce
from support.hosted import Ended, Hosted
from support.journey import Journey
from support.stack import Stack
from support.sweep import SWEEP, let_pass
from support.template import functions

pytestmark = pytest.mark.usefixtures("schedule")

# The alarms that ring for a function that fails or crashes, and for one that is not run.
ROUTES_OF_AGENTS = {"StartVerification", "SendMfa", "VerifyCode", "IssueSession", "Cancel", "Activity"}
# What cannot be done goes into a queue, and the alarm that rings then.
QUEUES = {
    "RecoveryFailures": "RecoveryFailureAlarm",
    "PasswordChangedFailures": "PasswordChangedFailureAlarm",
    "EmailEventFailures": "EmailEventFailureAlarm",
}
TRIGGERS = {"AgentTriggers", "CustomerTriggers"}
UNCALLED = {"CloseVerification", "RecoveryWorker", "EmailEvents"}


def group(function: str) -> str:
    name = function.removesuffix("Function")
    if name in TRIGGERS:
        return "Trigger"
    return "AgentRoute" if name in ROUTES_OF_AGENTS else "Background" if name in UNCALLED else "CustomerRoute"


@pytest.fixture(scope="module")
def watch(stack: Stack) -> Watch:
    return Watch(stack)


def lines(found: Iterable[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found if line.startswith("{")]


def swept(watch: Watch, data: Data, minutes: Iterable[int], oldest: int = 0) -> None:
    for minute in minutes:
        data.add(Series(watch.namespace, "due_items"), 3, [minute])
        data.add(Series(watch.namespace, "oldest_due_s"), oldest, [minute])


def healthy(watch: Watch, stack: Stack) -> Data:
    """An hour in which all is well: functions run, the sweep comes every minute."""
    data = Data()
    every = range(data.minutes)
    for name in stack.functions().values():
        of = frozenset({("FunctionName", name)})
        for metric, value in (("Invocations", 1), ("Errors", 0), ("Throttles", 0)):
            data.add(Series("AWS/Lambda", metric, of), value, every)
    api = frozenset({("ApiId", stack.facts["resources"]["Api"])})
    for metric, value in (("4xx", 3), ("5xx", 0), ("Count", 200)):
        data.add(Series("AWS/ApiGateway", metric, api), value, every)
    for metric, value in (("Reputation.BounceRate", 0.01), ("Reputation.ComplaintRate", 0.0002)):
        data.add(Series("AWS/SES", metric), value, every)
    for queue in QUEUES:
        data.add(Series("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue_of(stack, queue)), 0, every)
    swept(watch, data, every)
    return data


def queue_of(stack: Stack, name: str) -> frozenset[tuple[str, str]]:
    return frozenset({("QueueName", stack.facts["resources"][name].rpartition("/")[2])})


def test_nothing_rings_while_all_is_well_or_nobody_works(watch: Watch, stack: Stack) -> None:  # P36
    assert watch.ringing(healthy(watch, stack)) == set()
    asleep = Data()
    swept(watch, asleep, range(asleep.minutes))
    assert watch.ringing(asleep) == set(), "without requests most metrics have no data"


@pytest.mark.parametrize("failure", KNOWN["failures"])
@pytest.mark.parametrize("function", functions())
def test_a_function_that_stops_rings(watch: Watch, stack: Stack, function: str, failure: str) -> None:  # P36
    emitted, data = KNOWN["failures"][failure], healthy(watch, stack)
    of = frozenset({("FunctionName", stack.functions()[function])})
    for namespace, metric, value in emitted["metrics"]:
        data.add(Series(namespace, metric, of), value)
    data.log(watch, stack.facts["resources"]["FunctionLogs"], emitted["records"])
    kind = "Throttle" if failure == "throttle" else "Error"
    expected = {"TriggerAlarm"} if group(function) == "Trigger" else {f"{group(function)}{kind}Alarm"}
    assert watch.ringing(data) == expected | ({"TimeoutAlarm"} if failure == "time-out" else set())


@pytest.mark.parametrize("minutes", [4, 5, 60])
def test_a_sweep_that_does_not_come_rings_after_five_minutes(watch: Watch, stack: Stack, minutes: int) -> None:  # P36
    """The schedule is disabled, the function has no secret, or it hangs: the metric that each sweep emits at its end is not there."""
    data = healthy(watch, stack)
    for metric in ("due_items", "oldest_due_s"):
        for minute in range(data.minutes - minutes, data.minutes):
            del data.values[Series(watch.namespace, metric)][minute]
    assert watch.ringing(data) == ({"SweepAlarm"} if minutes >= 5 else set())


@pytest.mark.parametrize(("queue", "alarm"), QUEUES.items())
def test_a_dead_letter_queue_that_fills_rings(watch: Watch, stack: Stack, queue: str, alarm: str) -> None:  # P36
    data = healthy(watch, stack)
    data.add(Series("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue_of(stack, queue)), 1)
    assert watch.ringing(data) == {alarm}


def test_every_queue_that_takes_what_failed_has_an_alarm(watch: Watch, stack: Stack) -> None:  # P36
    text = json.dumps(watch.resources)
    targets = set(re.findall(r'"(?:deadLetterTargetArn|TargetArn)": \{"Fn::GetAtt": \["(\w+)", "Arn"\]\}', text))
    assert targets == QUEUES.keys()
    watched = {each.series.dimensions for alarm in watch.alarms.values() for each in alarm.watched}
    assert {queue for queue in targets if queue_of(stack, queue) not in watched} == set()


def test_answers_of_the_api_that_are_faults_or_refusals_ring(watch: Watch, stack: Stack) -> None:  # P36
    api = frozenset({("ApiId", stack.facts["resources"]["Api"])})
    data = healthy(watch, stack)
    data.add(Series("AWS/ApiGateway", "5xx", api), 5)
    assert watch.ringing(data) == {"ServerErrorAlarm"}
    data = healthy(watch, stack)
    data.add(Series("AWS/ApiGateway", "4xx", api), 600, range(data.minutes - 3, data.minutes))
    assert watch.ringing(data) == {"FloodAlarm"}
    # A request that the API itself refused has no latency of an integration: `-`, as in every variable without a value.
    refused = {"route": "POST /recovery", "status": "429", "integration_latency_ms": "-", "latency_ms": "1"}
    over_quota = refused | {"integration_latency_ms": "14", "latency_ms": "16"}
    for line, rings in ((refused, {"ThrottledRequestAlarm"}), (over_quota, set())):
        data = healthy(watch, stack)
        data.log(watch, stack.facts["resources"]["AccessLogs"], [line] * 10)
        assert watch.ringing(data) == rings


def test_the_access_log_has_what_its_filter_reads(watch: Watch) -> None:  # P36
    (stage,) = [each["Properties"] for each in watch.resources.values() if each["Type"] == "AWS::ApiGatewayV2::Stage"]
    format_ = json.loads(stage["AccessLogSettings"]["Format"])
    assert (format_["status"], format_["integration_latency_ms"]) == ("$context.status", "$context.integrationLatency")


@pytest.mark.parametrize(("metric", "rate", "alarm"), [("BounceRate", 0.05, "BounceAlarm"), ("ComplaintRate", 0.001, "ComplaintAlarm")])
def test_a_reputation_that_falls_rings_before_ses_stops(watch: Watch, stack: Stack, metric: str, rate: float, alarm: str) -> None:  # P36
    data = healthy(watch, stack)
    data.add(Series("AWS/SES", f"Reputation.{metric}"), rate)
    assert watch.ringing(data) == {alarm}


def swept_without(stack: Stack, service: str) -> list[dict[str, Any]]:
    """The lines of a sweep that may not call this service, with five sessions that ended long ago. The last of the schedule's own
    sweeps may come before it: then once more.
    """
    for _ in range(3):
        for _ in range(5):
            ended_long_ago(stack)
        with Hosted(stack, SWEEP, [{"Action": f"{service}:*", "Resource": "*"}]) as function:
            with suppress(Ended):
                function.invoke({})
            found = lines(function.lines)
        if any(line.get("failure") == service for line in found):
            return found
    raise AssertionError(f"{service} was not called: {found}")


@pytest.mark.parametrize("action", ["secretsmanager:*", "dynamodb:Query"])
def test_a_sweep_that_cannot_look_is_one_that_does_not_come(stack: Stack, action: str) -> None:  # P36
    """Without its key it does not start, and without the index it does not know what is due: neither says that it has swept."""
    with suppress(Ended), Hosted(stack, SWEEP, [{"Action": action, "Resource": "*"}]) as function:
        function.invoke({})
    assert not [line for line in lines(function.lines) if "due_items" in line]


def ended_long_ago(stack: Stack) -> Journey:
    journey = stack.journey().through_session()
    let_pass(journey, 300 + 400)
    return journey


def test_a_key_that_does_not_sign_and_a_backlog_ring(watch: Watch, stack: Stack) -> None:  # P36
    """The deployed sweep without the right to sign: its lines are what CloudWatch would read."""
    emitted = swept_without(stack, "kms")
    data = healthy(watch, stack)
    data.log(watch, stack.facts["resources"]["FunctionLogs"], emitted, range(data.minutes - 3, data.minutes))
    assert {"ReceiptKeyAlarm", "BacklogAlarm", "ErrorAlarm"} <= watch.ringing(data)


def test_emails_that_are_not_taken_ring(watch: Watch, stack: Stack) -> None:  # P36
    emitted = swept_without(stack, "ses")
    data = healthy(watch, stack)
    data.log(watch, stack.facts["resources"]["FunctionLogs"], emitted)
    assert {"EmailFailureAlarm", "ErrorAlarm"} <= watch.ringing(data)


def own_series(watch: Watch, stack: Stack) -> set[Series]:
    """What the stack emits: in a session, when an email comes back, when AWS fails, and when another version wrote an item."""
    started = time.time()
    journey, newer = ended_long_ago(stack), stack.journey().through_start()
    read = newer.item
    stack.put_item(read | {"schema": {"N": "99"}})
    assert newer.read().json["type"] == "/problems/other-version"
    stack.put_item(read)
    stack.aws("lambda").invoke(FunctionName=stack.functions()["EmailEventsFunction"], Payload=json.dumps(bounce(journey)))
    stack.aws("lambda").invoke(FunctionName=stack.functions()[SWEEP], Payload=b"{}")
    found = lines(stack.logs(since=started))
    for service in ("kms", "ses"):
        found += swept_without(stack, service)
    data = Data()
    data.log(watch, stack.facts["resources"]["FunctionLogs"], found)
    return set(data.values) | {each.series for each in watch.filters}


def test_every_metric_of_an_alarm_and_of_the_dashboard_is_emitted(watch: Watch, stack: Stack) -> None:  # P36
    own = own_series(watch, stack)
    watched = {each.series for alarm in watch.alarms.values() for each in alarm.watched}
    assert {each for each in watched if nobody_emits(each, own)} == set()
    names = {each.metric for each in own if each.namespace == watch.namespace}
    shown = re.findall(r'\["\$\{AWS::StackName\}", "(\w+)"', (ROOT / "template.yaml").read_text())
    assert set(shown) - names == {"emails_complained"}, "complaints are made by a reader alone"
    print("\n  series of the stack's own:", len(own))


def test_no_dimension_names_a_person_or_a_verification(watch: Watch, stack: Stack) -> None:
    """A series costs money for as long as it is emitted."""
    dimensions = {name for each in own_series(watch, stack) for name, _ in each.dimensions}
    assert dimensions <= {"route", "outcome", "trigger", "failure"}


def test_every_alarm_has_its_paragraph() -> None:
    """What it means, what to look at, what to do."""
    page = (ROOT / "docs/operations.md").read_text()
    alarms = re.findall(r"^  (\w+):\n    Type: AWS::CloudWatch::Alarm$", (ROOT / "template.yaml").read_text(), re.MULTILINE)
    paragraphs = dict(re.findall(r"^### (\w+Alarm)\n\n(.+?)\n\n", page, re.MULTILINE | re.DOTALL))
    assert list(paragraphs) == alarms
    for name, paragraph in paragraphs.items():
        places = [paragraph.find(label) for label in ("**Meaning:**", "**Look at**", "**Do**")]
        assert places == sorted(places) and places[0] == 0, name


def changed(alarm: Alarm, **changes: Any) -> Alarm:
    (watched,) = alarm.watched
    kept = {key: value for key, value in changes.items() if key in {field.name for field in dataclasses.fields(Watched)}}
    rest = {key: value for key, value in changes.items() if key not in kept}
    return dataclasses.replace(alarm, watched=(dataclasses.replace(watched, **kept),), **rest)


def test_a_wrong_alarm_would_be_noticed(watch: Watch, stack: Stack) -> None:  # P36
    """The tests above fail for each of these mistakes."""
    silent = healthy(watch, stack)
    for minute in range(silent.minutes - 5, silent.minutes):
        del silent.values[Series(watch.namespace, "due_items")][minute]
    sweep = watch.alarms["SweepAlarm"]
    assert sweep.rings(silent)
    for wrong in (
        changed(sweep, missing="notBreaching"),
        changed(sweep, periods=10, datapoints=10),
    ):
        assert not wrong.rings(silent), wrong
    elsewhere = changed(sweep, series=Series(watch.namespace, "due_item"))
    assert elsewhere.rings(healthy(watch, stack)), "it would always ring"
    assert nobody_emits(Series(watch.namespace, "due_item"), set())
    assert nobody_emits(Series("AWS/Lambda", "Errors", frozenset({("Function", "x")})), set())
    assert nobody_emits(Series("AWS/ApiGateway", "5XXError", frozenset({("ApiId", "x")})), set())
