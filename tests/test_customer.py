"""The customer is in charge: he is told, can stop it, and is left with a receipt; and an end is an end at once."""

from __future__ import annotations

import base64
import hashlib
import html
import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
import yaml
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from client import Answer, Mail, decode
from conftest import ROOT, Agent, Journey, Stack, at_once
from cryptography.exceptions import InvalidSignature
from hosted import Call, Ended, Hosted
from samples import ecosystem

SWEEP = "CloseVerificationFunction"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAMES = {"store": "Waizant Store", "web": "Waizant Web", "app": "Waizant App", "rcm": "Waizant RCM"}


# --- the sweep, when a test says so ---


@pytest.fixture(scope="module", autouse=True)
def schedule(stack: Stack) -> Iterator[Callable[[bool], None]]:
    """Switches the minute's schedule, which is off in these tests: each says for itself when the sweep comes."""
    rule = stack.facts["resources"][f"{SWEEP}EveryMinute"]

    def switch(on: bool) -> None:
        events = stack.aws("events")
        (events.enable_rule if on else events.disable_rule)(Name=rule)

    switch(False)
    yield switch
    switch(True)


def invoke_sweep(stack: Stack) -> str | None:
    """One run of the sweep. Answers the failure that it ended with, if it did."""
    answer = stack.aws("lambda").invoke(FunctionName=stack.functions()[SWEEP], Payload=b"{}")
    return answer["Payload"].read().decode() if answer.get("FunctionError") else None


def due(stack: Stack) -> int:
    """How many verifications wait for the sweep at this moment."""
    found = stack.aws("dynamodb").query(
        TableName=stack.facts["SupportTable"],
        IndexName="due",
        KeyConditionExpression="#due = :due AND due_at <= :now",
        ExpressionAttributeNames={"#due": "due"},
        ExpressionAttributeValues={":due": {"S": "due"}, ":now": {"N": str(int(time.time() * 1000))}},
    )
    return found["Count"]


def sweep(stack: Stack) -> None:
    """Sweeps until nothing is due: a run looks at a hundred, and other tests leave theirs behind."""
    for _ in range(20):
        assert invoke_sweep(stack) is None
        if not due(stack):
            return
    raise AssertionError(f"{due(stack)} are due still")


def let_pass(journey: Journey, seconds: int) -> None:
    """Lets so much time pass for this verification, in the index of what is due, too."""
    journey.age(seconds)

    def earlier(record: dict[str, Any]) -> None:
        if record.get("due_at") is not None:
            record["due_at"] -= seconds * 1000
        if record["notice"] is not None:
            record["notice"]["due_at"] -= seconds * 1000

    journey.edit(earlier)


def told(journey: Journey, about: str, after: int = 0) -> Mail:
    """The mail about a session's start or about the end."""
    deadline = time.monotonic() + 10
    while not (found := [mail for mail in mails(journey, after) if kind(mail) == about]):
        assert time.monotonic() < deadline, f"no mail about the {about}"
        time.sleep(0.02)
    (mail,) = found
    return mail


def mails(journey: Journey, after: int = 0) -> list[Mail]:
    return journey.stack.inbox.mails(journey.customer.email, after)


def kind(mail: Mail) -> str:
    """Which mail it is, by its subject, in either language."""
    for about, words in {
        "start": ("started a session", "inició una sesión"),
        "end": ("has ended", "was cancelled", "was refused", "has expired", "was locked", "terminó", "cancel", "rechaz", "venció", "bloque"),
    }.items():
        if any(word in mail.subject for word in words):
            return about
    return "asking"


# --- an environment's backend ---


@pytest.fixture(scope="module")
def backend(stack: Stack) -> Credentials:
    """The keys of an environment's role, as docs/environments.md describes it: it may ask, and nothing else."""
    return role_keys(stack, "environment", [introspection(stack)])


def introspection(stack: Stack) -> dict[str, Any]:
    """The statement that docs/environments.md gives."""
    (policy,) = (json.loads(block) for block in blocks("json") if "execute-api:Invoke" in block)
    text = json.dumps(policy["Statement"][0])
    for placeholder, value in (("REGION", stack.facts["region"]), ("API_ID", stack.facts["resources"]["Api"]), ("ACCOUNT", "000000000000")):
        text = text.replace(placeholder, value)
    return json.loads(text)


