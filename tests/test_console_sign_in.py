"""The console in a real browser: signing in, staying signed in, signing out."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Route, expect

from support.browser import accessible
from support.console import Sit, drawn, holding, on_a_clock, signed_in
from support.desk import picture
from support.stack import Stack


def test_p33_an_agent_who_has_left_the_group_is_told(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_start()
    journey.send_to_agent()
    at = signed_in(desk(), journey)
    pool = stack.facts["AgentPoolId"]
    stack.aws("cognito-idp").admin_remove_user_from_group(UserPoolId=pool, Username=journey.agent.sub, GroupName="CustomerService")
    assert journey.agent_mail is not None
    at.enter("own code", journey.agent_mail.code)
    at.shows("You are not an authorized agent at the moment")


def test_who_is_in_no_group_is_told_at_the_door(stack: Stack, desk: Sit) -> None:
    agent = stack.new_agent(groups=())
    at = desk()
    at.sign_in(agent.email)
    at.shows("You are not in the group CustomerService")
    accessible(at.page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_first_password_is_changed(stack: Stack, desk: Sit, language: str) -> None:
    email = f"new-{uuid.uuid4().hex[:8]}@agents.example.com"
    cognito, pool = stack.aws("cognito-idp"), stack.facts["AgentPoolId"]
    attributes = {"email": email, "email_verified": "true", "name": "Nia Nova"}
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=email,
        TemporaryPassword="Temporary-1",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName="CustomerService")
    at = desk(language)
    at.sign_in(email, "Temporary-1")
    at.field("new password").first.fill("short")
    at.press("save")
    accessible(at.page)
    at.field("new password").first.fill("Chosen-by-me-1")
    at.field("again").fill("Chosen-by-me-2")
    picture(at.page, "first-password", language)
    at.press("save")
    assert not at.heading("assistance").is_visible()
    at.field("again").fill("Chosen-by-me-1")
    at.press("save")
    at.stands_at("assistance")
    assert stack.sign_in("Agent", email, "Chosen-by-me-1")["AccessToken"]
    at.visitor.kept_quiet("Chosen-by-me-1", *at.secrets())


def test_a_wrong_password_is_told(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.press("sign in")
    at.shows("Enter your email address and your password.")
    at.sign_in(stack.new_agent().email, "Not-the-one-1")
    at.shows("Sign-in failed")
    accessible(at.page)


def test_a_refusal_of_the_gateway_that_can_be_read_is_made_good_unseen(stack: Stack, desk: Sit) -> None:
    """As on AWS, where the gateway's own 401 has the CORS headers."""
    at = signed_in(desk(), stack.journey().through_start())
    before, refused = at.kept()["sign-in"]["access"], []

    def refuse(route: Route) -> None:
        if route.request.method == "OPTIONS" or refused:
            return route.fallback()
        refused.append(route.request.headers["authorization"])
        return route.fulfill(status=401, json={"message": "Unauthorized"}, headers={"Access-Control-Allow-Origin": "*"})

    at.page.route("**/mfa", refuse)
    at.press("send own")
    expect(at.field("own code")).to_be_focused()
    assert refused == [f"Bearer {before}"]
    assert at.kept()["sign-in"]["access"] != before


def test_a_token_that_is_refused_is_renewed_unseen(stack: Stack, desk: Sit) -> None:
    """As on the emulator, where a page cannot read the refusal."""
    journey = stack.journey().through_start()
    at = signed_in(desk(), journey)
    before = at.kept()["sign-in"]
    at.page.evaluate(
        "kept => sessionStorage.setItem('sign-in', JSON.stringify(kept))", before | {"access": before["access"][:-8] + "AAAAAAAA"}
    )
    at.page.reload()
    at.stands_at("validation")
    assert at.kept()["sign-in"]["access"] not in ("", before["access"])


