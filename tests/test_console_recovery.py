"""The console in a real browser: an agent recovers a forgotten password."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Route, expect

from support.browser import accessible
from support.consent_page import other
from support.console import Sit, answering, asks_for_code, chooses, on_a_clock
from support.desk import picture
from support.stack import Stack


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_forgotten_password_is_replaced(stack: Stack, desk: Sit, language: str) -> None:
    agent = stack.new_agent()
    at = desk(language)
    at.follow("forgot", "reset")
    accessible(at.page)
    at.page.go_back()
    at.stands_at("sign in")
    code = asks_for_code(at, agent.email)
    expect(at.page.get_by_role("button", name=re.compile(rf"^{at.words['resend']} .*0:[0-3]\d$"))).to_be_disabled()
    at.page.reload()
    rules = at.page.locator("[data-met]")
    met = at.page.locator("[data-met=true]")
    expect(rules).to_have_count(5)
    for typed, count in [("", 0), ("a", 1), ("aB", 2), ("aB3", 3), ("aB3!", 4), ("aB3!aB3!", 5)]:
        at.field("new password").first.fill(typed)
        expect(met).to_have_count(count)
    at.field("new password").first.fill("aB3! aB3!")
    expect(rules).to_have_count(6)
    at.field("new password").first.fill("Another-one-2")
    at.field("again").fill("Another-one-2")
    at.field("reset code").fill(other(code))
    at.press("save new")
    at.shows(at.words["four left"])
    accessible(at.page)
    picture(at.page, "forgot-password", language)
    at.field("reset code").fill(code)
    at.press("save new")
    at.stands_at("changed")
    expect(at.heading("changed")).to_be_focused()
    assert at.page.evaluate("Object.keys(sessionStorage)") == []
    at.follow("sign in", "sign in")
    at.sign_in(agent.email, "Another-one-2")
    at.stands_at("assistance")
    at.visitor.kept_quiet(code, "Another-one-2", *at.secrets())


def test_p23_recovery_shows_the_same_for_nobodys_address(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.follow("forgot", "reset")
    at.field("e-mail").fill(f"nobody-{uuid.uuid4().hex[:8]}@agents.example.com")
    at.press("send code")
    at.shows("belongs to an agent, a code is on its way")
    expect(at.field("reset code")).to_be_visible()


def test_a_forgotten_password_is_no_way_to_lose_ones_place(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_start()
    at = desk()
    at.page.evaluate("to => { location.hash = to }", f"#/technical-assistance/{journey.id}")
    code = asks_for_code(at, journey.agent.email)
    at.follow("back to sign-in", "sign in")
    at.follow("forgot", "reset")
    at.page.reload()
    chooses(at, code, "Another-one-2")
    at.stands_at("changed")
    at.follow("sign in", "sign in")
    at.sign_in(journey.agent.email, "Another-one-2")
    at.stands_at("validation")


def test_a_resend_that_has_to_wait_keeps_nobody_from_saving(stack: Stack, desk: Sit) -> None:
    agent = stack.new_agent()
    at = on_a_clock(desk())
    code = asks_for_code(at, agent.email)
    at.page.clock.fast_forward("00:31")
    at.page.route("**/recovery", answering(429, "too-many-requests", **{"Retry-After": "600"}))
    at.button("resend").press("Enter")
    expect(at.page.get_by_role("alert").filter(has_text="The last code that reached you is valid for an hour.")).to_be_focused()
    chooses(at, code, "Another-one-2")
    at.stands_at("changed")


def test_recovery_speaks_of_itself(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.follow("forgot", "reset")
    at.field("e-mail").fill(f"nobody-{uuid.uuid4().hex[:8]}@agents.example.com")
    for answer, words in [
        (lambda route: route.abort("connectionreset"), "Check your network, then request the code again."),
        (answering(503, "unavailable"), "Request it again in a moment."),
        (answering(429, "too-many-requests", **{"Retry-After": "600"}), "The number of codes per hour is limited."),
    ]:
        at.page.route("**/recovery", answer)
        at.press("send code")
        expect(at.page.get_by_role("alert")).to_contain_text(words)
        at.page.unroute_all()
    expect(at.page.get_by_role("alert")).to_be_focused()


def test_a_new_password_whose_answer_is_lost_is_tried_first(stack: Stack, desk: Sit) -> None:
    agent = stack.new_agent()
    at = desk()
    code = asks_for_code(at, agent.email)

    def lose(route: Route) -> None:
        assert stack.api.post("/recovery/confirm", route.request.post_data_json).status == 204
        route.abort("connectionreset")

    at.page.route("**/recovery/confirm", lose)
    chooses(at, code, "Another-one-2")
    expect(at.page.get_by_role("alert")).to_contain_text("first try to sign in with the new one")
    accessible(at.page)
    at.follow("back to sign-in", "sign in")
    at.sign_in(agent.email, "Another-one-2")
    at.stands_at("assistance")


def test_the_last_wrong_reset_code_says_for_how_long_it_was_the_last(stack: Stack, desk: Sit) -> None:
    agent = stack.new_agent()
    at = desk()
    code = asks_for_code(at, agent.email)
    for left in (
        "4 attempts are left",
        "3 attempts are left",
        "2 attempts are left",
        "1 attempt is left",
        "For 15 minutes no code is accepted",
    ):
        chooses(at, other(code), "Another-one-2")
        at.shows(left)
    at.press("save new")
    expect(at.page.get_by_role("alert")).to_contain_text("For a while no code is accepted for this email address.")
    expect(at.button("save new")).to_be_disabled()
