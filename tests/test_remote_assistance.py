"""The customers' page in a real browser, against the stack: access offered, its credentials seen once, and used in the agents' console."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import samples
from support.browser import accessible, fits, picture
from support.consent_page import WORDS as PAGE_WORDS
from support.consent_page import press, shows
from support.desk import Desk
from support.desk import picture as desk_picture
from support.remote_assistance import CREDENTIALS, Come, Home, fields, kept_nowhere, paste, redeem, says, secrets_of
from support.stack import Stack


@pytest.mark.parametrize("language", ["en", "es"])
def test_access_is_offered_and_used_and_revoked(
    stack: Stack, home: Callable[..., Home], redeem_desk: Callable[..., Desk], language: str
) -> None:
    unique = uuid.uuid4().hex[:6]
    bakery = samples.ecosystem(f"eco-{unique}", "Panadería Núñez", "admin", "premium", "rcm")
    customer = stack.new_customer(name="Carla Núñez", locale=language, ecosystems=[bakery])
    here = home(language, customer)
    accessible(here.page)
    here.signed_in()
    expect(here.button("confirm")).to_be_visible()
    expect(here.page.locator("html")).to_have_attribute("lang", language)
    for name in ("messages", "talks"):
        expect(here.page.get_by_label(here.words[name])).not_to_be_checked()
    expect(here.page.get_by_role("option")).to_have_count(7)
    here.page.get_by_label(here.words["duration"]).select_option(here.words["eight"])
    here.page.get_by_label(here.words["talks"]).check()
    accessible(here.page)

    here.press("confirm")
    here.shows("shown")
    if language == "en":
        picture(here.page, "remote-assistance-credentials")
    found = here.shown()
    assert found["url"] == f"{stack.settings.origin('console')}/#/support-grant"
    for words in ("share", "once"):
        here.shows(words)
    expect(here.page.get_by_role("timer")).to_have_text(re.compile(r"^(8:00:00|7:59:\d\d)$"))
    accessible(here.page)
    kept_nowhere(here.page, *secrets_of(found))
    here.press("close")
    here.shows("active")
    here.forgot(*secrets_of(found))
    says(here.page, here.words["hidden"])
    accessible(here.page)

    here.page.reload()
    here.shows("active")
    here.shows("nobody")
    says(here.page, here.words["hidden"])
    expect(here.page.get_by_role("timer")).to_have_text(re.compile(r"^(8:00:00|7:5\d:\d\d)$"))
    here.forgot(*secrets_of(found))

    email = stack.new_agent(name="Ana Rivas").email
    at = redeem_desk(language, email)
    agent = at.kept()["owner"]
    accessible(at.page)
    paste(at, found["block"], into=1)
    for field, value in zip(fields(at), secrets_of(found), strict=True):
        expect(field).to_have_value(value)
    number = stack.inbox.last_number()
    at.press("start")
    at.stands_at("validation")
    assert "#/support-grant/" in at.page.url
    at.shows(at.words["beforehand"])
    says(at.page, at.words["hidden from you"])
    at.shows_nothing_of("Carla")
    at.shows_nothing_of(at.words["consent stage"])
    accessible(at.page)
    kept_nowhere(at.page, *secrets_of(found))
    expect(at.field("own code")).to_be_focused()
    at.enter("own code", stack.inbox.wait(email, after=number).code)
    at.stands_at("beforehand")
    at.shows("Carla Núñez")
    at.page.reload()
    at.stands_at("beforehand")
    accessible(at.page)
    desk_picture(at.page, "support-grant", language)
    at.press("start session")
    at.stands_at("session")
    assert at.environments() == ["Waizant Store", "Waizant Web", "Waizant App", "Waizant RCM"]
    accessible(at.page)
    with at.visitor.context.expect_page() as opened:
        at.page.get_by_role("link", name="Waizant Web").click()
    expect(opened.value.get_by_role("heading", name="Talks")).to_be_visible()
    expect(opened.value.get_by_role("heading", name="Messages")).to_have_count(0)
    opened.value.close()
    at.visitor.kept_quiet(*secrets_of(found))
    kept_nowhere(at.page, *secrets_of(found))
    assert agent == at.kept()["owner"]

    expect(here.page.locator("#content")).to_contain_text("Ana Rivas", timeout=20_000)
    here.confirmed("revoke")
    here.shows("revoked")
    expect(here.button("confirm")).to_be_visible()
    accessible(here.page)
    at.shows(at.words["another"])
    at.page.get_by_role("link", name=at.words["mine"]).first.click()
    at.stands_at("mine")
    at.page.get_by_role("link", name=at.words["details"]).first.click()
    at.shows(at.words["beforehand"])
    assert [line for line in here.visitor.console if "status of 404" not in line] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_regenerated_credentials_kill_the_old_ones(
    stack: Stack, home: Callable[..., Home], redeem_desk: Callable[..., Desk], language: str
) -> None:
    here = home(language).signed_in()
    old = here.offered()
    here.press("close")
    here.press("regenerate")
    expect(here.page.get_by_role("dialog")).to_contain_text(here.words["dead"])
    accessible(here.page)
    here.page.get_by_role("dialog").get_by_role("button", name=here.words["cancel"], exact=True).click()
    expect(here.page.get_by_role("dialog")).to_have_count(0)
    expect(here.button("regenerate")).to_be_focused()
    here.confirmed("regenerate")
    new = here.shown()
    assert not set(secrets_of(old)[:2]) & set(secrets_of(new))
    kept_nowhere(here.page, *secrets_of(new))

    at = redeem_desk(language)
    redeem(at, old)
    at.shows(at.words["refused"])
    accessible(at.page)
    expect(fields(at)[0]).to_have_value(old["user_name"])
    redeem(at, new)
    at.stands_at("validation")


def test_who_has_several_ecosystems_chooses_one(stack: Stack, home: Callable[..., Home]) -> None:
    unique = uuid.uuid4().hex[:6]
    two = [samples.ecosystem(f"{name}-{unique}", name.title(), "admin", "premium") for name in ("north", "south")]
    here = home(customer=stack.new_customer(ecosystems=two)).signed_in()
    here.press("confirm")
    here.shows("Choose an ecosystem.")
    accessible(here.page)
    assert "support-grant" not in here.visitor.posted()
    here.page.get_by_role("radio", name="South").check()
    here.offered()
    here.press("close")
    says(here.page, "Ecosystem South")


def test_who_has_nothing_to_open_is_told(stack: Stack, home: Callable[..., Home]) -> None:
    here = home(customer=stack.new_customer(ecosystems=[])).signed_in()
    here.shows("There is nothing to give access to")
    accessible(here.page)
    expect(here.button("confirm")).to_have_count(0)


def test_a_second_tab_finds_out_that_access_is_active(stack: Stack, home: Callable[..., Home]) -> None:
    customer = stack.new_customer()
    first, second = home(customer=customer).signed_in(), home(customer=customer).signed_in()
    expect(second.button("confirm")).to_be_visible()
    first.offered()
    second.press("confirm")
    second.shows("Access was already active")
    second.shows("active")
    accessible(second.page)
    first.press("close")
    second.confirmed("revoke")
    second.shows("revoked")
    first.confirmed("revoke")
    first.shows("No access is active any more")
    expect(first.button("confirm")).to_be_visible()


def test_the_end_is_seen_without_a_reload(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()
    here.offered()
    token = stack.sign_in("Customer", here.customer.email)["AccessToken"]
    soon = here.page.evaluate("new Date(Date.now() + 9000).toISOString()")
    ending = stack.api.get("/support-grant", token=token).json | {"expires_at": soon}
    with_cors = {"Access-Control-Allow-Origin": "*"}
    here.page.route(
        "**/support-grant",
        lambda route: route.fulfill(json=ending, headers=with_cors) if route.request.method == "GET" else route.fallback(),
    )
    looked = time.monotonic()
    here.press("close")
    here.shows("active")
    expect(here.page.get_by_role("timer")).to_have_text(re.compile(r"^0:0[1-9]$"))
    here.page.unroute("**/support-grant")
    assert stack.api.call("DELETE", "/support-grant", token=token).status == 204
    # Sooner than it would look by itself, which is after 15 seconds.
    expect(here.button("confirm")).to_be_visible(timeout=(looked + 14 - time.monotonic()) * 1000)


def test_signing_out_leaves_nothing(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()
    here.offered()
    here.press("close")
    here.shows("active")
    assert all(key.startswith("customer/") or key == "clock" for key in here.page.evaluate("Object.keys(sessionStorage)"))
    here.page.evaluate("sessionStorage.setItem('sign-in', 'an agent’s')")
    here.page.get_by_role("button", name=f"Account: {here.customer.name}").click()
    here.page.get_by_role("menuitem", name=here.words["sign out"]).click()
    expect(here.button("sign in")).to_be_visible()
    assert set(here.page.evaluate("Object.keys(sessionStorage)")) == {"clock", "sign-in"}, (
        "of the customer's nothing stays, of an agent's all"
    )
    here.page.evaluate("sessionStorage.removeItem('sign-in')")
    here.signed_in()
    here.shows("active")


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_fits_a_narrow_window_and_is_worked_by_the_keyboard(stack: Stack, home: Callable[..., Home], language: str) -> None:
    long = samples.ecosystem(f"eco-{uuid.uuid4().hex[:6]}", "Donaudampfschifffahrtsgesellschaft" * 2, "admin", "premium")
    here = home(language, stack.new_customer(ecosystems=[long]), width=320, height=568)
    keyboard = here.page.keyboard

    def good() -> None:
        fits(here.page)
        accessible(here.page)

    good()
    expect(here.page.get_by_label(here.words["e-mail"])).to_be_focused()
    keyboard.type(here.customer.email)
    keyboard.press("Tab")
    keyboard.type(samples.PASSWORD)
    keyboard.press("Enter")
    expect(here.button("confirm")).to_be_visible()
    good()
    here.page.get_by_label(here.words["duration"]).focus()
    keyboard.press("Tab")
    expect(here.page.get_by_label(here.words["messages"])).to_be_focused()
    keyboard.press("Space")
    expect(here.page.get_by_label(here.words["messages"])).to_be_checked()
    here.button("confirm").focus()
    keyboard.press("Enter")
    here.shows("shown")
    # The button is gone; the focus goes on from the heading of what took its place.
    expect(here.page.locator(".stage h2")).to_be_focused()
    good()
    here.button("close").focus()
    keyboard.press("Enter")
    here.shows("active")
    expect(here.page.locator(".stage h2")).to_be_focused()
    good()
    here.button("revoke").focus()
    keyboard.press("Enter")
    good()
    keyboard.press("Escape")
    expect(here.button("revoke")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_consent_page_ends_a_session_that_nobody_had_to_ask_for(stack: Stack, visitor: Come, language: str) -> None:
    """There is no verification number to show: the link comes with the email about the session."""
    customer, agent = stack.new_customer(locale=language), stack.new_agent(name="Ana Rivas")
    token = stack.sign_in("Customer", customer.email)["AccessToken"]
    terms = {"duration_minutes": 60, "allow_messages": False, "allow_talks": False, "ecosystem": customer.ecosystem}
    made = stack.api.post("/support-grant", terms, token=token).json
    journey = stack.journey(agent, customer)
    journey.id = stack.api.post("/support-grant/redeem", {name: made[name] for name in CREDENTIALS}, token=agent.token).json["id"]
    assert journey.send_to_agent().status == 202
    assert journey.enter_as_agent().json["status"] == "consented"
    seen_so_far = stack.inbox.last_number()
    assert journey.issue().status == 201
    mail = stack.inbox.wait(customer.email, after=seen_so_far)
    assert stack.api.post("/consent/view", {"token": mail.token}).json["match_number"] is None

    here = visitor(f"{language}-{language.upper()}", width=320)
    page = here.open(mail.link)
    accessible(page)
    press(page, PAGE_WORDS[language]["see"])
    shows(page, PAGE_WORDS[language]["in"])
    expect(page.locator("main")).not_to_contain_text("null")
    expect(page.locator("#left")).to_have_text(re.compile(r"^(5:00|4:\d\d)$"))
    accessible(page)
    fits(page)
    page.reload()
    shows(page, PAGE_WORDS[language]["in"])
    press(page, PAGE_WORDS[language]["end"])
    shows(page, PAGE_WORDS[language]["ended"])
    assert journey.read().json["outcome"] == "ended"
    assert here.console == []
