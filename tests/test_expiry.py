"""Time closes what nobody acts on, whether or not TTL has removed anything."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from client import decode
from support.journey import Journey
from support.stack import Stack
from support.states import (
    CALLS,
    COOL_DOWN,
    GRANT_SECONDS,
    IDLE_SECONDS,
    LEASE_SECONDS,
    PAGE,
    SESSION_SECONDS,
    agent_challenged,
    agent_verified,
    awaiting_consent,
    consented,
    customer_entered,
    minting,
    started,
    wrong,
)


@pytest.mark.parametrize("state", [started, agent_challenged, agent_verified, awaiting_consent, customer_entered, consented])
def test_fifteen_minutes_without_an_act_close_it(stack: Stack, state: Callable[[Journey], None]) -> None:  # P5
    journey = stack.journey()
    state(journey)
    spent = COOL_DOWN if state in (agent_challenged, awaiting_consent, customer_entered) else 0
    journey.age(IDLE_SECONDS - spent - 20)
    assert journey.read().json["status"] != "closed"
    journey.age(20 + spent)
    read = journey.read().json
    assert (read["status"], read["outcome"], read["code"], read["expires_at"]) == ("closed", "expired", None, None)
    assert stack.item(f"V#{journey.id}") is not None, "it is still in the table: that is what this is about"
    for name, call in CALLS.items():
        if name != "read":
            answer = call(journey)
            expected = 410 if name in PAGE | {"redeem"} else 409
            assert answer.status == expected, (name, answer.body)
    assert [a for a in journey.actions() if a in ("cancelled", "denied", "ended")] == []


def test_before_the_customer_is_asked_every_act_of_the_agent_keeps_it_alive(stack: Stack) -> None:  # P5
    journey = stack.journey().through_start()
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_agent().status == 202
    journey.age(IDLE_SECONDS - 60)
    assert journey.agent_mail is not None
    assert journey.enter_as_agent(wrong(journey.agent_mail.code)).status == 422
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_agent().status == 202
    assert journey.enter_as_agent().status == 200
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_customer().status == 202


def test_the_agent_cannot_keep_an_unanswered_request_alive(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    for _ in range(2):
        journey.age(IDLE_SECONDS // 3)
        assert journey.send_to_customer().status == 202
        assert journey.customer_mail is not None
        assert journey.enter_for_customer(wrong(journey.customer_mail.code)).status == 422
    assert journey.enter_for_customer().status == 200
    journey.age(IDLE_SECONDS // 3)
    assert journey.allow().status == 410
    assert journey.read().json["outcome"] == "expired"


def test_the_customers_acts_keep_a_request_alive(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    journey.age(IDLE_SECONDS - 60)
    assert journey.customer_mail is not None
    assert journey.allow(wrong(journey.customer_mail.code)).status == 422
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_customer().status == 202
    assert journey.allow().status == 200
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_customer().status == 202
    assert journey.allow().status == 200


def test_reading_and_looking_are_no_acts(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    before = journey.item
    assert journey.read().status == journey.view().status == 200
    assert stack.api.post("/verifications/search", {}, token=journey.agent.token).status == 200
    assert journey.item == before


def test_a_session_is_over_at_its_deadline(stack: Stack) -> None:  # P5
    journey = stack.journey().through_session()
    journey.age(SESSION_SECONDS - 20)
    assert journey.read().json["status"] == "in_session"
    assert 0 < journey.redeem("store").json["expires_in"] <= 20
    journey.age(20)
    read = journey.read().json
    assert (read["status"], read["outcome"]) == ("closed", "completed")
    assert stack.item(f"V#{journey.id}") is not None
    for environment in ("store", "web", "app", "rcm"):
        answer = journey.redeem(environment)
        assert (answer.status, answer.json["type"]) == (410, "/problems/handoff-refused")
    assert journey.cancel().json["verification_status"] == "closed"
    for answer in (journey.view(), journey.deny(), journey.end()):
        assert answer.status == 410
    assert journey.read().json["outcome"] == "completed"


def test_nothing_extends_a_session(stack: Stack) -> None:  # P5
    journey = stack.journey().through_session()
    deadline = journey.session["expires_at"]
    assert journey.redeem("web").json["session"]["expires_at"] == deadline
    assert journey.view().json["session_expires_at"] == deadline
    assert journey.read().json["session"]["expires_at"] == deadline
    assert journey.read().json["expires_at"] == deadline


def test_a_lease_that_is_over_frees_the_mint(stack: Stack) -> None:  # P5
    journey = stack.journey()
    minting(journey)
    journey.age(LEASE_SECONDS - 20)
    assert journey.issue().json["verification_status"] == "minting"
    journey.age(20)
    assert journey.read().json["status"] == "consented"
    assert journey.issue().status == 201


def test_a_mint_grant_is_dead_at_its_deadline(stack: Stack) -> None:  # P5
    """A grant written by hand, so that its deadline can be: the triggers take it before, and not after."""
    journey = stack.journey().through_consent()
    for left, works in ((GRANT_SECONDS, True), (0, False), (-3600, False)):
        grant, answer = f"{journey.id}.{uuid.uuid4().int % 10**8 + 1}.web", uuid.uuid4().hex
        put_grant(stack, journey, grant, answer, int(time.time() * 1000) + left * 1000)
        tokens = mint(stack, journey, grant, answer)
        assert (tokens is not None) == works, left
        assert stack.item(f"G#{grant}") is not None, "it is still in the table: that is what this is about"
        if tokens:
            assert decode(tokens["AccessToken"])["act"] == {"sub": journey.agent.sub}


def put_grant(stack: Stack, journey: Journey, grant: str, answer: str, expires_at: int) -> None:
    key = stack.aws("secretsmanager").get_secret_value(SecretId=stack.facts["resources"]["HashKey"])["SecretString"]
    message = b"".join(len(part).to_bytes(8, "big") + part.encode() for part in ("mint-answer", grant, answer))
    digest = base64.urlsafe_b64encode(hmac.digest(key.encode(), message, hashlib.sha256)).decode().rstrip("=")
    claims = {
        "agent_id": journey.agent.sub,
        "session": journey.id,
        "ecosystem": journey.customer.ecosystem,
        "environment": "web",
        "access": "view",
        "visibility": {"messages": True, "talks": True},
    }
    item = {
        "pk": f"G#{grant}",
        "ttl": int(time.time()) + 60 * 60,
        "id": grant,
        "username": journey.customer.sub,
        "client_id": stack.facts["SupportClientId"],
        "claims": claims,
        "secret": digest,
        "expires_at": expires_at,
        "answered": False,
    }
    stack.put_item(TypeSerializer().serialize(item)["M"])


def mint(stack: Stack, journey: Journey, grant: str, answer: str) -> dict[str, Any] | None:
    """The sign-in that issue-session makes."""
    cognito, pool, app = stack.aws("cognito-idp"), stack.facts["CustomerPoolId"], stack.facts["SupportClientId"]
    described = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=app)["UserPoolClient"]
    digest = hmac.digest(described["ClientSecret"].encode(), f"{journey.customer.sub}{app}".encode(), hashlib.sha256)
    who = {"USERNAME": journey.customer.sub, "SECRET_HASH": base64.b64encode(digest).decode()}
    challenge = cognito.admin_initiate_auth(UserPoolId=pool, ClientId=app, AuthFlow="CUSTOM_AUTH", AuthParameters=who)
    try:
        return cognito.admin_respond_to_auth_challenge(
            UserPoolId=pool,
            ClientId=app,
            ChallengeName="CUSTOM_CHALLENGE",
            Session=challenge["Session"],
            ChallengeResponses=who | {"ANSWER": answer},
            ClientMetadata={"mint_grant": grant},
        )["AuthenticationResult"]
    except cognito.exceptions.NotAuthorizedException:
        return None
