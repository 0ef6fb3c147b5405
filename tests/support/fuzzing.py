"""What a fuzzer needs to get past the door of the API: tokens, signatures, and values that mean something to the running stack."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks

from support.contract import DOCUMENT
from support.ecosystem_admin import successor_of
from support.grants import CREDENTIALS, Offer
from support.journey import Journey
from support.people import Agent, Customer
from support.stack import Stack

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]

# The call that takes a verification on, by its status.
NEXT: dict[str, Callable[[Journey], Any]] = {
    "started": Journey.send_to_agent,
    "agent_challenged": Journey.enter_as_agent,
    "agent_verified": Journey.send_to_customer,
    "awaiting_consent": lambda journey: (journey.allow(), journey.enter_for_customer()),
    "consented": Journey.issue,
}
ORDER = [*NEXT, "in_session"]

# The statuses of a verification in which a call gets far.
STATUSES = {
    "sendMfa": ("started", "agent_verified"),
    "verifyCode": ("agent_challenged", "awaiting_consent"),
    "issueSession": ("consented",),
    "finishVerification": ("agent_verified", "in_session"),
    "cancelVerification": ("started", "in_session"),
    "readActivity": ("consented",),
    "readProcess": ("consented",),
    "viewConsent": ("awaiting_consent", "in_session"),
    "answerConsent": ("awaiting_consent",),
    "endSession": ("awaiting_consent", "in_session"),
    "redeemHandoff": ("in_session",),
    "introspectToken": ("in_session",),
}
# Verifications and look-ups are counted for an agent, and each verification takes some calls of its own.
VERIFICATIONS, LOOKUPS = 4, 20


def contract_to_fuzz() -> BaseSchema:
    """The contract as the fuzzer reads it. From call to call it goes by the document's links alone."""
    config = {
        # Tokens come from `Cast`.
        "generation": {"with-security-parameters": False},
        "phases": {
            # Other methods than the documented ones: test_contract.py.
            "coverage": {"unexpected-methods": []},
            "stateful": {"inference": {"algorithms": []}},
        },
        # Values at the very limits of an email address and a password take minutes to make: test_bad_input.py has them.
        "operations": [
            {"include-operation-id": name, "phases": {"coverage": {"enabled": False}}}
            for name in ("startVerification", "searchVerifications", "askForRecovery", "confirmRecovery")
        ],
    }
    return schemathesis.openapi.from_path(DOCUMENT, config=SchemathesisConfig.from_dict(config))


def bounded(examples: int, **more: Any) -> settings:
    """So many examples, the same in every run, however slow the machine is."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


class Signed(requests.auth.AuthBase):
    """Signs a request as an environment's backend does."""

    def __init__(self, stack: Stack, keys: Credentials) -> None:
        self.stack, self.keys = stack, keys

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        kept = {name: value for name, value in request.headers.items() if name == "Content-Type"}
        signed = AWSRequest(request.method, f"{self.stack.facts['ApiUrl']}{request.path_url}", kept, request.body)
        SigV4Auth(self.keys, "execute-api", self.stack.facts["region"]).add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        return request


def negates_path(case: Case) -> bool:
    """Whether the fuzzer made the path one that the contract does not allow."""
    mutations = getattr(case.meta.phase.data, "mutations", None) if case.meta else None
    return any(mutation.parameter_location is ParameterLocation.PATH for mutation in mutations or ())


