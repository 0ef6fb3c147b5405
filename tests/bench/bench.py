"""Measures everything, and prints the tables of docs/performance.md and docs/cost.md.

    python tests/bench/bench.py [--write] [--tables cost …] [--only cancel verify-code …] [--items 20000]

With `--write`, the tables of the documents are replaced by what this run printed. It starts a stack of its own on free ports. The programs
are those that are deployed, so the first run builds them, which takes minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

SOURCES = [Path(__file__).parent, *(Path(__file__).parents[2] / name for name in ("tests", "local", "operations"))]
sys.path[:0] = map(str, SOURCES)

import calls  # noqa: E402

import sizes  # noqa: E402
from settings import ROOT  # noqa: E402
from support.running import running_stack  # noqa: E402
from terminal import Failed  # noqa: E402

DOCUMENTS = ("docs/cost.md", "docs/performance.md")
TABLES = ("cost", "performance", "sweep")
# A block in a document: what `make bench` printed.
BLOCK = re.compile(r"(<!-- make bench: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--only", nargs="+", default=[], help="the programs to measure, and to build first")
    arguments = parser.parse_args()
    started, blocks, scripts = time.monotonic(), {"calls": "\n".join(calls.table())}, Path(__file__).parent
    took = []
    if programs := built(arguments.only, arguments.tables) if set(arguments.tables) - {"cost"} else None:
        took.append(f"{(time.monotonic() - started) / 60:.0f} minutes to build the programs")
    began = time.monotonic()
    with running_stack(lambda _: {}) as stack:
        state = stack.settings.state
        if "cost" in arguments.tables:
            blocks["cost"] = printed(scripts / "cost.py", "--stack", state)
        if programs and "performance" in arguments.tables:
            only = ["--only", "empty", *arguments.only] if arguments.only else []
            blocks["performance"] = printed(scripts / "performance.py", "--stack", state, "--programs", programs, *only)
    if programs and "sweep" in arguments.tables:
        sweep = programs / "close-verification" / "bootstrap"
        blocks["sweep"] = printed(scripts / "sweep.py", "--program", sweep, "--items", str(arguments.items))
    took.append(f"{(time.monotonic() - began) / 60:.0f} minutes to measure")
    options = f" BENCH='{' '.join(sys.argv[1:])}'" if sys.argv[1:] else ""
    line = f"{today()}, `make bench{options}`, {machine()}: {' and '.join(took)}."
    print(f"\n{blocks['calls']}\n\n{line}")
    if arguments.write:
        for document in DOCUMENTS:
            write(ROOT / document, blocks, line)
    return 0


def built(only: list[str], tables: list[str]) -> Path:
    """The programs as they are deployed: all, or these, with the empty one, beside which they are shown, and the sweep if it is measured."""
    sweep = ["close-verification"] if "sweep" in tables else []
    return sizes.released(*([*only, "empty", *sweep] if only else []))


def write(document: Path, blocks: dict[str, str], line: str) -> None:
    """Puts the tables that were made into a document, each with the line that says when and where."""

    def renewed(found: re.Match[str]) -> str:
        made = blocks.get(found[2])
        dated = f"{made}\n\n{line}" if found[2] != "calls" else made
        return f"{found[1]}\n{dated}\n\n{found[3]}" if made else found[0]

    document.write_text(BLOCK.sub(renewed, document.read_text()))


def printed(script: Path, *arguments: str | Path) -> str:
    """What a script prints, which is shown as it comes."""
    lines: list[str] = []
    with subprocess.Popen([sys.executable, script, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode != 0:
        raise Failed(f"{script.name} failed.")
    return "".join(lines).strip()


def today() -> str:
    return datetime.now(timezone.utc).date().isoformat()


def machine() -> str:
    """The processor, and how busy it is with something else."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    name = model[1] if model else platform.machine()
    return f"{os.cpu_count()} cores ({name}), load {os.getloadavg()[0]:.0f} at the end"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
