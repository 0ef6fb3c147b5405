"""The commands for operators, run against the tests' stack as they are run against AWS."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import boto3

import deployed
import deployment
from settings import ROOT
from support.stack import Stack


def run(stack: Stack, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`operations/<program>.py` with these arguments."""
    return subprocess.run(
        [sys.executable, ROOT / "operations" / f"{program}.py", *arguments, "--stack-name", deployment.STACK],
        check=False,
        capture_output=True,
        text=True,
        env=stack.settings.aws_environment(),
    )


def as_operator(stack: Stack) -> deployed.Stack:
    """The stack as the commands see it."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=stack.facts["region"])
    client = session.client
    session.client = lambda name: client(name, endpoint_url=stack.facts["endpoint"])  # type: ignore[method-assign,assignment]
    return deployed.Stack(deployment.STACK, session)
