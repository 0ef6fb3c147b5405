"""Records of the directory that this version does not know all of: nobody becomes unreachable by them."""

from __future__ import annotations

from typing import Any

import pytest

from support.browser import accessible
from support.console import Sit, signed_in
from support.emails import words
from support.stack import Stack


@pytest.mark.parametrize(
    ("change", "shown", "environments"),
    [
        ({"role": "owner"}, ("unknown", "premium"), ["web", "app"]),
        ({"plan": "gold"}, ("admin", "unknown"), ["store", "web", "app"]),
        ({"modules": ["rcm", "new"]}, ("admin", "premium"), ["store", "web", "app", "rcm"]),
    ],
    ids=["role", "plan", "module"],
)
def test_what_is_unknown_gives_the_fewest_rights_and_the_agent_sees_it(
    stack: Stack, desk: Sit, change: dict[str, Any], shown: tuple[str, str], environments: list[str]
) -> None:  # P46
    customer = stack.new_customer(locale="en-GB")
    customer.record.ecosystems[0].update(change)
    stack.people.put_in_directory(customer.record, customer.sub)
    journey = stack.journey(customer=customer).through_internal_validation()
    (ecosystem,) = journey.read().json["customer"]["ecosystems"]
    assert (ecosystem["role"], ecosystem["plan"]) == shown
    assert ecosystem["environments"] == environments
    if "unknown" in shown:
        at = signed_in(desk(), journey)
        at.shows({"role": "Unknown role, with a member’s rights", "plan": "Unknown plan, with the rights of Plus"}[next(iter(change))])
        accessible(at.page)
    journey.through_asking()
    assert journey.customer_mail is not None
    assert "Hello" in words(journey.customer_mail.html), "the language of en-GB is English"
    journey.through_session()
    assert [handoff["environment"] for handoff in journey.session["handoffs"]] == environments
