"""What is secret stands nowhere at rest: not in a table, not in a log, not in a function's settings, not in a link's path."""

from __future__ import annotations

import base64
import copy
import json
import re
from typing import Any
from urllib.parse import quote

import pytest

import deployment
import samples
from client import Answer, Mail
from support.contract import CheckedApi
from support.grants import Offer, UnderGrant, redeem
from support.journey import Journey
from support.stack import Stack

COOL_DOWN = 30


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06}"


def leaks(text: str, secrets: dict[str, str]) -> list[str]:
    """The names of the secrets that `text` holds, as they are or encoded."""
    return [name for name, secret in secrets.items() if any(pattern.search(text) for pattern in _forms(secret))]


def _forms(secret: str) -> list[re.Pattern[str]]:
    if re.fullmatch(r"\d{6}", secret):
        # Six digits by themselves: not within a number, an id or a digest, and not the fraction of a second.
        return [re.compile(rf"(?<![\w+/-])(?<!\d\.){secret}(?![\w+/-])")]
    whole = {secret, quote(secret, safe=""), secret.encode().hex()}
    encoded = {base64.b64encode(secret.encode()).decode().rstrip("="), base64.urlsafe_b64encode(secret.encode()).decode().rstrip("=")}
    return [re.compile(re.escape(form)) for form in whole | encoded]


def test_the_search_finds_what_it_looks_for() -> None:  # P7
    token = "q3Zk0mB7sYw1rT9uXn5vLQ.J0c2tE8yQmWv4bN6xRzA1sKdFhG3pLuYiOoPqTeXw5c"
    secrets = {"code": "042917", "token": token}
    for text in ("code=042917", '{"code":"042917"}', "042917", "Your code: 042917.", "[042917]"):
        assert leaks(text, secrets) == ["code"], text
    for text in ("1042917", "0429171", "3f042917-aa", "12:00:01.042917", "a042917"):
        assert leaks(text, secrets) == [], text
    for text in (token, f"x{token}x", quote(token, safe=""), base64.b64encode(token.encode()).decode(), token.encode().hex()):
        assert leaks(text, secrets) == ["token"], text


class RecordingApi(CheckedApi):
    """Keeps every answer."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(facts)
        self.answers: list[tuple[str, Answer]] = []

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = super().call(method, path, body, **more)
        self.answers.append((path, answer))
        return answer


@pytest.fixture
def recorded(stack: Stack) -> Stack:
    """The same stack, with an API that keeps its answers."""
    twin = copy.copy(stack)
    twin.api = RecordingApi(stack.facts)
    return twin


def answers(stack: Stack) -> list[tuple[str, Answer]]:
    assert isinstance(stack.api, RecordingApi)
    return stack.api.answers


def logs(stack: Stack, since: float) -> dict[str, str]:
    """Every log group's lines since a `time.time()`."""
    client = stack.aws("logs")
    found = {}
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            pages = client.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"], startTime=int(since * 1000) - 1000
            )
            found[group["logGroupName"]] = "\n".join(event["message"] for page in pages for event in page["events"])
    return found


def tables(stack: Stack) -> dict[str, str]:
    """Every table, whole."""
    dynamodb = stack.aws("dynamodb")
    names = [name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]]
    scans = {name: dynamodb.get_paginator("scan").paginate(TableName=name) for name in names}
    return {name: json.dumps([page["Items"] for page in pages], default=repr) for name, pages in scans.items()}


def settings(stack: Stack) -> dict[str, str]:
    """Every function's configuration."""
    functions = stack.aws("lambda")
    return {name: json.dumps(functions.get_function_configuration(FunctionName=name), default=repr) for name in stack.functions().values()}


