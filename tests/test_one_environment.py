"""A token of a session opens one environment, and reveals and changes no more than it may."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.credentials import Credentials

from client import decode
from support.at_once import at_once
from support.hosted import Hosted
from support.introspection import introspect, is_active
from support.journey import Journey
from support.rounds import rounds
from support.sessions import ENVIRONMENTS, directory_says, ecosystem_as, issue_event, sealed, stand_in
from support.stack import Stack


def both(redeemed: dict[str, Any]) -> list[str]:
    return [redeemed["access_token"], redeemed["id_token"]]


# --- P38: one token, one environment ---


def test_every_token_is_refused_by_every_other_environment(stack: Stack, backend: Credentials) -> None:  # P38
    journey = stack.journey().through_session()
    tokens = {environment: both(journey.redeem(environment).json) for environment in ENVIRONMENTS}
    for own, pair in tokens.items():
        for token in pair:
            assert decode(token)["environment"] == own
            found = introspect(stack, token, backend).json
            assert (found["active"], found["environment"]) == (True, own)
            for environment in ENVIRONMENTS:
                assert stand_in(stack, environment, "/active", token).json == {"active": environment == own}
                shown = stand_in(stack, environment, "/correspondence", token).json
                assert (shown is not None) == (environment == own), f"{own}'s token at {environment}"


def test_what_is_withdrawn_after_it_was_redeemed_is_inactive_at_the_next_call(stack: Stack, backend: Credentials) -> None:  # P38, P31
    journey = stack.journey().through_session()
    tokens = {environment: both(journey.redeem(environment).json) for environment in ("web", "rcm")}
    assert all(is_active(stack, token, backend) for pair in tokens.values() for token in pair)
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, "admin", "premium"))
    assert not any(is_active(stack, token, backend) for token in tokens["rcm"]), "the RCM's module is gone"
    assert all(is_active(stack, token, backend) for token in tokens["web"]), "the Web is not"
    directory_says(stack, journey.customer, ecosystems=[])
    assert not any(is_active(stack, token, backend) for token in tokens["web"])
    directory_says(stack, journey.customer)
    assert all(is_active(stack, token, backend) for pair in tokens.values() for token in pair), "it is the directory that decides"


def test_no_token_in_the_agents_hands_is_good_for_a_successors_app(stack: Stack, backend: Credentials) -> None:  # P38
    customer = stack.new_customer(role="successor")
    journey = stack.journey(customer=customer, module="ecosystem-admin").through_consent()
    issued = journey.issue()
    assert issued.status == 201
    assert [each["environment"] for each in issued.json["session"]["handoffs"] if "url" in each] == ["web"]
    assert journey.redeem("app", journey.handoff("web")).status == 410, "the Web's handoff opens nothing at the App"
    for token in both(journey.redeem("web").json):
        assert introspect(stack, token, backend).json["environment"] == "web"
        assert stand_in(stack, "app", "/active", token).json == {"active": False}
    assert sealed(journey) == ["app"], "the App's tokens wait for the customer's handoff"


def test_sealed_tokens_go_when_they_are_redeemed_and_when_the_session_is_over(stack: Stack) -> None:  # P7, P38
    journey = stack.journey().through_session()
    assert sealed(journey) == list(ENVIRONMENTS)
    answers = at_once([lambda: journey.redeem("web")] * 20)
    assert sorted(answer.status for answer in answers) == [200] + [410] * 19  # P14
    assert sealed(journey) == ["store", "app", "rcm"]
    assert journey.end().status == 200
    assert sealed(journey) == []


@pytest.mark.parametrize("role", ["admin", "member"])
def test_more_environments_take_no_more_rounds(stack: Stack, role: str) -> None:
    """The tokens of all environments are minted side by side: a round of calls takes as long as its slowest call. Four and two
    environments are the most and the fewest that anybody has. Each call of Cognito's here takes at least 200 ms, which is far more than
    the calls of this machine, so that the printed seconds can be compared.
    """
    customer = stack.new_customer(role=role, plan="premium" if role == "admin" else "plus")
    expected = {"admin": 4, "member": 2}[role]
    best = 99
    for _ in range(3):  # on a busy machine a call that hung may have been repeated
        event = issue_event(stack.journey(customer=customer).through_consent())
        with Hosted(stack, "IssueSessionFunction") as function:
            answer, found = rounds(function, event)
        assert len(json.loads(answer["body"])["session"]["handoffs"]) == expected
        best = min(best, len(found))
    began, taken = 0.0, []
    for _ in range(3):
        event = issue_event(stack.journey(customer=customer).through_consent())
        with Hosted(stack, "IssueSessionFunction") as function:
            function.before = lambda _: time.sleep(0.2)
            began = time.monotonic()
            function.invoke(event)
            taken.append(time.monotonic() - began)
    print(f"\n  {expected} environments: {best} rounds, {min(taken):.2f} s with at least 200 ms a call")
    assert best <= 7


def test_an_item_stays_small_all_the_way(stack: Stack) -> None:
    """As DynamoDB counts an item: names and values, here with Cognito's long ids and long addresses. `shared/dynamodb/tests/sizes.rs` has
    every state, with short ones.
    """
    journey, sizes = stack.journey(ticket="INC-2026-0042"), {}
    for stage in (journey.through_start, journey.through_internal_validation, journey.through_asking, journey.through_consent):
        stage()
        sizes[journey.record()["state"]["status"]] = size_of({"M": journey.item})
    assert journey.issue().status == 201
    sizes["in_session"] = size_of({"M": journey.item})
    for environment in ENVIRONMENTS:
        assert journey.redeem(environment).status == 200
        sizes[f"opened {environment}"] = size_of({"M": journey.item})
    assert journey.cancel("The customer's question was answered.").status == 200
    sizes["closed"] = size_of({"M": journey.item})
    print("\n ", sizes)
    assert max(sizes.values()) < 3 * 1024, sizes


def size_of(value: dict[str, Any]) -> int:
    """The bytes that DynamoDB counts for an attribute's value, by its developer guide."""
    ((kind, content),) = value.items()
    match kind:
        case "M":
            return 3 + sum(len(name.encode()) + size_of(each) + 1 for name, each in content.items())
        case "L":
            return 3 + sum(size_of(each) + 1 for each in content)
        case "S":
            return len(content.encode())
        case "N":
            return len(content.lstrip("-")) // 2 + 2
    return 1


