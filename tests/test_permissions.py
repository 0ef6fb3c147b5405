"""P28: each function can do what it needs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from settings import ROOT
from support.email_reports import bounce
from support.grants import Offer, offered
from support.hosted import Ended, Hosted, http_event
from support.journey import Journey
from support.mints import crashed_mint, pre_token_event, verify_event
from support.people import Agent
from support.recovery import asked, code_of, confirmation, event, idle, new_source
from support.stack import Stack
from support.sweep import due, let_pass
from support.template import functions

ISSUE = "POST /verifications/{id}/session"
CODE = "POST /verifications/{id}/code"
SEND = "POST /verifications/{id}/mfa"


# --- what it needs ---


def start_verification(stack: Stack) -> list[Any]:
    return [http_event("POST /verifications", {"email": stack.new_customer().email}, stack.new_agent())]


def send_mfa(stack: Stack) -> list[Any]:
    started, proved = stack.journey().through_start(), stack.journey().through_internal_validation()
    ask = {"to": "customer", "ecosystem": proved.customer.ecosystem}
    return [
        http_event(SEND, {"to": "agent"}, started.agent, id=started.id),
        http_event(SEND, ask, proved.agent, id=proved.id),
    ]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def verify_code(stack: Stack) -> list[Any]:
    challenged, asked = stack.journey().through_start(), stack.journey().through_asking()
    assert challenged.send_to_agent().status == 202
    assert challenged.agent_mail
    assert asked.customer_mail
    return [
        http_event(CODE, {"from": party, "code": code}, journey.agent, id=journey.id)
        for party, journey, right in (
            ("agent", challenged, challenged.agent_mail.code),
            ("customer", asked, asked.customer_mail.code),
        )
        for code in (other_than(right), right)
    ]


def successors(stack: Stack) -> Journey:
    """A verification of Ecosystem Admin."""
    process = {"id": "p-1", "title": "Check", "status": "done", "at": "2026-01-12T09:30:00Z", "detail": "Passport accepted."}
    customer = stack.new_customer(role="successor", processes=[process])
    return stack.journey(customer=customer, module="ecosystem-admin").through_consent()


def issue_session(stack: Stack) -> list[Any]:
    """The App's QR code is shown to the agent, or goes to the customer by email."""
    journeys = [stack.journey().through_consent(), successors(stack)]
    return [http_event(ISSUE, {}, journey.agent, id=journey.id) for journey in journeys]


def cancel(stack: Stack) -> list[Any]:
    """In a session, whose sealed tokens go with it."""
    journey = stack.journey().through_session()
    finished = stack.journey().through_session()
    return [
        http_event("POST /verifications/{id}/cancel", {"reason": "done"}, journey.agent, id=journey.id),
        http_event("POST /verifications/{id}/finish", {}, finished.agent, id=finished.id),
    ]


def activity(stack: Stack) -> list[Any]:
    journey = stack.journey().through_start()
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    search = "POST /verifications/search"
    admin = successors(stack)
    return [
        http_event("GET /verifications/{id}/activity", None, admin.agent, id=admin.id),
        http_event("GET /verifications/{id}/activity/{process}", None, admin.agent, id=admin.id, process="p-1"),
        http_event("GET /verifications/{id}", None, journey.agent, id=journey.id),
        http_event(search, {}, journey.agent),
        http_event(search, {"customer": journey.customer.email}, supervisor),
        http_event(search, {"ticket": "WZ-7"}, supervisor),
        http_event(search, {"ticket": "WZ-1042"}, supervisor),
        http_event(search, {}, supervisor),
    ]


def customer_consent(stack: Stack) -> list[Any]:
    journey, ending = stack.journey().through_asking(), stack.journey().through_session()
    assert journey.customer_mail
    assert ending.customer_mail
    token, code = journey.customer_mail.token, journey.customer_mail.code
    allow = {"token": token, "decision": "allow", "ecosystem": journey.customer.ecosystem}
    return [
        http_event("POST /consent/view", {"token": token}),
        http_event("POST /consent/answer", allow | {"code": other_than(code)}),
        http_event("POST /consent/answer", allow | {"code": code}),
        http_event("POST /consent/end", {"token": ending.customer_mail.token}),
    ]


def redeem_handoff(stack: Stack) -> list[Any]:
    journey = stack.journey().through_session()
    return [http_event("POST /handoffs/redeem", {"handoff": journey.handoff("web"), "environment": "web"})]


def support_grant(stack: Stack) -> list[Any]:
    """A customer makes a grant in the place of one that ended, and an agent redeems another's; then both end."""
    making, redeemed, in_session = offered(stack), offered(stack), offered(stack)
    in_session.journey().through_session()
    assert making.revoke().status == 204
    agent = stack.new_agent()

    def of(offer: Offer, route: str, body: Any = None) -> dict[str, Any]:
        return http_event(route, body, Agent("", "", "", offer.token, ""))

    wrong = redeemed.credentials | {"password": "x"}
    return [
        of(making, "POST /support-grant", making.body()),
        of(making, "GET /support-grant"),
        of(making, "GET /support-grant/options"),
        http_event("POST /support-grant/redeem", wrong, agent),
        http_event("POST /support-grant/redeem", redeemed.credentials, agent),
        of(redeemed, "POST /support-grant/regenerate"),
        of(redeemed, "DELETE /support-grant"),
        of(in_session, "DELETE /support-grant"),
    ]


def introspect_session(stack: Stack) -> list[Any]:
    token = stack.journey().through_session().redeem("web").json["access_token"]
    return [http_event("POST /introspect", None) | {"body": f"token={token}"}]


