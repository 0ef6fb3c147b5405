"""Real browsers for the tests of the pages: each visitor has a context of their own, and nothing that they send or are told goes unseen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from settings import ROOT
from support.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)
# The headless shell needs a quarter of the processor time. The other names are those of whole browsers.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# It would speak to its maker on its own.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "No Chromium is found (on Debian: apt install chromium), so the pages were not tried in a browser."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        # Its sandbox cannot be had as root, where continuous integration often runs.
        browser = playwright.chromium.launch(executable_path=path, args=QUIET, chromium_sandbox=os.geteuid() != 0)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser of their own, and all that went through it."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.sent: list[Request] = []
        self.console: list[str] = []
        self.errors: list[str] = []
        context.on("request", lambda request: self.sent.append(request))
        context.on("console", self._said)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _said(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(address)
        return page

    def posted(self) -> list[str]:
        """The paths of what was sent to change or ask something."""
        return [request.url.split("/", 3)[3] for request in self.sent if request.method == "POST"]

    def forget(self) -> None:
        """What was sent and said so far is as expected."""
        self.sent.clear()
        self.console.clear()

    def kept_quiet(self, *secrets: str) -> None:
        """None of the secrets is in an address, in storage that outlives the tab, or in the console."""
        for secret in secrets:
            assert not [request.url for request in self.sent if secret in request.url.partition("#")[0]]
            assert not [line for line in self.console if secret in line]
        for page in self.context.pages:
            assert not [secret for secret in secrets if secret in page.url]
            assert page.evaluate("Object.keys(localStorage)") == []
        assert self.context.cookies() == []


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """A new visitor: `visitor("es-ES", width=320)`. At the end none of them met an error in a page."""
    visitors: list[Visitor] = []

    def come(locale: str = "en-GB", *, width: int = 390, height: int = 844, **more: Any) -> Visitor:
        context = chromium.new_context(locale=locale, viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(PATIENCE * 1000)
        visitors.append(Visitor(context))
        return visitors[-1]

    yield come
    errors = [error for each in visitors for error in each.errors]
    for each in visitors:
        each.context.close()
    assert errors == []


def accessible(page: Page) -> None:
    """axe finds nothing to complain about, once the page is there to be judged."""
    expect(page.locator("h1").first).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def picture(page: Page, name: str) -> None:
    """With PICTURES=docs/images, a picture of the page as it is now, for the documentation."""
    if directory := os.environ.get("PICTURES"):
        page.mouse.move(0, 0)
        page.wait_for_timeout(400)
        page.screenshot(path=Path(ROOT, directory, f"{name}.png"), animations="disabled", caret="hide", full_page=True)


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
