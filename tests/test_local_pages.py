"""The local stack's own pages in a real browser: the environments' stand-ins, which show what an environment has to do, and the inbox."""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

import serve
from settings import Settings
from support.browser import Visitor, accessible, fits, picture
from support.grants import Offer
from support.journey import Journey
from support.stack import Stack

Come = Callable[..., Visitor]
BANNER = re.compile(r"^Support session of Ana Rivas for Carla Núñez · (5:00|4:\d\d) left$")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f0005000201a3e5d1a40000000049454e44ae426082"
)


def url(journey: Journey, environment: str) -> str:
    (found,) = [handoff["url"] for handoff in journey.session["handoffs"] if handoff["environment"] == environment]
    return found


def in_session(stack: Stack, role: str = "admin") -> Journey:
    bakery = {"id": "eco-bakery", "name": "Panadería Núñez", "role": role, "plan": "premium", "modules": ["rcm"]}
    customer = stack.new_customer(name="Carla Núñez", ecosystems=[bakery])
    return stack.journey(stack.new_agent(name="Ana Rivas"), customer).through_session()


def opened(who: Visitor, journey: Journey, environment: str = "web") -> Page:
    page = arrived(who, journey, environment)
    expect(page.locator("#banner")).to_have_text(BANNER)
    return page


def arrived(who: Visitor, journey: Journey, environment: str) -> Page:
    """Who came by a handoff's link. The App's may stand in an email, where scanners find it: it takes a press."""
    page = who.open(url(journey, environment))
    if environment == "app":
        page.get_by_role("button", name="Open it here").click()
    return page


def dropped_out(page: Page, within: float) -> None:
    started = time.monotonic()
    expect(page.get_by_role("heading", level=1)).to_have_text("The support session is over")
    assert time.monotonic() - started < within
    expect(page.locator("#banner")).to_be_hidden()
    assert page.evaluate("Object.keys(sessionStorage)") == []


@pytest.mark.parametrize(
    ("role", "environment", "landing"),
    [
        ("admin", "store", "Store"),
        ("admin", "web", "Home"),
        ("member", "web", "My Ecosystem"),
        ("admin", "app", "Today"),
        ("admin", "rcm", "RCM dashboard"),
    ],
)
def test_an_environment_opens_the_session_where_its_landing_says(
    stack: Stack, visitor: Come, role: str, environment: str, landing: str
) -> None:
    journey = in_session(stack, role)
    here = visitor() if environment == "app" else visitor(width=1000, height=640)
    page = opened(here, journey, environment)
    expect(page.get_by_role("heading", level=1)).to_have_text(landing)
    picture(page, f"environment-{landing.lower().replace(' ', '-')}")
    # These come last, and move what is below them.
    expect(page.get_by_role("heading", name="Messages")).to_be_visible()
    page.get_by_text("What the access token says").click()
    expect(page.locator("pre")).to_contain_text(f'"sub": "{journey.agent.sub}"')
    accessible(page)
    fits(page)
    here.kept_quiet(journey.handoff(environment))
    assert here.console == []

    page.reload()
    expect(page.locator("#banner")).to_have_text(BANNER)
    again = arrived(visitor(), journey, environment)
    expect(again.get_by_role("heading", level=1)).to_have_text("This link is no longer valid")
    accessible(again)


def test_an_environment_drops_out_when_the_customer_ends_the_session(stack: Stack, visitor: Come) -> None:  # P15
    journey = in_session(stack)
    page = opened(visitor(), journey)
    journey._done(journey.end(), 200)
    dropped_out(page, within=2)
    picture(page, "environment-over")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody is signed in")


def test_all_environments_drop_out_when_the_agent_cancels(stack: Stack, visitor: Come) -> None:  # P15
    journey = in_session(stack)
    pages = [opened(visitor(), journey, environment) for environment in ("store", "app", "rcm")]
    journey._done(journey.cancel(), 200)
    for page in pages:
        dropped_out(page, within=2)
    late = visitor().open(url(journey, "web"))
    expect(late.get_by_role("heading", level=1)).to_have_text("This link is no longer valid")


def test_an_environment_drops_out_at_the_deadline_by_its_own_clock(stack: Stack, visitor: Come) -> None:
    journey = in_session(stack)
    page = visitor().context.new_page()
    page.clock.install()
    page.route("**/active", lambda route: route.fulfill(json={"active": True}))
    page.goto(url(journey, "web"))
    expect(page.locator("#banner")).to_have_text(BANNER)
    page.clock.fast_forward(260_000)
    expect(page.locator("#left")).to_have_text(re.compile(r"^0:\d\d$"))
    page.clock.run_for(41_000)
    dropped_out(page, within=2)


