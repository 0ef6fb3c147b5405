"""A stack for a customers' pool that was there before it: docs/existing-pool.md, its AWS calls made as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jmespath
import pytest

import deployment
from client import decode
from settings import ROOT, Settings
from support.running import running_stack
from support.stack import Stack

GROUP = "gold"


def make_pool(settings: Settings) -> dict[str, str]:
    """The pool as it was before, with an app of its own, and the client that step 1 makes in it."""
    cognito = deployment.client(settings, "cognito-idp")
    described = cognito.create_user_pool(
        PoolName="before",
        UsernameAttributes=["email"],
        UserPoolTier="ESSENTIALS",
        Schema=[{"Name": "email", "Required": True}, {"Name": "name", "Required": True}],
    )["UserPool"]
    pool = described["Id"]
    required = {each["Name"] for each in described["SchemaAttributes"] if each["Required"] and each["Mutable"] and each["Name"] != "sub"}
    assert required == {"email", "name"}
    cognito.create_group(UserPoolId=pool, GroupName=GROUP)
    app = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )
    support = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="support-access",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH"],
        AccessTokenValidity=300,
        IdTokenValidity=300,
        RefreshTokenValidity=60,
        TokenValidityUnits={"AccessToken": "seconds", "IdToken": "seconds", "RefreshToken": "minutes"},
        PreventUserExistenceErrors="ENABLED",
        EnableTokenRevocation=True,
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        WriteAttributes=sorted(required | {"locale"}),
        ReadAttributes=["email", "email_verified", "name", "locale"],
    )
    return {
        "ExistingCustomerPoolId": pool,
        "ExistingSupportClientId": support["UserPoolClient"]["ClientId"],
        "ExistingCustomerClientId": app["UserPoolClient"]["ClientId"],
    }


def test_a_client_that_may_not_write_what_its_pool_requires_is_refused(there: Stack) -> None:
    cognito, pool = there.aws("cognito-idp"), there.facts["CustomerPoolId"]
    with pytest.raises(cognito.exceptions.InvalidParameterException):
        cognito.create_user_pool_client(UserPoolId=pool, ClientName="narrow", WriteAttributes=["locale"])


@pytest.fixture(scope="module")
def there() -> Iterator[Stack]:
    with running_stack(make_pool) as stack:
        yield stack


def attach(stack: Stack) -> None:
    """Steps 3 and 7."""
    pool = stack.facts["CustomerPoolId"]
    alias = stack.aws("lambda").get_alias(FunctionName=stack.functions()["CustomerTriggersFunction"], Name="live")
    described = stack.aws("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]
    stack.aws("lambda").add_permission(
        FunctionName=alias["AliasArn"],
        StatementId="customers-pool",
        Action="lambda:InvokeFunction",
        Principal="cognito-idp.amazonaws.com",
        SourceArn=described["Arn"],
    )
    arn = alias["AliasArn"]
    stack.aws("cognito-idp").update_user_pool(
        UserPoolId=pool,
        LambdaConfig={
            "DefineAuthChallenge": arn,
            "CreateAuthChallenge": arn,
            "VerifyAuthChallengeResponse": arn,
            "PreTokenGenerationConfig": {"LambdaArn": arn, "LambdaVersion": "V2_0"},
        },
    )


def own_claims(stack: Stack, email: str) -> list[dict[str, Any]]:
    """What both tokens of the customer's own sign-in say, less what differs each time."""
    tokens = stack.sign_in("Customer", email)
    fleeting = {"iat", "exp", "jti", "origin_jti", "auth_time", "event_id"}
    return [{k: v for k, v in decode(tokens[kind]).items() if k not in fleeting} for kind in ("AccessToken", "IdToken")]


def test_a_pool_that_was_there_before_serves_both_ways_and_its_own_sign_ins_stay_as_they_were(there: Stack) -> None:  # P18
    stack = there
    assert not {"CustomerPool", "CustomerClient", "SupportClient"} & stack.facts["resources"].keys()
    assert stack.facts["CustomerPoolId"] == stack.facts["parameters"]["ExistingCustomerPoolId"]
    customer = stack.new_customer()
    stack.aws("cognito-idp").admin_add_user_to_group(UserPoolId=stack.facts["CustomerPoolId"], Username=customer.sub, GroupName=GROUP)
    before = own_claims(stack, customer.email)
    assert before[0]["cognito:groups"] == [GROUP]
    attach(stack)
    assert own_claims(stack, customer.email) == before

    journey = stack.journey(customer=customer).through_session()
    claims = decode(journey.redeem("web").json["access_token"])
    assert (claims["sub"], claims["act"]) == (customer.sub, {"sub": journey.agent.sub})
    assert journey.cancel().status == 200

    token = stack.sign_in("Customer", customer.email)["AccessToken"]
    offer = {"duration_minutes": 15, "allow_messages": True, "allow_talks": False, "ecosystem": customer.ecosystem}
    offered = stack.api.post("/support-grant", offer, token=token)
    assert offered.status == 201, offered.body
    credentials = {name: offered.json[name] for name in ("user_name", "password", "security_code")}
    redeemed = stack.api.post("/support-grant/redeem", credentials, token=journey.agent.token)
    assert redeemed.status == 201, redeemed.body
    assert own_claims(stack, customer.email) == before


def queries(page: str) -> list[str]:
    """What the commands of step 6 pick from the answers, as the AWS CLI reads it."""
    step = page.partition("## 6.")[2].partition("\n## ")[0]
    return [double or single for double, single in re.findall(r"""--query\s+(?:"([^"]+)"|'([^']+)')""", step)]


def test_the_check_before_attaching_finds_every_client_and_who_accepts_the_pools_tokens(there: Stack) -> None:
    """Step 6, with the page's own queries."""
    all_apis, authorizers, all_clients, client_facts = queries((ROOT / "docs/existing-pool.md").read_text())
    pool, gateway, cognito = there.facts["CustomerPoolId"], there.aws("apigatewayv2"), there.aws("cognito-idp")
    found = []
    for api in jmespath.search(all_apis, gateway.get_apis()):
        query = authorizers.replace("$POOL", pool).replace("$api", api)
        found += jmespath.search(query, gateway.get_authorizers(ApiId=api))
    assert [each["audience"] for each in found] == [[there.facts["parameters"]["ExistingCustomerClientId"]]], found
    clients = jmespath.search(all_clients, cognito.list_user_pool_clients(UserPoolId=pool))
    facts = [jmespath.search(client_facts, cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client)) for client in clients]
    assert {each["client"]: each["flows"] for each in facts} == {
        "app": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "support-access": ["ALLOW_CUSTOM_AUTH"],
    }
