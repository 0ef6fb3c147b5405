"""Minting and redeeming: one session, one use of each handoff, and nothing alive after somebody has said stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from client import Answer, decode
from conftest import Customer, Journey, Stack, at_once
from contract import contract
from hosted import Call, Ended, Hosted, http_event
from samples import PASSWORD, ecosystem

ISSUE = "POST /verifications/{id}/session"


def issue_event(journey: Journey) -> dict[str, Any]:
    return http_event(ISSUE, {}, journey.agent, id=journey.id)


def is_active(stack: Stack, token: str) -> bool:
    """What an environment's backend learns about a token."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = AWSRequest("POST", f"{stack.facts['ApiUrl']}/introspect", form, urlencode({"token": token}))
    SigV4Auth(Credentials("test", "test"), "execute-api", stack.facts["region"]).add_auth(request)
    answer = stack.api.post("/introspect", raw=request.body, headers=dict(request.headers.items()))
    assert answer.status == 200, answer.body
    return answer.json["active"]


def seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def answered(function: Hosted, journey: Journey) -> Answer:
    """Issues by way of a function hosted here, and takes the handoffs as `Journey.issue` does."""
    response = function.invoke(issue_event(journey))
    answer = Answer(response["statusCode"], response["headers"], response["body"].encode(), 0)
    if answer.status == 201:
        journey.session = answer.json["session"]
    return answer


# --- P13: minted once, and who says stop wins ---


def test_of_parallel_calls_one_opens_the_session(stack: Stack) -> None:  # P13
    journey = stack.journey().through_consent()
    answers = at_once([journey.issue] * 30)
    assert sorted(answer.status for answer in answers) == [201] + [409] * 29
    actions = journey.actions()
    assert (actions.count("mint-started"), actions.count("session-started")) == (1, 1), actions

    record = journey.record()
    tokens = journey.redeem("web").json
    for token in (tokens["access_token"], tokens["id_token"]):
        claims = decode(token)
        assert claims["exp"] == seconds(journey.session["expires_at"]) == record["state"]["session"]["expires_at"] / 1000
        assert 0 < claims["exp"] - claims["iat"] <= 300


def stops(journey: Journey) -> dict[str, Callable[[], Answer]]:
    return {"cancelled": journey.cancel, "denied": journey.deny, "ended": journey.end}


def dead(journey: Journey, outcomes: set[str]) -> None:
    """Nothing of a session is left that anybody could use."""
    record = journey.record()
    assert record["state"]["status"] == "closed"
    assert record["state"]["outcome"] in outcomes, record["state"]
    assert "sealed" not in json.dumps(record, default=str)
    for handoff in (journey.session or {}).get("handoffs", []):
        assert journey.redeem(handoff["environment"]).status == 410


@pytest.fixture(scope="module")
def calls_of_a_mint(stack: Stack) -> list[str]:
    """What issue-session asks of AWS, in order, when nobody disturbs it."""
    journey = stack.journey().through_consent()
    calls: list[str] = []
    with Hosted(stack, "IssueSessionFunction") as function:
        function.after = lambda call: calls.append(call.operation)
        assert answered(function, journey).status == 201
    assert calls.count("TransactWriteItems") == 2, "the lease, and the session"
    return calls


