"""Every route, called with a token."""

from __future__ import annotations

from contextlib import suppress

from client import Answer
from support.contract import contract
from support.people import Agent
from support.stack import Stack

SOME_ID = "A" * 22


def agents_routes() -> list[tuple[str, str]]:
    """Every route of the contract that asks for an agent's token."""
    return routes_of("agent")


def routes_of(who: str) -> list[tuple[str, str]]:
    document = contract().document
    return [
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in ("get", "post", "put", "delete") and operation.get("security", document["security"]) == [{who: []}]
    ]


def on_every_route(stack: Stack, token: str, verification: str = SOME_ID) -> dict[str, Answer]:
    """What each of the agents' routes answers to this token. The body is good for none: a caller without the right to call does not learn that."""
    answers = {}
    for method, path in agents_routes():
        where = path.replace("{id}", verification).replace("{process}", "p-1")
        body = None if method == "GET" else {}
        answers[f"{method} {path}"] = stack.api.call(method, where, body, token=token)
    assert len(answers) >= 8
    assert "POST /support-grant/redeem" in answers
    return answers


def on_every_customers_route(stack: Stack, token: str) -> dict[str, Answer]:
    """What each of the customers' routes answers to this token, asked for something that the customer's own app could ask for."""
    body = {"duration_minutes": 60, "allow_messages": True, "allow_talks": True, "ecosystem": "eco-1"}
    answers = {
        f"{method} {path}": stack.api.call(method, path, body if method == "POST" else None, token=token)
        for method, path in routes_of("customer")
    }
    assert set(answers) == {
        "POST /support-grant", "GET /support-grant", "DELETE /support-grant", "GET /support-grant/options",
        "POST /support-grant/regenerate",
    }  # fmt: skip
    return answers


def refused_everywhere(answers: dict[str, Answer], status: int, slug: str | None) -> None:
    """`slug` is none where API Gateway refuses by itself."""
    for route, answer in answers.items():
        assert answer.status == status, f"{route}: {answer.status} {answer.body.decode()}"
        assert answer.json.get("type") == (None if slug is None else f"/problems/{slug}"), route


def in_groups(stack: Stack, *groups: str) -> Agent:
    """An agent in these groups, made if need be."""
    cognito = stack.aws("cognito-idp")
    for group in groups:
        with suppress(cognito.exceptions.GroupExistsException):
            cognito.create_group(UserPoolId=stack.facts["AgentPoolId"], GroupName=group)
    return stack.new_agent(groups=groups)
