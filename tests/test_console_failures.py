"""The console in a real browser: what it shows when a call fails, is lost or is overtaken."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Route, expect

from support.browser import accessible
from support.console import Sit, answering, cut_off, drawn, holding, on_a_clock, reads, signed_in
from support.desk import picture
from support.stack import Stack
from support.sweep import let_pass, sweep
from support.windows import QUARTER, stay_within


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": "suspended"}, "The account is suspended"),
        ({"sign_in": "unconfirmed"}, "the email address was never confirmed"),
        ({"sign_in": "disabled"}, "the account is disabled"),
        ({"sign_in": "must-change-password"}, "the first password must be changed"),
        ({"sign_in": "missing"}, "there is no sign-in account"),
    ],
)
def test_a_customer_who_cannot_be_helped_by_a_session_is_looked_at_this_far(
    stack: Stack, desk: Sit, state: dict[str, str], words: str
) -> None:
    customer = stack.new_customer(**state)  # type: ignore[arg-type]
    at = signed_in(desk(), stack.journey(customer=customer).through_internal_validation())
    at.shows(words)
    at.shows("A session cannot be opened for this customer")
    expect(at.button("send")).to_have_count(0)
    accessible(at.page)
    if "status" not in state:
        picture(at.page, f"cannot-sign-in-{state['sign_in']}")


def test_what_cannot_be_looked_up_says_why(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = signed_in(desk(), journey)
    for email, words in [
        ("nobody", "Enter an email address"),
        (f"nobody-{uuid.uuid4().hex[:8]}@customers.example.com", "No customer has this email address"),
        (journey.agent.email, "You cannot support this customer"),
    ]:
        at.field("user email").fill(email)
        at.press("start")
        at.shows(words)
        accessible(at.page)
    at.field("ticket").fill("ñ")
    at.press("start")
    at.shows("without spaces or accents")
    picture(at.page, "refused-look-up")


def test_a_limit_counts_down_until_it_makes_sense_to_try_again(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    stay_within(QUARTER)
    with stack.configured(LOOKUPS_PER_AGENT="1"):
        at = signed_in(desk(), journey)
        for words in ("No customer has this email address", "Too many requests"):
            at.field("user email").fill("nobody@customers.example.com")
            at.press("start")
            at.shows(words)
        at.shows(re.compile(r"You can try again in 1?\d:\d\d"))
        expect(at.button("start")).to_be_disabled()
        picture(at.page, "limit")


def test_without_a_network_nothing_is_lost(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_internal_validation()
    at = signed_in(desk(), journey)
    at.stands_at("choose")
    with cut_off(at.visitor.context):
        expect(at.page.get_by_role("alert").filter(has_text="You are offline.")).to_be_visible()
        at.press("send")
        at.shows("No connection")
    expect(at.page.get_by_text("You are offline.")).to_have_count(0)
    at.press("send")
    at.stands_at("consent")


def test_a_lost_answer_shows_how_far_it_went(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)

    def lose(route: Route) -> None:
        assert journey.issue().status == 201
        route.abort("connectionreset")

    at.page.route("**/session", lose)
    at.press("start session")
    at.shows("If the answer never arrived there, cancel the process and start another verification")
    expect(at.page.get_by_role("alert")).to_have_count(0)
    at.cancel("The answer was lost")
    at.stands_at("cancelled")


def test_a_lost_look_up_is_looked_for_before_it_is_repeated(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = signed_in(desk(), journey)

    def lose(route: Route) -> None:
        assert journey.start().status == 201
        route.abort("connectionreset")

    at.page.route("**/verifications", lose)
    at.field("user email").fill(journey.customer.email)
    at.press("start")
    expect(at.page.get_by_role("alert")).to_contain_text("Look in My verifications before you try again")


def test_a_page_that_may_be_out_of_date_says_so_aloud(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    at.page.route(f"**{journey.path}*", answering(503, "unavailable"))
    stale = at.page.get_by_role("status").filter(has_text="This page may be out of date")
    expect(stale).to_be_visible()
    accessible(at.page)
    at.page.unroute_all()
    expect(stale).to_have_count(0)


def test_what_is_closed_is_not_out_of_date(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    at.page.route(f"**{journey.path}*", answering(503, "unavailable"))
    at.shows("This page may be out of date")
    at.cancel("The customer hung up")
    at.stands_at("cancelled")
    at.shows_nothing_of("This page may be out of date")


def test_a_record_that_is_behind_is_followed_to_its_end(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_session()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("session")
    let_pass(journey, 300)
    at.stands_at("completed")
    drawn(at.page)
    sweep(stack)
    at.page.clock.fast_forward("00:15")
    record = at.page.get_by_role("table", name=at.words["record"])
    expect(record).to_contain_text("Session over")
    expect(record).to_contain_text("end of the verification")
    drawn(at.page)
    at.visitor.forget()
    at.page.clock.fast_forward("10:00")
    drawn(at.page)
    assert reads(at, journey) == 0, "there is nothing more to come"


def test_a_record_that_stays_behind_is_not_followed_for_ever(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_session()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("session")
    untold = journey.cancel().json
    at.page.route(f"**{journey.path}*", lambda route: route.fulfill(json=untold, headers={"Access-Control-Allow-Origin": "*"}))
    at.stands_at("cancelled")
    drawn(at.page)
    at.visitor.forget()
    for _ in range(12):
        with at.page.expect_response(f"**{journey.path}*"):
            at.page.clock.fast_forward("00:15")
        drawn(at.page)
    at.page.clock.fast_forward("10:00")
    drawn(at.page)
    assert reads(at, journey) == 12


def test_what_is_not_there_is_not_asked_for_again(stack: Stack, desk: Sit) -> None:
    theirs = stack.journey().through_start()
    at = signed_in(on_a_clock(desk()), stack.journey())
    at.page.evaluate("id => { location.hash = `#/technical-assistance/${id}` }", theirs.id)
    at.shows("This verification doesn’t exist")
    at.visitor.forget()
    at.page.clock.fast_forward("01:00")
    drawn(at.page)
    assert reads(at, theirs) == 0


def test_a_look_comes_no_sooner_than_the_server_will_have_it(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("consent")
    at.page.route(f"**{journey.path}*", answering(429, "too-many-requests", **{"Retry-After": "120"}))
    at.shows("This page may be out of date")
    at.page.unroute_all()
    at.visitor.forget()
    at.page.clock.fast_forward("01:30")
    drawn(at.page)
    assert reads(at, journey) == 0
    at.page.clock.fast_forward("00:30")
    at.shows_nothing_of("This page may be out of date")


def test_an_act_that_was_overtaken_by_the_close_is_no_failure(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    held = holding(at, "**/code")
    with at.page.expect_request("**/code"):
        at.enter("code", "123456")
    assert journey.cancel("In another tab").status == 200
    at.stands_at("cancelled")
    (late,) = held
    with at.page.expect_response(f"**{journey.path}*") as read:
        late.continue_()
    read.value.finished()
    drawn(at.page)
    expect(at.page.get_by_role("alert")).to_have_count(0)


def test_a_cancel_that_fails_says_why_in_its_dialog(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    at.page.route("**/cancel", answering(503, "unavailable"))
    at.cancel("The customer hung up")
    expect(at.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("request-1")
    at.page.unroute_all()
    at.page.route("**/cancel", answering(429, "too-many-requests", **{"Retry-After": "600"}))
    at.press("ok")
    expect(at.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("You can try again in 9:5")
    accessible(at.page)


def test_a_verification_that_has_moved_on_is_shown_where_it_stands(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_internal_validation()
    at = signed_in(desk(), journey)
    at.stands_at("choose")
    assert journey.cancel("In another tab").status == 200
    at.press("send")
    at.stands_at("cancelled")
    expect(at.page.get_by_role("alert")).to_have_count(0)
