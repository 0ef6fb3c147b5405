"""P24: bad input gets a clear problem, changes nothing, and leaves a line in the log that quotes none of it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from client import Answer, Api
from support.grants import Offer, offered
from support.journey import Journey
from support.patience import PATIENCE
from support.stack import Stack

# In everything that is sent here and is not as it should be. It turns up in no answer and in no log.
CANARY = f"canary{uuid.uuid4().hex[:12]}"
LONGEST = 8 * 1024


@dataclass(frozen=True)
class Route:
    """A route, where it is ready to take a good body."""

    path: str
    body: dict[str, Any]
    optional: frozenset[str] = frozenset()
    token: str | None = None


def start(stack: Stack, journey: Journey) -> Route:
    body = {"email": journey.customer.email, "module": "technical-assistance", "ticket": "WZ-1"}
    return Route("/verifications", body, frozenset({"module", "ticket"}), journey.agent.token)


def search(stack: Stack, journey: Journey) -> Route:
    body = {"status": "closed", "customer": journey.customer.email, "agent": journey.agent.sub, "limit": 5}
    return Route("/verifications/search", body, frozenset(body), journey.agent.token)


def on_path(journey: Journey, step: str, body: dict[str, Any]) -> Route:
    return Route(f"{journey.path}/{step}", body, token=journey.agent.token)


def send_to_agent(stack: Stack, journey: Journey) -> Route:
    return on_path(journey.through_start(), "mfa", {"to": "agent"})


def send_to_customer(stack: Stack, journey: Journey) -> Route:
    journey.through_internal_validation()
    return on_path(journey, "mfa", {"to": "customer", "ecosystem": journey.customer.ecosystem})


def agents_code(stack: Stack, journey: Journey) -> Route:
    assert journey.through_start().send_to_agent().status == 202
    assert journey.agent_mail
    return on_path(journey, "code", {"from": "agent", "code": journey.agent_mail.code})


def customers_code(stack: Stack, journey: Journey) -> Route:
    journey.through_asking()
    assert journey.customer_mail
    return on_path(journey, "code", {"from": "customer", "code": journey.customer_mail.code})


def session(stack: Stack, journey: Journey) -> Route:
    return on_path(journey.through_consent(), "session", {})


def finish(stack: Stack, journey: Journey) -> Route:
    return on_path(journey.through_internal_validation(), "finish", {})


def cancel(stack: Stack, journey: Journey) -> Route:
    return on_path(journey.through_start(), "cancel", {"reason": "done"})


def page(path: str) -> Callable[[Stack, Journey], Route]:
    def ready(stack: Stack, journey: Journey) -> Route:
        journey.through_asking()
        assert journey.customer_mail
        return Route(path, {"token": journey.customer_mail.token})

    return ready


def allow(stack: Stack, journey: Journey) -> Route:
    route = page("/consent/answer")(stack, journey)
    assert journey.customer_mail
    more = {"decision": "allow", "code": journey.customer_mail.code, "ecosystem": journey.customer.ecosystem}
    return Route(route.path, route.body | more)


def deny(stack: Stack, journey: Journey) -> Route:
    route = page("/consent/answer")(stack, journey)
    return Route(route.path, route.body | {"decision": "deny"})


def redeem(stack: Stack, journey: Journey) -> Route:
    journey.through_session()
    return Route("/handoffs/redeem", {"handoff": journey.handoff("web"), "environment": "web"})


def create_grant(stack: Stack, journey: Journey) -> Route:
    offer = Offer(stack, journey.customer)
    return Route("/support-grant", offer.body(), token=offer.token)


def redeem_grant(stack: Stack, journey: Journey) -> Route:
    return Route("/support-grant/redeem", offered(stack, customer=journey.customer).credentials, token=journey.agent.token)


ROUTES: dict[str, Callable[[Stack, Journey], Route]] = {
    "start": start,
    "search": search,
    "send to agent": send_to_agent,
    "send to customer": send_to_customer,
    "agent's code": agents_code,
    "customer's code": customers_code,
    "session": session,
    "finish": finish,
    "cancel": cancel,
    "view": page("/consent/view"),
    "allow": allow,
    "deny": deny,
    "end": page("/consent/end"),
    "redeem": redeem,
    "create grant": create_grant,
    "redeem grant": redeem_grant,
}

# Values that no field takes, whatever it is.
NO_VALUES: list[Any] = [None, True, False, -1, 1.5, 10**400, [], {}, [CANARY], {CANARY: CANARY}, [[[]]], "x" * 501]

# Values that a field of this name does not take, though others might.
NOT_THIS: dict[str, list[Any]] = {
    "email": [
        "", " ", "x", "@", "a@", "@b.example", "a@@b.example", "a@b@c.example", "a b@c.example", "a@b..example", "a@-b.example",
        ".a@b.example", "a.@b.example", "a..b@c.example", f"<{CANARY}@b.example>", f"{CANARY}@b.example,c@d.example",
        f"{CANARY}@b.example\r\nBcc: thief@example.com", f"{CANARY}@b.example\nBcc: thief@example.com", "á@b.example",
        "a@bücher.example", f'"{CANARY}"@b.example', f"{'a' * 65}@b.example", f"a@{'b' * 64}.example", f"a@{'b.' * 127}example",
        "USER#a@b.example/..", "a@b.example\0", 1,
    ],
    "module": ["", "technical-assistance\0", "Technical-Assistance", "ecosystem_admin", CANARY, 0],
    "ticket": ["", "  ", "x" * 65, f"{CANARY}\r\nBcc: thief@example.com", f"{CANARY}\nx", "WZ–1", "\x1b[2J", 1],
    "status": ["", "Closed", CANARY, 7],
    "customer": ["", "x", f"{CANARY}@", 1],
    "agent": ["", "x" * 129, 1],
    "cursor": ["", " ", "x", f"{CANARY}==", "..", "x" * 129, 1],
    "limit": [0, 101, 2**64, 10**40, -(2**63), "20", "", CANARY, 20.5],
    "to": ["", "Agent", "both", CANARY, 0],
    "ecosystem": ["", "x" * 129, 1],
    "from": ["", "Customer", "system", CANARY, 1],
    "code": ["", "12345", "1234567", "12345a", " 12345", "123456 ", "+12345", "1２3456", "１２３４５６", "123.56", CANARY, 123456, 0],
    "reason": ["", "   ", "\n\t ", f"{CANARY}\x1b[31m", f"{CANARY}\x85x", f"{CANARY}\x00", "x" * 501, "é" * 501, 1],
    "token": ["", "x" * 201, CANARY * 40, 1],
    "decision": ["", "Allow", "maybe", CANARY, 1],
    "handoff": ["", "x" * 201, CANARY * 40, 1],
    "environment": ["", "Web", "desktop", CANARY, 1],
    "duration_minutes": [0, 14, 2881, 60.5, "60", "", CANARY, 2**32 + 60, 2**64, -(2**31)],
    "allow_messages": ["true", "", 0, 1, CANARY],
    "allow_talks": ["false", "", 0, 1, CANARY],
    "user_name": ["", "x" * 65, CANARY * 40, 1],
    "password": ["", "x" * 65, CANARY * 40, 1],
    "security_code": ["", "12345", "1234567", "12345a", " 12345", "١٢٣٤٥٦", CANARY, 123456],
}  # fmt: skip


def raw_bodies(good: dict[str, Any]) -> Iterator[bytes]:
    """Bodies that are no JSON object of the route, whatever stands in them."""
    text = json.dumps(good)
    yield from (b"", b" ", b"\r\n", b"{", b"}", CANARY.encode(), f'"{CANARY}"'.encode(), b"null", b"true", b"1", b"[]")
    yield from (f"[{text}]".encode(), f"{text} {text}".encode(), f"{text},".encode(), f"{text}\0".encode())
    yield from (text.replace('"', "'").encode() if good else b"{'a': 1}", f"// {CANARY}\n{text}".encode())
    yield from (text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode(), b'{"\xff\xfe": 1}', b'{"' + CANARY.encode() + b'": "\xc3"}')
    yield from (b'{"a": NaN}', b'{"a": 1e999}', b'{"a": 0x1}', b'{"a": 01}', b'{"a": "\x01"}', b'{"a": "\\ud800"}', b'{"a": "\\x"}')
    yield from (b"[" * 4000, b'{"a":' * 1300, b"[" * 4000 + b"]" * 4000, b'{"a":' * 1000 + b"1" + b"}" * 1000)
    yield text.encode() + b" " * (LONGEST + 1 - len(text.encode()))
    yield json.dumps(good | {"more": CANARY * 1000}).encode()
    # A name given twice: with the same value, with another, with one that is none.
    for name, value in good.items():
        for twin in (value, CANARY, None):
            yield (text[:-1] + f", {json.dumps(name)}: {json.dumps(twin)}}}").encode()
    # Names that are not the route's.
    for name in (CANARY, "__proto__", "constructor", "", "Email", " email", "id", "agent_id", "status ", "request_id"):
        yield json.dumps(good | {name: CANARY}).encode()


def bad_bodies(route: Route) -> Iterator[bytes]:
    yield from raw_bodies(route.body)
    for name in route.body:
        if name not in route.optional:
            yield json.dumps({other: value for other, value in route.body.items() if other != name}).encode()
        if isinstance(route.body[name], str):
            yield json.dumps(route.body | {name: [route.body[name]]}).encode()
        for value in NO_VALUES + NOT_THIS[name]:
            if not (isinstance(value, bool) and isinstance(route.body[name], bool)):
                yield json.dumps(route.body | {name: value}).encode()
    if "search" in route.path:
        for value in NO_VALUES + NOT_THIS["cursor"]:
            yield json.dumps(route.body | {"cursor": value}).encode()


def belongs_elsewhere(route: Route) -> Iterator[bytes]:
    """Fields that the other form of the same body has."""
    if route.body.get("to") == "agent":
        yield json.dumps(route.body | {"ecosystem": "eco-1"}).encode()
    if route.body.get("decision") == "deny":
        yield json.dumps(route.body | {"code": "123456"}).encode()
        yield json.dumps(route.body | {"ecosystem": "eco-1"}).encode()


def is_clear(answer: Answer, sent: bytes) -> None:
    what = f"{sent[:200]!r}: {answer.status} {answer.body[:300].decode()}"
    assert answer.status == 400, what
    assert answer.json["type"] == "/problems/invalid-request", what
    assert answer.json["errors"], what
    assert CANARY not in answer.body.decode(), what


def lines(stack: Stack, since: float, wanted: int) -> list[dict[str, Any]]:
    """What the functions logged of requests, once it has so many lines."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [json.loads(line) for line in stack.logs(since) if line.startswith("{")]
        requests = [line for line in found if line.get("message") == "request"]
        if len(requests) >= wanted or time.monotonic() > deadline:
            return requests
        time.sleep(0.2)


@pytest.mark.parametrize("name", ROUTES)
def test_bad_input_gets_a_clear_problem_and_changes_nothing(stack: Stack, name: str) -> None:  # P24
    journey = stack.journey()
    route = ROUTES[name](stack, journey)
    before = journey.item if journey.id else None
    counted = quotas(stack, journey)
    since, ids = time.time(), []
    for sent in (*bad_bodies(route), *belongs_elsewhere(route)):
        answer = stack.api.post(route.path, raw=sent, token=route.token)
        is_clear(answer, sent)
        ids.append(answer.json["request_id"])

    assert len(ids) > 40
    if before is None:
        assert stack.api.post("/verifications/search", {}, token=journey.agent.token).json["items"] == []
    else:
        assert journey.item == before
    assert quotas(stack, journey) == counted

    # One line for each, which says how it ended, and nothing of what was sent.
    logged = {line["request_id"]: line for line in lines(stack, since, len(ids))}
    for request_id in ids:
        assert (logged[request_id]["outcome"], logged[request_id]["status"]) == ("invalid-request", 400)
    assert CANARY not in json.dumps(stack.logs(since))

    # The same route takes what is good.
    assert stack.api.post(route.path, route.body, token=route.token).status in (200, 201, 202)


def quotas(stack: Stack, journey: Journey) -> list[dict[str, Any]]:
    """What has been counted against this agent and this customer, and the customer's grant."""
    items = stack.items()
    grants = [item for item in items if item["pk"]["S"].startswith("S#") and item["customer"]["M"]["user_id"]["S"] == journey.customer.sub]
    people = (journey.agent.sub, journey.customer.sub)
    return grants + [item for item in items if item["pk"]["S"].startswith("B#") and any(who in item["pk"]["S"] for who in people)]


def test_a_body_of_eight_kib_is_taken_and_one_byte_more_is_not(stack: Stack) -> None:  # P24
    agent = stack.new_agent()
    for size, status in ((LONGEST, 200), (LONGEST + 1, 400)):
        answer = stack.api.post("/verifications/search", raw=b"{" + b" " * (size - 2) + b"}", token=agent.token)
        assert answer.status == status, size


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "text/plain", "application/octet-stream", "image/png", "multipart/form-data"]
)
def test_a_body_is_what_it_is_and_not_what_it_is_called(stack: Stack, content_type: str) -> None:  # P24
    """API Gateway hands over in base64 what is not called text."""
    agent = stack.new_agent()
    asked = {"raw": b'{"limit": 1}', "headers": {"Content-Type": content_type}, "token": agent.token}
    assert stack.api.post("/verifications/search", **asked).status == 200
    is_clear(stack.api.post("/verifications/search", **asked | {"raw": b"\xff\xfe"}), b"\xff\xfe")


