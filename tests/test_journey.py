"""The whole process, as its people walk it: for every row of the entitlement table, in both ways of consenting."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import zxingcpp

import deployment
from client import decode
from support.journey import Journey
from support.mints import OURS
from support.stack import Stack

SELF_SERVICE = "aws.cognito.signin.user.admin"
ENVIRONMENTS = ["store", "web", "app", "rcm"]

# Role, plan, modules; where a session may be opened; where if the RCM opens for members, too.
ROWS = [
    ("admin", "premium", ("rcm",), ["store", "web", "app", "rcm"], ["store", "web", "app", "rcm"]),
    ("admin", "premium", (), ["store", "web", "app"], ["store", "web", "app"]),
    ("admin", "plus", ("rcm",), ["store", "web", "app"], ["store", "web", "app"]),
    ("admin", "plus", (), ["store", "web", "app"], ["store", "web", "app"]),
    ("member", "premium", ("rcm",), ["web", "app"], ["web", "app", "rcm"]),
    ("member", "premium", (), ["web", "app"], ["web", "app"]),
    ("member", "plus", ("rcm",), ["web", "app"], ["web", "app"]),
    ("member", "plus", (), ["web", "app"], ["web", "app"]),
    ("successor", "premium", ("rcm",), ["web", "app"], ["web", "app", "rcm"]),
    ("successor", "premium", (), ["web", "app"], ["web", "app"]),
    ("successor", "plus", ("rcm",), ["web", "app"], ["web", "app"]),
    ("successor", "plus", (), ["web", "app"], ["web", "app"]),
]


@pytest.fixture(scope="class", params=["both", "agent-entry"])
def consent_mode(request: pytest.FixtureRequest, stack: Stack) -> Iterator[str]:
    """Both ways of consenting; with the second one the RCM opens for members."""
    if request.param == "both":
        yield "both"
        return
    with stack.configured(CONSENT_MODE="agent-entry", RCM_FOR_MEMBERS="true"):
        yield "agent-entry"


class TestEveryRowInBothWays:
    @pytest.mark.parametrize(("role", "plan", "modules", "narrow", "wide"), ROWS)
    def test_a_session_opens_where_the_entitlement_table_says_and_nowhere_else(
        self, stack: Stack, consent_mode: str, role: str, plan: str, modules: tuple[str, ...], narrow: list[str], wide: list[str]
    ) -> None:
        allowed = narrow if consent_mode == "both" else wide
        customer = stack.new_customer(role=role, plan=plan, modules=modules)
        journey = stack.journey(customer=customer, ticket="WZ-1042")
        masked = f"{customer.email[0]}***@customers.example.com"

        started = journey.start()
        assert started.headers["Location"] == f"/verifications/{journey.id}"
        assert started.json["customer"] == {"email": masked}, "shown before the agent has authenticated"
        assert journey.send_to_agent().json["customer"] == {"email": masked}

        shown = journey.enter_as_agent().json["customer"]
        assert shown == {
            "email": masked,
            "name": customer.name,
            "status": "active",
            "sign_in": "confirmed",
            "mfa": False,
            "ecosystems": [
                {"id": customer.ecosystem, "name": "Test & Co", "role": role, "plan": plan, "environments": allowed}
            ],
        }  # fmt: skip

        asked = journey.send_to_customer().json
        page = journey.view().json
        assert page["status"] == asked["status"] == "awaiting_consent"
        assert page["agent"] == {"name": journey.agent.name}
        assert page["ecosystem"] == {"id": customer.ecosystem, "name": "Test & Co"}
        assert page["environments"] == allowed
        assert page["minutes"] == 5
        assert page["match_number"] == asked["consent"]["match_number"]
        assert journey.customer_mail is not None
        assert page["match_number"] in re.findall(r"\b\d{2}\b", journey.customer_mail.text)

        if consent_mode == "both":
            assert journey.allow().json["status"] == "awaiting_consent"
        assert journey.enter_for_customer().json["status"] == "consented"

        begun = time.monotonic()
        issued = journey.issue()
        assert issued.status == 201, issued.body
        assert issued.headers["Location"] == f"/verifications/{journey.id}"
        session = issued.json["session"]
        landings = {"store": "home", "web": "home" if role == "admin" else "my-ecosystem", "app": "home", "rcm": "rcm-dashboard"}
        assert [(each["environment"], each["landing"]) for each in session["handoffs"]] == [(e, landings[e]) for e in allowed]
        for handoff in session["handoffs"]:
            base, _, fragment = handoff["url"].partition("#")
            assert base == stack.facts["parameters"][f"{handoff['environment'].title()}Url"]
            assert fragment.startswith(f"handoff={journey.id}.")
            assert ("qr_svg" in handoff) == (handoff["environment"] == "app")
            if "qr_svg" in handoff:
                assert scanned(handoff["qr_svg"]) == handoff["url"]

        for environment in allowed:
            redeemed = journey.redeem(environment).json
            check_redeemed(journey, redeemed, environment, landings[environment], allowed, session["expires_at"])
            # Both ends of it are whole seconds.
            assert 298 - (time.monotonic() - begun) <= redeemed["expires_in"] <= 300
        for environment in set(ENVIRONMENTS) - set(allowed):
            assert journey.redeem(environment, journey.handoff("web")).status == 410

        assert "handoffs" not in journey.read().json["session"]
        consent = ["consent-entered", "consented"] if consent_mode == "both" else ["consented"]
        expected = ["started", "agent-code-sent", "agent-verified", "consent-asked", *consent, "mint-started", "session-started"]
        assert journey.actions() == expected + ["handoff-redeemed"] * len(allowed)


def check_redeemed(journey: Journey, redeemed: dict[str, Any], environment: str, landing: str, allowed: list[str], expires_at: str) -> None:
    agent, customer, facts = journey.agent, journey.customer, journey.stack.facts
    assert redeemed["session"] == {
        "id": journey.id,
        "environment": environment,
        "landing": landing,
        "ecosystem": customer.ecosystem,
        "environments": allowed,
        "access": "view",
        "visibility": {"messages": True, "talks": True},
        "agent": {"id": agent.sub, "name": agent.name},
        "customer": {"id": customer.sub, "name": customer.name, "email": customer.email},
        "expires_at": expires_at,
    }
    access, identity = decode(redeemed["access_token"]), decode(redeemed["id_token"])
    for claims in (access, identity):  # P18
        assert claims["sub"] == customer.sub
        assert claims["act"] == {"sub": agent.sub}
        assert claims["support_session"] == journey.id
        assert claims["ecosystem"] == customer.ecosystem
        assert claims["support_agent"] == agent.sub
        assert (claims["environment"], claims["access"]) == (environment, "view")  # P38
        assert "environments" not in claims
        assert claims["visibility"] == {"messages": True, "talks": True}
        assert claims["exp"] - claims["iat"] <= 300
    assert (access["token_use"], access["client_id"]) == ("access", facts["SupportClientId"])
    assert (identity["token_use"], identity["aud"]) == ("id", facts["SupportClientId"])
    assert SELF_SERVICE not in access.get("scope", "").split()
    # P13: the session ends with the first of its tokens, and no other outlives it by more than five seconds.
    assert 0 <= access["exp"] - datetime.fromisoformat(expires_at.replace("Z", "+00:00")).timestamp() <= 5
    attributes = {"email", "email_verified", "name", "locale"}
    cognitos = {"sub", "iss", "aud", "exp", "iat", "jti", "auth_time", "origin_jti", "event_id", "token_use", "cognito:username"}
    assert identity.keys() - cognitos - OURS <= attributes  # P39


def scanned(svg: str) -> str:
    """What a scanner reads off the drawing."""
    document = ET.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    assert [child.tag for child in document] == [f"{name}rect", f"{name}path"]
    ground, path = document
    assert (ground.get("fill"), path.get("fill")) == ("#ffffff", "#000000")
    width, height = int(document.attrib["width"]), int(document.attrib["height"])
    assert document.attrib["viewBox"] == f"0 0 {width} {height}"
    assert (ground.get("width"), ground.get("height")) == (str(width), str(height))
    # Every command of the path is a square: to a corner, right, down, left, and back to the top.
    square = re.compile(r"M(\d+) (\d+)h(\d+)v\3H\1V\2")
    drawing = path.attrib["d"]
    assert square.sub("", drawing) == "", "something else than squares is drawn"
    pixels = bytearray(b"\xff" * (width * height))
    for left, top, side in (tuple(map(int, found)) for found in square.findall(drawing)):
        for row in range(top, top + side):
            pixels[row * width + left : row * width + left + side] = bytes(side)
    (read,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (height, width)), formats=zxingcpp.BarcodeFormat.QRCode)
    return read.text


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_consent_takes_both_entries_in_either_order(stack: Stack, first: str) -> None:
    journey = stack.journey().through_asking()
    entries = {"agent": journey.enter_for_customer, "customer": journey.allow}
    half = entries.pop(first)()
    assert half.status == 200
    assert half.json["status"] == "awaiting_consent"
    assert journey.issue().json["verification_status"] == "awaiting_consent"
    consent = journey.read().json["consent"]
    assert (consent["agent_entered"], consent["customer_entered"]) == (first == "agent", first == "customer")
    ((_, second),) = entries.items()
    assert second().json["status"] == "consented"
    assert journey.issue().status == 201


def test_where_the_agent_alone_enters_the_customers_entry_is_not_enough(stack: Stack) -> None:
    with stack.configured(CONSENT_MODE="agent-entry"):
        journey = stack.journey().through_asking()
        assert journey.allow().json["status"] == "awaiting_consent"
        assert journey.issue().json["verification_status"] == "awaiting_consent"
        assert journey.enter_for_customer().json["status"] == "consented"


def test_where_the_agent_alone_enters_the_customer_can_still_refuse(stack: Stack) -> None:
    with stack.configured(CONSENT_MODE="agent-entry"):
        journey = stack.journey().through_asking()
        assert journey.deny().json["status"] == "closed"
        assert journey.enter_for_customer().json["verification_status"] == "closed"
        assert journey.read().json["outcome"] == "denied"


@pytest.mark.parametrize(("locale", "subject"), [("en", "your internal validation code"), ("es", "su código de validación interna")])
def test_an_agent_is_written_to_in_their_language(stack: Stack, locale: str, subject: str) -> None:
    journey = stack.journey(stack.new_agent(locale=locale)).through_internal_validation()
    assert journey.agent_mail is not None
    assert subject in journey.agent_mail.subject


def test_each_code_goes_to_its_own_mailbox_alone(stack: Stack) -> None:
    journey = stack.journey().through_session()
    assert journey.agent_mail is not None
    assert journey.customer_mail is not None
    for mail in stack.inbox.mails(journey.agent.email):
        assert journey.customer_mail.code not in mail.text + mail.html
    for mail in stack.inbox.mails(journey.customer.email):
        assert journey.agent_mail.code not in mail.text + mail.html


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"status": "suspended"}, ("suspended", "confirmed")),
        ({"sign_in": "unconfirmed"}, ("active", "unconfirmed")),
        ({"sign_in": "must-change-password"}, ("active", "must-change-password")),
        ({"sign_in": "disabled"}, ("active", "disabled")),
        ({"sign_in": "missing"}, ("active", "missing")),
    ],
)
def test_a_customer_who_cannot_sign_in_is_shown_and_is_not_asked_for_consent(
    stack: Stack, more: dict[str, str], shown: tuple[str, str]
) -> None:
    journey = stack.journey(customer=stack.new_customer(**more)).through_internal_validation()
    customer = journey.read().json["customer"]
    assert (customer["status"], customer["sign_in"]) == shown
    before, seen = journey.item, stack.inbox.last_number()
    refused = journey.send_to_customer()
    assert (refused.status, refused.json["type"]) == (403, "/problems/not-allowed")
    assert journey.item == before
    assert stack.inbox.mails(journey.customer.email, after=seen) == []


def test_ecosystem_admin_serves_the_successor_of_an_ecosystem_alone(stack: Stack) -> None:
    successor = stack.new_customer(role="successor")
    journey = stack.journey(customer=successor, module="ecosystem-admin").through_session()
    assert journey.read().json["module"] == "ecosystem-admin"
    journey = stack.journey(customer=stack.new_customer(role="admin"), module="ecosystem-admin").through_internal_validation()
    assert journey.send_to_customer().json["type"] == "/problems/environment-refused"


def test_an_ecosystem_that_is_not_the_customers_is_refused(stack: Stack) -> None:
    journey, foreign = stack.journey().through_internal_validation(), stack.new_customer()
    before = journey.item
    assert journey.send_to_customer(foreign.ecosystem).json["type"] == "/problems/environment-refused"
    assert journey.item == before


NUMBERS = [
    *("CodeSeconds", "ResendSeconds", "IdleSeconds", "SessionSeconds", "MintLeaseSeconds", "MintGrantSeconds", "RecordDays"),
    *("WrongEntriesPerStage", "WrongEntriesPerCustomer", "WrongEntriesPerCustomerAndAgent", "WrongEntriesPerAgent"),
    *("MailsPerCustomer", "MailsPerCustomerAndAgent", "SendsPerStage", "LookupsPerAgent", "ConsentMode", "RcmForMembers"),
]


def test_every_number_of_the_process_comes_from_its_parameter(stack: Stack) -> None:
    """The other tests set the functions' environment by itself; here is that the template sets it so."""
    template = deployment.Deployed(stack.settings).template
    for logical in stack.functions():
        given = template["Resources"][logical]["Properties"]["Environment"]["Variables"]
        for parameter in NUMBERS:
            variable = re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).upper()
            assert given[variable] == {"Ref": parameter}, f"{logical}: {variable}"
