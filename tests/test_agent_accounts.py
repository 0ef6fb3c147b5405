"""Agents' accounts: the address that the administrator set, and agents who have left."""

from __future__ import annotations

import re
import uuid

import pytest

from client import Answer, Mail
from support.emails import assert_readable, words
from support.identity import on_every_route, refused_everywhere
from support.journey import Journey
from support.leaving import LEAVINGS
from support.people import Agent
from support.recovery import ask
from support.stack import Stack

# --- P32: the address that the administrator set ---


def set_by_administrator(stack: Stack, agent: Agent, **attributes: str) -> Agent:
    """The agent, signed in after an administrator has set these."""
    changed = [{"Name": name, "Value": value} for name, value in attributes.items()]
    stack.aws("cognito-idp").admin_update_user_attributes(UserPoolId=stack.facts["AgentPoolId"], Username=agent.sub, UserAttributes=changed)
    email = attributes.get("email", agent.email)
    tokens = stack.sign_in("Agent", email)
    return Agent(email, attributes.get("name", agent.name), agent.sub, tokens["AccessToken"], tokens["IdToken"])


@pytest.mark.parametrize("attribute", ["email", "name", "email_verified"])
def test_an_agent_cannot_send_their_code_elsewhere(stack: Stack, attribute: str) -> None:  # P32
    agent, cognito = stack.new_agent(), stack.aws("cognito-idp")
    value = {"email": "thief@agents.example.com", "name": "Somebody Else", "email_verified": "true"}[attribute]
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.update_user_attributes(AccessToken=agent.token, UserAttributes=[{"Name": attribute, "Value": value}])
    for call in (cognito.get_user, cognito.delete_user, cognito.global_sign_out):
        with pytest.raises(cognito.exceptions.NotAuthorizedException):
            call(AccessToken=agent.token)

    # A new sign-in changes nothing about who the agent is.
    again = stack.sign_in("Agent", agent.email)
    agent = Agent(agent.email, agent.name, agent.sub, again["AccessToken"], again["IdToken"])
    seen = stack.inbox.last_number()
    journey = stack.journey(agent).through_internal_validation()
    assert journey.agent_mail
    assert journey.agent_mail.to == agent.email
    assert [mail.to for mail in stack.inbox.mails(after=seen) if "thief" in mail.to] == []
    assert journey.read().json["agent"] == {"id": agent.sub, "name": agent.name, "email": agent.email}


def test_the_consoles_client_may_write_none_of_what_names_an_agent(stack: Stack) -> None:  # P32
    """The second lock, which AWS enforces and the emulator does not."""
    described = stack.aws("cognito-idp").describe_user_pool_client(
        UserPoolId=stack.facts["AgentPoolId"], ClientId=stack.facts["AgentClientId"]
    )["UserPoolClient"]
    assert described["WriteAttributes"], "none means the default, which is all"
    assert {"email", "email_verified", "name"}.isdisjoint(described["WriteAttributes"])


def test_an_address_set_by_the_administrator_gets_the_code(stack: Stack) -> None:  # P32
    agent = stack.new_agent()
    moved = set_by_administrator(stack, agent, email=f"moved-{agent.email}", email_verified="true")
    journey = stack.journey(moved).through_internal_validation()
    assert journey.agent_mail
    assert journey.agent_mail.to == moved.email


@pytest.mark.parametrize("attributes", [{"email_verified": "false"}, {"name": ""}, {"name": "  "}])
def test_an_agent_without_a_verified_address_or_a_name_is_refused_everywhere(stack: Stack, attributes: dict[str, str]) -> None:  # P32
    agent = set_by_administrator(stack, stack.new_agent(), **attributes)
    refused_everywhere(on_every_route(stack, agent.token), 401, "unauthenticated")


# --- P33: an agent no more, with a token that is still good ---


def refused_as_no_agent(answer: Answer) -> None:
    assert (answer.status, answer.json["type"]) == (403, "/problems/not-allowed"), answer.body


