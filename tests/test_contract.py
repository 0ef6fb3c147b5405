"""openapi.yaml and the deployed API say the same: which routes there are and for whom, what they take and what they answer.

Every answer of every test is held against the document by `contract.CheckedApi`. Here the document makes the requests: what its
schemas allow is never an `invalid-request`, and what they do not allow is always one. The numbers are the same in every run."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from client import Answer
from support.contract import contract
from support.journey import Journey
from support.recovery import forget
from support.stack import Stack

try:
    from re import _parser as regex
except ImportError:  # Python 3.10
    import sre_parse as regex  # type: ignore[no-redef]

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in contract().document["paths"].items()
    for method, operation in operations.items()
    if method in METHODS
}


# --- the routes ---


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
        # `/verifications/search` is of the form of `/verifications/{id}`, which is read by GET.
        assert answer.status in (404, 405), f"{method} {where}: {answer.status} {answer.body.decode()}"


# --- values that a schema allows ---


class Maker:
    """Makes values of a schema, others each time, the same in each run."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def value(self, schema: dict[str, Any]) -> Any:
        schema = resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "oneOf" in schema:
            return self.value(self.random.choice(schema["oneOf"]))
        match schema["type"]:
            case "object":
                required = schema.get("required", [])
                names = [name for name in schema.get("properties", {}) if name in required or self.random.random() < 0.5]
                return {name: self.value(schema["properties"][name]) for name in names}
            case "boolean":
                return self.random.random() < 0.5
            case "integer":
                return self.random.randint(schema["minimum"], schema["maximum"])
            case "string":
                return self.text(schema)
        raise AssertionError(f"no values are made of {schema}")

    def text(self, schema: dict[str, Any]) -> str:
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 200)
        for _ in range(1000):
            if "pattern" in schema:
                made = self.of_pattern(regex.parse(schema["pattern"]))
            else:
                alphabet = "abcXYZ019 -_.~:/#?&=+%'\"\\<>{}$éß漢字🙂"
                made = "".join(self.random.choices(alphabet, k=self.random.randint(shortest, min(longest, shortest + 40))))
            if shortest <= len(made) <= longest and re.search(schema.get("pattern", ""), made):
                return made
        raise AssertionError(f"no text is made of {schema}")

    def of_pattern(self, parsed: Any) -> str:
        made = ""
        for kind, what in parsed:
            match str(kind):
                case "LITERAL":
                    made += chr(what)
                case "IN":
                    made += self.of_class(what)
                case "MAX_REPEAT":
                    fewest, most, inner = what
                    for _ in range(self.random.randint(fewest, min(int(most), fewest + 8))):
                        made += self.of_pattern(inner)
                case "SUBPATTERN":
                    made += self.of_pattern(what[-1])
                case "AT" | "ASSERT":
                    pass  # what is made is held against the whole pattern
                case other:
                    raise AssertionError(f"{other} in a pattern")
        return made

    def of_class(self, items: Any) -> str:
        """A character of a class."""
        negated = str(items[0][0]) == "NEGATE"
        return self.random.choice([char for char in CHARACTERS if any(is_of(char, item) for item in items) != negated])


CHARACTERS = [*map(chr, range(32, 127)), *"\t\néß漢🙂"]


def is_of(char: str, item: tuple[Any, Any]) -> bool:
    kind, what = str(item[0]), item[1]
    match kind:
        case "LITERAL":
            return ord(char) == what
        case "RANGE":
            return what[0] <= ord(char) <= what[1]
        case "CATEGORY":
            return {"SPACE": char.isspace(), "DIGIT": char.isdigit(), "WORD": char.isalnum() or char == "_"}[
                str(what).removeprefix("CATEGORY_").removeprefix("NOT_")
            ] != ("NOT_" in str(what))
        case "NEGATE":
            return False
    raise AssertionError(f"{kind} in a class of characters")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        target: Any = contract().document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def is_allowed(schema: dict[str, Any], value: Any) -> bool:
    return contract().allows(schema, value)


# --- values that it does not allow ---


ODD: list[Any] = [
    None, True, 0, -1, 7, 101, 1.5, 10**30, "", "x", "agent2", "12345", "1234567", "ABCDEF", "a@b@c", "no address", "\x00", "x" * 600,
    [], ["x"], {}, {"a": 1},
]  # fmt: skip


def broken(maker: Maker, good: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Objects like a good one with one thing about them changed, of which the schema allows none."""
    for name, value in good.items():
        yield {other: kept for other, kept in good.items() if other != name}
        for odd in maker.random.sample(ODD, 6):
            yield good | {name: odd}
        yield good | {name: [value]}
    for name in ("unknown", "ID", "email ", "constructor"):
        yield good | {name: maker.random.choice(ODD)}


def bad(maker: Maker, good: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in broken(maker, good, schema):
        if not is_allowed(schema, each):
            yield each


# --- the requests ---


def json_bodies() -> dict[str, dict[str, Any]]:
    """The schemas of the operations that take JSON."""
    return {
        name: operation["requestBody"]["content"]["application/json"]["schema"]
        for name, (_, _, operation) in OPERATIONS.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }


def sensible(body: dict[str, Any]) -> dict[str, Any]:
    """With what the contract says in words: a cursor is one that a search gave, and a password is typed twice."""
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
