"""Where a verification is decides what may be done with it: by each call, by each caller, and by the clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from client import Answer, decode
from conftest import NOWHERE, Agent, Journey, Stack

IDLE_SECONDS, SESSION_SECONDS, COOL_DOWN, LEASE_SECONDS, GRANT_SECONDS = 900, 300, 30, 45, 30
SECRET = "A" * 43


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# P10: every state, every call.


def started(journey: Journey) -> None:
    journey.through_start()


def agent_challenged(journey: Journey) -> None:
    journey.through_start()
    assert journey.send_to_agent().status == 202
    journey.age(COOL_DOWN)


def agent_verified(journey: Journey) -> None:
    journey.through_internal_validation()


def awaiting_consent(journey: Journey) -> None:
    journey.through_asking()
    journey.age(COOL_DOWN)


def agent_entered(journey: Journey) -> None:
    awaiting_consent(journey)
    assert journey.enter_for_customer().status == 200


def customer_entered(journey: Journey) -> None:
    awaiting_consent(journey)
    assert journey.allow().status == 200


def consented(journey: Journey) -> None:
    journey.through_consent()


def minting(journey: Journey) -> None:
    """A mint under way, as the function that began it left it."""
    journey.through_consent()

    def begin(record: dict[str, Any]) -> None:
        lease = int(time.time() * 1000) + LEASE_SECONDS * 1000
        record["state"] |= {"status": "minting", "lease_until": lease}
        record["state"]["consent"]["mints"] = 1

    journey.edit(begin)


def in_session(journey: Journey) -> None:
    journey.through_session()


def cancelled(journey: Journey) -> None:
    journey.through_session()
    assert journey.cancel("first").status == 200
    settle(journey)


def denied(journey: Journey) -> None:
    journey.through_asking()
    assert journey.deny().status == 200
    settle(journey)


def ended(journey: Journey) -> None:
    journey.through_session()
    assert journey.end().status == 200
    settle(journey)


def locked(journey: Journey) -> None:
    journey.through_asking()
    assert journey.customer_mail is not None
    for _ in range(5):
        journey.enter_for_customer(wrong(journey.customer_mail.code))
    settle(journey)


def expired(journey: Journey) -> None:
    journey.through_asking()
    journey.age(IDLE_SECONDS)
    settle(journey)


def completed(journey: Journey) -> None:
    journey.through_session()
    journey.age(SESSION_SECONDS)
    settle(journey)


def settle(journey: Journey) -> None:
    """Keeps the sweep away, which closes what is over and tells the customer: here every write is the call's."""

    def forget(record: dict[str, Any]) -> None:
        record["notice"] = None
        record.pop("due", None)
        record.pop("due_at", None)

    journey.edit(forget)


def code_of(journey: Journey, party: str) -> str:
    mail = journey.agent_mail if party == "agent" else journey.customer_mail
    return "000000" if mail is None else mail.code


def token_of(journey: Journey) -> str:
    return f"{journey.id}.{SECRET}" if journey.customer_mail is None else journey.customer_mail.token


CALLS: dict[str, Callable[[Journey], Answer]] = {
    "read": lambda j: j.read(),
    "send to agent": lambda j: j.stack.api.post(f"{j.path}/mfa", {"to": "agent"}, token=j.agent.token),
    "right code of agent": lambda j: j.enter_as_agent(code_of(j, "agent")),
    "wrong code of agent": lambda j: j.enter_as_agent(wrong(code_of(j, "agent"))),
    "send to customer": lambda j: j.stack.api.post(
        f"{j.path}/mfa", {"to": "customer", "ecosystem": j.customer.ecosystem}, token=j.agent.token
    ),
    "view": lambda j: j.view(token_of(j)),
    "right code on page": lambda j: answer_on_page(j, code_of(j, "customer")),
    "wrong code on page": lambda j: answer_on_page(j, wrong(code_of(j, "customer"))),
    "right code of customer": lambda j: j.enter_for_customer(code_of(j, "customer")),
    "wrong code of customer": lambda j: j.enter_for_customer(wrong(code_of(j, "customer"))),
    "issue": lambda j: j.stack.api.post(f"{j.path}/session", {}, token=j.agent.token),
    "redeem": lambda j: j.redeem("web", f"{j.id}.{SECRET}" if j.session is None else None),
    "cancel": lambda j: j.cancel("second"),
    "deny": lambda j: j.deny(token_of(j)),
    "end": lambda j: j.end(token_of(j)),
}


