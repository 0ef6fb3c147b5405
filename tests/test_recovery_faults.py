"""Password recovery with a dependency that refuses or hangs."""

from __future__ import annotations

import json
import time

import pytest
from botocore.exceptions import ClientError

from support.hosted import Ended, Hosted
from support.patience import wait_until
from support.recovery import (
    NEW,
    ask,
    asked,
    code_of,
    confirm,
    confirm_from,
    confirmation,
    denying,
    event,
    hanging,
    idle,
    new_source,
    other_than,
    people,
    redelivered_at_once,
    refresh,
    refused,
    waiting,
)
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quotas_begin_anew")


def test_with_the_queue_refusing_or_hanging_asking_fails_in_time_for_everybody_and_can_be_repeated(stack: Stack) -> None:  # P25
    addresses, source = people(stack), new_source()
    with Hosted(stack, "RecoverPasswordFunction", denied=denying("sqs:SendMessage")) as function:
        answers = {kind: function.invoke(event("ask", {"email": email}, source)) for kind, email in addresses.items()}
    assert {answer["statusCode"] for answer in answers.values()} == {503}
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("SendMessage")
        started = time.monotonic()
        assert function.invoke(event("ask", {"email": addresses["known"]}, source))["statusCode"] == 503
        assert time.monotonic() - started < 10
    idle(stack)
    assert code_of(asked(stack, addresses["known"])), "there is no wait after a failure"


def test_with_the_store_refusing_or_hanging_nothing_is_judged_or_sent(stack: Stack) -> None:  # P25
    agent, source = stack.new_agent(), new_source()
    code, seen = code_of(asked(stack, agent.email)), stack.inbox.last_number()
    requests = [event("ask", {"email": agent.email}, source), event("confirm", confirmation(agent.email, code), source)]
    with Hosted(stack, "RecoverPasswordFunction", denied=denying("dynamodb:UpdateItem")) as function:
        assert [function.invoke(request)["statusCode"] for request in requests] == [503, 503]
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("TransactWriteItems", "UpdateItem")
        for request in requests:
            started = time.monotonic()
            assert function.invoke(request)["statusCode"] == 503
            assert time.monotonic() - started < 10
    idle(stack)
    assert stack.inbox.mails(agent.email, after=seen) == []
    assert confirm(stack, agent.email, code).status == 204


def test_with_cognito_hanging_a_code_counts_for_nothing_and_is_good_afterwards(stack: Stack) -> None:  # P25
    agent, source = stack.new_agent(), new_source()
    code = code_of(asked(stack, agent.email))
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("ConfirmForgotPassword")
        started = time.monotonic()
        assert function.invoke(event("confirm", confirmation(agent.email, code), source))["statusCode"] == 503
        assert time.monotonic() - started < 10
    answer = confirm_from(stack, source, agent.email, other_than(code))
    assert json.loads(answer["body"])["attempts_left"] == 4
    # The call that hung arrives when it arrives: what was asked for is done then.
    wait_until(lambda: confirm_from(stack, source, agent.email, code)["statusCode"] in (204, 422))
    wait_until(lambda: signs_in(stack, agent.email, NEW))


def signs_in(stack: Stack, email: str, password: str) -> bool:
    try:
        stack.sign_in("Agent", email, password)
    except ClientError:
        return False
    return True


@pytest.mark.parametrize("how", ["refused", "hanging"])
def test_whom_the_route_cannot_sign_out_the_worker_signs_out(stack: Stack, how: str) -> None:  # P25
    agent = stack.new_agent()
    before = stack.sign_in("Agent", agent.email)
    time.sleep(1.1)
    code, seen = code_of(asked(stack, agent.email)), stack.inbox.last_number()
    denied = denying("cognito-idp:AdminUserGlobalSignOut") if how == "refused" else None
    with Hosted(stack, "RecoverPasswordFunction", denied=denied) as function:
        if how == "hanging":
            function.before = hanging("AdminUserGlobalSignOut")
        started = time.monotonic()
        answer = function.invoke(event("confirm", confirmation(agent.email, code), new_source()))
        assert answer["statusCode"] == 204
        assert time.monotonic() - started < 10
    stack.inbox.wait(agent.email, after=seen)
    refused("NotAuthorizedException", lambda: refresh(stack, before["RefreshToken"]))
    stack.sign_in("Agent", agent.email, NEW)