def role_keys(stack: Stack, name: str, statements: list[dict[str, Any]]) -> Credentials:
    """A role of its own with these rights, assumed."""
    iam, role = stack.aws("iam"), f"{name}-{secrets.token_hex(4)}"
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))["Role"]["Arn"]
    iam.put_role_policy(
        RoleName=role, PolicyName="rights", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )
    keys = stack.aws("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def introspect(stack: Stack, token: str, keys: Credentials) -> Answer:
    return signed(stack, urlencode({"token": token}), keys)


def signed(stack: Stack, form: str, keys: Credentials) -> Answer:
    return stack.api.post("/introspect", raw=form.encode(), headers=signature(stack, form, keys))


def signature(stack: Stack, form: str, keys: Credentials) -> dict[str, str]:
    request = AWSRequest("POST", f"{stack.facts['ApiUrl']}/introspect", FORM, form)
    SigV4Auth(keys, "execute-api", stack.facts["region"]).add_auth(request)
    return dict(request.headers.items())


def is_active(stack: Stack, token: str, keys: Credentials) -> bool:
    answer = introspect(stack, token, keys)
    assert answer.status == 200, answer.body
    return answer.json["active"]


def face(answer: Answer) -> tuple[Any, ...]:
    """All that an answer shows, byte for byte, but when it was given and to which request."""
    content = answer.body
    if answer.headers.get_content_type() == "application/problem+json":
        content = content.replace(answer.json["request_id"].encode(), b"")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for changing in ("date", "apigw-requestid", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"):
        headers.pop(changing, None)
    return answer.status, headers, content


# --- told of the beginning (P30) ---


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_start_mail_says_who_why_where_until_when_and_how_to_end_it(stack: Stack, locale: str) -> None:  # P30
    customer = stack.new_customer(locale=locale, name="Cleo Núñez")
    journey = stack.journey(agent=stack.new_agent(name="Tess Ågent"), customer=customer, ticket="WZ-1042").through_session()
    mail = told(journey, "start")
    until = journey.session["expires_at"].replace("T", " ").replace("Z", " UTC")
    assert "Tess Ågent" in mail.subject and "Waizant" in mail.subject
    for part in (mail.text, words(mail.html)):
        for fact in ("Cleo Núñez", "Tess Ågent", "WZ-1042", "Test & Co", *NAMES.values(), until):
            assert fact in part, f"{fact} is missing:\n{part}"
        assert {"en": "End the session now", "es": "Termine la sesión ahora"}[locale] in part
    assert_readable(mail, locale)
    assert mail.link.partition("#")[0] == stack.facts["parameters"]["ConsentPageUrl"]
    assert journey.customer_mail is not None and mail.token != journey.customer_mail.token
    assert journey.record()["steps"][-1]["action"] == "customer-told"
    # Told by the function that started it: the sweep has nothing to add.
    sweep(stack)
    stack.delivered()
    assert [kind(mail) for mail in mails(journey)] == ["asking", "start"]


def words(document: str) -> str:
    """What a reader sees of an HTML part."""
    body = re.sub(r"(?s)<head>.*?</head>|<[^>]+>", " ", document)
    return re.sub(r"\s+", " ", html.unescape(body))


def assert_readable(mail: Mail, locale: str) -> None:
    """On a phone, by a screen reader, with pictures off, and in the customer's language."""
    assert f'<html lang="{locale}"' in mail.html
    assert '<meta name="viewport" content="width=device-width' in mail.html
    assert not re.search(r"<(script|img|iframe|form|style|link|object)\b", mail.html, re.I), mail.html
    assert not re.search(r"\bwidth=\"?[4-9]\d\d", mail.html), "wider than a phone"
    assert all(len(line) < 998 for line in mail.message.as_string().splitlines())


# --- ended, by one press (P15) ---


def first_inactive(stack: Stack, token: str, keys: Credentials, press: Callable[[], Answer]) -> float:
    """Seconds from the press to the first answer that says inactive, with somebody asking all the time. Nobody who asks after the
    press was answered is told anything else.
    """
    begun: list[float] = []  # the last of them is the one that says inactive
    inactive: list[float] = []

    def ask() -> None:
        while not inactive:
            begun.append(time.monotonic())
            if not is_active(stack, token, keys):
                inactive.append(time.monotonic())

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        time.sleep(0.1)
        assert not inactive
        pressed = time.monotonic()
        answer = press()
        answered = time.monotonic()
    except BaseException:
        inactive.append(0)
        raise
    assert answer.status == 200, answer.body
    asking.join(10)
    assert not [moment for moment in begun[:-1] if moment > answered], "active, though the press was answered"
    return inactive[0] - pressed


@pytest.mark.parametrize("press", ["by the start mail", "by the consent mail", "by deny", "by the agent's cancel"])
def test_from_the_press_to_inactive_it_takes_no_second(stack: Stack, backend: Credentials, press: str) -> None:  # P15
    """The second counts for the best of the runs: what else the machine does meanwhile may hold up any of them, and is not the
    product's. What is no matter of time holds in each.
    """
    took = []
    for _ in range(5):
        journey = stack.journey().through_session()
        mail = told(journey, "start")
        redeemed = journey.redeem("web").json
        presses = {
            "by the start mail": lambda: journey.end(mail.token),  # noqa: B023
            "by the consent mail": journey.end,
            "by deny": lambda: journey.deny(mail.token),  # noqa: B023
            "by the agent's cancel": lambda: journey.cancel("all done"),  # noqa: B023
        }
        took.append(first_inactive(stack, redeemed["access_token"], backend, presses[press]))
        # Both tokens, every handoff that was not redeemed, and both mails' links die with it.
        for token in ("access_token", "id_token"):
            assert not is_active(stack, redeemed[token], backend)
        for environment in ("store", "app", "rcm"):
            assert journey.redeem(environment).status == 410
        for token in (mail.token, journey.customer_mail and journey.customer_mail.token):
            assert [journey.view(token).status, journey.end(token).status, journey.deny(token).status] == [410] * 3
        closed = journey.read().json
        expected = ("cancelled", "all done") if "cancel" in press else ("ended", None)
        assert (closed["status"], closed["outcome"], closed["reason"]) == ("closed", *expected)
    print(f"\n  press to inactive {press}: {min(took) * 1000:.0f} to {max(took) * 1000:.0f} ms")
    assert min(took) <= 1.0, took


def test_at_the_deadline_it_is_over_for_everybody_without_a_sweep(stack: Stack, backend: Credentials) -> None:  # P5, P15
    journey = stack.journey().through_session()
    redeemed, mail = journey.redeem("web").json, told(journey, "start")
    assert is_active(stack, redeemed["access_token"], backend)
    let_pass(journey, 300)
    before = journey.item
    assert not is_active(stack, redeemed["access_token"], backend)
    assert not is_active(stack, redeemed["id_token"], backend)
    assert (journey.read().json["status"], journey.read().json["outcome"]) == ("closed", "completed")
    (found,) = stack.api.post("/verifications/search", {"customer": journey.customer.email}, token=journey.agent.token).json["items"]
    assert (found["status"], found["outcome"]) == ("closed", "completed")
    assert journey.redeem("store").status == 410
    assert journey.end(mail.token).status == 410
    assert journey.cancel().json["verification_status"] == "closed"
    assert journey.item == before, "reading writes nothing"
    sweep(stack)
    assert journey.actions()[-1] == "completed"
    state = journey.record()["state"]
    assert state["at"] == state["session"]["expires_at"], "it ended at its deadline"


@pytest.mark.parametrize("stop", ["ended", "denied by page", "cancelled", "completed"])
def test_the_customers_own_sign_in_survives(stack: Stack, stop: str) -> None:  # P16
    customer = stack.new_customer()
    own = stack.sign_in("Customer", customer.email)
    journey = stack.journey(customer=customer).through_session()
    assert journey.redeem("web").status == 200
    stops = {"ended": journey.end, "denied by page": journey.deny, "cancelled": journey.cancel}
    if stop in stops:
        assert stops[stop]().status == 200
    else:
        let_pass(journey, 300)
    sweep(stack)
    told(journey, "end")
    cognito = stack.aws("cognito-idp")
    assert cognito.get_user(AccessToken=own["AccessToken"])["Username"] == customer.sub
    refreshed = cognito.initiate_auth(
        ClientId=stack.facts["CustomerClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": own["RefreshToken"]},
    )["AuthenticationResult"]
    assert decode(refreshed["AccessToken"])["sub"] == customer.sub


# --- introspection ---


def test_introspection_says_who_acts_for_whom_where_and_until_when(stack: Stack, backend: Credentials) -> None:
    journey = stack.journey().through_session()
    redeemed = journey.redeem("web").json
    for token in (redeemed["access_token"], redeemed["id_token"]):
        claims = decode(token)
        assert introspect(stack, token, backend).json == {
            "active": True,
            "sub": journey.customer.sub,
            "act": {"sub": journey.agent.sub},
            "client_id": stack.facts["SupportClientId"],
            "exp": claims["exp"],
            "iat": claims["iat"],
            "support_session": journey.id,
            "ecosystem": journey.customer.ecosystem,
            "environments": ["store", "web", "app", "rcm"],
            "visibility": {"messages": True, "talks": True},
        }


def test_tokens_that_are_unknown_foreign_altered_or_over_look_alike(stack: Stack, backend: Credentials) -> None:
    running, ended, expired = (stack.journey().through_session() for _ in range(3))
    tokens = [journey.redeem("web").json["access_token"] for journey in (running, ended, expired)]
    own = stack.sign_in("Customer", running.customer.email)
    head, payload, signature = tokens[0].split(".")
    claims = decode(tokens[0])
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"exp": claims["exp"] + 1}).encode()).decode().rstrip("=")
    assert ended.end().status == 200
    let_pass(expired, 300)
    asked = {
        "unknown": "x.y.z",
        "none": "",
        "over": tokens[1],
        "expired": tokens[2],
        "altered": f"{head}.{payload}.{signature[:-4]}AAAA",
        "forged": f"{head}.{forged}.{signature}",
        "unsigned": f"{head}.{payload}.",
        "the customer's own": own["AccessToken"],
        "the customer's own, ID": own["IdToken"],
        "the agent's": running.agent.token,
        "a page's": running.customer_mail.token if running.customer_mail else "",
        "a handoff": running.handoff("store"),
    }
    faces = {what: face(introspect(stack, token, backend)) for what, token in asked.items()}
    status, headers, content = faces["unknown"]
    assert (status, content) == (200, b'{"active":false}')
    for what, shown in faces.items():
        assert shown == (status, headers, content), what
    assert is_active(stack, tokens[0], backend), "the one that is alive"