ODD_IDS = [
    "x", "A" * 21, "A" * 23, "A" * 2000, "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAA+", "%00AAAAAAAAAAAAAAAAAAAAA", "V%23AAAAAAAAAAAAAAAAAAAA",
    "%2e%2e%2f%2e%2e%2fsearch%3f%23aa", "AAAAAAAAAAAAAAAAAAAA%0d%0a", "%C3%A9AAAAAAAAAAAAAAAAAAAAA",
    "'%20OR%20'1'%3d'1'%20--%20aa", "null", "undefined", "{id}", "-",
]  # fmt: skip


def test_an_id_that_is_none_is_nobodys_on_every_route(stack: Stack) -> None:  # P24
    """Of some the emulator says so itself: an encoded slash makes another path there."""
    agent, api = stack.new_agent(), Api(stack.facts)
    calls = [("GET", "", None), ("POST", "/mfa", {"to": "agent"}), ("POST", "/code", {"from": "agent", "code": "123456"})]
    calls += [("POST", "/session", {}), ("POST", "/finish", {}), ("POST", "/cancel", {"reason": "x"})]
    calls += [("GET", "/activity", None), ("GET", "/activity/x", None)]
    for odd in ODD_IDS:
        for method, step, body in calls:
            answer = api.call(method, f"/verifications/{odd}{step}", body, token=agent.token)
            assert answer.status == 404, f"{method} {odd}{step}: {answer.status} {answer.body.decode()}"


