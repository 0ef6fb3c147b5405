"""Introspection, as an environment's backend asks for it."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from client import Answer
from settings import ROOT
from support.stack import Stack

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


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
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))["Role"][
        "Arn"
    ]
    iam.put_role_policy(RoleName=role, PolicyName="rights", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}))
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


def function_keys(stack: Stack, function: str) -> Credentials:
    keys = stack.keys_of(function)
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def blocks(language: str) -> list[str]:
    """The examples of docs/environments.md."""
    text = (ROOT / "docs" / "environments.md").read_text()
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)