def walked(stack: Stack) -> tuple[Journey, dict[str, str]]:
    """A whole journey with a slip at every step, and the secrets that came up in it."""
    journey, secrets = stack.journey(ticket="WZ-1042"), {}
    secrets |= {
        f"agent's own {name}": token
        for name, token in stack.sign_in("Agent", journey.agent.email).items()
        if "Token" in name and name != "TokenType"
    }
    secrets |= {
        f"customer's own {name}": token
        for name, token in stack.sign_in("Customer", journey.customer.email).items()
        if "Token" in name and name != "TokenType"
    }
    secrets |= {"agent's access token": journey.agent.token, "agent's ID token": journey.agent.id_token}
    secrets["password"] = samples.PASSWORD

    def mailed(what: str, mail: Mail | None) -> None:
        assert mail is not None
        secrets[f"code, {what}"] = mail.code
        if "#token=" in mail.text:
            page(what, mail.token)

    def page(what: str, token: str) -> None:
        secrets[f"page token, {what}"] = token
        secrets[f"page token's half, {what}"] = token.partition(".")[2]

    journey.through_start()
    for sending in ("agent's first", "agent's second"):
        assert journey.send_to_agent().status == 202
        mailed(sending, journey.agent_mail)
        secrets[f"guess, {sending}"] = wrong(secrets[f"code, {sending}"])
        assert journey.enter_as_agent(secrets[f"guess, {sending}"]).status == 422
        journey.age(COOL_DOWN)
    assert journey.enter_as_agent().status == 200
    for sending in ("customer's first", "customer's second"):
        assert journey.send_to_customer().status == 202
        mailed(sending, journey.customer_mail)
        secrets[f"guess, {sending}"] = wrong(secrets[f"code, {sending}"])
        assert journey.allow(secrets[f"guess, {sending}"]).status == 422
        assert journey.view().status == 200
        journey.age(COOL_DOWN)
    assert journey.view(secrets["page token, customer's first"]).status == 410
    slips(stack, journey, secrets)
    assert journey.allow().status == 200
    assert journey.enter_for_customer().status == 200
    seen = stack.inbox.last_number()
    assert journey.issue().status == 201
    if "customer-told" in [step["action"] for step in journey.record()["steps"]]:
        page("start email", stack.inbox.wait(journey.customer.email, after=seen).token)
    for handoff in journey.session["handoffs"]:
        environment = handoff["environment"]
        secrets[f"handoff, {environment}"] = journey.handoff(environment)
        secrets[f"handoff's half, {environment}"] = journey.handoff(environment).partition(".")[2]
        redeemed = journey.redeem(environment)
        assert redeemed.status == 200
        for name in ("access_token", "id_token"):
            secrets[f"session's {name}"] = redeemed.json[name]
            secrets[f"session's {name}'s signature"] = redeemed.json[name].rpartition(".")[2]
        assert journey.redeem(environment).status == 410
    assert journey.end().status == 200
    return journey, secrets


def slips(stack: Stack, journey: Journey, secrets: dict[str, str]) -> None:
    """Calls that are not as they should be, with the secrets of the moment in them."""
    code, token = secrets["code, customer's second"], secrets["page token, customer's second"]
    allow = {"token": token, "decision": "allow", "code": code, "ecosystem": journey.customer.ecosystem}
    for body in (
        allow | {"code": int(code)},
        allow | {"code": f"{code}0"},
        allow | {"code": [code]},
        allow | {code: code},
        allow | {"decision": code},
        allow | {"ecosystem": token * 5},
        {"token": [token]},
        {token: token},
        allow | {"decision": "deny"},
    ):
        assert stack.api.post("/consent/answer", body).status == 400, body
    for raw in (json.dumps(allow)[:-1], f"{json.dumps(allow)} {code}", f'{{"token":"{token}","token":"{token}"}}'):
        assert stack.api.post("/consent/view", raw=raw.encode()).status == 400, raw
    for path in (f"{journey.path}/code?code={code}", f"{journey.path}/code"):
        assert stack.api.post(path, {"from": code, "code": token}, token=journey.agent.token).status == 400
    assert stack.api.get(f"/verifications/{token}", token=journey.agent.token).status == 404
    assert stack.api.post("/handoffs/redeem", {"handoff": token, "environment": "web"}).status == 410
    assert stack.api.post("/handoffs/redeem", {"handoff": token, "environment": code}).status == 400


def test_no_secret_is_at_rest_or_in_a_log_after_a_whole_journey(recorded: Stack, started_at: float) -> None:  # P7
    journey, secrets = walked(recorded)
    kept = tables(recorded) | logs(recorded, started_at) | settings(recorded)
    assert any(journey.id in text for text in tables(recorded).values()), "the tables were not searched"
    assert any(journey.id in text for text in logs(recorded, started_at).values()), "the logs were not searched"
    found = {name: leaks(text, secrets) for name, text in kept.items()}
    assert {name: leaked for name, leaked in found.items() if leaked} == {}


