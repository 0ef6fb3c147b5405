"""The deployed API is the one that template.yaml describes: every route is there, and open to nobody but its callers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import ROOT, Stack

SOME_ID = "AAAAAAAAAAAAAAAAAAAAAA"
AGENTS = [
    ("POST", "/verifications"),
    ("POST", f"/verifications/{SOME_ID}/mfa"),
    ("POST", f"/verifications/{SOME_ID}/code"),
    ("POST", f"/verifications/{SOME_ID}/session"),
    ("POST", f"/verifications/{SOME_ID}/cancel"),
    ("GET", f"/verifications/{SOME_ID}"),
    ("POST", "/verifications/search"),
]
PUBLIC = [
    ("POST", "/consent/view"),
    ("POST", "/consent/answer"),
    ("POST", "/consent/end"),
    ("POST", "/handoffs/redeem"),
    ("POST", "/recovery"),
    ("POST", "/recovery/confirm"),
]


@pytest.mark.parametrize(("method", "path"), AGENTS)
def test_an_agents_route_asks_for_a_token_of_his_pool(stack: Stack, method: str, path: str) -> None:
    customer = stack.new_customer()
    foreign = stack.sign_in("Customer", customer.email)["AccessToken"]
    for token in (None, "nonsense", foreign):
        assert stack.api.call(method, path, {}, token=token).status == 401, token


@pytest.mark.parametrize(("method", "path"), AGENTS + PUBLIC)
def test_every_route_reaches_its_function(stack: Stack, method: str, path: str) -> None:
    agent = stack.new_agent()
    answer = stack.api.call(method, path, {"unknown": True} if method == "POST" else None, token=agent.token)
    assert answer.status in (400, 404), answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == answer.status


def invoked(stack: Stack, function: str, event: str) -> Any:
    """What a function answers to a file in `events/`."""
    payload = (ROOT / "events" / f"{event}.json").read_text()
    answer = stack.aws("lambda").invoke(FunctionName=stack.functions()[function], Payload=payload)
    content = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, content
    return content


def test_the_files_in_events_are_what_the_functions_without_a_caller_of_their_own_read(stack: Stack) -> None:
    asked = invoked(stack, "IntrospectSessionFunction", "introspect-session-active")
    assert (asked["statusCode"], asked["body"]) == (200, '{"active":false}')
    key = invoked(stack, "ReceiptsFunction", "receipts-key")
    assert (key["statusCode"], json.loads(key["body"])) == (200, stack.api.get("/receipts/key").json)
    assert isinstance(invoked(stack, "CloseVerificationFunction", "close-verification-sweep"), int)


def test_an_unknown_route_is_not_there(stack: Stack) -> None:
    assert stack.api.post("/verifications/a/b/c").status == 404


def test_the_pages_origins_may_call_and_no_other(stack: Stack) -> None:
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for name in ("ConsoleOrigin", "ConsentPageOrigin", "StoreOrigin", "WebOrigin", "AppOrigin", "RcmOrigin"):
        origin = stack.facts["parameters"][name]
        answer = stack.api.call("OPTIONS", "/verifications", headers={"Origin": origin, **asking})
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    answer = stack.api.call("OPTIONS", "/verifications", headers={"Origin": "https://elsewhere.example", **asking})
    assert answer.headers["Access-Control-Allow-Origin"] is None


def test_a_journey_goes_through(stack: Stack) -> None:
    journey = stack.journey().through_session()
    answer = journey.redeem("web")
    assert answer.status == 200
    assert answer.json["session"]["customer"]["email"] == journey.customer.email


def test_records_expire_by_their_ttl(stack: Stack) -> None:
    described = stack.aws("dynamodb").describe_time_to_live(TableName=stack.facts["SupportTable"])
    assert described["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_every_function_logs_json_without_a_failure(stack: Stack, started_at: float) -> None:
    stack.journey().through_session()
    lines = stack.logs(since=started_at)
    assert lines
    assert [line for line in lines if line.startswith("{") and json.loads(line).get("level") == "ERROR"] == []
