"""The console in a real browser: an agent enters a customer's credentials."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from support.browser import accessible
from support.desk import Desk
from support.remote_assistance import Home, failing, fields, paste, problem, redeem
from support.stack import Stack


def test_what_is_no_set_of_credentials_is_pasted_as_it_is(stack: Stack, redeem_desk: Callable[..., Desk]) -> None:
    at = redeem_desk()
    at.press("start")
    at.shows("Enter the user name that the customer gave you.")
    at.shows("Enter the password that the customer gave you.")
    at.shows("Enter exactly six digits.")
    accessible(at.page)
    assert "support-grant/redeem" not in at.visitor.posted()
    paste(at, "7kqm-x2vd-9fhr-wc4t")
    expect(fields(at)[0]).to_have_value("7kqm-x2vd-9fhr-wc4t")
    expect(fields(at)[1]).to_have_value("")


@pytest.mark.parametrize(
    "text",
    [
        "User Name: 7kqm-x2vd-9fhr-wc4t\r\nPassword: m3wz-8yqk-tc5h-vr2x-9dnf\r\nSecurity code: 048213\r\n",
        (
            "Ticket 123456\n> Contraseña: m3wz–8yqk–tc5h–vr2x–9dnf\n> Nombre de usuario: 7KQM-X2VD-9FHR-WC4T\n"
            "> Código de seguridad: 048213.\n> Vence: 24 ago 2026, 20:41:36"
        ),
        "7kqm-x2vd-9fhr-wc4t m3wz-8yqk-tc5h-vr2x-9dnf 048213",
    ],
)
@pytest.mark.parametrize("into", [0, 1, 2])
def test_a_pasted_set_fills_all_three_fields(stack: Stack, redeem_desk: Callable[..., Desk], text: str, into: int) -> None:
    at = redeem_desk()
    paste(at, text, into)
    for field, value in zip(fields(at), ("7kqm-x2vd-9fhr-wc4t", "m3wz-8yqk-tc5h-vr2x-9dnf", "048213"), strict=True):
        expect(field).to_have_value(value)
    at.visitor.kept_quiet("m3wz-8yqk-tc5h-vr2x-9dnf")


def test_one_verification_at_a_time_and_where_it_is(stack: Stack, home: Callable[..., Home], redeem_desk: Callable[..., Desk]) -> None:
    found = home().signed_in().offered()
    at = redeem_desk()
    redeem(at, found)
    at.stands_at("validation")
    at.page.get_by_role("link", name=at.words["module"]).last.click()
    expect(fields(at)[0]).to_have_value("")
    redeem(at, found)
    at.shows("A verification with these credentials is already open")
    accessible(at.page)
    at.page.locator("#content").get_by_role("link", name=at.words["mine"]).click()
    at.stands_at("mine")
    at.page.get_by_role("link", name=at.words["details"]).first.click()
    at.stands_at("validation")
    at.cancel("Begun twice")
    at.stands_at("cancelled")
    at.page.get_by_role("link", name=at.words["another"]).click()
    redeem(at, found)
    at.stands_at("validation")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            problem(400, "invalid-request", errors=[{"field": "password", "detail": "too long"}]),
            "Enter the password that the customer gave you.",
        ),
        (problem(409, "conflict"), "Somebody else changed it at the same moment"),
        (problem(403, "not-allowed"), "This is not allowed"),
        (None, "No connection"),
    ],
)
def test_a_failed_redeem_says_what_to_do_and_can_be_repeated(
    stack: Stack, home: Callable[..., Home], redeem_desk: Callable[..., Desk], answer: dict[str, Any] | None, words: str
) -> None:
    found = home().signed_in().offered()
    at = redeem_desk()
    at.page.route("**/support-grant/redeem", failing(answer))
    redeem(at, found)
    at.shows(words)
    accessible(at.page)
    at.page.unroute("**/support-grant/redeem")
    at.press("start")
    at.stands_at("validation")


def test_a_grant_that_ends_too_soon_for_a_session_says_so(
    stack: Stack, home: Callable[..., Home], redeem_desk: Callable[..., Desk]
) -> None:
    found = home().signed_in().offered()
    agent = stack.new_agent()
    at = redeem_desk(email=agent.email)
    number = stack.inbox.last_number()
    redeem(at, found)
    at.stands_at("validation")
    at.enter("own code", stack.inbox.wait(agent.email, after=number).code)
    at.stands_at("beforehand")
    at.page.route("**/session", failing(problem(422, "grant-refused")))
    at.press("start session")
    at.shows("ends too soon for a session")
    accessible(at.page)
    at.cancel("Too late")
    at.stands_at("cancelled")


def test_wrong_ones_lock_the_user_name_for_a_while(stack: Stack, redeem_desk: Callable[..., Desk]) -> None:
    wrong = {"block": f"{''.join('abcdefgh'[int(d, 16) % 8] for d in uuid.uuid4().hex[:16])}"}
    groups = re.findall("....", wrong["block"])
    wrong["block"] = f"{'-'.join(groups)} m3wz-8yqk-tc5h-vr2x-9dnf 048213"
    at = redeem_desk()
    for _ in range(5):
        with at.page.expect_response("**/support-grant/redeem") as answer:
            redeem(at, wrong)
        assert answer.value.status == 422
    at.shows("These credentials were not accepted")
    redeem(at, wrong)
    at.shows("Too many requests")
    at.shows(re.compile(r"You can try again in 1[45]:\d\d"))
    expect(at.button("start")).to_be_disabled()
    accessible(at.page)
