"""Receipts: taken from an email, and checked offline."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from client import Mail
from settings import ROOT
from support.journey import Journey
from support.stack import Stack
from support.sweep import sweep, told


def receipts(mail: Mail) -> list[bytes]:
    """The signed files."""
    return [part.get_payload(decode=True) for part in attached(mail) if part.get_content_type() == "application/json"]


def attached(mail: Mail) -> list[EmailMessage]:
    """The signed files, each with its page."""
    found = [part for part in mail.message.iter_attachments() if part.get_filename()]
    assert [part.get_content_type() for part in found] == ["application/json", "text/html"] * (len(found) // 2)
    return found


@pytest.fixture(scope="module")
def verify_receipt(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes, bytes], tuple[int, str]]:
    """The command: its exit code and what it prints."""
    built = subprocess.run(
        ["cargo", "build", "--quiet", "--package", "verify-receipt", "--message-format", "json"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    command = next(found for line in built.splitlines() if (found := json.loads(line).get("executable")))
    desk = tmp_path_factory.mktemp("receipts")

    def run(receipt: bytes, key: bytes) -> tuple[int, str]:
        (desk / "receipt.json").write_bytes(receipt)
        (desk / "key.json").write_bytes(key)
        # Offline: without the stack's address, or any.
        done = subprocess.run([command, "receipt.json", "key.json"], check=False, cwd=desk, env={}, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def closed_session(stack: Stack) -> tuple[Journey, bytes, Mail]:
    """A session with a receipt: with a ticket, two environments opened, and ended by the customer."""
    journey = stack.journey(ticket="WZ-1042").through_session()
    for environment in ("web", "store"):
        assert journey.redeem(environment).status == 200
    assert journey.end().status == 200
    sweep(stack)
    mail = told(journey, "end")
    (receipt,) = receipts(mail)
    return journey, receipt, mail


Verify = Callable[[bytes, bytes], tuple[int, str]]


def unpadded(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
