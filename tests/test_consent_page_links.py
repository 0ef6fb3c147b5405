"""The consent page in a real browser: older and newer links, reloads, and ends that come from elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from support.browser import accessible, fits, picture
from support.consent_page import WORDS, Come, asks_again, code, enter, headed, held, link, press, seen, shows, tell_again, told, watched
from support.journey import Journey
from support.stack import Stack


def test_the_link_of_an_older_mail_says_that_it_is_over(asked: Journey, visitor: Come) -> None:  # P34
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


def test_a_newer_link_pasted_into_the_open_page_takes_its_place(asked: Journey, visitor: Come) -> None:
    page = seen(visitor().open(link(asked)))
    asked.age(31)
    asked._done(asked.send_to_customer(), 202)
    page.evaluate("address => { location.href = address }", link(asked))
    expect(page.get_by_role("button", name="See the details")).to_be_visible()
    enter(seen(page), code(asked))
    shows(page, WORDS["en"]["yours"])


@pytest.mark.parametrize(
    "address", ["", "#token=", "#token=nothing", "#token=q3Zk0mB7sYw1rT9uXn5vLQ.J0c2tE8yQmWv4bN6xRzA1sKdFhG3pLuYiOoPqTeXw5c"]
)
def test_links_that_lead_nowhere_say_so(stack: Stack, visitor: Come, address: str) -> None:
    page = visitor().open(stack.facts["parameters"]["ConsentPageUrl"] + address)
    if address.startswith("#token=") and address != "#token=":
        press(page, "See the details")
        shows(page, WORDS["en"]["over"])
    else:
        shows(page, "Open the link in your email")
    accessible(page)


def test_a_reload_loses_nothing_in_any_step(asked: Journey, visitor: Come) -> None:
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
    shows(page, "Open the link in your email")


def test_a_session_that_the_agent_ends_is_over_on_the_page(asked: Journey, visitor: Come) -> None:
    page = seen(visitor().open(link(asked)))
    enter(page, code(asked))
    shows(page, WORDS["en"]["yours"])
    asked._done(asked.enter_for_customer(), 200)
    asked._done(asked.issue(), 201)
    shows(page, WORDS["en"]["in"])
    assert asked.cancel().status == 200
    shows(page, WORDS["en"]["finished"])
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_session_whose_time_is_over_is_over_on_the_page(stack: Stack, visitor: Come) -> None:
    journey = stack.journey().through_session()
    page = watched(visitor(), link(journey))
    press(page, "See the details")
    shows(page, WORDS["en"]["in"])
    page.evaluate(
        """() => {
            window.headings = [];
            new MutationObserver(() => headings.push(document.querySelector("h1").textContent)).observe(document.getElementById("main"), {
                childList: true,
            });
        }"""
    )
    # The page learns that less than a minute is left, which then really passes: each answer says what time it is.
    journey.age(250)
    with page.expect_response(lambda answer: answer.url.endswith("/consent/view") and answer.status == 200):
        page.clock.fast_forward(25_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS["en"]["finished"], timeout=120_000)
    assert set(page.evaluate("headings")) <= {page.locator("h1").inner_text(), f"{journey.agent.name} is in your account"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_link_that_a_newer_mail_replaced_does_not_call_the_session_over(stack: Stack, visitor: Come, language: str) -> None:  # P30
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


def test_an_end_that_a_newer_mail_forestalls_says_where_to_end_it(stack: Stack, visitor: Come) -> None:  # P30
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
    shows(fresh, "want to end a session, open the link in your latest email")


def test_the_link_of_the_request_stays_good_when_the_session_is_told_of_again(asked: Journey, visitor: Come) -> None:  # P30
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
def test_a_request_that_is_cancelled_is_over_on_the_page(asked: Journey, visitor: Come, entered: bool) -> None:
    page = seen(visitor().open(link(asked)))
    if entered:
        enter(page, code(asked))
        shows(page, WORDS["en"]["yours"])
    asked.cancel()
    shows(page, WORDS["en"]["over"])


def test_a_request_that_a_newer_mail_replaced_is_over_on_the_page(asked: Journey, visitor: Come) -> None:
    page = seen(visitor().open(link(asked)))
    asked.age(31)
    asked._done(asked.send_to_customer(), 202)
    shows(page, WORDS["en"]["over"])
