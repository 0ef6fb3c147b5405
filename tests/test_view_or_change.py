"""What a session is for, on every page: the agent asks in the console, the customer reads it and can allow less, the environment obeys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from support.browser import accessible, fits
from support.consent_page import Come, code, enter, link, seen, shows
from support.console import Sit, signed_in
from support.journey import Journey
from support.stack import Stack

WORDS = {
    "en": {
        "view": "View only, without changing anything", "change": "View and change",
        "only view": "View only, without changing anything", "as asked": "View and change, as the agent asks",
    },
    "es": {
        "view": "Solo ver, sin cambiar nada", "change": "Ver y cambiar",
        "only view": "Solo ver, sin cambiar nada", "as asked": "Ver y cambiar, como pide el agente",
    },
}  # fmt: skip


def asked_for(stack: Stack, access: str, language: str = "en") -> Journey:
    journey = stack.journey(customer=stack.new_customer(locale=language)).through_internal_validation()
    assert journey.send_to_customer(access=access).status == 202
    return journey


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("narrows", [False, True], ids=["as asked", "narrowed"])
def test_a_customer_who_is_asked_for_changes_can_allow_viewing_alone(
    stack: Stack, visitor: Come, language: str, *, narrows: bool
) -> None:  # P30, P41
    words, journey = WORDS[language], asked_for(stack, "change", language)
    page = visitor(f"{language}-{language.upper()}").open(link(journey))
    seen(page, language)
    shows(page, words["change"])
    expect(page.get_by_role("radio", name=words["as asked"])).to_be_checked()
    if narrows:
        page.get_by_role("radio", name=words["only view"]).check()
    accessible(page)
    fits(page)
    enter(page, code(journey), language)
    expect(page.locator("dl")).to_contain_text(words["view" if narrows else "change"])
    assert journey.enter_for_customer().status == 200
    assert journey.issue().json["access"] == ("view" if narrows else "change")


def test_a_customer_who_is_asked_to_be_viewed_has_nothing_to_choose(stack: Stack, visitor: Come) -> None:  # P41
    journey = asked_for(stack, "view")
    page = seen(visitor().open(link(journey)))
    shows(page, WORDS["en"]["view"])
    shows(page, "without changing anything")
    expect(page.get_by_role("radio")).to_have_count(0)
    enter(page, code(journey))
    expect(page.get_by_role("heading", level=1)).to_have_text("Now read the code to the agent")
    assert journey.read().json["access"] == "view"


def test_the_console_asks_to_view_unless_the_agent_chooses_otherwise(stack: Stack, desk: Sit) -> None:  # P41
    agent = stack.new_agent()
    for choice, access, shown in ((None, "view", "View only"), ("View and change", "change", "View and change")):
        journey = stack.journey(agent).through_internal_validation()
        at = signed_in(desk(), journey)
        at.stands_at("choose")
        expect(at.page.get_by_role("radio", name="View", exact=True)).to_be_checked()
        if choice is not None:
            # A click: the radio button lies under its own label's picture.
            at.page.get_by_role("radio", name=choice).check(force=True)
        accessible(at.page)
        at.press("send")
        at.stands_at("consent")
        at.shows(shown)
        assert journey.read().json["access"] == access
        # Sending again asks for the same.
        journey.edit(lambda record: record["state"]["ask"]["code"].update(resend_at=0))
        at.page.reload()
        with at.page.expect_request(lambda request: request.url.endswith("/mfa") and request.method == "POST") as sent:
            at.press("resend")
        assert sent.value.post_data_json == {"to": "customer", "ecosystem": journey.customer.ecosystem, "access": access}


@pytest.mark.parametrize("access", ["view", "change"])
def test_an_environment_changes_something_only_where_it_may(stack: Stack, visitor: Come, access: str) -> None:  # P41
    journey = asked_for(stack, access)
    assert journey.allow().status == 200
    assert journey.enter_for_customer().status == 200
    assert journey.issue().status == 201
    (url,) = [each["url"] for each in journey.session["handoffs"] if each["environment"] == "web"]
    page = visitor().open(url)
    press = page.get_by_role("button", name="Add a note")
    if access == "view":
        expect(press).to_be_disabled()
        expect(page.locator("main")).to_contain_text("This session can only view.")
        # The page is not what keeps it from that.
        press.evaluate("button => { button.disabled = false }")
        press.click()
        expect(page.locator("main")).to_contain_text("The note was refused.")
    else:
        press.click()
        expect(page.locator("main")).to_contain_text("Notes here: ")