@pytest.mark.parametrize("answer", [{"json": {"active": None}}, {"status": 503, "body": "no"}])
def test_an_environment_that_cannot_ask_for_ten_seconds_drops_out(stack: Stack, visitor: Come, answer: dict[str, Any]) -> None:
    page = visitor().context.new_page()
    page.clock.install()
    page.goto(url(in_session(stack), "web"))
    expect(page.locator("#banner")).to_have_text(BANNER)
    with page.expect_response("**/active"):
        pass
    page.route("**/active", lambda route: route.fulfill(**answer))
    with page.expect_response("**/active"):
        page.clock.fast_forward(8_000)
    expect(page.locator("#banner")).to_have_text(BANNER)
    dropped_out(page, within=5)


def test_what_the_customer_hides_is_not_shown(stack: Stack, visitor: Come) -> None:
    offer = Offer(stack)
    assert offer.create(allow_talks=True).status == 201
    here = visitor()
    answers: list[Response] = []
    here.context.on("response", lambda answer: answers.append(answer))
    page = here.open(url(offer.journey().through_session(), "web"))
    expect(page.get_by_role("heading", name="Talks")).to_be_visible()
    expect(page.get_by_text("The customer does not share messages.")).to_be_visible()
    expect(page.get_by_role("heading", name="Messages")).to_have_count(0)
    # The page was not given them either.
    (given,) = [answer for answer in answers if answer.url.endswith("/correspondence")]
    assert given.json()["messages"] is None
    accessible(page)


def test_the_inbox_shows_a_mail_as_it_arrives_and_its_link_opens_the_consent_page(stack: Stack, visitor: Come) -> None:
    here = visitor(width=1140, height=640)
    page = here.open(stack.settings.origin("start"))
    expect(page.get_by_role("link", name="console")).to_have_attribute("href", stack.settings.origin("console"))
    expect(page.locator("#customers")).to_contain_text("carla@customers.example.com")
    expect(page.locator("#offers")).to_have_text("carla@customers.example.com")
    expect(page.get_by_role("link", name="customers' page")).to_have_attribute(
        "href", f"{stack.settings.origin('console')}/remote-assistance.html"
    )
    bakery = {"id": "eco-bakery", "name": "Panadería Núñez", "role": "admin", "plan": "premium", "modules": ["rcm"]}
    journey = stack.journey(stack.new_agent(name="Ana Rivas"), stack.new_customer(name="Carla Núñez", ecosystems=[bakery])).through_asking()
    assert journey.customer_mail is not None
    # It comes by itself. So do others' emails, which do not disturb anybody who reads this one.
    page.locator("#emails button").filter(has_text=journey.customer.email).click()
    expect(page.locator("#subject")).to_have_text(journey.customer_mail.subject)
    stack.aws("ses").send_email(
        Source="support@waizant.example",
        Destination={"ToAddresses": [f"later-{journey.customer.email}"]},
        Message={"Subject": {"Data": "Later"}, "Body": {"Text": {"Data": "Later"}}},
    )
    expect(page.locator("#emails button").filter(has_text=f"later-{journey.customer.email}")).to_be_visible()
    expect(page.locator("#subject")).to_have_text(journey.customer_mail.subject)
    expect(page.frame_locator("#page").locator("body")).to_contain_text(journey.customer_mail.code)
    accessible(page)
    if "PICTURES" in os.environ:  # others' emails are not for show
        page.locator("#to").select_option(journey.customer.email)
        picture(page, "inbox")
    with here.context.expect_page() as opening:
        page.frame_locator("#page").get_by_role("link", name="Open the authorization page").click()
    expect(opening.value.get_by_role("button", name="See the details")).to_be_visible()

    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator("#text")).to_contain_text(journey.customer_mail.code)
    page.locator("#to").select_option(journey.agent.email)
    expect(page.locator("#emails button")).to_have_count(1)
    assert journey.agent_mail is not None
    expect(page.locator("#subject")).to_have_text(journey.agent_mail.subject)


def test_the_inbox_is_not_called_empty_before_anybody_has_looked(stack: Stack, visitor: Come) -> None:
    page = visitor().context.new_page()
    none, hidden = page.locator("#none"), []

    def looked(route: Route) -> None:
        hidden.append(none.is_hidden())
        route.fulfill(json={"stack": "this", "mails": []})

    page.route("**/mails.json*", looked)
    page.goto(stack.settings.origin("start"))
    expect(none).to_be_visible()
    assert hidden[0]


