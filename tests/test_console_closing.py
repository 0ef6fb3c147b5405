"""The console in a real browser: how a verification is cancelled and how its end is shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support.browser import accessible
from support.consent_page import other
from support.console import WALKS, Sit, answering, on_a_clock, signed_in
from support.desk import picture
from support.stack import Stack


@pytest.mark.parametrize("language", ["en", "es"])
def test_p29_cancel_wants_a_reason(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(language), journey)
    at.press("cancel")
    expect(at.field("reason")).to_be_focused()
    for nothing in ("", "  \n "):
        at.field("reason").fill(nothing)
        at.press("ok")
        expect(at.page.get_by_role("dialog")).to_contain_text(at.words["needed"])
    at.field("reason").fill("x" * 501)
    at.press("ok")
    accessible(at.page)
    assert not [path for path in at.visitor.posted() if path.endswith("/cancel")], "sent without a good reason"
    at.field("reason").fill(" Cliente equivocado: pidió <RCM>\nLlamará otra vez & esperará ")
    picture(at.page, "cancel", language)
    at.press("ok")
    at.stands_at("cancelled")
    expect(at.page.locator(".reason")).to_have_text("Cliente equivocado: pidió <RCM>\nLlamará otra vez & esperará")
    assert journey.read().json["reason"] == "Cliente equivocado: pidió <RCM>\nLlamará otra vez & esperará"
    picture(at.page, "cancelled", language)
    at.page.get_by_role("link", name=at.words["another"]).click()
    expect(at.field("user email")).to_be_focused()


@pytest.mark.parametrize("stage", WALKS)
def test_every_screen_can_be_cancelled(stack: Stack, desk: Sit, stage: str) -> None:
    journey = WALKS[stage](stack.journey())
    at = signed_in(desk(), journey)
    at.stands_at(stage)
    at.cancel("The customer hung up")
    at.stands_at("cancelled")
    assert journey.read().json["outcome"] == "cancelled"


def test_the_dialog_is_left_by_the_keyboard_and_gives_the_focus_back(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    at.press("cancel")
    at.page.keyboard.press("Escape")
    expect(at.page.get_by_role("dialog")).to_have_count(0)
    expect(at.button("cancel")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_refusal_is_seen_without_a_reload(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(language), journey)
    at.stands_at("consent")
    assert journey.deny().status == 200
    at.stands_at("denied")
    accessible(at.page)
    picture(at.page, "denied", language)


@pytest.mark.parametrize("stage", [stage for stage in WALKS if stage != "session"])
def test_p5_an_idle_verification_is_seen_to_expire(stack: Stack, desk: Sit, stage: str) -> None:
    journey = WALKS[stage](stack.journey())
    journey.age(895)
    at = signed_in(desk(), journey)
    at.stands_at("expired")


def test_the_end_of_the_five_minutes_is_seen_without_a_reload(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    journey.age(240)
    expect(at.page.locator(".stage").get_by_role("timer")).to_have_text(re.compile(r"^0:[45]\d$"))
    journey.age(60)
    at.stands_at("completed")
    assert [key for key in at.kept() if key.startswith("handoffs/")] == []


def test_the_end_of_the_five_minutes_needs_no_server(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(on_a_clock(desk()), journey)
    at.press("start session")
    at.stands_at("session")
    at.page.route(f"**{journey.path}*", answering(503, "unavailable"))
    at.page.clock.fast_forward("05:00")
    at.stands_at("completed")
    at.shows("as soon as the server answers")
    expect(at.heading("completed")).to_be_focused()
    expect(at.page.locator("#content").get_by_role("link", name=re.compile("^Waizant "))).to_have_count(0)
    expect(at.button("cancel")).to_have_count(0)
    assert [key for key in at.kept() if key.startswith("handoffs/")] == []
    accessible(at.page)
    assert journey.cancel("In another tab").status == 200
    at.page.unroute_all()
    at.stands_at("cancelled")


def test_what_was_opened_stays_said(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    opened = at.page.get_by_role("status").filter(has_text="Opened")
    with at.visitor.context.expect_page() as web:
        at.page.get_by_role("link", name="Waizant Web").click()
    expect(web.value.locator("#banner")).to_contain_text(journey.customer.name)
    expect(opened).to_have_count(1)
    at.page.get_by_role("link", name="Waizant App").click()
    expect(opened).to_have_count(0)
    assert journey.redeem("app", at.handoffs()["app"].partition("#handoff=")[2]).status == 200
    expect(opened).to_have_text("Opened. The code cannot be used again.")
    accessible(at.page)
    at.page.get_by_role("link", name=at.words["back"]).click()
    expect(opened).to_have_count(2)
    at.page.reload()
    expect(opened).to_have_count(2)


def test_the_last_wrong_code_locks(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    assert journey.customer_mail is not None
    at = signed_in(desk(), journey)
    at.enter("code", "12345")
    at.shows("exactly six digits")
    for left in ("4 attempts are left", "3 attempts are left", "2 attempts are left", "1 attempt is left"):
        at.enter("code", other(journey.customer_mail.code))
        at.shows(left)
    at.enter("code", other(journey.customer_mail.code))
    at.stands_at("locked")
    accessible(at.page)
