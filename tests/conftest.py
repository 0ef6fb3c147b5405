"""The deployed stack, for tests: a stack of their own for the session, and people of their own for each test.

`STACK=local/.state` tests against the stack that `make up` started there instead, which saves building and deploying.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "local"))

import client  # noqa: E402
import deployment  # noqa: E402
import emulator  # noqa: E402
import samples  # noqa: E402
from client import Answer, Api, Inbox, Mail  # noqa: E402
from contract import CheckedApi  # noqa: E402
from settings import Settings  # noqa: E402
from terminal import Failed  # noqa: E402


@dataclass(frozen=True)
class Agent:
    """Somebody signed in to the console."""

    email: str
    name: str
    sub: str
    token: str
    id_token: str


@dataclass(frozen=True)
class Customer:
    email: str
    name: str
    sub: str
    record: samples.Customer

    @property
    def ecosystem(self) -> str:
        """The id of the first ecosystem."""
        return self.record.ecosystems[0]["id"]


# An id that nobody has.
NOWHERE = f"/verifications/{'A' * 22}"


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
        self, *, name: str = "Tess Agent", groups: tuple[str, ...] = ("CustomerService",), locale: str = "en"
    ) -> Agent:
        """A fresh agent with budgets of his own, signed in."""
        email = f"agent-{uuid.uuid4().hex[:12]}@agents.example.com"
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
        **more: Any,
    ) -> Customer:
        """A fresh customer with budgets of his own. `more`: locale, status, sign_in, processes as in `samples.Customer`."""
        unique = uuid.uuid4().hex[:12]
        if ecosystems is None:
            ecosystems = [samples.ecosystem(f"eco-{unique}", "Test & Co", role, plan, *modules)]
        record = samples.Customer(f"customer-{unique}@customers.example.com", name, ecosystems, **more)
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
                answers = at_once([lambda: api.post(path, {}, token=token)] * size)
                ready, tries = size if all(answer.status == 400 for answer in answers) else ready, tries + 1
        return at_once(calls)

    def item(self, key: str) -> dict[str, Any] | None:
        """An item of the Support table as DynamoDB stores it."""
        return self.aws("dynamodb").get_item(
            TableName=self.facts["SupportTable"], Key={"pk": {"S": key}}, ConsistentRead=True
        ).get("Item")

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
        """Waits until every mail that SES has taken so far is in the inbox: the emulator delivers in the background, each by itself."""
        taken = int(self.aws("ses").get_send_quota()["SentLast24Hours"])
        deadline = time.monotonic() + 15
        while (arrived := self.inbox.last_number()) < taken:
            assert time.monotonic() < deadline, f"of {taken} mails {taken - arrived} did not arrive"
            time.sleep(0.02)

    def items(self, table: str = "SupportTable") -> list[dict[str, Any]]:
        """A whole table."""
        pages = self.aws("dynamodb").get_paginator("scan").paginate(TableName=self.facts[table], ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def logs(self, since: float = 0) -> list[str]:
        """The lines that the functions logged since a `time.time()`."""
        pages = self.aws("logs").get_paginator("filter_log_events").paginate(
            logGroupName=self.facts["resources"]["FunctionLogs"], startTime=int(since * 1000)
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


class Journey:
    """The process, a call for each step. Every call answers the API's answer; nothing is asserted unless it says so.

    `through_…` walks on to a stage from wherever the journey is, and does assert.
    """

    def __init__(self, stack: Stack, agent: Agent, customer: Customer, look_up: dict[str, Any]) -> None:
        self.stack, self.agent, self.customer = stack, agent, customer
        self.look_up = {"email": customer.email} | look_up
        self.id = ""
        self.agent_mail: Mail | None = None
        self.customer_mail: Mail | None = None
        self.session: Any = None

    @property
    def path(self) -> str:
        return f"/verifications/{self.id}"

    def _post(self, path: str, body: Any, **more: Any) -> Answer:
        return self.stack.api.post(path, body, **{"token": self.agent.token} | more)

    def start(self, **more: Any) -> Answer:
        answer = self._post("/verifications", self.look_up, **more)
        if answer.status == 201:
            self.id = answer.json["id"]
        return answer

    def send_to_agent(self, **more: Any) -> Answer:
        """Asks for the agent's code; the mail is then in `agent_mail`."""
        seen = self.stack.inbox.last_number()
        answer = self._post(f"{self.path}/mfa", {"to": "agent"}, **more)
        if answer.status == 202:
            self.agent_mail = self.stack.inbox.wait(self.agent.email, after=seen)
        return answer

    def enter_as_agent(self, code: str | None = None, **more: Any) -> Answer:
        """The agent enters his own code: the mailed one, or this."""
        return self._post(f"{self.path}/code", {"from": "agent", "code": code or self._mailed(self.agent_mail).code}, **more)

    def send_to_customer(self, ecosystem: str | None = None, **more: Any) -> Answer:
        """Asks for consent; the mail is then in `customer_mail`."""
        seen = self.stack.inbox.last_number()
        body = {"to": "customer", "ecosystem": ecosystem or self.customer.ecosystem}
        answer = self._post(f"{self.path}/mfa", body, **more)
        if answer.status == 202:
            self.customer_mail = self.stack.inbox.wait(self.customer.email, after=seen)
        return answer

    def view(self, token: str | None = None) -> Answer:
        return self.stack.api.post("/consent/view", {"token": token or self._mailed(self.customer_mail).token})

    def allow(self, code: str | None = None, token: str | None = None, ecosystem: str | None = None) -> Answer:
        """The customer enters his code on the consent page: the mailed one, or this."""
        mail = self._mailed(self.customer_mail)
        body = {"token": token or mail.token, "decision": "allow", "code": code or mail.code}
        return self.stack.api.post("/consent/answer", body | {"ecosystem": ecosystem or self.customer.ecosystem})

    def deny(self, token: str | None = None) -> Answer:
        body = {"token": token or self._mailed(self.customer_mail).token, "decision": "deny"}
        return self.stack.api.post("/consent/answer", body)

    def enter_for_customer(self, code: str | None = None, **more: Any) -> Answer:
        """The agent enters the code that the customer read out: the mailed one, or this."""
        body = {"from": "customer", "code": code or self._mailed(self.customer_mail).code}
        return self._post(f"{self.path}/code", body, **more)

    def issue(self, **more: Any) -> Answer:
        answer = self._post(f"{self.path}/session", {}, **more)
        if answer.status == 201:
            self.session = answer.json["session"]
        return answer

    def cancel(self, reason: str = "done", **more: Any) -> Answer:
        return self._post(f"{self.path}/cancel", {"reason": reason}, **more)

    def read(self, **more: Any) -> Answer:
        return self.stack.api.get(self.path, **{"token": self.agent.token} | more)

    def handoff(self, environment: str) -> str:
        """The secret of an environment's handoff."""
        (url,) = [handoff["url"] for handoff in self.session["handoffs"] if handoff["environment"] == environment]
        return url.partition("#handoff=")[2]

    def redeem(self, environment: str, handoff: str | None = None) -> Answer:
        body = {"handoff": handoff or self.handoff(environment), "environment": environment}
        return self.stack.api.post("/handoffs/redeem", body)

    def end(self, token: str | None = None) -> Answer:
        """The customer ends it, with the token from his mail."""
        return self.stack.api.post("/consent/end", {"token": token or self._mailed(self.customer_mail).token})

    @property
    def item(self) -> dict[str, Any]:
        """The verification as DynamoDB stores it."""
        item = self.stack.item(f"V#{self.id}")
        assert item is not None
        return item

    def record(self) -> dict[str, Any]:
        """The stored verification as plain values, its record checked: one chained step for every transition."""
        record = TypeDeserializer().deserialize({"M": self.item})
        previous = ""
        for seq, step in enumerate(record["steps"], 1):
            facts = [previous, self.id, seq, int(step["at"]), step["actor"], step["action"], step["detail"]]
            text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
            previous = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
            assert (step["seq"], step["hash"]) == (seq, previous), f"step {seq} does not follow: {record['steps']}"
        # A try to tell the customer is a write without a step, and there is none before it began or ended for him.
        if record["state"]["status"] not in ("in_session", "closed") and "support_grant" not in record:
            assert record["version"] == len(record["steps"]), record
        assert record["version"] >= len(record["steps"]), record
        return record

    def actions(self) -> list[str]:
        """The actions of the stored record, in their order, but for telling the customer: that comes when it comes."""
        return [step["action"] for step in self.record()["steps"] if step["action"] != "customer-told"]

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Changes the stored verification behind the functions' backs."""

        def also_the_version(record: dict[str, Any]) -> None:
            change(record)
            # A sweep that has read it before loses against this. Elsewhere a version is a step: see `record`.
            record["version"] += record["state"]["status"] in ("in_session", "closed")

        self.stack.edit_record(self.record, also_the_version)

    def age(self, seconds: int) -> None:
        """Lets so much time pass for this verification: every deadline of its state comes so much nearer."""
        self.edit(lambda record: record.update(state=_earlier(record["state"], seconds * 1000)))

    def through_start(self) -> Journey:
        self._done(self.start(), 201)
        return self

    def through_internal_validation(self) -> Journey:
        self.through_start()
        self._done(self.send_to_agent(), 202)
        self._done(self.enter_as_agent(), 200)
        return self

    def through_asking(self) -> Journey:
        self.through_internal_validation()
        self._done(self.send_to_customer(), 202)
        return self

    def through_consent(self) -> Journey:
        self.through_asking()
        if self.stack.facts["parameters"]["ConsentMode"] == "both":
            self._done(self.allow(), 200)
        self._done(self.enter_for_customer(), 200)
        return self

    def through_session(self) -> Journey:
        self.through_consent()
        self._done(self.issue(), 201)
        return self

    def _mailed(self, mail: Mail | None) -> Mail:
        assert mail is not None, "no code was sent yet"
        return mail

    def _done(self, answer: Answer, expected: int) -> None:
        assert answer.status == expected, f"{answer.status} where {expected} was expected: {answer.body.decode()}"


