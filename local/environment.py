"""The tools that the machine must have, and the Python environments that are made when they are missing.

SAM and the emulator pin different versions of botocore, so each has an environment of its own; a third holds Node.js, for the console.
This module runs before they exist, so it uses the standard library alone.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings import ENVIRONMENTS, ROOT
from terminal import Failed, call, step


def python(name: str) -> Path:
    return ENVIRONMENTS / name / "bin" / "python"


def ensure() -> None:
    """Checks the machine's tools, and makes or updates the environments whose requirements changed."""
    _check_tools()
    if not ENVIRONMENTS.exists():
        print("The first start installs its tools, then compiles the functions: about 7 minutes in all on two cores.", flush=True)
    with _alone():
        for name, contents in (("stack", "the emulator"), ("sam", "SAM and cargo-lambda"), ("node", "Node.js")):
            _ensure(name, contents)


def _ensure(name: str, contents: str) -> None:
    requirements = ROOT / "local" / f"requirements-{name}.txt"
    wanted = requirements.read_text()  # once: it may be changed while it is being installed
    directory = ENVIRONMENTS / name
    # An environment works only with the Python that made it, and only where it was made.
    home = f"Python {sys.version_info[0]}.{sys.version_info[1]} in {directory}"
    record = directory / "made-from.txt"
    made = record.read_text() if python(name).exists() and record.is_file() else ""
    if made == f"{home}\n{wanted}":
        return
    with step(f"Installing {contents} in {directory.relative_to(ROOT)}"):
        # One that works is only updated: another stack may be running in it.
        if not made.startswith(f"{home}\n"):
            _create(directory)
        record.write_text(f"{home}\n")
        call(
            [python(name), "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements],
            ENVIRONMENTS / f"{name}.log",
            f"Installing {requirements.name} failed; it needs the network",
            env=os.environ,
            cwd=ROOT,
        )
        record.write_text(f"{home}\n{wanted}")


def _create(directory: Path) -> None:
    try:
        import venv

        venv.create(directory, clear=True, with_pip=True)
    except (ImportError, subprocess.CalledProcessError, OSError) as error:
        raise Failed(f"Python cannot make a virtual environment (on Debian: apt install python3-venv): {error}") from None


@contextmanager
def _alone() -> Iterator[None]:
    """Keeps two commands from installing into the same environments."""
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("Waiting for another command that is installing the same"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check_tools() -> None:
    if sys.version_info < (3, 10):
        raise Failed(f"Python 3.10 or newer is needed; this is {platform.python_version()}.")
    if platform.system() != "Linux":
        raise Failed("The stack runs Lambda's own Linux binaries as processes, so it needs Linux; a virtual machine is enough.")
    for tool, remedy in (
        ("cargo", "install Rust, see https://rustup.rs"),
        ("cc", "install a C compiler, on Debian: apt install build-essential"),
    ):
        if shutil.which(tool) is None:
            raise Failed(f"`{tool}` is missing: {remedy}.")
    needed = re.search(r'^rust-version = "(\d+)\.(\d+)', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    version = subprocess.run(["cargo", "--version"], check=False, capture_output=True, text=True)
    if version.returncode != 0:
        raise Failed(f"{version.stderr.rstrip()}\n`cargo` does not run.")
    found = re.search(r"(\d+)\.(\d+)", version.stdout)
    if needed and found and tuple(map(int, found.groups())) < tuple(map(int, needed.groups())):
        raise Failed(f"Rust {'.'.join(needed.groups())} or newer is needed; this is {'.'.join(found.groups())}: rustup update.")
