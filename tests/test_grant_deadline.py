"""One verification at a time, and within the grant's time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from client import decode
from support.at_once import at_once
from support.emails import words
from support.grant_answers import IDLE_SECONDS, SESSION_SECONDS, answered, at_step, is_gone, is_refused, other, seconds, too_many, used_up
from support.grant_notices import kinds, told
from support.grants import offered, redeem
from support.hosted import Call, Hosted, http_event
from support.people import NOWHERE
from support.sessions import ISSUE
from support.sessions import is_active as is_active_now
from support.stack import Stack
from support.sweep import invoke_sweep, let_pass, sweep

pytestmark = pytest.mark.usefixtures("schedule")


def test_one_verification_at_a_time_and_another_after_it(stack: Stack) -> None:  # P10
    offer, agent = offered(stack), stack.new_agent()
    journey = offer.journey(agent)
    for walk, status in (
        (journey.through_start, "started"),
        (journey.send_to_agent, "agent_challenged"),
        (journey.enter_as_agent, "consented"),
        (journey.issue, "in_session"),
    ):
        walk()
        before = offer.item
        at_step(redeem(stack, agent, offer.credentials), status)
        assert offer.item == before
        is_gone(stack.api.get(f"{journey.path}/activity", token=agent.token))
    # More of the customer's emails than one agent can ask for.
    with stack.configured(MAILS_PER_CUSTOMER_AND_AGENT="20"):
        for end in ("cancelled", "expired", "locked", "completed"):
            match end:
                case "cancelled":
                    assert journey.cancel().status == 200
                case "expired":
                    let_pass(journey.through_start(), IDLE_SECONDS)
                case "locked":
                    journey.through_challenge()
                    assert journey.agent_mail
                    for _ in range(5):
                        journey.enter_as_agent(other(journey.agent_mail.code))
                case "completed":
                    let_pass(journey.through_session(), SESSION_SECONDS)
            assert journey.read().json["outcome"] == end
            last, journey = journey, offer.journey(agent)
            assert journey.start().status == 201, f"after one that was {end}"
            assert last.id != journey.id
            assert journey.cancel().status == 200
    sweep(stack)
    told_of = kinds(offer)
    assert (told_of.count("session over"), told_of.count("locked")) == (2, 1)
    assert told_of.count("used") == 8, "once for each"


@pytest.mark.parametrize("left", [SESSION_SECONDS + 15, SESSION_SECONDS, SESSION_SECONDS - 1])
def test_nothing_begins_with_less_than_a_session_of_the_grant_left(stack: Stack, left: int) -> None:  # P5
    """Exactly as long as a session is long enough, which the unit tests show: here the clock goes on."""
    enough = left > SESSION_SECONDS
    offer = offered(stack)
    journey = offer.journey()
    offer.ends_in(left)
    redeemed = journey.start()
    if not enough:
        is_refused(redeemed)
        assert "ends too soon" in redeemed.json["detail"]
        assert (offer.entries(), offer.record()["verification"]) == (0, None)
    else:
        assert redeemed.status == 201
        assert journey.cancel().status == 200

    # The same where the agent took a long time.
    later = offered(stack).journey().through_consent()
    later.ends_in(left)
    issued = later.issue()
    if not enough:
        is_refused(issued)
        assert "ends too soon" in issued.json["detail"]
        assert later.read().json["status"] == "consented"
        assert "mint-started" not in later.actions()
    else:
        assert issued.status == 201
        ends = later.record()
        assert seconds(later.session["expires_at"]) * 1000 <= ends["support_grant"]["expires_at"]


def test_nothing_is_minted_beyond_the_grant_however_long_the_mint_takes(stack: Stack) -> None:  # P5, P13
    """Long enough when it began, and no more when Cognito had answered."""
    journey = offered(stack).journey().through_consent()
    tokens: dict[str, Any] = {}

    def slow(call: Call) -> None:
        if call.operation == "AdminInitiateAuth":
            time.sleep(3.2)  # of four that it has
        if call.operation == "AdminRespondToAuthChallenge" and call.answer:
            tokens.update(call.answer["AuthenticationResult"])

    with Hosted(stack, "IssueSessionFunction") as function:
        # It has started when the seconds count.
        assert function.invoke(http_event(ISSUE, {}, journey.agent, id=NOWHERE.rpartition("/")[2]))["statusCode"] == 404
        function.after = slow
        journey.ends_in(SESSION_SECONDS + 2)
        status, problem = answered(function.invoke(http_event(ISSUE, {}, journey.agent, id=journey.id)))
    assert (status, problem.get("type")) == (422, "/problems/grant-refused")
    assert "session-started" not in journey.actions()
    assert tokens
    assert decode(tokens["AccessToken"])["support_session"] == journey.id
    assert [is_active_now(stack, tokens[name]) for name in ("AccessToken", "IdToken")] == [False, False]


def test_at_its_deadline_it_is_dead_for_everybody_without_a_sweep(stack: Stack) -> None:  # P5
    offer, agent = offered(stack), stack.new_agent()
    assert redeem(stack, agent, offer.credentials).status == 201
    offer.ends_in(5)
    assert offer.read().status == 200, "not yet"
    time.sleep(5)
    before = offer.item
    for answer in (offer.read(), offer.revoke(), offer.regenerate()):
        is_gone(answer)
    for who in (agent, stack.new_agent()):
        is_refused(redeem(stack, who, offer.credentials))
    assert offer.item == before, "reading writes nothing"

    # The sweep records that and notifies the customer once, however often and however many at once it runs.
    at_once([lambda: invoke_sweep(stack)] * 4)
    sweep(stack)
    ended = offer.record()
    assert (ended["ended"]["how"], ended["ended"]["at"]) == ("expired", ended["terms"]["expires_at"]), "it ended at its deadline"
    assert "due" not in ended
    assert ended["notice"] is None
    mail = told(offer, "expired")
    for part in (mail.text, words(mail.html)):
        assert "Test & Co" in part
        assert offer.customer.name in part
    sweep(stack)
    assert kinds(offer).count("expired") == 1
    is_refused(redeem(stack, agent, offer.credentials))
    assert offer.create().status == 201


def test_what_was_begun_under_a_grant_that_expired_goes_nowhere(stack: Stack) -> None:  # P5
    """Not even when the customer has made another one meanwhile."""
    offer = offered(stack)
    journey = offer.journey().through_challenge()
    offer.ends_in(-1)
    journey.ends_in(-1)
    assert offer.create().status == 201
    at_step(journey.enter_as_agent(), "closed")
    at_step(journey.issue(), "closed")
    assert journey.read().json["outcome"] == "expired"
    assert offer.revoke().status == 204
    sweep(stack)
    assert journey.actions()[-1] == "expired"
    assert kinds(offer).count("no session") == 1


def test_an_end_is_told_before_another_grant_takes_its_place(stack: Stack) -> None:
    """Without waiting for a sweep, by whichever of several offers; of those one is taken."""
    offer = offered(stack)
    offer.ends_in(-1)
    seen = stack.inbox.last_number()
    answers = at_once([offer.create] * 5)
    assert sorted(answer.status for answer in answers) == [201] + [409] * 4, [answer.body for answer in answers]
    found = kinds(offer, seen)
    assert found.count("created") == 1
    assert found.count("expired") >= 1, "at the same moment each may tell it"
    sweep(stack)
    assert kinds(offer, seen) == found


def test_offers_beyond_the_hours_limit_send_no_mail(stack: Stack) -> None:  # P26
    offer = offered(stack)
    assert offer.revoke().status == 204
    used_up(stack, f"grants#{offer.customer.sub}", 3600, 10)
    seen = stack.inbox.last_number()
    for _ in range(3):
        too_many(offer.create(), 3600)
    assert kinds(offer, seen) == []
    sweep(stack)
    assert kinds(offer, seen) == ["revoked"]
