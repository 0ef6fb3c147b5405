"""A customer's own offer of access, for tests: the customer makes, replaces and revokes a support grant, and agents redeem it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from client import Answer, Mail
from support.journey import Journey
from support.people import Agent, Customer
from support.stack import Stack

CREDENTIALS = ("user_name", "password", "security_code")


class Offer:
    """A customer signed in to their own app, with a call for each thing that they may do about their grant. Nothing is asserted."""

    def __init__(self, stack: Stack, customer: Customer | None = None) -> None:
        self.stack, self.customer = stack, customer or stack.new_customer()
        self.tokens = stack.sign_in("Customer", self.customer.email)
        # The last email to anybody before the customer's own.
        self.since = stack.inbox.last_number()
        # The credentials that were shown last.
        self.shown: dict[str, Any] = {}

    @property
    def token(self) -> str:
        return self.tokens["AccessToken"]

    def create(self, minutes: Any = 60, **changed: Any) -> Answer:
        return self._shown(self.stack.api.post("/support-grant", self.body(minutes, **changed), token=self.token))

    def body(self, minutes: Any = 60, **changed: Any) -> dict[str, Any]:
        """What `create` sends. Both messages and talks are hidden, unless it says otherwise."""
        body = {"duration_minutes": minutes, "allow_messages": False, "allow_talks": False, "ecosystem": self.customer.ecosystem}
        return body | changed

    def read(self) -> Answer:
        return self.stack.api.get("/support-grant", token=self.token)

    def options(self) -> Answer:
        return self.stack.api.get("/support-grant/options", token=self.token)

    def regenerate(self) -> Answer:
        return self._shown(self.stack.api.call("POST", "/support-grant/regenerate", token=self.token))

    def revoke(self) -> Answer:
        return self.stack.api.call("DELETE", "/support-grant", token=self.token)

    def _shown(self, answer: Answer) -> Answer:
        if answer.status in (200, 201):
            self.shown = answer.json
        return answer

    @property
    def credentials(self) -> dict[str, str]:
        """The credentials that were shown last, as an agent enters them."""
        return {name: self.shown[name] for name in CREDENTIALS}

    @property
    def key(self) -> str:
        """Which customer's grant it is, as the store has it: how every user name of theirs begins."""
        return self.shown["user_name"].replace("-", "")[:12]

    @property
    def item(self) -> dict[str, Any]:
        """The grant as DynamoDB stores it."""
        item = self.stack.item(f"S#{self.key}")
        assert item is not None
        return item

    def record(self) -> dict[str, Any]:
        """The stored grant as plain values."""
        return TypeDeserializer().deserialize({"M": self.item})

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Changes the stored grant behind the functions' backs."""

        def also_the_version(record: dict[str, Any]) -> None:
            change(record)
            record["version"] += 1  # a sweep that has read it before loses against this

        self.stack.edit_record(self.record, also_the_version)

    def ends_in(self, seconds: float) -> None:
        """Moves the grant's end to so many seconds from now."""
        end = int((time.time() + seconds) * 1000)

        def move(record: dict[str, Any]) -> None:
            record["terms"]["expires_at"] = record["due_at"] = end
            record["due"] = "due"

        self.edit(move)

    def notice_is_due(self) -> None:
        """What the customer is to be told of the grant is due, if anything is."""

        def now(record: dict[str, Any]) -> None:
            if record["notice"] is not None:
                record["due"], record["due_at"] = "due", int(time.time() * 1000) - 1
                record["notice"]["due_at"] = record["due_at"]

        self.edit(now)

    def entries(self) -> int:
        """How many entries of the credentials count against the user name."""
        item = self.stack.item(entries_of(self.stack, self.shown["user_name"]))
        return int(item["n"]["N"]) if item else 0

    def mails(self, after: int = 0) -> list[Mail]:
        """The emails to the customer so far, numbered higher than `after`."""
        return self.stack.inbox.mails(self.customer.email, max(after, self.since))

    def journey(self, agent: Agent | None = None) -> UnderGrant:
        """What an agent, a fresh one or this, makes of it."""
        return UnderGrant(self, agent or self.stack.new_agent())


def offered(stack: Stack, minutes: int = 60, customer: Customer | None = None, **more: Any) -> Offer:
    """A customer with a live grant."""
    offer = Offer(stack, customer)
    answer = offer.create(minutes, **more)
    assert answer.status == 201, answer.body
    return offer


def entries_of(stack: Stack, user_name: str) -> str:
    """Where the entries for a user name are counted."""
    key = stack.aws("secretsmanager").get_secret_value(SecretId=stack.facts["resources"]["HashKey"])["SecretString"]
    parts = [part.encode() for part in ("support-grant", "entries", re.sub(r"[\s-]", "", user_name).lower())]
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    digest = hmac.digest(key.encode(), message, hashlib.sha256)
    return f"B#grant-entries#{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def redeem(stack: Stack, agent: Agent, credentials: dict[str, Any]) -> Answer:
    return stack.api.post("/support-grant/redeem", credentials, token=agent.token)


class UnderGrant(Journey):
    """The process under a customer's grant: it begins with the credentials, and nobody is asked for consent."""

    def __init__(self, offer: Offer, agent: Agent) -> None:
        super().__init__(offer.stack, agent, offer.customer, {})
        self.offer = offer

    def start(self, **more: Any) -> Answer:
        answer = self._post("/support-grant/redeem", self.offer.credentials, **more)
        if answer.status == 201:
            self.id = answer.json["id"]
        return answer

    def ends_in(self, seconds: float) -> None:
        """Moves the end of the grant to so many seconds from now, as this verification knows it."""
        end = int((time.time() + seconds) * 1000)

        def move(record: dict[str, Any]) -> None:
            record["support_grant"]["expires_at"] = end
            record["due_at"] = min(record["due_at"], end)

        self.edit(move)

    def through_challenge(self) -> UnderGrant:
        self.through_start()
        self._done(self.send_to_agent(), 202)
        return self

    def through_consent(self) -> UnderGrant:
        self.through_internal_validation()
        return self
