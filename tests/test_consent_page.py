"""The consent page in a real browser: what customers are asked, how they answer, and how they end a session."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from support.browser import accessible, fits, picture
from support.consent_page import PAGE, WORDS, Come, code, enter, headed, held, link, other, press, seen, shows, told, watched
from support.journey import Journey
from support.people import Customer
from support.stack import Stack


def loaded(page: str) -> set[str]:
    """A page of the directory with all that it and its parts name: the page that checks receipts stands there, too."""
    names, met, waiting = {file.name for file in PAGE.iterdir()}, set[str](), [page]
    while waiting:
        if (name := waiting.pop()) not in met:
            met.add(name)
            content = (PAGE / name).read_text()
            waiting += [other for other in names if re.search(rf"""["'/]{re.escape(other)}["']""", content)]
    return met


@pytest.mark.parametrize("page", ["index.html", "missing.html", "receipt.html"])
def test_each_page_weighs_less_than_50_kb(page: str) -> None:
    assert {"consent.css", page} <= loaded(page)
    assert sum((PAGE / name).stat().st_size for name in loaded(page)) < 50_000


def test_every_file_belongs_to_a_page() -> None:
    assert {file.name for file in PAGE.iterdir()} == loaded("index.html") | loaded("missing.html") | loaded("receipt.html")


def test_loading_the_page_runs_its_scripts_and_sends_nothing(asked: Journey, visitor: Come) -> None:  # P27
    scanner, before = visitor(), asked.item
    page = scanner.open(link(asked))
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert {request.method for request in scanner.sent} == {"GET"}
    assert {request.url.rpartition("/")[2] for request in scanner.sent} <= {
        "",
        "consent.js",
        "consent.css",
        "api.js",
        "code.js",
        "element.js",
        "link.js",
        "screens.js",
        "server-clock.js",
        "state.js",
        "words.js",
        "icon.svg",
    }
    assert asked.item == before
    assert page.url.endswith("/"), "the token stays in the address"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_customer_allows_and_ends_the_session(stack: Stack, visitor: Come, language: str) -> None:  # P30
    words = WORDS[language]
    bakery = {"id": "eco-bakery", "name": "Panadería Núñez", "role": "admin", "plan": "premium", "modules": ["rcm"]}
    customer = stack.new_customer(name="Carla Núñez", locale=language, ecosystems=[bakery])
    journey = stack.journey(stack.new_agent(name="Ana Rivas"), customer).through_asking()
    # The browser speaks the other language: the customer's own is known once the request is.
    here = visitor("en-GB" if language == "es" else "es-ES")
    page = here.open(link(journey))
    picture(page, f"consent-link-{'en' if language == 'es' else 'es'}")
    press(page, WORDS["en" if language == "es" else "es"]["see"])
    shows(page, words["asks"])
    expect(page.locator("html")).to_have_attribute("lang", language)
    shows(page, "Ana Rivas")
    shows(page, "Panadería Núñez")
    shows(page, "Store, Web, App, RCM")
    shows(page, words["warning"])
    expect(page.locator(".number")).to_have_text(journey.read().json["consent"]["match_number"])
    expect(page.locator("#expires")).to_have_text(re.compile(r"[45]:\d\d\.$"))
    field = page.locator("#code")
    assert field.get_attribute("inputmode") == "numeric"
    assert field.get_attribute("autocomplete") == "one-time-code"

    picture(page, f"consent-request-{language}")

    enter(page, f"{code(journey)[:3]} {code(journey)[3:]}", language)
    shows(page, words["yours"])
    picture(page, f"consent-entered-{language}")
    assert journey.enter_for_customer().status == 200
    shows(page, words["consented"])
    picture(page, f"consent-given-{language}")
    assert journey.issue().status == 201
    shows(page, words["in"])
    picture(page, f"consent-session-{language}")
    expect(page.locator("#left")).to_have_text(re.compile(r"^(5:00|4:\d\d)$"))
    before = page.locator("#left").inner_text()
    expect(page.locator("#left")).not_to_have_text(before)

    press(page, words["end"])
    shows(page, words["ended"])
    picture(page, f"consent-ended-{language}")
    assert journey.read().json["outcome"] == "ended"
    assert page.evaluate("Object.keys(sessionStorage)") == []
    here.kept_quiet(journey.customer_mail.token, code(journey))
    assert here.console == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_customer_refuses(stack: Stack, visitor: Come, language: str) -> None:
    journey = stack.journey(customer=stack.new_customer(locale=language)).through_asking()
    page = seen(visitor(f"{language}-{language.upper()}").open(link(journey)), language)
    press(page, WORDS[language]["refuse"])
    shows(page, WORDS[language]["refused"])
    picture(page, f"consent-refused-{language}")
    assert journey.read().json["outcome"] == "denied"


def test_refusing_works_after_the_code_was_entered(asked: Journey, visitor: Come) -> None:
    page = seen(visitor().open(link(asked)))
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    press(page, "Refuse")
    shows(page, WORDS["en"]["refused"])
    assert asked.read().json["outcome"] == "denied"


def test_one_press_ends_the_session_from_the_mail_that_told_of_it(stack: Stack, visitor: Come) -> None:
    journey = stack.journey().through_consent()
    here = visitor()
    page = here.open(told(journey))
    press(page, "End the session")
    shows(page, WORDS["en"]["ended"])
    assert here.posted() == ["consent/end"]
    assert journey.read().json["outcome"] == "ended"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_mail_that_told_of_the_session_leads_straight_to_its_end(stack: Stack, visitor: Come, language: str) -> None:  # P30
    journey = stack.journey(stack.new_agent(name="Ana Rivas"), stack.new_customer(locale=language)).through_consent()
    page = visitor(f"{language}-{language.upper()}", width=320, height=568).open(told(journey))
    # Nothing asks for consent any more. Which email the link is from, nobody knows before it is asked.
    headed(page, WORDS[language]["door"])
    expect(page.locator("main")).not_to_contain_text(re.compile("asks for your consent|pide su autorización"))
    press(page, WORDS[language]["see"])
    shows(page, WORDS[language]["in"])
    expect(page.locator("#left")).to_be_in_viewport()
    expect(page.get_by_role("button", name=WORDS[language]["end"], exact=True)).to_be_in_viewport(ratio=1)
    press(page, WORDS[language]["end"])
    shows(page, WORDS[language]["ended"])
    assert journey.read().json["outcome"] == "ended"


def test_a_wrong_code_says_how_many_attempts_are_left_and_the_last_one_locks(stack: Stack, visitor: Come) -> None:
    journey = stack.journey(customer=stack.new_customer(locale="es")).through_asking()
    here = visitor("es-ES")
    page = seen(held(here, link(journey)), "es")
    press(page, "Permitir")
    shows(page, "Ingrese los seis dígitos")
    assert here.posted() == ["consent/view"], "an empty code was sent, and counted"
    page.clock.resume()
    enter(page, other(code(journey)), "es")
    shows(page, WORDS["es"]["left"])
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
    picture(page, "consent-wrong-code-es")
    accessible(page)
    for words in ("Le quedan 3 intentos", "Le quedan 2 intentos", "Le queda un intento", "La solicitud está bloqueada"):
        enter(page, other(code(journey)), "es")
        shows(page, words)
    assert journey.read().json["outcome"] == "locked"


def test_a_lock_is_told_to_whoever_holds_the_page(asked: Journey, visitor: Come) -> None:
    page = seen(held(visitor(), link(asked)))
    for _ in range(5):
        asked.enter_for_customer(other(code(asked)))
    enter(page, code(asked))
    shows(page, "The request is locked")
    page.clock.resume()
    picture(page, "consent-locked-en")


def test_the_code_is_seen_to_expire(asked: Journey, visitor: Come) -> None:
    page = seen(watched(visitor(), link(asked)))
    page.clock.fast_forward(301_000)
    expect(page.locator("#expires")).to_contain_text("The code has expired")
    picture(page, "consent-expired-en")
    expect(page.get_by_role("button", name="Refuse")).to_be_visible()


def test_a_wrong_clock_does_no_harm(asked: Journey, visitor: Come) -> None:
    page = visitor().context.new_page()
    page.clock.install(time=time.time() + 7200)
    page.goto(link(asked))
    seen(page)
    expect(page.locator("#expires")).to_have_text(re.compile(r"(5:00|4:\d\d)\.$"))


def test_where_the_agent_alone_enters_the_code_the_page_still_refuses(stack: Stack, visitor: Come) -> None:
    with stack.configured(CONSENT_MODE="agent-entry"):
        journey = stack.journey().through_asking()
        page = seen(held(visitor(), link(journey)))
        assert journey.enter_for_customer().json["status"] == "consented"
        enter(page, code(journey))
        shows(page, WORDS["en"]["consented"])
        press(page, "Refuse")
        shows(page, WORDS["en"]["refused"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_where_the_agent_alone_enters_the_code_the_page_asks_for_none_and_follows(
    stack: Stack, visitor: Come, language: str
) -> None:  # P30
    words = WORDS[language]
    config = {"apiUrl": stack.facts["ApiUrl"], "consentMode": "agent-entry"}
    with stack.configured(CONSENT_MODE="agent-entry"):
        journey = stack.journey(customer=stack.new_customer(locale=language)).through_asking()
        here = visitor(f"{language}-{language.upper()}", width=320)
        here.context.route("**/config.json", lambda route: route.fulfill(json=config))
        page = seen(here.open(link(journey)), language)
        shows(page, words["tell"])
        expect(page.locator("main")).not_to_contain_text(words["too"])
        expect(page.locator("#code")).to_have_count(0)
        expect(page.locator("#expires")).to_have_text(re.compile(r"[45]:\d\d\.$"))
        expect(page.get_by_role("button", name=words["refuse"], exact=True)).to_be_visible()
        picture(page, f"consent-agent-entry-{language}")
        accessible(page)
        fits(page)
        journey._done(journey.enter_for_customer(), 200)
        shows(page, words["consented"])
        journey._done(journey.issue(), 201)
        shows(page, words["in"])
        expect(page.locator("#left")).to_have_text(re.compile(r"^(5:00|4:\d\d)$"))
        press(page, words["end"])
        shows(page, words["ended"])
        assert journey.read().json["outcome"] == "ended"


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_every_screen_fits_a_small_phone_and_suits_a_screen_reader(stack: Stack, visitor: Come, colors: str) -> None:
    customer: Customer = stack.new_customer(
        locale="es",
        ecosystems=[
            {"id": "eco-long", "name": "Donaudampfschifffahrtsgesellschaft" * 2, "role": "admin", "plan": "premium", "modules": ["rcm"]}
        ],
    )
    agent = stack.new_agent(name="<b>Maximiliano</b>-Hildegardo Wolkenstein-Montenegro")
    journey = stack.journey(agent, customer).through_asking()
    page = visitor("es-ES", width=320, height=568, color_scheme=colors).open(link(journey))

    def good() -> None:
        fits(page)
        accessible(page)

    good()
    seen(page, "es")
    shows(page, "<b>Maximiliano</b>-Hildegardo")
    good()
    page.keyboard.press("Tab")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code(journey))
    page.keyboard.press("Enter")
    shows(page, WORDS["es"]["yours"])
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    good()
    journey._done(journey.enter_for_customer(), 200)
    shows(page, WORDS["es"]["consented"])
    good()
    journey._done(journey.issue(), 201)
    shows(page, WORDS["es"]["in"])
    good()
    press(page, "Terminar la sesión")
    shows(page, WORDS["es"]["ended"])
    good()
