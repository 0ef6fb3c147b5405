"""One whole session on a stack, each run of a function in a process of this bench, with all that it says to AWS counted.

The people are real, the emails too: what a page or an environment sends is sent here as API Gateway passes it on.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from capacity import Consumed, Meter, size
from prices import LOG_LINE_BYTES

from support.hosted import Hosted, http_event
from support.mints import crashed_mint, pre_token_event, verify_event
from support.people import Agent
from support.stack import Stack
from support.sweep import SWEEP, let_pass
from support.template import resources

TRIGGERS = "CustomerTriggersFunction"
# A line of the access log, with values as long as AWS writes them.
ACCESS_LOG = {
    "requestId": "KZJ8uhYeIAMEJ4A=",
    "identity.sourceIp": "203.0.113.123",
    "routeKey": "POST /verifications/{id}/session",
    "status": "200",
    "authorizer.claims.sub": "5f0c6c0e-6f0f-4c7c-9a53-0f7d2f9b8a11",
    "responseLatency": "25",
    "integrationLatency": "22",
    "authorizer.error": "-",
    "integrationErrorMessage": "-",
}
# What HTTP adds to the body of an answer, and TLS and TCP to that.
ANSWER_OVERHEAD = 400


@dataclass
class Run:
    """One run of a function, and what it cost."""

    what: str
    consumed: Consumed
    # The operations, in the order in which they were made; those made side by side in one list.
    rounds: list[list[str]]
    log_bytes: int
    answer_bytes: int = 0

    @property
    def calls(self) -> list[str]:
        return [call for together in self.rounds for call in together]


@dataclass
class Counted:
    """The runs of one session. `reads` has a poll of each state, by what reads it and the state."""

    acts: list[Run] = field(default_factory=list)
    reads: dict[tuple[str, str], Run] = field(default_factory=dict)
    opened: int = 0
    introspection: Run | None = None
    trigger_runs: int = 0
    trigger_log_bytes: int = 0
    triggers: list[Run] = field(default_factory=list)
    sweep: Run | None = None
    idle_sweep: Run | None = None
    stored_bytes: int = 0


class Counting:
    """`run` has a function of the stack handle an event. The processes stay, as Lambda's do."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self._functions, self._open = stack, ExitStack(), dict[str, Hosted]()

    def __enter__(self) -> Counting:  # noqa: PYI034 - Self is younger than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self._functions.close()

    def run(self, what: str, function: str, event: dict[str, Any], *, quiet: bool = False) -> tuple[Any, Run]:
        """`quiet`: it leaves no line in the log."""
        if function not in self._open:
            self._open[function] = self._functions.enter_context(Hosted(self.stack, function))
        hosted, meter = self._open[function], Meter(self.stack)
        hosted.before, hosted.after = meter.before, meter.after
        lines, calls = len(hosted.lines), len(hosted.calls)
        answer = hosted.invoke(event)
        rounds = _rounds([call.operation for call in hosted.calls[calls:]], hosted.under_way[2 * calls :])
        if not quiet:
            _until(lambda: len(hosted.lines) > lines)
        log_bytes = sum(len(line.encode()) + LOG_LINE_BYTES for line in hosted.lines[lines:])
        body = answer.get("body", "") if isinstance(answer, dict) else ""
        if isinstance(answer, dict) and "statusCode" in answer:
            assert answer["statusCode"] < 300, (what, answer)
            answer = json.loads(body or "null")
        run = Run(what, meter.consumed, rounds, log_bytes, len(body.encode()) + ANSWER_OVERHEAD)
        return answer, run


def _until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _rounds(operations: list[str], under_way: list[tuple[float, int]]) -> list[list[str]]:
    """The operations, those together that were under way at the same time."""
    rounds: list[list[str]] = []
    waiting, left = 0, iter(operations)
    for _, change in sorted(under_way):
        if change == 1:
            if waiting == 0:
                rounds.append([])
            rounds[-1].append(next(left))
        waiting += change
    return rounds


def access_log_bytes() -> int:
    """Bytes of a line of the access log, by the template's format."""
    line = resources()["Api"]["Properties"]["AccessLogSettings"]["Format"]
    return len(re.sub(r"\$context\.([\w.]+)", lambda name: ACCESS_LOG[name[1]], line)) + LOG_LINE_BYTES


