"""Who an agent is: by which token, in which group, at which address, and for how long; and who can never become one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from client import decode
from samples import PASSWORD, Customer
from support.grants import Offer, offered
from support.hosted import http_event
from support.identity import SOME_ID, in_groups, on_every_customers_route, on_every_route, refused_everywhere, routes_of
from support.people import Agent
from support.stack import Stack

# --- P20: nobody becomes an agent by way of a session, and agents cannot support themselves or a colleague ---


def refused_look_up(stack: Stack, agent: Agent, email: str) -> None:
    answer = stack.api.post("/verifications", {"email": email}, token=agent.token)
    assert (answer.status, answer.json["type"]) == (403, "/problems/not-allowed"), answer.body
    found = stack.api.post("/verifications/search", {}, token=agent.token)
    assert found.json["items"] == []


@pytest.mark.parametrize("written", [str, str.upper], ids=["as it is", "in capitals"])
def test_agents_cannot_support_themselves(stack: Stack, written: Callable[[str], str]) -> None:  # P20
    agent = stack.new_agent()
    stack.people.put_in_directory(Customer(agent.email, "The Agent", []), agent.sub)
    refused_look_up(stack, agent, written(agent.email))


def test_agents_cannot_support_themselves_under_another_address(stack: Stack) -> None:  # P20
    agent, customer = stack.new_agent(), stack.new_customer()
    stack.people.put_in_directory(customer.record, agent.sub)
    refused_look_up(stack, agent, customer.email)


def test_nobody_supports_an_agent_whose_address_was_written_in_capitals(stack: Stack) -> None:  # P20
    """The agents' pool does not tell capitals from small letters; the directory has small letters alone."""
    colleague = stack.new_agent(email=f"AGENT-{uuid.uuid4().hex[:12]}@AGENTS.EXAMPLE.COM".upper())
    stack.people.add_customer(Customer(colleague.email.lower(), "Colleague", []))
    refused_look_up(stack, stack.new_agent(), colleague.email.lower())


@pytest.mark.parametrize("kind", ["agent", "supervisor", "in no group", "disabled"])
def test_nobody_supports_who_has_an_account_in_the_agents_pool(stack: Stack, kind: str) -> None:  # P20
    groups = {"supervisor": ("CustomerService", "SupportSupervisor"), "in no group": ()}.get(kind, ("CustomerService",))
    colleague = stack.new_agent(groups=groups)
    if kind == "disabled":
        stack.aws("cognito-idp").admin_disable_user(UserPoolId=stack.facts["AgentPoolId"], Username=colleague.sub)
    # The agent is a customer, too.
    stack.people.add_customer(Customer(colleague.email, "Colleague", []))
    refused_look_up(stack, stack.new_agent(), colleague.email)


def test_a_sessions_tokens_are_refused_on_every_route_of_the_agents(stack: Stack) -> None:  # P20
    journey = stack.journey().through_session()
    tokens = journey.redeem("web").json
    before = journey.item
    for token in (tokens["access_token"], tokens["id_token"]):
        refused_everywhere(on_every_route(stack, token, journey.id), 401, None)
    assert journey.item == before


def test_a_session_cannot_make_or_touch_a_support_grant(stack: Stack) -> None:  # P20
    """Neither one that the customer consented to during the call, nor one under their grant."""
    offer = offered(stack)
    ordinary, granted = stack.journey(customer=offer.customer).through_session(), offer.journey().through_session()
    before = offer.item
    for journey in (ordinary, granted):
        tokens = journey.redeem("web").json
        for token in (tokens["access_token"], tokens["id_token"]):
            refused_everywhere(on_every_customers_route(stack, token), 401, None)
    assert offer.item == before
    assert granted.read().json["status"] == "in_session"


@pytest.mark.parametrize(
    "more",
    [{}, {"act": "map[sub:5e1f]"}, {"support_session": SOME_ID}, {"client_id": "support-access"}, {"token_use": "id"}],
    ids=["a session's", "act", "session", "client", "use"],
)
def test_claims_of_a_session_are_no_customers_even_past_the_gateway(stack: Stack, more: dict[str, str]) -> None:  # P20
    """The authorizer refuses another client's; so would the function, by itself, and each of a session's claims in a customer's own."""
    offer = offered(stack)
    claims = {name: str(value) for name, value in decode(offer.tokens["AccessToken"]).items()}
    if not more:
        claims = {name: str(value) for name, value in decode(offer.journey().through_session().redeem("web").json["access_token"]).items()}
    before = offer.item
    for method, path in routes_of("customer"):
        event = http_event(f"{method} {path}", None, stack.new_agent())
        event["requestContext"]["authorizer"]["jwt"]["claims"] = claims | more
        answer = stack.aws("lambda").invoke(FunctionName=stack.functions()["SupportGrantFunction"], Payload=json.dumps(event))
        assert json.load(answer["Payload"])["statusCode"] == 401, (method, path)
    assert offer.item == before