class Cast:
    """The people whom a fuzzer acts for, with their verifications. Its choices are the same in every run."""

    def __init__(self, stack: Stack, keys: Credentials, seed: str) -> None:
        self.stack, self.backend, self.random = stack, Signed(stack, keys), random.Random(seed)
        self.agent, self.lookups = stack.new_agent(), 0
        self.offer = Offer(stack)
        self.customers: dict[str, Customer] = {}
        self.journeys: list[Journey] = []
        self.started = self.emails = 0

    def often(self) -> bool:
        return self.random.random() < 0.8

    def new_customer(self, name: str) -> Customer:
        """Somebody to look up: a successor, for what only Ecosystem Admin has and else now and then."""
        successor = name in ("readActivity", "readProcess") or not self.often()
        customer = successor_of(self.stack) if successor else self.stack.new_customer()
        self.customers[customer.email] = customer
        return customer

    def prepare(self, case: Case) -> None:
        """Brings people and verifications to where the call gets far, most of the time, and gives it values that exist."""
        name = name_of(case)
        if name in ("getSupportGrant", "regenerateSupportGrant", "revokeSupportGrant", "redeemSupportGrant") and self.often():
            self.offer.create()  # refused if there is one
        if not case.path_parameters and not case.body:
            return
        allowed = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
        journey = self.journey_of(case) or self.open_journey(name, fresh=allowed)
        # A path that was made wrong on purpose stays wrong.
        given = [] if negates_path(case) else case.path_parameters
        if "id" in given and self.often():
            case.path_parameters["id"] = journey.id
        if "process" in given and self.often():
            case.path_parameters["process"] = f"step-{self.random.randint(1, 6)}"
        if not allowed:
            return
        if self.often():
            self.take_on(journey, self.random.choice(STATUSES.get(name, ("started",))))
        if isinstance(case.body, dict):
            known = self._known(case, journey)
            case.body = {field: known[field]() if field in known and self.often() else value for field, value in case.body.items()}

    def open_journey(self, name: str, *, fresh: bool) -> Journey:
        """The last verification. A `fresh` one is open, unless there are many already."""
        last = self.journeys[-1] if self.journeys else None
        if last is None or (fresh and self.started < VERIFICATIONS and last.read().json["status"] == "closed"):
            customer = self.new_customer(name)
            look_up = {"module": "ecosystem-admin"} if customer.record.ecosystems[0]["role"] == "successor" else {}
            last = self.stack.journey(self.agent, customer, **look_up).through_start()
            self.started += 1
            self.journeys.append(last)
        return last

    def take_on(self, journey: Journey, wanted: str) -> None:
        """Takes the verification on until it has this status or goes no further."""
        before = ""
        while (status := journey.read().json["status"]) != before and status in ORDER[: ORDER.index(wanted)]:
            before = status
            NEXT[status](journey)

    def _known(self, case: Case, journey: Journey) -> dict[str, Callable[[], Any]]:
        """Values by the fields that they are for."""
        customer = self.offer.customer if guard_of(case) == "customer" else journey.customer
        known: dict[str, Callable[[], Any]] = {
            "email": lambda: self.new_customer(name_of(case)).email,
            "customer": lambda: customer.email,
            "agent": lambda: journey.agent.sub,
            "ecosystem": lambda: customer.ecosystem,
        }
        if self.offer.shown:
            known |= {field: lambda field=field: self.offer.shown[field] for field in CREDENTIALS}
        if journey.agent_mail and case.body.get("from") == "agent":
            known["code"] = lambda: journey.agent_mail.code
        if journey.customer_mail and case.body.get("from") != "agent":
            known |= {"code": lambda: journey.customer_mail.code, "token": lambda: journey.customer_mail.token}
        if journey.session:
            environment = self.random.choice([each["environment"] for each in journey.session["handoffs"] if "url" in each])
            known |= {"environment": lambda: environment, "handoff": lambda: journey.handoff(environment)}
        if name_of(case) == "introspectToken" and journey.session:
            redeemed = journey.redeem(environment)
            known["token"] = lambda: redeemed.json.get("access_token", "none")
        if "new_password" in case.body:
            known = {"confirm_password": lambda: case.body["new_password"]}
        return known

    def send(self, case: Case) -> Response:
        """Sends the case as somebody who can, and once in a while as nobody."""
        self.emails = self.stack.inbox.last_number()
        headers, more = {}, {}
        if (guard := guard_of(case)) and self.random.random() < 0.95:
            if guard == "environment":
                more["auth"] = self.backend
            else:
                headers["Authorization"] = f"Bearer {self._agent(case).token if guard == 'agent' else self.offer.token}"
        response = case.call(base_url=self.stack.facts["ApiUrl"], headers=headers, timeout=60, **more)
        self._learn(case, response)
        return response

    def _agent(self, case: Case) -> Agent:
        if name_of(case) in ("startVerification", "redeemSupportGrant"):
            self.lookups += 1
            if self.lookups % LOOKUPS == 0:
                self.agent = self.stack.new_agent()
        journey = self.journey_of(case)
        return self.agent if journey is None else journey.agent

    def journey_of(self, case: Case) -> Journey | None:
        """The verification that the case names, if it is one of ours."""
        return next((each for each in self.journeys if each.id == case.path_parameters.get("id")), None)

    def _learn(self, case: Case, response: Response) -> None:
        """Remembers what a later call needs of the response, and the email that was sent."""
        name, journey = name_of(case), self.journey_of(case)
        if name in ("startVerification", "redeemSupportGrant") and response.status_code == 201:
            new = self.stack.journey(self.agent, self.customers.get(case.body.get("email"), self.offer.customer))
            new.id = response.json()["id"]
            self.journeys.append(new)
        elif name in ("createSupportGrant", "regenerateSupportGrant") and response.status_code in (200, 201):
            self.offer.shown = response.json()
        elif name == "issueSession" and response.status_code == 201 and journey:
            journey.session = response.json()["session"]
        elif name == "sendMfa" and response.status_code == 202 and journey:
            if response.json()["code"]["to"] == "agent":
                journey.agent_mail = self.stack.inbox.wait(journey.agent.email, after=self.emails)
            else:
                journey.customer_mail = self.stack.inbox.wait(journey.customer.email, after=self.emails)


def name_of(case: Case) -> str:
    return case.operation.definition.raw["operationId"]


def guard_of(case: Case) -> str | None:
    """Who can call: `agent`, `customer`, `environment`, or anybody."""
    guards = case.operation.definition.raw.get("security", case.operation.schema.raw_schema["security"])
    return next((name for each in guards for name in each), None)