def test_a_mint_is_begun_twenty_times_and_no_more(stack: Stack) -> None:  # P13
    """An item that grows with each could in the end not even be closed."""
    journey = stack.journey().through_consent()
    journey.edit(lambda record: record["state"]["consent"].update(mints=20))
    refused = journey.issue()
    assert (refused.status, refused.json["type"]) == (429, "/problems/too-many-requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert journey.read().json["status"] == "consented"
    assert journey.cancel().status == 200


@pytest.mark.parametrize("stop", ["cancelled", "denied"])
def test_a_stop_at_any_moment_of_a_mint_leaves_no_live_token(
    stack: Stack, calls_of_a_mint: list[str], stop: str
) -> None:  # P13
    """After each single call that issue-session makes, while it waits for the answer."""
    agent = stack.new_agent()
    with Hosted(stack, "IssueSessionFunction") as function:
        for moment in range(len(calls_of_a_mint)):
            journey = stack.journey(agent).through_consent()
            seen: list[Call] = []

            def stop_here(call: Call, journey: Journey = journey, seen: list[Call] = seen, moment: int = moment) -> None:
                seen.append(call)
                if len(seen) == moment + 1:
                    answer = stops(journey)[stop]()
                    assert answer.status == 200, answer.body

            function.after = stop_here
            answer = answered(function, journey)
            before = [call.operation for call in seen[: moment + 1]]
            where = f"after {', '.join(before)}: {answer.body.decode()}"
            in_session = before.count("TransactWriteItems") == 2
            assert answer.status == (201 if in_session else 409), where
            dead(journey, {"ended" if in_session and stop == "denied" else stop})
            for call in seen:
                if call.operation == "AdminRespondToAuthChallenge":
                    assert call.answer
                    tokens = call.answer["AuthenticationResult"]
                    assert not is_active(stack, tokens["AccessToken"]), where
                    assert not is_active(stack, tokens["IdToken"]), where


@pytest.mark.parametrize("stop", ["cancelled", "denied"])
def test_a_stop_and_a_mint_at_once_leave_no_live_token(stack: Stack, stop: str) -> None:  # P13
    agent = stack.new_agent()
    for _ in range(15):
        journey = stack.journey(agent).through_consent()
        issued, stopped = at_once([journey.issue, stops(journey)[stop]])
        assert stopped.status == 200, stopped.body
        assert issued.status in (201, 409), issued.body
        dead(journey, {"cancelled"} if stop == "cancelled" else {"denied", "ended"})


def test_a_crash_at_any_moment_of_a_mint_leaves_no_live_token_and_another_mint_begins(
    stack: Stack, calls_of_a_mint: list[str]
) -> None:  # P13
    agent = stack.new_agent()
    for moment in range(len(calls_of_a_mint)):
        journey = stack.journey(agent).through_consent()
        seen: list[str] = []
        with Hosted(stack, "IssueSessionFunction") as function:

            def crash(call: Call, seen: list[str] = seen, function: Hosted = function, moment: int = moment) -> None:
                seen.append(call.operation)
                if len(seen) == moment + 1:
                    function.kill()

            function.after = crash
            with pytest.raises(Ended):
                function.invoke(issue_event(journey))
        if seen.count("TransactWriteItems") == 2:
            # It was saved, but the handoffs died with the process: a session lost.
            assert journey.read().json["status"] == "in_session"
            assert journey.issue().status == 409
            assert journey.cancel().status == 200
            dead(journey, {"cancelled"})
            continue
        if "TransactWriteItems" in seen:
            assert journey.issue().json["verification_status"] == "minting"
            journey.age(45)
        assert journey.read().json["status"] == "consented"
        assert journey.issue().status == 201, seen
        assert journey.redeem("web").status == 200


# --- P14: a handoff is good once ---


def enough_instances(call: Callable[[], Any], width: int) -> None:
    """Lets a function start as many processes as it will need, not all of them at the same moment: on AWS they do not share two
    processors.
    """
    for instances in range(20, width + 1, 20):
        at_once([call] * instances)


def test_of_a_hundred_redemptions_one_succeeds(stack: Stack) -> None:  # P14
    journey = stack.journey().through_session()
    enough_instances(lambda: journey.redeem("web", f"{'A' * 22}.{'B' * 43}"), 100)
    answers = at_once([lambda: journey.redeem("web")] * 100)
    statuses = [answer.status for answer in answers]
    assert statuses.count(200) == 1
    assert statuses.count(410) == 99
    assert journey.actions().count("handoff-redeemed") == 1
    assert journey.redeem("web").status == 410


def face(answer: Answer) -> tuple[Any, ...]:
    """All that an answer shows, byte for byte, but when it was given and to which request."""
    request_id = answer.json["request_id"].encode()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for changing in ("date", "apigw-requestid", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"):
        headers.pop(changing, None)
    return answer.status, headers, answer.body.replace(request_id, b"")


def test_unknown_used_expired_and_other_handoffs_look_alike(stack: Stack) -> None:  # P14
    journey, other, cancelled, expired = (stack.journey().through_session() for _ in range(4))
    used = journey.handoff("web")
    assert journey.redeem("web", used).status == 200
    assert cancelled.cancel().status == 200
    expired.age(300)
    unknown = f"{'A' * 22}.{'B' * 43}"
    answers = {
        "used": journey.redeem("web", used),
        "for another environment": journey.redeem("store", journey.handoff("app")),
        "unknown": journey.redeem("web", unknown),
        "of a known session": journey.redeem("store", f"{journey.id}.{'B' * 43}"),
        "with another's secret": journey.redeem("store", f"{journey.id}.{other.handoff('store').partition('.')[2]}"),
        "of another form": journey.redeem("web", "x"),
        "cancelled": cancelled.redeem("web"),
        "expired": expired.redeem("web"),
        "no session yet": journey.redeem("web", f"{stack.journey().through_consent().id}.{'B' * 43}"),
    }
    alike = face(answers["unknown"])
    assert alike[0] == 410
    for which, answer in answers.items():
        assert face(answer) == alike, which


def test_a_refused_redemption_uses_nothing_up(stack: Stack) -> None:  # P14
    journey = stack.journey().through_session()
    before = journey.item
    for environment in ("store", "web", "rcm"):
        assert journey.redeem(environment, journey.handoff("app")).status == 410
    assert journey.item == before
    for environment in ("store", "web", "app", "rcm"):
        assert journey.redeem(environment).status == 200


# --- P16: the customer's own sessions ---


@pytest.mark.parametrize("stop", ["cancelled", "ended", "expired"])
def test_the_customers_own_session_survives(stack: Stack, stop: str) -> None:  # P16
    customer = stack.new_customer()
    own = stack.sign_in("Customer", customer.email)
    journey = stack.journey(customer=customer).through_session()
    assert journey.redeem("web").status == 200
    if stop == "expired":
        journey.age(300)
        assert journey.read().json["status"] == "closed"
    else:
        assert stops(journey)[stop]().status == 200
    cognito = stack.aws("cognito-idp")
    assert cognito.get_user(AccessToken=own["AccessToken"])["Username"] == customer.sub
    refreshed = cognito.initiate_auth(
        ClientId=stack.facts["CustomerClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": own["RefreshToken"]},
    )["AuthenticationResult"]
    assert "act" not in decode(refreshed["AccessToken"])


# --- P17: what a session cannot do ---


def test_no_answer_has_a_place_for_a_refresh_token(stack: Stack) -> None:  # P17
    assert "refresh" not in json.dumps(contract().document["components"]["schemas"]).lower()
    journey = stack.journey().through_consent()
    issued = journey.issue()
    redeemed = journey.redeem("web")
    assert set(redeemed.json) == {"access_token", "id_token", "token_type", "expires_in", "session"}
    for answer in (issued, redeemed, journey.read()):
        assert b"refresh" not in answer.body.lower()


def test_the_refresh_token_is_revoked_at_once_and_stored_nowhere(stack: Stack) -> None:  # P17
    journey = stack.journey().through_consent()
    seen: dict[str, Call] = {}

    def look(call: Call) -> None:
        seen[call.operation] = call

    with Hosted(stack, "IssueSessionFunction") as function:
        function.after = look
        assert answered(function, journey).status == 201
    tokens = seen["AdminRespondToAuthChallenge"].answer
    assert tokens
    refresh_token = tokens["AuthenticationResult"]["RefreshToken"]
    assert seen["RevokeToken"].request["Token"] == refresh_token
    assert refresh_token not in json.dumps(stack.items())

    cognito, support = stack.aws("cognito-idp"), stack.facts["SupportClientId"]
    described = cognito.describe_user_pool_client(UserPoolId=stack.facts["CustomerPoolId"], ClientId=support)
    secret = described["UserPoolClient"]["ClientSecret"]
    for client in ({"ClientId": support, "ClientSecret": secret}, {"ClientId": stack.facts["CustomerClientId"]}):
        with pytest.raises(cognito.exceptions.NotAuthorizedException):
            cognito.get_tokens_from_refresh_token(RefreshToken=refresh_token, **client)


def test_self_service_with_a_sessions_token_is_refused(stack: Stack) -> None:  # P17
    journey = stack.journey().through_session()
    token = journey.redeem("web").json["access_token"]
    assert "aws.cognito.signin.user.admin" not in decode(token).get("scope", "").split()
    cognito = stack.aws("cognito-idp")
    calls: dict[str, Callable[[], Any]] = {
        "GetUser": lambda: cognito.get_user(AccessToken=token),
        "UpdateUserAttributes": lambda: cognito.update_user_attributes(
            AccessToken=token, UserAttributes=[{"Name": "email", "Value": "thief@example.com"}]
        ),
        "ChangePassword": lambda: cognito.change_password(
            AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Another-Pass-1"
        ),
        "SetUserMFAPreference": lambda: cognito.set_user_mfa_preference(AccessToken=token, EmailMfaSettings={"Enabled": True}),
        "GlobalSignOut": lambda: cognito.global_sign_out(AccessToken=token),
        "DeleteUser": lambda: cognito.delete_user(AccessToken=token),
    }
    taken = []
    for name, call in calls.items():
        try:
            call()
            taken.append(name)
        except cognito.exceptions.NotAuthorizedException:
            pass
    assert taken == []
    user = cognito.admin_get_user(UserPoolId=stack.facts["CustomerPoolId"], Username=journey.customer.sub)
    assert {"Name": "email", "Value": journey.customer.email} in user["UserAttributes"]
    assert stack.sign_in("Customer", journey.customer.email)


# --- P31: entitlement as it is now ---


def directory_says(stack: Stack, customer: Customer, **changed: Any) -> None:
    """The directory's record of a customer, with something else in it."""
    stack.people.put_in_directory(replace(customer.record, **changed), customer.sub)


def ecosystem_as(customer: Customer, role: str, plan: str, *modules: str) -> list[dict[str, Any]]:
    return [ecosystem(customer.ecosystem, "Test & Co", role, plan, *modules)]


def opened(answer: Answer) -> list[str]:
    return [handoff["environment"] for handoff in answer.json["session"]["handoffs"]]


@pytest.mark.parametrize(
    ("role", "plan", "environments"),
    [
        ("admin", "plus", ["store", "web", "app"]),
        ("member", "premium", ["web", "app"]),
        ("member", "plus", ["web", "app"]),
    ],
)
def test_what_was_taken_away_since_the_consent_is_not_opened(
    stack: Stack, role: str, plan: str, environments: list[str]
) -> None:  # P31
    journey = stack.journey().through_consent()
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, role, plan, "rcm"))
    issued = journey.issue()
    assert issued.status == 201
    assert opened(issued) == environments
    tokens = journey.redeem("web").json
    assert decode(tokens["access_token"])["environments"] == environments
    assert tokens["session"]["landing"] == ("home" if role == "admin" else "my-ecosystem")
    assert journey.view().json["environments"] == environments, "the customer sees what is open"


