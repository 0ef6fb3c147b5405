"""How fast the sweep is, and that a backlog drains whatever fails.

    python tests/bench/sweep.py [--items 20000] [--latency 0.005] [--release]
    python tests/bench/sweep.py --stack local/.state [--items 20000] [--runs 3]

The function's own program runs against doubles that answer after 5 ms: as it is deployed with `--release`, which takes minutes to build,
and otherwise as `make up` builds it. With `--stack`, the items go into the DynamoDB of that running stack, and the deployed function is
invoked. The emulator is the bottleneck then, so that is not a measurement of the function.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCES = [Path(__file__).parent, *(Path(__file__).parents[2] / name for name in ("tests", "local", "operations"))]
sys.path[:0] = map(str, SOURCES)

from backlog import SHARDS, items  # noqa: E402
from doubles import Doubles  # noqa: E402

from settings import ROOT, Settings  # noqa: E402
from support.stack import Stack  # noqa: E402
from support.sweep import unscheduled  # noqa: E402

FUNCTION = "CloseVerificationFunction"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--latency", type=float, default=0.005)
    parser.add_argument("--release", action="store_true")
    parser.add_argument("--program", type=Path, help="a program that is built already")
    parser.add_argument("--stack", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.stack:
        on_stack(Stack(Settings.of_running(arguments.stack)), arguments.items, arguments.runs)
        return
    program = arguments.program or build(release=arguments.release)
    for scenario in ("all is well", "SES hangs", "KMS is down"):
        asyncio.run(measure(program, scenario, arguments.items, arguments.latency))


def build(*, release: bool) -> Path:
    profile = ["--release"] if release else []
    subprocess.run(["cargo", "build", "--workspace", "--bin", "close-verification", "--quiet", *profile], cwd=ROOT, check=True)
    target = os.environ.get("CARGO_BUILD_TARGET", "")
    return ROOT / "target" / target / ("release" if release else "debug") / "close-verification"


async def measure(program: Path, scenario: str, count: int, latency: float) -> None:
    """Sweeps until everything is closed with what the scenario breaks, and then, with everything well again, until nothing is owed."""
    doubles = Doubles(latency)
    for item in items(count):
        doubles.table.put(item)
    (doubles.hanging if scenario == "SES hangs" else doubles.down).update(
        {"SES hangs": {"ses"}, "KMS is down": {"kms"}}.get(scenario, set())
    )
    print(f"\n{scenario}: {count} sessions that are over, services that answer after {latency * 1000:.0f} ms\n")
    print(
        "| run | seconds | closed | a minute | emails | a minute | still due | memory (MiB) |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    with running(program, await doubles.serve()) as process:
        run = 0
        while doubles.table.waiting():
            if doubles.closed == count and (doubles.hanging or doubles.down):
                print(
                    f"\n{sum(doubles.emails.values())} emails so far. Now the service is back; what failed is tried again when it is due.\n"
                )
                doubles.hanging.clear()
                doubles.down.clear()
            if not doubles.table.due(millis()):
                await asyncio.sleep(1)
                continue
            closed, emails, due, started = doubles.closed, sum(doubles.emails.values()), doubles.table.due(millis()), time.monotonic()
            now = millis()
            await doubles.invoke()
            seconds, run = time.monotonic() - started, run + 1
            closed, emails = doubles.closed - closed, sum(doubles.emails.values()) - emails
            left = doubles.table.due(now)
            assert left < due, "nothing was done"
            per_minute = [round(number / seconds * 60) for number in (closed, emails)]
            row = [run, f"{seconds:.1f}", closed, per_minute[0], emails, per_minute[1], left, f"{peak(process):.1f}"]
            print("| " + " | ".join(map(str, row)) + " |", flush=True)
    assert sum(doubles.emails.values()) >= count
    again = sum(number - 1 for number in doubles.emails.values())
    print(f"\nEverybody was told: {len(doubles.emails)} customers, {again} of them twice. Calls: {dict(doubles.calls)}")


def millis() -> int:
    return int(time.time() * 1000)


@contextmanager
def running(program: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    address = f"127.0.0.1:{port}"
    environment = {
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": f"http://{address}",
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": FUNCTION,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "SUPPORT_TABLE": "support",
        "HASH_KEY_SECRET": "key",
        "RECEIPT_KEY": "receipts",
        "MAIL_FROM": "support@example.com",
        "CONFIGURATION_SET": "emails",
        "CONSENT_PAGE_URL": "https://consent.example.com/",
        "GRANT_PAGE_URL": "https://console.example.com/remote-assistance.html",
    }
    log = ROOT / "target" / "bench-sweep.log"
    with log.open("wb") as out:
        process = subprocess.Popen([program], env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def peak(process: subprocess.Popen[bytes]) -> float:
    """The most memory that it has used so far, in MiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes) / 1024


def on_stack(stack: Stack, count: int, runs: int) -> None:
    store, table = stack.aws("dynamodb"), stack.facts["SupportTable"]
    with unscheduled(stack):
        batch: list[dict[str, object]] = []
        for number, item in enumerate(items(count), 1):
            batch.append({"PutRequest": {"Item": item}})
            if len(batch) == 25 or number == count:
                store.batch_write_item(RequestItems={table: batch})
                batch = []
        print(f"\nThe deployed function, with {count} sessions that are over in the stack's DynamoDB\n")
        print("| run | seconds | looked after | a minute | still due |\n| --- | --- | --- | --- | --- |")
        now, before = millis(), count
        for run in range(1, runs + 1):
            started = time.monotonic()
            stack.aws("lambda").invoke(FunctionName=stack.functions()[FUNCTION], Payload=b"{}")
            seconds, left = time.monotonic() - started, still_due(stack, now)
            assert left < before, "nothing was done"
            print(f"| {run} | {seconds:.1f} | {before - left} | {(before - left) / seconds * 60:.0f} | {left} |", flush=True)
            before = left
            if not left:
                break


def still_due(stack: Stack, now: int) -> int:
    found = 0
    for shard in SHARDS:
        pages = stack.aws("dynamodb").get_paginator("query").paginate(
            TableName=stack.facts["SupportTable"],
            IndexName="due",
            KeyConditionExpression="#due = :due AND due_at <= :now",
            ExpressionAttributeNames={"#due": "due"},
            ExpressionAttributeValues={":due": {"S": shard}, ":now": {"N": str(now)}},
            Select="COUNT",
        )  # fmt: skip
        found += sum(page["Count"] for page in pages)
    return found


if __name__ == "__main__":
    main()
