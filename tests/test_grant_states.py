"""A support grant revoked or replaced in every state of its verification."""

from __future__ import annotations

import time
from typing import Any

import pytest

from support.grant_answers import at_step, goes_nowhere, is_gone, is_refused
from support.grant_notices import kinds, told
from support.grants import UnderGrant, offered, redeem
from support.introspection import is_active
from support.receipts import receipts
from support.stack import Stack
from support.sweep import sweep

pytestmark = pytest.mark.usefixtures("schedule")


def in_state(journey: UnderGrant, state: str) -> None:
    match state:
        case "started":
            journey.through_start()
        case "agent_challenged":
            journey.through_challenge()
        case "consented":
            journey.through_consent()
        case "minting":
            # Under way, as the function that began it left it.
            journey.through_consent()

            def begin(record: dict[str, Any]) -> None:
                record["state"] |= {"status": "minting", "lease_until": int(time.time() * 1000) + 45_000}
                record["state"]["consent"]["mints"] = 1

            journey.edit(begin)
        case "in_session":
            journey.through_session()
        case "closed":
            journey.through_start()
            assert journey.cancel("not today").status == 200
    assert journey.read().json["status"] == state


STATES = {
    "started": "denied",
    "agent_challenged": "denied",
    "consented": "denied",
    "minting": "denied",
    "in_session": "ended",
    "closed": "cancelled",
}


@pytest.mark.parametrize("state", STATES)
def test_a_revocation_ends_whatever_there_is(stack: Stack, state: str) -> None:  # P10, P11
    offer, other_agent = offered(stack), stack.new_agent()
    journey = offer.journey()
    in_state(journey, state)
    before = journey.actions()
    assert offer.revoke().status == 204
    is_gone(offer.read())
    closed = journey.read().json
    assert (closed["status"], closed["outcome"]) == ("closed", STATES[state])
    goes_nowhere(journey)
    for agent in (journey.agent, other_agent):
        is_refused(redeem(stack, agent, offer.credentials))
    assert journey.actions() == before + ([] if state == "closed" else [STATES[state]]), "one step, in the chain"
    assert offer.record()["ended"]["how"] == "revoked"
    if journey.session:
        assert all(journey.redeem(each["environment"]).status == 410 for each in journey.session["handoffs"])

    sweep(stack)
    ends = {"closed": "no session", "in_session": "session over"}.get(state, "no session")
    assert (len(receipts(told(offer, ends))), len(receipts(told(offer, "revoked")))) == (int(state == "in_session"), 0)
    if state not in ("in_session", "closed"):
        assert "can no longer enter your account" in told(offer, ends).text
        assert "sign in and revoke the access" not in told(offer, ends).text, "that is done"
    sweep(stack)
    assert kinds(offer).count("revoked") == kinds(offer).count(ends) == 1
    journey.record()


@pytest.mark.parametrize("state", STATES)
def test_regenerating_kills_the_old_ones_and_spares_a_session_alone(stack: Stack, state: str) -> None:  # P10, P11
    offer, newcomer = offered(stack), stack.new_agent()
    journey = offer.journey()
    in_state(journey, state)
    before, first, actions = offer.credentials, dict(offer.shown), journey.actions()
    regenerated = offer.regenerate()
    assert regenerated.status == 200
    for name in ("id", "expires_at", "visibility", "ecosystem", "url"):
        assert regenerated.json[name] == first[name], f"{name} stays"
    assert before["password"] != offer.credentials["password"]
    assert before["user_name"] != offer.credentials["user_name"]
    assert before["user_name"][:14] == offer.credentials["user_name"][:14], "the key stays"
    used_by = {"name": journey.agent.name} if state == "in_session" else None
    assert offer.read().json.get("redeemed_by") == used_by, "who is still there"

    for agent in (journey.agent, newcomer):
        is_refused(redeem(stack, agent, before))
    # No old part is good together with new ones.
    is_refused(redeem(stack, journey.agent, offer.credentials | {"password": before["password"]}))
    shown = journey.read().json
    if state == "in_session":
        assert shown["status"] == "in_session"
        assert journey.redeem("web").status == 200, "it goes on"
        assert journey.actions() == [*actions, "handoff-redeemed"]
        at_step(redeem(stack, newcomer, offer.credentials), "in_session")
        assert journey.cancel().status == 200
    else:
        assert (shown["status"], shown["outcome"]) == ("closed", STATES[state])
        goes_nowhere(journey)
        assert journey.actions() == actions + ([] if state == "closed" else ["denied"])
        if state != "closed":
            (step,) = [step for step in journey.record()["steps"] if step["action"] == "denied"]
            assert (step["actor"], step["detail"]) == ("customer", {"kind": "credentials-replaced"})

    # The new ones are for the first agent who brings them, and then for nobody else.
    second = offer.journey(newcomer)
    assert second.start().status == 201
    is_refused(redeem(stack, journey.agent, offer.credentials))
    assert offer.read().json["redeemed_by"] == {"name": newcomer.name}
    assert told(offer, "renewed")
    sweep(stack)
    assert kinds(offer).count("renewed") == 1
    journey.record()


def test_a_session_that_new_credentials_spared_ends_with_the_grant(stack: Stack, backend: Any) -> None:  # P15
    offer = offered(stack)
    journey = offer.journey().through_session()
    token = journey.redeem("web").json["access_token"]
    assert offer.regenerate().status == 200
    assert is_active(stack, token, backend)
    assert offer.revoke().status == 204
    assert not is_active(stack, token, backend)
    assert journey.read().json["outcome"] == "ended"


def test_a_grant_of_its_own_comes_after_each_end(stack: Stack) -> None:  # P11
    offer, agent = offered(stack), stack.new_agent()
    journey = offer.journey(agent).through_start()
    old = offer.credentials
    exists = offer.create()
    assert (exists.status, exists.json["type"]) == (409, "/problems/grant-exists")
    assert exists.json["expires_at"] == offer.shown["expires_at"]
    assert offer.revoke().status == 204
    assert offer.create().status == 201
    is_refused(redeem(stack, agent, old))
    assert "redeemed_by" not in offer.read().json
    assert offer.record()["verification"] is None
    assert offer.journey(agent).start().status == 201
    assert journey.read().json["status"] == "closed"
    # The end of the first was told before the second took its place, and no sweep tells it again.
    sweep(stack)
    assert sorted(each for each in kinds(offer) if each in ("created", "revoked")) == ["created", "created", "revoked"]
