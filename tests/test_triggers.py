"""The customers' pool signs everybody in: support sessions with a mint ticket, and everybody else as if the triggers were not there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from client import decode
from samples import PASSWORD
from support.hosted import Hosted
from support.mints import OURS, Mint, crashed_mint, invoked, mark, minting, pre_token_event, trigger_event, verify_event
from support.people import Customer
from support.stack import Stack

# --- P18: a session's tokens, and everybody else's ---


def test_both_tokens_of_a_session_name_agent_session_and_ecosystem(stack: Stack) -> None:  # P18
    journey = stack.journey().through_session()
    tokens = journey.redeem("web").json
    access, identity = decode(tokens["access_token"]), decode(tokens["id_token"])
    for claims in (access, identity):
        assert claims["sub"] == journey.customer.sub
        assert claims["act"] == {"sub": claims["support_agent"]} == {"sub": journey.agent.sub}
        assert claims["support_session"] == journey.id
        assert claims["ecosystem"] == journey.customer.ecosystem
        assert (claims["environment"], claims["access"]) == ("web", "view")
        assert "environments" not in claims
        assert claims["visibility"] == {"messages": True, "talks": True}
    assert (access["token_use"], access["client_id"]) == ("access", stack.facts["SupportClientId"])
    assert (identity["token_use"], identity["aud"]) == ("id", stack.facts["SupportClientId"])


@pytest.fixture
def grouped(stack: Stack) -> Customer:
    """A customer in groups of the customers' pool."""
    customer, cognito, pool = stack.new_customer(), stack.aws("cognito-idp"), stack.facts["CustomerPoolId"]
    for group in ("Beta", "Premium"):
        with suppress(cognito.exceptions.GroupExistsException):
            cognito.create_group(UserPoolId=pool, GroupName=group)
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=customer.sub, GroupName=group)
    return customer


def refreshed(stack: Stack, tokens: dict[str, Any]) -> dict[str, Any]:
    return stack.aws("cognito-idp").initiate_auth(
        ClientId=stack.facts["CustomerClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )["AuthenticationResult"]


def untouched(tokens: dict[str, Any]) -> None:
    for token in (tokens["AccessToken"], tokens["IdToken"]):
        claims = decode(token)
        assert sorted(claims["cognito:groups"]) == ["Beta", "Premium"]
        assert OURS.isdisjoint(claims)
    assert decode(tokens["AccessToken"])["scope"] == "aws.cognito.signin.user.admin"


def test_other_sign_ins_and_refreshes_pass_untouched_with_their_groups(stack: Stack, grouped: Customer) -> None:  # P18
    tokens = stack.sign_in("Customer", grouped.email)
    untouched(tokens)
    untouched(refreshed(stack, tokens))


@contextmanager
def cut_off(stack: Stack, function: str) -> Iterator[None]:
    """A function whose role may do nothing at all: table, key and logs are out of its reach."""
    iam, role = stack.aws("iam"), stack.facts["resources"][f"{function}Role"]
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="cut-off", PolicyDocument=json.dumps(nothing))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="cut-off")


def test_customers_sign_in_and_refresh_with_the_store_out_of_reach_and_only_mints_fail(stack: Stack, grouped: Customer) -> None:  # P18, P25
    before = stack.sign_in("Customer", grouped.email)
    journey = stack.journey(customer=grouped).through_consent()
    with cut_off(stack, "CustomerTriggersFunction"):
        untouched(stack.sign_in("Customer", grouped.email))
        untouched(refreshed(stack, before))
        assert journey.issue().status == 503
    assert journey.read().json["status"] == "consented"
    assert journey.issue().status == 201


@pytest.mark.parametrize("name", ["pre-token-sign-in", "pre-token-refresh", "post-confirmation", "define-first", "create"])
def test_for_other_sign_ins_the_triggers_call_nobody_not_even_to_start(stack: Stack, name: str) -> None:  # P18
    event = trigger_event(name)
    with Hosted(stack, "CustomerTriggersFunction") as function:
        answer = function.invoke(event)
        assert function.calls == []
    assert answer["request"] == event["request"]
    overrides = (answer["response"] or {}).get("claimsAndScopeOverrideDetails")
    if name.startswith("pre-token"):
        assert overrides == {"groupOverrideDetails": event["request"]["groupConfiguration"]}


# --- P19: nobody else mints ---


@pytest.fixture
def unanswered(stack: Stack) -> Mint:
    return crashed_mint(stack)


