"""The key of the hashes is replaced while people work, and nothing that is live dies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import hash_key
from support.grants import Offer, offered, redeem
from support.journey import Journey
from support.operations import as_operator, run
from support.stack import Stack


@pytest.fixture
def key(stack: Stack) -> Iterator[None]:
    """The key as it was before, afterwards."""
    operator = as_operator(stack)
    before = hash_key.keys(operator)
    yield
    hash_key._put(operator, before)


class Live:
    """One of everything that hashes keep alive."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.challenged: Journey = stack.journey().through_start()
        assert self.challenged.send_to_agent().status == 202
        self.asked: Journey = stack.journey().through_asking()
        self.session: Journey = stack.journey().through_session()
        self.offer: Offer = offered(stack)
        self.revoked: Offer = offered(stack)

    def works(self) -> None:
        assert self.challenged.enter_as_agent().status == 200, "the agent's code"
        assert self.asked.view().status == 200, "the customer's page"
        assert self.asked.allow().status == 200, "the customer's code, on the page"
        assert self.asked.enter_for_customer().status == 200, "the customer's code, in the console"
        assert self.session.redeem("web").status == 200, "a handoff"
        assert self.session.end(self.stack.inbox.wait(self.session.customer.email).token).status == 200, "the page that ends it"
        assert redeem(self.stack, self.stack.new_agent(), self.offer.credentials).status == 201, "a support grant"
        assert self.revoked.read().status == 200, "a customer finds their support grant"
        assert self.revoked.create().status == 409, "and has one at most"
        assert self.revoked.revoke().status == 204, "and can revoke it"
        assert self.revoked.create().status == 201


def test_nothing_that_is_live_dies_while_the_key_is_replaced(stack: Stack, key: None) -> None:  # P8, P15
    before = Live(stack)
    (old,) = hash_key.keys(as_operator(stack))
    assert run(stack, "hash_key", "begin").returncode == 0
    told = Live(stack)
    assert run(stack, "hash_key", "switch").returncode == 0
    new, other = hash_key.keys(as_operator(stack))
    assert (other, len(new)) == (old, hash_key.LENGTH)
    assert new != old
    for live in (before, told, Live(stack)):
        live.works()


def test_the_old_key_is_not_forgotten_before_all_that_it_made_is_over(stack: Stack, key: None) -> None:
    operator = as_operator(stack)
    assert run(stack, "hash_key", "switch").returncode == 1, "there is no new key yet"
    assert run(stack, "hash_key", "begin").returncode == 0
    assert run(stack, "hash_key", "begin").returncode == 1
    assert run(stack, "hash_key", "switch").returncode == 0
    early = run(stack, "hash_key", "finish")
    assert (early.returncode, "48 hours more" in early.stderr) == (1, True), early.stderr
    now = operator.session.client("secretsmanager").describe_secret(SecretId=operator.resources["HashKey"])["LastChangedDate"]
    new, _ = hash_key.keys(operator)
    hash_key.finish(operator, now.timestamp() + hash_key.LONGEST + 1)
    assert hash_key.keys(operator) == [new]
    after = Live(stack)
    after.works()
