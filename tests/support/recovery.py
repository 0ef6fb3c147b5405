"""Password recovery, a call for each step."""

from __future__ import annotations

import json
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from client import Answer, Mail
from settings import ROOT
from support.hosted import Call
from support.patience import wait_until
from support.stack import Stack

NEW = "Recovered-Pass-2"
ROUNDS = 60
# Of sixty throws of a coin so many more than half are heads, or tails, once in a million times.
FAR = 19


@pytest.fixture
def quotas_begin_anew(stack: Stack) -> Iterator[None]:
    """All tests come from one source address, whose quota is meant for one person."""
    yield
    forget(stack)


def forget(stack: Stack, *kinds: str) -> None:
    """Removes the counts of recovery, all or of these kinds."""
    kinds = kinds or ("source", "network", "address", "asked", "entries")
    for item in stack.items():
        if item["pk"]["S"].startswith(tuple(f"B#recovery-{kind}#" for kind in kinds)):
            stack.aws("dynamodb").delete_item(TableName=stack.facts["SupportTable"], Key={"pk": item["pk"]})


def ask(stack: Stack, email: str) -> Answer:
    return stack.api.post("/recovery", {"email": email})


def asked(stack: Stack, email: str) -> Mail:
    """Asks, and waits for the email."""
    seen = stack.inbox.last_number()
    assert ask(stack, email).status == 202
    return stack.inbox.wait(email, after=seen)


def confirm(stack: Stack, email: str, code: str, password: str = NEW, again: str | None = None) -> Answer:
    return stack.api.post("/recovery/confirm", confirmation(email, code, password, again))


def confirmation(email: str, code: str, password: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"email": email, "code": code, "new_password": password, "confirm_password": again or password}


def code_of(mail: Mail) -> str:
    """The code: Cognito sends HTML alone."""
    (code,) = re.findall(r">(\d{6})<", mail.html)
    return code


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def event(name: str, body: Any, source: str) -> dict[str, Any]:
    """The request of `events/recover-password-<name>.json` with another body, from a source of its own."""
    event = json.loads((ROOT / "events" / f"recover-password-{name}.json").read_text())
    event["body"] = json.dumps(body)
    event["requestContext"]["http"]["sourceIp"] = source
    event["requestContext"]["requestId"] = str(uuid.uuid4())
    return event


def confirm_from(stack: Stack, source: str, email: str, code: str) -> dict[str, Any]:
    """The function's answer to a confirmation from this address."""
    function = stack.functions()["RecoverPasswordFunction"]
    payload = json.dumps(event("confirm", confirmation(email, code), source))
    return json.loads(stack.aws("lambda").invoke(FunctionName=function, Payload=payload)["Payload"].read())


def new_source() -> str:
    return f"2001:db8:{random.getrandbits(16):x}:{random.getrandbits(16):x}::1"


def refresh(stack: Stack, token: str, pool: str = "Agent") -> dict[str, Any]:
    return stack.aws("cognito-idp").initiate_auth(
        ClientId=stack.facts[f"{pool}ClientId"], AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )["AuthenticationResult"]


def refused(error: str, call: Callable[[], Any]) -> None:
    with pytest.raises(ClientError) as raised:
        call()
    assert raised.value.response["Error"]["Code"] == error, raised.value


def waiting(stack: Stack, queue: str = "RecoveryQueue") -> int:
    """How many jobs are in a queue, those included that are being worked on."""
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
    answer = stack.aws("sqs").get_queue_attributes(QueueUrl=stack.facts["resources"][queue], AttributeNames=counts)
    return sum(map(int, answer["Attributes"].values()))


def idle(stack: Stack) -> None:
    wait_until(lambda: waiting(stack) + waiting(stack, "PasswordChangedQueue") == 0)


@contextmanager
def redelivered_at_once(stack: Stack, queue: str = "RecoveryQueue") -> Iterator[None]:
    """A job that failed comes back after a second, and not after more than a minute."""
    sqs, queue = stack.aws("sqs"), stack.facts["resources"][queue]
    (before,) = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"].values()
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": before})


def people(stack: Stack) -> dict[str, str]:
    """An address of each kind of which nobody may learn which it is."""
    cognito, pool = stack.aws("cognito-idp"), stack.facts["AgentPoolId"]
    disabled = stack.new_agent()
    cognito.admin_disable_user(UserPoolId=pool, Username=disabled.sub)
    return {
        "known": stack.new_agent().email,
        "unknown": f"nobody-{uuid.uuid4().hex[:12]}@agents.example.com",
        "disabled": disabled.email,
        "not in the group": stack.new_agent(groups=()).email,
    }


def told(answer: Answer) -> tuple[Any, ...]:
    """All of an answer but the ids that every call has, and the second it was made in."""
    of_the_call = {"apigw-requestid", "date"}
    headers = sorted((name.lower(), value) for name, value in answer.headers.items() if name.lower() not in of_the_call)
    return answer.status, headers, re.sub(rb'"request_id":"[^"]+"', b"", answer.body)


def differ(some: list[float], others: list[float]) -> bool:
    """Whether of the pairs so many more are longer on one side that it cannot be chance."""
    longer = sum(a > b for a, b in zip(some, others, strict=True))
    return abs(longer - len(some) / 2) >= FAR


def denying(action: str) -> list[dict[str, Any]]:
    return [{"Action": action, "Resource": "*"}]


def hanging(*operations: str) -> Callable[[Call], None]:
    def hang(call: Call) -> None:
        if call.operation in operations:
            time.sleep(15)

    return hang