def _earlier(value: Any, millis: int) -> Any:
    """The value with every moment in it so much earlier."""
    match value:
        case dict():
            return {
                name: each - millis
                if name.endswith(("_at", "_until")) and each is not None
                else _earlier(each, millis)
                for name, each in value.items()
            }
        case list():
            return [_earlier(each, millis) for each in value]
    return value


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Makes the calls at the same moment, each in a thread of its own, and gives their answers in the same order."""
    barrier = threading.Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(one, calls))


def _free_ports() -> int:
    """The first of as many as a stack takes: above 10080, which browsers refuse, and below those that the system gives to whoever
    asks for any.
    """
    while True:
        settings = Settings(port=random.randrange(10_100, 32_000), state=Path())
        try:
            emulator.check_ports(settings)
            return settings.port
        except Failed:
            continue


@contextmanager
def running_stack(parameters: Callable[[Settings], dict[str, str]]) -> Iterator[Stack]:
    """A stack on a free port, with these parameters over the local ones. Gone at the end, however that comes.

    `parameters` is called when the emulator runs and nothing is deployed yet.
    """
    settings = Settings(port=0, state=Path(tempfile.mkdtemp(prefix="support-access-")).resolve())
    try:
        deployment.build(settings)
        # Building takes minutes, in which somebody else may take what was free.
        settings = replace(settings, port=_free_ports())
        emulator.start(settings, with_parent=True)
        deployment.deploy(settings, parameters(settings))
        yield Stack(settings)
    finally:
        emulator.stop(settings)
        shutil.rmtree(settings.state, ignore_errors=True)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack as the template's defaults make it."""
    if running := os.environ.get("STACK"):
        yield Stack(Settings.of_running(Path(running)))
        return
    with running_stack(lambda _: {}) as started:
        yield started


@pytest.fixture
def started_at() -> float:
    """When the test started, for `Stack.logs`."""
    return time.time()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a test that did not run is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