def test_introspection_is_for_who_may_ask_alone(stack: Stack, backend: Credentials) -> None:
    journey = stack.journey().through_session()
    token = journey.redeem("web").json["access_token"]
    form = urlencode({"token": token})
    others = role_keys(stack, "curious", [{**introspection(stack), "Resource": "arn:aws:execute-api:*:*:*/$default/GET/receipts/key"}])
    wrong_secret = Credentials(backend.access_key, "x" * 40, backend.token)
    one_of_ours = function_keys(stack, "RedeemHandoffFunction")
    asked = {
        "unsigned": FORM,
        "with the session's token": {**FORM, "Authorization": f"Bearer {token}"},
        "with an agent's token": {**FORM, "Authorization": f"Bearer {journey.agent.token}"},
        "by a role that may not": signature(stack, form, others),
        "by one of our own functions": signature(stack, form, one_of_ours),
        "with a wrong signature": signature(stack, form, wrong_secret),
        "signed for another body": signature(stack, urlencode({"token": "x"}), backend),
    }
    refused = {what: stack.api.post("/introspect", raw=form.encode(), headers=headers) for what, headers in asked.items()}
    for what, answer in refused.items():
        assert (answer.status, answer.json) == (403, {"message": "Forbidden"}), what
    assert signed(stack, form, backend).json["active"]


