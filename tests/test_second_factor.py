"""A second factor is entered where Cognito asks for one, and set up where the pool wants one and the user has none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

import samples
from support.browser import accessible, fits
from support.console import qr_of
from support.desk import Desk, picture
from support.people import Customer
from support.remote_assistance import Home
from support.stack import Stack

Sit, Come = Callable[..., Desk], Callable[..., Home]
FACTOR = "SOFTWARE_TOKEN_MFA"
WORDS = {
    "en": {
        "set up": "Set up your second factor", "code": "Code", "save": "Save and sign in", "refused": "The code was not accepted",
        "all digits": "Enter all digits of the code.", "factor": "Enter your second factor", "sign in": "Sign in",
        "over": "This step has timed out",
    },
    "es": {
        "set up": "Configure su segundo factor", "code": "Código", "save": "Guardar e iniciar sesión", "refused": "No se aceptó el código",
        "all digits": "Ingrese todos los dígitos del código.", "factor": "Ingrese su segundo factor", "sign in": "Iniciar sesión",
        "over": "Se acabó el tiempo para este paso",
    },
}  # fmt: skip


def code_of(key: str, steps: int = 0) -> str:
    """What an authenticator app shows now, or so many steps of half a minute later (RFC 6238)."""
    count = int(time.time() // 30) + steps
    mac = hmac.digest(base64.b32decode(key + "=" * (-len(key) % 8)), count.to_bytes(8, "big"), hashlib.sha1)
    place = mac[-1] & 15
    return f"{(int.from_bytes(mac[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


@contextmanager
def asking(stack: Stack, pool: str, how: str) -> Iterator[None]:
    """The pool as a parameter, or its administrator, may have set it: a second factor for everybody (`ON`) or for who has one."""
    cognito, pool = stack.aws("cognito-idp"), stack.facts[pool]
    cognito.set_user_pool_mfa_config(UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration=how)
    try:
        yield
    finally:
        cognito.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OFF")


def field(page: Page, language: str) -> Any:
    return page.get_by_label(WORDS[language]["code"], exact=True)


def enter(page: Page, language: str, code: str, button: str = "sign in") -> None:
    field(page, language).fill(code)
    page.get_by_role("button", name=WORDS[language][button], exact=True).click()


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_agent_sets_an_app_up_and_signs_in_with_it(stack: Stack, desk: Sit, language: str) -> None:
    words, agent = WORDS[language], stack.new_agent()
    stack.aws("cognito-idp").admin_set_user_password(
        UserPoolId=stack.facts["AgentPoolId"], Username=agent.email, Password="Temporary-1", Permanent=False
    )
    with asking(stack, "AgentPoolId", "ON"):
        at = desk(language)
        at.sign_in(agent.email, "Temporary-1")
        at.field("new password").first.fill("Chosen-by-me-1")
        at.field("again").fill("Chosen-by-me-1")
        at.press("save")

        expect(at.page.get_by_role("heading", level=1)).to_have_text(words["set up"])
        expect(field(at.page, language)).to_be_focused()
        told = urlsplit(qr_of(at.page, "svg[role=img]"))
        assert (told.scheme, told.netloc, told.path) == ("otpauth", "totp", f"/Waizant%20BackOffice:{quote(agent.email, safe='')}")
        asked = parse_qs(told.query)
        key = asked["secret"][0]
        assert asked["issuer"] == ["Waizant BackOffice"]
        expect(at.page.locator(".authenticator-key")).to_have_text(" ".join(re.findall(".{1,4}", key)))
        accessible(at.page)
        picture(at.page, "second-factor-set-up", language)
        at.page.set_viewport_size({"width": 320, "height": 700})
        fits(at.page)
        at.page.set_viewport_size({"width": 1280, "height": 1000})

        enter(at.page, language, "12345", "save")
        at.shows(words["all digits"])
        enter(at.page, language, code_of(key, -40), "save")
        at.shows(words["refused"])
        expect(field(at.page, language)).to_have_value("")
        expect(field(at.page, language)).to_be_focused()
        enter(at.page, language, code_of(key), "save")
        at.stands_at("assistance")
        at.visitor.kept_quiet(key, "Chosen-by-me-1", *at.secrets())
        assert key not in at.page.evaluate("JSON.stringify(Object.entries(sessionStorage))") + at.page.content()

        again = desk(language)
        again.sign_in(agent.email, "Chosen-by-me-1")
        expect(again.page.get_by_role("heading", level=1)).to_have_text(words["factor"])
        accessible(again.page)
        picture(again.page, "second-factor", language)
        enter(again.page, language, code_of(key, -40))
        again.shows(words["refused"])
        enter(again.page, language, code_of(key))
        again.stands_at("assistance")
        # With the tokens that come of it an agent's work begins.
        assert stack.api.post("/verifications/search", {}, token=again.kept()["sign-in"]["access"]).status == 200

        # An agent who lost their telephone sets up another app once an administrator deleted the first, as docs/console.md says.
        cognito, who = stack.aws("cognito-idp"), {"UserPoolId": stack.facts["AgentPoolId"], "Username": agent.email}
        cognito.admin_set_user_mfa_preference(**who, SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False})
        still = desk(language)
        still.sign_in(agent.email, "Chosen-by-me-1")
        expect(still.page.get_by_role("heading", level=1)).to_have_text(words["factor"])
        cognito.admin_delete_software_token(**who)
        anew = desk(language)
        anew.sign_in(agent.email, "Chosen-by-me-1")
        expect(anew.page.get_by_role("heading", level=1)).to_have_text(words["set up"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_customer_with_a_second_factor_offers_access(stack: Stack, home: Come, language: str) -> None:
    customer = stack.new_customer(locale=language)
    key = with_an_app(stack, customer)
    with asking(stack, "CustomerPoolId", "OPTIONAL"):
        here = home(language, customer=customer)
        here.page.get_by_label(here.words["e-mail"]).fill(customer.email)
        here.page.get_by_label(here.words["password"]).fill(samples.PASSWORD)
        here.press("sign in")
        expect(here.page.get_by_role("heading", level=1)).to_have_text(WORDS[language]["factor"])
        accessible(here.page)
        enter(here.page, language, code_of(key))
        here.offered()


def with_an_app(stack: Stack, customer: Customer) -> str:
    """The key of an authenticator app that the customer has set up elsewhere."""
    cognito, access = stack.aws("cognito-idp"), stack.sign_in("Customer", customer.email)["AccessToken"]
    key = cognito.associate_software_token(AccessToken=access)["SecretCode"]
    assert cognito.verify_software_token(AccessToken=access, UserCode=code_of(key))["Status"] == "SUCCESS"
    return key


def answers(desk: Desk, *challenges: dict[str, Any]) -> list[dict[str, Any]]:
    """Cognito's answers to the next calls instead of its own, which the emulator cannot give. What was asked is noted."""
    asked: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        asked.append(route.request.post_data_json)
        body = challenges[len(asked) - 1]
        return route.fulfill(status=400 if "__type" in body else 200, body=json.dumps(body), headers={"Access-Control-Allow-Origin": "*"})

    desk.page.route(f"{desk.stack.facts['endpoint']}/", answer)
    return asked


