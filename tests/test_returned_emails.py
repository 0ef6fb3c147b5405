"""An email that comes back is a step of its verification, and the agent sees it at once. Addresses of SES's mailbox simulator decide what
becomes of an email; `local/email_reports.py` reports it, as SES does.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect

import samples
from client import Mail
from support.at_once import at_once
from support.browser import accessible
from support.console import Sit, signed_in
from support.email_reports import bounce, returned, simulated
from support.grants import offered
from support.hosted import Hosted
from support.patience import wait_until
from support.recovery import asked as asked_for_recovery
from support.recovery import code_of, confirm
from support.stack import Stack
from support.sweep import sweep

REPORTS = "EmailEventsFunction"
TITLES = {"en": "An email could not be delivered", "es": "No se pudo entregar un correo"}


def reported(stack: Stack, event: dict[str, Any]) -> None:
    answer = stack.aws("lambda").invoke(FunctionName=stack.functions()[REPORTS], Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()


@pytest.mark.parametrize("kind", ["bounce", "suppressionlist"])
def test_an_agent_reads_at_once_that_the_customers_code_did_not_arrive(stack: Stack, kind: str) -> None:
    """Also if SES has stopped sending to the address."""
    journey = stack.journey(customer=stack.new_customer(email=simulated(kind))).through_asking()
    assert returned(journey, "email-undelivered") == [{"kind": "email", "email": "consent-request", "number": 1}]
    assert journey.read().json["status"] == "awaiting_consent"
    journey.age(31)
    journey.send_to_customer()
    found = returned(journey, "email-undelivered", 2)
    assert found[1]["number"] == 2
    # Somebody who has the code nevertheless can go on: a report may be wrong.
    assert journey.allow().status == 200
    journey.record()


def test_an_agents_own_code_that_did_not_arrive_is_a_step_too(stack: Stack) -> None:
    journey = stack.journey(agent=stack.new_agent(email=simulated("bounce"))).through_start()
    assert journey.send_to_agent().status == 202
    assert returned(journey, "email-undelivered") == [{"kind": "email", "email": "agent-code", "number": 1}]


def test_a_session_whose_emails_come_back_says_so_to_its_end(stack: Stack) -> None:
    journey = stack.journey(customer=stack.new_customer(email=simulated("bounce"))).through_session()
    assert journey.cancel().status == 200
    sweep(stack)
    expected = [("consent-request", 1), ("session-started", None), ("closed", None)]
    found = returned(journey, "email-undelivered", len(expected))
    assert sorted((each["email"], each.get("number")) for each in found) == sorted(expected)
    assert journey.read().json["status"] == "closed"
    journey.record()


def test_a_complaint_is_a_step_of_its_own(stack: Stack) -> None:
    journey = stack.journey(customer=stack.new_customer(email=simulated("complaint"))).through_asking()
    assert returned(journey, "email-reported") == [{"kind": "email", "email": "consent-request", "number": 1}]


def test_a_hundred_reports_of_one_email_are_one_step(stack: Stack) -> None:
    """EventBridge delivers at least once."""
    journey = stack.journey().through_asking()
    event = bounce(journey)
    for _ in range(5):
        at_once([partial(reported_or_late, stack, event)] * 20)
    reported(stack, event)
    assert returned(journey, "email-undelivered") == [{"kind": "email", "email": "consent-request", "number": 1}]
    journey.record()


def reported_or_late(stack: Stack, event: dict[str, Any]) -> None:
    """A report that loses every race fails, and Lambda brings it again."""
    stack.aws("lambda").invoke(FunctionName=stack.functions()[REPORTS], Payload=json.dumps(event))


def test_a_report_of_no_verification_changes_nothing_and_fails_nothing(stack: Stack, started_at: float) -> None:
    recovery = bounce(stack.journey().through_start())
    recovery["detail"]["mail"]["tags"] = {"ses:configuration-set": ["x"]}
    unknown = bounce(stack.journey().through_start())
    unknown["detail"]["mail"]["tags"]["verification"] = ["A" * 22]
    for event in (recovery, unknown):
        reported(stack, event)

    def outcomes() -> set[str]:
        lines = [json.loads(line) for line in stack.logs(since=started_at) if '"message":"event"' in line]
        return {line["outcome"] for line in lines}

    wait_until(lambda: outcomes() >= {"of no verification", "known already, or unknown"})


def test_a_report_leaves_no_address_and_no_subject_in_the_log(stack: Stack) -> None:  # P7
    journey = stack.journey().through_asking()
    event = bounce(journey)
    event["detail"]["mail"]["commonHeaders"]["subject"] = "canary-subject"
    with Hosted(stack, REPORTS) as function:
        function.invoke(event)
        # It answers before its line has been read.
        found = wait_until(lambda: [line for line in function.lines if journey.id in line] and "\n".join(function.lines))
    assert "canary" not in found and "@" not in found


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_console_says_what_did_not_arrive_until_it_is_sent_again(stack: Stack, desk: Sit, language: str) -> None:
    journey = stack.journey(agent=stack.new_agent(locale=language)).through_asking()
    at = signed_in(desk(language), journey)
    title = at.page.get_by_text(TITLES[language], exact=True)
    expect(at.heading("consent")).to_be_visible()
    expect(title).to_have_count(0)
    reported(stack, bounce(journey))
    expect(title).to_be_visible()
    accessible(at.page)
    journey.age(31)
    at.press("resend")
    expect(title).to_have_count(0)


# What keeps programs from answering, in every kind of email (RFC 3834; Exchange).
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def every_email(stack: Stack) -> list[Mail]:
    """One of each kind that the functions send."""
    seen = stack.inbox.last_number()
    ended = stack.journey().through_session()
    ended.end()
    successor = stack.journey(customer=stack.new_customer(role="successor"), module="ecosystem-admin").through_session()
    offer = offered(stack)
    assert stack.api.post("/support-grant/redeem", offer.credentials, token=stack.new_agent().token).status == 201
    assert offer.revoke().status == 204
    agent = stack.new_agent()
    assert confirm(stack, agent.email, code_of(asked_for_recovery(stack, agent.email))).status == 204
    sweep(stack)
    stack.inbox.wait(agent.email, after=seen)
    wait_until(lambda: [mail for mail in stack.inbox.mails(agent.email, seen) if "changed" in mail.subject])
    stack.delivered()
    assert successor.session
    return stack.inbox.mails(after=seen)


def test_no_email_of_a_function_asks_for_a_reply(stack: Stack) -> None:  # P45
    mails = every_email(stack)
    ours = [mail for mail in mails if "reset" not in mail.subject.lower() and "recover" not in mail.subject.lower()]
    subjects = {re.sub(r"\d+", "0", mail.subject) for mail in ours}
    print("\n ", len(mails), "emails:", *sorted(subjects), sep="\n    ")
    assert len(subjects) >= 8
    for mail in ours:
        assert {name: mail.message[name] for name in HEADERS} == HEADERS, mail.subject
    assert samples.PASSWORD not in str(mails)