def unrepeated(stack: Stack) -> Any:
    """Cognito's public calls, each made once: what a trigger denies is no passing fault, and a mint that is held up does not wait."""
    return boto3.client(
        "cognito-idp",
        endpoint_url=stack.facts["endpoint"],
        region_name=stack.facts["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def secret_hash(stack: Stack, username: str) -> str:
    """What the support client's secret is needed for."""
    client_id = stack.facts["SupportClientId"]
    described = stack.aws("cognito-idp").describe_user_pool_client(UserPoolId=stack.facts["CustomerPoolId"], ClientId=client_id)
    key = described["UserPoolClient"]["ClientSecret"].encode()
    return base64.b64encode(hmac.digest(key, (username + client_id).encode(), hashlib.sha256)).decode()


def attempts(stack: Stack, customer: Customer, metadata: dict[str, str], answer: str, *, with_secret: bool) -> list[dict[str, Any]]:
    """Custom auth by the public calls, through each app client, by each of the customer's names. Answers what it got of tokens."""
    cognito, got = unrepeated(stack), []
    for client_id in (stack.facts["SupportClientId"], stack.facts["CustomerClientId"]):
        for username in (customer.sub, customer.email):
            proof = {"SECRET_HASH": secret_hash(stack, username)} if with_secret else {}
            try:
                challenge = cognito.initiate_auth(
                    ClientId=client_id,
                    AuthFlow="CUSTOM_AUTH",
                    AuthParameters={"USERNAME": username, **proof},
                    ClientMetadata=metadata,
                )
                got.append(
                    cognito.respond_to_auth_challenge(
                        ClientId=client_id,
                        ChallengeName="CUSTOM_CHALLENGE",
                        Session=challenge["Session"],
                        ChallengeResponses={"USERNAME": username, "ANSWER": answer, **proof},
                        ClientMetadata=metadata,
                    )
                )
            except ClientError:
                pass
    return got


@pytest.mark.parametrize("with_secret", [False, True], ids=["without the client's secret", "with the client's secret"])
def test_public_custom_auth_mints_nothing(stack: Stack, with_secret: bool) -> None:  # P19
    customer = stack.new_customer()
    for metadata in ({}, {"mint_grant": f"{'A' * 22}.1"}, {"mint_grant": f"{'A' * 22}.1.web"}, {"mint_grant": "nonsense"}):
        assert attempts(stack, customer, metadata, "guess", with_secret=with_secret) == []


def test_the_support_client_takes_no_call_without_its_secret(stack: Stack) -> None:  # P19
    cognito, customer = stack.aws("cognito-idp"), stack.new_customer()
    for hash_ in ({}, {"SECRET_HASH": "AAAA"}):
        with pytest.raises(ClientError) as refused:
            cognito.initiate_auth(
                ClientId=stack.facts["SupportClientId"],
                AuthFlow="CUSTOM_AUTH",
                AuthParameters={"USERNAME": customer.sub, **hash_},
            )
        assert refused.value.response["Error"]["Code"] == "NotAuthorizedException"


def test_the_support_client_takes_nothing_but_custom_auth(stack: Stack) -> None:  # P19
    cognito, customer = stack.aws("cognito-idp"), stack.new_customer()
    proof = {"USERNAME": customer.sub, "SECRET_HASH": secret_hash(stack, customer.sub)}
    own = stack.sign_in("Customer", customer.email)
    for flow, parameters in {
        "USER_PASSWORD_AUTH": {"PASSWORD": PASSWORD},
        "REFRESH_TOKEN_AUTH": {"REFRESH_TOKEN": own["RefreshToken"]},
        "USER_SRP_AUTH": {"SRP_A": "a" * 600},
    }.items():
        with pytest.raises(ClientError):
            cognito.initiate_auth(ClientId=stack.facts["SupportClientId"], AuthFlow=flow, AuthParameters=proof | parameters)


def test_the_id_of_a_live_grant_and_the_clients_secret_are_not_enough(stack: Stack, unanswered: Mint) -> None:  # P19
    """ClientMetadata is no secret: somebody who sees the id of a ticket, and even has the client's secret, has no answer to it."""
    before = unanswered.stored()
    for guess in ("guess", unanswered.grant, unanswered.answer[:-1]):
        metadata = {"mint_grant": unanswered.grant}
        assert attempts(stack, unanswered.journey.customer, metadata, guess, with_secret=True) == []
    assert unanswered.stored() == before, "a wrong answer marks nothing"


def test_the_answer_to_a_grant_is_good_for_its_own_user_and_client_alone(stack: Stack, unanswered: Mint) -> None:  # P19
    before, victim = unanswered.stored(), stack.new_customer()
    metadata = {"mint_grant": unanswered.grant}
    assert attempts(stack, victim, metadata, unanswered.answer, with_secret=True) == []
    assert unanswered.stored() == before
    # What is missing is the user alone.
    event = verify_event(unanswered)
    for other in ({"userName": victim.sub}, {"callerContext": {"clientId": stack.facts["CustomerClientId"]}}):
        answer = invoked(stack, "CustomerTriggersFunction", event | other)
        assert answer is not None
        assert answer["response"]["answerCorrect"] is False
    mark(unanswered)


def test_sign_ins_of_ones_own_with_the_id_of_a_marked_grant_are_no_sessions(stack: Stack, unanswered: Mint) -> None:  # P19
    """The customers themselves, through their own app client: what names a ticket is denied, or it reaches no trigger."""
    cognito, customer = unrepeated(stack), unanswered.journey.customer
    own = {"ClientId": stack.facts["CustomerClientId"], "ClientMetadata": {"mint_grant": unanswered.grant}}
    sign_in = {"USERNAME": customer.email, "PASSWORD": PASSWORD}
    mark(unanswered)
    first = cognito.initiate_auth(**own, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=sign_in)["AuthenticationResult"]
    again = cognito.get_tokens_from_refresh_token(**own, RefreshToken=first["RefreshToken"])["AuthenticationResult"]
    for tokens in (first, again):
        assert OURS.isdisjoint(decode(tokens["AccessToken"]) | decode(tokens["IdToken"]))

    pool = stack.facts["CustomerPoolId"]
    cognito.admin_set_user_password(UserPoolId=pool, Username=customer.sub, Password=PASSWORD, Permanent=False)
    challenge = cognito.initiate_auth(**own, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=sign_in)
    new_password = {"USERNAME": customer.sub, "NEW_PASSWORD": PASSWORD}
    with pytest.raises(ClientError):
        cognito.respond_to_auth_challenge(
            **own, ChallengeName=challenge["ChallengeName"], Session=challenge["Session"], ChallengeResponses=new_password
        )


# --- P19: the same trigger again ---


def test_the_same_trigger_three_times_is_the_same_trigger_once(stack: Stack) -> None:  # P19
    trigger = "CustomerTriggersFunction"
    held: list[Mint] = []

    def replay(mint: Mint, _: Hosted) -> None:
        # One of them stands for the others.
        if not mint.grant.endswith(".web"):
            return
        held.append(mint)
        assert invoked(stack, trigger, pre_token_event(mint)) is None, "not answered yet"
        verified, marked = [], []
        for _ in range(3):
            verified.append(invoked(stack, trigger, verify_event(mint)))
            marked.append(mint.stored())
        assert verified[0] is not None
        assert verified[0]["response"]["answerCorrect"] is True
        assert verified.count(verified[0]) == marked.count(marked[0]) == 3
        tokens = [invoked(stack, trigger, pre_token_event(mint)) for _ in range(3)]
        assert tokens[0] is not None
        assert tokens.count(tokens[0]) == 3
        assert mint.stored() == marked[0]

    journey = stack.journey().through_consent()
    with minting(stack, journey, replay) as issue:
        assert issue()["statusCode"] == 201, "the mint is none the worse for it"
    # Afterwards the grant is gone, and the same events open nothing any more.
    (mint,) = held
    assert stack.item(f"G#{mint.grant}") is None
    again = invoked(stack, trigger, verify_event(mint))
    assert again is not None
    assert again["response"]["answerCorrect"] is False
    assert invoked(stack, trigger, pre_token_event(mint)) is None


def test_a_grant_is_dead_after_its_time_though_it_is_still_there(stack: Stack, unanswered: Mint) -> None:  # P19, P5
    mark(unanswered)
    item = unanswered.stored()
    stack.put_item(item | {"expires_at": {"N": str(int(item["expires_at"]["N"]) - 30_000)}})
    answer = invoked(stack, "CustomerTriggersFunction", verify_event(unanswered))
    assert answer is not None
    assert answer["response"]["answerCorrect"] is False
    assert invoked(stack, "CustomerTriggersFunction", pre_token_event(unanswered)) is None


def test_the_agents_trigger_answers_the_same_three_times(stack: Stack) -> None:  # P19
    event = trigger_event("agents-pre-token")
    answers = [invoked(stack, "AgentTriggersFunction", event) for _ in range(3)]
    assert answers[0] is not None
    assert answers.count(answers[0]) == 3
    generated = answers[0]["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    assert generated["scopesToSuppress"] == ["aws.cognito.signin.user.admin"]