@pytest.mark.parametrize("raw", [b"", b"{}", b"null", b"[]", b"\xff", b"{" * 5000, json.dumps({CANARY: CANARY}).encode()])
def test_a_body_where_there_is_none_is_nobodys_business(stack: Stack, raw: bytes) -> None:  # P24
    """Reading, regenerating and revoking take none."""
    offer, since = offered(stack), time.time()
    for method, path, status in (("GET", "", 200), ("GET", "/options", 200), ("POST", "/regenerate", 200), ("DELETE", "", 204)):
        assert stack.api.call(method, f"/support-grant{path}", raw=raw, token=offer.token).status == status, (method, path)
    assert CANARY not in json.dumps(stack.logs(since))


def test_odd_headers_and_queries_stop_nobody(stack: Stack) -> None:  # P24
    agent = stack.new_agent()
    odd = {"X-Odd": "\x80\xff", "X-Empty": "", "X-Long": "x" * 4000, "Cookie": "a=\x80; b", "Accept": "text/html"}
    for path in ("/verifications/search?a=%ff&a=b&[=]", "/verifications/search?" + "x" * 2000):
        assert stack.api.post(path, {}, token=agent.token, headers=odd).status == 200


# --- names that would like to be more ---


HOSTILE = f'Eve\r\nBcc: thief@example.com\r\n\r\n<script>alert(1)</script> "Ümlaut" {{{{7*7}}}} %s \u202e {CANARY}'