def test_the_inbox_of_a_stack_that_was_started_anew_begins_anew(stack: Stack, visitor: Come, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    settings = Settings(port=server.server_port - 1, state=tmp_path)
    site = serve.Site(serve.Stack(settings), "start")
    server.RequestHandlerClass = serve.handler(site, settings.origin("start").removeprefix("http://"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.facts_file.write_text(json.dumps(stack.facts))
    settings.mail.mkdir()
    (settings.mail / "37.eml").write_text("From: a@waizant.example\nTo: before@example.com\nSubject: Before\n\nBefore")
    page = visitor().open(settings.origin("start"))
    expect(page.locator("#subject")).to_have_text("Before")
    page.locator("#to").select_option("before@example.com")
    (settings.mail / "37.eml").unlink()
    (settings.mail / "1.eml").write_text("From: a@waizant.example\nTo: after@example.com\nSubject: After\n\nAfter")
    site.stack = serve.Stack(settings)
    expect(page.locator("#subject")).to_have_text("After")
    expect(page.locator("#emails .to")).to_have_text(["after@example.com"])
    expect(page.locator("#api")).to_have_text(stack.facts["ApiUrl"])
    server.shutdown()
    server.server_close()


def test_a_mail_that_arrives_leaves_the_keyboard_where_it_is(stack: Stack, visitor: Come) -> None:
    page = visitor().open(stack.settings.origin("start"))
    to = [f"{word}-{stack.new_customer().email}" for word in ("first", "second", "third")]
    for number, each in enumerate(to):
        stack.aws("ses").send_email(
            Source="support@waizant.example",
            Destination={"ToAddresses": [each]},
            Message={"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}},
        )
        expect(page.locator("#emails button").filter(has_text=each)).to_be_visible()
        if number == 0:
            page.locator("#emails button").filter(has_text=each).focus()
    first = page.locator("#emails button").filter(has_text=to[0])
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#recipient")).to_have_text(to[0])
    expect(first).to_be_focused()
    expect(page.locator("#emails button[aria-current=true]")).to_have_count(1)
    expect(first).to_have_attribute("aria-current", "true")
    page.locator("#to").select_option(to[1])
    expect(page.locator("#emails .to")).to_have_text([to[1]])
    page.locator("#to").select_option("")
    expect(first).to_be_visible()
    newest_first = [each for each in page.locator("#emails .to").all_inner_texts() if each in to]
    assert newest_first == to[::-1]


def test_a_hostile_mail_is_shown_and_does_nothing(stack: Stack, visitor: Come) -> None:
    here = visitor(width=1280, height=800)
    page = here.open(stack.settings.origin("start"))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "support@waizant.example", "victim@customers.example.com", "<b>Hostile</b>"
    mail.set_content("plain")
    mail.add_alternative(
        """<html lang="es"><head><title>x</title><style>p{background:url(http://127.0.0.1:1/a)}</style></head><body onload="alert(1)">
        <p style="background:url(http://127.0.0.1:1/b)">Hola</p><script>alert(2)</script><img src="http://127.0.0.1:1/c" onerror="alert(3)">
        <a href="javascript:alert(4)">press</a><form action="http://127.0.0.1:1/d"><input name="q"></form><iframe src="http://127.0.0.1:1/e"></iframe>
        <img id="qr" src="cid:qr" alt="QR"></body></html>""",
        subtype="html",
    )
    body = mail.get_body(("html",))
    assert body is not None
    body.add_related(PNG, "image", "png", cid="<qr>")
    mail.add_attachment(b'{"receipt": 1}', maintype="application", subtype="json", filename="receipt.json")
    stack.aws("ses").send_raw_email(RawMessage={"Data": mail.as_bytes()})

    page.locator("#emails button").filter(has_text="<b>Hostile</b>").first.click()
    shown = page.frame_locator("#page")
    expect(shown.locator("p")).to_have_text("Hola")
    expect(shown.get_by_alt_text("QR")).to_have_js_property("naturalWidth", 1)
    assert shown.locator("script, form, input, iframe, [onload], [onerror], a[href]").count() == 0
    assert not [request.url for request in here.sent if ":1/" in request.url]
    with page.expect_download() as download:
        page.get_by_role("link", name="receipt.json").click()
    assert download.value.path().read_bytes() == b'{"receipt": 1}'


def test_the_pages_answer_to_their_own_address_alone(stack: Stack) -> None:
    """Another name for this machine could be a page elsewhere that wants to read the inbox (DNS rebinding)."""
    for host in ("evil.example.com", f"localhost:{stack.settings.page_port('start')}"):
        connection = http.client.HTTPConnection("127.0.0.1", stack.settings.page_port("start"))
        connection.request("GET", "/mails.json", headers={"Host": host})
        assert connection.getresponse().status == 421
        connection.close()


@pytest.mark.parametrize(
    "path", ["/../local/serve.py", "/%2e%2e/serve.py", "/..%2fserve.py", "/mails/../stack.json", "/mails/1.eml", "/nothing"]
)
def test_the_pages_serve_nothing_else(stack: Stack, path: str) -> None:
    for page in ("start", "consent", "web"):
        connection = http.client.HTTPConnection("127.0.0.1", stack.settings.page_port(page))
        connection.request("GET", path)
        assert connection.getresponse().status == 404
        connection.close()