def test_a_form_is_read_however_it_arrives(stack: Stack, backend: Credentials) -> None:
    """API Gateway hands a form over as base64; so does the emulator. The unit tests read it both ways."""
    token = stack.journey().through_session().redeem("web").json["access_token"]
    for form in (f"token={token}", f"token_type_hint=access_token&token={token}&x=%00", f"&&token={token}&"):
        assert signed(stack, form, backend).json["active"], form
    for form in ("", "token_type_hint=x", f"token={token}&token={token}", json.dumps({"token": token})):
        answer = signed(stack, form, backend)
        assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request"), form


def function_keys(stack: Stack, function: str) -> Credentials:
    keys = stack.keys_of(function)
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


# --- docs/environments.md ---


def blocks(language: str) -> list[str]:
    """The examples of docs/environments.md."""
    text = (ROOT / "docs" / "environments.md").read_text()
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


@pytest.mark.parametrize("account", ["the same", "another"])
def test_the_python_example_of_the_docs_runs(stack: Stack, backend: Credentials, monkeypatch: pytest.MonkeyPatch, account: str) -> None:
    """`another`: by way of a role that one may assume and that may ask, as docs/environments.md has it."""
    role = None
    keys = backend
    if account == "another":
        name = f"introspection-{secrets.token_hex(4)}"
        trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
        iam = stack.aws("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))["Role"]["Arn"]
        policy = {"Version": "2012-10-17", "Statement": [introspection(stack)]}
        iam.put_role_policy(RoleName=name, PolicyName="introspection", PolicyDocument=json.dumps(policy))
        keys = role_keys(stack, "of-another-account", [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}])
    for name, value in {
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_SESSION_TOKEN": keys.token,
        "AWS_DEFAULT_REGION": stack.facts["region"],
        "AWS_ENDPOINT_URL": stack.facts["endpoint"],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    here = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: here("127.0.0.1" if host.endswith(".localhost") else host, *more, **named)
    )
    (asking,) = (block for block in blocks("python") if "def introspect" in block)
    (attribution,) = (block for block in blocks("python") if "def actor" in block)
    example: dict[str, Any] = {}
    exec(compile(asking, "docs/environments.md", "exec"), example)
    exec(compile(attribution, "docs/environments.md", "exec"), example)
    example["API_URL"], example["REGION"] = stack.facts["ApiUrl"], stack.facts["region"]

    journey = stack.journey().through_session()
    token = journey.redeem("web").json["access_token"]
    signer = example["credentials"](role)
    found = example["introspect"](token, signer)
    acts = {"actor": journey.agent.sub, "on_behalf_of": journey.customer.sub, "support_session": journey.id}
    assert example["actor"](found) == example["actor"](decode(token)) == acts
    own = decode(stack.sign_in("Customer", journey.customer.email)["AccessToken"])
    assert example["actor"](own) == {"actor": journey.customer.sub}
    assert journey.end().status == 200
    assert example["introspect"](token, signer) is None
    example["API_URL"] = "http://127.0.0.1:9"
    assert example["introspect"](token, signer) is None, "nobody there"


# --- the page's tokens ---


def test_page_tokens_that_are_unknown_foreign_over_or_used_look_alike(stack: Stack) -> None:
    running, ended, cancelled, expired, denied = (stack.journey().through_session() for _ in range(5))
    kept = {journey: told(journey, "start").token for journey in (running, ended, cancelled, expired, denied)}
    assert ended.end(kept[ended]).status == 200
    assert denied.deny(kept[denied]).status == 200
    assert cancelled.cancel().status == 200
    let_pass(expired, 300)
    asked = {
        "unknown": f"{'A' * 22}.{'B' * 43}",
        "of another form": "x",
        "of a known one": f"{running.id}.{'B' * 43}",
        "with another's secret": f"{running.id}.{kept[ended].partition('.')[2]}",
        "used to end it": kept[ended],
        "used to refuse it": kept[denied],
        "cancelled": kept[cancelled],
        "expired": kept[expired],
        "a handoff": running.handoff("web"),
    }
    alike = None
    for what, token in asked.items():
        for answer in (running.view(token), running.end(token), running.deny(token), running.allow(code="000000", token=token)):
            alike = alike or face(answer)
            assert alike[0] == 410
            assert face(answer) == alike, what
    assert running.read().json["status"] == "in_session", "and none of them ended it"
    assert running.end(kept[running]).status == 200


def test_the_customer_refuses_before_the_session_and_is_told_that_somebody_tried(stack: Stack) -> None:
    for stage in ("through_asking", "through_consent"):
        for refuse in ("deny", "end"):
            journey: Journey = getattr(stack.journey(), stage)()
            assert getattr(journey, refuse)().json["status"] == "closed"
            assert journey.read().json["outcome"] == "denied"
            sweep(stack)
            mail = told(journey, "end")
            assert "Somebody tried to enter your account" in mail.text
            assert "No session was opened" in mail.text
            assert receipts(mail) == []


# --- told of the end (P30) ---


def lock(journey: Journey) -> Journey:
    journey.through_asking()
    assert journey.customer_mail is not None
    wrong = "000000" if journey.customer_mail.code != "000000" else "111111"
    for _ in range(5):
        journey.enter_for_customer(wrong)
    return journey


def close(journey: Journey, outcome: str) -> None:
    """Walks to this end. What a clock ends is left for the sweep to find."""
    match outcome:
        case "completed":
            let_pass(journey.through_session(), 300)
        case "ended":
            assert journey.through_session().end().status == 200
        case "cancelled in session":
            assert journey.through_session().cancel("Resolved: <b>it was the cache</b>").status == 200
        case "cancelled before":
            assert journey.through_asking().cancel("Wrong customer").status == 200
        case "denied":
            assert journey.through_asking().deny().status == 200
        case "expired":
            let_pass(journey.through_asking(), 900)
        case "locked":
            lock(journey)