def answer_on_page(journey: Journey, code: str) -> Answer:
    body = {"token": token_of(journey), "decision": "allow", "code": code, "ecosystem": journey.customer.ecosystem}
    return journey.stack.api.post("/consent/answer", body)


# What a call comes to: its status, where the verification is then, and the step it made.
Outcome = tuple[int, str, str]

STOPS: dict[str, Outcome] = {"deny": (200, "closed", "denied"), "end": (200, "closed", "denied")}
CANCELS: dict[str, Outcome] = {"cancel": (200, "closed", "cancelled")}
LOOKS: dict[str, Outcome] = {"view": (200, "", "")}

# Each state with the calls that are its turn. Every other one is refused and leaves no trace.
TURNS: dict[Callable[[Journey], None], dict[str, Outcome]] = {
    started: CANCELS | {"send to agent": (202, "agent_challenged", "agent-code-sent")},
    agent_challenged: CANCELS
    | {
        "send to agent": (202, "agent_challenged", "agent-code-sent"),
        "right code of agent": (200, "agent_verified", "agent-verified"),
        "wrong code of agent": (422, "agent_challenged", "agent-code-refused"),
    },
    agent_verified: CANCELS | {"send to customer": (202, "awaiting_consent", "consent-asked")},
    awaiting_consent: CANCELS
    | STOPS
    | LOOKS
    | {
        "send to customer": (202, "awaiting_consent", "consent-asked"),
        "right code on page": (200, "awaiting_consent", "consent-entered"),
        "wrong code on page": (422, "awaiting_consent", "consent-code-refused"),
        "right code of customer": (200, "awaiting_consent", "consent-entered"),
        "wrong code of customer": (422, "awaiting_consent", "consent-code-refused"),
    },
    agent_entered: CANCELS
    | STOPS
    | LOOKS
    | {
        "send to customer": (202, "awaiting_consent", "consent-asked"),
        "right code on page": (200, "consented", "consented"),
        "wrong code on page": (422, "awaiting_consent", "consent-code-refused"),
    },
    customer_entered: CANCELS
    | STOPS
    | LOOKS
    | {
        "send to customer": (202, "awaiting_consent", "consent-asked"),
        "right code of customer": (200, "consented", "consented"),
        "wrong code of customer": (422, "awaiting_consent", "consent-code-refused"),
    },
    consented: CANCELS | STOPS | LOOKS | {"issue": (201, "in_session", "mint-started")},
    minting: CANCELS | STOPS | LOOKS,
    in_session: CANCELS
    | LOOKS
    | {
        "deny": (200, "closed", "ended"),
        "end": (200, "closed", "ended"),
        "redeem": (200, "in_session", "handoff-redeemed"),
    },
    cancelled: {"cancel": (200, "", "")},
    denied: {},
    ended: {},
    locked: {},
    expired: {},
    completed: {},
}
PAGE = {"view", "right code on page", "wrong code on page", "deny", "end"}
# These have a page that is open.
PAGE_IS_OPEN = {awaiting_consent, agent_entered, customer_entered, consented, minting, in_session}


def refusal(state: Callable[[Journey], None], call: str) -> tuple[int, str]:
    """How a call that is not this state's turn is refused."""
    if call == "redeem":
        return 410, "/problems/handoff-refused"
    if call in PAGE and state not in PAGE_IS_OPEN and not (state is locked and "code" in call):
        return 410, "/problems/consent-refused"
    return 409, "/problems/wrong-step"


