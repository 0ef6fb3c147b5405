"""What a million verifications cost: one whole session, run by run on the stack, at list prices.

python tests/bench/cost.py --stack local/.state
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "local")]

import prices  # noqa: E402
from prices import GB, MILLION  # noqa: E402
from session import Counted, Run, access_log_bytes, whole_session  # noqa: E402

from settings import ROOT, Settings  # noqa: E402
from support.stack import Stack  # noqa: E402
from support.sweep import unscheduled  # noqa: E402
from support.template import resources  # noqa: E402

MEMORY_GB = 256 / 1024
# How long a run takes beside its calls, and how long each call takes, in milliseconds: as if none were made side by side.
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


@dataclass
class Row:
    service: str
    counted: str
    million: float
    month: float = 0


def duration(run: Run) -> float:
    """Seconds for which Lambda bills it."""
    each = [CALL_MS.get(call, COGNITO_MS if call.startswith("Admin") else STORE_MS) for call in run.calls]
    return (OWN_MS + sum(each)) / 1000


def polls(counted: Counted) -> Iterator[tuple[Run, int]]:
    """A read in each state, and how often it is made. `requests.json` says that; its own test counts it."""
    for stage in json.loads((ROOT / "console/test/requests.json").read_text())["stages"]:
        screen, status = stage["screen"], stage["status"]
        yield counted.reads["console", status, "poll"], stage["console"]
        if screen is not None:
            yield counted.reads["page", screen, "fresh"], stage["fresh"]
            yield counted.reads["page", screen, "poll"], stage["page"] - stage["fresh"]


def table(counted: Counted) -> list[Row]:
    assert counted.sweep is not None
    assert counted.idle_sweep is not None
    assert counted.introspection is not None
    first_read = counted.reads["console", "started", "fresh"]
    requests = [(run, 1) for run in counted.acts] + [(first_read, 1), *polls(counted), (counted.introspection, INTROSPECTIONS)]
    # Each mint runs the triggers five times: twice to define, to create and verify the challenge, and for the claims.
    triggers = [(run, counted.opened) for run in counted.triggers]
    idle = counted.trigger_runs - len(triggers) * counted.opened
    every = [*requests, *triggers, (counted.sweep, 1)]

    def total(of: Callable[[Run], float], runs: list[tuple[Run, int]]) -> float:
        return sum(of(run) * number for run, number in runs)

    number = sum(times for _, times in requests)
    preflights = PREFLIGHTS_OF_PAGES + counted.opened
    seconds = total(duration, every) + idle * OWN_MS / 1000
    writes, reads = (total(lambda run: run.consumed.writes, every), total(lambda run: run.consumed.reads, every))
    log = total(lambda run: run.log_bytes, requests) + counted.trigger_log_bytes + counted.sweep.log_bytes
    access = number * access_log_bytes() + preflights * access_log_bytes()
    out = total(lambda run: run.answer_bytes, requests)
    stored = counted.stored_bytes * RECORD_DAYS / 30 / GB * MILLION
    kept = (log + access) * prices.LOG_COMPRESSED * LOG_DAYS / 30 / GB * MILLION
    emails = sum(call == "SendRawEmail" for run, times in every for call in run.calls * times)
    signatures = sum(call == "Sign" for run, times in every for call in run.calls * times)
    kinds = [resource["Type"] for resource in resources().values()]
    alarmed = sum(_metrics(resource) for resource in resources().values() if resource["Type"] == "AWS::CloudWatch::Alarm")
    idle_sweep, runs = counted.idle_sweep, number + counted.trigger_runs
    gateway, own = number + preflights, f"{counted.trigger_runs} of them triggers of Cognito"
    bought = f"{writes:.0f} write units and {reads:.1f} read units; a record of {counted.stored_bytes / 1024:.1f} KB"
    idle_run = prices.LAMBDA_REQUEST + duration(idle_sweep) * MEMORY_GB * prices.LAMBDA_GB_SECOND
    watching = METRICS * prices.METRIC_MONTH + alarmed * prices.ALARMED_METRIC_MONTH
    return [
        Row("API Gateway", f"{gateway} requests, {preflights} of them a browser's preflights", gateway * prices.HTTP_REQUEST),
        Row(
            "Lambda",
            f"{runs} runs, {own}; {seconds:.1f} s at 256 MB",
            runs * prices.LAMBDA_REQUEST + seconds * MEMORY_GB * prices.LAMBDA_GB_SECOND,
            SWEEPS_A_MONTH * idle_run,
        ),
        Row(
            "DynamoDB",
            f"{bought}, kept for {RECORD_DAYS} days",
            writes * prices.WRITE_UNIT + reads * prices.READ_UNIT + stored * prices.STORED_GB_MONTH / MILLION,
            SWEEPS_A_MONTH * idle_sweep.consumed.reads * prices.READ_UNIT,
        ),
        Row(
            "CloudWatch Logs",
            f"{log / 1000:.0f} KB of the functions and {access / 1000:.0f} KB of the API, kept for {LOG_DAYS} days",
            (log + access) / GB * prices.LOGGED_GB + kept * prices.LOG_STORED_GB_MONTH / MILLION,
            SWEEPS_A_MONTH * idle_sweep.log_bytes / GB * prices.LOGGED_GB,
        ),
        Row(
            "CloudWatch",
            f"{METRICS} metrics, {alarmed} metrics with an alarm, a dashboard",
            0,
            watching + kinds.count("AWS::CloudWatch::Dashboard") * prices.DASHBOARD_MONTH,
        ),
        Row("KMS", f"{signatures} signature; a key", signatures * prices.SIGNATURE, kinds.count("AWS::KMS::Key") * prices.KEY_MONTH),
        Row("Secrets Manager", "the secrets", 0, kinds.count("AWS::SecretsManager::Secret") * prices.SECRET_MONTH),
        Row("Data", f"{out / 1000:.0f} KB of answers", out / GB * prices.DATA_OUT_GB),
        Row("**All of these**", "", 0, 0),
        Row("SES, beside", f"{emails} emails", emails * prices.EMAIL),
        Row("Cognito Essentials, beside", "a customer who is active in no other way", prices.ACTIVE_USER),
    ]


def _metrics(alarm: dict) -> int:
    """How many metrics an alarm watches: each is paid for."""
    watched = alarm["Properties"].get("Metrics")
    return sum("MetricStat" in each for each in watched) if isinstance(watched, list) else 1


def printed(counted: Counted) -> str:
    rows = table(counted)
    summed = rows[: next(at for at, row in enumerate(rows) if row.service.startswith("**"))]
    all_of_them = rows[len(summed)]
    all_of_them.million, all_of_them.month = sum(row.million for row in summed), sum(row.month for row in summed)
    assert counted.introspection is not None
    lines = ["| service | counted for one verification | USD per million | USD a month, fixed |", "| --- | --- | --- | --- |"]
    bold = lambda row, text: f"**{text}**" if row is all_of_them else text  # noqa: E731
    for row in rows:
        cells = [row.service, row.counted, bold(row, f"{row.million * MILLION:,.0f}"), bold(row, f"{row.month:,.0f}")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", "| run | calls to AWS | write units | read units | log bytes | answer bytes |",
        "| --- | --- | --- | --- | --- | --- |", *_runs(counted)])  # fmt: skip


def _runs(counted: Counted) -> Iterator[str]:
    """One line for each kind of run."""
    polled = {f"{run.what}, {page}, {state}, {asked}": run for (page, state, asked), run in counted.reads.items()}
    named = [(run.what, run) for run in counted.acts] + list(polled.items())
    others = [counted.introspection, *counted.triggers, counted.sweep]
    for what, run in [*named, *((run.what, run) for run in others if run)]:
        used = run.consumed
        yield f"| {what} | {', '.join(run.calls)} | {used.writes:g} | {used.reads:g} | {run.log_bytes} | {run.answer_bytes} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack", type=Path, required=True)
    stack = Stack(Settings.of_running(parser.parse_args().stack))
    with unscheduled(stack):
        counted = whole_session(stack)
    print(printed(counted))


if __name__ == "__main__":
    main()