ENDINGS = {
    "completed": ("its time was up", "se cumplió su tiempo"),
    "ended": ("it was ended from the link", "se terminó desde el enlace"),
    "cancelled in session": ("Resolved: <b>it was the cache</b>", "Resolved: <b>it was the cache</b>"),
    "cancelled before": ("Wrong customer", "Wrong customer"),
    "denied": ("Somebody tried to enter your account", "Alguien intentó entrar a su cuenta"),
    "expired": ("has expired", "Venció la solicitud"),
    "locked": ("somebody entered too many wrong codes", "alguien ingresó demasiados códigos incorrectos"),
}


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("outcome", ENDINGS)
def test_every_end_is_told_once_with_its_receipt_where_there_was_a_session(stack: Stack, outcome: str, locale: str) -> None:  # P30
    journey = stack.journey(customer=stack.new_customer(locale=locale), ticket="WZ-7")
    close(journey, outcome)
    assert journey.read().json["outcome"] == outcome.split()[0], "at once, before any sweep"
    at_once([lambda: invoke_sweep(stack)] * 4)
    sweep(stack)
    mail = told(journey, "end")
    for part in (mail.text, words(mail.html)):
        assert ENDINGS[outcome][locale == "es"] in part
        for fact in (journey.customer.name, journey.agent.name, "WZ-7", "Test & Co"):
            assert fact in part, fact
    assert_readable(mail, locale)
    assert "#token=" not in mail.text + mail.html, "there is nothing left to end"
    session = outcome in ("completed", "ended", "cancelled in session")
    assert len(receipts(mail)) == session
    closings = {"completed", "ended", "cancelled", "denied", "expired", "locked"}
    steps = [step["action"] for step in journey.record()["steps"]]
    assert [step for step in steps if step in closings] == [outcome.split()[0]], "one closing step"
    assert steps[-1] == "customer-told"
    assert "due" not in journey.record()
    sweep(stack)
    stack.delivered()
    assert [kind(each) for each in mails(journey)].count("end") == 1


def test_who_was_never_mailed_is_told_of_no_end(stack: Stack) -> None:
    cancelled = stack.journey().through_internal_validation()
    assert cancelled.cancel().status == 200
    expired = stack.journey().through_start()
    let_pass(expired, 900)
    unsent = stack.journey().through_internal_validation()
    with refusing(stack, "SendMfaFunction"):
        assert unsent.send_to_customer().status == 503
    assert unsent.cancel().status == 200
    sweep(stack)
    assert expired.actions()[-1] == "expired"
    stack.delivered()
    for journey in (cancelled, expired, unsent):
        assert mails(journey) == []


def test_the_schedule_brings_the_end_within_about_a_minute(stack: Stack, schedule: Callable[[bool], None]) -> None:
    """The template's own schedule. The emulator looks for what is due every ten seconds, so that it may be that much later."""
    (rule,) = stack.aws("events").list_rules(NamePrefix=stack.facts["resources"][f"{SWEEP}EveryMinute"])["Rules"]
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    late = []
    schedule(True)
    try:
        # The first one comes when it comes; the second one's deadline is right after that, so that it waits for a whole minute.
        for _ in range(2):
            journey = stack.journey().through_session()
            let_pass(journey, 298)
            over = float(journey.record()["due_at"]) / 1000
            deadline = time.time() + 85
            while not [mail for mail in mails(journey) if kind(mail) == "end"]:
                assert time.time() < deadline, "the schedule did not come"
                time.sleep(0.1)
            late.append(time.time() - over)
            assert journey.actions()[-1] == "completed"
    finally:
        schedule(False)
    print(f"\n  deadline to closing mail, by the schedule: {' and '.join(f'{seconds:.0f} s' for seconds in late)}")
    assert max(late) <= 75


# --- SES away, and back (P26) ---


@contextmanager
def refusing(stack: Stack, *functions: str) -> Iterator[None]:
    """SES refuses these functions meanwhile."""
    iam, name = stack.aws("iam"), "no-mail"
    denied = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ses:*", "Resource": "*"}]}
    roles = [stack.facts["resources"][f"{function}Role"] for function in functions]
    for role in roles:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(denied))
    try:
        yield
    finally:
        for role in roles:
            iam.delete_role_policy(RoleName=role, PolicyName=name)


def test_a_start_that_could_not_be_told_is_told_when_mail_is_back(stack: Stack) -> None:  # P26
    journey = stack.journey().through_consent()
    with refusing(stack, "IssueSessionFunction", SWEEP):
        assert journey.issue().status == 201, "the session does not wait for the mail"
        assert journey.record()["notice"]["about"] == "start"
        waits = []
        for _ in range(3):
            let_pass_notice(journey)
            failed = invoke_sweep(stack)
            assert failed is not None and "ses" in failed
            notice = journey.record()["notice"]
            waits.append(round(float(notice["due_at"]) / 1000 - time.time()))
    assert [abs(wait - expected) <= 5 for wait, expected in zip(waits, (60, 120, 240), strict=True)] == [True] * 3, waits
    assert [mail for mail in mails(journey) if kind(mail) == "start"] == []
    let_pass_notice(journey)
    sweep(stack)
    mail = told(journey, "start")
    stored = json.dumps(journey.item)
    assert mail.token.partition(".")[2] not in stored, "no secret waits anywhere"
    assert journey.end(mail.token).status == 200


