"""Measures everything, and prints the tables of docs/performance.md and docs/cost.md.

    python tests/bench/bench.py [--write] [--items 20000] [--only cancel verify-code …]

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

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "local")]

import calls  # noqa: E402

import sizes  # noqa: E402
from settings import ROOT  # noqa: E402
from support.running import running_stack  # noqa: E402
from terminal import Failed  # noqa: E402

DOCUMENTS = ("docs/cost.md", "docs/performance.md")
# A block in a document: what `make bench` printed.
BLOCK = re.compile(r"(<!-- make bench: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--only", nargs="+", default=[], help="the programs to measure, and to build first")
    arguments = parser.parse_args()
    started = time.monotonic()
    # The empty function is what the others are shown beside, and the sweep is measured in any case.
    only = [*arguments.only, "empty", "close-verification"] if arguments.only else []
    programs = sizes.released(*only)
    built = time.monotonic()
    scripts = Path(__file__).parent
    blocks = {"calls": "\n".join(calls.table())}
    with running_stack(lambda _: {}) as stack:
        state = stack.settings.state
        blocks["cost"] = printed(scripts / "cost.py", "--stack", state)
        blocks["performance"] = printed(scripts / "performance.py", "--stack", state, "--programs", programs, "--only", *only)
    sweep = programs / "close-verification" / "bootstrap"
    blocks["sweep"] = printed(scripts / "sweep.py", "--program", sweep, "--items", str(arguments.items))
    took = f"{(built - started) / 60:.0f} minutes to build the programs and {(time.monotonic() - built) / 60:.0f} to measure"
    blocks["run"] = f"{today()}, `make bench`, {machine()}: {took}."
    print(f"\n{blocks['calls']}\n\n{blocks['run']}")
    if arguments.write:
        for document in DOCUMENTS:
            path = ROOT / document
            path.write_text(BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n\n{found[3]}", path.read_text()))
    return 0


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
