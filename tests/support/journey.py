"""The process from look-up to close, a call for each step."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from client import Answer, Mail
from deployed import plain, steps
from support.people import Agent, Customer

if TYPE_CHECKING:
    from support.stack import Stack


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
        """Asks for the agent's code; the email is then in `agent_mail`."""
        seen = self.stack.inbox.last_number()
        answer = self._post(f"{self.path}/mfa", {"to": "agent"}, **more)
        if answer.status == 202:
            self.agent_mail = self.stack.inbox.wait(self.agent.email, after=seen)
        return answer

    def enter_as_agent(self, code: str | None = None, **more: Any) -> Answer:
        """The agent enters their own code: the emailed one, or this."""
        return self._post(f"{self.path}/code", {"from": "agent", "code": code or self._mailed(self.agent_mail).code}, **more)

    def send_to_customer(self, ecosystem: str | None = None, access: str | None = None, **more: Any) -> Answer:
        """Asks for consent; the email is then in `customer_mail`. Without `access`, the API chooses."""
        seen = self.stack.inbox.last_number()
        body = {"to": "customer", "ecosystem": ecosystem or self.customer.ecosystem}
        if access is not None:
            body["access"] = access
        answer = self._post(f"{self.path}/mfa", body, **more)
        if answer.status == 202:
            self.customer_mail = self.stack.inbox.wait(self.customer.email, after=seen)
        return answer

    def view(self, token: str | None = None) -> Answer:
        return self.stack.api.post("/consent/view", {"token": token or self._mailed(self.customer_mail).token})

    def allow(self, code: str | None = None, token: str | None = None, ecosystem: str | None = None, access: str | None = None) -> Answer:
        """The customer enters their code on the consent page: the emailed one, or this. Without `access`, they allow what was asked."""
        mail = self._mailed(self.customer_mail)
        body = {"token": token or mail.token, "decision": "allow", "code": code or mail.code}
        if access is not None:
            body["access"] = access
        return self.stack.api.post("/consent/answer", body | {"ecosystem": ecosystem or self.customer.ecosystem})

    def deny(self, token: str | None = None) -> Answer:
        body = {"token": token or self._mailed(self.customer_mail).token, "decision": "deny"}
        return self.stack.api.post("/consent/answer", body)

    def enter_for_customer(self, code: str | None = None, **more: Any) -> Answer:
        """The agent enters the code that the customer read out: the emailed one, or this."""
        body = {"from": "customer", "code": code or self._mailed(self.customer_mail).code}
        return self._post(f"{self.path}/code", body, **more)

    def issue(self, **more: Any) -> Answer:
        answer = self._post(f"{self.path}/session", {}, **more)
        if answer.status == 201:
            self.session = answer.json["session"]
        return answer

    def finish(self, **more: Any) -> Answer:
        return self._post(f"{self.path}/finish", {}, **more)

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
        """The customer ends it, with the token from their email."""
        return self.stack.api.post("/consent/end", {"token": token or self._mailed(self.customer_mail).token})

    @property
    def item(self) -> dict[str, Any]:
        """The verification as DynamoDB stores it."""
        item = self.stack.item(f"V#{self.id}")
        assert item is not None
        return item

    def record(self) -> dict[str, Any]:
        """The stored verification as plain values, its record checked: one chained step for every transition."""
        record = plain(self.item)
        record["steps"] = steps(record)
        previous = ""
        for seq, step in enumerate(record["steps"], 1):
            facts = [previous, self.id, seq, int(step["at"]), step["actor"], step["action"], step["detail"]]
            text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=int)
            previous = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
            assert (step["seq"], step["hash"]) == (seq, previous), f"step {seq} does not follow: {record['steps']}"
        # A try to notify the customer is a write without a step, and there is none before anything began or ended for them.
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

        self.stack.edit_record(lambda: plain(self.item), also_the_version)

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
                name: each - millis if name.endswith(("_at", "_until")) and each is not None else _earlier(each, millis)
                for name, each in value.items()
            }
        case list():
            return [_earlier(each, millis) for each in value]
    return value