def test_a_job_that_fails_comes_back_and_is_done(stack: Stack) -> None:  # P25
    agent = stack.new_agent()
    worker = stack.functions()["RecoveryWorkerFunction"]
    functions, role = stack.aws("iam"), stack.facts["resources"]["RecoveryWorkerFunctionRole"]
    assert worker
    deny = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}]})
    with redelivered_at_once(stack):
        functions.put_role_policy(RoleName=role, PolicyName="test-denies", PolicyDocument=deny)
        try:
            started, seen = time.time(), stack.inbox.last_number()
            assert ask(stack, agent.email).status == 202, "the route does not notice"
            wait_until(lambda: failed_jobs(stack, started) >= 2)
            assert stack.inbox.mails(agent.email, after=seen) == []
        finally:
            functions.delete_role_policy(RoleName=role, PolicyName="test-denies")
        mail = stack.inbox.wait(agent.email, after=seen, seconds=20)
        idle(stack)
    assert confirm(stack, agent.email, code_of(mail)).status == 204


def test_a_change_of_password_waits_in_a_queue_of_its_own_until_the_agent_is_told(stack: Stack) -> None:  # P25
    """Behind requests for codes that nobody can work off."""
    agent, sqs, resources = stack.new_agent(), stack.aws("sqs"), stack.facts["resources"]
    code, seen = code_of(asked(stack, agent.email)), stack.inbox.last_number()
    mapping = resources["RecoveryWork"]
    stack.aws("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        for number in range(30):
            job = {"job": "send-code", "email": f"nobody-{number}@agents.example.com"}
            sqs.send_message(QueueUrl=resources["RecoveryQueue"], MessageBody=json.dumps(job))
        assert confirm(stack, agent.email, code).status == 204
        assert "password" in stack.inbox.wait(agent.email, after=seen).subject
        assert waiting(stack) == 30
    finally:
        stack.aws("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
    idle(stack)


def test_a_job_that_fails_five_times_is_put_aside(stack: Stack) -> None:
    sqs, resources = stack.aws("sqs"), stack.facts["resources"]
    with redelivered_at_once(stack):
        sqs.send_message(QueueUrl=resources["RecoveryQueue"], MessageBody='{"job": "nonsense"}')
        wait_until(lambda: waiting(stack, "RecoveryFailures") == 1 and waiting(stack) == 0)
    sqs.purge_queue(QueueUrl=resources["RecoveryFailures"])


def failed_jobs(stack: Stack, since: float) -> int:
    lines = [json.loads(line) for line in stack.logs(since) if line.startswith("{")]
    return sum(line.get("message") == "job" and line.get("level") == "ERROR" for line in lines)


@pytest.mark.parametrize(
    ("job", "operation"),
    [
        ("send-code", "AdminGetUser"),
        ("send-code", "AdminListGroupsForUser"),
        ("send-code", "ForgotPassword"),
        ("tell-changed", "AdminGetUser"),
        ("tell-changed", "SendRawEmail"),
    ],
)
def test_a_worker_whose_dependency_hangs_gives_up_in_time_and_the_job_is_left(stack: Stack, job: str, operation: str) -> None:  # P25
    agent = stack.new_agent()
    jobs = {
        "send-code": {"job": "send-code", "email": agent.email},
        "tell-changed": {"job": "tell-changed", "email": agent.email, "at": 1_793_178_846_222, "sign_out": False},
    }
    record = {"Records": [{"messageId": "1", "body": json.dumps(jobs[job])}]}
    with Hosted(stack, "RecoveryWorkerFunction") as function:
        function.before = hanging(operation)
        started = time.monotonic()
        with pytest.raises(Ended):
            function.invoke(record)
        assert time.monotonic() - started < 12, "as long as Lambda lets it"