def test_a_sign_in_that_has_ended_comes_back_to_the_same_place(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    refresh = at.kept()["sign-in"]["refresh"]
    stack.aws("cognito-idp").revoke_token(Token=refresh, ClientId=stack.facts["AgentClientId"])
    broken = {"access": at.kept()["sign-in"]["access"][:-8] + "AAAAAAAA", "refresh": refresh}
    at.page.evaluate("kept => sessionStorage.setItem('sign-in', JSON.stringify(kept))", broken)
    at.page.reload()
    at.shows("Your sign-in has ended")
    picture(at.page, "sign-in-again")
    at.sign_in(journey.agent.email)
    at.stands_at("session")
    assert len(at.environments()) == 4


def test_a_fault_of_cognito_ends_no_sign_in(stack: Stack, desk: Sit) -> None:
    at = signed_in(on_a_clock(desk()), stack.journey().through_internal_validation())
    at.stands_at("choose")
    busy = {"Content-Type": "text/html", "Access-Control-Allow-Origin": "*"}
    refused: list[str] = []

    def fail(route: Route) -> None:
        if route.request.method == "OPTIONS":
            return route.fallback()
        refused.append(route.request.headers["x-amz-target"])
        return route.fulfill(status=503, body="<html>busy</html>", headers=busy)

    at.page.route(f"{stack.facts['endpoint']}/", fail)
    at.page.clock.fast_forward("14:30")
    at.shows("This page may be out of date")
    assert refused[0].endswith("InitiateAuth")
    at.stands_at("choose")
    at.page.unroute_all()
    at.page.clock.fast_forward("00:05")
    at.shows_nothing_of("This page may be out of date")
    at.stands_at("choose")


def test_who_cannot_sign_in_for_a_fault_of_cognito_is_told_so(stack: Stack, desk: Sit) -> None:
    at = desk()
    at.page.route(
        f"{stack.facts['endpoint']}/", lambda route: route.fulfill(status=502, body="<html>", headers={"Access-Control-Allow-Origin": "*"})
    )
    at.sign_in(stack.new_agent().email)
    at.shows("The sign-in service is not available")


def test_signing_out_leaves_nothing(stack: Stack, desk: Sit) -> None:
    journey = stack.journey().through_consent()
    at = signed_in(desk(), journey)
    at.press("start session")
    at.stands_at("session")
    refresh = at.kept()["sign-in"]["refresh"]
    at.page.get_by_role("button", name=f"Account: {journey.agent.name}").click()
    with at.page.expect_response(lambda response: response.request.headers.get("x-amz-target", "").endswith("RevokeToken")) as answer:
        at.page.get_by_role("menuitem", name="Sign out").click()
    answer.value.finished()
    at.stands_at("sign in")
    assert at.kept() == {}
    cognito = stack.aws("cognito-idp")
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.initiate_auth(
            ClientId=stack.facts["AgentClientId"], AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": refresh}
        )


@pytest.mark.parametrize("refused", [False, True], ids=["renewed", "refused"])
@pytest.mark.parametrize("followed", [False, True], ids=["by nobody", "by a colleague"])
def test_a_renewal_that_answers_late_changes_nothing(stack: Stack, desk: Sit, followed: bool, refused: bool) -> None:
    agent, colleague = stack.new_agent(), stack.new_agent(name="Cora Colleague")
    journey = stack.journey(agent).through_internal_validation()
    at = signed_in(on_a_clock(desk()), journey)
    at.stands_at("choose")
    held = holding(at, f"{stack.facts['endpoint']}/", containing="REFRESH_TOKEN_AUTH")
    with at.page.expect_request(lambda request: "REFRESH_TOKEN_AUTH" in (request.post_data or "")):
        at.page.clock.fast_forward("14:30")
    drawn(at.page)
    (late,) = held
    renewed = late.fetch()
    at.page.get_by_role("button", name=f"Account: {agent.name}").click()
    at.page.get_by_role("menuitem", name="Sign out").click()
    at.stands_at("sign in")
    if followed:
        at.sign_in(colleague.email)
        expect(at.page.get_by_role("button", name="Account: Cora Colleague")).to_be_visible()
    kept = at.page.evaluate("sessionStorage.getItem('sign-in')")
    with at.page.expect_response(lambda response: "REFRESH_TOKEN_AUTH" in (response.request.post_data or "")) as answer:
        if refused:
            body = {"__type": "NotAuthorizedException", "message": "Refresh Token has been revoked"}
            late.fulfill(status=400, json=body, headers={"Access-Control-Allow-Origin": "*"})
        else:
            late.fulfill(response=renewed)
    answer.value.finished()
    drawn(at.page)
    if followed:
        expect(at.page.get_by_role("button", name="Account: Cora Colleague")).to_be_visible()
    else:
        expect(at.heading("sign in")).to_be_visible()
        at.shows_nothing_of("Your sign-in has ended")
    assert at.page.evaluate("sessionStorage.getItem('sign-in')") == kept


def test_a_session_of_another_tab_has_no_links_here(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_session())
    at.shows("The links of this session are not in this tab")
    accessible(at.page)
