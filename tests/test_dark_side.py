"""Dark colors, where readers prefer them: in the emails, and on the local stack's start page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from client import Mail
from support.browser import Visitor, accessible
from support.journey import Journey
from support.stack import Stack
from support.sweep import sweep, told

Come = Callable[..., Visitor]


def brightness(page: Page, selector: str) -> int:
    """Of the ground, from 0 to 765."""
    found = page.evaluate("selector => getComputedStyle(document.querySelector(selector)).backgroundColor", selector)
    return sum(map(int, re.findall(r"\d+", found)[:3]))


def mails_of(journey: Journey) -> list[Mail]:
    assert journey.agent_mail is not None and journey.customer_mail is not None
    return [journey.agent_mail, journey.customer_mail, told(journey, "start"), told(journey, "end")]


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_every_email_has_a_dark_side(stack: Stack, visitor: Come, colors: str) -> None:
    journey = stack.journey(ticket="WZ-7").through_session()
    assert journey.end().status == 200
    sweep(stack)
    page = visitor(color_scheme=colors).context.new_page()
    for mail in mails_of(journey):
        page.set_content(mail.html)
        assert (brightness(page, "body") < 3 * 80) == (colors == "dark"), mail.message["Subject"]
        found = page.evaluate("document.querySelector('meta[name=color-scheme]').content")
        assert found == "light dark"
        # An email has neither heading nor landmark: its subject is the one, and the program that shows it has the other.
        page.evaluate(
            """() => {
                const main = document.createElement('main');
                main.append(Object.assign(document.createElement('h1'), { textContent: 'Email' }), ...document.body.childNodes);
                document.body.append(main);
            }"""
        )
        accessible(page)


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_the_start_page_has_a_dark_side(stack: Stack, visitor: Come, colors: str) -> None:
    stack.journey().through_asking()
    page = visitor(color_scheme=colors, width=1280).open(stack.settings.origin("start"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert (brightness(page, "body") < 3 * 80) == (colors == "dark")
    accessible(page)
