"""Sessions: minted by way of a hosted function, stopped, introspected."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from client import Answer, Api
from samples import ecosystem
from support.at_once import at_once
from support.hosted import Hosted, http_event
from support.journey import Journey
from support.people import Customer
from support.stack import Stack

ENVIRONMENTS = ("store", "web", "app", "rcm")
ISSUE = "POST /verifications/{id}/session"


def issue_event(journey: Journey) -> dict[str, Any]:
    return http_event(ISSUE, {}, journey.agent, id=journey.id)


def is_active(stack: Stack, token: str) -> bool:
    """What an environment's backend learns about a token."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = AWSRequest("POST", f"{stack.facts['ApiUrl']}/introspect", form, urlencode({"token": token}))
    SigV4Auth(Credentials("test", "test"), "execute-api", stack.facts["region"]).add_auth(request)
    answer = stack.api.post("/introspect", raw=request.body, headers=dict(request.headers.items()))
    assert answer.status == 200, answer.body
    return answer.json["active"]


def stand_in(stack: Stack, environment: str, path: str, token: str) -> Answer:
    """What the backend of an environment's stand-in answers to a token."""
    return Api({"ApiUrl": stack.settings.origin(environment)}).post(path, raw=b"", token=token)


def seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def answered(function: Hosted, journey: Journey) -> Answer:
    """Issues by way of a function hosted here, and takes the handoffs as `Journey.issue` does."""
    response = function.invoke(issue_event(journey))
    answer = Answer(response["statusCode"], response["headers"], response["body"].encode(), 0)
    if answer.status == 201:
        journey.session = answer.json["session"]
    return answer


def stops(journey: Journey) -> dict[str, Callable[[], Answer]]:
    return {"finished": journey.finish, "cancelled": journey.cancel, "denied": journey.deny, "ended": journey.end}


def dead(journey: Journey, outcomes: set[str]) -> None:
    """Nothing of a session is left that anybody could use."""
    record = journey.record()
    assert record["state"]["status"] == "closed"
    assert record["state"]["outcome"] in outcomes, record["state"]
    assert "handoffs" not in json.dumps(record, default=str)
    assert sealed(journey) == []
    for handoff in (journey.session or {}).get("handoffs", []):
        assert journey.redeem(handoff["environment"]).status == 410


def sealed(journey: Journey) -> list[str]:
    """The environments whose sealed tokens are stored."""
    return [name for name in ENVIRONMENTS if journey.stack.item(f"T#{journey.id}#{name}") is not None]


def enough_instances(call: Callable[[], Any], width: int) -> None:
    """Lets a function start as many processes as it will need, not all of them at the same moment: on AWS they do not share two
    processors.
    """
    for instances in range(20, width + 1, 20):
        at_once([call] * instances)


def directory_says(stack: Stack, customer: Customer, **changed: Any) -> None:
    """The directory's record of a customer, with something else in it."""
    stack.people.put_in_directory(replace(customer.record, **changed), customer.sub)


def ecosystem_as(customer: Customer, role: str, plan: str, *modules: str) -> list[dict[str, Any]]:
    return [ecosystem(customer.ecosystem, "Test & Co", role, plan, *modules)]


def opened(answer: Answer) -> list[str]:
    return [handoff["environment"] for handoff in answer.json["session"]["handoffs"]]
