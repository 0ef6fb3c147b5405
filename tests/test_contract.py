"""openapi.yaml and the deployed API agree: which routes there are and for whom, what they accept and what they answer.

`CheckedApi` checks every answer of every test against the document. Here the document makes the requests: what its schemas allow
is never an `invalid-request`, and what they do not allow always is. The values are the same in every run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from client import Answer
from support.contract import contract
from support.journey import Journey
from support.made_values import Maker, bad, is_allowed, resolved
from support.recovery import forget
from support.stack import Stack

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in contract().document["paths"].items()
    for method, operation in operations.items()
    if method in METHODS
}


def test_the_contract_and_the_deployed_api_have_the_same_routes_with_the_same_guards(stack: Stack) -> None:
    gateway, api = stack.aws("apigatewayv2"), stack.facts["resources"]["Api"]
    pools = {stack.facts["AgentPoolId"]: "agent", stack.facts["CustomerPoolId"]: "customer"}
    authorizers = {
        each["AuthorizerId"]: pools[each["JwtConfiguration"]["Issuer"].rpartition("/")[2]]
        for each in gateway.get_authorizers(ApiId=api)["Items"]
    }
    described = {}
    for method, path, operation in OPERATIONS.values():
        schemes = [name for each in operation.get("security", contract().document["security"]) for name in each]
        described[f"{method} {path}"] = schemes[0] if schemes else "NONE"
    guards = {"AWS_IAM": lambda route: "environment", "JWT": lambda route: authorizers[route["AuthorizerId"]]}
    deployed = {
        route["RouteKey"]: guards.get(route.get("AuthorizationType", "NONE"), lambda route: "NONE")(route)
        for route in gateway.get_routes(ApiId=api)["Items"]
    }
    assert deployed == described


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_other_method_is_there(stack: Stack, name: str) -> None:
    _, path, _ = OPERATIONS[name]
    agent = stack.new_agent()
    where = path.replace("{id}", "A" * 22).replace("{process}", "p-1")
    there = {method for method in METHODS if method in contract().document["paths"][path]}
    for method in set(METHODS) - there:
        answer = stack.api.call(method.upper(), where, token=agent.token)
        # `/verifications/search` has the form of `/verifications/{id}`, which has a GET.
        assert answer.status in (404, 405), f"{method} {where}: {answer.status} {answer.body.decode()}"


def json_bodies() -> dict[str, dict[str, Any]]:
    """Returns the schemas of the operations that take JSON."""
    return {
        name: operation["requestBody"]["content"]["application/json"]["schema"]
        for name, (_, _, operation) in OPERATIONS.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }


def sensible(body: dict[str, Any]) -> dict[str, Any]:
    """Follows what the contract says only in words: a search gave the cursor, and the password is typed twice."""
    body = {name: value for name, value in body.items() if name != "cursor"}
    return body | ({"confirm_password": body["new_password"]} if "new_password" in body else {})


STAGES: dict[str, Callable[[Journey], Any]] = {
    "started": Journey.through_start,
    "agent_challenged": lambda journey: journey.through_start().send_to_agent(),
    "agent_verified": Journey.through_internal_validation,
    "awaiting_consent": Journey.through_asking,
    "consented": Journey.through_consent,
    "in_session": Journey.through_session,
    "closed": lambda journey: journey.through_session().cancel(),
}


def sent(stack: Stack, journey: Journey, name: str, body: dict[str, Any], token: str | None = None) -> Answer:
    method, path, _ = OPERATIONS[name]
    return stack.api.call(method, path.replace("{id}", journey.id), body, token=token or journey.agent.token)


def of_a_verification() -> list[str]:
    return [name for name in json_bodies() if "{id}" in OPERATIONS[name][1]]


@pytest.mark.parametrize("name", [name for name in json_bodies() if name not in of_a_verification()])
def test_what_the_contract_allows_is_no_invalid_request_and_all_else_is(stack: Stack, name: str) -> None:
    maker, schema = Maker(name), json_bodies()[name]
    journey, token = stack.journey(), None
    if OPERATIONS[name][2].get("security") == [{"customer": []}]:
        token = stack.sign_in("Customer", journey.customer.email)["AccessToken"]
    try:
        for nth in range(25):
            good = sensible(maker.value(schema))
            assert is_allowed(schema, good), good
            answer = sent(stack, journey, name, good, token)
            assert answer.status not in (400, 500, 502, 503), f"{json.dumps(good)}: {answer.body.decode()}"
            if nth % 8 == 0:
                for each in bad(maker, good, schema):
                    assert sent(stack, journey, name, each, token).status == 400, json.dumps(each)
    finally:
        if name in ("askForRecovery", "confirmRecovery"):
            forget(stack)


@pytest.mark.parametrize("stage", STAGES)
def test_at_every_step_what_the_contract_allows_is_no_invalid_request_and_all_else_is(stack: Stack, stage: str) -> None:
    agent = stack.new_agent()
    for name in of_a_verification():
        maker, schema = Maker(f"{stage} {name}"), json_bodies()[name]
        journey = stack.journey(agent)
        STAGES[stage](journey)
        assert journey.read().json["status"] == stage
        for each in bad(maker, maker.value(schema), schema):
            assert sent(stack, journey, name, each).status == 400, f"{name}: {json.dumps(each)}"
        for _ in range(5):
            good = maker.value(schema)
            answer = sent(stack, journey, name, good)
            assert answer.status not in (400, 500, 502, 503), f"{name}, {json.dumps(good)}: {answer.body.decode()}"
        assert journey.read().status == 200


def test_the_examples_of_the_contract_are_allowed_by_it() -> None:
    checked = 0
    for name, (_, _, operation) in OPERATIONS.items():
        answers = [resolved(answer).get("content", {}) for answer in operation["responses"].values()]
        for content in (operation.get("requestBody", {}).get("content", {}), *answers):
            for media in content.values():
                examples = [resolved(each)["value"] for each in media.get("examples", {}).values()]
                for example in examples + ([media["example"]] if "example" in media else []):
                    contract().require(f"{name}'s example", media["schema"], example)
                    checked += 1
    assert checked > 40