@pytest.mark.parametrize("state", TURNS, ids=lambda state: state.__name__)
def test_no_call_does_what_is_not_its_turn(stack: Stack, state: Callable[[Journey], None]) -> None:  # P10
    journey = stack.journey()
    state(journey)
    item = journey.item
    before = journey.record()
    shown = journey.read().json
    for name, call in CALLS.items():
        stack.put_item(item)
        answer = call(journey)
        status, then, action = TURNS[state].get(name, (0, "", ""))
        if name == "read" or (status and not action):
            assert answer.status == 200, name
            assert journey.item == item, f"{name} left a trace"
        elif status:
            assert answer.status == status, (name, answer.body)
            after = journey.record()
            steps = [step["action"] for step in after["steps"]]
            known = len(before["steps"])
            assert after["steps"][:known] == before["steps"], name
            assert steps[known] == action, name
            # P11: one step for one transition. A session that starts has its own, and telling the customer comes with it.
            rest = {"issue": {"session-started", "customer-told"}}.get(name, {"customer-told"})
            assert set(steps[known + 1 :]) <= rest, name
            assert after["state"]["status"] == then, name
        else:
            assert (answer.status, answer.json["type"]) == refusal(state, name), (name, answer.body)
            assert answer.json.get("verification_status", shown["status"]) == shown["status"], name
            assert journey.item == item, f"{name} left a trace"


def test_what_is_closed_stays_as_it_closed(stack: Stack) -> None:  # P10
    for state in (cancelled, denied, ended, locked, expired, completed):
        journey = stack.journey()
        state(journey)
        read = journey.read().json
        assert (read["status"], read["outcome"]) == ("closed", state.__name__)
        assert read["expires_at"] is None
        assert read["reason"] == ("first" if state is cancelled else None)
        assert (read["session"] is not None) == (state in (cancelled, ended, completed))


# The functions behind the agent's calls and the environments'; the page's have one of their own.
PATHS = {name: f"{NOWHERE}/mfa" for name in ("send to agent", "send to customer")}
PATHS |= {f"{kind} code of {party}": f"{NOWHERE}/code" for kind in ("right", "wrong") for party in ("agent", "customer")}
PATHS |= {"issue": f"{NOWHERE}/session", "cancel": f"{NOWHERE}/cancel", "redeem": "/handoffs/redeem"}


@pytest.mark.parametrize("state", [agent_challenged, awaiting_consent, consented, in_session], ids=lambda state: state.__name__)
def test_version_and_steps_agree_after_a_race_of_everything(stack: Stack, state: Callable[[Journey], None]) -> None:  # P11
    journey = stack.journey()
    state(journey)
    before = journey.actions()
    names = [name for name in TURNS[state] if name != "view"] * 4
    paths = {PATHS.get(name, "/consent/answer") for name in names}
    answers = list(zip(names, stack.crowd([lambda name=name: CALLS[name](journey) for name in names], *paths)))
    actions = journey.actions()
    assert actions[: len(before)] == before
    moved = [action for action in actions[len(before) :] if not action.startswith(("mint-", "session-"))]
    # Whoever was told that he did something is in the record, once. Of cancels each is told, and one is made.
    told = [name for name, answer in answers if answer.status in (200, 202, 422) and name != "cancel"]
    if not any(answer.status == 503 for _, answer in answers):
        assert len(told) + ("cancelled" in moved) == len(moved), (told, moved)
    # It closed, once, and nothing moved after.
    endings = [action for action in moved if action in ("cancelled", "denied", "ended", "locked")]
    assert endings == moved[-1:], moved
    assert journey.record()["state"]["status"] == "closed"


# P29 and cancelling.


@pytest.mark.parametrize("reason", ["", " ", "\t\n ", "x" * 501, "a\u0000b", "\u001b[31m", "\u200b\u2060", "\u3164", None, 5, ["x"], {"x": 1}, True])
def test_a_cancel_without_a_proper_reason_is_refused(stack: Stack, reason: Any) -> None:  # P29
    journey = stack.journey().through_start()
    before = journey.item
    answer = stack.api.post(f"{journey.path}/cancel", {"reason": reason}, token=journey.agent.token)
    assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request")
    assert journey.item == before


