"""The customer's consent page: what it says in both languages, and how it is worked."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from settings import ROOT
from support.browser import Visitor
from support.journey import Journey
from support.stack import Stack

PAGE = ROOT / "pages/consent"
WORDS = {
    "en": {
        "see": "See the details", "allow": "Allow", "refuse": "Refuse", "end": "End the session", "asks": "is asking to enter your account",
        "yours": "Now read the code to the agent", "consented": "You have given your authorization", "in": "is in your account",
        "ended": "You ended it", "refused": "You refused the request", "left": "You have 4 attempts left", "over": "This link is no longer valid",
        "warning": "Don’t read the code to anyone", "door": "Support access to your account", "finished": "The session is over",
        "replaced": "This link no longer shows the session", "may be in": "the agent may still be in your account",
        "tell": "They enter it for you", "too": "must enter it too",
    },
    "es": {
        "see": "Ver los detalles", "allow": "Permitir", "refuse": "Rechazar", "end": "Terminar la sesión", "asks": "pide entrar a su cuenta",
        "yours": "Ahora léale el código al agente", "consented": "Usted dio su autorización", "in": "está en su cuenta",
        "ended": "Usted la terminó", "refused": "Usted rechazó la solicitud", "left": "Le quedan 4 intentos", "over": "Este enlace ya no es válido",
        "warning": "No le lea el código a nadie", "door": "Acceso de soporte a su cuenta", "finished": "La sesión terminó",
        "replaced": "Este enlace ya no muestra la sesión", "may be in": "es posible que el agente siga en su cuenta",
        "tell": "El agente lo ingresa por usted", "too": "también debe ingresarlo",
    },
}  # fmt: skip

Come = Callable[..., Visitor]


@pytest.fixture
def asked(stack: Stack) -> Journey:
    """A customer is asked for their consent."""
    return stack.journey().through_asking()


def link(journey: Journey) -> str:
    assert journey.customer_mail is not None
    return journey.customer_mail.link


def code(journey: Journey) -> str:
    assert journey.customer_mail is not None
    return journey.customer_mail.code


def other(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def enter(page: Page, code: str, language: str = "en") -> None:
    page.locator("#code").fill(code)
    press(page, WORDS[language]["allow"])


def shows(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def headed(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def held(who: Visitor, address: str) -> Page:
    """A page for which time stands still, so that it asks nothing by itself."""
    page = who.context.new_page()
    page.clock.install()
    page.clock.pause_at(time.time() + 1)
    page.goto(address)
    return page


def watched(who: Visitor, address: str) -> Page:
    """A page for which time can be made to pass."""
    page = who.context.new_page()
    page.clock.install()
    page.goto(address)
    return page


def asks_again(page: Page, seconds: int = 25) -> None:
    """So much time passes for the page, and by itself it has asked how things stand and taken in the answer."""
    for _ in range(2):  # it asks again once it has judged the answer before
        with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/consent/view")):
            page.clock.fast_forward(seconds * 1000)


def caught_up(page: Page) -> None:
    """Whatever was asked or answered before is seen by now, for the page has asked and been answered since."""
    page.evaluate("fetch('config.json').then((answer) => answer.text())")


def told(journey: Journey) -> str:
    """Starts the session. Returns the link in the email about it."""
    before = journey.stack.inbox.last_number()
    journey._done(journey.issue(), 201)
    return journey.stack.inbox.wait(journey.customer.email, after=before).link


def tell_again(journey: Journey) -> None:
    """What a sweep does that could not record the first email: it sends another, and the link in the first is dead."""
    journey.edit(lambda record: record["state"]["consent"].update(end_pages=[record["state"]["consent"]["entries"]["page"]]))


def seen(page: Page, language: str = "en") -> Page:
    """With the request on the screen."""
    press(page, WORDS[language]["see"])
    expect(page.get_by_role("heading", level=1)).to_contain_text(WORDS[language]["asks"])
    return page
