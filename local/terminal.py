"""Shows long steps with their seconds, and one sentence when something fails."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class Failed(Exception):
    """Something that the person at the terminal can fix. The message is shown as it is, without a traceback."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Shows `what` with the seconds it has taken so far; a redirected output gets a line every 15 s instead."""
    live = sys.stdout.isatty()
    started = time.monotonic()
    done = threading.Event()

    def show(end: str) -> None:
        print(f"{chr(13) if live else ''}  {what} … {time.monotonic() - started:.0f} s", end=end, flush=True)

    def tick() -> None:
        while not done.wait(1 if live else 15):
            show("" if live else "\n")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
        show("\n")


def call(command: Sequence[str | Path], log: Path, failure: str, *, env: Mapping[str, str], cwd: Path) -> None:
    """Runs a command with its output in `log`. If it fails, shows the end of the output, then the sentence `failure`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        try:
            code = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=cwd).returncode
        except OSError as error:
            raise Failed(f"{failure}: {command[0]} does not run ({error.strerror}).") from None
    if code != 0:
        last = log.read_text(errors="replace").rstrip().splitlines()[-25:]
        raise Failed("\n".join([*(f"    {line}" for line in last), f"{failure} (all of its output: {log})"]))
