"""Cancelling needs a reason, and the first one stands."""

from __future__ import annotations

from typing import Any

import pytest

from support.people import NOWHERE
from support.receipts import receipts
from support.stack import Stack
from support.sweep import invoke_sweep


@pytest.mark.parametrize(
    "reason", ["", " ", "\t\n ", "x" * 501, "a\u0000b", "\u001b[31m", "\u200b\u2060", "\u3164", None, 5, ["x"], {"x": 1}, True]
)
def test_a_cancel_without_a_proper_reason_is_refused(stack: Stack, reason: Any) -> None:  # P29
    journey = stack.journey().through_start()
    before = journey.item
    answer = stack.api.post(f"{journey.path}/cancel", {"reason": reason}, token=journey.agent.token)
    assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request")
    assert journey.item == before


def test_a_cancel_that_names_no_reason_is_refused(stack: Stack) -> None:  # P29
    journey = stack.journey().through_start()
    before = journey.item
    for body in ({}, {"reasons": "x"}, {"reason": "x", "more": "y"}):
        assert stack.api.post(f"{journey.path}/cancel", body, token=journey.agent.token).status == 400
    assert journey.item == before


@pytest.mark.parametrize("reason", ["x", "x" * 500, "ñ€" * 250, "two\nlines"])
def test_a_reason_of_up_to_five_hundred_characters_is_kept_without_the_white_space_around_it(stack: Stack, reason: str) -> None:  # P29
    journey = stack.journey().through_start()
    answer = journey.cancel(f" \t{reason}\n ")
    assert (answer.status, answer.json["reason"]) == (200, reason)


def test_cancelling_twice_keeps_the_first_reason(stack: Stack) -> None:
    journey = stack.journey().through_asking()
    assert journey.cancel("first").json["reason"] == "first"
    again = journey.cancel("second")
    assert (again.status, again.json["reason"]) == (200, "first")
    assert journey.actions().count("cancelled") == 1


def test_of_cancels_at_the_same_time_one_is_kept(stack: Stack) -> None:  # P29
    journey = stack.journey().through_asking()
    answers = stack.crowd([lambda n=n: journey.cancel(f"reason {n}") for n in range(20)], f"{NOWHERE}/cancel")
    assert {answer.status for answer in answers} <= {200, 409}
    assert len({answer.json["reason"] for answer in answers if answer.status == 200}) == 1
    assert journey.actions().count("cancelled") == 1


def test_an_internal_note_stays_in_the_record_and_leaves_in_no_email_and_no_receipt(stack: Stack) -> None:
    journey = stack.journey().through_session()
    stack.delivered()
    number = stack.inbox.last_number()
    body = {"reason": "The call was interrupted.", "note": "  CANARY: sounded like somebody else\nsecond line "}
    answer = stack.api.post(f"{journey.path}/cancel", body, token=journey.agent.token)
    assert (answer.status, answer.json["note"]) == (200, body["note"].strip())
    assert journey.read().json["note"] == body["note"].strip()
    again = stack.api.post(f"{journey.path}/cancel", {"reason": "x", "note": "another"}, token=journey.agent.token)
    assert again.json["note"] == body["note"].strip()
    assert invoke_sweep(stack) is None
    mail = stack.inbox.wait(journey.customer.email, after=number)
    assert body["reason"] in mail.text
    signed = receipts(mail)
    assert signed
    for part in (mail.text, mail.html, *map(str, signed)):
        assert "CANARY" not in part


@pytest.mark.parametrize("note", ["", " ", "x" * 501, "a\u0000b", "\u200b", 5, {"x": 1}])
def test_a_cancel_with_an_improper_note_is_refused(stack: Stack, note: Any) -> None:  # P24
    journey = stack.journey().through_start()
    answer = stack.api.post(f"{journey.path}/cancel", {"reason": "x", "note": note}, token=journey.agent.token)
    assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request")
    assert journey.read().json["status"] == "started"


def test_a_cancel_without_a_note_has_none(stack: Stack) -> None:
    journey = stack.journey().through_start()
    assert "note" not in journey.cancel("x").json
