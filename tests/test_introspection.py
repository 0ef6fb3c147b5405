"""Introspection: what it says, to whom, and as docs/environments.md tells environments to ask."""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.credentials import Credentials

from client import decode
from support.answers import face
from support.introspection import FORM, blocks, function_keys, introspect, introspection, is_active, role_keys, signature, signed
from support.stack import Stack
from support.sweep import let_pass

pytestmark = pytest.mark.usefixtures("schedule")


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
            "environment": "web",
            "access": "view",
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


@pytest.mark.parametrize("account", ["the same", "another"])
def test_the_python_example_of_the_docs_runs(stack: Stack, backend: Credentials, monkeypatch: pytest.MonkeyPatch, account: str) -> None:
    """`another`: by way of a role that one may assume and that may ask, as docs/environments.md has it."""
    role = None
    keys = backend
    if account == "another":
        name = f"introspection-{secrets.token_hex(4)}"
        trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
        iam = stack.aws("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))["Role"][
            "Arn"
        ]
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
