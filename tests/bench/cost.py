"""What a million verifications cost: one whole session, run by run on the stack, at list prices.

python tests/bench/cost.py --stack local/.state
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

SOURCES = [Path(__file__).parent, *(Path(__file__).parents[2] / name for name in ("tests", "local", "operations"))]
sys.path[:0] = map(str, SOURCES)

import prices  # noqa: E402
from prices import GB, MILLION  # noqa: E402
from session import Counted, Run, access_log_bytes, whole_session  # noqa: E402

from settings import ROOT, Settings  # noqa: E402
from support.stack import Stack  # noqa: E402
from support.sweep import sweep, unscheduled  # noqa: E402
from support.template import resources  # noqa: E402

MEMORY_GB = 256 / 1024
# How long a run takes beside its calls, and how long each call takes, in milliseconds.
OWN_MS = 5
CALL_MS = {"SendRawEmail": 100, "Sign": 20, "GetPublicKey": 20, "AdminInitiateAuth": 150, "AdminRespondToAuthChallenge": 250}
STORE_MS, COGNITO_MS = 5, 40
# How often the environments ask in a session whether it is active: every ten seconds, while the agent works in one of them.
INTROSPECTIONS = 30
# A browser asks first whether it may call another origin: once for each address, since ten minutes are enough for a session
# (`MaxAge` in template.yaml). The console: look-up, two reads, codes sent, codes entered, session; the page: view, answer; and the
# environments, one each.
PREFLIGHTS_OF_PAGES = 8
SWEEPS_A_MONTH = 60 * 24 * 30
RECORD_DAYS, LOG_DAYS = 400, 90
# As docs/operations.md has it: the combinations of route and outcome that occur.
METRICS = 100
# USD for a million, beside introspection, email and Cognito.
GOAL = 300
SERVICES = {"gateway": "API Gateway", "run": "Lambda", "table": "DynamoDB", "logs": "CloudWatch Logs", "data": "Data"}


def duration(run: Run) -> float:
    """Seconds for which Lambda bills it: of calls that are made side by side, the slowest counts."""
    slowest = [max(_milliseconds(call) for call in together) for together in run.rounds]
    return (OWN_MS + sum(slowest)) / 1000


def _milliseconds(call: str) -> float:
    cognito = call.startswith("Admin") or call == "RevokeToken"
    return CALL_MS.get(call, COGNITO_MS if cognito else STORE_MS)


def polls(counted: Counted, *, in_front: bool) -> Iterator[tuple[Run, int]]:
    """A read in each state, and how often it is made. `requests.json` says that; its own test counts it. `in_front`: the console is all the
    time; otherwise it is behind the environment in which the agent works.
    """
    for stage in json.loads((ROOT / "console/test/requests.json").read_text())["stages"]:
        screen, status = stage["screen"], stage["status"]
        yield counted.reads["console", status, "poll"], stage["console" if in_front else "hidden"]
        if screen is not None:
            yield counted.reads["page", screen, "fresh"], stage["fresh"]
            yield counted.reads["page", screen, "poll"], stage["page"] - stage["fresh"]


Runs = list[tuple[Run, int]]


def total(of: Callable[[Run], float], runs: Runs) -> float:
    return sum(of(run) * number for run, number in runs)


@dataclass
class Sum:
    """What some runs cost, by service, in USD, and what was counted."""

    gateway: float
    run: float
    table: float
    logs: float
    data: float
    counted: dict[str, str]

    @property
    def all(self) -> float:
        return self.gateway + self.run + self.table + self.logs + self.data


def summed(requests: Runs, others: Runs, *, preflights: int = 0, idle_runs: int = 0, idle_log: int = 0, stored: int = 0) -> Sum:
    """`requests` come through the API, `others` do not. `idle_runs` make no call. `stored`: bytes that stay for `RECORD_DAYS`."""
    every, number = [*requests, *others], sum(times for _, times in requests)
    runs = number + sum(times for _, times in others) + idle_runs
    seconds = total(duration, every) + idle_runs * OWN_MS / 1000
    writes, reads = total(lambda run: run.consumed.writes, every), total(lambda run: run.consumed.reads, every)
    log, access = total(lambda run: run.log_bytes, every) + idle_log, (number + preflights) * access_log_bytes()
    kept = (log + access) * prices.LOG_COMPRESSED * LOG_DAYS / 30
    out = total(lambda run: run.answer_bytes, requests)
    return Sum(
        gateway=(number + preflights) * prices.HTTP_REQUEST,
        run=runs * prices.LAMBDA_REQUEST + seconds * MEMORY_GB * prices.LAMBDA_GB_SECOND,
        table=writes * prices.WRITE_UNIT + reads * prices.READ_UNIT + stored * RECORD_DAYS / 30 / GB * prices.STORED_GB_MONTH,
        logs=((log + access) * prices.LOGGED_GB + kept * prices.LOG_STORED_GB_MONTH) / GB,
        data=out / GB * prices.DATA_OUT_GB,
        counted={
            "gateway": f"{number + preflights} requests" + (f", {preflights} of them a browser's preflights" if preflights else ""),
            "run": f"{runs} runs, {seconds:.1f} s at 256 MB",
            "table": f"{writes:g} write units, {reads:g} read units",
            "logs": f"{log / 1000:.0f} KB of the functions, {access / 1000:.0f} KB of the API",
            "data": f"{out / 1000:.0f} KB of answers",
        },
    )


def table(counted: Counted) -> Iterator[str]:
    assert counted.sweep is not None
    assert counted.idle_sweep is not None
    assert counted.introspection is not None
    triggers = [(run, counted.opened) for run in counted.triggers]
    idle_runs = counted.trigger_runs - sum(number for _, number in triggers)
    # The lines of all triggers were counted together.
    others = [(replace(run, log_bytes=0), number) for run, number in triggers] + [(counted.sweep, 1)]
    columns = [
        summed(
            [*((run, 1) for run in counted.acts), (counted.reads["console", "started", "fresh"], 1), *polls(counted, in_front=in_front)],
            others,
            preflights=PREFLIGHTS_OF_PAGES + counted.opened,
            idle_runs=idle_runs,
            idle_log=counted.trigger_log_bytes,
            stored=counted.stored_bytes,
        )
        for in_front in (False, True)
    ]
    signature = sum(call == "Sign" for call in counted.sweep.calls) * prices.SIGNATURE
    kinds = [resource["Type"] for resource in resources().values()]
    alarmed = sum(_metrics(resource) for resource in resources().values() if resource["Type"] == "AWS::CloudWatch::Alarm")
    watching = METRICS * prices.METRIC_MONTH + alarmed * prices.ALARMED_METRIC_MONTH
    sweeps = SWEEPS_A_MONTH * summed([], [(counted.idle_sweep, 1)]).all
    emails = sum(call == "SendRawEmail" for run in [*counted.acts, counted.sweep] for call in run.calls)
    keys, secrets = kinds.count("AWS::KMS::Key"), kinds.count("AWS::SecretsManager::Secret")
    works, in_front = columns
    asked = summed([(counted.introspection, 1)], [])
    yield "| service | counted for one verification | USD per million | with the console in front |"
    yield "| --- | --- | --- | --- |"
    for name, service in SERVICES.items():
        more = f"; a record of {counted.stored_bytes / 1024:.1f} KB for {RECORD_DAYS} days" if name == "table" else ""
        yield f"| {service} | {works.counted[name]}{more} | {usd(getattr(works, name))} | {usd(getattr(in_front, name))} |"
    yield f"| KMS | a signature | {usd(signature)} | {usd(signature)} |"
    yield f"| **All of these** | | **{usd(works.all + signature)}** | **{usd(in_front.all + signature)}** |"
    asking = f"{INTROSPECTIONS} times, each {asked.all * MILLION:.2f} USD per million"
    yield f"| Introspection, all services | {asking} | {usd(asked.all * INTROSPECTIONS)} | the same |"
    yield f"| SES | {emails} emails | {usd(emails * prices.EMAIL)} | the same |"
    yield f"| Cognito Essentials | a customer who is active in no other way | {usd(prices.ACTIVE_USER)} | the same |"
    yield ""
    yield "| fixed | USD a month |"
    yield "| --- | --- |"
    yield f"| {METRICS} metrics, {alarmed} metrics with an alarm, a dashboard | {watching + prices.DASHBOARD_MONTH:.2f} |"
    yield f"| {SWEEPS_A_MONTH} sweeps with nothing due | {sweeps:.2f} |"
    yield f"| {keys} key, {secrets} secrets | {keys * prices.KEY_MONTH + secrets * prices.SECRET_MONTH:.2f} |"
    assert works.all + signature < GOAL / MILLION, "a million costs more than the goal"


def usd(each: float) -> str:
    """Of a million of them."""
    return f"{each * MILLION:,.0f}"


def _metrics(alarm: dict) -> int:
    """How many metrics an alarm watches: each is paid for."""
    watched = alarm["Properties"].get("Metrics")
    return sum("MetricStat" in each for each in watched) if isinstance(watched, list) else 1


def runs(counted: Counted) -> Iterator[str]:
    """One line for each kind of run."""
    yield "| run | calls to AWS | write units | read units | bytes of the log | bytes of the answer |"
    yield "| --- | --- | --- | --- | --- | --- |"
    polled = [(f"{run.what}, a poll {where}", run) for where, run in _polled(counted)]
    others = [counted.introspection, *counted.triggers, counted.sweep]
    for what, run in [*((run.what, run) for run in counted.acts), *polled, *((run.what, run) for run in others if run)]:
        calls = ", ".join(f"{name} × {number}" if number > 1 else name for name, number in Counter(run.calls).items())
        yield f"| {what} | {calls} | {run.consumed.writes:g} | {run.consumed.reads:g} | {run.log_bytes} | {run.answer_bytes} |"


def _polled(counted: Counted) -> Iterator[tuple[str, Run]]:
    for page, state in (("console", "in_session"), ("page", "session")):
        yield "in session", counted.reads[page, state, "poll"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack", type=Path, required=True)
    stack = Stack(Settings.of_running(parser.parse_args().stack))
    with unscheduled(stack):
        sweep(stack)  # of what others have left
        counted = whole_session(stack)
    for line in chain(runs(counted), [""], table(counted)):
        print(line)


if __name__ == "__main__":
    main()
