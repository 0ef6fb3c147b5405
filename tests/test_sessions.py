"""Minting and redeeming: one session, one use of each handoff, and nothing alive after somebody has said stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from client import decode
from samples import PASSWORD
from support.answers import face
from support.at_once import at_once
from support.contract import contract
from support.hosted import Hosted
from support.sessions import answered, directory_says, ecosystem_as, enough_instances, opened, stops
from support.stack import Stack

# --- P14: a handoff is good once ---


def test_of_a_hundred_redemptions_one_succeeds(stack: Stack) -> None:  # P14
    journey = stack.journey().through_session()
    enough_instances(lambda: journey.redeem("web", f"{'A' * 22}.{'B' * 43}"), 100)
    answers = at_once([lambda: journey.redeem("web")] * 100)
    statuses = [answer.status for answer in answers]
    assert statuses.count(200) == 1
    assert statuses.count(410) == 99
    assert journey.actions().count("handoff-redeemed") == 1
    assert journey.redeem("web").status == 410


def test_unknown_used_expired_and_other_handoffs_look_alike(stack: Stack) -> None:  # P14
    journey, other, cancelled, expired = (stack.journey().through_session() for _ in range(4))
    used = journey.handoff("web")
    assert journey.redeem("web", used).status == 200
    assert cancelled.cancel().status == 200
    expired.age(300)
    unknown = f"{'A' * 22}.{'B' * 43}"
    answers = {
        "used": journey.redeem("web", used),
        "for another environment": journey.redeem("store", journey.handoff("app")),
        "unknown": journey.redeem("web", unknown),
        "of a known session": journey.redeem("store", f"{journey.id}.{'B' * 43}"),
        "with another's secret": journey.redeem("store", f"{journey.id}.{other.handoff('store').partition('.')[2]}"),
        "of another form": journey.redeem("web", "x"),
        "cancelled": cancelled.redeem("web"),
        "expired": expired.redeem("web"),
        "no session yet": journey.redeem("web", f"{stack.journey().through_consent().id}.{'B' * 43}"),
    }
    alike = face(answers["unknown"])
    assert alike[0] == 410
    for which, answer in answers.items():
        assert face(answer) == alike, which


def test_a_refused_redemption_uses_nothing_up(stack: Stack) -> None:  # P14
    journey = stack.journey().through_session()
    before = journey.item
    for environment in ("store", "web", "rcm"):
        assert journey.redeem(environment, journey.handoff("app")).status == 410
    assert journey.item == before
    for environment in ("store", "web", "app", "rcm"):
        assert journey.redeem(environment).status == 200


# --- P16: the customer's own sessions ---


@pytest.mark.parametrize("stop", ["cancelled", "ended", "expired"])
def test_the_customers_own_session_survives(stack: Stack, stop: str) -> None:  # P16
    customer = stack.new_customer()
    own = stack.sign_in("Customer", customer.email)
    journey = stack.journey(customer=customer).through_session()
    assert journey.redeem("web").status == 200
    if stop == "expired":
        journey.age(300)
        assert journey.read().json["status"] == "closed"
    else:
        assert stops(journey)[stop]().status == 200
    cognito = stack.aws("cognito-idp")
    assert cognito.get_user(AccessToken=own["AccessToken"])["Username"] == customer.sub
    refreshed = cognito.initiate_auth(
        ClientId=stack.facts["CustomerClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": own["RefreshToken"]},
    )["AuthenticationResult"]
    assert "act" not in decode(refreshed["AccessToken"])


# --- P17: what a session cannot do ---


def test_no_answer_has_a_place_for_a_refresh_token(stack: Stack) -> None:  # P17
    assert "refresh" not in json.dumps(contract().document["components"]["schemas"]).lower()
    journey = stack.journey().through_consent()
    issued = journey.issue()
    redeemed = journey.redeem("web")
    assert set(redeemed.json) == {"access_token", "id_token", "token_type", "expires_in", "session"}
    for answer in (issued, redeemed, journey.read()):
        assert b"refresh" not in answer.body.lower()


def test_every_refresh_token_is_revoked_at_once_and_stored_nowhere(stack: Stack) -> None:  # P17
    journey = stack.journey().through_consent()
    with Hosted(stack, "IssueSessionFunction") as function:
        assert answered(function, journey).status == 201
        answers = [call.answer for call in function.calls if call.operation == "AdminRespondToAuthChallenge"]
        revoked = {call.request["Token"] for call in function.calls if call.operation == "RevokeToken"}
    refresh_tokens = {answer["AuthenticationResult"]["RefreshToken"] for answer in answers if answer}
    assert len(refresh_tokens) == 4
    assert revoked == refresh_tokens
    stored = json.dumps(stack.items(), default=repr)
    assert not any(token in stored for token in refresh_tokens)

    cognito, support = stack.aws("cognito-idp"), stack.facts["SupportClientId"]
    described = cognito.describe_user_pool_client(UserPoolId=stack.facts["CustomerPoolId"], ClientId=support)
    secret = described["UserPoolClient"]["ClientSecret"]
    for client in ({"ClientId": support, "ClientSecret": secret}, {"ClientId": stack.facts["CustomerClientId"]}):
        for refresh_token in refresh_tokens:
            with pytest.raises(cognito.exceptions.NotAuthorizedException):
                cognito.get_tokens_from_refresh_token(RefreshToken=refresh_token, **client)


def test_self_service_with_a_sessions_token_is_refused(stack: Stack) -> None:  # P17
    journey = stack.journey().through_session()
    token = journey.redeem("web").json["access_token"]
    assert "aws.cognito.signin.user.admin" not in decode(token).get("scope", "").split()
    cognito = stack.aws("cognito-idp")
    calls: dict[str, Callable[[], Any]] = {
        "GetUser": lambda: cognito.get_user(AccessToken=token),
        "UpdateUserAttributes": lambda: cognito.update_user_attributes(
            AccessToken=token, UserAttributes=[{"Name": "email", "Value": "thief@example.com"}]
        ),
        "ChangePassword": lambda: cognito.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Another-Pass-1"),
        "SetUserMFAPreference": lambda: cognito.set_user_mfa_preference(AccessToken=token, EmailMfaSettings={"Enabled": True}),
        "GlobalSignOut": lambda: cognito.global_sign_out(AccessToken=token),
        "DeleteUser": lambda: cognito.delete_user(AccessToken=token),
    }
    taken = []
    for name, call in calls.items():
        try:
            call()
            taken.append(name)
        except cognito.exceptions.NotAuthorizedException:
            pass
    assert taken == []
    user = cognito.admin_get_user(UserPoolId=stack.facts["CustomerPoolId"], Username=journey.customer.sub)
    assert {"Name": "email", "Value": journey.customer.email} in user["UserAttributes"]
    assert stack.sign_in("Customer", journey.customer.email)


# --- P31: entitlement as it is now ---


@pytest.mark.parametrize(
    ("role", "plan", "environments"),
    [
        ("admin", "plus", ["store", "web", "app"]),
        ("member", "premium", ["web", "app"]),
        ("member", "plus", ["web", "app"]),
    ],
)
def test_what_was_taken_away_since_the_consent_is_not_opened(stack: Stack, role: str, plan: str, environments: list[str]) -> None:  # P31
    journey = stack.journey().through_consent()
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, role, plan, "rcm"))
    issued = journey.issue()
    assert issued.status == 201
    assert opened(issued) == environments
    tokens = journey.redeem("web").json
    assert decode(tokens["access_token"])["environment"] == "web"
    assert tokens["session"]["landing"] == ("home" if role == "admin" else "my-ecosystem")
    assert journey.view().json["environments"] == environments, "the customer sees what is open"


def test_what_was_added_since_the_consent_was_not_consented_to(stack: Stack) -> None:  # P31
    journey = stack.journey(customer=stack.new_customer(role="member", plan="plus")).through_consent()
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, "admin", "premium", "rcm"))
    assert opened(journey.issue()) == ["web", "app"]


@pytest.mark.parametrize(
    ("changed", "status", "slug"),
    [
        ({"ecosystems": []}, 422, "environment-refused"),
        ({"status": "suspended"}, 403, "not-allowed"),
    ],
)
def test_a_customer_who_lost_it_all_since_the_consent_gets_no_session(
    stack: Stack, changed: dict[str, Any], status: int, slug: str
) -> None:  # P31
    journey = stack.journey().through_consent()
    directory_says(stack, journey.customer, **changed)
    refused = journey.issue()
    assert (refused.status, refused.json["type"]) == (status, f"/problems/{slug}")
    assert journey.read().json["status"] == "consented"
    directory_says(stack, journey.customer)
    assert journey.issue().status == 201


def test_an_address_that_is_somebody_elses_by_now_opens_nothing(stack: Stack) -> None:  # P31
    journey, successor = stack.journey().through_consent(), stack.new_customer()
    stack.people.put_in_directory(journey.customer.record, successor.sub)
    assert journey.issue().status == 422


@pytest.mark.parametrize(
    ("environment", "role", "plan"), [("rcm", "admin", "plus"), ("store", "member", "premium"), ("rcm", "member", "premium")]
)
def test_a_handoff_to_what_was_taken_away_since_is_refused_and_others_are_not(
    stack: Stack, environment: str, role: str, plan: str
) -> None:  # P31
    journey = stack.journey().through_session()
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, role, plan, "rcm"))
    assert face(journey.redeem(environment)) == face(journey.redeem("web", f"{'A' * 22}.{'B' * 43}"))
    assert journey.redeem("web").status == 200


def test_nothing_is_redeemed_for_who_was_suspended_or_removed_since(stack: Stack) -> None:  # P31
    journey = stack.journey().through_session()
    directory_says(stack, journey.customer, status="suspended")
    assert journey.redeem("web").status == 410
    key = {"pk": {"S": f"USER#{journey.customer.email}"}}
    stack.aws("dynamodb").delete_item(TableName=stack.facts["CoreTable"], Key=key)
    assert journey.redeem("web").status == 410
    directory_says(stack, journey.customer)
    assert journey.redeem("web").status == 200