# --- P39: what a session reveals ---


def test_an_id_token_has_four_attributes_of_a_customer_who_has_all(stack: Stack) -> None:  # P39
    customer = stack.new_customer()
    everything = {
        "address": "Plaza 1, Bogotá", "birthdate": "1980-01-31", "family_name": "Customer", "gender": "f", "given_name": "Cleo",
        "middle_name": "M.", "nickname": "clee", "phone_number": "+573001234567", "phone_number_verified": "true",
        "picture": "https://example.com/c.png", "preferred_username": "cleo-c", "profile": "https://example.com/c",
        "website": "https://example.com", "zoneinfo": "America/Bogota",
    }  # fmt: skip
    stack.aws("cognito-idp").admin_update_user_attributes(
        UserPoolId=stack.facts["CustomerPoolId"],
        Username=customer.sub,
        UserAttributes=[{"Name": name, "Value": value} for name, value in everything.items()],
    )
    assert everything.keys() <= decode(stack.sign_in("Customer", customer.email)["IdToken"]).keys(), "their own token has them all"
    journey = stack.journey(customer=customer).through_session()
    for environment in ENVIRONMENTS:
        redeemed = journey.redeem(environment).json
        claims = decode(redeemed["id_token"])
        assert {"email", "email_verified", "name", "locale"} <= claims.keys()
        assert not everything.keys() & (claims.keys() | decode(redeemed["access_token"]).keys())