def granted(stack: Stack) -> tuple[UnderGrant, dict[str, str]]:
    """A grant from its making to its end with a slip at every step, and the secrets that came up in it."""
    offer, secrets = Offer(stack), {}
    secrets |= {f"customer's own {name}": token for name, token in offer.tokens.items() if "Token" in name and name != "TokenType"}

    def shown(when: str) -> dict[str, str]:
        for name, secret in offer.credentials.items():
            secrets[f"{name}, {when}"] = secret
            secrets[f"{name} as it is kept in mind, {when}"] = secret.replace("-", "")
            secrets[f"{name} in capitals, {when}"] = secret.replace("-", " ").upper()
        secrets[f"guess, {when}"] = wrong(offer.credentials["security_code"])
        return offer.credentials

    assert offer.create().status == 201
    first = shown("first")
    assert offer.create().status == 409
    assert offer.read().status == 200
    agent = stack.new_agent()
    journey = offer.journey(agent)
    password = first["password"]
    for body in (
        first | {"security_code": int(first["security_code"])},
        first | {"password": password * 3},
        first | {"password": [password]},
        first | {password: password},
        first | {"user_name": None},
        {"user_name": password},
    ):
        assert redeem(stack, agent, body).status == 400, body
    for raw in (json.dumps(first)[:-1], f"{json.dumps(first)} {password}"):
        assert stack.api.post("/support-grant/redeem", raw=raw.encode(), token=agent.token).status == 400
    assert stack.api.post("/verifications", {"email": password}, token=agent.token).status == 400
    # What somebody enters in the wrong place.
    misplaced = {"user_name": password, "password": first["user_name"], "security_code": first["security_code"]}
    assert redeem(stack, agent, misplaced).status == 422
    assert redeem(stack, agent, first | {"security_code": secrets["guess, first"]}).status == 422
    capitals = {name: secrets[f"{name} in capitals, first"] for name in first}
    assert redeem(stack, agent, capitals).status == 201
    assert redeem(stack, agent, first).status == 409
    assert offer.regenerate().status == 200
    shown("second")
    assert redeem(stack, agent, first).status == 422
    journey.through_challenge()
    assert journey.agent_mail is not None
    secrets["agent's code"] = journey.agent_mail.code
    assert journey.enter_as_agent().status == 200
    assert journey.issue().status == 201
    redeemed = journey.redeem("web").json
    secrets |= {f"session's {name}": redeemed[name] for name in ("access_token", "id_token")}
    assert offer.regenerate().status == 200
    shown("third")
    assert offer.revoke().status == 204
    assert redeem(stack, agent, offer.credentials).status == 422
    stack.aws("lambda").invoke(FunctionName=stack.functions()["CloseVerificationFunction"], Payload=b"{}")
    return journey, secrets


def test_no_credential_of_a_grant_is_at_rest_in_a_log_or_in_a_mail(recorded: Stack, started_at: float) -> None:  # P7
    seen = recorded.inbox.last_number()
    journey, secrets = granted(recorded)
    kept = tables(recorded) | logs(recorded, started_at) | settings(recorded)
    assert any(journey.offer.key in text for text in tables(recorded).values()), "the tables were not searched"
    assert any(journey.id in text for text in logs(recorded, started_at).values()), "the logs were not searched"
    found = {name: leaks(text, secrets) for name, text in kept.items()}
    assert {name: leaked for name, leaked in found.items() if leaked} == {}

    credentials = {name: secret for name, secret in secrets.items() if not name.startswith(("agent's", "session's", "customer's"))}
    mailed = recorded.inbox.mails(journey.customer.email, after=seen)
    assert len(mailed) >= 5
    for mail in mailed:
        assert leaks(f"{mail.text}\n{mail.html}\n{mail.message.as_string()}", credentials) == [], mail.subject
    assert journey.customer.email not in "\n".join(logs(recorded, started_at).values())

    # And each stands in one answer alone: the one that made it.
    for path, answer in answers(recorded):
        told = set(leaks(answer.body.decode() + str(answer.headers), credentials))
        if path in ("/support-grant", "/support-grant/regenerate") and answer.status in (200, 201):
            continue
        assert told == set(), (path, answer.status)
    reads = [answer for path, answer in answers(recorded) if path == "/support-grant" and answer.status == 200]
    assert reads
    assert not [told for answer in reads if (told := leaks(answer.body.decode(), credentials))]


def test_no_secret_is_in_a_log_when_something_fails(stack: Stack, started_at: float) -> None:  # P7
    secrets: dict[str, str] = {}
    journey = stack.journey().through_asking()
    for name, mail in (("agent's", journey.agent_mail), ("customer's", journey.customer_mail)):
        assert mail is not None
        secrets[f"{name} code"] = mail.code
    assert journey.customer_mail is not None
    secrets["page token"] = journey.customer_mail.token
    for broken in ({"SUPPORT_TABLE": "there-is-none"}, {"HASH_KEY_SECRET": "there-is-none"}):
        with stack.configured(**broken):
            api = RecordingApi(stack.facts)
            body = {"token": secrets["page token"], "decision": "allow", "code": secrets["customer's code"], "ecosystem": "e"}
            # A function that does not start has API Gateway answer for it; here the emulator does, in its own way.
            answered = super(CheckedApi, api).call("POST", "/consent/answer", body)
            assert answered.status in (500, 502, 503)
    journey.age(COOL_DOWN)
    with stack.configured(MAIL_FROM="nobody@elsewhere.example"):
        assert journey.send_to_customer().status == 503
        other = stack.journey(journey.agent).through_start()
        assert other.send_to_agent().status == 503
    text = "\n".join(logs(stack, started_at).values())
    assert '"unavailable"' in text, "nothing failed"
    # What was in those emails nobody knows; none of the lines has six digits by themselves at all.
    failures = [line for line in text.splitlines() if journey.id in line or other.id in line]
    assert [line for line in failures if re.search(r"(?<![\w.+/-])\d{6}(?![\w+/-])", line)] == []
    assert leaks(text, secrets) == []