def swept(stack: Stack) -> None:
    """What the minute brings: the emails that are owed."""
    function = stack.functions()["CloseVerificationFunction"]
    stack.aws("lambda").invoke(FunctionName=function, Payload=b'{"source": "aws.events"}')


def test_hostile_names_and_reasons_stay_what_they_are_in_mails_and_answers(stack: Stack) -> None:  # P24
    agent = stack.new_agent(name=HOSTILE)
    customer = stack.new_customer(name=HOSTILE)
    customer.record.ecosystems[0]["name"] = HOSTILE
    stack.people.put_in_directory(customer.record, customer.sub)
    seen = stack.inbox.last_number()
    journey = stack.journey(agent, customer, ticket="b-amp.u0000").through_session()
    reason = "It was\r\nBcc: thief@example.com\r\n\r\n<script>alert(2)</script>"
    stack.delivered()
    told = stack.inbox.last_number()
    cancelled = journey.cancel(reason)
    assert cancelled.status == 200
    assert cancelled.json["reason"] == reason
    assert cancelled.json["agent"]["name"] == HOSTILE
    assert cancelled.json["customer"]["name"] == HOSTILE
    assert journey.read().json["customer"]["ecosystems"][0]["name"] == HOSTILE

    swept(stack)
    stack.inbox.wait(customer.email, after=told)
    mails = stack.inbox.mails(after=seen)
    assert [mail for mail in mails if "thief" in mail.to] == []
    ours = [mail for mail in mails if mail.to in (agent.email, customer.email)]
    assert len(ours) >= 4, "the agent's code, the customer's, the start, the end"
    for mail in ours:
        assert mail.message.get_all("To") == [mail.to]
        for header in ("Bcc", "Cc", "Reply-To"):
            assert mail.message[header] is None
        assert "\n" not in mail.subject
        assert "<script" not in mail.html
