"""The console in a real browser: what spares an agent a press, a look or a second typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support.browser import accessible
from support.console import Sit, asks_for_code, chooses, on_a_clock, reads, signed_in
from support.journey import Journey
from support.stack import Stack


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_walk_to_an_open_environment_is_at_most_six_presses(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey(customer=stack.new_customer(locale=language))
    at = signed_in(desk(language), journey)
    at.field("user email").press_sequentially(journey.customer.email)
    at.press("start")  # 1
    number = stack.inbox.last_number()
    at.press("send own")  # 2
    expect(at.field("own code")).to_be_focused()
    at.page.keyboard.type(stack.inbox.wait(journey.agent.email, after=number).code)
    at.stands_at("choose")
    number = stack.inbox.last_number()
    at.press("send")  # 3
    mail = stack.inbox.wait(journey.customer.email, after=number)
    assert stack.api.post("/consent/view", {"token": mail.token}).status == 200
    ecosystem = journey.customer.ecosystem
    answer = {"token": mail.token, "decision": "allow", "code": mail.code, "ecosystem": ecosystem}
    assert stack.api.post("/consent/answer", answer).status == 200
    expect(at.field("code")).to_be_focused()
    at.page.keyboard.type(mail.code)
    at.stands_at("given")
    at.press("start session")  # 4
    at.stands_at("session")
    with at.visitor.context.expect_page() as opened:
        at.page.get_by_role("link", name="Waizant Web").click()  # 5
    expect(opened.value.locator("#banner")).to_contain_text(journey.customer.name)


def test_a_code_is_not_verified_by_itself_where_the_agent_says_so(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_start()
    journey.send_to_agent()
    at = signed_in(desk(), journey)
    box = at.page.get_by_label("Verify as soon as six digits are typed or pasted")
    expect(box).to_be_checked()
    box.uncheck()
    at.page.reload()
    expect(box).not_to_be_checked()
    at.field("own code").press_sequentially(journey.agent_mail.code)
    expect(at.field("own code")).to_have_value(journey.agent_mail.code)
    assert not [path for path in at.visitor.posted() if path.endswith("/code")]
    at.press("verify")
    at.stands_at("choose")
    at.page.evaluate("localStorage.clear()")


def test_what_a_browser_fills_in_is_not_verified_by_itself(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_start()
    journey.send_to_agent()
    at = signed_in(desk(), journey)
    at.field("own code").fill(journey.agent_mail.code)
    expect(at.field("own code")).to_have_value(journey.agent_mail.code)
    assert not [path for path in at.visitor.posted() if path.endswith("/code")]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_tab_says_who_where_and_how_long(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey(customer=stack.new_customer(name="Carla Núñez")).through_consent()
    at = signed_in(desk(language), journey)
    at.press("start session")
    at.stands_at("session")
    step = {"en": "In session", "es": "En sesión"}[language]
    expect(at.page).to_have_title(re.compile(rf"^[45]:\d\d · Carla Núñez · {step} · Waizant BackOffice$"))
    at.page.get_by_role("link", name=at.words["mine"]).first.click()
    expect(at.page).to_have_title(f"{at.words['mine']} · Waizant BackOffice")


def test_an_agent_who_wants_it_is_notified_when_the_customer_has_entered_the_code(asked: Journey, desk: Sit) -> None:
    at = desk()
    at.page.add_init_script(
        """window.notified = [];
        window.Notification = class {
            static permission = 'granted';
            static requestPermission = async () => 'granted';
            constructor(title) { notified.push(title); }
            close() {}
        };"""
    )
    at.page.reload()
    signed_in(at, asked)
    box = at.page.get_by_label("Tell me with a sound and a notification")
    expect(box).not_to_be_checked()
    box.check()
    accessible(at.page)
    asked._done(asked.allow(), 200)
    at.shows(at.words["customer entered"])
    assert at.page.evaluate("notified") == [f"{asked.customer.name} has entered the code"]
    at.page.evaluate("localStorage.clear()")


def test_the_keyboard_goes_to_the_field_in_error(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = signed_in(desk(), journey)
    at.field("ticket").fill("caso núm. 4")
    at.field("user email").fill(journey.customer.email)
    at.press("start")
    expect(at.field("ticket")).to_be_focused()
    at.field("user email").fill("nobody")
    at.press("start")
    expect(at.field("user email")).to_be_focused()
    journey.through_start()
    at.go_to(journey)
    at.press("cancel")
    at.press("ok")
    expect(at.field("reason")).to_be_focused()
    accessible(at.page)


def test_again_for_this_customer_keeps_address_and_ticket(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = signed_in(desk(), journey)
    at.field("user email").fill(journey.customer.email)
    at.field("ticket").fill("WZ-1042")
    at.press("start")
    at.stands_at("validation")
    at.cancel("Wrong moment")
    at.stands_at("cancelled")
    accessible(at.page)
    at.page.get_by_role("link", name="Again for this customer").click()
    expect(at.field("user email")).to_have_value(journey.customer.email)
    expect(at.field("ticket")).to_have_value("WZ-1042")
    assert journey.customer.email not in at.page.url
    at.page.get_by_role("link", name="Ecosystem Admin").first.click()
    expect(at.field("user email")).to_have_value("")


def test_a_second_tab_is_signed_in_and_both_sign_out(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    second = at.visitor.open(stack.settings.origin("console"))
    expect(second.get_by_role("button", name=f"Account: {journey.agent.name}")).to_be_visible()
    kept = second.evaluate("Object.keys(sessionStorage)")
    assert "sign-in" in kept
    assert not [key for key in kept if key.startswith("handoffs/")]
    assert second.evaluate("Object.keys(localStorage)") == []
    second.get_by_role("button", name=f"Account: {journey.agent.name}").click()
    second.get_by_role("menuitem", name=at.words["sign out"]).click()
    at.stands_at("sign in")
    assert at.kept() == {}


def test_signing_in_as_an_agent_leaves_the_customers_sign_in_alone(stack: Stack, desk: Sit) -> None:
    customer, agent = stack.new_customer(), stack.new_agent()
    at = desk()
    page = at.page
    page.goto(f"{stack.settings.origin('console')}/remote-assistance.html")
    at.sign_in(customer.email)
    expect(page.get_by_role("button", name=f"Account: {customer.name}")).to_be_visible()
    page.goto(stack.settings.origin("console"))
    at.sign_in(agent.email)
    at.stands_at("assistance")
    page.get_by_role("button", name=f"Account: {agent.name}").click()
    page.get_by_role("menuitem", name=at.words["sign out"]).click()
    at.stands_at("sign in")
    page.goto(f"{stack.settings.origin('console')}/remote-assistance.html")
    expect(page.get_by_role("button", name=f"Account: {customer.name}")).to_be_visible()


def test_a_signed_in_agent_changes_their_password(stack: Stack, desk: Sit) -> None:
    agent = stack.new_agent()
    at = desk()
    at.sign_in(agent.email)
    at.stands_at("assistance")
    at.page.get_by_role("button", name=f"Account: {agent.name}").click()
    at.page.get_by_role("menuitem", name="Change password").click()
    expect(at.page.get_by_role("heading", name="Change password")).to_be_visible()
    expect(at.field("e-mail")).to_have_value(agent.email)
    accessible(at.page)
    code = asks_for_code(at, None)
    user = at.page.locator("input[autocomplete=username]")
    expect(user).to_have_value(agent.email)
    at.page.get_by_label("Show what I type").check()
    expect(at.field("new password").first).to_have_attribute("type", "text")
    accessible(at.page)
    chooses(at, code, "Chosen-by-me-1")
    expect(at.heading("changed")).to_be_visible()
    expect(at.page.get_by_role("button", name=f"Account: {agent.name}")).to_have_count(0)
    at.page.get_by_role("link", name=at.words["sign in"]).click()
    at.sign_in(agent.email, "Chosen-by-me-1")
    at.stands_at("assistance")


def test_a_password_can_be_looked_at(stack: Stack, desk: Sit) -> None:
    at = desk()
    expect(at.field("password")).to_have_attribute("type", "password")
    at.page.get_by_label("Show what I type").check()
    expect(at.field("password")).to_have_attribute("type", "text")
    accessible(at.page)


@pytest.mark.parametrize("page", ["", "remote-assistance.html"])
def test_every_screen_has_a_dark_side(stack: Stack, desk: Sit, page: str) -> None:
    at = desk(color_scheme="dark")
    at.page.goto(f"{stack.settings.origin('console')}/{page}")
    at.stands_at("sign in")
    accessible(at.page)
    ground = at.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 3 * 80, ground


def test_a_full_session_is_read_seldom(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_session()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("session")
    before = reads(at, journey)
    began = at.page.evaluate("performance.now()")
    for _ in range(240):
        at.page.clock.run_for(1000)
    seconds = (at.page.evaluate("performance.now()") - began) / 1000
    read = reads(at, journey) - before
    # The pauses grow with the server's time, which no page's clock moves: console/test/requests.test.ts counts them.
    assert 5 <= read <= seconds / 10 + 2, (read, seconds)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_dialog_to_cancel_says_who_reads_what(stack: Stack, desk: Sit, language: str) -> None:
    reads, reason, note = {
        "en": ("reads this word for word in an email", "The code did not arrive.", "Internal note"),
        "es": ("lee esto tal cual en un correo", "El código no llegó.", "Nota interna"),
    }[language]
    journey = stack.journey().through_asking()
    at = signed_in(desk(language), journey)
    at.press("cancel")
    dialog = at.page.get_by_role("dialog")
    expect(dialog).to_contain_text(reads)
    dialog.get_by_role("button", name=reason).click()
    expect(at.field("reason")).to_be_focused()
    expect(at.field("reason")).to_have_value(reason)
    at.page.keyboard.press("End")
    at.page.keyboard.type(" (2)")
    at.page.get_by_label(note).fill("Sounded like somebody else")
    accessible(at.page)
    at.press("ok")
    at.stands_at("cancelled")
    at.shows(f"{reason} (2)")
    at.shows("Sounded like somebody else")
    found = journey.read().json
    assert (found["reason"], found["note"]) == (f"{reason} (2)", "Sounded like somebody else")


def test_the_list_renews_itself(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = signed_in(on_a_clock(desk()), journey)
    at.page.get_by_role("link", name=at.words["mine"]).first.click()
    at.shows("No verifications")
    journey.through_start()
    at.page.clock.fast_forward(31_000)
    expect(at.page.get_by_role("link", name=re.compile("^See details"))).to_be_visible()
