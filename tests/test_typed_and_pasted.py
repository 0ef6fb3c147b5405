"""What people type and paste is understood, or refused at the field; it is never altered unseen."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from support.browser import accessible
from support.consent_page import WORDS as PAGE_WORDS
from support.consent_page import Come, code, link, press, seen, shows
from support.console import Sit, signed_in
from support.journey import Journey
from support.recovery import forget
from support.stack import Stack

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def paste(page: Page, text: str) -> None:
    """Pastes into whatever has the keyboard."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def body(page: Page, path: str, button: str) -> str:
    """Presses it. Returns what was sent."""
    with page.expect_request(lambda request: request.url.endswith(path) and request.method == "POST") as sent:
        page.get_by_role("button", name=button, exact=True).click()
    return sent.value.post_data


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("\u200bana@\u200bexample.com", "ana@example.com"), ("ana@muñoz.example", "ana@xn--muoz-hqa.example")],
    ids=["unseen", "internationalised"],
)
def test_addresses_are_sent_as_the_api_takes_them(stack: Stack, desk: Sit, typed: str, sent: str) -> None:  # P46
    agent = stack.new_agent()
    forget(stack, "source")
    at = desk()
    # Chromium writes domains in ASCII by itself, Firefox does not.
    at.page.add_init_script("addEventListener('focusin', ({ target }) => { if (target.type === 'email') target.type = 'text'; })")
    at.page.reload()
    at.follow("forgot", "reset")
    at.field("e-mail").click()
    at.field("e-mail").fill(typed)
    assert f'"{sent}"' in body(at.page, "/recovery", at.words["send code"])
    at.page.evaluate("sessionStorage.clear()")
    at.page.goto(stack.settings.origin("console"))
    at.stands_at("sign in")
    at.field("e-mail").click()
    at.field("e-mail").fill(typed)
    at.field("password").fill("Not-the-one-1")
    assert f'"{sent}"' in body(at.page, "/", at.words["sign in"])
    at.field("e-mail").click()
    at.sign_in(f"\u200b{agent.email}\u200b")
    at.stands_at("assistance")
    at.field("user email").click()
    at.field("user email").fill(typed)
    assert f'"{sent}"' in body(at.page, "/verifications", at.words["start"])
    at.shows("No customer has this email address")
    at.page.get_by_role("link", name=at.words["mine"]).first.click()
    at.field("customer").click()
    at.field("customer").fill(typed)
    assert f'"{sent}"' in body(at.page, "/verifications/search", "Search")


def test_what_is_no_address_is_said_at_its_field_and_not_sent(stack: Stack, desk: Sit) -> None:  # P46
    at = desk()
    at.field("e-mail").fill("núñez@pan.example")
    at.field("password").fill("Not-the-one-1")
    at.press("sign in")
    at.shows(at.words["no address"])
    expect(at.field("e-mail")).to_be_focused()
    assert at.visitor.posted() == []
    accessible(at.page)


@pytest.mark.parametrize("as_typed", ["{arabic}", "[10:32] {code}", "{halves}", "\u200b{code}\u200b", "Your code is {code}."])
def test_codes_are_read_from_what_is_pasted(stack: Stack, desk: Sit, visitor: Come, as_typed: str) -> None:  # P46
    def written(digits: str) -> str:
        return as_typed.format(code=digits, arabic=digits.translate(ARABIC), halves=f"{digits[:3]}\u2013{digits[3:]}")

    journey = stack.journey().through_start()
    journey.send_to_agent()
    at = signed_in(desk(), journey)
    at.visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at.field("own code").focus()
    paste(at.page, written(journey.agent_mail.code))
    at.stands_at("choose")
    seen_so_far = stack.inbox.last_number()
    at.press("send")
    journey.customer_mail = stack.inbox.wait(journey.customer.email, after=seen_so_far)
    page = seen(visitor().open(link(journey)))
    page.locator("#code").fill(written(code(journey)))
    press(page, PAGE_WORDS["en"]["allow"])
    shows(page, PAGE_WORDS["en"]["yours"])
    at.stands_at("consent")
    at.field("code").focus()
    paste(at.page, written(code(journey)))
    at.stands_at("given")
    assert not [action for action in journey.actions() if action.endswith("refused")]