def test_only_an_access_token_of_the_customers_own_app_makes_a_grant(stack: Stack) -> None:  # P20, P21
    offer, agent = Offer(stack), stack.new_agent()
    refused_everywhere(on_every_customers_route(stack, offer.tokens["IdToken"]), 401, "unauthenticated")
    for token in (agent.token, agent.id_token, stack.new_agent(groups=("CustomerService", "SupportSupervisor")).token, "x", ""):
        refused_everywhere(on_every_customers_route(stack, token), 401, None)
    assert offer.create().status == 201, "and their own does"


def test_a_token_of_another_app_client_of_the_customers_pool_makes_no_grant(stack: Stack) -> None:  # P20
    cognito, offer, pool = stack.aws("cognito-idp"), offered(stack), stack.facts["CustomerPoolId"]
    other = cognito.create_user_pool_client(UserPoolId=pool, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    client_id = other["UserPoolClient"]["ClientId"]
    try:
        tokens = cognito.initiate_auth(
            ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": offer.customer.email, "PASSWORD": PASSWORD}
        )["AuthenticationResult"]
        for token in (tokens["AccessToken"], tokens["IdToken"]):
            refused_everywhere(on_every_customers_route(stack, token), 401, None)
    finally:
        cognito.delete_user_pool_client(UserPoolId=pool, ClientId=client_id)
    assert offer.read().status == 200


def test_another_customer_has_only_a_grant_of_their_own(stack: Stack) -> None:  # P20
    offer, other = offered(stack), Offer(stack)
    before = offer.item
    assert [other.read().status, other.revoke().status, other.regenerate().status] == [404] * 3
    assert other.create().status == 201
    assert other.key != offer.key
    assert other.revoke().status == 204
    assert offer.item == before
    # Not even where two of them have the same key, as chance might have it.
    offer.edit(lambda record: record["customer"].update(user_id=other.customer.sub))
    assert [offer.read().status, offer.revoke().status, offer.regenerate().status, offer.create().status] == [404, 404, 404, 409]


def test_a_sessions_tokens_open_no_page_and_no_environment(stack: Stack) -> None:  # P20
    journey = stack.journey().through_session()
    tokens = journey.redeem("web").json
    for token in (tokens["access_token"], tokens["id_token"]):
        for path in ("/consent/view", "/consent/end"):
            assert stack.api.post(path, {"token": token}).status == 400, "longer than any page's"
            assert stack.api.post(path, {"token": token[:200]}).status == 410
        assert journey.redeem("app", token[:200]).status == 410


def test_claims_of_a_session_are_no_agents_even_past_the_gateway(stack: Stack) -> None:  # P20
    """The authorizer refuses them; so would the function, by itself."""
    journey = stack.journey().through_session()
    claims = decode(journey.redeem("web").json["access_token"])
    event = http_event("POST /verifications", {"email": journey.customer.email}, journey.agent)
    event["requestContext"]["authorizer"]["jwt"]["claims"] = {name: str(value) for name, value in claims.items()}
    answer = stack.aws("lambda").invoke(FunctionName=stack.functions()["StartVerificationFunction"], Payload=json.dumps(event))
    assert json.load(answer["Payload"])["statusCode"] in (401, 403)


def test_a_supervisor_who_is_no_agent_is_refused_everywhere(stack: Stack) -> None:  # P20
    supervisor = stack.new_agent(groups=("SupportSupervisor",))
    refused_everywhere(on_every_route(stack, supervisor.token), 403, "not-allowed")


# --- P21: exact membership, and an access token of the agents' own pool and client ---


@pytest.mark.parametrize(
    "groups",
    [
        (),
        ("NotCustomerService",),
        ("CustomerService2",),
        ("customerservice",),
        ("[CustomerService]",),
        ("CustomerService,Other",),
        ("Customer", "Service"),
        ('"CustomerService"',),
    ],
    ids=lambda groups: " ".join(groups) or "none",
)
def test_who_is_not_exactly_in_the_group_is_refused_everywhere(stack: Stack, groups: tuple[str, ...]) -> None:  # P21
    refused_everywhere(on_every_route(stack, in_groups(stack, *groups).token), 403, "not-allowed")


@pytest.mark.parametrize("groups", [("A", "CustomerService"), ("CustomerService", "Z"), ("A", "CustomerService", "[x]")])
def test_who_is_in_other_groups_as_well_is_an_agent(stack: Stack, groups: tuple[str, ...]) -> None:  # P21
    assert stack.journey(in_groups(stack, *groups)).start().status == 201


def test_an_id_token_is_refused_everywhere(stack: Stack) -> None:  # P21
    refused_everywhere(on_every_route(stack, stack.new_agent().id_token), 401, "unauthenticated")


def test_a_customers_own_tokens_are_refused_everywhere(stack: Stack) -> None:  # P21
    tokens = stack.sign_in("Customer", stack.new_customer().email)
    for token in (tokens["AccessToken"], tokens["IdToken"]):
        refused_everywhere(on_every_route(stack, token), 401, None)


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode()).decode().rstrip("=")


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, _, _ = token.partition(".")
    return json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))), decode(token)


