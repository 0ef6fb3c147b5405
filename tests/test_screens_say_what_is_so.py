"""No screen says what is not so: codes that expired, clocks that are set, links that were opened, grants that were revoked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support.browser import accessible
from support.consent_page import WORDS as PAGE_WORDS
from support.consent_page import Come, code, enter, headed, link, press, seen, shows, watched
from support.console import Sit, on_a_clock, signed_in
from support.journey import Journey
from support.remote_assistance import CREDENTIALS
from support.stack import Stack

EXPIRED = {"en": "The code has expired", "es": "El código venció"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_code_that_expires_while_one_side_waits_is_expired_on_both(stack: Stack, desk: Sit, visitor: Come, language: str) -> None:  # P47
    journey = stack.journey(customer=stack.new_customer(locale=language)).through_asking()
    page = seen(watched(visitor(f"{language}-{language.upper()}"), link(journey)), language)
    at = signed_in(desk(language), journey)
    enter(page, code(journey), language)
    shows(page, PAGE_WORDS[language]["yours"])
    at.shows(at.words["customer entered"])
    # What a screen reader is told, one after the other: a call that the jump of the clock breaks off is told, too.
    page.evaluate(
        """() => {
            window.told = [];
            new MutationObserver((changes) => {
                for (const change of changes) for (const node of change.addedNodes) told.push(node.textContent);
            }).observe(document.getElementById("said"), { childList: true });
        }"""
    )
    journey.age(301)
    page.clock.fast_forward(301_000)
    headed(page, EXPIRED[language])
    page.wait_for_function("words => told.some((each) => each.includes(words))", arg=EXPIRED[language])
    expect(page.locator("main")).not_to_contain_text(PAGE_WORDS[language]["yours"])
    accessible(page)
    at.shows(at.words["code expired"])
    expect(at.page.get_by_role("status").filter(has_text=at.words["code expired"])).to_have_count(1)
    expect(at.field("code")).to_have_count(0)
    at.shows_nothing_of(at.words["customer entered"])
    expect(at.button("resend")).to_be_enabled()
    accessible(at.page)
    number = at.page.locator(".verification-number").inner_text()
    at.press("resend")
    expect(at.field("code")).to_be_focused()
    now = journey.read().json["consent"]["match_number"]
    told = at.page.get_by_role("status").filter(has_text=now)
    expect(told).to_contain_text(number)
    accessible(at.page)
    page.clock.fast_forward(6000)
    headed(page, {"en": "This link is no longer valid", "es": "Este enlace ya no es válido"}[language])


def test_an_expired_code_costs_no_attempt(asked: Journey, desk: Sit) -> None:  # P47
    at = signed_in(desk(), asked)
    at.field("code").fill("12345")
    asked.age(301)
    at.shows(at.words["code expired"])
    expect(at.button("resend")).to_be_focused()
    expect(at.field("code")).to_have_count(0)
    assert asked.read().json["code"]["attempts_left"] == 5


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_meanwhile_moves_no_countdown(stack: Stack, desk: Sit, visitor: Come, hours: int) -> None:  # P47
    journey = stack.journey().through_consent()
    at = signed_in(on_a_clock(desk()), journey)
    page = watched(visitor(), link(journey))
    press(page, PAGE_WORDS["en"]["see"])
    at.press("start session")
    at.stands_at("session")
    shows(page, PAGE_WORDS["en"]["in"])
    for each in (at.page, page):
        each.evaluate(
            """hours => {
                const now = Date.now.bind(Date);
                Date.now = () => now() + hours * 3_600_000;
            }""",
            hours,
        )
        each.clock.fast_forward(3000)
    timer = re.compile(r"^(5:00|4:\d\d)$")
    expect(page.locator("#left")).to_have_text(timer)
    expect(at.page.locator(".stage").get_by_role("timer")).to_have_text(timer)


def test_an_environment_that_was_opened_has_no_link_any_more(stack: Stack, desk: Sit, visitor: Come) -> None:  # P47
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    web = at.page.get_by_role("link", name="Waizant Web")
    with at.visitor.context.expect_page() as opened:
        web.click()
    expect(web).to_have_count(0)
    expect(opened.value.locator("#banner")).to_contain_text(journey.customer.name)
    expect(at.page.get_by_role("status").filter(has_text=re.compile("^.?Opened$"))).to_have_count(1)
    expect(at.page.get_by_role("link", name="Waizant Store")).to_be_visible()
    scanned = visitor().open(at.handoffs()["app"]) if "app" in at.handoffs() else None
    assert scanned is not None
    scanned.get_by_role("button", name="Open it here").click()
    at.page.get_by_role("link", name="Waizant App").click()
    at.shows("The code cannot be used again.")
    expect(at.page.locator("img.qr")).to_have_count(0)
    accessible(at.page)


def test_a_link_that_was_not_opened_is_offered_again(stack: Stack, desk: Sit) -> None:  # P47
    journey = stack.journey().through_consent()
    at = signed_in(on_a_clock(desk()), journey)
    at.press("start session")
    at.stands_at("session")
    at.visitor.context.route(re.compile(r"/support$"), lambda route: route.abort())
    with at.visitor.context.expect_page():
        at.page.get_by_role("link", name="Waizant Web").click()
    expect(at.page.get_by_role("link", name="Waizant Web")).to_have_count(0)
    at.page.clock.fast_forward(16_000)
    expect(at.page.get_by_role("link", name="Waizant Web")).to_be_visible()
    at.shows("It has not been opened yet.")
    at.shows_nothing_of("Opened")


def test_a_grant_that_was_revoked_is_not_called_good(stack: Stack, desk: Sit) -> None:  # P47
    customer, agent = stack.new_customer(), stack.new_agent()
    token = stack.sign_in("Customer", customer.email)["AccessToken"]
    terms = {"duration_minutes": 60, "allow_messages": False, "allow_talks": False, "ecosystem": customer.ecosystem}
    made = stack.api.post("/support-grant", terms, token=token).json
    journey = stack.journey(agent, customer, module="support-grant")
    journey.id = stack.api.post("/support-grant/redeem", {name: made[name] for name in CREDENTIALS}, token=agent.token).json["id"]
    at = signed_in(desk(), journey)
    at.shows("Valid until")
    assert stack.api.call("DELETE", "/support-grant", token=token).status == 204
    at.page.reload()
    at.shows("Revoked by the customer")
    at.shows_nothing_of("Valid until")
    accessible(at.page)


def test_no_connection_is_not_said_once_it_is_back(asked: Journey, desk: Sit, visitor: Come) -> None:  # P47
    there = visitor()
    page = there.open(link(asked))
    there.context.set_offline(True)
    press(page, PAGE_WORDS["en"]["see"])
    shows(page, "There is no connection.")
    there.context.set_offline(False)
    expect(page.locator("main")).not_to_contain_text("There is no connection.")
    at = signed_in(desk(), asked)
    at.stands_at("consent")
    at.visitor.context.set_offline(True)
    at.enter("code", code(asked))
    at.shows("No connection")
    at.visitor.context.set_offline(False)
    at.shows_nothing_of("No connection")


def test_the_customer_is_called_told_only_once_the_email_was_sent(stack: Stack, desk: Sit) -> None:  # P47
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    at.cancel("Wrong customer")
    at.stands_at("cancelled")
    told = [step for step in journey.read().json["steps"] if step["action"] == "customer-told"]
    at.shows("Sent:" if told else re.compile("Not sent yet|Sent:"))
    accessible(at.page)
