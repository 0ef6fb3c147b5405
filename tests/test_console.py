"""The agents' console in a real browser, against the stack: the whole process by clicking, and everything that may come between."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import samples
import zxingcpp
from browser import Visitor, accessible, chromium, fits, visitor  # noqa: F401
from conftest import Journey, Stack
from desk import Desk, picture
from grants import offered
from playwright.sync_api import BrowserContext, Page, Request, Route, expect
from test_budgets import QUARTER, stay_within
from test_consent_page import WORDS as PAGE_WORDS
from test_consent_page import enter as enter_on_page
from test_consent_page import other, press, seen, shows
from test_customer import let_pass, sweep
from test_recovery import forget

Come = Callable[..., Visitor]
Sit = Callable[..., Desk]

CODE = re.compile(r"^(5:00|4:\d\d)$")


@pytest.fixture
def desk(stack: Stack, visitor: Come) -> Sit:  # noqa: F811
    """Somebody who sits down before the console: `desk("es")`."""

    def sit(language: str = "en", **more: int) -> Desk:
        locale = {"en": "en-GB", "es": "es-CO"}[language]
        return Desk(stack, visitor(locale, **{"width": 1280, "height": 1000} | more, reduced_motion="reduce"), language)

    return sit


def signed_in(desk: Desk, journey: Journey) -> Desk:
    """The journey's agent, before its verification."""
    desk.sign_in(journey.agent.email)
    desk.stands_at("assistance")
    if journey.id:
        desk.go_to(journey)
    return desk


def qr_of(page: Page, place: str = "img.qr") -> str:
    """What the QR code on the screen says, read from a picture of it."""
    image = base64.b64encode(page.locator(place).screenshot()).decode()
    blank = page.context.new_page()
    width, height, pixels = blank.evaluate(
        """async image => {
            const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(image), c => c.charCodeAt(0))]));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
            canvas.drawImage(bitmap, 0, 0);
            const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
            return [bitmap.width, bitmap.height, Array.from(data.filter((_, i) => i % 4 === 0))];
        }""",
        image,
    )
    blank.close()
    (read,) = zxingcpp.read_barcodes(memoryview(bytes(pixels)).cast("B", (height, width)), formats=zxingcpp.BarcodeFormat.QRCode)
    return read.text


@contextmanager
def cut_off(context: BrowserContext) -> Iterator[None]:
    context.set_offline(True)
    yield
    context.set_offline(False)


