"""Ecosystem Admin: support for the successor of an ecosystem. The successor gets the App's QR code by email, and the agent reads their activity."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from client import Mail, decode
from samples import ecosystem
from support.answers import face
from support.at_once import at_once
from support.ecosystem_admin import (
    IDLE_SECONDS,
    SESSION_SECONDS,
    UNKNOWN,
    activity,
    closing,
    mailed_handoff,
    pictures,
    pixels,
    problem,
    qr_mail,
    scanned,
    successor_of,
    support,
)
from support.emails import fetch, links, told_time
from support.hosted import Hosted, http_event
from support.sessions import directory_says, ecosystem_as, enough_instances
from support.stack import Stack

# --- the whole of it ---


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_successor_gets_the_qr_code_by_mail_and_it_opens_the_app_once(stack: Stack, locale: str) -> None:  # P14, P30
    customer = successor_of(stack, name="Sol Herrera", locale=locale)
    journey = support(stack, customer).through_consent()
    issued = journey.issue()
    session = issued.json["session"]
    web, app = session["handoffs"]
    assert (web["environment"], web["landing"]) == ("web", "my-ecosystem")
    assert app == {"environment": "app", "landing": "home", "sent_to": "c***@customers.example.com"}

    mail = qr_mail(journey)
    url = scanned(mail)
    base, _, handoff = url.partition("#handoff=")
    assert base == stack.facts["parameters"]["AppUrl"]
    assert handoff.startswith(f"{journey.id}.")
    assert mail.link == url, "who cannot scan it has the same as a link"
    readable(mail, told_time(session["expires_at"], locale))
    # Neither the agent nor the record has it.
    assert handoff not in issued.body.decode() + journey.read().body.decode()
    assert handoff.partition(".")[2] not in json.dumps(journey.item)

    redeemed = journey.redeem("app", handoff)
    assert redeemed.status == 200
    assert redeemed.json["session"]["environment"] == "app"
    assert redeemed.json["session"]["expires_at"] == session["expires_at"]
    claims = decode(redeemed.json["access_token"])
    assert (claims["sub"], claims["act"], claims["ecosystem"]) == (customer.sub, {"sub": journey.agent.sub}, customer.ecosystem)
    assert journey.redeem("app", handoff).status == 410
    assert journey.redeem("web").status == 200, "the Web is the agent's, as ever"

    assert journey.actions()[-5:] == ["mint-started", "session-started", "app-qr-sent", "handoff-redeemed", "handoff-redeemed"]
    assert journey.cancel().status == 200
    last, receipt = closing(journey)
    assert (receipt["module"], receipt["app_qr_given_to"]) == ("ecosystem-admin", "customer")
    said = {"en": "The QR code for the App was sent to you by email.", "es": "El código QR de la App se le envió a usted por correo."}
    assert said[locale] in last.text


def readable(mail: Mail, until: str) -> None:
    """As the usual programs for email need it: a picture of the email's own with its size and words in its place, and text beside."""
    kinds = [part.get_content_type() for part in mail.message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    (picture,) = pictures(mail)
    name = picture["Content-ID"].strip("<>")
    assert re.fullmatch(r"app-qr\.[\w-]{22}@support-access", name), "of this email alone"
    assert picture.get_content_disposition() == "inline"
    assert list(mail.message.iter_attachments()) == []
    (tag,) = re.findall(r"<img [^>]*>", mail.html)
    attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
    assert attributes["src"] == f"cid:{name}"
    assert "QR" in attributes["alt"]
    width, height, _ = pixels(picture.get_payload(decode=True))
    # Sharp on a dense screen, and in whole pixels on any.
    assert (width, height) == (2 * int(attributes["width"]), 2 * int(attributes["height"]))
    assert 160 <= int(attributes["width"]) <= 288, "large enough to scan, and no wider than a phone"
    assert not re.findall(r"""(?:src|background)=["'](?!cid:)|url\(|<(?:script|link|iframe|svg)|data:""", mail.html)
    for part in (mail.text, html.unescape(re.sub(r"<[^>]+>", "", mail.html))):
        assert until in part
        assert re.search(r"\b5 minut", part)
    assert len(mail.message.as_bytes()) < 100_000, "Gmail cuts longer ones"


@pytest.mark.parametrize("mode", ["both", "agent-entry"])
def test_who_keeps_the_request_alive_and_when_it_is_lost_stands_in_view_and_mail(stack: Stack, mode: str) -> None:  # P5, P30
    with stack.configured(CONSENT_MODE=mode):
        journey = support(stack).through_internal_validation()
        journey.age(100)
        asked = journey.send_to_customer().json
        lost_at = told_time(asked["expires_at"])
        assert journey.customer_mail is not None
        assert f"15 minutes without any activity on your part. If you do nothing, it expires on {lost_at}" in journey.customer_mail.text
        # Only the successor's own acts move it: not the agent's resending or entries; reading does not count at all.
        journey.age(60)
        before = journey.read().json["expires_at"]
        journey.send_to_customer()
        assert journey.read().json["expires_at"] == before
        again = journey.customer_mail.text
        assert told_time(before) in again
        if mode == "agent-entry":
            return
        journey.enter_for_customer()
        assert journey.read().json["expires_at"] == before
        for _ in range(3):
            assert journey.view().status == 200
        assert journey.read().json["expires_at"] == before
        assert journey.allow().json["status"] == "consented"
        assert journey.read().json["expires_at"] > before


def test_fifteen_minutes_without_an_act_lose_the_request(stack: Stack) -> None:  # P5
    asked, consented, session = support(stack).through_asking(), support(stack).through_consent(), support(stack).through_session()
    handoff = mailed_handoff(session)
    # What came after the asking took its time, too.
    asked.age(IDLE_SECONDS - 60)
    consented.age(IDLE_SECONDS - 60)
    session.age(SESSION_SECONDS - 60)
    for journey, status in ((asked, "awaiting_consent"), (consented, "consented"), (session, "in_session")):
        assert journey.read().json["status"] == status
    # Reading the successor's activity does not count as an act of the successor.
    assert activity(consented).status == activity(session).status == 200
    for journey in (asked, consented, session):
        journey.age(60)
        assert journey.read().json["status"] == "closed"
        assert activity(journey).json["verification_status"] == "closed"
    assert asked.allow().status == 410
    assert consented.issue().json["verification_status"] == "closed"
    assert face(session.redeem("app", handoff)) == face(session.redeem("app", UNKNOWN))


# --- P14: the emailed handoff ---


def test_of_a_hundred_who_scan_it_one_gets_in(stack: Stack) -> None:  # P14
    journey = support(stack).through_session()
    handoff = mailed_handoff(journey)
    enough_instances(lambda: journey.redeem("app", UNKNOWN), 100)
    statuses = [answer.status for answer in at_once([lambda: journey.redeem("app", handoff)] * 100)]
    assert (statuses.count(200), statuses.count(410)) == (1, 99)
    assert journey.actions().count("handoff-redeemed") == 1


def test_unknown_used_expired_and_other_mailed_handoffs_look_alike(stack: Stack) -> None:  # P14
    used, other, cancelled, expired, ended = (support(stack).through_session() for _ in range(5))
    handoffs = {journey.id: mailed_handoff(journey) for journey in (used, other, cancelled, expired, ended)}
    assert used.redeem("app", handoffs[used.id]).status == 200
    assert cancelled.cancel().status == 200
    expired.age(SESSION_SECONDS)
    stack.delivered()
    start = next(mail for mail in stack.inbox.mails(ended.customer.email) if "#token=" in mail.text and mail != ended.customer_mail)
    assert ended.end(start.token).status == 200
    answers = {
        "used": used.redeem("app", handoffs[used.id]),
        "in another environment": other.redeem("web", handoffs[other.id]),
        "with another's secret": other.redeem("app", f"{other.id}.{handoffs[used.id].partition('.')[2]}"),
        "cancelled": cancelled.redeem("app", handoffs[cancelled.id]),
        "expired": expired.redeem("app", handoffs[expired.id]),
        "ended": ended.redeem("app", handoffs[ended.id]),
    }
    alike = face(other.redeem("app", UNKNOWN))
    assert alike[0] == 410
    for which, answer in answers.items():
        assert face(answer) == alike, which
    assert other.redeem("app", handoffs[other.id]).status == 200


# --- P7, P27: what is in an email ---


def test_a_scanner_that_opens_every_link_changes_nothing(stack: Stack) -> None:  # P27
    journey = support(stack).through_session()
    qr = qr_mail(journey)
    stack.delivered()
    journey.edit(lambda record: record.update(notice=None))
    before, opened = journey.item, set()
    for mail in stack.inbox.mails(journey.customer.email):
        for link in {link for link in links(mail) if not link.startswith("cid:")}:
            assert link.partition("#")[0] in {stack.facts["parameters"][name] for name in ("ConsentPageUrl", "AppUrl")}
            for method in ("GET", "HEAD"):
                fetch(link, method)
            opened.add(link)
    # And those that read QR codes.
    assert scanned(qr) in opened
    assert len(opened) == 3, "to consent, to end it, into the App"
    assert journey.item == before
    assert journey.redeem("app", scanned(qr).partition("#handoff=")[2]).status == 200


def test_a_scanner_that_runs_the_apps_page_does_not_use_it_up(stack: Stack, visitor: Any) -> None:  # P27
    journey = support(stack).through_session()
    url = scanned(qr_mail(journey))
    before = journey.actions()
    scanner = visitor()
    page = scanner.open(url)
    page.wait_for_load_state("networkidle")
    assert scanner.posted() == []
    assert journey.actions() == before
    page.get_by_role("button", name="Open it here").click()
    page.locator("#banner").filter(has_text=journey.customer.name).wait_for()
    assert journey.actions()[-1] == "handoff-redeemed"


def test_the_mailed_handoff_is_in_no_table_and_no_log(stack: Stack, started_at: float) -> None:  # P7
    journey = support(stack).through_session()
    secret = mailed_handoff(journey).partition(".")[2]
    assert journey.redeem("app", f"{journey.id}.{secret}").status == 200
    assert activity(journey).status == 200
    assert secret not in json.dumps([stack.items(), stack.items("CoreTable")], default=repr)
    assert not [line for line in stack.logs(started_at) if secret in line or journey.customer.email in line]


HOSTILE = "<b>Evil</b>\r\nBcc: evil@evil.example https://evil.example/ \u202eziuR"


@pytest.mark.parametrize("locale", ["en", "es"])
def test_a_hostile_name_stays_a_name_in_the_mail_with_the_code(stack: Stack, locale: str) -> None:  # P24, P30
    estate = ecosystem(f"eco-{locale}-hostile", HOSTILE, "successor", "plus")
    customer = stack.new_customer(name=HOSTILE, ecosystems=[estate], locale=locale)
    journey = support(stack, customer).through_session()
    mail = qr_mail(journey)
    assert [name for name in mail.message if name.lower() in ("bcc", "cc")] == []
    assert "<b>Evil</b>" not in mail.html.replace("<b>&", "")
    assert "\u202e" not in mail.text + mail.html
    for link in {link for link in links(mail) if not link.startswith("cid:")}:
        assert link.startswith(stack.facts["parameters"]["AppUrl"])
    assert "evil.example" not in mail.text + mail.html


# --- email that does not go out ---


@contextmanager
def issuing_without(stack: Stack, *actions: str) -> Iterator[Hosted]:
    denied = [{"Action": list(actions), "Resource": "*"}]
    with Hosted(stack, "IssueSessionFunction", denied=denied) as function:
        yield function


def test_a_code_that_could_not_be_sent_is_lost_and_the_agent_is_told(stack: Stack) -> None:  # P26
    journey = support(stack).through_consent()
    with issuing_without(stack, "ses:SendRawEmail") as function:
        answer = function.invoke(http_event("POST /verifications/{id}/session", {}, journey.agent, id=journey.id))
    assert answer["statusCode"] == 201
    session = json.loads(answer["body"])["session"]
    assert session["handoffs"][1] == {"environment": "app", "landing": "home", "sent_to": None}
    assert journey.actions()[-2:] == ["session-started", "mail-failed"]
    assert not [mail for mail in stack.inbox.mails(journey.customer.email) if pictures(mail)]
    # The session stays as it is without it; an agent who needs the App cancels, and asks again.
    web = session["handoffs"][0]["url"].partition("#handoff=")[2]
    assert journey.redeem("web", web).status == 200
    assert journey.cancel("the App is needed").status == 200
    mail, receipt = closing(journey)
    assert receipt["app_qr_given_to"] is None
    assert "QR" not in mail.text
    again = support(stack, journey.customer, journey.agent).through_session()
    assert again.session["handoffs"][1]["sent_to"] == "c***@customers.example.com"


# --- whom it supports ---


def test_a_customer_who_is_successor_of_nothing_is_refused_with_that_reason_once_the_agent_has_authenticated(stack: Stack) -> None:
    mixed = [ecosystem("eco-a", "A", "admin", "premium", "rcm"), ecosystem("eco-b", "B", "member", "plus")]
    journey = support(stack, stack.new_customer(ecosystems=mixed))
    started = journey.start()
    assert started.json["customer"].keys() == {"email"}, "nothing is told before"
    assert journey.send_to_agent().json["customer"].keys() == {"email"}
    proved = journey.enter_as_agent()
    assert (proved.status, proved.json["status"]) == (200, "agent_verified")
    assert proved.json["customer"]["sign_in"] == "confirmed", "their sign-in status is still worth knowing"
    assert proved.json["customer"]["ecosystems"] == []
    before, seen = journey.item, stack.inbox.last_number()
    for each in ("eco-a", "eco-b", "eco-c"):
        refused = journey.send_to_customer(each)
        assert problem(refused) == (422, "environment-refused")
        assert "successor of any ecosystem" in refused.json["detail"]
    assert journey.item == before
    assert stack.inbox.mails(journey.customer.email, after=seen) == []


def test_only_an_ecosystem_that_the_successor_has_received_is_shown_and_can_be_picked(stack: Stack) -> None:
    unique = str(time.time_ns())
    own, other = ecosystem(f"own-{unique}", "Own", "successor", "premium", "rcm"), ecosystem(f"other-{unique}", "Other", "admin", "premium")
    customer = stack.new_customer(ecosystems=[other, own])
    journey = support(stack, customer).through_internal_validation()
    shown = journey.read().json["customer"]["ecosystems"]
    assert shown == [{"id": own["id"], "name": "Own", "role": "successor", "plan": "premium", "environments": ["web", "app"]}]
    refused = journey.send_to_customer(other["id"])
    assert problem(refused) == (422, "environment-refused")
    assert journey.send_to_customer(own["id"]).status == 202
    assert journey.view().json["environments"] == ["web", "app"]
    assistance = stack.journey(customer=customer).through_internal_validation()
    assert len(assistance.read().json["customer"]["ecosystems"]) == 2


# --- P31 ---


@pytest.mark.parametrize("role", ["member", "admin"])
def test_who_stops_being_successor_since_the_consent_gets_no_session(stack: Stack, role: str) -> None:  # P31
    journey = support(stack).through_consent()
    assert activity(journey).status == 200
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, role, "premium", "rcm"))
    refused = journey.issue()
    assert problem(refused) == (422, "environment-refused")
    assert "successor" in refused.json["detail"]
    assert problem(activity(journey)) == (422, "environment-refused"), "nor is their activity read"
    assert journey.read().json["status"] == "consented"
    assert journey.actions().count("activity-read") == 1
    directory_says(stack, journey.customer)
    assert journey.issue().status == 201


def test_the_mailed_code_opens_nothing_for_who_is_successor_no_more(stack: Stack) -> None:  # P31
    journey = support(stack).through_session()
    handoff = mailed_handoff(journey)
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, "admin", "premium", "rcm"))
    assert face(journey.redeem("app", handoff)) == face(journey.redeem("app", UNKNOWN))
    directory_says(stack, journey.customer, status="suspended")
    assert journey.redeem("app", handoff).status == 410
    directory_says(stack, journey.customer)
    assert journey.redeem("app", handoff).status == 200
