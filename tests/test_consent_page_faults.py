"""The consent page in a real browser: calls that fail, come late, are lost or are overtaken by a press."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from support.browser import Visitor, accessible
from support.consent_page import WORDS, Come, asks_again, caught_up, code, enter, held, link, other, press, seen, shows, watched
from support.journey import Journey
from support.stack import Stack


def test_what_somebody_types_survives_that_the_page_asks_how_things_stand(asked: Journey, visitor: Come) -> None:
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


def test_a_page_that_cannot_ask_says_so_and_lets_go_on_typing(asked: Journey, visitor: Come) -> None:  # P25
    page = seen(watched(visitor(), link(asked)))
    field = page.locator("#code")
    field.press_sequentially("12")
    place = field.evaluate("field => field.getBoundingClientRect().top >= 0")
    page.route("**/consent/view", lambda route: route.abort())
    page.clock.fast_forward(10_000)
    shows(page, "This page cannot reach Waizant at the moment")
    expect(field).to_have_value("12")
    expect(field).to_be_focused()
    assert place == field.evaluate("field => field.getBoundingClientRect().top >= 0")
    accessible(page)
    page.unroute("**/consent/view")
    asks_again(page)
    expect(page.locator("#wrong")).to_have_count(0)
    expect(field).to_have_value("12")
    expect(field).to_be_focused()


def test_an_answer_that_comes_late_does_not_bring_back_an_older_screen(asked: Journey, visitor: Come) -> None:
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
def test_nothing_is_asked_while_the_page_is_out_of_sight(asked: Journey, visitor: Come, entered: bool) -> None:
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
        ({"status": 429, "json": {"message": "Too Many Requests"}}, "The service is busy"),
        ({"status": 503, "json": {"type": "/problems/unavailable", "status": 503}}, "Something went wrong on our side"),
        ({"status": 500, "body": "<html>"}, "Something went wrong on our side"),
        (None, "There is no connection"),
    ],
)
def test_what_fails_says_what_to_do_and_can_be_repeated(asked: Journey, visitor: Come, answer: dict | None, words: str) -> None:  # P25
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
    shows(page, "The session may still be open")
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
def test_what_never_answers_is_not_waited_for_for_ever(asked: Journey, visitor: Come, what: str) -> None:  # P25
    page = watched(visitor(), link(asked))
    page.route(f"**/{what}", lambda _: None)
    with page.expect_request(f"**/{what}"):
        press(page, "See the details")
    page.clock.fast_forward(16_000)
    shows(page, "There is no connection")
    page.unroute(f"**/{what}")
    seen(page)


def test_an_older_phone_consents_and_ends_the_session(asked: Journey, visitor: Come) -> None:  # P30
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
def test_a_refusal_pressed_while_the_code_is_on_its_way_follows_it(asked: Journey, visitor: Come, right: bool) -> None:  # P30
    here = visitor()
    page = seen(held(here, link(asked)))
    said = pressed_meanwhile(page, "answer")
    enter(page, code(asked) if right else other(code(asked)))
    shows(page, WORDS["en"]["refused"])
    assert said == ["One moment…", "One moment…"]
    assert decisions(here) == ["view", "allow", "deny"]
    assert asked.read().json["outcome"] == "denied"


def test_a_refusal_pressed_while_the_code_is_lost_is_sent_all_the_same(asked: Journey, visitor: Come) -> None:  # P25
    here = visitor()
    page = seen(held(here, link(asked)))
    pressed_meanwhile(page, "answer", Route.abort)
    enter(page, code(asked))
    shows(page, WORDS["en"]["refused"])
    assert decisions(here) == ["view", "allow", "deny"]


def test_a_refusal_pressed_while_the_session_begins_ends_it(asked: Journey, visitor: Come) -> None:  # P30
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


def test_a_refusal_pressed_while_the_last_attempt_locks_is_not_sent(asked: Journey, visitor: Come) -> None:
    here = visitor()
    page = seen(held(here, link(asked)))
    for _ in range(4):
        asked.enter_for_customer(other(code(asked)))
    pressed_meanwhile(page, "answer")
    enter(page, other(code(asked)))
    shows(page, "The request is locked")
    assert decisions(here) == ["view", "allow"]


def test_an_end_pressed_while_the_request_is_fetched_follows_it(stack: Stack, visitor: Come) -> None:  # P30
    journey = stack.journey().through_session()
    here = visitor()
    page = held(here, link(journey))
    said = pressed_meanwhile(page, "view")
    press(page, "See the details")
    shows(page, WORDS["en"]["ended"])
    assert said == ["One moment…", "One moment…"]
    assert decisions(here) == ["view", "end"]
    assert journey.read().json["outcome"] == "ended"


def test_a_newer_link_does_not_wait_for_the_older_ones_call(asked: Journey, visitor: Come) -> None:
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


def test_an_answer_lost_on_the_way_is_not_lost(asked: Journey, visitor: Come) -> None:
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
