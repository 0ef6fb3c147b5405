"""P49: how many calls to AWS each route makes, and how many of them one after the other, counted on the deployed stack."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from settings import ROOT
from support.contract import contract
from support.grants import Offer, offered
from support.hosted import Hosted, http_event
from support.mints import crashed_mint, pre_token_event, verify_event
from support.people import Agent
from support.recovery import asked, code_of, confirmation, event, new_source
from support.rounds import rounds
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("schedule", "quotas_begin_anew")

PROCESS = {"id": "p-1", "title": "Check", "status": "done", "at": "2026-01-12T09:30:00Z", "detail": "Passport accepted."}


def start(stack: Stack) -> Any:
    return http_event("POST /verifications", {"email": stack.new_customer().email}, stack.new_agent())


def send_to_agent(stack: Stack) -> Any:
    journey = stack.journey().through_start()
    return http_event("POST /verifications/{id}/mfa", {"to": "agent"}, journey.agent, id=journey.id)


def send_to_customer(stack: Stack) -> Any:
    journey = stack.journey().through_internal_validation()
    body = {"to": "customer", "ecosystem": journey.customer.ecosystem}
    return http_event("POST /verifications/{id}/mfa", body, journey.agent, id=journey.id)


def agents_code(stack: Stack) -> Any:
    journey = stack.journey().through_start()
    assert journey.send_to_agent().status == 202
    assert journey.agent_mail
    return http_event("POST /verifications/{id}/code", {"from": "agent", "code": journey.agent_mail.code}, journey.agent, id=journey.id)


def customers_code(stack: Stack) -> Any:
    journey = stack.journey().through_asking()
    assert journey.customer_mail
    body = {"from": "customer", "code": journey.customer_mail.code}
    return http_event("POST /verifications/{id}/code", body, journey.agent, id=journey.id)


def issue(stack: Stack) -> Any:
    journey = stack.journey().through_consent()
    return http_event("POST /verifications/{id}/session", {}, journey.agent, id=journey.id)


def finish(stack: Stack) -> Any:
    journey = stack.journey().through_session()
    return http_event("POST /verifications/{id}/finish", {}, journey.agent, id=journey.id)


def cancel(stack: Stack) -> Any:
    journey = stack.journey().through_session()
    return http_event("POST /verifications/{id}/cancel", {"reason": "done"}, journey.agent, id=journey.id)


def read(stack: Stack) -> Any:
    journey = stack.journey().through_start()
    return http_event("GET /verifications/{id}", None, journey.agent, id=journey.id)


def search(stack: Stack) -> Any:
    journey = stack.journey().through_start()
    return http_event("POST /verifications/search", {}, journey.agent)


def activity(stack: Stack, route: str = "GET /verifications/{id}/activity", **more: str) -> Any:
    customer = stack.new_customer(role="successor", processes=[PROCESS])
    journey = stack.journey(customer=customer, module="ecosystem-admin").through_consent()
    return http_event(route, None, journey.agent, id=journey.id, **more)


def process(stack: Stack) -> Any:
    return activity(stack, "GET /verifications/{id}/activity/{process}", process="p-1")


def view(stack: Stack, **more: Any) -> Any:
    journey = stack.journey().through_asking()
    assert journey.customer_mail
    return http_event("POST /consent/view", {"token": journey.customer_mail.token, **more})


def answer(stack: Stack) -> Any:
    journey = stack.journey().through_asking()
    assert journey.customer_mail
    body = {"token": journey.customer_mail.token, "decision": "allow", "ecosystem": journey.customer.ecosystem}
    return http_event("POST /consent/answer", body | {"code": journey.customer_mail.code})


def end(stack: Stack) -> Any:
    journey = stack.journey().through_asking()
    assert journey.customer_mail
    return http_event("POST /consent/end", {"token": journey.customer_mail.token})


def redeem_handoff(stack: Stack) -> Any:
    journey = stack.journey().through_session()
    return http_event("POST /handoffs/redeem", {"handoff": journey.handoff("web"), "environment": "web"})


def introspect(stack: Stack) -> Any:
    token = stack.journey().through_session().redeem("web").json["access_token"]
    return http_event("POST /introspect", None) | {"body": f"token={token}"}


def by_customer(route: str, *, revoked: bool = False) -> Callable[[Stack], Any]:
    def make(stack: Stack) -> Any:
        offer = offered(stack)
        if revoked:
            assert offer.revoke().status == 204
        body = offer.body() if route == "POST /support-grant" else None
        return http_event(route, body, Agent("", "", "", offer.token, ""))

    return make


def first_grant(stack: Stack) -> Any:
    offer = Offer(stack)
    return http_event("POST /support-grant", offer.body(), Agent("", "", "", offer.token, ""))


def redeem_grant(stack: Stack) -> Any:
    return http_event("POST /support-grant/redeem", offered(stack).credentials, stack.new_agent())


def receipts_key(_: Stack) -> Any:
    return http_event("GET /receipts/key", None)


def recover(stack: Stack) -> Any:
    return event("ask", {"email": stack.new_agent().email}, new_source())


def confirm_recovery(stack: Stack) -> Any:
    agent = stack.new_agent()
    return event("confirm", confirmation(agent.email, code_of(asked(stack, agent.email))), new_source())


def job(name: str, **more: Any) -> Callable[[Stack], Any]:
    def make(stack: Stack) -> Any:
        body = {"job": name, "email": stack.new_agent().email, **more}
        return {"Records": [{"messageId": "1", "body": json.dumps(body)}]}

    return make


def challenge(stack: Stack) -> Any:
    return verify_event(crashed_mint(stack))


def claims(stack: Stack) -> Any:
    mint = crashed_mint(stack)
    function, answered = stack.functions()["CustomerTriggersFunction"], json.dumps(verify_event(mint))
    assert "FunctionError" not in stack.aws("lambda").invoke(FunctionName=function, Payload=answered)
    return pre_token_event(mint)


@dataclass(frozen=True)
class Row:
    """What starts the function, its logical id, the event, and its calls: how many in a row, in all, and how many in a row to DynamoDB."""

    what: str
    function: str
    event: Callable[[Stack], Any]
    in_a_row: int
    in_all: int
    stored: int


# A change takes two calls in a row to DynamoDB: what decides is read, and what was decided is written. An email or Cognito comes after the
# write, so that nothing happens that was not recorded. Where there are more, the comment says what each one needs of the one before.
ROWS = [
    Row("POST /verifications", "StartVerificationFunction", start, 2, 4, 2),
    Row("POST /verifications/{id}/mfa to the agent", "SendMfaFunction", send_to_agent, 3, 3, 2),
    Row("POST /verifications/{id}/mfa to the customer", "SendMfaFunction", send_to_customer, 3, 3, 2),
    # The record says whose sign-in status decides; the agent's account takes two calls beside it.
    Row("POST /verifications/{id}/code of the agent", "VerifyCodeFunction", agents_code, 3, 5, 2),
    Row("POST /verifications/{id}/code of the customer", "VerifyCodeFunction", customers_code, 2, 2, 2),
    # Lease, sign-in, its challenge, session, email, and the record that it was sent.
    Row("POST /verifications/{id}/session", "IssueSessionFunction", issue, 7, 21, 4),
    Row("POST /verifications/{id}/finish", "CancelFunction", finish, 2, 2, 2),
    Row("POST /verifications/{id}/cancel", "CancelFunction", cancel, 2, 2, 2),
    Row("GET /verifications/{id}", "ActivityFunction", read, 1, 1, 1),
    Row("POST /verifications/search", "ActivityFunction", search, 2, 2, 2),
    # The record says which customer; the directory says whether they are still a successor, and which process it is. Only what is allowed
    # and there is recorded as read, and only what is recorded is shown.
    Row("GET /verifications/{id}/activity", "ActivityFunction", activity, 3, 3, 3),
    Row("GET /verifications/{id}/activity/{process}", "ActivityFunction", process, 3, 3, 3),
    Row("POST /consent/view", "CustomerConsentFunction", view, 1, 1, 1),
    Row("POST /consent/answer", "CustomerConsentFunction", answer, 2, 2, 2),
    Row("POST /consent/end", "CustomerConsentFunction", end, 2, 2, 2),
    # The record says which customer; the directory says what they may open now, and a handoff that they may not is not used up.
    Row("POST /handoffs/redeem", "RedeemHandoffFunction", redeem_handoff, 3, 4, 3),
    Row("POST /introspect", "IntrospectSessionFunction", introspect, 2, 2, 2),
    # The user pool says by which address the directory knows the customer; then the grant, its email, and the record that it was sent.
    Row("POST /support-grant", "SupportGrantFunction", first_grant, 5, 7, 4),
    # One more: the customer is told of the end of the last grant before a new one takes its place.
    Row(
        "POST /support-grant after one that was revoked", "SupportGrantFunction", by_customer("POST /support-grant", revoked=True), 6, 9, 4
    ),
    Row("GET /support-grant", "SupportGrantFunction", by_customer("GET /support-grant"), 1, 1, 1),
    Row("GET /support-grant/options", "SupportGrantFunction", by_customer("GET /support-grant/options"), 2, 3, 1),
    # The grant, its new credentials, their email, and the record that it was sent.
    Row("POST /support-grant/regenerate", "SupportGrantFunction", by_customer("POST /support-grant/regenerate"), 4, 4, 3),
    Row("DELETE /support-grant", "SupportGrantFunction", by_customer("DELETE /support-grant"), 2, 2, 2),
    # Count and grant, all that decides, the verification, its email, and the record that it was sent.
    Row("POST /support-grant/redeem", "SupportGrantFunction", redeem_grant, 5, 11, 4),
    Row("GET /receipts/key", "ReceiptsFunction", receipts_key, 0, 0, 0),
    Row("POST /recovery", "RecoverPasswordFunction", recover, 2, 2, 1),
    # The entry is counted before Cognito judges it, and the notice is left to a queue once all sessions are signed out.
    Row("POST /recovery/confirm", "RecoverPasswordFunction", confirm_recovery, 4, 5, 2),
    Row("the answer to a mint's challenge", "CustomerTriggersFunction", challenge, 2, 3, 2),
    Row("the claims of a mint's tokens", "CustomerTriggersFunction", claims, 1, 1, 1),
    Row("a recovery code to send", "RecoveryWorkerFunction", job("send-code"), 3, 3, 0),
    Row("a change of password to tell", "RecoveryWorkerFunction", job("tell-changed", at=0, sign_out=False), 3, 3, 0),
]
STORE = {"GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "TransactWriteItems"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_no_more_and_no_fewer_calls_are_made_than_stated(stack: Stack, row: Row) -> None:  # P49
    stated, counted = (row.in_a_row, row.in_all, row.stored), (0, 0, 0)
    found: list[list[str]] = []
    for _ in range(3):  # on a busy machine a call that hung may have been repeated
        each = row.event(stack)
        with Hosted(stack, row.function) as hosted:
            answer, found = rounds(hosted, each)
        assert not isinstance(answer, dict) or answer.get("statusCode", 200) < 300, answer
        counted = (len(found), sum(map(len, found)), sum(not STORE.isdisjoint(calls) for calls in found))
        if counted == stated:
            break
    assert counted == stated, found


@pytest.mark.parametrize(
    ("what", "function", "event", "fresh"),
    [
        ("a read", "ActivityFunction", read, True),
        ("a poll", "ActivityFunction", lambda stack: read(stack) | {"queryStringParameters": {"fresh": "false"}}, False),
        ("a look at the page", "CustomerConsentFunction", view, True),
        ("a poll of the page", "CustomerConsentFunction", lambda stack: view(stack, fresh=False), False),
    ],
)
def test_a_poll_reads_for_half_the_price(stack: Stack, what: str, function: str, event: Callable[[Stack], Any], fresh: bool) -> None:
    each = event(stack)
    with Hosted(stack, function) as hosted:
        answer = hosted.invoke(each)
        assert answer["statusCode"] == 200, what
        (call,) = [call for call in hosted.calls if call.operation == "GetItem"]
    assert call.request.get("ConsistentRead", False) is fresh, what


def test_a_poll_says_what_it_wants(stack: Stack) -> None:  # P24
    journey = stack.journey().through_start()
    refused = stack.api.get(f"{journey.path}?fresh=perhaps", token=journey.agent.token)
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "fresh")
    assert stack.api.get(f"{journey.path}?fresh=false", token=journey.agent.token).json["steps"] == journey.read().json["steps"]


def test_every_route_has_its_row() -> None:
    routes = {
        f"{method.upper()} {path}"
        for path, item in contract().document["paths"].items()
        for method in item
        if method in ("get", "post", "delete")
    }
    stated = {" ".join(row.what.split(" ")[:2]) for row in ROWS if "/" in row.what}
    assert stated == routes


def test_the_document_has_these_numbers() -> None:
    from bench.calls import table

    (block,) = re.findall(r"<!-- make bench: calls -->\n(.*?)<!-- end -->", (ROOT / "docs/performance.md").read_text(), re.DOTALL)
    assert block.strip().splitlines() == list(table())
