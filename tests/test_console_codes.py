"""The console in a real browser: codes that are wrong, sent again or expired."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

import samples
from support.browser import accessible
from support.consent_page import other
from support.console import CODE, WALKS, Sit, answering, signed_in
from support.stack import Stack


@pytest.mark.parametrize(("stage", "button"), [("validation", "send own"), ("consent", "resend")])
def test_a_button_that_has_to_wait_hands_the_keyboard_to_what_says_why(stack: Stack, desk: Sit, stage: str, button: str) -> None:
    journey = WALKS[stage](stack.journey())
    journey.age(31)
    at = signed_in(desk(), journey)
    at.stands_at(stage)
    expect(at.button(button)).to_be_enabled()
    at.page.route("**/mfa", answering(429, "too-many-requests", **{"Retry-After": "600"}))
    at.button(button).press("Enter")
    expect(at.button(button)).to_be_disabled()
    expect(at.page.get_by_role("alert").filter(has_text="You can try again in 9:5")).to_be_focused()
    accessible(at.page)


def test_a_refused_code_leaves_the_keyboard_in_its_field(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    assert journey.customer_mail is not None
    at = signed_in(desk(), journey)
    at.field("code").fill(other(journey.customer_mail.code))
    at.button("verify").press("Enter")
    at.shows(at.words["four left"])
    expect(at.field("code")).to_be_focused()


def test_a_refusal_says_what_is_left_even_if_nothing_can_be_read_after_it(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_start()
    journey.send_to_agent()
    assert journey.agent_mail is not None
    at = signed_in(desk(), journey)
    at.stands_at("validation")
    at.page.route(f"**{journey.path}*", answering(503, "unavailable"))
    at.enter("own code", other(journey.agent_mail.code))
    at.shows(at.words["four left"])
    at.shows_nothing_of("5 attempts")
    at.shows(at.words["four"])


def test_the_keyboard_goes_along_to_the_qr_code_and_back(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    at.page.get_by_role("link", name="Waizant App").press("Enter")
    expect(at.page.get_by_role("heading", name="Waizant App")).to_be_focused()
    at.page.get_by_role("link", name=at.words["back"]).press("Enter")
    expect(at.heading("session")).to_be_focused()


def test_a_code_is_sent_again_after_its_cool_down(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    assert journey.customer_mail is not None
    at = signed_in(desk(), journey)
    first = at.page.locator(".verification-number").inner_text()
    expect(at.page.get_by_role("button", name=re.compile(r"^Resend in 0:\d\d$"))).to_be_disabled()
    journey.age(31)
    number = stack.inbox.last_number()
    at.press("resend")
    expect(at.page.get_by_role("button", name=re.compile(r"^Resend in 0:[23]\d$"))).to_be_disabled()
    mail = stack.inbox.wait(journey.customer.email, after=number)
    expect(at.page.locator(".verification-number")).to_have_text(journey.read().json["consent"]["match_number"])
    assert re.fullmatch(r"\d\d", first)
    at.enter("code", journey.customer_mail.code)
    at.shows("4 attempts are left")
    at.enter("code", mail.code)
    at.shows(at.words["agent entered"])


def test_another_ecosystem_can_be_asked_for_instead(stack: Stack, desk: Sit) -> None:
    unique = uuid.uuid4().hex[:6]
    two = [samples.ecosystem(f"{name}-{unique}", name.title(), "member", "plus") for name in ("north", "south")]
    journey = stack.journey(customer=stack.new_customer(ecosystems=two)).through_asking()
    journey.age(31)
    at = signed_in(desk(), journey)
    at.page.get_by_role("button", name="Ask for another ecosystem").click()
    expect(at.page.get_by_role("radio", name="North")).to_be_checked()
    at.page.get_by_role("radio", name="South").check()
    at.press("send")
    at.stands_at("consent")
    at.shows("South.")
    assert journey.read().json["ecosystem"] == f"south-{unique}"


def test_the_keyboard_goes_along_to_another_ecosystem_and_back(stack: Stack, desk: Sit) -> None:
    two = [samples.ecosystem(f"{name}-{uuid.uuid4().hex[:6]}", name.title(), "member", "plus") for name in ("north", "south")]
    journey = stack.journey(customer=stack.new_customer(ecosystems=two)).through_asking()
    assert journey.customer_mail is not None
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    at.field("code").fill(journey.customer_mail.code)
    at.button("verify").press("Enter")
    at.shows(at.words["agent entered"])
    expect(at.heading("consent")).to_be_focused()
    at.page.get_by_role("button", name="Ask for another ecosystem").press("Enter")
    expect(at.heading("choose")).to_be_focused()
    accessible(at.page)
    at.page.get_by_role("button", name="Keep this one").press("Enter")
    expect(at.heading("consent")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_entry_is_good_for_as_long_as_its_code(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey().through_asking()
    assert journey.customer_mail is not None
    at = signed_in(desk(language), journey)
    at.stands_at("consent")
    at.enter("code", journey.customer_mail.code)
    at.shows(at.words["agent entered"])
    at.shows(at.words["entry in"])
    expect(at.page.locator(".stage").get_by_role("timer").first).to_have_text(CODE)
    assert journey.allow(other(journey.customer_mail.code)).status == 422
    at.shows(at.words["four"])
    journey.age(301)
    at.shows(at.words["code expired"])
    at.shows_nothing_of(at.words["entry in"])
    expect(at.button("resend")).to_be_enabled()
    accessible(at.page)
    at.press("resend")
    expect(at.field("code")).to_be_focused()
    at.shows(at.words["agent waits"])


def test_an_expired_code_says_so(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    journey.age(301)
    at.shows("The code has expired")
    expect(at.button("resend")).to_be_enabled()