def signed(key: rsa.RSAPrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def pools_key(stack: Stack) -> rsa.RSAPrivateKey:
    """What the emulator signs the agents' access tokens with. On AWS nobody has it."""
    keys = stack.settings.state / "tmp/state/cognito-pool-keys"
    pem = (keys / f"{stack.facts['AgentPoolId']}-access.pem").read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


FORGERIES: dict[str, Callable[[Stack, dict[str, Any], dict[str, Any]], str]] = {
    "expired": lambda stack, header, claims: signed(pools_key(stack), header, claims | {"exp": int(time.time()) - 1}),
    "not valid yet": lambda stack, header, claims: signed(pools_key(stack), header, claims | {"nbf": int(time.time()) + 60}),
    "of another issuer": lambda stack, header, claims: signed(
        pools_key(stack), header, claims | {"iss": claims["iss"].replace(stack.facts["AgentPoolId"], "us-east-1_Elsewhere")}
    ),
    "of another client": lambda stack, header, claims: signed(
        pools_key(stack), header, claims | {"client_id": stack.facts["CustomerClientId"]}
    ),
    "without a signature": lambda stack, header, claims: f"{encoded(header | {'alg': 'none'})}.{encoded(claims)}.",
    "with no algorithm and some signature": lambda stack, header, claims: (
        f"{encoded(header | {'alg': 'none'})}.{encoded(claims)}.{encoded(b'x')}"
    ),
    "signed with a key of one's own": lambda stack, header, claims: signed(
        rsa.generate_private_key(public_exponent=65537, key_size=2048), header, claims
    ),
    "signed with the public key as a secret": lambda stack, header, claims: hmac_signed(stack, header, claims),
    "with another name put in": lambda stack, header, claims: tampered(stack, header, claims | {"name": "Somebody Else"}),
    "with a group put in": lambda stack, header, claims: tampered(
        stack, header, claims | {"cognito:groups": ["CustomerService", "SupportSupervisor"]}
    ),
}


def hmac_signed(stack: Stack, header: dict[str, Any], claims: dict[str, Any]) -> str:
    public = pools_key(stack).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = f"{encoded(header | {'alg': 'HS256'})}.{encoded(claims)}"
    return f"{text}.{encoded(hmac.digest(pem, text.encode(), hashlib.sha256))}"


def tampered(stack: Stack, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The claims changed under the signature that they had."""
    *_, signature = stack.new_agent().token.split(".")
    return f"{encoded(header)}.{encoded(claims)}.{signature}"


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_is_not_the_pools_own_is_refused_everywhere(stack: Stack, forgery: str) -> None:  # P21
    header, claims = parts(stack.new_agent().token)
    refused_everywhere(on_every_route(stack, FORGERIES[forgery](stack, header, claims)), 401, None)


def test_what_is_forged_here_would_be_taken_if_nothing_were_wrong_with_it(stack: Stack) -> None:  # P21
    agent = stack.new_agent()
    token = signed(pools_key(stack), *parts(agent.token))
    assert stack.api.post("/verifications/search", {}, token=token).status == 200


def test_a_token_of_another_app_client_of_the_pool_is_refused_everywhere(stack: Stack) -> None:  # P21
    cognito, agent = stack.aws("cognito-idp"), stack.new_agent()
    other = cognito.create_user_pool_client(
        UserPoolId=stack.facts["AgentPoolId"], ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    try:
        tokens = cognito.initiate_auth(
            ClientId=other, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": agent.email, "PASSWORD": PASSWORD}
        )["AuthenticationResult"]
        refused_everywhere(on_every_route(stack, tokens["AccessToken"]), 401, None)
    finally:
        # Another test reads what every app client of the pool allows.
        cognito.delete_user_pool_client(UserPoolId=stack.facts["AgentPoolId"], ClientId=other)


def test_an_agents_token_lives_fifteen_minutes(stack: Stack) -> None:  # P21
    claims = decode(stack.new_agent().token)
    assert claims["exp"] - claims["iat"] == 15 * 60
