"""Who may offer a support grant and for what, and what changes after the offer."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from client import decode
from samples import ecosystem
from support.grant_answers import at_step, counted, is_gone, not_allowed, other, seconds
from support.grant_notices import kinds
from support.grants import Offer, offered, redeem
from support.leaving import LEAVINGS
from support.people import Customer
from support.sessions import directory_says, ecosystem_as, opened
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("schedule")


@pytest.mark.parametrize(("minutes", "status"), [(14, 400), (15, 201), (2880, 201), (2881, 400)])
def test_a_grant_lasts_a_quarter_of_an_hour_to_two_days(stack: Stack, minutes: int, status: int) -> None:
    offer = Offer(stack)
    before = int(time.time())
    answer = offer.create(minutes)
    assert answer.status == status, answer.body
    if status == 400:
        assert answer.json["errors"] == [{"field": "duration_minutes", "detail": "between 15 and 2880 minutes"}]
        is_gone(offer.read())
    else:
        assert before <= seconds(answer.json["expires_at"]) - minutes * 60 <= time.time()
        stored = offer.record()
        assert stored["ttl"] > stored["terms"]["expires_at"] / 1000 + 399 * 24 * 60 * 60


def test_customers_cannot_offer_what_is_not_theirs(stack: Stack) -> None:  # P31
    offer, somebody = Offer(stack), stack.new_customer()
    for ecosystem_id in (somebody.ecosystem, "eco-of-nobody", f"{offer.customer.ecosystem} ", offer.customer.ecosystem.upper()):
        answer = offer.create(ecosystem=ecosystem_id)
        assert (answer.status, answer.json["type"]) == (422, "/problems/environment-refused"), ecosystem_id
    is_gone(offer.read())
    assert (kinds(offer), counted(stack, f"grants#{offer.customer.sub}", 3600)) == ([], 0)
    assert offer.create().status == 201


def moved(stack: Stack, customer: Customer, email: str) -> None:
    """The customer's address in the pool is another one now, as customers can change it themselves."""
    stack.aws("cognito-idp").admin_update_user_attributes(
        UserPoolId=stack.facts["CustomerPoolId"],
        Username=customer.sub,
        UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
    )


def out_of_the_directory(stack: Stack, customer: Customer) -> None:
    key = {"pk": {"S": f"USER#{customer.email}"}}
    stack.aws("dynamodb").delete_item(TableName=stack.facts["CoreTable"], Key=key)


def of_support(stack: Stack, customer: Customer) -> None:
    """The customer has an account in the agents' pool as well."""
    stack.aws("cognito-idp").admin_create_user(
        UserPoolId=stack.facts["AgentPoolId"],
        Username=customer.email,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": customer.email}, {"Name": "email_verified", "Value": "true"}],
    )


def disabled(stack: Stack, customer: Customer) -> None:
    stack.aws("cognito-idp").admin_disable_user(UserPoolId=stack.facts["CustomerPoolId"], Username=customer.sub)


def deleted(stack: Stack, customer: Customer) -> None:
    stack.aws("cognito-idp").admin_delete_user(UserPoolId=stack.facts["CustomerPoolId"], Username=customer.sub)


CHANGES: dict[str, Callable[[Stack, Customer], None]] = {
    "suspended": lambda stack, customer: directory_says(stack, customer, status="suspended"),
    "disabled": disabled,
    "deleted": deleted,
    "not in the directory": out_of_the_directory,
    "somebody else's record": lambda stack, customer: stack.people.put_in_directory(customer.record, stack.new_customer().sub),
    "of another address": lambda stack, customer: moved(stack, customer, f"moved-{customer.email}"),
    "of somebody's address": lambda stack, customer: victim(stack, customer),
    "in support as well": of_support,
}


def victim(stack: Stack, customer: Customer) -> None:
    """The customer has taken the address of somebody who is in the directory, and who is gone from the pool."""
    other_customer = stack.new_customer(sign_in="missing")
    moved(stack, customer, other_customer.email)


@pytest.mark.parametrize("how", CHANGES)
def test_who_could_not_be_supported_offers_nothing(stack: Stack, how: str) -> None:  # P20, P31
    """With a token that is still good."""
    offer = Offer(stack)
    CHANGES[how](stack, offer.customer)
    seen = stack.inbox.last_number()
    not_allowed(offer.create())
    not_allowed(offer.options())
    is_gone(offer.read())
    stack.delivered()
    assert offer.mails(seen) == []
    assert counted(stack, f"grants#{offer.customer.sub}", 3600) == 0


# What comes of the credentials: the answer to redeeming them and, where they are taken, to the issue.
AFTER: dict[str, tuple[int, tuple[int, str] | None]] = {
    "suspended": (201, (403, "not-allowed")),
    "disabled": (201, (403, "not-allowed")),
    "deleted": (201, (403, "not-allowed")),
    "not in the directory": (422, None),
    "somebody else's record": (422, None),
    "of another address": (201, None),
    "of somebody's address": (201, None),
    "in support as well": (403, None),
}