def test_what_was_added_since_the_consent_was_not_consented_to(stack: Stack) -> None:  # P31
    journey = stack.journey(customer=stack.new_customer(role="member", plan="plus")).through_consent()
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, "admin", "premium", "rcm"))
    assert opened(journey.issue()) == ["web", "app"]


@pytest.mark.parametrize(
    ("changed", "status", "slug"),
    [
        ({"ecosystems": []}, 422, "environment-refused"),
        ({"status": "suspended"}, 403, "not-allowed"),
    ],
)
def test_a_customer_who_lost_it_all_since_the_consent_gets_no_session(
    stack: Stack, changed: dict[str, Any], status: int, slug: str
) -> None:  # P31
    journey = stack.journey().through_consent()
    directory_says(stack, journey.customer, **changed)
    refused = journey.issue()
    assert (refused.status, refused.json["type"]) == (status, f"/problems/{slug}")
    assert journey.read().json["status"] == "consented"
    directory_says(stack, journey.customer)
    assert journey.issue().status == 201


def test_an_address_that_is_somebody_elses_by_now_opens_nothing(stack: Stack) -> None:  # P31
    journey, successor = stack.journey().through_consent(), stack.new_customer()
    stack.people.put_in_directory(journey.customer.record, successor.sub)
    assert journey.issue().status == 422


@pytest.mark.parametrize(
    ("environment", "role", "plan"), [("rcm", "admin", "plus"), ("store", "member", "premium"), ("rcm", "member", "premium")]
)
def test_a_handoff_to_what_was_taken_away_since_is_refused_and_others_are_not(
    stack: Stack, environment: str, role: str, plan: str
) -> None:  # P31
    journey = stack.journey().through_session()
    directory_says(stack, journey.customer, ecosystems=ecosystem_as(journey.customer, role, plan, "rcm"))
    assert face(journey.redeem(environment)) == face(journey.redeem("web", f"{'A' * 22}.{'B' * 43}"))
    assert journey.redeem("web").status == 200


def test_nothing_is_redeemed_for_who_was_suspended_or_removed_since(stack: Stack) -> None:  # P31
    journey = stack.journey().through_session()
    directory_says(stack, journey.customer, status="suspended")
    assert journey.redeem("web").status == 410
    key = {"pk": {"S": f"USER#{journey.customer.email}"}}
    stack.aws("dynamodb").delete_item(TableName=stack.facts["CoreTable"], Key=key)
    assert journey.redeem("web").status == 410
    directory_says(stack, journey.customer)
    assert journey.redeem("web").status == 200
