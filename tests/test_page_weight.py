"""What the pages weigh, and that they show something before all of it has arrived."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from settings import ROOT
from support.browser import Visitor
from support.stack import Stack

DIST = ROOT / "console/dist"


def packed(names: set[str]) -> int:
    """The bytes that a compressing server sends for these files."""
    return sum(len(gzip.compress((DIST / name).read_bytes())) for name in names)


def loaded(stack: Stack, here: Visitor, page: str) -> set[str]:
    """The files that a page loads before its sign-in is there."""
    opened = here.open(f"{stack.settings.origin('console')}/{page}")
    expect(opened.get_by_role("heading", level=1)).to_be_visible()
    paths = [re.sub(r"^https?://[^/]+/", "", request.url.partition("#")[0]) for request in here.sent]
    return {path or "index.html" for path in paths if path != "config.json"}


def test_the_customers_page_weighs_less_than_120_kb(stack: Stack, visitor: Callable[..., Visitor]) -> None:
    assert packed(loaded(stack, visitor(), "remote-assistance.html")) < 120_000


@pytest.mark.parametrize("page", ["index.html", "remote-assistance.html"])
def test_a_page_is_never_white(stack: Stack, visitor: Callable[..., Visitor], page: str) -> None:
    first = {page, *re.findall(r"assets/[\w.-]+", (DIST / page).read_text())}
    opened = visitor().context.new_page()
    # The rest is still on its way.
    opened.route(lambda address: not address.endswith(tuple(first)), lambda _: None)
    opened.goto(f"{stack.settings.origin('console')}/{page}", wait_until="commit")
    expect(opened.get_by_text("Loading …")).to_be_visible()
    # At 1.6 Mbit/s it takes a tenth of a second; what remains of two seconds are round trips.
    assert packed(first) < 20_000
