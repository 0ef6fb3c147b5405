"""Runs the tests of the deployed stack in several pytest processes side by side, each with a stack of its own.

    python tests/run.py [--processes 3] [--record] [test file …]

Most of a test is waiting: for an email, for a poll, for a limit of some seconds. The functions are built once for all
processes. Which files a process gets follows from `durations.json` alone, so two runs of the same tests do the same;
`--record` writes it anew from what this run took. What a process prints is shown when it has ended, without a break.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS.parent / "local"))

import deployment  # noqa: E402
from settings import ROOT, Settings  # noqa: E402
from terminal import Failed  # noqa: E402

DURATIONS = TESTS / "durations.json"
# Seconds between two lines about how far it is.
PROGRESS = 60


@dataclass(frozen=True)
class Group:
    """Some test files, in a process of their own."""

    number: int
    files: list[str]
    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        return (self.directory / f"{self.number}.txt").read_text(errors="replace")

    @property
    def percent(self) -> int:
        """How far it is, as pytest prints it."""
        return max((int(found) for found in re.findall(r"\[ *(\d+)%\]", self.output)), default=0)

    def cases(self) -> list[ET.Element]:
        """What came of each test. Empty if pytest did not get that far."""
        report = self.directory / f"{self.number}.xml"
        return list(ET.parse(report).getroot().iter("testcase")) if report.is_file() else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="write durations.json anew")
    parser.add_argument("files", nargs="*", type=Path, help="all test files if none is given")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    files = [path.resolve().name for path in arguments.files] or [path.name for path in sorted(TESTS.glob("test_*.py"))]
    with tempfile.TemporaryDirectory(prefix="support-access-tests-") as name:
        directory, started = Path(name), time.monotonic()
        built = os.environ.get("BUILT") or str(directory / "build")
        try:
            if not os.environ.get("STACK") and not os.environ.get("BUILT"):
                deployment.build(Settings(port=0, state=directory))
        except Failed as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
        groups = [start(number, group, directory, built) for number, group in enumerate(divided(files, arguments.processes), 1)]
        try:
            follow(groups, started)
        finally:
            for group in groups:
                end(group)
        if arguments.record:
            record(groups)
        return summed_up(groups, time.monotonic() - started)


def divided(files: Iterable[str], processes: int) -> list[list[str]]:
    """The longest file first, each to the process that has the least to do so far."""
    known: dict[str, float] = json.loads(DURATIONS.read_text())
    usual = sum(known.values()) / len(known)
    groups: list[tuple[float, list[str]]] = [(0, []) for _ in range(processes)]
    for name in sorted(files, key=lambda name: (-known.get(name, usual), name)):
        seconds, group = groups[0]
        groups[0] = (seconds + known.get(name, usual), [*group, name])
        groups.sort(key=lambda group: group[0])
    return [sorted(group) for _, group in groups if group]


def start(number: int, files: list[str], directory: Path, built: str) -> Group:
    command = [sys.executable, "-m", "pytest", "-q", "-rs", f"--junitxml={directory}/{number}.xml", *(TESTS / name for name in files)]
    with (directory / f"{number}.txt").open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"BUILT": built},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    return Group(number, files, directory, process)


def follow(groups: list[Group], started: float) -> None:
    """Waits for all of them, and shows each one's output when it has ended."""
    print(f"  Running {sum(len(group.files) for group in groups)} test files in {len(groups)} processes", flush=True)
    running, shown = list(groups), started
    while running:
        time.sleep(0.5)
        for group in [group for group in running if group.process.poll() is not None]:
            running.remove(group)
            print(f"\n--- process {group.number}: {', '.join(group.files)}\n\n{group.output.strip()}\n", flush=True)
        if running and time.monotonic() - shown >= PROGRESS:
            shown = time.monotonic()
            far = ", ".join(f"{group.percent} % of {group.number}" for group in groups)
            print(f"  Running the tests … {shown - started:.0f} s, {far}", flush=True)


def end(group: Group) -> None:
    """Ends what is still running, with its stack, which ends with its parent."""
    if group.process.poll() is None:
        group.process.send_signal(signal.SIGINT)  # so that it clears its stack away
        try:
            group.process.wait(30)
        except subprocess.TimeoutExpired:
            group.process.kill()


def outcome(case: ET.Element) -> str:
    found = {child.tag for child in case}
    return "failed" if found & {"failure", "error"} else "skipped" if "skipped" in found else "passed"


def summed_up(groups: list[Group], seconds: float) -> int:
    """The last line, and the exit code: a process that failed without a failed test counts as one."""
    counts: Counter[str] = Counter()
    for group in groups:
        own = Counter(outcome(case) for case in group.cases())
        if group.process.returncode != 0 and not own["failed"]:
            print(f"Process {group.number} ended with {group.process.returncode}: its output is above.")
            own["failed"] = 1
        counts += own
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped} in {seconds:.0f} s")
    return 1 if counts["failed"] or not counts["passed"] else 0


def record(groups: list[Group]) -> None:
    known: dict[str, float] = json.loads(DURATIONS.read_text()) if DURATIONS.is_file() else {}
    taken: Counter[str] = Counter()
    for case in (case for group in groups for case in group.cases()):
        # The class is `tests.test_codes`; a case that could not be collected has none.
        for module in (part for part in case.get("classname", "").split(".") if part.startswith("test_")):
            taken[f"{module}.py"] += float(case.get("time", 0))
    there = {path.name for path in TESTS.glob("test_*.py")}
    merged = {name: round(seconds, 1) for name, seconds in (known | taken).items() if name in there}
    DURATIONS.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    sys.exit(main())