def let_pass_notice(journey: Journey) -> None:
    """The next try to tell the customer is due."""

    def now(record: dict[str, Any]) -> None:
        record["notice"]["due_at"] = record["due_at"] = int(time.time() * 1000) - 1

    journey.edit(now)


def test_a_mail_sent_twice_leaves_one_live_link(stack: Stack) -> None:  # P26
    """The sweep ends right after SES took the mail, before it could be noted; then it comes again."""
    journey = stack.journey().through_consent()
    with refusing(stack, "IssueSessionFunction"):
        assert journey.issue().status == 201
    sweep(stack)  # what others left
    let_pass_notice(journey)
    seen = stack.inbox.last_number()
    with Hosted(stack, SWEEP) as function:

        def crash(call: Call) -> None:
            if call.operation == "SendEmail":
                function.kill()

        function.after = crash
        with pytest.raises(Ended):
            function.invoke({})
    first = told(journey, "start", seen)
    assert journey.record()["notice"] is not None, "not noted: owed still"
    assert journey.view(first.token).status == 200, "it arrived, and works as long as there is no other"

    seen = stack.inbox.last_number()
    let_pass_notice(journey)
    sweep(stack)
    second = told(journey, "start", seen)
    assert journey.record()["notice"] is None
    assert face(journey.end(first.token)) == face(journey.end(f"{journey.id}.{'B' * 43}")), "the older one is dead"
    assert journey.end(first.token).status == 410
    assert journey.read().json["status"] == "in_session"
    assert journey.end(second.token).status == 200


@pytest.mark.parametrize("outcome", ["completed", "locked"])
def test_the_sweep_broken_off_anywhere_loses_nothing(stack: Stack, outcome: str) -> None:  # P11, P26
    """The deployed program, ended before and after each of its calls to AWS."""
    sweep(stack)
    moment, whole = 0, False
    while not whole:
        journey = stack.journey()
        close(journey, outcome)
        due_now(journey)
        seen: list[Call] = []
        with Hosted(stack, SWEEP) as function:

            def crash(call: Call, seen: list[Call] = seen, moment: int = moment, function: Hosted = function) -> None:
                seen.append(call)
                if len(seen) == moment + 1:
                    function.kill()

            function.before = function.after = crash
            try:
                function.invoke({})
                whole = True
            except Ended:
                assert len(seen) == moment + 1, "it ended by itself"
        assert journey.read().json["outcome"] == outcome, "closed to whoever reads"
        due_now(journey)
        sweep(stack)
        stack.delivered()
        steps = [step["action"] for step in journey.record()["steps"]]
        assert steps.count(outcome) == 1, (moment, steps)
        assert (steps[-1], journey.record()["notice"]) == ("customer-told", None), (moment, steps)
        found = [mail for mail in mails(journey) if kind(mail) == "end"]
        assert 1 <= len(found) <= 2 - whole, moment
        assert [len(receipts(mail)) for mail in found] == [int(outcome == "completed")] * len(found)
        # Others' that fell due just then came in between: once more, so that no moment of this one's is left out.
        alone = set(re.findall(r"\b[VS]#[\w-]+", str([call.request for call in seen]))) <= {f"V#{journey.id}"}
        moment, whole = moment + (alone and not whole), alone and whole
    operations = [call.operation for call in seen[::2]]
    print(f"\n  calls of a sweep ({outcome}): {', '.join(operations)}")
    assert moment == len(seen) and operations.count("PutItem") >= 2, operations


def due_now(journey: Journey) -> None:
    """What is to be told is due, if anything is."""
    if journey.record()["notice"] is not None:
        let_pass_notice(journey)


# --- the receipt (P12) ---


def receipts(mail: Mail) -> list[bytes]:
    found = [part for part in mail.message.iter_attachments() if part.get_filename()]
    assert all(part.get_content_type() == "application/json" for part in found)
    return [part.get_payload(decode=True) for part in found]