@pytest.mark.parametrize("typed", ["12345", "1234567", "482913 or 555555", "12a456"])
def test_what_is_no_code_is_said_at_the_field_and_counts_as_no_entry(
    asked: Journey, stack: Stack, desk: Sit, visitor: Come, typed: str
) -> None:  # P46
    at = signed_in(desk(), asked)
    at.stands_at("consent")
    at.enter("code", typed)
    at.shows("Enter exactly six digits.")
    expect(at.field("code")).to_have_value(typed)
    expect(at.field("code")).to_be_focused()
    accessible(at.page)
    there = visitor()
    page = seen(there.open(link(asked)))
    page.locator("#code").fill(typed)
    press(page, PAGE_WORDS["en"]["allow"])
    shows(page, "Enter the six digits of the code in the email.")
    expect(page.locator("#code")).to_have_value(typed)
    assert "consent/answer" not in there.posted()
    assert asked.read().json["code"]["attempts_left"] == 5


@pytest.mark.parametrize(
    "changed",
    ["%23token={token}", "%23token%3D{token}", "#token%3D{token}", "#token={token}%3E", "#token={token}.", "#token={token}\u200b",
     "?token={token}", "#token={token}?utm_source=mail", "page/%2523token%253D{token}?utm_source=mail"],
)  # fmt: skip
def test_a_link_works_however_it_arrives(asked: Journey, stack: Stack, visitor: Come, changed: str) -> None:  # P46
    token = asked.customer_mail.token
    here = visitor()
    page = here.open(stack.facts["parameters"]["ConsentPageUrl"] + changed.format(token=token))
    expect(page.get_by_role("button", name=PAGE_WORDS["en"]["see"])).to_be_visible()
    assert page.evaluate("location.pathname + location.search + location.hash") == "/"
    assert token not in page.evaluate("JSON.stringify([document.referrer, history.state])")
    seen(page)
    accessible(page)


def test_an_address_without_a_token_still_says_that_nothing_is_there(stack: Stack, visitor: Come) -> None:
    page = visitor().open(stack.facts["parameters"]["ConsentPageUrl"] + f"nothing/{uuid.uuid4()}")
    shows(page, "There is nothing at this address")
    accessible(page)


def test_the_parts_of_a_ticket_that_are_not_to_be_seen_are_dropped(stack: Stack, desk: Sit) -> None:  # P46
    journey = stack.journey()
    at = signed_in(desk(), journey)
    at.field("user email").fill(journey.customer.email)
    at.field("ticket").fill("\u200bWZ-1042\ufeff")
    at.press("start")
    at.stands_at("validation")
    expect(at.page.get_by_text("WZ-1042", exact=True)).to_be_visible()
    assert re.search(r"/[\w-]{22}$", at.page.url)


def test_a_ticket_comes_back_from_the_email_as_it_was(stack: Stack) -> None:  # P46
    journey = stack.journey(ticket="INC.2026.42").through_asking()
    assert journey.customer_mail is not None
    shown = re.sub(r"<[^>]+>", "", journey.customer_mail.html)
    assert "INC.2026.42" not in journey.customer_mail.html, "an email program would make a link of it"
    for part in (journey.customer_mail.text, shown):
        assert "INC.2026.42" in part
    again = {"email": stack.new_customer().email, "ticket": "INC.2026.42", "module": "technical-assistance"}
    assert stack.api.post("/verifications", again, token=stack.new_agent().token).json["ticket"] == "INC.2026.42"


@pytest.mark.parametrize("ticket", ["Call +57 300 482 9134", "two words", "a:b", "x" * 65])
def test_a_sentence_or_a_telephone_number_is_no_ticket(stack: Stack, ticket: str) -> None:  # P24
    body = {"email": stack.new_customer().email, "ticket": ticket, "module": "technical-assistance"}
    answer = stack.api.post("/verifications", body, token=stack.new_agent().token)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "ticket")


@pytest.mark.parametrize("name", ["کتاب\u200cخانه", "Ana 👩\u200d🍳"])
def test_a_name_keeps_the_joiners_of_its_words_and_emoji_in_emails(stack: Stack, name: str) -> None:  # P46
    journey = stack.journey(customer=stack.new_customer(name=name)).through_asking()
    assert journey.customer_mail is not None
    assert name in journey.customer_mail.text
    assert name in journey.customer_mail.html
