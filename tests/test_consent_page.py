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
        "see": "See the details", "allow": "Allow", "refuse": "Refuse", "end": "End the session", "asks": "asks to enter your account",
        "yours": "Now read the code to the analyst", "consented": "You have given your consent", "in": "is in your account",
        "ended": "You have ended it", "refused": "You have refused", "left": "You have 4 attempts left", "over": "This link is no longer good",
        "warning": "Read the code to no one", "door": "Support access to your account", "finished": "The session is over",
        "replaced": "This link no longer shows the session", "may be in": "the analyst may still be in your account",
        "tell": "they enter it for you", "too": "must enter it too",
    },
    "es": {
        "see": "Ver los detalles", "allow": "Permitir", "refuse": "Rechazar", "end": "Terminar la sesión", "asks": "pide entrar a su cuenta",
        "yours": "Ahora léale el código al analista", "consented": "Usted dio su autorización", "in": "está en su cuenta",
        "ended": "Usted la terminó", "refused": "Usted rechazó la solicitud", "left": "Le quedan 4 intentos", "over": "Este enlace ya no sirve",
        "warning": "No le lea el código a nadie", "door": "Acceso de soporte a su cuenta", "finished": "La sesión terminó",
        "replaced": "Este enlace ya no muestra la sesión", "may be in": "es posible que el analista siga en su cuenta",
        "tell": "el analista lo ingresará por usted", "too": "también debe ingresarlo",
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


def asks_again(page: Page, seconds: int = 10) -> None:
    """So much time passes for the page, and by itself it has asked how things stand and taken in the answer."""
    for _ in range(2):  # it asks again once it has judged the answer before
        with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/consent/view")):
            page.clock.fast_forward(seconds * 1000)


def caught_up(page: Page) -> None:
    """Whatever was asked or answered before is seen by now, for the page has asked and been answered since."""
    page.evaluate("fetch('config.json').then((answer) => answer.text())")


def told(journey: Journey) -> str:
    """Starts the session. The link in the mail that tells of it."""
    before = journey.stack.inbox.last_number()
    journey._done(journey.issue(), 201)
    return journey.stack.inbox.wait(journey.customer.email, after=before).link


def tell_again(journey: Journey) -> None:
    """What the sweep does that could not record the first mail: there is another, and the link of the first is dead."""
    journey.edit(lambda record: record["state"]["consent"].update(end_pages=[record["state"]["consent"]["entries"]["page"]]))


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
    here = visitor()
    page = here.open(told(journey))
    press(page, "End the session")
    shows(page, WORDS["en"]["ended"])
    assert here.posted() == ["consent/end"]
    assert journey.read().json["outcome"] == "ended"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_mail_that_told_of_the_session_leads_straight_to_its_end(stack: Stack, visitor: Come, language: str) -> None:  # P30  # noqa: F811
    journey = stack.journey(stack.new_agent(name="Ana Rivas"), stack.new_customer(locale=language)).through_consent()
    page = visitor(f"{language}-{language.upper()}", width=320, height=568).open(told(journey))
    # Nothing asks for consent any more. Which mail the link is from, nobody knows before it is asked.
    headed(page, WORDS[language]["door"])
    expect(page.locator("main")).not_to_contain_text(re.compile("asks for your consent|pide su autorización"))
    press(page, WORDS[language]["see"])
    shows(page, WORDS[language]["in"])
    expect(page.locator("#left")).to_be_in_viewport()
    expect(page.get_by_role("button", name=WORDS[language]["end"], exact=True)).to_be_in_viewport(ratio=1)
    press(page, WORDS[language]["end"])
    shows(page, WORDS[language]["ended"])
    assert journey.read().json["outcome"] == "ended"


def test_a_wrong_code_says_how_many_attempts_are_left_and_the_last_one_locks(stack: Stack, visitor: Come) -> None:  # noqa: F811
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


def test_a_lock_is_told_to_whoever_holds_the_page(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(held(visitor(), link(asked)))
    for _ in range(5):
        asked.enter_for_customer(other(code(asked)))
    enter(page, code(asked))
    shows(page, "The request is locked")
    page.clock.resume()
    picture(page, "consent-locked-en")


def test_the_code_is_seen_to_expire(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(watched(visitor(), link(asked)))
    page.clock.fast_forward(301_000)
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
    page = seen(held(visitor(), old))
    asked.age(31)
    asked._done(asked.send_to_customer(), 202)
    enter(page, old_code)
    shows(page, WORDS["en"]["over"])
    fresh = visitor().open(old)
    press(fresh, "See the details")
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
    expect(page.get_by_role("button", name="See the details")).to_be_visible()
    enter(seen(page), code(asked))
    shows(page, WORDS["en"]["yours"])


@pytest.mark.parametrize("address", ["", "#token=", "#token=nothing", "#token=q3Zk0mB7sYw1rT9uXn5vLQ.J0c2tE8yQmWv4bN6xRzA1sKdFhG3pLuYiOoPqTeXw5c"])
def test_links_that_lead_nowhere_say_so(stack: Stack, visitor: Come, address: str) -> None:  # noqa: F811
    page = visitor().open(stack.facts["parameters"]["ConsentPageUrl"] + address)
    if address.startswith("#token=") and address != "#token=":
        press(page, "See the details")
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


def test_a_session_that_the_agent_ends_is_over_on_the_page(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    asked._done(asked.enter_for_customer(), 200)
    asked._done(asked.issue(), 201)
    shows(page, WORDS["en"]["in"])
    assert asked.cancel().status == 200
    shows(page, WORDS["en"]["finished"])
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_session_whose_time_is_over_is_over_on_the_page(stack: Stack, visitor: Come) -> None:  # noqa: F811
    journey = stack.journey().through_session()
    page = watched(visitor(), link(journey))
    press(page, "See the details")
    shows(page, WORDS["en"]["in"])
    page.evaluate(
        """() => {
            window.headings = [];
            new MutationObserver(() => headings.push(document.querySelector("h1").textContent)).observe(document.getElementById("main"), {childList: true});
        }"""
    )
    # The page's clock is a little late.
    page.clock.fast_forward(296_000)
    journey.age(301)
    headed(page, WORDS["en"]["finished"])
    assert set(page.evaluate("headings")) <= {page.locator("h1").inner_text(), f"{journey.agent.name} is in your account"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_link_that_a_newer_mail_replaced_does_not_call_the_session_over(stack: Stack, visitor: Come, language: str) -> None:  # P30  # noqa: F811
    words = WORDS[language]
    journey = stack.journey(customer=stack.new_customer(locale=language)).through_consent()
    page = watched(visitor(f"{language}-{language.upper()}", width=320), told(journey))
    press(page, words["see"])
    shows(page, words["in"])
    tell_again(journey)
    headed(page, words["replaced"])
    shows(page, words["may be in"])
    picture(page, f"consent-link-replaced-{language}")
    accessible(page)
    fits(page)
    assert journey.read().json["status"] == "in_session"
    # Only its deadline says for sure that it is over.
    page.clock.fast_forward(301_000)
    headed(page, words["finished"])
    newest = visitor().open(link(journey))
    press(newest, "End the session")
    shows(newest, words["ended"])


def test_an_end_that_a_newer_mail_forestalls_says_where_to_end_it(stack: Stack, visitor: Come) -> None:  # P30  # noqa: F811
    journey = stack.journey().through_consent()
    address = told(journey)
    page = held(visitor(), address)
    press(page, "See the details")
    shows(page, WORDS["en"]["in"])
    tell_again(journey)
    press(page, "End the session")
    headed(page, WORDS["en"]["replaced"])
    shows(page, "has the link to end it")
    fresh = visitor().open(address)
    press(fresh, "End the session")
    headed(fresh, WORDS["en"]["over"])
    shows(fresh, "want to end a session, open the link in your latest e-mail")


def test_the_link_of_the_request_stays_good_when_the_session_is_told_of_again(asked: Journey, visitor: Come) -> None:  # P30  # noqa: F811
    page = seen(watched(visitor(), link(asked)))
    asked._done(asked.allow(), 200)
    asked._done(asked.enter_for_customer(), 200)
    told(asked)
    tell_again(asked)
    shows(page, WORDS["en"]["in"])
    asks_again(page)
    press(page, "End the session")
    shows(page, WORDS["en"]["ended"])
    assert asked.read().json["outcome"] == "ended"


@pytest.mark.parametrize("entered", [False, True])
def test_a_request_that_is_cancelled_is_over_on_the_page(asked: Journey, visitor: Come, entered: bool) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))
    if entered:
        enter(page, code(asked))
        shows(page, WORDS["en"]["yours"])
    asked.cancel()
    shows(page, WORDS["en"]["over"])


def test_a_request_that_a_newer_mail_replaced_is_over_on_the_page(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(visitor().open(link(asked)))
    asked.age(31)
    asked._done(asked.send_to_customer(), 202)
    shows(page, WORDS["en"]["over"])


def test_what_somebody_types_survives_that_the_page_asks_how_things_stand(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(watched(visitor(), link(asked)))
    field, wrong = page.locator("#code"), page.locator("#wrong")
    enter(page, other(code(asked)))
    expect(wrong).to_contain_text(WORDS["en"]["left"])

    def kept(digits: str) -> None:
        expect(field).to_have_value(digits)
        expect(field).to_be_focused()

    field.press_sequentially("12")
    asks_again(page)
    kept("12")
    page.route("**/consent/view", lambda route: route.fulfill(status=503, json={}, headers={"Access-Control-Allow-Origin": "*"}))
    asks_again(page)
    kept("12")
    expect(wrong).to_contain_text(WORDS["en"]["left"])
    expect(field).to_have_attribute("aria-invalid", "true")
    page.unroute("**/consent/view")
    field.fill(code(asked))
    page.keyboard.press("Enter")
    shows(page, WORDS["en"]["yours"])


def test_a_page_that_cannot_ask_says_so_and_lets_go_on_typing(asked: Journey, visitor: Come) -> None:  # P25  # noqa: F811
    page = seen(watched(visitor(), link(asked)))
    field = page.locator("#code")
    field.press_sequentially("12")
    place = field.evaluate("field => field.getBoundingClientRect().top >= 0")
    page.route("**/consent/view", lambda route: route.abort())
    page.clock.fast_forward(10_000)
    shows(page, "This page cannot reach Waizant just now")
    expect(field).to_have_value("12")
    expect(field).to_be_focused()
    assert place == field.evaluate("field => field.getBoundingClientRect().top >= 0")
    accessible(page)
    page.unroute("**/consent/view")
    asks_again(page)
    expect(page.locator("#wrong")).to_have_count(0)
    expect(field).to_have_value("12")
    expect(field).to_be_focused()


def test_an_answer_that_comes_late_does_not_bring_back_an_older_screen(asked: Journey, visitor: Come) -> None:  # noqa: F811
    page = seen(watched(visitor(), link(asked)))
    late: list[Route] = []

    def keep(route: Route) -> None:
        if late:
            route.fallback()
        else:
            late.append(route)

    page.route("**/consent/view", keep)
    with page.expect_request("**/consent/view"):
        page.clock.fast_forward(10_000)
    answer = asked.view()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 5)  # nothing but the late answer comes, and it is still waited for
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    with page.expect_response("**/consent/view"):
        late[0].fulfill(json=answer.json, headers={"Access-Control-Allow-Origin": "*"})
    caught_up(page)
    shows(page, WORDS["en"]["yours"])


@pytest.mark.parametrize("entered", [False, True])
def test_nothing_is_asked_while_the_page_is_out_of_sight(asked: Journey, visitor: Come, entered: bool) -> None:  # noqa: F811
    here = visitor()
    page = seen(watched(here, link(asked)))
    if entered:
        enter(page, code(asked))
        shows(page, WORDS["en"]["yours"])
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    here.forget()
    page.clock.run_for(60_000)
    caught_up(page)
    assert here.posted() == []
    if not entered:
        asked._done(asked.allow(), 200)
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
    press(page, "See the details")
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


@pytest.mark.parametrize("what", ["config.json", "consent/view"])
def test_what_never_answers_is_not_waited_for_for_ever(asked: Journey, visitor: Come, what: str) -> None:  # P25  # noqa: F811
    page = watched(visitor(), link(asked))
    page.route(f"**/{what}", lambda _: None)
    with page.expect_request(f"**/{what}"):
        press(page, "See the details")
    page.clock.fast_forward(16_000)
    shows(page, "There is no connection")
    page.unroute(f"**/{what}")
    seen(page)


def test_an_older_phone_consents_and_ends_the_session(asked: Journey, visitor: Come) -> None:  # P30  # noqa: F811
    here = visitor()
    here.context.add_init_script("delete AbortSignal.timeout")  # as on iOS 15
    page = seen(here.open(link(asked)))
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    asked._done(asked.enter_for_customer(), 200)
    asked._done(asked.issue(), 201)
    shows(page, WORDS["en"]["in"])
    press(page, "End the session")
    shows(page, WORDS["en"]["ended"])


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
    page = seen(held(here, link(asked)))
    said = pressed_meanwhile(page, "answer")
    enter(page, code(asked) if right else other(code(asked)))
    shows(page, WORDS["en"]["refused"])
    assert said == ["One moment…", "One moment…"]
    assert decisions(here) == ["view", "allow", "deny"]
    assert asked.read().json["outcome"] == "denied"


def test_a_refusal_pressed_while_the_code_is_lost_is_sent_all_the_same(asked: Journey, visitor: Come) -> None:  # P25  # noqa: F811
    here = visitor()
    page = seen(held(here, link(asked)))
    pressed_meanwhile(page, "answer", Route.abort)
    enter(page, code(asked))
    shows(page, WORDS["en"]["refused"])
    assert decisions(here) == ["view", "allow", "deny"]


def test_a_refusal_pressed_while_the_session_begins_ends_it(asked: Journey, visitor: Come) -> None:  # P30  # noqa: F811
    here = visitor()
    page = seen(held(here, link(asked)))

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
    page = seen(held(here, link(asked)))
    for _ in range(4):
        asked.enter_for_customer(other(code(asked)))
    pressed_meanwhile(page, "answer")
    enter(page, other(code(asked)))
    shows(page, "The request is locked")
    assert decisions(here) == ["view", "allow"]


def test_an_end_pressed_while_the_request_is_fetched_follows_it(stack: Stack, visitor: Come) -> None:  # P30  # noqa: F811
    journey = stack.journey().through_session()
    here = visitor()
    page = held(here, link(journey))
    said = pressed_meanwhile(page, "view")
    press(page, "See the details")
    shows(page, WORDS["en"]["ended"])
    assert said == ["One moment…", "One moment…"]
    assert decisions(here) == ["view", "end"]
    assert journey.read().json["outcome"] == "ended"


def test_a_newer_link_does_not_wait_for_the_older_ones_call(asked: Journey, visitor: Come) -> None:  # noqa: F811
    here = visitor()
    page = seen(held(here, link(asked)))

    def newer(route: Route) -> None:
        asked.age(31)
        asked._done(asked.send_to_customer(), 202)
        page.evaluate("address => { location.href = address }", link(asked))
        press(page, "See the details")
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
    page = seen(held(visitor(), link(asked)))

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
        page = seen(held(visitor(), link(journey)))
        assert journey.enter_for_customer().json["status"] == "consented"
        enter(page, code(journey))
        shows(page, WORDS["en"]["consented"])
        press(page, "Refuse")
        shows(page, WORDS["en"]["refused"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_where_the_agent_alone_enters_the_code_the_page_asks_for_none_and_follows(stack: Stack, visitor: Come, language: str) -> None:  # P30  # noqa: F811
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
