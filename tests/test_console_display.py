"""The console in a real browser: languages, clocks, keyboards, narrow windows, storage and settings."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import samples
from support.browser import accessible, fits
from support.consent_page import other
from support.console import CODE, Come, Sit, signed_in
from support.desk import Desk
from support.stack import Stack


@pytest.mark.parametrize(
    ("language", "details"),
    [
        ("en", ["code 1 of at most 5", "wrong entry 1 of 5", "Test & Co, to view, code 1 of at most 5", "attempt 1",
                "Test & Co, to view: Waizant Web, Waizant App", "Waizant Web"]),
        ("es", ["código 1 de un máximo de 5", "código incorrecto 1 de 5", "Test & Co, para ver, código 1 de un máximo de 5", "intento 1",
                "Test & Co, para ver: Waizant Web, Waizant App", "Waizant Web"]),
    ],
)  # fmt: skip
def test_the_record_is_told_in_the_readers_language(stack: Stack, desk: Sit, language: str, details: list[str]) -> None:
    journey = stack.journey(customer=stack.new_customer(role="member", plan="plus", modules=())).through_start()
    journey.send_to_agent()
    assert journey.agent_mail is not None
    journey.enter_as_agent(other(journey.agent_mail.code))
    assert journey.enter_as_agent().status == 200
    assert journey.send_to_customer().status == 202
    assert journey.allow().status == 200
    assert journey.enter_for_customer().status == 200
    assert journey.issue().status == 201
    assert journey.redeem("web").status == 200
    assert journey.cancel().status == 200
    at = signed_in(desk(language), journey)
    at.stands_at("cancelled")
    told = at.page.get_by_role("table", name=at.words["record"]).locator("tbody td:last-child").all_inner_texts()
    assert [each for each in told if each in details] == details
    accessible(at.page)


def test_the_language_is_chosen_and_remembered(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.page.get_by_role("button", name="Language: English").click()
    at.page.get_by_role("menuitemcheckbox", name="Español").click()
    expect(at.page.get_by_role("heading", name="Iniciar sesión")).to_be_visible()
    at.page.reload()
    expect(at.page.get_by_role("heading", name="Iniciar sesión")).to_be_visible()
    assert at.page.evaluate("Object.keys(localStorage)") == ["language"]


def test_a_wrong_clock_does_no_harm(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.page.clock.install(time=2_000_000_000)
    at.page.reload()
    journey = stack.journey().through_asking()
    signed_in(at, journey)
    expect(at.page.locator(".stage").get_by_role("timer").first).to_have_text(CODE)


def test_it_is_worked_by_the_keyboard_alone(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = desk()
    keyboard = at.page.keyboard
    expect(at.field("e-mail")).to_be_focused()
    keyboard.type(journey.agent.email)
    keyboard.press("Tab")
    keyboard.type(samples.PASSWORD)
    keyboard.press("Enter")
    expect(at.field("user email")).to_be_focused()
    keyboard.type(journey.customer.email)
    keyboard.press("Enter")
    # Its field is gone; the focus goes on from the heading of the screen that took its place, not from the top of the page.
    expect(at.heading("validation")).to_be_focused()
    number = stack.inbox.last_number()
    keyboard.press("Tab")
    expect(at.button("send own")).to_be_focused()
    keyboard.press("Enter")
    expect(at.field("own code")).to_be_focused()
    keyboard.type(stack.inbox.wait(journey.agent.email, after=number).code)
    keyboard.press("Enter")
    at.stands_at("choose")
    expect(at.heading("choose")).to_be_focused()
    keyboard.press("Tab")
    expect(at.page.get_by_role("radio").first).to_be_focused()


@pytest.mark.parametrize("width", [320, 768])
def test_it_fits_a_narrow_window(stack: Stack, desk: Sit, width: int) -> None:
    journey = stack.journey().through_session()
    at = desk(width=width)
    fits(at.page)
    signed_in(at, journey)
    at.stands_at("session")
    fits(at.page)
    accessible(at.page)


def test_a_telephone_shows_what_the_list_is_for(stack: Stack, desk: Sit) -> None:
    journey = stack.journey(customer=stack.new_customer(name="Bartholomew Featherstonehaugh")).through_internal_validation()
    at = signed_in(desk("es", width=360), journey)
    at.stands_at("choose")
    broken = at.page.locator("#content li").evaluate_all(
        """items => items.flatMap(item => {
            const found = [], texts = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
            for (let text = texts.nextNode(); text; text = texts.nextNode()) {
                for (const { index, 0: word } of text.data.matchAll(/\\p{L}+/gu)) {
                    const range = document.createRange();
                    range.setStart(text, index);
                    range.setEnd(text, index + word.length);
                    if (new Set(Array.from(range.getClientRects(), ({ top }) => top)).size > 1) found.push(word);
                }
            }
            return found;
        })"""
    )
    assert broken == []
    at.page.evaluate("location.hash = '#/verifications'")
    row = at.page.locator("tbody tr")
    for shown in (row.get_by_role("link"), row.get_by_text("Agente validado")):
        expect(shown).to_be_visible()
        assert shown.evaluate(
            """item => ['left', 'right'].every(side => {
                const { top, bottom, [side]: edge } = item.getBoundingClientRect();
                return item.contains(document.elementFromPoint(edge + (side === 'left' ? 1 : -1), (top + bottom) / 2));
            })"""
        ), "it is out of the window, or under something"
    fits(at.page)
    accessible(at.page)


@pytest.mark.parametrize("blocked", ["as it is named", "as it is written"])
def test_where_nothing_may_be_stored_it_works_until_a_reload(stack: Stack, visitor: Come, blocked: str) -> None:
    here = visitor(width=1280, height=1000)
    here.context.add_init_script(
        """for (const name of ['localStorage', 'sessionStorage']) {
            Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
        }"""
        if blocked == "as it is named"
        else "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    at, journey = Desk(stack, here), stack.journey().through_consent()
    at.page.get_by_role("button", name="Language: English").click()
    at.page.get_by_role("menuitemcheckbox", name="Español").click()
    expect(at.page.get_by_role("heading", name="Iniciar sesión")).to_be_visible()
    at.page.reload()
    signed_in(at, journey)
    at.stands_at("given")
    at.press("start session")
    at.stands_at("session")
    assert len(at.environments()) == 4


def test_its_settings_missing_says_so(stack: Stack, visitor: Come) -> None:
    here = visitor()
    here.context.route("**/config.json", lambda route: route.fulfill(status=404))
    page = here.open(stack.settings.origin("console"))
    expect(page.get_by_text("The console cannot start")).to_be_visible()
