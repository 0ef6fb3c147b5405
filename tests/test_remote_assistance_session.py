"""The customers' page in a real browser, while an agent is in the account by what the customer offered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.browser import accessible, fits, picture
from support.console import Sit, signed_in
from support.grants import offered
from support.remote_assistance import Home
from support.stack import Stack

SAID = {
    "en": {
        "in": "Tess Agent is in your account",
        "left": "Time left",
        "end": "End the session",
        "revoked": "The customer revoked the access",
    },
    "es": {
        "in": "Tess Agent está en su cuenta",
        "left": "Tiempo restante",
        "end": "Terminar la sesión",
        "revoked": "El cliente revocó el acceso",
    },
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_running_session_is_shown_and_ended_with_one_press(
    stack: Stack, home: Callable[..., Home], desk: Sit, language: str
) -> None:  # P47
    words, offer = SAID[language], offered(stack)
    here = home(language, offer.customer).signed_in()
    here.shows("active")
    here.shows_nothing_of(words["end"])
    journey = offer.journey().through_session()
    here.page.reload()
    expect(here.page.get_by_role("heading", name=words["in"])).to_be_visible()
    left = here.page.get_by_role("timer", name=words["left"], exact=True)
    expect(left).to_have_text(re.compile(r"^(5:00|[0-4]:\d\d)$"))
    for environment in ("Waizant Store", "Waizant Web", "Waizant App", "Waizant RCM"):
        here.shows(environment)
    accessible(here.page)
    fits(here.page)
    if language == "en":
        picture(here.page, "remote-assistance-session")
    here.page.get_by_role("button", name=words["end"], exact=True).click()
    here.shows("revoked")
    expect(here.page.get_by_role("heading", name=words["in"])).to_have_count(0)
    assert journey.read().json["outcome"] == "ended"
    # The record says how, and so does the console.
    at = signed_in(desk(language), journey)
    expect(at.page.get_by_role("heading", name=words["revoked"])).to_be_visible()
    accessible(at.page)


def test_a_session_that_ends_disappears_from_the_page(stack: Stack, home: Callable[..., Home]) -> None:  # P47
    offer = offered(stack)
    journey = offer.journey().through_session()
    here = home("en", offer.customer)
    here.page.clock.install()
    here.signed_in()
    expect(here.page.get_by_role("heading", name=SAID["en"]["in"])).to_be_visible()
    assert journey.cancel().status == 200
    here.page.clock.fast_forward(16_000)
    expect(here.page.get_by_role("heading", name=SAID["en"]["in"])).to_have_count(0)
    here.shows("active")
