"""The customer's page in a real browser, against the stack: what he is asked, how he answers, and how he ends a session."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from browser import Visitor, accessible, chromium, fits, picture, visitor  # noqa: F401
from conftest import Customer, Journey, Stack
from playwright.sync_api import Page, Route, expect
from settings import ROOT

PAGE = ROOT / "pages/consent"
WORDS = {
    "en": {
        "see": "See the request", "allow": "Allow", "refuse": "Refuse", "end": "End the session", "asks": "asks to enter your account",
        "yours": "Now read the code to the analyst", "consented": "You have given your consent", "in": "is in your account",
        "ended": "You have ended it", "refused": "You have refused", "left": "You have 4 attempts left", "over": "This link is no longer good",
        "warning": "Read the code to no one",
    },
    "es": {
        "see": "Ver la solicitud", "allow": "Permitir", "refuse": "Rechazar", "end": "Terminar la sesión", "asks": "pide entrar a su cuenta",
        "yours": "Ahora léale el código al analista", "consented": "Usted dio su autorización", "in": "está en su cuenta",
        "ended": "Usted la terminó", "refused": "Usted rechazó la solicitud", "left": "Le quedan 4 intentos", "over": "Este enlace ya no sirve",
        "warning": "No le lea el código a nadie",
    },
}  # fmt: skip

Come = Callable[..., Visitor]


@pytest.fixture
def asked(stack: Stack) -> Journey:
    """A customer is asked for his consent."""
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


def seen(page: Page, language: str = "en") -> Page:
    """With the request on the screen."""
    press(page, WORDS[language]["see"])
    expect(page.get_by_role("heading", level=1)).to_contain_text(WORDS[language]["asks"])
    return page


def test_the_page_weighs_less_than_50_kb() -> None:
    assert sum(file.stat().st_size for file in PAGE.iterdir()) < 50_000


def test_loading_the_page_runs_its_scripts_and_sends_nothing(asked: Journey, visitor: Come) -> None:  # P27  # noqa: F811
    scanner, before = visitor(), asked.item
    page = scanner.open(link(asked))
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert {request.method for request in scanner.sent} == {"GET"}
    assert {request.url.rpartition("/")[2] for request in scanner.sent} <= {"", "consent.js", "consent.css", "api.js", "words.js", "icon.svg"}
    assert asked.item == before
    assert page.url.endswith("/"), "the token stays in the address"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_customer_allows_and_ends_the_session(stack: Stack, visitor: Come, language: str) -> None:  # P30  # noqa: F811
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
def test_the_customer_refuses(stack: Stack, visitor: Come, language: str) -> None:  # noqa: F811
    journey = stack.journey(customer=stack.new_customer(locale=language)).through_asking()
    page = seen(visitor(f"{language}-{language.upper()}").open(link(journey)), language)
    press(page, WORDS[language]["refuse"])
    shows(page, WORDS[language]["refused"])
    picture(page, f"consent-refused-{language}")
    assert journey.read().json["outcome"] == "denied"


def test_refusing_works_after_the_code_was_entered(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    press(page, "Refuse")
    shows(page, WORDS["en"]["refused"])
    assert asked.read().json["outcome"] == "denied"


def test_one_press_ends_the_session_from_the_mail_that_told_of_it(stack: Stack, visitor: Come) -> None:  # noqa: F811
    journey = stack.journey().through_consent()
    seen_so_far = stack.inbox.last_number()
    journey._done(journey.issue(), 201)
    mail = stack.inbox.wait(journey.customer.email, after=seen_so_far)
    here = visitor()
    page = here.open(mail.link)
    press(page, "End the session")
    shows(page, WORDS["en"]["ended"])
    assert here.posted() == ["consent/end"]
    assert journey.read().json["outcome"] == "ended"


def test_a_wrong_code_says_how_many_attempts_are_left_and_the_last_one_locks(stack: Stack, visitor: Come) -> None:  # noqa: F811
    journey = stack.journey(customer=stack.new_customer(locale="es")).through_asking()
    here = visitor("es-ES")
    page = seen(here.open(link(journey)), "es")
    press(page, "Permitir")
    shows(page, "Ingrese los seis dígitos")
    assert here.posted() == ["consent/view"], "an empty code was sent, and counted"
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


def test_a_lock_is_told_to_whoever_holds_the_page(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))
    for _ in range(5):
        asked.enter_for_customer(other(code(asked)))
    enter(page, code(asked))
    shows(page, "The request is locked")
    picture(page, "consent-locked-en")


def test_the_code_is_seen_to_expire(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = visitor().context.new_page()
    page.clock.install()
    page.goto(link(asked))
    seen(page)
    page.clock.run_for(301_000)
    expect(page.locator("#expires")).to_contain_text("The code has expired")
    picture(page, "consent-expired-en")
    expect(page.get_by_role("button", name="Refuse")).to_be_visible()


def test_a_wrong_clock_does_no_harm(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = visitor().context.new_page()
    page.clock.install(time=time.time() + 7200)
    page.goto(link(asked))
    seen(page)
    expect(page.locator("#expires")).to_have_text(re.compile(r"(5:00|4:\d\d)\.$"))


def test_the_link_of_an_older_mail_says_that_it_is_over(asked: Journey, visitor: Come) -> None:  # P34  # noqa: F811
    old, old_code = link(asked), code(asked)
    page = seen(visitor().open(old))
    asked.age(31)
    asked._done(asked.send_to_customer(), 202)
    enter(page, old_code)
    shows(page, WORDS["en"]["over"])
    fresh = visitor().open(old)
    press(fresh, "See the request")
    shows(fresh, WORDS["en"]["over"])
    picture(fresh, "consent-link-over-en")
    assert asked.read().json["consent"] == {**asked.read().json["consent"], "customer_entered": False}
    # The newer link, opened in the same tab, works.
    page.goto(link(asked))
    enter(seen(page), code(asked))
    shows(page, WORDS["en"]["yours"])


def test_a_newer_link_pasted_into_the_open_page_takes_its_place(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))
    asked.age(31)
    asked._done(asked.send_to_customer(), 202)
    page.evaluate("address => { location.href = address }", link(asked))
    expect(page.get_by_role("button", name="See the request")).to_be_visible()
    enter(seen(page), code(asked))
    shows(page, WORDS["en"]["yours"])


@pytest.mark.parametrize("address", ["", "#token=", "#token=nothing", "#token=q3Zk0mB7sYw1rT9uXn5vLQ.J0c2tE8yQmWv4bN6xRzA1sKdFhG3pLuYiOoPqTeXw5c"])
def test_links_that_lead_nowhere_say_so(stack: Stack, visitor: Come, address: str) -> None:  # noqa: F811
    page = visitor().open(stack.facts["parameters"]["ConsentPageUrl"] + address)
    if address.startswith("#token=") and address != "#token=":
        press(page, "See the request")
        shows(page, WORDS["en"]["over"])
    else:
        shows(page, "Open the link in your e-mail")
    accessible(page)


def test_a_reload_loses_nothing_in_any_step(asked: Journey, visitor: Come) -> None:  # noqa: F811
    here = visitor()
    page = here.open(link(asked))
    page.reload()
    seen(page)
    page.reload()
    shows(page, WORDS["en"]["asks"])
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    page.reload()
    shows(page, WORDS["en"]["yours"])
    asked._done(asked.enter_for_customer(), 200)
    shows(page, WORDS["en"]["consented"])
    page.reload()
    shows(page, WORDS["en"]["consented"])
    asked._done(asked.issue(), 201)
    shows(page, WORDS["en"]["in"])
    page.reload()
    shows(page, WORDS["en"]["in"])
    here.kept_quiet(asked.customer_mail.token, code(asked))
    press(page, "End the session")
    shows(page, WORDS["en"]["ended"])
    page.reload()
    shows(page, "Open the link in your e-mail")


def test_a_session_that_the_agent_ends_is_over_on_the_page(stack: Stack, visitor: Come) -> None:  # noqa: F811
    journey = stack.journey().through_session()
    page = visitor().open(link(journey))
    press(page, "See the request")
    shows(page, WORDS["en"]["in"])
    assert journey.cancel().status == 200
    shows(page, "The session is over")
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_session_whose_time_is_over_is_over_on_the_page(stack: Stack, visitor: Come) -> None:  # noqa: F811
    journey = stack.journey().through_session()
    page = visitor().open(link(journey))
    press(page, "See the request")
    shows(page, WORDS["en"]["in"])
    journey.age(301)
    shows(page, "The session is over")


def test_a_request_that_is_cancelled_is_over_on_the_page(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    asked.cancel()
    shows(page, WORDS["en"]["over"])


def test_nothing_is_asked_while_the_page_is_out_of_sight(asked: Journey, visitor: Come) -> None:  # noqa: F811
    here = visitor()
    page = seen(here.open(link(asked)))
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    page.wait_for_timeout(500)
    here.forget()
    page.wait_for_timeout(4500)
    assert here.posted() == []
    asked._done(asked.enter_for_customer(), 200)
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    shows(page, WORDS["en"]["consented"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 429, "json": {"message": "Too Many Requests"}}, "There is a lot going on"),
        ({"status": 503, "json": {"type": "/problems/unavailable", "status": 503}}, "Something is not working on our side"),
        ({"status": 500, "body": "<html>"}, "Something is not working on our side"),
        (None, "There is no connection"),
    ],
)
def test_what_fails_says_what_to_do_and_can_be_repeated(asked: Journey, visitor: Come, answer: dict | None, words: str) -> None:  # P25  # noqa: F811
    here = visitor()
    page = here.open(link(asked))

    def fail(route: Route) -> None:
        if route.request.method == "OPTIONS":
            route.fallback()
        elif answer is None:
            route.abort("internetdisconnected")
        else:
            route.fulfill(**answer, headers={"Access-Control-Allow-Origin": "*"})

    page.route("**/consent/*", fail)
    press(page, "See the request")
    shows(page, words)
    press(page, "End the session")
    shows(page, "The session may still be running")
    page.unroute("**/consent/*")
    seen(page)
    page.route("**/consent/answer", fail)
    enter(page, code(asked))
    shows(page, words)
    accessible(page)
    page.unroute("**/consent/answer")
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])


def pressed_meanwhile(page: Page, what: str, then: Callable[[Route], None] = Route.fallback) -> list[str]:
    """While the next call to `what` is under way, every button is pressed twice. Gives what those say that no press moves any more."""
    said: list[str] = []

    def slow(route: Route) -> None:
        if route.request.method != "POST" or said:
            route.fallback()
            return
        for each in page.locator("main button").all() * 2:
            each.dispatch_event("click")
        said.extend(page.locator("main button[aria-disabled=true]").all_inner_texts())
        then(route)

    page.route(f"**/consent/{what}", slow)
    return said


def decisions(who: Visitor) -> list[str]:
    """What was sent, in its order."""
    posted = [request for request in who.sent if request.method == "POST"]
    return [(request.post_data_json or {}).get("decision") or request.url.rpartition("/")[2] for request in posted]


@pytest.mark.parametrize("right", [True, False])
def test_a_refusal_pressed_while_the_code_is_on_its_way_follows_it(asked: Journey, visitor: Come, right: bool) -> None:  # P30  # noqa: F811
    here = visitor()
    page = seen(here.open(link(asked)))
    said = pressed_meanwhile(page, "answer")
    enter(page, code(asked) if right else other(code(asked)))
    shows(page, WORDS["en"]["refused"])
    assert said == ["One moment…", "One moment…"]
    assert decisions(here) == ["view", "allow", "deny"]
    assert asked.read().json["outcome"] == "denied"


def test_a_refusal_pressed_while_the_code_is_lost_is_sent_all_the_same(asked: Journey, visitor: Come) -> None:  # P25  # noqa: F811
    here = visitor()
    page = seen(here.open(link(asked)))
    pressed_meanwhile(page, "answer", Route.abort)
    enter(page, code(asked))
    shows(page, WORDS["en"]["refused"])
    assert decisions(here) == ["view", "allow", "deny"]


def test_a_refusal_pressed_while_the_session_begins_ends_it(asked: Journey, visitor: Come) -> None:  # P30  # noqa: F811
    here = visitor()
    page = seen(here.open(link(asked)))

    def begun(route: Route) -> None:
        asked._done(asked.allow(), 200)
        asked._done(asked.enter_for_customer(), 200)
        asked._done(asked.issue(), 201)
        route.fallback()

    pressed_meanwhile(page, "answer", begun)
    enter(page, code(asked))
    shows(page, WORDS["en"]["ended"])
    assert decisions(here) == ["view", "allow", "view", "end"]
    assert asked.read().json["outcome"] == "ended"


def test_a_refusal_pressed_while_the_last_attempt_locks_is_not_sent(asked: Journey, visitor: Come) -> None:  # noqa: F811
    here = visitor()
    page = seen(here.open(link(asked)))
    for _ in range(4):
        asked.enter_for_customer(other(code(asked)))
    pressed_meanwhile(page, "answer")
    enter(page, other(code(asked)))
    shows(page, "The request is locked")
    assert decisions(here) == ["view", "allow"]


def test_an_end_pressed_while_the_request_is_fetched_follows_it(stack: Stack, visitor: Come) -> None:  # P30  # noqa: F811
    journey = stack.journey().through_session()
    here = visitor()
    page = here.open(link(journey))
    said = pressed_meanwhile(page, "view")
    press(page, "See the request")
    shows(page, WORDS["en"]["ended"])
    assert said == ["One moment…", "One moment…"]
    assert decisions(here) == ["view", "end"]
    assert journey.read().json["outcome"] == "ended"


def test_a_newer_link_does_not_wait_for_the_older_ones_call(asked: Journey, visitor: Come) -> None:  # noqa: F811
    here = visitor()
    page = seen(here.open(link(asked)))

    def newer(route: Route) -> None:
        asked.age(31)
        asked._done(asked.send_to_customer(), 202)
        page.evaluate("address => { location.href = address }", link(asked))
        press(page, "See the request")
        shows(page, WORDS["en"]["asks"])
        route.fallback()

    pressed_meanwhile(page, "answer", newer)
    with page.expect_response("**/consent/answer"):
        enter(page, code(asked))
    shows(page, WORDS["en"]["asks"])
    assert decisions(here) == ["view", "allow", "view"]
    press(page, "Refuse")
    shows(page, WORDS["en"]["refused"])


def test_an_answer_lost_on_the_way_is_not_lost(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))

    def lose(route: Route) -> None:
        asked._done(asked.allow(), 200)
        route.abort()

    page.route("**/consent/answer", lose)
    enter(page, code(asked))
    shows(page, "There is no connection")
    page.unroute("**/consent/answer")
    press(page, "Allow")
    shows(page, WORDS["en"]["yours"])


def test_where_the_agent_alone_enters_the_code_the_page_still_refuses(stack: Stack, visitor: Come) -> None:  # noqa: F811
    with stack.configured(CONSENT_MODE="agent-entry"):
        journey = stack.journey().through_asking()
        page = seen(visitor().open(link(journey)))
        assert journey.enter_for_customer().json["status"] == "consented"
        enter(page, code(journey))
        shows(page, WORDS["en"]["consented"])
        press(page, "Refuse")
        shows(page, WORDS["en"]["refused"])


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_every_screen_fits_a_small_phone_and_suits_a_screen_reader(stack: Stack, visitor: Come, colors: str) -> None:  # noqa: F811
    customer: Customer = stack.new_customer(
        locale="es",
        ecosystems=[{"id": "eco-long", "name": "Donaudampfschifffahrtsgesellschaft" * 2, "role": "admin", "plan": "premium", "modules": ["rcm"]}],
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
