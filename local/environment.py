"""What has to be on the machine, and the Python environments that are made when they are not there.

SAM and the emulator pin different versions of botocore, so each has its own; a third holds Node.js, for the console.
This module runs before they exist, so it uses the standard library alone.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from settings import ENVIRONMENTS, ROOT
from terminal import Failed, call, step


def python(name: str) -> Path:
    return ENVIRONMENTS / name / "bin" / "python"


def ensure() -> None:
    """Checks the machine's tools and makes or renews the environments whose requirements changed."""
    _check_tools()
    for name, contents in (("stack", "the emulator"), ("sam", "SAM and cargo-lambda"), ("node", "Node.js")):
        requirements = ROOT / "local" / f"requirements-{name}.txt"
        directory = ENVIRONMENTS / name
        made_from = directory / "requirements.txt"
        if made_from.is_file() and made_from.read_bytes() == requirements.read_bytes():
            continue
        with step(f"Installing {contents} in {directory.relative_to(ROOT)}"):
            try:
                # Only one that is not whole is made anew: another stack may be running in it.
                venv.create(directory, clear=not (directory / "bin/pip").exists(), with_pip=True)
            except (subprocess.CalledProcessError, OSError) as error:
                raise Failed(f"Python cannot make a virtual environment (on Debian: install python3-venv): {error}") from None
            call(
                [python(name), "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements],
                ENVIRONMENTS / f"{name}.log",
                f"Installing {requirements.name} failed",
                env=os.environ,
                cwd=ROOT,
            )
            shutil.copyfile(requirements, made_from)


def _check_tools() -> None:
    if sys.version_info < (3, 10):
        raise Failed(f"Python 3.10 or newer is needed; this is {platform.python_version()}.")
    if platform.system() != "Linux":
        raise Failed("The stack runs Lambda's own Linux binaries as processes, so it needs Linux (a virtual machine will do).")
    for tool, remedy in (
        ("cargo", "install Rust, see https://rustup.rs"),
        ("cc", "install a C compiler, on Debian: apt install build-essential"),
    ):
        if shutil.which(tool) is None:
            raise Failed(f"`{tool}` is missing: {remedy}.")
    needed = re.search(r'^rust-version = "(\d+)\.(\d+)', (ROOT / "Cargo.toml").read_text(), re.M)
    found = re.search(r"(\d+)\.(\d+)", subprocess.run(["cargo", "--version"], capture_output=True, text=True).stdout)
    if needed and found and tuple(map(int, found.groups())) < tuple(map(int, needed.groups())):
        raise Failed(f"Rust {'.'.join(needed.groups())} or newer is needed; this is {'.'.join(found.groups())}: rustup update.")