def test_a_cancel_that_names_no_reason_is_refused(stack: Stack) -> None:  # P29
    journey = stack.journey().through_start()
    before = journey.item
    for body in ({}, {"reasons": "x"}, {"reason": "x", "more": "y"}):
        assert stack.api.post(f"{journey.path}/cancel", body, token=journey.agent.token).status == 400
    assert journey.item == before


@pytest.mark.parametrize("reason", ["x", "x" * 500, "ñ€" * 250, "two\nlines"])
def test_a_reason_of_up_to_five_hundred_characters_is_kept_without_the_white_space_around_it(stack: Stack, reason: str) -> None:  # P29
    journey = stack.journey().through_start()
    answer = journey.cancel(f" \t{reason}\n ")
    assert (answer.status, answer.json["reason"]) == (200, reason)


def test_cancelling_twice_keeps_the_first_reason(stack: Stack) -> None:
    journey = stack.journey().through_asking()
    assert journey.cancel("first").json["reason"] == "first"
    again = journey.cancel("second")
    assert (again.status, again.json["reason"]) == (200, "first")
    assert journey.actions().count("cancelled") == 1


def test_of_cancels_at_the_same_time_one_is_kept(stack: Stack) -> None:
    journey = stack.journey().through_asking()
    answers = stack.crowd([lambda n=n: journey.cancel(f"reason {n}") for n in range(20)], f"{NOWHERE}/cancel")
    assert {answer.status for answer in answers} <= {200, 409}
    assert len({answer.json["reason"] for answer in answers if answer.status == 200}) == 1
    assert journey.actions().count("cancelled") == 1


# P5: the clock, whether or not TTL has removed anything.


@pytest.mark.parametrize("state", [started, agent_challenged, agent_verified, awaiting_consent, customer_entered, consented])
def test_fifteen_minutes_without_an_act_close_it(stack: Stack, state: Callable[[Journey], None]) -> None:  # P5
    journey = stack.journey()
    state(journey)
    spent = COOL_DOWN if state in (agent_challenged, awaiting_consent, customer_entered) else 0
    journey.age(IDLE_SECONDS - spent - 20)
    assert journey.read().json["status"] != "closed"
    journey.age(20 + spent)
    read = journey.read().json
    assert (read["status"], read["outcome"], read["code"], read["expires_at"]) == ("closed", "expired", None, None)
    assert stack.item(f"V#{journey.id}") is not None, "it is still in the table: that is what this is about"
    for name, call in CALLS.items():
        if name != "read":
            answer = call(journey)
            expected = 410 if name in PAGE | {"redeem"} else 409
            assert answer.status == expected, (name, answer.body)
    assert [a for a in journey.actions() if a in ("cancelled", "denied", "ended")] == []


def test_before_the_customer_is_asked_every_act_of_the_agent_keeps_it_alive(stack: Stack) -> None:  # P5
    journey = stack.journey().through_start()
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_agent().status == 202
    journey.age(IDLE_SECONDS - 60)
    assert journey.agent_mail is not None
    assert journey.enter_as_agent(wrong(journey.agent_mail.code)).status == 422
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_agent().status == 202
    assert journey.enter_as_agent().status == 200
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_customer().status == 202