def answering(status: int, slug: str, **headers: str) -> Callable[[Route], None]:
    """For `page.route`: the API's problem instead of its answer."""
    body = {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": "As it is.", "request_id": "request-1"}

    def answer(route: Route) -> None:
        if route.request.method == "OPTIONS":
            return route.fallback()
        allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
        return route.fulfill(
            status=status, body=json.dumps(body), content_type="application/problem+json", headers=allowed | headers
        )

    return answer


def on_a_clock(desk: Desk) -> Desk:
    """Somebody whose time can be moved on: `desk.page.clock.fast_forward`."""
    desk.page.clock.install()
    desk.page.reload()
    return desk


def with_settings(desk: Desk, **more: str) -> Desk:
    """Somebody whose console was published with these settings too."""

    def publish(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | more)

    desk.page.route("**/config.json", publish)
    desk.page.reload()
    return desk


def drawn(page: Page) -> None:
    """Whatever the page has been told is on the screen."""
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def holding(desk: Desk, path: str, containing: str = "") -> list[Route]:
    """What the page posts to this path from now on, held back."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and containing in (route.request.post_data or ""):
            held.append(route)
        else:
            route.fallback()

    desk.page.route(path, hold)
    return held


def reads(desk: Desk, journey: Journey) -> int:
    """How often its page asked for the journey's verification."""
    return sum(request.method == "GET" and request.url.endswith(journey.path) for request in desk.visitor.sent)


def asks_for_code(desk: Desk, email: str) -> str:
    """From the sign-in page to the code for another password, which is mailed."""
    # All tests come from one source, whose budget is for one.
    forget(desk.stack, "source")
    desk.follow("forgot", "reset")
    number = desk.stack.inbox.last_number()
    desk.field("e-mail").fill(email)
    desk.press("send code")
    expect(desk.field("reset code")).to_be_focused()
    # Cognito's mails are HTML alone.
    (code,) = re.findall(r"\b\d{6}\b", desk.stack.inbox.wait(email, after=number).html)
    return code


def chooses(desk: Desk, code: str, password: str) -> None:
    desk.field("reset code").fill(code)
    desk.field("new password").first.fill(password)
    desk.field("again").fill(password)
    desk.press("save new")


def reloaded(desk: Desk, heading: str) -> None:
    """A reload comes back to the same screen, and to one without a fault."""
    accessible(desk.page)
    desk.page.reload()
    desk.stands_at(heading)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_whole_process_for_an_administrator_on_premium(stack: Stack, desk: Sit, visitor: Come, language: str) -> None:  # noqa: F811
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
    expect(at.page.locator(".match-number")).to_have_text(page.locator(".number").inner_text())
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
    ("language", "asks"), [("en", "The customer reads the code from it to you."), ("es", "El cliente le lee a usted el código del correo.")]
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


WALKS = {
    "validation": lambda journey: journey.through_start(),
    "choose": lambda journey: journey.through_internal_validation(),
    "consent": lambda journey: journey.through_asking(),
    "given": lambda journey: journey.through_consent(),
    "session": lambda journey: journey.through_session(),
}


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
    expect(at.page.locator(".stage").get_by_role("timer")).to_have_text(re.compile(r"^0:[45]\d$"), timeout=15_000)
    journey.age(60)
    at.stands_at("completed")
    assert [key for key in at.kept() if key.startswith("handoffs/")] == []


def test_the_end_of_the_five_minutes_needs_no_server(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(on_a_clock(desk()), journey)
    at.press("start session")
    at.stands_at("session")
    at.page.route(f"**{journey.path}", answering(503, "unavailable"))
    at.page.clock.fast_forward("05:00")
    at.stands_at("completed")
    at.shows("follows as soon as the server answers")
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
    expect(opened).to_have_text("Opened. The code opens nothing more.")
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
    for left in ("4 attempts are left", "3 attempts are left", "2 attempts are left", "One attempt is left"):
        at.enter("code", other(journey.customer_mail.code))
        at.shows(left)
    at.enter("code", other(journey.customer_mail.code))
    at.stands_at("locked")
    accessible(at.page)


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
    at.page.route(f"**{journey.path}", answering(503, "unavailable"))
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
    first = at.page.locator(".match-number").inner_text()
    expect(at.page.get_by_role("button", name=re.compile(r"^Resend in 0:\d\d$"))).to_be_disabled()
    journey.age(31)
    number = stack.inbox.last_number()
    at.press("resend")
    expect(at.page.get_by_role("button", name=re.compile(r"^Resend in 0:[23]\d$"))).to_be_disabled()
    mail = stack.inbox.wait(journey.customer.email, after=number)
    expect(at.page.locator(".match-number")).to_have_text(journey.read().json["consent"]["match_number"])
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


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": "suspended"}, "The account is suspended"),
        ({"sign_in": "unconfirmed"}, "the address was never confirmed"),
        ({"sign_in": "disabled"}, "the user is disabled"),
        ({"sign_in": "must-change-password"}, "a first password waits to be changed"),
        ({"sign_in": "missing"}, "there is no such user"),
    ],
)
def test_a_customer_who_cannot_be_helped_by_a_session_is_looked_at_this_far(
    stack: Stack, desk: Sit, state: dict[str, str], words: str
) -> None:
    customer = stack.new_customer(**state)  # type: ignore[arg-type]
    at = signed_in(desk(), stack.journey(customer=customer).through_internal_validation())
    at.shows(words)
    at.shows("A session cannot be opened for this customer")
    expect(at.button("send")).to_have_count(0)
    accessible(at.page)
    if "status" not in state:
        picture(at.page, f"cannot-sign-in-{state['sign_in']}")