def test_the_token_of_a_customer_in_sixty_groups_can_be_introspected(stack: Stack, backend: Credentials) -> None:
    customer, cognito, pool = stack.new_customer(), stack.aws("cognito-idp"), stack.facts["CustomerPoolId"]
    for number in range(60):
        group = f"{number:03}-{'g' * 120}"
        if number < 60 and not exists(stack, group):
            cognito.create_group(UserPoolId=pool, GroupName=group)
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=customer.sub, GroupName=group)
    journey = stack.journey(customer=customer).through_session()
    for token in both(journey.redeem("web").json):
        assert len(token) > 8 * 1024
        assert is_active(stack, token, backend)


def exists(stack: Stack, group: str) -> bool:
    cognito = stack.aws("cognito-idp")
    try:
        cognito.get_group(UserPoolId=stack.facts["CustomerPoolId"], GroupName=group)
    except cognito.exceptions.ResourceNotFoundException:
        return False
    return True


# --- P41: view or change ---


@pytest.mark.parametrize(
    ("asked", "allowed", "may"),
    [
        (None, None, "view"),
        ("view", None, "view"),
        ("view", "change", "view"),
        ("change", None, "change"),
        ("change", "change", "change"),
        ("change", "view", "view"),
    ],
)
def test_a_session_may_what_was_asked_and_allowed(
    stack: Stack, backend: Credentials, asked: str | None, allowed: str | None, may: str
) -> None:  # P41
    journey = stack.journey().through_internal_validation()
    assert journey.send_to_customer(access=asked).json["access"] == (asked or "view")
    assert journey.customer_mail
    assert ("view only, without changing anything" in journey.customer_mail.text) == (asked != "change")
    assert journey.view().json["access"] == (asked or "view"), "the page says what is asked"
    assert journey.allow(access=allowed).json["access"] == may
    assert journey.enter_for_customer().status == 200
    issued = journey.issue()
    assert (issued.status, issued.json["access"]) == (201, may)
    redeemed = journey.redeem("web").json
    assert redeemed["session"]["access"] == may
    for token in both(redeemed):
        assert decode(token)["access"] == may
        assert introspect(stack, token, backend).json["access"] == may
    noted = stand_in(stack, "web", "/notes", redeemed["access_token"])
    assert noted.status == (201 if may == "change" else 403)
    narrowed = [step["detail"] for step in journey.read().json["steps"] if (step["detail"] or {}).get("kind") == "access-narrowed"]
    assert narrowed == ([{"kind": "access-narrowed", "access": "view"}] if (asked, may) == ("change", "view") else [])


@pytest.mark.parametrize("access", ["", "View", "all", None, ["view"], {"view": True}, 1])
def test_an_access_that_is_none_is_refused_and_changes_nothing(stack: Stack, access: Any) -> None:  # P24, P41
    journey = stack.journey().through_asking()
    before = journey.item
    assert journey.customer_mail
    body = {"token": journey.customer_mail.token, "decision": "allow", "code": journey.customer_mail.code}
    body |= {"ecosystem": journey.customer.ecosystem, "access": access}
    answer = stack.api.post("/consent/answer", body)
    assert answer.status == 400, answer.body
    assert journey.item == before


def test_a_sent_access_belongs_to_an_allowance_alone(stack: Stack) -> None:  # P24
    journey = stack.journey().through_asking()
    assert journey.customer_mail
    body = {"token": journey.customer_mail.token, "decision": "deny", "access": "view"}
    assert stack.api.post("/consent/answer", body).status == 400
    started = stack.journey().through_start()
    assert stack.api.post(f"{started.path}/mfa", {"to": "agent", "access": "view"}, token=started.agent.token).status == 400


def test_a_new_request_asks_anew(stack: Stack) -> None:  # P34, P41
    """What the customer narrowed belongs to that request; the next one says what it asks for itself."""
    with stack.configured(RESEND_SECONDS="0"):
        journey: Journey = stack.journey().through_internal_validation()
        assert journey.send_to_customer(access="change").status == 202
        assert journey.allow(access="view").json["access"] == "view"
        assert journey.send_to_customer(access="change").json["access"] == "change"
        assert journey.allow().json["access"] == "change"