@pytest.fixture(scope="module")
def verify_receipt(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes, bytes], tuple[int, str]]:
    """The command: its exit code and its sentence."""
    built = subprocess.run(
        ["cargo", "build", "--quiet", "--package", "verify-receipt", "--message-format", "json"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    command = next(found for line in built.splitlines() if (found := json.loads(line).get("executable")))
    desk = tmp_path_factory.mktemp("receipts")

    def run(receipt: bytes, key: bytes) -> tuple[int, str]:
        (desk / "receipt.json").write_bytes(receipt)
        (desk / "key.json").write_bytes(key)
        # Offline: without the stack's address, or any.
        done = subprocess.run([command, "receipt.json", "key.json"], cwd=desk, env={}, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def closed_session(stack: Stack) -> tuple[Journey, bytes, Mail]:
    """A session with a receipt: with a ticket, two environments opened, and ended by the customer."""
    journey = stack.journey(ticket="WZ-1042").through_session()
    for environment in ("web", "store"):
        assert journey.redeem(environment).status == 200
    assert journey.end().status == 200
    sweep(stack)
    mail = told(journey, "end")
    (receipt,) = receipts(mail)
    return journey, receipt, mail


Verify = Callable[[bytes, bytes], tuple[int, str]]


def test_the_receipt_in_the_mail_checks_offline(stack: Stack, closed_session: tuple[Journey, bytes, Mail], verify_receipt: Verify) -> None:  # P12
    journey, file, mail = closed_session
    key = stack.api.get("/receipts/key")
    assert key.status == 200
    code, sentence = verify_receipt(file, key.body)
    assert code == 0, sentence
    assert journey.agent.name in sentence and journey.customer.name in sentence
    (name,) = (part.get_filename() for part in mail.message.iter_attachments() if part.get_filename())
    assert name == f"receipt-{journey.id}.json"

    signed = json.loads(file)
    receipt = signed["receipt"]
    assert (receipt["verification"], receipt["ticket"], receipt["outcome"]) == (journey.id, "WZ-1042", "ended")
    assert receipt["agent"] == {"id": journey.agent.sub, "name": journey.agent.name}
    assert receipt["customer"] == {"id": journey.customer.sub, "name": journey.customer.name}
    assert receipt["ecosystem"] == {"id": journey.customer.ecosystem, "name": "Test & Co"}
    assert receipt["environments"] == ["store", "web", "app", "rcm"]
    assert receipt["app_qr_given_to"] == "agent"
    assert receipt["session"]["expires_at"] == journey.session["expires_at"]
    record = journey.record()["steps"]
    until = [step["action"] for step in record].index("ended") + 1
    assert [(s["seq"], s["action"], s["hash"]) for s in receipt["steps"]] == [(s["seq"], s["action"], s["hash"]) for s in record[:until]]
    assert receipt["head"] == record[until - 1]["hash"]
    redeemed = [step["detail"] for step in receipt["steps"] if step["action"] == "handoff-redeemed"]
    assert redeemed == ["web", "store"]


def test_anybody_can_check_a_receipt_with_other_tools(stack: Stack, closed_session: tuple[Journey, bytes, Mail]) -> None:  # P12
    """As docs/receipt.md says: nothing of ours is needed."""
    _, file, _ = closed_session
    key_file = stack.api.get("/receipts/key").body
    (block,) = re.findall(r"(?ms)^```python\n(.*?)^```$", (ROOT / "docs" / "receipt.md").read_text())
    example: dict[str, Any] = {}
    exec(compile(block, "docs/receipt.md", "exec"), example)
    receipt = example["check"](file, key_file)
    canonical = json.dumps(receipt, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert canonical in file, "what is signed stands in the file as it is"
    with pytest.raises(InvalidSignature):
        example["check"](file.replace(b"WZ-1042", b"WZ-1043"), key_file)
    key, signed = json.loads(key_file), json.loads(file)
    thumbprint = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    assert unpadded(key["kid"]) == hashlib.sha256(thumbprint.encode()).digest()
    assert signed["signature"]["key"] == key["kid"]
    # The chain, as well.
    previous = ""
    for step in signed["receipt"]["steps"]:
        facts = [previous, signed["receipt"]["verification"], *(step[name] for name in ("seq", "at", "actor", "action", "detail"))]
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        previous = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        assert step["hash"] == previous
    assert signed["receipt"]["head"] == previous


def unpadded(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def test_one_byte_changed_is_refused(stack: Stack, closed_session: tuple[Journey, bytes, Mail], verify_receipt: Verify) -> None:  # P12
    """A sample of the bytes, on the stack's own receipt; the unit tests change each."""
    _, file, _ = closed_session
    key = stack.api.get("/receipts/key").body
    for at in {*range(0, len(file), 61), 0, 1, len(file) - 1}:
        changed = bytearray(file)
        changed[at] ^= 1
        code, sentence = verify_receipt(bytes(changed), key)
        assert (code, len(sentence.splitlines())) == (1, 1), (at, sentence)
    bad = {
        "cut off": (file[: len(file) // 2], "cut off"),
        "of another version": (file.replace(b'"version":1', b'"version":2'), "version 2"),
        "no receipt": (b"%PDF-1.7", "not a receipt"),
        "altered": (file.replace(b"WZ-1042", b"WZ-1043"), "was altered"),
        "by another step": (file.replace(b'"detail":"web"', b'"detail":"rcm"'), "step "),
    }
    for what, (content, says) in bad.items():
        code, sentence = verify_receipt(content, key)
        assert code == 1 and says in sentence, (what, code, sentence)


def test_no_role_but_the_closing_ones_may_sign(stack: Stack) -> None:  # P12
    key, digest = stack.facts["resources"]["ReceiptKey"], hashlib.sha256(b"forged").digest()
    asked = {"KeyId": key, "Message": digest, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    for function in stack.functions():
        kms = stack.aws_as(function, "kms")
        if function == SWEEP:
            assert kms.sign(**asked)["Signature"]
            continue
        with pytest.raises(ClientError) as refused:
            kms.sign(**asked)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException", function
    # Not even who is allowed everything by his own policies: the key's policy leaves signing to none of them.
    keys = role_keys(stack, "administrator", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    kms = boto3.client(
        "kms", endpoint_url=stack.facts["endpoint"], region_name=stack.facts["region"], aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key, aws_session_token=keys.token,
    )  # fmt: skip
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeySpec"] == "ECC_NIST_P256"
    for forbidden in (
        lambda: kms.sign(**asked),
        lambda: kms.create_grant(KeyId=key, GranteePrincipal="arn:aws:iam::000000000000:root", Operations=["Sign"]),
    ):
        with pytest.raises(ClientError) as refused:
            forbidden()
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_the_keys_policy_names_the_one_role_that_signs(stack: Stack) -> None:  # P12
    """Read out of the template, and held against what is deployed."""
    resources = yaml.load((ROOT / "template.yaml").read_text(), Loader=Template)["Resources"]
    key = resources["ReceiptKey"]["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    managing, signing = key["KeyPolicy"]["Statement"]
    assert signing == {
        "Effect": "Allow",
        "Principal": {"AWS": {"GetAtt": f"{SWEEP}Role.Arn"}},
        "Action": "kms:Sign",
        "Resource": "*",
    }
    allowed = set(managing["Action"])
    assert managing["Principal"] == {"AWS": {"Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    for action in ("kms:Sign", "kms:CreateGrant", "kms:*", "*"):
        assert action not in allowed
        assert not any(action.startswith(each.rstrip("*")) for each in allowed if each.endswith("*")), action
    # Nobody else is given it by a policy of his own, either.
    signers = [name for name, resource in resources.items() if "kms:Sign" in json.dumps(resource) and name != "ReceiptKey"]
    assert signers == ["CloseVerificationSigns"]
    assert resources["CloseVerificationSigns"]["Properties"]["Roles"] == [{"Ref": f"{SWEEP}Role"}]
    deployed = json.loads(stack.aws("kms").get_key_policy(KeyId=stack.facts["resources"]["ReceiptKey"], PolicyName="default")["Policy"])
    role = stack.aws("iam").get_role(RoleName=stack.facts["resources"][f"{SWEEP}Role"])["Role"]["Arn"]
    assert [(s["Principal"], s["Action"]) for s in deployed["Statement"] if "kms:Sign" in s["Action"]] == [({"AWS": role}, "kms:Sign")]


class Template(yaml.SafeLoader):
    """Reads a template with its functions as plain values."""


Template.add_multi_constructor(
    "!",
    lambda loader, name, node: {
        name: {
            yaml.ScalarNode: loader.construct_scalar,
            yaml.SequenceNode: lambda n: loader.construct_sequence(n, deep=True),
            yaml.MappingNode: lambda n: loader.construct_mapping(n, deep=True),
        }[type(node)](node)
    },
)


# --- scanners (P27) and hostile words (P24, P30) ---


def links(mail: Mail) -> set[str]:
    """Every address in a mail, of either part."""
    text = f"{mail.text}\n{html.unescape(mail.html)}"
    return set(re.findall(r"""\b[a-z][a-z0-9+.-]*://[^\s"'<>]+""", text)) | set(re.findall(r"""(?:href|src)=["']([^"']+)""", text))


def test_opening_every_link_of_every_mail_changes_nothing(stack: Stack) -> None:  # P27
    journey = stack.journey().through_session()
    told(journey, "start")
    page = stack.facts["parameters"]["ConsentPageUrl"]
    found = [link for mail in mails(journey) for link in links(mail)]
    assert len(set(found)) == 2, "one of the consent mail, one of the start mail"
    before = journey.item
    for link in set(found):
        address, _, fragment = link.partition("#")
        assert address == page and fragment.startswith("token=")
        token = fragment.removeprefix("token=")
        for opened in (address, f"{address}?token={token}", f"{address}{token}"):
            for method in ("GET", "HEAD"):
                assert_harmless(method, opened)
        for route in ("/consent/view", "/consent/answer", "/consent/end"):
            for method in ("GET", "HEAD"):
                assert stack.api.call(method, f"{route}?token={token}").status in (404, 405), (method, route)
        # A scanner that runs the page's script gets as far as it goes without a press.
        assert journey.view(token).status == 200
    assert journey.item == before
    assert journey.end().status == 200
    sweep(stack)
    assert links(told(journey, "end")) == set(), "the last mail has none"


def assert_harmless(method: str, address: str) -> None:
    """Fetches it, if a page is served there at all."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500
    except ConnectionRefusedError:
        pass
    finally:
        connection.close()


HOSTILE = 'Ana <script>alert(1)</script>\r\nBcc: evil@example.com "><img src=x onerror=alert(1)> http://evil.example/ \u202eyrraH &amp; %0d%0a {{7*7}}'


@pytest.mark.parametrize("locale", ["en", "es"])
def test_hostile_names_and_reasons_stay_words_in_every_mail(stack: Stack, locale: str) -> None:  # P24, P30
    agent: Agent = stack.new_agent(name=HOSTILE)
    customer = stack.new_customer(
        name=HOSTILE, locale=locale, ecosystems=[ecosystem(f"eco-{secrets.token_hex(4)}", HOSTILE, "admin", "premium", "rcm")]
    )
    journey = stack.journey(agent=agent, customer=customer).through_session()
    start = told(journey, "start")
    assert journey.cancel(HOSTILE).status == 200
    sweep(stack)
    end = told(journey, "end")
    page = stack.facts["parameters"]["ConsentPageUrl"]
    for mail in [*mails(journey), *stack.inbox.mails(agent.email)]:
        assert mail.message.keys().count("Subject") == 1 and mail.message["Bcc"] is None and mail.message["Cc"] is None
        assert len(mail.message["To"].addresses) == 1
        assert not re.search(r"[\r\n\u202e]", mail.subject)
        assert not re.search(r"<(script|img)\b", mail.html, re.I), mail.html
        assert "\u202e" not in mail.text + mail.html
        assert not re.search(r"(?im)^\s*bcc:", mail.text)
        assert all(link.startswith(page) for link in links(mail)), links(mail)
    for mail in (start, end):
        assert_readable(mail, locale)
    (file,) = receipts(end)
    signed = json.loads(file)
    assert signed["receipt"]["reason"] == HOSTILE, "the receipt has it as it was written"