def close_verification(stack: Stack) -> list[Any]:
    """One refused before a session, who is told; one cancelled in it, who gets a receipt; a session and a grant that are over; one of
    each that the index lists too early. Nothing else is due before them.
    """
    sweep = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    while due(stack):
        stack.aws("lambda").invoke(FunctionName=stack.functions()["CloseVerificationFunction"], Payload=json.dumps(sweep))
    assert stack.journey().through_asking().deny().status == 200
    assert stack.journey().through_session().cancel().status == 200
    let_pass(stack.journey().through_session(), 300)
    offered(stack).ends_in(-1)
    for early in (stack.journey().through_start().item, offered(stack).item):
        stack.put_item(early | {"due_at": {"N": str(int(time.time() * 1000))}})
    return [sweep]


def receipts(stack: Stack) -> list[Any]:
    return [http_event("GET /receipts/key", None)]


def recover_password(stack: Stack) -> list[Any]:
    asking, confirming = stack.new_agent(), stack.new_agent()
    code = code_of(asked(stack, confirming.email))
    return [
        event("ask", {"email": asking.email}, new_source()),
        event("confirm", confirmation(confirming.email, code), new_source()),
    ]


def recovery_worker(stack: Stack) -> list[Any]:
    idle(stack)
    email = stack.new_agent().email
    jobs = [{"job": "send-code", "email": email}, {"job": "tell-changed", "email": email, "at": 0, "sign_out": True}]
    return [{"Records": [{"messageId": "1", "body": json.dumps(job)}]} for job in jobs]


def email_events(stack: Stack) -> list[Any]:
    return [bounce(stack.journey().through_asking())]


def agent_triggers(stack: Stack) -> list[Any]:
    return [json.loads((ROOT / "events" / "cognito-triggers-agents-pre-token.json").read_text())]


def customer_triggers(stack: Stack) -> list[Any]:
    mint = crashed_mint(stack)
    return [verify_event(mint), pre_token_event(mint)]


# What makes each function do all that it ever does; the events are made before it starts.
WORK: dict[str, Callable[[Stack], list[Any]]] = {
    "StartVerificationFunction": start_verification,
    "SendMfaFunction": send_mfa,
    "VerifyCodeFunction": verify_code,
    "IssueSessionFunction": issue_session,
    "CancelFunction": cancel,
    "ActivityFunction": activity,
    "CustomerConsentFunction": customer_consent,
    "RedeemHandoffFunction": redeem_handoff,
    "SupportGrantFunction": support_grant,
    "IntrospectSessionFunction": introspect_session,
    "CloseVerificationFunction": close_verification,
    "ReceiptsFunction": receipts,
    "EmailEventsFunction": email_events,
    "RecoverPasswordFunction": recover_password,
    "RecoveryWorkerFunction": recovery_worker,
    "AgentTriggersFunction": agent_triggers,
    "CustomerTriggersFunction": customer_triggers,
}

# Rights of a function's role that Lambda itself uses, on AWS: to hand it the jobs of its queue, to put aside what it failed at.
LAMBDAS_OWN = {
    "RecoveryWorkerFunction": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "EmailEventsFunction": {"sqs:SendMessage"},
}


def rights(stack: Stack, function: str) -> list[dict[str, Any]]:
    """Each single action, on each single resource and kind of item, that the policies of a function's own role allow."""
    iam, role = stack.aws("iam"), stack.facts["resources"][f"{function}Role"]
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    return [
        {**statement, "Action": action, "Resource": resource, **condition}
        for document in documents
        for statement in listed(document["Statement"])
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        for condition in conditions(statement)
    ]


def conditions(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """A statement's condition, once for each kind of item that it names."""
    match statement.get("Condition"):
        case {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": kinds}}:
            return [{"Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": kind}}} for kind in listed(kinds)]
        case None:
            return [{}]
        case condition:
            return [{"Condition": condition}]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def work(stack: Stack, function: str, without: list[dict[str, Any]]) -> tuple[bool, bool]:
    """Lets a function do its work. Answers whether it asked for what it may not, and whether it said that something failed."""
    events = WORK[function](stack)
    hosted = Hosted(stack, function, without)
    failed = False
    with hosted:
        for each in events:
            try:
                answer = hosted.invoke(each)
            except Ended:
                failed = True
                break
            failed |= isinstance(answer, dict) and answer.get("statusCode", 200) >= 500
    failed |= any(json.loads(line)["level"] in ("WARN", "ERROR") for line in hosted.lines if line.startswith("{"))
    return any(call.denied for call in hosted.calls), failed


@pytest.mark.parametrize("function", functions())
def test_a_function_needs_all_that_its_policy_allows_and_nothing_more(stack: Stack, function: str) -> None:  # P28
    assert function in WORK, "its work is to be added above"
    assert work(stack, function, []) == (False, False), "with its policy as it is"
    spare, silent = [], []
    for right in rights(stack, function):
        if right["Action"] in LAMBDAS_OWN.get(function, set()):
            continue
        denied, failed = work(stack, function, [right])
        if not denied:
            # Once more: a sweep that AWS starts may have been first.
            denied, failed = work(stack, function, [right])
        name = f"{right['Action']} on {right['Resource']} {right.get('Condition', '')}"
        if not denied:
            spare.append(name)
        elif not failed:
            silent.append(name)
    assert spare == [], "nothing fails without these"
    assert silent == [], "something fails without these, and nobody is told"