@pytest.mark.parametrize("how", LEAVINGS)
def test_an_agent_who_left_since_their_code_was_sent_cannot_authenticate(stack: Stack, how: str) -> None:  # P33
    leave, come_back = LEAVINGS[how]
    journey = stack.journey().through_start()
    assert journey.send_to_agent().status == 202
    before = journey.item
    leave(stack, journey.agent)
    refused_as_no_agent(journey.enter_as_agent())
    assert journey.item == before, "no entry was made"
    assert journey.read().json["customer"].keys() == {"email"}, "nothing of the customer is shown"
    if come_back:
        come_back(stack, journey.agent)
        assert journey.enter_as_agent().status == 200


@pytest.mark.parametrize("how", LEAVINGS)
def test_an_agent_who_left_since_the_consent_cannot_issue_a_session(stack: Stack, how: str) -> None:  # P33
    leave, come_back = LEAVINGS[how]
    journey = stack.journey().through_consent()
    leave(stack, journey.agent)
    refused_as_no_agent(journey.issue())
    record = journey.record()
    assert record["state"]["status"] == "consented"
    # The lease is taken while the agent is looked up, and given back: no token was ever asked for.
    assert [step["action"] for step in record["steps"]][-2:] == ["mint-started", "mint-failed"]
    if come_back:
        come_back(stack, journey.agent)
        assert journey.issue().status == 201


def test_a_customer_who_was_disabled_since_the_consent_gets_no_session(stack: Stack) -> None:  # P33
    journey: Journey = stack.journey().through_consent()
    cognito, pool = stack.aws("cognito-idp"), stack.facts["CustomerPoolId"]
    cognito.admin_disable_user(UserPoolId=pool, Username=journey.customer.sub)
    refused_as_no_agent(journey.issue())
    assert journey.read().json["status"] == "consented"
    cognito.admin_enable_user(UserPoolId=pool, Username=journey.customer.sub)
    assert journey.issue().status == 201


# --- invitations ---


def invited(stack: Stack, **attributes: str) -> tuple[str, Mail]:
    """A new agent with nothing but an invitation: their address, and the email."""
    email = f"new-{uuid.uuid4().hex[:10]}@agents.example.com"
    cognito, pool, seen = stack.aws("cognito-idp"), stack.facts["AgentPoolId"], stack.inbox.last_number()
    given = {"email": email, "email_verified": "true", "name": "Rosa Recio", **attributes}
    user = cognito.admin_create_user(
        UserPoolId=pool, Username=email, TemporaryPassword="First-Pass-1", DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=[{"Name": name, "Value": value} for name, value in given.items()],
    )["User"]  # fmt: skip
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=user["Username"], GroupName="CustomerService")
    return email, stack.inbox.wait(email, after=seen)


@pytest.mark.parametrize(
    ("locale", "subject", "days"),
    [
        ("en", "Waizant: your access to the support console", "works for 7 days"),
        ("es", "Waizant: su acceso a la consola de soporte", "sirve durante 7 días"),
    ],
)
def test_an_invitation_is_in_the_agents_language_and_says_where_the_console_is(stack: Stack, locale: str, subject: str, days: str) -> None:
    email, mail = invited(stack, locale=locale)
    assert mail.subject == subject
    for part in ("Rosa Recio", "First-Pass-1", email, stack.settings.origin("console"), days):
        assert part in words(mail.html), part


@pytest.mark.usefixtures("quotas_begin_anew")
@pytest.mark.parametrize(
    ("locale", "subject"),
    [("en", "Waizant: your account is not active yet"), ("es", "Waizant: su cuenta todavía no está activa")],
)
def test_an_agent_who_was_never_activated_is_told_so_and_the_caller_is_not(stack: Stack, locale: str, subject: str) -> None:  # P23
    email, _ = invited(stack, locale=locale)
    seen = stack.inbox.last_number()
    answer, nobody = ask(stack, email), ask(stack, f"nobody-{uuid.uuid4().hex[:8]}@agents.example.com")
    assert (answer.status, answer.body) == (nobody.status, nobody.body) == (202, b"{}")
    mail = stack.inbox.wait(email, after=seen)
    assert mail.subject == subject
    for part in ("Rosa Recio", stack.settings.origin("console")):
        assert part in mail.text and part in words(mail.html)
    assert not re.search(r"\b\d{6}\b", mail.text), "there is no code"
    assert mail.message["Auto-Submitted"] == "auto-generated"  # P45
    assert_readable(mail, locale)
