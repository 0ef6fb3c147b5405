"""A support grant from the offer to its end, on the deployed stack."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from client import decode
from samples import ecosystem
from support.emails import assert_readable, links, told_time, words
from support.grant_answers import SESSION_SECONDS, at_step, is_gone, is_refused, seconds
from support.grant_notices import kinds, told
from support.grants import CREDENTIALS, Offer, offered, redeem
from support.introspection import introspect, is_active
from support.receipts import Verify, receipts
from support.recovery import refresh
from support.sessions import opened
from support.stack import Stack
from support.sweep import invoke_sweep, sweep

pytestmark = pytest.mark.usefixtures("schedule")


@pytest.mark.parametrize("locale", ["en", "es"])
def test_from_the_offer_to_the_revocation(stack: Stack, backend: Any, verify_receipt: Verify, locale: str) -> None:  # P12, P15, P16, P30
    customer = stack.new_customer(locale=locale, name="Cleo Núñez")
    offer, agent = Offer(stack, customer), stack.new_agent(name="Tess Ågent")
    assert offer.options().json == {
        "ecosystems": [{"id": customer.ecosystem, "name": "Test & Co", "environments": ["store", "web", "app", "rcm"]}],
        "minutes": {"min": 15, "max": 2880},
    }
    is_gone(offer.read())

    before = int(time.time())
    created = offer.create(480, allow_talks=True)
    assert (created.status, created.headers["Location"]) == (201, "/support-grant")
    shown = created.json
    visibility = {"messages": False, "talks": True}
    assert before + 480 * 60 <= seconds(shown["expires_at"]) <= time.time() + 480 * 60
    assert (shown["ecosystem"], shown["visibility"]) == (customer.ecosystem, visibility)
    assert shown["url"].endswith("/#/support-grant")
    public = {name: shown[name] for name in ("id", "expires_at", "visibility", "access", "ecosystem")}
    assert "not shown again" in shown["notice"]
    assert offer.read().json == public, "and none of the credentials"

    # Told at once, of what and until when, and of none of the credentials.
    mail = told(offer, "created")
    until = told_time(shown["expires_at"], locale)
    for part in (mail.text, words(mail.html)):
        for fact in ("Cleo Núñez", "Test & Co", "Waizant RCM", until, {"en": "messages", "es": "mensajes"}[locale]):
            assert fact in part, f"{fact} is missing:\n{part}"
        assert not [each for each in CREDENTIALS if shown[each] in part or shown[each].replace("-", "") in part]
    assert_readable(mail, locale)
    assert links(mail) and all(link.endswith("/remote-assistance.html") for link in links(mail)), links(mail)

    # An agent brings them, typed as somebody types who was read them out.
    own = stack.sign_in("Customer", customer.email)
    journey = offer.journey(agent)
    spoken = {
        "user_name": shown["user_name"].upper().replace("-", " "),
        "password": f" {shown['password'].replace('-', '')} ",
        "security_code": shown["security_code"],
    }
    redeemed = redeem(stack, agent, spoken)
    assert redeemed.status == 201, redeemed.body
    journey.id = redeemed.json["id"]
    assert redeemed.headers["Location"] == journey.path
    assert (redeemed.json["module"], redeemed.json["status"]) == ("support-grant", "started")
    assert redeemed.json["support_grant"] == {name: shown[name] for name in ("id", "expires_at", "visibility", "access")}
    assert set(redeemed.json["customer"]) == {"email"}, "nothing else of the customer yet"
    assert customer.email not in redeemed.body.decode()
    mail = told(offer, "used")
    for part in (mail.text, words(mail.html)):
        for fact in ("Cleo Núñez", "Tess Ågent", "Test & Co", until):
            assert fact in part, fact
    assert_readable(mail, locale)
    assert offer.read().json == public | {"redeemed_by": {"name": "Tess Ågent"}}

    # The agent authenticates as always; then the customer has consented.
    assert journey.send_to_agent().status == 202
    proved = journey.enter_as_agent().json
    assert (proved["status"], proved["consent"], proved["ecosystem"]) == ("consented", None, customer.ecosystem)
    assert proved["customer"]["name"] == "Cleo Núñez"
    at_step(journey._post(f"{journey.path}/mfa", {"to": "customer", "ecosystem": customer.ecosystem}), "consented")
    at_step(journey.enter_for_customer("000000"), "consented")
    issued = journey.issue()
    assert (issued.status, opened(issued)) == (201, ["store", "web", "app", "rcm"])
    assert seconds(journey.session["expires_at"]) <= time.time() + SESSION_SECONDS

    # What is hidden stands in everything that a session is known by.
    session = journey.redeem("web").json
    assert session["session"]["visibility"] == visibility
    for token in (session["access_token"], session["id_token"]):
        assert decode(token)["visibility"] == visibility
        assert decode(token)["act"] == {"sub": agent.sub}
        found = introspect(stack, token, backend).json
        assert (found["active"], found["visibility"], found["support_session"]) == (True, visibility, journey.id)
    start = told(offer, "started")
    hidden = {"en": "Hidden from the agent: messages", "es": "Oculto para el agente: mensajes"}[locale]
    for part in (start.text, words(start.html)):
        assert hidden in part, part
        assert "Tess Ågent" in part

    # Revoked: inactive at the next question, and nothing left that anybody could use.
    assert offer.revoke().status == 204
    for token in (session["access_token"], session["id_token"]):
        assert not is_active(stack, token, backend)
    for environment in ("store", "app", "rcm"):
        assert journey.redeem(environment).status == 410
    assert [journey.view(start.token).status, journey.end(start.token).status] == [410, 410]
    is_gone(offer.read())
    is_gone(offer.revoke())
    is_gone(offer.regenerate())
    is_refused(journey.start())
    closed = journey.read().json
    assert (closed["status"], closed["outcome"], closed["reason"]) == ("closed", "ended", None)

    # Told of both ends, once, with the receipt of the session.
    assert invoke_sweep(stack) is None
    sweep(stack)
    end = told(offer, "session over")
    (receipt,) = receipts(end)
    code, sentence = verify_receipt(receipt, stack.api.get("/receipts/key").body)
    assert code == 0, sentence
    signed = json.loads(receipt)["receipt"]
    assert (signed["visibility"], signed["outcome"], signed["verification"]) == (visibility, "ended", journey.id)
    assert verify_receipt(receipt.replace(b'"messages":false', b'"messages":true'), stack.api.get("/receipts/key").body)[0] == 1
    for part in (end.text, words(end.html)):
        assert hidden in part
        assert "Waizant Web" in part
    over = told(offer, "revoked")
    for part in (over.text, words(over.html)):
        assert "Cleo Núñez" in part
        assert "Test & Co" in part
    for mail in (end, over):
        assert_readable(mail, locale)
        assert links(mail) == set()
    sweep(stack)
    assert sorted(kinds(offer)) == sorted(["created", "used", "started", "session over", "revoked"])
    assert "due" not in offer.item and "due" not in journey.item, "nothing is left to do"

    steps = journey.record()["steps"]
    assert journey.actions() == [
        "started", "agent-code-sent", "agent-verified", "mint-started", "session-started", "handoff-redeemed", "ended"
    ]  # fmt: skip
    assert steps[0]["detail"] == {"kind": "support-grant", "id": shown["id"]}
    assert (steps[-2]["action"], steps[-2]["actor"], steps[-2]["detail"]) == ("ended", "customer", {"kind": "grant-revoked"})

    # The customer's own sign-in is still good.
    cognito = stack.aws("cognito-idp")
    assert cognito.get_user(AccessToken=own["AccessToken"])["Username"] == customer.sub
    assert "act" not in decode(refresh(stack, own["RefreshToken"], "Customer")["AccessToken"])
    again = offer.create()
    assert again.status == 201, "and may offer again"
    assert again.json["id"] != shown["id"]


def test_a_session_ended_from_the_mail_leaves_the_grant_for_another(stack: Stack) -> None:
    offer = offered(stack)
    journey = offer.journey().through_session()
    page = told(offer, "started").token
    view = journey.view(page).json
    assert (view["status"], view["match_number"], view["customer_entered"]) == ("in_session", None, False)
    body = {"token": page, "decision": "allow", "code": "000000", "ecosystem": offer.customer.ecosystem}
    at_step(stack.api.post("/consent/answer", body), "in_session")
    assert journey.end(page).json["status"] == "closed"
    assert journey.read().json["outcome"] == "ended"
    again = offer.journey(journey.agent).through_session()
    assert again.id != journey.id
    assert offer.read().json["redeemed_by"]["name"] == journey.agent.name


def test_what_is_hidden_is_what_the_customer_chose(stack: Stack, backend: Any) -> None:
    agent = stack.new_agent()
    for messages in (True, False):
        for talks in (True, False):
            offer = offered(stack, allow_messages=messages, allow_talks=talks)
            journey = offer.journey(agent).through_session()
            visibility = {"messages": messages, "talks": talks}
            tokens = journey.redeem("web").json
            assert tokens["session"]["visibility"] == visibility
            assert decode(tokens["access_token"])["visibility"] == decode(tokens["id_token"])["visibility"] == visibility
            assert introspect(stack, tokens["access_token"], backend).json["visibility"] == visibility
            assert journey.read().json["support_grant"]["visibility"] == visibility
    # A consent of the moment hides nothing.
    ordinary = stack.journey(agent).through_session()
    assert "support_grant" not in ordinary.read().json
    assert decode(ordinary.redeem("web").json["access_token"])["visibility"] == {"messages": True, "talks": True}


def test_of_a_customers_ecosystems_it_opens_the_one_that_they_chose(stack: Stack) -> None:
    customer = stack.new_customer(
        ecosystems=[ecosystem("eco-one", "One", "admin", "premium", "rcm"), ecosystem("eco-two", "Two", "member", "plus")]
    )
    offer = offered(stack, customer=customer, ecosystem="eco-two")
    journey = offer.journey().through_consent()
    shown = journey.read().json
    assert [each["id"] for each in shown["customer"]["ecosystems"]] == ["eco-two"]
    issued = journey.issue()
    assert opened(issued) == ["web", "app"]
    assert decode(journey.redeem("web").json["access_token"])["ecosystem"] == "eco-two"