def test_what_cannot_be_looked_up_says_why(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = signed_in(desk(), journey)
    for email, words in [
        ("nobody", "Enter an e-mail address"),
        (f"nobody-{uuid.uuid4().hex[:8]}@customers.example.com", "No customer has this e-mail"),
        (journey.agent.email, "You cannot support this user"),
    ]:
        at.field("user email").fill(email)
        at.press("start")
        at.shows(words)
        accessible(at.page)
    at.field("ticket").fill("ñ")
    at.press("start")
    at.shows("without accents")
    picture(at.page, "refused-look-up")


def test_a_limit_counts_down_until_it_makes_sense_to_try_again(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    stay_within(QUARTER)
    with stack.configured(LOOKUPS_PER_AGENT="1"):
        at = signed_in(desk(), journey)
        for words in ("No customer has this e-mail", "Too many requests"):
            at.field("user email").fill("nobody@customers.example.com")
            at.press("start")
            at.shows(words)
        at.shows(re.compile(r"You can try again in 1?\d:\d\d"))
        expect(at.button("start")).to_be_disabled()
        picture(at.page, "limit")


def test_without_a_network_nothing_is_lost(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_internal_validation()
    at = signed_in(desk(), journey)
    at.stands_at("choose")
    with cut_off(at.visitor.context):
        expect(at.page.get_by_role("alert").filter(has_text="You are offline.")).to_be_visible()
        at.press("send")
        at.shows("No connection")
    expect(at.page.get_by_text("You are offline.")).to_have_count(0)
    at.press("send")
    at.stands_at("consent")


def test_a_lost_answer_shows_how_far_it_went(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)

    def lose(route: Route) -> None:
        assert journey.issue().status == 201
        route.abort("connectionreset")

    at.page.route("**/session", lose)
    at.press("start session")
    at.shows("if their answer was lost on its way here, cancel and start another")
    expect(at.page.get_by_role("alert")).to_have_count(0)
    at.cancel("The answer was lost")
    at.stands_at("cancelled")


def test_a_lost_look_up_is_looked_for_before_it_is_repeated(stack: Stack, desk: Sit) -> None:
    journey = stack.journey()
    at = signed_in(desk(), journey)

    def lose(route: Route) -> None:
        assert journey.start().status == 201
        route.abort("connectionreset")

    at.page.route("**/verifications", lose)
    at.field("user email").fill(journey.customer.email)
    at.press("start")
    expect(at.page.get_by_role("alert")).to_contain_text("look in My verifications before you repeat it")


def test_a_page_that_may_be_out_of_date_says_so_aloud(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    at.page.route(f"**{journey.path}", answering(503, "unavailable"))
    stale = at.page.get_by_role("status").filter(has_text="This page may be out of date")
    expect(stale).to_be_visible()
    accessible(at.page)
    at.page.unroute_all()
    expect(stale).to_have_count(0)


def test_what_is_closed_is_not_out_of_date(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    at.page.route(f"**{journey.path}", answering(503, "unavailable"))
    at.shows("This page may be out of date")
    at.cancel("The customer hung up")
    at.stands_at("cancelled")
    at.shows_nothing_of("This page may be out of date")


def test_a_record_that_is_behind_is_followed_to_its_end(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_session()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("session")
    let_pass(journey, 300)
    at.stands_at("completed")
    drawn(at.page)
    sweep(stack)
    at.page.clock.fast_forward("00:15")
    record = at.page.get_by_role("table", name=at.words["record"])
    expect(record).to_contain_text("Session over")
    expect(record).to_contain_text("how it ended")
    drawn(at.page)
    at.visitor.forget()
    at.page.clock.fast_forward("10:00")
    drawn(at.page)
    assert reads(at, journey) == 0, "there is nothing more to come"


def test_a_record_that_stays_behind_is_not_followed_for_ever(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_session()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("session")
    untold = journey.cancel().json
    at.page.route(f"**{journey.path}", lambda route: route.fulfill(json=untold, headers={"Access-Control-Allow-Origin": "*"}))
    at.stands_at("cancelled")
    drawn(at.page)
    at.visitor.forget()
    for _ in range(12):
        with at.page.expect_response(f"**{journey.path}"):
            at.page.clock.fast_forward("00:15")
        drawn(at.page)
    at.page.clock.fast_forward("10:00")
    drawn(at.page)
    assert reads(at, journey) == 12


def test_what_is_not_there_is_not_asked_for_again(stack: Stack, desk: Sit) -> None:
    theirs = stack.journey().through_start()
    at = signed_in(on_a_clock(desk()), stack.journey())
    at.page.evaluate("id => { location.hash = `#/technical-assistance/${id}` }", theirs.id)
    at.shows("There is no such verification")
    at.visitor.forget()
    at.page.clock.fast_forward("01:00")
    drawn(at.page)
    assert reads(at, theirs) == 0


def test_a_look_comes_no_sooner_than_the_server_will_have_it(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("consent")
    at.page.route(f"**{journey.path}", answering(429, "too-many-requests", **{"Retry-After": "120"}))
    at.shows("This page may be out of date")
    at.page.unroute_all()
    at.visitor.forget()
    at.page.clock.fast_forward("01:30")
    drawn(at.page)
    assert reads(at, journey) == 0
    at.page.clock.fast_forward("00:30")
    at.shows_nothing_of("This page may be out of date")


def test_an_act_that_was_overtaken_by_the_close_is_no_failure(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_asking()
    at = signed_in(desk(), journey)
    at.stands_at("consent")
    held = holding(at, "**/code")
    with at.page.expect_request("**/code"):
        at.enter("code", "123456")
    assert journey.cancel("In another tab").status == 200
    at.stands_at("cancelled")
    (late,) = held
    with at.page.expect_response(f"**{journey.path}") as read:
        late.continue_()
    read.value.finished()
    drawn(at.page)
    expect(at.page.get_by_role("alert")).to_have_count(0)


def test_a_cancel_that_fails_says_why_in_its_dialog(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    at.page.route("**/cancel", answering(503, "unavailable"))
    at.cancel("The customer hung up")
    expect(at.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("request-1")
    at.page.unroute_all()
    at.page.route("**/cancel", answering(429, "too-many-requests", **{"Retry-After": "600"}))
    at.press("ok")
    expect(at.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("You can try again in 9:5")
    accessible(at.page)


def test_a_verification_that_has_moved_on_is_shown_where_it_stands(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_internal_validation()
    at = signed_in(desk(), journey)
    at.stands_at("choose")
    assert journey.cancel("In another tab").status == 200
    at.press("send")
    at.stands_at("cancelled")
    expect(at.page.get_by_role("alert")).to_have_count(0)


def test_p33_an_agent_who_has_left_the_group_is_told(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_start()
    journey.send_to_agent()
    at = signed_in(desk(), journey)
    pool = stack.facts["AgentPoolId"]
    stack.aws("cognito-idp").admin_remove_user_from_group(UserPoolId=pool, Username=journey.agent.sub, GroupName="CustomerService")
    assert journey.agent_mail is not None
    at.enter("own code", journey.agent_mail.code)
    at.shows("You are not an authorised agent at the moment")


def test_who_is_in_no_group_is_told_at_the_door(stack: Stack, desk: Sit) -> None:
    agent = stack.new_agent(groups=())
    at = desk()
    at.sign_in(agent.email)
    at.shows("You are not in the group CustomerService")
    accessible(at.page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_first_password_is_changed(stack: Stack, desk: Sit, language: str) -> None:
    email = f"new-{uuid.uuid4().hex[:8]}@agents.example.com"
    cognito, pool = stack.aws("cognito-idp"), stack.facts["AgentPoolId"]
    attributes = {"email": email, "email_verified": "true", "name": "Nia Nova"}
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=email,
        TemporaryPassword="Temporary-1",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName="CustomerService")
    at = desk(language)
    at.sign_in(email, "Temporary-1")
    at.field("new password").first.fill("short")
    at.press("save")
    accessible(at.page)
    at.field("new password").first.fill("Chosen-by-me-1")
    at.field("again").fill("Chosen-by-me-2")
    picture(at.page, "first-password", language)
    at.press("save")
    assert not at.heading("assistance").is_visible()
    at.field("again").fill("Chosen-by-me-1")
    at.press("save")
    at.stands_at("assistance")
    assert stack.sign_in("Agent", email, "Chosen-by-me-1")["AccessToken"]
    at.visitor.kept_quiet("Chosen-by-me-1", *at.secrets())


def test_a_wrong_password_is_told(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.press("sign in")
    at.shows("Enter your e-mail and your password.")
    at.sign_in(stack.new_agent().email, "Not-the-one-1")
    at.shows("That did not sign you in")
    accessible(at.page)


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
    at.shows("belongs to an agent, a code is on its way to it")
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
    expect(at.page.get_by_role("alert").filter(has_text="The last one that reached you is good for its hour.")).to_be_focused()
    chooses(at, code, "Another-one-2")
    at.stands_at("changed")


def test_recovery_speaks_of_itself(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.follow("forgot", "reset")
    at.field("e-mail").fill(f"nobody-{uuid.uuid4().hex[:8]}@agents.example.com")
    for answer, words in [
        (lambda route: route.abort("connectionreset"), "Check your network, then ask for the code again."),
        (answering(503, "unavailable"), "Ask for the code again in a moment."),
        (answering(429, "too-many-requests", **{"Retry-After": "600"}), "Only so many codes are sent in an hour."),
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
    expect(at.page.get_by_role("alert")).to_contain_text("try to sign in with the new one first")
    accessible(at.page)
    at.follow("back to sign-in", "sign in")
    at.sign_in(agent.email, "Another-one-2")
    at.stands_at("assistance")


def test_the_last_wrong_reset_code_says_for_how_long_it_was_the_last(stack: Stack, desk: Sit) -> None:
    agent = stack.new_agent()
    at = desk()
    code = asks_for_code(at, agent.email)
    for left in ("4 attempts are left", "3 attempts are left", "2 attempts are left", "One attempt is left", "for 15 minutes no code is taken"):
        chooses(at, other(code), "Another-one-2")
        at.shows(left)
    at.press("save new")
    expect(at.page.get_by_role("alert")).to_contain_text("For a while no code is taken for this e-mail.")
    expect(at.button("save new")).to_be_disabled()


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


def test_a_refusal_of_the_gateway_that_can_be_read_is_made_good_unseen(stack: Stack, desk: Sit) -> None:
    """As on AWS, where the gateway's own 401 has the CORS headers."""
    at = signed_in(desk(), stack.journey().through_start())
    before, refused = at.kept()["sign-in"]["access"], []

    def refuse(route: Route) -> None:
        if route.request.method == "OPTIONS" or refused:
            return route.fallback()
        refused.append(route.request.headers["authorization"])
        return route.fulfill(status=401, json={"message": "Unauthorized"}, headers={"Access-Control-Allow-Origin": "*"})

    at.page.route("**/mfa", refuse)
    at.press("send own")
    expect(at.field("own code")).to_be_focused()
    assert refused == [f"Bearer {before}"]
    assert at.kept()["sign-in"]["access"] != before


def test_a_token_that_is_refused_is_renewed_unseen(stack: Stack, desk: Sit) -> None:
    """As on the emulator, where a page cannot read the refusal."""
    journey = stack.journey().through_start()
    at = signed_in(desk(), journey)
    before = at.kept()["sign-in"]
    at.page.evaluate("kept => sessionStorage.setItem('sign-in', JSON.stringify(kept))", before | {"access": before["access"][:-8] + "AAAAAAAA"})
    at.page.reload()
    at.stands_at("validation")
    assert at.kept()["sign-in"]["access"] not in ("", before["access"])


def test_a_sign_in_that_has_ended_comes_back_to_the_same_place(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    refresh = at.kept()["sign-in"]["refresh"]
    stack.aws("cognito-idp").revoke_token(Token=refresh, ClientId=stack.facts["AgentClientId"])
    broken = {"access": at.kept()["sign-in"]["access"][:-8] + "AAAAAAAA", "refresh": refresh}
    at.page.evaluate("kept => sessionStorage.setItem('sign-in', JSON.stringify(kept))", broken)
    at.page.reload()
    at.shows("Your sign-in has ended")
    picture(at.page, "sign-in-again")
    at.sign_in(journey.agent.email)
    at.stands_at("session")
    assert len(at.environments()) == 4


def test_a_fault_of_cognito_ends_no_sign_in(stack: Stack, desk: Sit) -> None:
    at = signed_in(on_a_clock(desk()), stack.journey().through_internal_validation())
    at.stands_at("choose")
    busy = {"Content-Type": "text/html", "Access-Control-Allow-Origin": "*"}
    refused: list[str] = []

    def fail(route: Route) -> None:
        if route.request.method == "OPTIONS":
            return route.fallback()
        refused.append(route.request.headers["x-amz-target"])
        return route.fulfill(status=503, body="<html>busy</html>", headers=busy)

    at.page.route(f"{stack.facts['endpoint']}/", fail)
    at.page.clock.fast_forward("14:30")
    at.shows("This page may be out of date")
    assert refused[0].endswith("InitiateAuth")
    at.stands_at("choose")
    at.page.unroute_all()
    at.page.clock.fast_forward("00:05")
    at.shows_nothing_of("This page may be out of date")
    at.stands_at("choose")


def test_who_cannot_sign_in_for_a_fault_of_cognito_is_told_so(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.page.route(f"{stack.facts['endpoint']}/", lambda route: route.fulfill(status=502, body="<html>", headers={"Access-Control-Allow-Origin": "*"}))
    at.sign_in(stack.new_agent().email)
    at.shows("The sign-in service has a fault")


def test_signing_out_leaves_nothing(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    refresh = at.kept()["sign-in"]["refresh"]
    at.page.get_by_role("button", name=f"Account: {journey.agent.name}").click()
    with at.page.expect_response(lambda response: response.request.headers.get("x-amz-target", "").endswith("RevokeToken")) as answer:
        at.page.get_by_role("menuitem", name="Sign out").click()
    answer.value.finished()
    at.stands_at("sign in")
    assert at.kept() == {}
    cognito = stack.aws("cognito-idp")
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.initiate_auth(
            ClientId=stack.facts["AgentClientId"], AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": refresh}
        )


@pytest.mark.parametrize("refused", [False, True], ids=["renewed", "refused"])
@pytest.mark.parametrize("followed", [False, True], ids=["by nobody", "by a colleague"])
def test_a_renewal_that_answers_late_changes_nothing(stack: Stack, desk: Sit, followed: bool, refused: bool) -> None:
    agent, colleague = stack.new_agent(), stack.new_agent(name="Cora Colleague")
    journey = stack.journey(agent).through_internal_validation()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("choose")
    held = holding(at, f"{stack.facts['endpoint']}/", containing="REFRESH_TOKEN_AUTH")
    with at.page.expect_request(lambda request: "REFRESH_TOKEN_AUTH" in (request.post_data or "")):
        at.page.clock.fast_forward("14:30")
    drawn(at.page)
    (late,) = held
    renewed = late.fetch()
    at.page.get_by_role("button", name=f"Account: {agent.name}").click()
    at.page.get_by_role("menuitem", name="Sign out").click()
    at.stands_at("sign in")
    if followed:
        at.sign_in(colleague.email)
        expect(at.page.get_by_role("button", name="Account: Cora Colleague")).to_be_visible()
    kept = at.page.evaluate("sessionStorage.getItem('sign-in')")
    with at.page.expect_response(lambda response: "REFRESH_TOKEN_AUTH" in (response.request.post_data or "")) as answer:
        if refused:
            body = {"__type": "NotAuthorizedException", "message": "Refresh Token has been revoked"}
            late.fulfill(status=400, json=body, headers={"Access-Control-Allow-Origin": "*"})
        else:
            late.fulfill(response=renewed)
    answer.value.finished()
    drawn(at.page)
    if followed:
        expect(at.page.get_by_role("button", name="Account: Cora Colleague")).to_be_visible()
    else:
        expect(at.heading("sign in")).to_be_visible()
        at.shows_nothing_of("Your sign-in has ended")
    assert at.page.evaluate("sessionStorage.getItem('sign-in')") == kept


def test_a_session_of_another_tab_has_no_links_here(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_session())
    at.shows("The links of this session are not in this tab")
    accessible(at.page)


def test_p22_anothers_verification_does_not_exist(stack: Stack, desk: Sit) -> None:
    theirs = stack.journey().through_start()
    at = signed_in(desk(), stack.journey())
    at.page.evaluate("id => { location.hash = `#/technical-assistance/${id}` }", theirs.id)
    at.shows("There is no such verification")
    accessible(at.page)


def test_a_supervisor_reads_everyones_and_moves_none(stack: Stack, desk: Sit) -> None:
    journey = stack.journey(ticket="WZ-7").through_asking()
    supervisor = stack.new_agent(name="Sara Molina", groups=("CustomerService", "SupportSupervisor"))
    at = desk()
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.follow("all", "all")
    expect(at.page).to_have_title("Verifications · Waizant BackOffice")
    way, menu = at.page.get_by_role("navigation").all()
    expect(way).to_contain_text("Verifications")
    expect(menu).to_contain_text("Verifications")
    expect(at.page.get_by_text(at.words["mine"])).to_have_count(0)
    at.page.get_by_label("Customer’s e-mail").fill(journey.customer.email)
    at.page.get_by_role("button", name="Search").click()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    at.shows("Awaiting consent")
    at.page.get_by_role("button", name=re.compile("^Agent ")).click()
    at.page.get_by_role("option", name=journey.agent.name).first.click()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    picture(at.page, "supervisor")
    at.page.get_by_role("link", name=at.words["details"]).click()
    at.shows("You can read it, not move it.")
    at.shows("Consent asked")
    expect(at.button("cancel")).to_have_count(0)
    accessible(at.page)
    assert journey.cancel().status == 200
    at.shows("Tess Agent cancelled the process")


@pytest.mark.parametrize("language", ["en", "es"])
def test_to_a_supervisor_another_agents_verification_speaks_of_the_agent(stack: Stack, desk: Sit, language: str) -> None:
    supervisor = stack.new_agent(name="Sara Molina", groups=("CustomerService", "SupportSupervisor"))
    journey = stack.journey(stack.new_agent(name="Tom Prieto")).through_start()
    at = desk(language)
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.go_to(journey)
    at.shows(at.words["if Tom is idle"])
    at.shows(at.words["masked yet"])
    assert (journey.send_to_agent().status, journey.enter_as_agent().status) == (202, 200)
    at.page.reload()
    at.shows(at.words["agent is verified"])
    at.shows_nothing_of(at.words["you are verified"])
    assert (journey.send_to_customer().status, journey.allow().status, journey.enter_for_customer().status) == (202, 200, 200)
    at.page.reload()
    at.shows(at.words["can be started"])
    assert journey.issue().status == 201
    at.stands_at("session")
    expect(at.page.locator(".stage").get_by_role("timer")).to_have_text(CODE)
    at.shows("Tom Prieto")
    expect(at.page.locator(".stage").get_by_role("link")).to_have_count(0)
    accessible(at.page)


def test_to_a_supervisor_a_grant_hides_from_the_agent(stack: Stack, desk: Sit) -> None:
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    given = offered(stack).journey().through_start()
    at = desk()
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.page.evaluate("to => { location.hash = to }", f"#/support-grant/{given.id}")
    at.shows("Hidden from the agent")
    at.shows_nothing_of("Hidden from you")


def test_a_supervisors_telephone_shows_whose_each_is(stack: Stack, desk: Sit) -> None:
    journey = stack.journey(stack.new_agent(name="Tom Prieto")).through_start()
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    at = desk(width=360)
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("all")
    at.page.get_by_label("Customer’s e-mail").fill(journey.customer.email)
    at.page.get_by_label("Customer’s e-mail").press("Enter")
    expect(at.page.locator("tbody tr")).to_have_count(1)
    expect(at.page.locator("tbody tr")).to_contain_text("Agent: Tom Prieto")
    fits(at.page)
    accessible(at.page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_filter_that_is_no_address_is_marked_and_not_sent(stack: Stack, desk: Sit, language: str) -> None:
    at = signed_in(desk(language), stack.journey().through_start())
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    expect(at.page.locator("tbody tr")).to_have_count(1)
    at.visitor.forget()
    at.field("customer").fill("nobody")
    at.field("customer").press("Enter")
    at.shows(at.words["no address"])
    accessible(at.page)
    assert at.visitor.posted() == []
    at.page.reload()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    expect(at.field("customer")).to_have_value("")


def test_a_filter_that_the_api_takes_for_no_address_is_marked_and_not_kept(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    expect(at.page.locator("tbody tr")).to_have_count(1)
    at.field("customer").fill("no(body)@x..example")
    at.field("customer").press("Enter")
    at.shows("Something in the form is not right")
    at.shows(at.words["no address"])
    at.page.reload()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    expect(at.page.get_by_role("alert")).to_have_count(0)


def searched(request: Request) -> str | None:
    """From where a search goes on."""
    return (request.post_data_json or {}).get("cursor")


def nothing_but_more(route: Route) -> None:
    """A page without a find, which is not the last."""
    if route.request.method == "OPTIONS":
        return route.fallback()
    cursor = str(int(searched(route.request) or 0) + 1)
    return route.fulfill(json={"items": [], "cursor": cursor}, headers={"Access-Control-Allow-Origin": "*"})


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_long_search_asks_before_it_goes_on(stack: Stack, desk: Sit, language: str) -> None:
    at = signed_in(desk(language), stack.journey().through_start())
    found = stack.api.post("/verifications/search", {}, token=stack.journey().through_start().agent.token)
    at.page.route("**/verifications/search", nothing_but_more)
    at.visitor.forget()
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    at.shows(at.words["none yet"])
    drawn(at.page)
    assert len(at.visitor.posted()) == 10
    accessible(at.page)
    with at.page.expect_response(lambda response: searched(response.request) == "19"):
        at.button("further").press("Enter")
    drawn(at.page)
    expect(at.button("further")).to_be_focused()
    assert len(at.visitor.posted()) == 20
    at.page.route(
        "**/verifications/search",
        lambda route: (
            route.fulfill(json=found.json, headers={"Access-Control-Allow-Origin": "*"})
            if searched(route.request) == "20"
            else route.fallback()
        ),
    )
    at.button("further").press("Enter")
    expect(at.page.locator("tbody tr").get_by_role("link")).to_have_count(1)
    expect(at.heading("mine")).to_be_focused()


def test_a_search_ends_when_its_page_is_left(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    held = holding(at, "**/verifications/search")
    with at.page.expect_request("**/verifications/search"):
        at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    at.page.evaluate("location.hash = '#/technical-assistance'")
    at.stands_at("assistance")
    expect(at.field("user email")).to_be_visible()
    at.visitor.forget()
    (late,) = held
    with at.page.expect_response("**/verifications/search") as answer:
        nothing_but_more(late)
    answer.value.finished()
    drawn(at.page)
    assert at.visitor.posted() == []


def test_verifications_are_found_page_by_page(stack: Stack, desk: Sit) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    for number in range(21):
        journey = stack.journey(agent, customer, ticket=f"T-{number:02}")
        assert journey.start().status == 201
        if number < 2:
            assert journey.cancel().status == 200
    at = desk()
    at.sign_in(agent.email)
    at.stands_at("assistance")
    at.page.get_by_role("link", name=at.words["mine"]).click()
    rows = at.page.locator("tbody tr")
    expect(rows).to_have_count(20)
    at.shows("T-20")
    at.shows_nothing_of("T-00")
    at.page.get_by_role("button", name="Next page").click()
    expect(rows).to_have_count(1)
    at.shows("T-00")
    at.page.get_by_role("button", name="Previous page").click()
    expect(rows).to_have_count(20)
    at.page.get_by_label("Status").first.click()
    at.page.get_by_role("option", name="Closed").click()
    expect(rows).to_have_count(2)
    at.page.reload()
    expect(rows).to_have_count(2)
    at.page.get_by_label("Customer’s e-mail").fill("nobody@customers.example.com")
    at.page.get_by_label("Customer’s e-mail").press("Enter")
    at.shows("Nothing matches these filters")
    at.page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(20)


def test_an_answer_that_was_overtaken_is_not_shown(stack: Stack, desk: Sit) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    for ticket in ("CLOSED", "OPEN"):
        journey = stack.journey(agent, customer, ticket=ticket)
        assert journey.start().status == 201
        if ticket == "CLOSED":
            assert journey.cancel().status == 200
    at = desk()
    at.sign_in(agent.email)
    at.stands_at("assistance")
    at.page.get_by_role("link", name=at.words["mine"]).click()
    rows = at.page.locator("tbody tr")
    expect(rows).to_have_count(2)
    held = holding(at, "**/verifications/search", containing='"closed"')
    for status in ("Closed", "Started"):
        at.page.get_by_label("Status").first.click()
        at.page.get_by_role("option", name=status, exact=True).click()
    expect(rows).to_have_count(1)
    at.shows("OPEN")
    (late,) = held
    with at.page.expect_response("**/verifications/search") as answer:
        late.continue_()
    answer.value.finished()
    drawn(at.page)
    assert "OPEN" in rows.inner_text()


@pytest.mark.parametrize(
    ("language", "details"),
    [
        ("en", ["sending 1 of 5", "wrong entry 1 of 5", "Test & Co, sending 1 of 5", "attempt 1", "Test & Co: Waizant Web, Waizant App", "Waizant Web"]),
        ("es", ["envío 1 de 5", "código incorrecto 1 de 5", "Test & Co, envío 1 de 5", "intento 1", "Test & Co: Waizant Web, Waizant App", "Waizant Web"]),
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
    for shown in (row.get_by_role("link"), row.get_by_text("Analista validado")):
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
def test_where_nothing_may_be_stored_it_works_until_a_reload(stack: Stack, visitor: Come, blocked: str) -> None:  # noqa: F811
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


def test_its_settings_missing_says_so(stack: Stack, visitor: Come) -> None:  # noqa: F811
    here = visitor()
    here.context.route("**/config.json", lambda route: route.fulfill(status=404))
    page = here.open(stack.settings.origin("console"))
    expect(page.get_by_text("The console cannot start")).to_be_visible()