@pytest.mark.parametrize("how", AFTER)
def test_what_changes_after_the_offer_counts_at_redeem_and_at_issue(stack: Stack, how: str) -> None:  # P20, P31
    redeemed, issued = AFTER[how]
    offer = offered(stack)
    journey = offer.journey()
    CHANGES[how](stack, offer.customer)
    answer = journey.start()
    assert answer.status == redeemed, answer.body
    if redeemed != 201:
        assert answer.json["type"] == ("/problems/not-allowed" if redeemed == 403 else "/problems/grant-refused")
        assert offer.record()["verification"] is None
        assert kinds(offer) == ["created"]
        return
    assert journey.send_to_agent().status == 202
    assert journey.enter_as_agent().status == 200
    if issued is None:
        # Whom the credentials are of, the directory says: it is still the same person.
        assert journey.issue().status == 201
        assert decode(journey.redeem("web").json["access_token"])["sub"] == offer.customer.sub
    else:
        refused = journey.issue()
        assert (refused.status, refused.json["type"]) == (issued[0], f"/problems/{issued[1]}")
        assert journey.read().json["status"] == "consented"
        # The lease is taken while the customer is looked up, and given back: no token was ever asked for.
        assert journey.actions()[-2:] == ["mint-started", "mint-failed"]


@pytest.mark.parametrize("how", ["suspended", "not in the directory", "in support as well"])
def test_who_may_offer_nothing_any_more_may_still_take_it_back(stack: Stack, how: str) -> None:  # P20
    offer = offered(stack)
    journey = offer.journey().through_session()
    CHANGES[how](stack, offer.customer)
    assert offer.read().status == 200
    assert offer.revoke().status == 204
    assert journey.read().json["outcome"] == "ended"


@pytest.mark.parametrize(
    ("role", "plan", "environments"), [("admin", "plus", ["store", "web", "app"]), ("member", "premium", ["web", "app"])]
)
def test_what_was_taken_away_since_the_offer_is_not_opened(stack: Stack, role: str, plan: str, environments: list[str]) -> None:  # P31
    journey = offered(stack).journey().through_consent()
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, role, plan, "rcm"))
    assert opened(journey.issue()) == environments


def test_what_was_added_since_the_offer_was_not_offered(stack: Stack) -> None:  # P31
    offer = offered(stack, customer=stack.new_customer(role="member", plan="plus"))
    directory_says(stack, offer.customer, ecosystems=ecosystem_as(offer.customer, "admin", "premium", "rcm"))
    journey = offer.journey().through_consent()
    assert opened(journey.issue()) == ["web", "app"]


def test_an_ecosystem_that_was_lost_since_the_offer_is_not_opened(stack: Stack) -> None:  # P31
    offer = offered(stack)
    directory_says(stack, offer.customer, ecosystems=[ecosystem("eco-new", "New", "admin", "premium", "rcm")])
    journey = offer.journey().through_consent()
    refused = journey.issue()
    assert (refused.status, refused.json["type"]) == (422, "/problems/environment-refused")


def test_agents_cannot_redeem_their_own_credentials(stack: Stack) -> None:  # P20
    """An agent who is a customer at the same address is refused before; here the account appears afterwards."""
    offer, agent = offered(stack), stack.new_agent()
    stack.people.put_in_directory(offer.customer.record, agent.sub)
    offer.edit(lambda record: record["customer"].update(user_id=agent.sub))
    not_allowed(redeem(stack, agent, offer.credentials))
    assert offer.record()["verification"] is None


def test_a_verification_under_a_grant_begins_with_its_credentials_alone(stack: Stack) -> None:
    offer, agent = offered(stack), stack.new_agent()
    body = {"email": offer.customer.email, "module": "support-grant"}
    assert stack.api.post("/verifications", body, token=agent.token).status == 400
    # The other way in goes on beside it, and its sessions are none of the grant's.
    journey = stack.journey(agent, offer.customer).through_session()
    assert offer.journey(agent).start().status == 201
    assert offer.revoke().status == 204
    assert journey.read().json["status"] == "in_session"


@pytest.mark.parametrize("how", LEAVINGS)
def test_an_agent_who_left_redeems_nothing_and_keeps_the_grant_from_nobody(stack: Stack, how: str) -> None:  # P33
    offer, agent = offered(stack), stack.new_agent()
    LEAVINGS[how][0](stack, agent)
    not_allowed(redeem(stack, agent, offer.credentials))
    assert "redeemed_by" not in offer.read().json
    assert offer.journey().start().status == 201


def test_an_agent_who_left_issues_nothing_under_a_grant(stack: Stack) -> None:  # P33
    offer = offered(stack)
    proving, issuing = offer.journey().through_challenge(), offered(stack).journey().through_consent()
    for journey in (proving, issuing):
        stack.aws("cognito-idp").admin_disable_user(UserPoolId=stack.facts["AgentPoolId"], Username=journey.agent.sub)
    not_allowed(proving.enter_as_agent())
    not_allowed(issuing.issue())


def test_an_agents_wrong_codes_lock_their_verification_and_not_the_grant(stack: Stack) -> None:  # P2
    offer = offered(stack)
    journey = offer.journey().through_challenge()
    assert journey.agent_mail
    for _ in range(5):
        assert journey.enter_as_agent(other(journey.agent_mail.code)).status == 422
    assert journey.read().json["outcome"] == "locked"
    at_step(journey.enter_as_agent(), "closed")
    assert offer.read().status == 200
    assert offer.entries() == 0