def test_logs_name_nobody_and_quote_nothing(stack: Stack, started_at: float) -> None:  # P7
    """Style of the log: one line a request, with ids; no address, name, reason, ticket or body."""
    journey = stack.journey(stack.new_agent(name="Canary Agent"), stack.new_customer(name="Canary Customer"), ticket="WZ-CANARY")
    journey.through_session()
    assert journey.redeem("web").status == 200
    assert journey.cancel("canary reason").status == 200
    assert stack.api.post("/verifications/search", {"customer": journey.customer.email}, token=journey.agent.token).status == 200
    text = "\n".join(stack.logs(since=started_at))
    for canary in (journey.agent.email, journey.customer.email, "Canary Agent", "Canary Customer", "WZ-CANARY", "canary reason"):
        assert canary not in text, canary
    about = [json.loads(line) for line in text.splitlines() if journey.id in line]
    routes = [line["route"] for line in about if line.get("message") == "request"]
    assert sorted(routes) == sorted(
        ["POST /verifications"]
        + ["POST /verifications/{id}/mfa", "POST /verifications/{id}/code"] * 2
        + ["POST /consent/answer", "POST /verifications/{id}/session", "POST /handoffs/redeem", "POST /verifications/{id}/cancel"]
    )


def test_answers_show_a_secret_to_its_owner_alone(recorded: Stack) -> None:  # P7
    journey, secrets = walked(recorded)
    for path, answer in answers(recorded):
        text = answer.body.decode() + str(answer.headers)
        told = set(leaks(text, secrets))
        if answer.status == 200 and path == "/handoffs/redeem":
            told = {name for name in told if not name.startswith("session's ")}
        if answer.status == 201 and path == f"{journey.path}/session":
            told = {name for name in told if not name.startswith("handoff")}
        assert told == set(), (path, answer.status)
        # And the agent who asks for consent never sees the whole address.
        if path.startswith("/verifications"):
            assert journey.customer.email not in text, path


def test_the_keys_of_the_system_are_in_no_functions_settings(stack: Stack, started_at: float) -> None:  # P7
    cognito, pool, app = stack.aws("cognito-idp"), stack.facts["CustomerPoolId"], stack.facts["SupportClientId"]
    key = stack.aws("secretsmanager").get_secret_value(SecretId=stack.facts["resources"]["HashKey"])["SecretString"]
    assert len(key) >= 32
    secrets = {
        "hash key": key,
        "client's secret": cognito.describe_user_pool_client(UserPoolId=pool, ClientId=app)["UserPoolClient"]["ClientSecret"],
    }
    stack.journey().through_session()
    for name, text in (settings(stack) | tables(stack) | logs(stack, started_at)).items():
        assert leaks(text, secrets) == [], name
    template = json.dumps(deployment.Deployed(stack.settings).template)
    assert leaks(template, secrets) == []


def test_the_access_log_has_the_route_and_no_path_query_header_or_body(stack: Stack) -> None:  # P7
    """The emulator writes no access log: what AWS would write is what the format names."""
    resources = deployment.Deployed(stack.settings).template["Resources"]
    stages = [resource["Properties"] for resource in resources.values() if resource["Type"] == "AWS::ApiGatewayV2::Stage"]
    assert stages
    for stage in stages:
        named = set(re.findall(r"\$context\.[\w.]+", stage["AccessLogSettings"]["Format"]))
        assert stage["AccessLogSettings"]["Format"].count("$") == len(re.findall(r"\$context\.", stage["AccessLogSettings"]["Format"]))
        assert "$context.routeKey" in named
        assert named <= {
            "$context.requestId",
            "$context.identity.sourceIp",
            "$context.routeKey",
            "$context.status",
            "$context.authorizer.claims.sub",
            "$context.responseLatency",
            "$context.integrationLatency",
            "$context.authorizer.error",
            "$context.integrationErrorMessage",
        }
