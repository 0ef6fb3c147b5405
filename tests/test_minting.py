"""A session is minted once, and stopping wins over minting."""

from __future__ import annotations

import pytest

from client import decode
from support.at_once import at_once
from support.hosted import Call, Ended, Hosted
from support.journey import Journey
from support.patience import wait_until
from support.sessions import answered, dead, is_active, issue_event, seconds, stops
from support.stack import Stack


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
        assert seconds(journey.session["expires_at"]) == record["state"]["session"]["expires_at"] / 1000
        # The session ends with the first of its tokens; four are signed within seconds.
        assert 0 <= claims["exp"] - seconds(journey.session["expires_at"]) <= 5
        assert 0 < claims["exp"] - claims["iat"] <= 300


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


@pytest.mark.parametrize("stop", ["finished", "cancelled", "denied"])
def test_a_stop_at_any_moment_of_a_mint_leaves_no_live_token(stack: Stack, calls_of_a_mint: list[str], stop: str) -> None:  # P13
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
            # Refresh tokens are revoked while the session is being written: then either comes first.
            either = "RevokeToken" in before and not in_session
            expected = {201, 409} if either else {201 if in_session else 409}
            assert answer.status in expected, where
            outcomes = {"ended", "denied"} if either else {"ended" if in_session else "denied"}
            dead(journey, outcomes if stop == "denied" else {stop})
            for call in seen:
                if call.operation == "AdminRespondToAuthChallenge":
                    assert call.answer
                    tokens = call.answer["AuthenticationResult"]
                    assert not is_active(stack, tokens["AccessToken"]), where
                    assert not is_active(stack, tokens["IdToken"]), where


@pytest.mark.parametrize("stop", ["finished", "cancelled", "denied"])
def test_a_stop_and_a_mint_at_once_leave_no_live_token(stack: Stack, stop: str) -> None:  # P13
    agent = stack.new_agent()
    for _ in range(15):
        journey = stack.journey(agent).through_consent()
        issued, stopped = at_once([journey.issue, stops(journey)[stop]])
        assert stopped.status == 200, stopped.body
        assert issued.status in (201, 409), issued.body
        dead(journey, {"denied", "ended"} if stop == "denied" else {stop})


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
            # What was on its way when it crashed, arrives.
            writes = [call for call in function.calls if call.operation == "TransactWriteItems"]
            wait_until(lambda w=writes: all(call.dropped or call.answer is not None for call in w), "not every write was answered")
        if journey.record()["state"]["status"] == "in_session":
            # It was saved, but the handoffs died with the process: a session lost.
            assert journey.read().json["status"] == "in_session"
            assert journey.issue().status == 409
            assert journey.cancel().status == 200
            dead(journey, {"cancelled"})
            continue
        if journey.record()["state"]["status"] == "minting":
            assert journey.issue().json["verification_status"] == "minting"
            journey.age(45)
        assert journey.read().json["status"] == "consented"
        assert journey.issue().status == 201, seen
        assert journey.redeem("web").status == 200


def test_a_client_secret_that_was_replaced_is_read_again(stack: Stack) -> None:
    """Nothing is restarted. As long as Secrets Manager has the old one only, nothing is minted, and nothing is lost."""
    cognito, manager = stack.aws("cognito-idp"), stack.aws("secretsmanager")
    client = {"UserPoolId": stack.facts["CustomerPoolId"], "ClientId": stack.facts["SupportClientId"]}
    kept = stack.facts["resources"]["SupportClientSecret"]
    stack.journey().through_session()
    new = cognito.add_user_pool_client_secret(**client)["ClientSecretDescriptor"]["ClientSecretValue"]
    journey = stack.journey().through_consent()
    try:
        assert journey.issue().status == 503
        assert journey.record()["state"]["status"] == "consented"
    finally:
        manager.put_secret_value(SecretId=kept, SecretString=new)
    assert journey.issue().status == 201
    assert journey.redeem("web").status == 200
