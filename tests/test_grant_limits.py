"""What is counted for support grants."""

from __future__ import annotations

import time

import pytest

from support.grant_answers import at_step, counted, is_gone, is_refused, too_many, unknown, used_up, wrong
from support.grants import Offer, offered, redeem
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("schedule")


def test_ten_makings_an_hour_and_no_eleventh(stack: Stack) -> None:
    offer, hour = Offer(stack), int(time.time()) // 3600
    statuses = []
    for _ in range(5):
        statuses += [offer.create().status, offer.regenerate().status]
        assert offer.revoke().status == 204
    assert statuses == [201, 200] * 5
    if int(time.time()) // 3600 == hour:
        too_many(offer.create(), 3600)
        is_gone(offer.read())
    # Other people's are counted by themselves.
    assert Offer(stack).create().status == 201


def test_beyond_the_limit_a_grant_is_still_read_and_revoked(stack: Stack) -> None:
    offer = offered(stack)
    journey = offer.journey().through_start()
    used_up(stack, f"grants#{offer.customer.sub}", 3600, 10)
    before, was = offer.item, journey.item
    too_many(offer.regenerate(), 3600)
    assert (offer.item, journey.item) == (before, was), "the old ones are as good as before"
    assert offer.read().status == 200
    assert offer.revoke().status == 204


def test_redeeming_counts_against_the_look_ups(stack: Stack) -> None:
    offer, agent = offered(stack), stack.new_agent()
    is_refused(redeem(stack, agent, wrong(offer, "password")))
    assert redeem(stack, agent, offer.credentials).status == 201
    assert counted(stack, f"lookups#{agent.sub}", 900) == 2
    used_up(stack, f"lookups#{agent.sub}", 900, 30)
    for entered in (offer.credentials, wrong(offer, "password"), unknown()):
        too_many(redeem(stack, agent, entered), 900)
    assert offer.entries() == 1, "nothing is counted that is not judged"


def test_redeeming_counts_against_the_customers_mails(stack: Stack) -> None:
    offer, agent = offered(stack), stack.new_agent()
    journey = offer.journey(agent)
    assert journey.start().status == 201
    assert counted(stack, f"customer-mails#{offer.customer.sub}", 3600) == 1
    at_step(journey.start(), "started")
    is_refused(redeem(stack, agent, wrong(offer, "password")))
    assert counted(stack, f"customer-mails#{offer.customer.sub}", 3600) == 1, "only what is emailed"
    assert journey.cancel().status == 200
    used_up(stack, f"customer-mails#{offer.customer.sub}", 3600, 10)
    before = offer.item
    too_many(redeem(stack, agent, offer.credentials), 3600)
    assert offer.item == before
    assert offer.entries() == 1, "they were right"
    is_refused(redeem(stack, stack.new_agent(), offer.credentials))
