"""An email scanner that opens every link changes nothing."""

from __future__ import annotations

import re

import pytest

from support.emails import assert_harmless, fetch, links
from support.stack import Stack
from support.sweep import mails, sweep, told


@pytest.mark.usefixtures("schedule")
def test_opening_every_link_of_every_mail_changes_nothing(stack: Stack) -> None:  # P27
    journey = stack.journey().through_session()
    told(journey, "start")
    page = stack.facts["parameters"]["ConsentPageUrl"]
    found = [link for mail in mails(journey) for link in links(mail)]
    assert len(set(found)) == 2, "one of the consent email, one of the start email"
    before = journey.item
    for link in set(found):
        address, _, fragment = link.partition("#")
        assert address == page
        assert fragment.startswith("token=")
        token = fragment.removeprefix("token=")
        for opened in (address, f"{address}?token={token}", f"{address}{token}"):
            for method in ("GET", "HEAD"):
                assert_harmless(method, opened)
        for route in ("/consent/view", "/consent/answer", "/consent/end"):
            for method in ("GET", "HEAD"):
                assert stack.api.call(method, f"{route}?token={token}").status in (404, 405), (method, route)
        # A scanner that runs the page's script gets as far as it goes without a press.
        assert journey.view(token).status == 200
    assert journey.item == before
    assert journey.end().status == 200
    sweep(stack)
    assert links(told(journey, "end")) == set(), "the last email has none"


def test_a_scanner_that_opens_every_link_changes_nothing(stack: Stack) -> None:  # P27
    asked, running = stack.journey().through_asking(), stack.journey().through_session()
    for journey in (asked, running):
        before = journey.item
        opened = set()
        for mail in stack.inbox.mails(journey.customer.email) + stack.inbox.mails(journey.agent.email):
            for link in links(mail):
                # What is sent is the page's own address: the fragment, which alone says whose it is, never is.
                assert link.partition("#")[0] == stack.facts["parameters"]["ConsentPageUrl"]
                assert link.partition("#")[2] == f"token={mail.token}"
                opened.add(link)
                for method in ("GET", "HEAD"):
                    fetch(link, method)
        assert opened, "no email has a link"
        for link in opened:
            token = link.partition("#token=")[2]
            for route in ("view", "answer", "end"):
                for method in ("GET", "HEAD"):
                    path = f"/consent/{route}?token={token}&decision=deny"
                    assert stack.api.call(method, path).status in (404, 405)
            # A scanner that runs the page gets as far as looking.
            assert stack.api.post("/consent/view", {"token": token}).status == 200
        assert journey.item == before
    assert asked.allow().status == 200
    assert running.redeem("web").status == 200


def test_a_handoff_opened_by_get_is_not_used_up(stack: Stack) -> None:  # P27
    journey = stack.journey().through_session()
    before = journey.item
    for handoff in journey.session["handoffs"]:
        assert re.fullmatch(r"[^?#]+#handoff=[\w.-]+", handoff["url"]), "a secret in a path or a query"
        fetch(handoff["url"])
    assert stack.api.get(f"/handoffs/redeem?handoff={journey.handoff('web')}&environment=web").status in (404, 405)
    assert journey.item == before
    assert journey.redeem("web").status == 200
