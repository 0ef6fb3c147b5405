"""The whole process with the keyboard alone, in both languages: the agent at the console, the customer on their page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

import samples
from support.browser import Visitor
from support.consent_page import WORDS, code, link
from support.console import Sit
from support.desk import Desk
from support.journey import Journey
from support.stack import Stack

# More steps than any screen has places to stop at.
STOPS = 40


def reach(page: Page, place: Locator) -> None:
    """Goes there with the tabulator."""
    expect(place).to_be_visible(timeout=60_000)
    for _ in range(STOPS):
        if place.evaluate("place => place === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tabulator does not lead to {place}")


def enter(page: Page, place: Locator, key: str = "Enter") -> None:
    reach(page, place)
    page.keyboard.press(key)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_whole_process_goes_by_the_keyboard(stack: Stack, desk: Sit, visitor: Callable[..., Visitor], language: str) -> None:
    journey = stack.journey(customer=stack.new_customer(locale=language))
    at = desk(language)
    authenticated(at, journey)

    enter(at.page, at.page.get_by_role("radio").first, "Space")
    number = stack.inbox.last_number()
    enter(at.page, at.button("send"))
    journey.customer_mail = stack.inbox.wait(journey.customer.email, after=number)
    expect(at.heading("consent").first).to_be_visible(timeout=60_000)

    allowed(visitor(f"{language}-{language.upper()}").open(link(journey)), journey, language)

    expect(at.field("code")).to_be_visible(timeout=60_000)
    reach(at.page, at.field("code"))
    at.page.keyboard.type(code(journey))
    # Six digits are verified at once.
    enter(at.page, at.button("start session"))
    expect(at.heading("session").first).to_be_visible(timeout=60_000)
    with at.visitor.context.expect_page() as opened:
        enter(at.page, at.page.get_by_role("link", name="Waizant Web"))
    expect(opened.value.locator("#banner")).to_be_visible()
    opened.value.close()

    enter(at.page, at.button("cancel"))
    expect(at.field("reason")).to_be_visible()
    reach(at.page, at.field("reason"))
    at.page.keyboard.type("Done")
    enter(at.page, at.button("ok"))
    expect(at.heading("cancelled").first).to_be_visible(timeout=60_000)


def authenticated(at: Desk, journey: Journey) -> None:
    """From the sign-in page to the choice of an ecosystem."""
    keyboard, inbox = at.page.keyboard, at.stack.inbox
    reach(at.page, at.field("e-mail"))
    keyboard.type(journey.agent.email)
    keyboard.press("Tab")
    keyboard.type(samples.PASSWORD)
    keyboard.press("Enter")
    reach(at.page, at.field("user email"))
    keyboard.type(journey.customer.email)
    keyboard.press("Enter")
    number = inbox.last_number()
    enter(at.page, at.button("send own"))
    reach(at.page, at.field("own code"))
    keyboard.type(inbox.wait(journey.agent.email, after=number).code)
    expect(at.heading("choose").first).to_be_visible(timeout=60_000)


def allowed(page: Page, journey: Journey, language: str) -> None:
    """The customer looks, types the code, and allows it."""
    words = WORDS[language]
    enter(page, page.get_by_role("button", name=words["see"], exact=True))
    reach(page, page.locator("#code"))
    page.keyboard.type(code(journey))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(words["yours"])