def test_the_agent_cannot_keep_an_unanswered_request_alive(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    for _ in range(2):
        journey.age(IDLE_SECONDS // 3)
        assert journey.send_to_customer().status == 202
        assert journey.customer_mail is not None
        assert journey.enter_for_customer(wrong(journey.customer_mail.code)).status == 422
    assert journey.enter_for_customer().status == 200
    journey.age(IDLE_SECONDS // 3)
    assert journey.allow().status == 410
    assert journey.read().json["outcome"] == "expired"


def test_the_customers_acts_keep_a_request_alive(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    journey.age(IDLE_SECONDS - 60)
    assert journey.customer_mail is not None
    assert journey.allow(wrong(journey.customer_mail.code)).status == 422
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_customer().status == 202
    assert journey.allow().status == 200
    journey.age(IDLE_SECONDS - 60)
    assert journey.send_to_customer().status == 202
    assert journey.allow().status == 200


def test_reading_and_looking_are_no_acts(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    before = journey.item
    assert journey.read().status == journey.view().status == 200
    assert stack.api.post("/verifications/search", {}, token=journey.agent.token).status == 200
    assert journey.item == before


def test_a_session_is_over_at_its_deadline(stack: Stack) -> None:  # P5
    journey = stack.journey().through_session()
    journey.age(SESSION_SECONDS - 20)
    assert journey.read().json["status"] == "in_session"
    assert 0 < journey.redeem("store").json["expires_in"] <= 20
    journey.age(20)
    read = journey.read().json
    assert (read["status"], read["outcome"]) == ("closed", "completed")
    assert stack.item(f"V#{journey.id}") is not None
    for environment in ("store", "web", "app", "rcm"):
        answer = journey.redeem(environment)
        assert (answer.status, answer.json["type"]) == (410, "/problems/handoff-refused")
    assert journey.cancel().json["verification_status"] == "closed"
    for answer in (journey.view(), journey.deny(), journey.end()):
        assert answer.status == 410
    assert journey.read().json["outcome"] == "completed"


def test_nothing_extends_a_session(stack: Stack) -> None:  # P5
    journey = stack.journey().through_session()
    deadline = journey.session["expires_at"]
    assert journey.redeem("web").json["session"]["expires_at"] == deadline
    assert journey.view().json["session_expires_at"] == deadline
    assert journey.read().json["session"]["expires_at"] == deadline
    assert journey.read().json["expires_at"] == deadline


def test_a_lease_that_is_over_frees_the_mint(stack: Stack) -> None:  # P5
    journey = stack.journey()
    minting(journey)
    journey.age(LEASE_SECONDS - 20)
    assert journey.issue().json["verification_status"] == "minting"
    journey.age(20)
    assert journey.read().json["status"] == "consented"
    assert journey.issue().status == 201


def test_a_mint_grant_is_dead_at_its_deadline(stack: Stack) -> None:  # P5
    """A grant written by hand, so that its deadline can be: the triggers take it before, and not after."""
    journey = stack.journey().through_consent()
    for left, works in ((GRANT_SECONDS, True), (0, False), (-3600, False)):
        grant, answer = f"{journey.id}.{uuid.uuid4().int % 10**8 + 1}", uuid.uuid4().hex
        put_grant(stack, journey, grant, answer, int(time.time() * 1000) + left * 1000)
        tokens = mint(stack, journey, grant, answer)
        assert (tokens is not None) == works, left
        assert stack.item(f"G#{grant}") is not None, "it is still in the table: that is what this is about"
        if tokens:
            assert decode(tokens["AccessToken"])["act"] == {"sub": journey.agent.sub}


def put_grant(stack: Stack, journey: Journey, grant: str, answer: str, expires_at: int) -> None:
    key = stack.aws("secretsmanager").get_secret_value(SecretId=stack.facts["resources"]["HashKey"])["SecretString"]
    message = b"".join(len(part).to_bytes(8, "big") + part.encode() for part in ("mint-answer", grant, answer))
    digest = base64.urlsafe_b64encode(hmac.digest(key.encode(), message, hashlib.sha256)).decode().rstrip("=")
    claims = {
        "agent_id": journey.agent.sub,
        "session": journey.id,
        "ecosystem": journey.customer.ecosystem,
        "environments": ["web"],
        "visibility": {"messages": True, "talks": True},
    }
    item = {
        "pk": f"G#{grant}",
        "ttl": int(time.time()) + 60 * 60,
        "id": grant,
        "username": journey.customer.sub,
        "client_id": stack.facts["SupportClientId"],
        "claims": claims,
        "secret": digest,
        "expires_at": expires_at,
        "answered": False,
    }
    stack.put_item(TypeSerializer().serialize(item)["M"])


def mint(stack: Stack, journey: Journey, grant: str, answer: str) -> dict[str, Any] | None:
    """The sign-in that issue-session makes."""
    cognito, pool, app = stack.aws("cognito-idp"), stack.facts["CustomerPoolId"], stack.facts["SupportClientId"]
    described = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=app)["UserPoolClient"]
    digest = hmac.digest(described["ClientSecret"].encode(), f"{journey.customer.sub}{app}".encode(), hashlib.sha256)
    who = {"USERNAME": journey.customer.sub, "SECRET_HASH": base64.b64encode(digest).decode()}
    challenge = cognito.admin_initiate_auth(UserPoolId=pool, ClientId=app, AuthFlow="CUSTOM_AUTH", AuthParameters=who)
    try:
        return cognito.admin_respond_to_auth_challenge(
            UserPoolId=pool,
            ClientId=app,
            ChallengeName="CUSTOM_CHALLENGE",
            Session=challenge["Session"],
            ChallengeResponses=who | {"ANSWER": answer},
            ClientMetadata={"mint_grant": grant},
        )["AuthenticationResult"]
    except cognito.exceptions.NotAuthorizedException:
        return None


# P22: whose it is.

AGENTS_CALLS = [name for name in CALLS if name not in PAGE | {"redeem"}]


@pytest.mark.parametrize("state", [started, agent_challenged, awaiting_consent, consented, in_session, cancelled], ids=lambda s: s.__name__)
def test_another_agents_verification_does_not_exist(stack: Stack, state: Callable[[Journey], None]) -> None:  # P22
    journey, other = stack.journey(), stack.new_agent()
    state(journey)
    before, owner = journey.item, journey.agent
    unknown = stack.journey(other, journey.customer)
    unknown.id, unknown.agent_mail, unknown.customer_mail = "A" * 22, journey.agent_mail, journey.customer_mail
    journey.agent = other
    for name in AGENTS_CALLS:
        answer, nowhere = CALLS[name](journey), CALLS[name](unknown)
        assert (answer.status, answer.json["type"]) == (404, "/problems/not-found"), name
        assert anonymous(answer) == anonymous(nowhere), name
    assert journey.item == before
    assert owner.sub != other.sub


def anonymous(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "request_id"}


def test_a_supervisor_reads_everyones_and_moves_his_own(stack: Stack) -> None:  # P22
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    for state in (started, agent_challenged, awaiting_consent, consented, in_session):
        journey = stack.journey()
        state(journey)
        before, owner = journey.item, journey.agent
        journey.agent = supervisor
        read = journey.read()
        assert read.status == 200
        assert read.json["agent"]["id"] == owner.sub
        for name in AGENTS_CALLS:
            if name != "read":
                assert CALLS[name](journey).status == 404, name
        assert journey.item == before
    assert stack.journey(supervisor).through_session().redeem("web").status == 200


def test_a_malformed_id_is_not_found(stack: Stack) -> None:  # P22
    agent = stack.new_agent()
    for id in ("x", "A" * 21, "A" * 23, "A" * 21 + "!", "..", "%2e%2e", "A" * 500, "V%23" + "A" * 22):
        assert stack.api.get(f"/verifications/{id}", token=agent.token).status == 404, id
        assert stack.api.post(f"/verifications/{id}/cancel", {"reason": "x"}, token=agent.token).status == 404, id


# Search.


def search(stack: Stack, caller: Agent, /, **wanted: Any) -> dict[str, Any]:
    answer = stack.api.post("/verifications/search", wanted, token=caller.token)
    assert answer.status == 200, answer.body
    return answer.json


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_an_agent_finds_his_own_alone_newest_first(stack: Stack) -> None:  # P22
    agent, other, customer = stack.new_agent(), stack.new_agent(), stack.new_customer()
    own = [stack.journey(agent, customer).through_start() for _ in range(3)]
    foreign = stack.journey(other, customer).through_start()
    newest = [journey.id for journey in reversed(own)]
    assert ids(search(stack, agent)) == newest
    assert ids(search(stack, agent, customer=customer.email)) == newest
    assert ids(search(stack, agent, agent=agent.sub)) == newest
    assert ids(search(stack, agent, agent=other.sub)) == []
    assert ids(search(stack, other)) == [foreign.id]


def test_a_search_gives_what_reading_gives_without_steps(stack: Stack) -> None:
    journey = stack.journey(ticket="WZ-7").through_session()
    (item,) = search(stack, journey.agent)["items"]
    read = journey.read().json
    del read["steps"]
    assert item == read


def test_filters_are_joined(stack: Stack) -> None:
    agent, one, two = stack.new_agent(), stack.new_customer(), stack.new_customer()
    begun = stack.journey(agent, one).through_start()
    cancelled_one = stack.journey(agent, one).through_start()
    cancelled_two = stack.journey(agent, two).through_start()
    asked = stack.journey(agent, two).through_asking()
    for journey in (cancelled_one, cancelled_two):
        assert journey.cancel().status == 200
    assert ids(search(stack, agent, status="started")) == [begun.id]
    assert ids(search(stack, agent, status="closed")) == [cancelled_two.id, cancelled_one.id]
    assert ids(search(stack, agent, status="closed", customer=one.email.upper())) == [cancelled_one.id]
    assert ids(search(stack, agent, status="awaiting_consent", customer=two.email, agent=agent.sub)) == [asked.id]
    assert ids(search(stack, agent, status="minting")) == []
    assert ids(search(stack, agent, customer="nobody@customers.example.com")) == []


def test_a_search_shows_what_is_over_as_closed(stack: Stack) -> None:  # P5
    journey = stack.journey().through_asking()
    journey.age(IDLE_SECONDS)
    assert ids(search(stack, journey.agent, status="awaiting_consent")) == []
    (item,) = search(stack, journey.agent, status="closed")["items"]
    assert (item["id"], item["outcome"]) == (journey.id, "expired")


def test_pages_follow_each_other_by_their_cursor(stack: Stack) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    newest = [stack.journey(agent, customer).through_start().id for _ in range(23)][::-1]
    first = search(stack, agent)
    assert ids(first) == newest[:20]
    second = search(stack, agent, cursor=first["cursor"])
    assert ids(second) == newest[20:]
    assert second["cursor"] is None

    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(30):
        page = search(stack, agent, limit=5, status="started", **cursor)
        assert len(page["items"]) <= 5
        found += ids(page)
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert found == newest
    # A cursor is no way to another agent's.
    assert ids(search(stack, stack.new_agent(), cursor=first["cursor"])) == []


def test_a_rare_filter_ends_by_its_cursor(stack: Stack) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    rare = stack.journey(agent, customer).through_start()
    assert rare.cancel().status == 200
    for _ in range(15):
        stack.journey(agent, customer).through_start()
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = search(stack, agent, limit=1, status="closed", **({"cursor": cursor} if cursor else {}))
        found, cursor, pages = found + ids(page), page["cursor"], pages + 1
        assert pages < 20
    assert found == [rare.id]


@pytest.mark.parametrize(
    "wanted",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "5"},
        {"limit": -1},
        {"limit": 1.5},
        {"status": "open"},
        {"status": None, "customer": 5},
        {"customer": "not an address"},
        {"cursor": "nonsense"},
        {"cursor": ""},
        {"cursor": base64.urlsafe_b64encode(b"1.V#1").decode()},
        {"outcome": "locked"},
    ],
    ids=json.dumps,
)
def test_a_search_that_makes_no_sense_is_refused(stack: Stack, wanted: dict[str, Any]) -> None:
    answer = stack.api.post("/verifications/search", wanted, token=stack.new_agent().token)
    assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request")


def test_a_supervisor_finds_everyones(stack: Stack) -> None:  # P22
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    customer, agents = stack.new_customer(), [stack.new_agent(), stack.new_agent()]
    journeys = [stack.journey(agent, customer).through_start() for agent in agents]
    newest = [journey.id for journey in reversed(journeys)]
    assert ids(search(stack, supervisor, customer=customer.email)) == newest
    assert ids(search(stack, supervisor, agent=agents[0].sub)) == [journeys[0].id]
    assert ids(search(stack, supervisor, agent=agents[0].sub, customer=customer.email)) == [journeys[0].id]
    page = search(stack, supervisor, limit=50)
    assert [id for id in ids(page) if id in newest] == newest
    created = [item["created_at"] for item in page["items"]]
    assert created == sorted(created, reverse=True)
    assert len(set(ids(page))) == len(ids(page))
