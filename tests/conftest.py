"""Fixtures of the deployed stack, and all that more than one test file uses.

`STACK=local/.state` tests against the stack that `make up` started there instead, which saves building and deploying.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before they are imported: a failed assertion in them says as much as one in a test.
pytest.register_assert_rewrite("support")

from settings import Settings  # noqa: E402
from support.browser import chromium, visitor  # noqa: E402
from support.consent_page import asked  # noqa: E402
from support.console import desk  # noqa: E402
from support.introspection import backend  # noqa: E402
from support.receipts import closed_session, verify_receipt  # noqa: E402
from support.recovery import quotas_begin_anew  # noqa: E402
from support.remote_assistance import home, redeem_desk  # noqa: E402
from support.running import running_stack  # noqa: E402
from support.stack import Stack  # noqa: E402
from support.sweep import schedule  # noqa: E402

__all__ = [
    "asked",
    "backend",
    "chromium",
    "closed_session",
    "desk",
    "home",
    "quotas_begin_anew",
    "redeem_desk",
    "schedule",
    "verify_receipt",
    "visitor",
]  # fmt: skip


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack as the template's defaults make it."""
    if running := os.environ.get("STACK"):
        yield Stack(Settings.of_running(Path(running)))
        return
    with running_stack(lambda _: {}) as started:
        yield started


@pytest.fixture
def started_at() -> float:
    """When the test started, for `Stack.logs`."""
    return time.time()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a test that did not run is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
