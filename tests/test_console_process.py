"""The console in a real browser: the whole process by clicking."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

import samples
from support.browser import accessible
from support.consent_page import WORDS as PAGE_WORDS
from support.consent_page import enter as enter_on_page
from support.consent_page import other, press, seen, shows
from support.console import CODE, Come, Sit, qr_of, reloaded, signed_in, with_settings
from support.desk import picture
from support.stack import Stack


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_whole_process_for_an_administrator_on_premium(stack: Stack, desk: Sit, visitor: Come, language: str) -> None:
    unique = uuid.uuid4().hex[:6]
    agent = samples.Agent(f"ana.rivas.{unique}@agents.example.com", "Ana Rivas")
    customer = stack.new_customer(
        name="Carla Núñez",
        locale=language,
        ecosystems=[
            samples.ecosystem(f"eco-{unique}", "Panadería Núñez", "admin", "premium", "rcm"),
            samples.ecosystem(f"coop-{unique}", "Cooperativa Sur", "member", "plus"),
        ],
    )
    stack.people.add_agent(agent)
    at = desk(language)

    accessible(at.page)
    picture(at.page, "sign-in", language)
    at.sign_in(agent.email)
    at.stands_at("assistance")
    expect(at.page.locator("html")).to_have_attribute("lang", language)
    at.field("user email").fill(customer.email)
    at.field("ticket").fill("WZ-1042")
    accessible(at.page)
    picture(at.page, "technical-assistance", language)
    at.press("start")

    at.stands_at("validation")
    at.shows_nothing_of("Carla")
    picture(at.page, "internal-validation", language)
    reloaded(at, "validation")
    number = stack.inbox.last_number()
    at.press("send own")
    expect(at.field("own code")).to_be_focused()
    own = stack.inbox.wait(agent.email, after=number).code
    at.enter("own code", other(own))
    at.shows(at.words["four left"])
    expect(at.field("own code")).to_have_value("")
    picture(at.page, "own-code", language)
    reloaded(at, "validation")
    at.enter("own code", own)

    at.stands_at("choose")
    at.shows("Carla Núñez")
    picture(at.page, "ecosystem", language)
    reloaded(at, "choose")
    at.page.get_by_role("radio", name="Panadería Núñez").check()
    number = stack.inbox.last_number()
    at.press("send")

    at.stands_at("consent")
    at.shows(at.words["customer waits"])
    at.shows(at.words["agent waits"])
    picture(at.page, "consent", language)
    reloaded(at, "consent")
    mail = stack.inbox.wait(customer.email, after=number)
    there = visitor(f"{language}-{language.upper()}")
    page = seen(there.open(mail.link), language)
    expect(at.page.locator(".verification-number")).to_have_text(page.locator(".number").inner_text())
    enter_on_page(page, mail.code, language)
    at.shows(at.words["customer entered"])
    picture(at.page, "one-entry", language)
    at.page.reload()
    at.shows(at.words["customer entered"])
    at.enter("code", mail.code)

    at.stands_at("given")
    shows(page, PAGE_WORDS[language]["consented"])
    picture(at.page, "consented", language)
    reloaded(at, "given")
    at.press("start session")

    four = ["Waizant Store", "Waizant Web", "Waizant App", "Waizant RCM"]
    at.stands_at("session")
    assert at.environments() == four
    expect(at.page.locator(".stage").get_by_role("timer")).to_have_text(CODE)
    at.shows(at.words["home"])
    at.shows(at.words["rcm dashboard"])
    picture(at.page, "session", language)
    reloaded(at, "session")
    assert at.environments() == four
    handoffs = at.handoffs()

    at.page.get_by_role("link", name="Waizant App").click()
    expect(at.page.locator("img.qr")).to_be_visible()
    assert at.page.locator("img.qr").bounding_box()["width"] >= 300
    picture(at.page, "app", language)
    accessible(at.page)
    at.page.reload()
    expect(at.page.locator("img.qr")).to_be_visible()
    assert qr_of(at.page) == handoffs["app"]
    at.page.get_by_role("link", name=at.words["back"]).click()

    with at.visitor.context.expect_page() as opened:
        at.page.get_by_role("link", name="Waizant Web").click()
    web = opened.value
    expect(web.locator("#banner")).to_contain_text("Carla Núñez")
    assert web.evaluate("opener") is None
    scanned = visitor().open(handoffs["app"])
    scanned.get_by_role("button", name="Open it here").click()
    expect(scanned.locator("#banner")).to_contain_text("Ana Rivas")

    at.visitor.kept_quiet(own, mail.code, *at.secrets())
    press(page, PAGE_WORDS[language]["end"])
    at.stands_at("ended")
    expect(at.button("cancel")).to_have_count(0)
    assert [key for key in at.kept() if key.startswith("handoffs/")] == []
    at.page.get_by_role("link", name=at.words["mine"]).first.click()
    at.stands_at("mine")
    at.shows("Carla Núñez")
    accessible(at.page)
    picture(at.page, "my-verifications", language)
    at.page.get_by_role("link", name=at.words["details"]).first.click()
    at.stands_at("ended")
    picture(at.page, "ended", language)
    reloaded(at, "ended")
    at.visitor.kept_quiet(own, mail.code, *at.secrets())
    refused = [line for line in at.visitor.console if "status of 422" not in line]
    assert refused == [], "the policy of the page was broken, or something failed unseen"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_member_on_plus_has_two_buttons(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey(customer=stack.new_customer(role="member", plan="plus", modules=())).through_consent()
    at = signed_in(desk(language), journey)
    at.stands_at("given")
    at.press("start session")
    at.stands_at("session")
    assert at.environments() == ["Waizant Web", "Waizant App"]
    at.shows(at.words["my ecosystem"])


@pytest.mark.parametrize(
    ("language", "asks"), [("en", "The customer reads the code in it to you."), ("es", "El cliente le lee a usted el código del correo.")]
)
def test_agent_entry_is_enough_where_the_stack_says_so(stack: Stack, desk: Sit, language: str, asks: str) -> None:
    with stack.configured(CONSENT_MODE="agent-entry"):
        journey = stack.journey().through_asking()
        assert journey.customer_mail is not None
        at = signed_in(with_settings(desk(language), consentMode="agent-entry"), journey)
        at.stands_at("consent")
        at.shows(asks)
        at.shows(at.words["agent waits"])
        at.shows_nothing_of(at.words["customer waits"])
        at.shows(at.words["if not entered"])
        accessible(at.page)
        at.enter("code", journey.customer_mail.code)
        at.stands_at("given")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_successor_is_helped_in_ecosystem_admin(stack: Stack, desk: Sit, language: str) -> None:
    rejected = "The validation process for The Successor was rejected by Waizant"
    customer = stack.new_customer(
        name="Sol Herrera",
        role="successor",
        plan="plus",
        modules=(),
        processes=[
            samples.process("p-1", "Proof of the succession", "done", "2026-01-12T09:30:00Z", "Accepted by Waizant."),
            samples.process("p-2", "Validation process for The Successor", "rejected", "2026-01-14T16:05:00Z", rejected),
        ],
    )
    at = desk(language)
    journey = stack.journey(customer=customer, module="ecosystem-admin")
    at.sign_in(journey.agent.email)
    at.page.get_by_role("link", name=at.words["ecosystem admin"]).first.click()
    at.stands_at("ecosystem admin")
    journey.through_consent()
    at.go_to(journey)
    at.stands_at("given")
    at.stands_at("ecosystem admin")
    at.press("show activity")
    at.shows(customer.email)
    at.shows(at.words["role"])
    rows = at.page.get_by_role("row")
    expect(rows.filter(has_text=at.words["a step"])).to_have_count(len(journey.actions()))
    expect(rows.filter(has_text="Validation process")).not_to_contain_text(at.words["a step"])
    accessible(at.page)
    at.page.get_by_role("button", name=re.compile(rf"^{at.words['details']}: Validation process")).click()
    expect(at.page.get_by_role("dialog")).to_contain_text(rejected)
    accessible(at.page)
    picture(at.page, "activity", language)
    at.page.keyboard.press("Escape")
    at.press("start session")
    at.stands_at("session")
    assert at.environments() == ["Waizant Web"]
    at.shows("c***@customers.example.com")
    picture(at.page, "ecosystem-admin", language)
    assert at.handoffs().keys() == {"web"}, "the App's handoff is the customer's alone"
    reloaded(at, "session")
    assert at.environments() == ["Waizant Web"]


def test_what_the_directory_calls_a_status_is_shown_as_it_is(stack: Stack, desk: Sit) -> None:  # P24
    names = ["__proto__", "constructor", "toString", "<b>x</b>"]
    processes = [samples.process(f"p-{at}", f"Process {at}", name, "2026-01-12T09:30:00Z", name) for at, name in enumerate(names)]
    customer = stack.new_customer(role="successor", plan="plus", modules=(), processes=processes)
    journey = stack.journey(customer=customer, module="ecosystem-admin").through_consent()
    at = signed_in(desk(), journey)
    at.press("show activity")
    for nth, name in enumerate(names):
        expect(at.page.get_by_role("row").filter(has_text=f"Process {nth}")).to_contain_text(name)