def test_a_code_that_was_sent_is_entered(stack: Stack, desk: Sit) -> None:
    """Of several factors one is taken that somebody with the telephone's number does not have."""
    agent, at = stack.new_agent(), desk()
    tokens = stack.sign_in("Agent", agent.email)
    asked = answers(
        at,
        {"ChallengeName": "SELECT_MFA_TYPE", "Session": "one", "ChallengeParameters": {"MFAS_CAN_CHOOSE": '["SMS_MFA","EMAIL_OTP"]'}},
        {
            "ChallengeName": "EMAIL_OTP", "Session": "two",
            "ChallengeParameters": {"USER_ID_FOR_SRP": agent.sub, "CODE_DELIVERY_DESTINATION": "a***@e***"},
        },
        {"AuthenticationResult": tokens},
    )  # fmt: skip
    at.sign_in(agent.email)
    at.shows("Enter the code that we sent to a***@e***.")
    enter(at.page, "en", "1234 5678")
    at.stands_at("assistance")
    client = stack.facts["AgentClientId"]
    assert asked[1] == {
        "ClientId": client, "ChallengeName": "SELECT_MFA_TYPE", "Session": "one",
        "ChallengeResponses": {"USERNAME": agent.email, "ANSWER": "EMAIL_OTP"},
    }  # fmt: skip
    assert asked[2] == {
        "ClientId": client, "ChallengeName": "EMAIL_OTP", "Session": "two",
        "ChallengeResponses": {"USERNAME": agent.sub, "EMAIL_OTP_CODE": "12345678"},
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_when_the_time_is_over_signing_in_begins_anew(stack: Stack, desk: Sit, language: str) -> None:
    agent, at = stack.new_agent(), desk(language)
    answers(
        at,
        {"ChallengeName": FACTOR, "Session": "one", "ChallengeParameters": {"USER_ID_FOR_SRP": agent.sub}},
        {"__type": "NotAuthorizedException", "message": "Invalid session for the user, session is expired."},
    )
    at.sign_in(agent.email)
    enter(at.page, language, "123456")
    at.shows(WORDS[language]["over"])
    at.page.unroute_all()
    at.press("sign in")
    at.sign_in(agent.email)
    at.stands_at("assistance")


@pytest.mark.parametrize("factors", ['["SMS_MFA"]', None])
def test_what_cannot_be_set_up_here_is_told(stack: Stack, desk: Sit, factors: str | None) -> None:
    at = desk()
    parameters = {} if factors is None else {"MFAS_CAN_SETUP": factors}
    answers(at, {"ChallengeName": "MFA_SETUP", "Session": "one", "ChallengeParameters": parameters})
    at.sign_in(stack.new_agent().email)
    at.shows("Your account needs a step that this console doesn’t support")
