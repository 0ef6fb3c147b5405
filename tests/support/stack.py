"""A deployed stack as tests see it: its API, its emails, its people, and its AWS."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import boto3
from boto3.dynamodb.types import TypeSerializer

import client
import deployment
import samples
from client import Api, Inbox
from settings import Settings
from support.at_once import at_once
from support.contract import CheckedApi
from support.journey import Journey
from support.patience import PATIENCE
from support.people import Agent, Customer


class Stack:
    """A running stack. Safe to use from many threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.facts: dict[str, Any] = settings.facts()
        self.api = CheckedApi(self.facts)
        self.inbox = Inbox(self.facts)
        self.people = samples.People(settings)
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()

    def aws(self, service: str) -> Any:
        """A boto3 client with the root key."""
        with self._making:
            if service not in self._clients:
                self._clients[service] = deployment.client(self.settings, service)
            return self._clients[service]

    def keys_of(self, function: str, denied: list[dict[str, Any]] | None = None) -> dict[str, str]:
        """Keys with the rights of a function, by its logical id, less what the statements of a policy deny."""
        iam, role = self.aws("iam"), self.facts["resources"][f"{function}Role"]
        trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
        trusted = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        if trust not in trusted["Statement"]:
            document = {**trusted, "Statement": [*trusted["Statement"], trust]}
            iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(document))
        rights = [{"Effect": "Allow", "Action": "*", "Resource": "*"}, *({**each, "Effect": "Deny"} for each in denied or [])]
        return self.aws("sts").assume_role(
            RoleArn=f"arn:aws:iam::000000000000:role/{role}",
            RoleSessionName="test",
            Policy=json.dumps({"Version": "2012-10-17", "Statement": rights}),
        )["Credentials"]

    def aws_as(self, function: str, service: str) -> Any:
        """A boto3 client with the rights of a function, by its logical id: `CancelFunction`."""
        keys = self.keys_of(function)
        return boto3.client(
            service,
            endpoint_url=self.facts["endpoint"],
            region_name=self.facts["region"],
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def new_agent(
        self,
        *,
        name: str = "Tess Agent",
        groups: tuple[str, ...] = ("CustomerService",),
        locale: str = "en",
        email: str | None = None,
    ) -> Agent:
        """A fresh agent with quotas of their own, signed in. `email` is the address as an administrator spells it."""
        email = email or f"agent-{uuid.uuid4().hex[:12]}@agents.example.com"
        sub = self.people.add_agent(samples.Agent(email, name, groups, locale))
        tokens = self.sign_in("Agent", email)
        return Agent(email, name, sub, tokens["AccessToken"], tokens["IdToken"])

    def new_customer(
        self,
        *,
        name: str = "Cleo Customer",
        role: str = "admin",
        plan: str = "premium",
        modules: tuple[str, ...] = ("rcm",),
        ecosystems: list[dict[str, Any]] | None = None,
        email: str | None = None,
        **more: Any,
    ) -> Customer:
        """A fresh customer with quotas of their own. `more`: locale, status, sign_in, time_zone, processes as in `samples.Customer`."""
        unique = uuid.uuid4().hex[:12]
        if ecosystems is None:
            ecosystems = [samples.ecosystem(f"eco-{unique}", "Test & Co", role, plan, *modules)]
        record = samples.Customer(email or f"customer-{unique}@customers.example.com", name, ecosystems, **more)
        return Customer(record.email, name, self.people.add_customer(record), record)

    def sign_in(self, pool: str, email: str, password: str = samples.PASSWORD) -> dict[str, Any]:
        """Cognito's tokens for an `Agent` or a `Customer`, through the console's or the customers' own app client."""
        return client.sign_in(self.facts, pool, email, password)

    def journey(self, agent: Agent | None = None, customer: Customer | None = None, **more: Any) -> Journey:
        """The process with a fresh agent and customer, or these; `more` goes into the look-up."""
        return Journey(self, agent or self.new_agent(), customer or self.new_customer(), more)

    def crowd(self, calls: Sequence[Callable[[], Any]], *paths: str) -> list[Any]:
        """Makes the calls at the same moment, when the functions behind these paths have a process ready for each of them.

        Starting so many at once would keep the calls apart, and takes a busy machine longer than a call may take.
        """
        api, token = Api(self.facts), self.new_agent().token
        for path in paths:
            ready, tries = 0, 0
            while ready < len(calls) and tries < 30:
                size = min(ready + 20, len(calls))
                # An empty body gets no further than the door.
                answers = at_once([partial(api.post, path, {}, token=token)] * size)
                ready, tries = size if all(answer.status == 400 for answer in answers) else ready, tries + 1
        return at_once(calls)

    def item(self, key: str) -> dict[str, Any] | None:
        """An item of the Support table as DynamoDB stores it."""
        return self.aws("dynamodb").get_item(TableName=self.facts["SupportTable"], Key={"pk": {"S": key}}, ConsistentRead=True).get("Item")

    def put_item(self, item: dict[str, Any]) -> None:
        """Writes an item as `item` gave it, over whatever is there."""
        self.aws("dynamodb").put_item(TableName=self.facts["SupportTable"], Item=item)

    def edit_record(self, read: Callable[[], dict[str, Any]], change: Callable[[dict[str, Any]], None]) -> None:
        """Changes an item that has a version, as plain values. A function that writes it meanwhile, as the sweep may, loses nothing:
        what it wrote is changed then.
        """
        store = self.aws("dynamodb")
        while True:
            record = read()
            version = record["version"]
            change(record)
            put = TypeSerializer().serialize(record)["M"]
            with suppress(store.exceptions.ConditionalCheckFailedException):
                store.put_item(
                    TableName=self.facts["SupportTable"],
                    Item=put,
                    ConditionExpression="version = :read",
                    ExpressionAttributeValues={":read": {"N": str(version)}},
                )
                return

    def delivered(self) -> None:
        """Waits until every email that SES has taken so far is in the inbox: the emulator delivers in the background, each by itself."""
        taken = int(self.aws("ses").get_send_quota()["SentLast24Hours"])
        deadline = time.monotonic() + PATIENCE
        while (arrived := self.inbox.last_number()) < taken:
            assert time.monotonic() < deadline, f"of {taken} emails {taken - arrived} did not arrive"
            time.sleep(0.02)

    def items(self, table: str = "SupportTable") -> list[dict[str, Any]]:
        """A whole table."""
        pages = self.aws("dynamodb").get_paginator("scan").paginate(TableName=self.facts[table], ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def logs(self, since: float = 0) -> list[str]:
        """The lines that the functions logged since a `time.time()`."""
        pages = (
            self.aws("logs")
            .get_paginator("filter_log_events")
            .paginate(logGroupName=self.facts["resources"]["FunctionLogs"], startTime=int(since * 1000))
        )
        return [event["message"] for page in pages for event in page["events"]]

    def functions(self) -> dict[str, str]:
        """The functions' names by their logical ids."""
        return {logical: name for logical, name in self.facts["resources"].items() if logical.endswith("Function")}

    @contextmanager
    def configured(self, **settings: str) -> Iterator[None]:
        """Other settings for every function that has them, by their environment variables, as another deployment would give them."""
        functions, before = self.aws("lambda"), {}
        for name in self.functions().values():
            variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            if settings.keys() <= variables.keys():
                before[name] = variables
        assert before, f"no function knows {', '.join(settings)}"
        try:
            for name, variables in before.items():
                functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables | settings})
            yield
        finally:
            for name, variables in before.items():
                functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
