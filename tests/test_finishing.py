"""An agent who is done ends the session, or the request, and says no reason."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from botocore.credentials import Credentials
from playwright.sync_api import expect

from support.browser import accessible
from support.console import Sit, answering, signed_in
from support.desk import picture
from support.grants import offered
from support.introspection import is_active
from support.people import NOWHERE
from support.receipts import receipts
from support.sessions import sealed
from support.stack import Stack
from support.sweep import mails, sweep, told


def test_a_finished_session_is_over_at_once_and_its_customer_gets_the_receipt(
    stack: Stack, backend: Credentials, verify_receipt: Callable[[bytes, bytes], tuple[int, str]]
) -> None:
    journey = stack.journey().through_session()
    token = journey.redeem("web").json["access_token"]
    assert is_active(stack, token, backend)
    answer = journey.finish()
    assert (answer.status, answer.json["status"], answer.json["outcome"], answer.json["reason"]) == (200, "closed", "finished", None)
    assert not is_active(stack, token, backend)
    assert journey.redeem("store").status == 410
    assert sealed(journey) == []
    assert journey.actions()[-1] == "finished"
    sweep(stack)
    mail = told(journey, "end")
    assert "the agent had finished and ended it" in mail.text
    (signed,) = receipts(mail)
    receipt = json.loads(signed)["receipt"]
    assert (receipt["outcome"], receipt["reason"]) == ("finished", None)
    key = stack.api.get("/receipts/key").body
    code, said = verify_receipt(signed, key)
    assert code == 0, said
    assert "Ended by the agent, who had finished" in said


def test_a_customer_who_was_asked_is_told_and_one_who_was_not_is_left_alone(stack: Stack) -> None:
    asked, proven = stack.journey().through_asking(), stack.journey().through_internal_validation()
    stack.delivered()
    since = stack.inbox.last_number()
    assert [asked.finish().status, proven.finish().status] == [200, 200]
    sweep(stack)
    mail = told(asked, "end", since)
    assert "without entering your account" in mail.text
    assert receipts(mail) == []
    stack.delivered()
    assert mails(proven, since) == []


def test_nothing_is_finished_before_the_agent_is_verified_or_after_another_end(stack: Stack) -> None:  # P10
    for journey in (stack.journey().through_start(), offered(stack).journey().through_start()):
        before = journey.item
        answer = journey.finish()
        assert (answer.status, answer.json["type"]) == (409, "/problems/wrong-step")
        assert journey.item == before
    ended = stack.journey().through_session()
    assert ended.end().status == 200
    assert ended.finish().status == 409
    assert ended.read().json["outcome"] == "ended"


def test_finishing_again_changes_nothing_and_cancelling_comes_too_late(stack: Stack) -> None:
    journey = stack.journey().through_session()
    answers = stack.crowd([journey.finish] * 20, f"{NOWHERE}/finish")
    assert {answer.status for answer in answers} == {200}
    assert journey.actions().count("finished") == 1
    assert journey.cancel().status == 409
    assert journey.read().json["outcome"] == "finished"


def test_only_the_agent_finishes(stack: Stack) -> None:  # P22
    journey = stack.journey().through_session()
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    for other in (stack.new_agent(), supervisor):
        assert stack.api.post(f"{journey.path}/finish", {}, token=other.token).status == 404
    assert journey.read().json["status"] == "in_session"


@pytest.mark.parametrize("body", [{"reason": "done"}, [], "x", None, 5])
def test_a_finish_takes_no_facts(stack: Stack, body: object) -> None:  # P24
    journey = stack.journey().through_internal_validation()
    answer = stack.api.post(f"{journey.path}/finish", raw=json.dumps(body).encode(), token=journey.agent.token)
    assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request")
    assert journey.read().json["status"] == "agent_verified"


# --- in the console ---


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_agent_ends_their_session_with_one_press(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(language), journey)
    at.stands_at("given")
    expect(at.button("end process")).to_be_visible()
    at.press("start session")
    at.stands_at("session")
    accessible(at.page)
    at.press("end session")
    at.stands_at("finished")
    accessible(at.page)
    picture(at.page, "finished", language)
    assert [key for key in at.kept() if key.startswith("handoffs/")] == []
    expect(at.button("end session")).to_have_count(0)
    assert journey.read().json["outcome"] == "finished"
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    there = desk(language)
    there.sign_in(supervisor.email)
    there.stands_at("assistance")
    there.go_to(journey)
    there.shows({"en": "Tess Agent ended the process", "es": "Tess Agent terminó el proceso"}[language])


def test_there_is_nothing_to_end_before_the_agent_is_verified(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    expect(at.button("cancel")).to_be_visible()
    expect(at.button("end process")).to_have_count(0)


def test_an_end_that_fails_is_said_and_can_be_tried_again(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_session()
    at = signed_in(desk(), journey)
    at.stands_at("session")
    at.page.route("**/finish", answering(503, "unavailable"), times=1)
    at.press("end session")
    expect(at.page.get_by_role("alert").first).to_be_visible()
    assert journey.read().json["status"] == "in_session"
    at.press("end session")
    at.stands_at("finished")