def whole_session(stack: Stack) -> Counted:
    """From the look-up to the email with the receipt: four environments are opened, and nobody cancels."""
    counted, journey = Counted(), stack.journey(ticket="WZ-1042")
    agent, customer = journey.agent, journey.customer
    with Counting(stack) as counting:

        def act(what: str, function: str, body: Any, by: Agent | None = agent, **path: str) -> Any:
            answer, run = counting.run(what, f"{function}Function", http_event(what, body, by, **path))
            counted.acts.append(run)
            return answer

        def look(state: str, page: str | None = None) -> None:
            for fresh in (True, False):
                asked = "fresh" if fresh else "poll"
                if page is None:
                    event = http_event("GET /verifications/{id}", None, agent, id=journey.id)
                    event |= {} if fresh else {"queryStringParameters": {"fresh": "false"}}
                    counted.reads["console", state, asked] = counting.run(
                        "GET /verifications/{id}", "ActivityFunction", event, quiet=not fresh
                    )[1]
                else:
                    event = http_event("POST /consent/view", {"token": page, "fresh": fresh})
                    counted.reads["page", state, asked] = counting.run(
                        "POST /consent/view", "CustomerConsentFunction", event, quiet=not fresh
                    )[1]

        counted.idle_sweep = counting.run("sweep", SWEEP, {})[1]
        journey.id = act("POST /verifications", "StartVerification", journey.look_up)["id"]
        look("started")
        seen = stack.inbox.last_number()
        act("POST /verifications/{id}/mfa", "SendMfa", {"to": "agent"}, id=journey.id)
        look("agent_challenged")
        code = stack.inbox.wait(agent.email, after=seen).code
        act("POST /verifications/{id}/code", "VerifyCode", {"from": "agent", "code": code}, id=journey.id)
        look("agent_verified")
        seen = stack.inbox.last_number()
        asking = {"to": "customer", "ecosystem": customer.ecosystem}
        act("POST /verifications/{id}/mfa", "SendMfa", asking, id=journey.id)
        mail = stack.inbox.wait(customer.email, after=seen)
        act("POST /consent/view", "CustomerConsent", {"token": mail.token}, None)
        look("awaiting_consent")
        look("request", mail.token)
        allowing = {"token": mail.token, "decision": "allow", "code": mail.code, "ecosystem": customer.ecosystem}
        act("POST /consent/answer", "CustomerConsent", allowing, None)
        look("entered", mail.token)
        act("POST /verifications/{id}/code", "VerifyCode", {"from": "customer", "code": mail.code}, id=journey.id)
        look("consented")
        look("consented", mail.token)
        seen, began = stack.inbox.last_number(), time.time()
        issued = act("POST /verifications/{id}/session", "IssueSession", {}, id=journey.id)
        triggers = [line for line in stack.logs(began) if '"trigger"' in line]
        counted.trigger_runs = len(triggers)
        counted.trigger_log_bytes = sum(len(line.encode()) + LOG_LINE_BYTES for line in triggers)
        token = ""
        for handoff in issued["session"]["handoffs"]:
            body = {"handoff": handoff["url"].partition("#handoff=")[2], "environment": handoff["environment"]}
            token = act("POST /handoffs/redeem", "RedeemHandoff", body, None)["access_token"]
            counted.opened += 1
        event = http_event("POST /introspect", None) | {"body": f"token={token}"}
        counted.introspection = counting.run("POST /introspect", "IntrospectSessionFunction", event)[1]
        look("in_session")
        look("session", stack.inbox.wait(customer.email, after=seen).token)
        let_pass(journey, 301)
        counted.sweep = counting.run("sweep", SWEEP, {})[1]
        look("closed")
        counted.stored_bytes = size(journey.item)
        mint = crashed_mint(stack)
        answered = verify_event(mint)
        counted.triggers.append(counting.run("the answer to a mint's challenge", TRIGGERS, answered)[1])
        counted.triggers.append(counting.run("the claims of a mint's tokens", TRIGGERS, pre_token_event(mint))[1])
    return counted
