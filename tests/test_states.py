"""Where a verification is decides what may be done with it: by each call, by each caller, and by the clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.journey import Journey
from support.people import NOWHERE
from support.stack import Stack
from support.states import (
    CALLS,
    PAGE,
    agent_challenged,
    agent_entered,
    agent_verified,
    awaiting_consent,
    cancelled,
    completed,
    consented,
    customer_entered,
    denied,
    ended,
    expired,
    finished,
    in_session,
    locked,
    minting,
    started,
)

# What a call comes to: its status, where the verification is then, and the step it made.
Outcome = tuple[int, str, str]

STOPS: dict[str, Outcome] = {"deny": (200, "closed", "denied"), "end": (200, "closed", "denied")}
CANCELS: dict[str, Outcome] = {"cancel": (200, "closed", "cancelled")}
FINISHES: dict[str, Outcome] = {"finish": (200, "closed", "finished")}
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
    agent_verified: FINISHES | CANCELS | {"send to customer": (202, "awaiting_consent", "consent-asked")},
    awaiting_consent: FINISHES
    | CANCELS
    | STOPS
    | LOOKS
    | {
        "send to customer": (202, "awaiting_consent", "consent-asked"),
        "right code on page": (200, "awaiting_consent", "consent-entered"),
        "wrong code on page": (422, "awaiting_consent", "consent-code-refused"),
        "right code of customer": (200, "awaiting_consent", "consent-entered"),
        "wrong code of customer": (422, "awaiting_consent", "consent-code-refused"),
    },
    agent_entered: FINISHES
    | CANCELS
    | STOPS
    | LOOKS
    | {
        "send to customer": (202, "awaiting_consent", "consent-asked"),
        "right code on page": (200, "consented", "consented"),
        "wrong code on page": (422, "awaiting_consent", "consent-code-refused"),
    },
    customer_entered: FINISHES
    | CANCELS
    | STOPS
    | LOOKS
    | {
        "send to customer": (202, "awaiting_consent", "consent-asked"),
        "right code of customer": (200, "consented", "consented"),
        "wrong code of customer": (422, "awaiting_consent", "consent-code-refused"),
    },
    consented: FINISHES | CANCELS | STOPS | LOOKS | {"issue": (201, "in_session", "mint-started")},
    minting: FINISHES | CANCELS | STOPS | LOOKS,
    in_session: FINISHES
    | CANCELS
    | LOOKS
    | {
        "deny": (200, "closed", "ended"),
        "end": (200, "closed", "ended"),
        "redeem": (200, "in_session", "handoff-redeemed"),
    },
    finished: {"finish": (200, "", "")},
    cancelled: {"cancel": (200, "", "")},
    denied: {},
    ended: {},
    locked: {},
    expired: {},
    completed: {},
}
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
    for state in (finished, cancelled, denied, ended, locked, expired, completed):
        journey = stack.journey()
        state(journey)
        read = journey.read().json
        assert (read["status"], read["outcome"]) == ("closed", state.__name__)
        assert read["expires_at"] is None
        assert read["reason"] == ("first" if state is cancelled else None)
        assert (read["session"] is not None) == (state in (finished, cancelled, ended, completed))


# The functions behind the agent's calls and the environments'; the page's have one of their own.
PATHS = dict.fromkeys(("send to agent", "send to customer"), f"{NOWHERE}/mfa")
PATHS |= {f"{kind} code of {party}": f"{NOWHERE}/code" for kind in ("right", "wrong") for party in ("agent", "customer")}
PATHS |= {"issue": f"{NOWHERE}/session", "finish": f"{NOWHERE}/finish", "cancel": f"{NOWHERE}/cancel", "redeem": "/handoffs/redeem"}


@pytest.mark.parametrize("state", [agent_challenged, awaiting_consent, consented, in_session], ids=lambda state: state.__name__)
def test_version_and_steps_agree_after_a_race_of_everything(stack: Stack, state: Callable[[Journey], None]) -> None:  # P11
    journey = stack.journey()
    state(journey)
    before = journey.actions()
    names = [name for name in TURNS[state] if name != "view"] * 4
    paths = {PATHS.get(name, "/consent/answer") for name in names}
    answers = list(zip(names, stack.crowd([lambda name=name: CALLS[name](journey) for name in names], *paths), strict=True))
    actions = journey.actions()
    assert actions[: len(before)] == before
    moved = [action for action in actions[len(before) :] if not action.startswith(("mint-", "session-"))]
    # What a caller was told that they did is in the record, once. Each cancel, or each finish, is answered as done, and one is made.
    told = [name for name, answer in answers if answer.status in (200, 202, 422) and name not in ("cancel", "finish")]
    if not any(answer.status == 503 for _, answer in answers):
        assert len(told) + ("cancelled" in moved or "finished" in moved) == len(moved), (told, moved)
    # It closed, once, and nothing moved after.
    endings = [action for action in moved if action in ("finished", "cancelled", "denied", "ended", "locked")]
    assert endings == moved[-1:], moved
    assert journey.record()["state"]["status"] == "closed"
