"""Password recovery: where its secrets do not stand, and what its functions may do."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.hosted import Hosted
from support.patience import wait_until
from support.recovery import NEW, asked, code_of, confirm, confirmation, event, hanging, new_source, other_than
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quotas_begin_anew")


def test_no_password_and_no_code_stands_in_a_table_a_queue_or_a_log(stack: Stack, started_at: float) -> None:  # P7
    unique = uuid.uuid4().hex[:10]
    agent, password, weak = stack.new_agent(), f"Canary-{unique}-1", f"canary{unique}"
    mail = asked(stack, agent.email)
    code, seen = code_of(mail), mail.number
    assert confirm(stack, agent.email, other_than(code), password).status == 422
    assert confirm(stack, agent.email, code, weak).status == 400
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("ConfirmForgotPassword")
        body = confirmation("nobody@agents.example.com", code, password)
        assert function.invoke(event("confirm", body, new_source()))["statusCode"] == 503
        hosted = "\n".join(function.lines)
    # A job that stays, to be looked at in the queue.
    mapping = stack.facts["resources"]["PasswordChangedWork"]
    stack.aws("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        assert confirm(stack, agent.email, code, password).status == 204
        stack.sign_in("Agent", agent.email, password)
        messages = stack.aws("sqs").receive_message(
            QueueUrl=stack.facts["resources"]["PasswordChangedQueue"], MaxNumberOfMessages=10, VisibilityTimeout=0
        )["Messages"]
        queued = "\n".join(message["Body"] for message in messages)
        assert agent.email in queued
    finally:
        stack.aws("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
    told = stack.inbox.wait(agent.email, after=seen)

    tables = json.dumps([stack.items(), stack.items("CoreTable")], default=str)
    log = wait_until(lambda: (lines := "\n".join(stack.logs(started_at))).count('"job"') >= 2 and lines)
    for place in (tables, log, hosted, queued, told.message.as_string(), told.text, told.html):
        assert password not in place
        assert weak not in place
    # Six digits that stand in a longer number, in a moment or in a hash are not the code.
    by_itself = re.compile(rf"(?<![\w.-]){code}(?![\w.-])")
    for place in (tables, log, hosted, queued, told.text, told.html):
        assert not by_itself.search(place)
    assert agent.email not in log + hosted
    assert agent.email not in json.dumps([item for item in stack.items() if item["pk"]["S"].startswith("B#recovery")])


def test_the_route_can_count_and_leave_a_job_and_no_more(stack: Stack) -> None:  # P28
    facts = stack.facts
    cognito = stack.aws_as("RecoverPasswordFunction", "cognito-idp")
    table = stack.aws_as("RecoverPasswordFunction", "dynamodb")
    sqs = stack.aws_as("RecoverPasswordFunction", "sqs")
    agent = stack.new_agent()
    customer = stack.new_customer()
    count: dict[str, Any] = {
        "TableName": facts["SupportTable"], "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "0"}}
    }  # fmt: skip
    table.update_item(**count, Key={"pk": {"S": "B#recovery-source#test"}})
    cognito.admin_user_global_sign_out(UserPoolId=facts["AgentPoolId"], Username=agent.sub)
    denied: list[Callable[[], Any]] = [
        lambda: table.update_item(**count, Key={"pk": {"S": "B#lookups#test"}}),
        lambda: table.update_item(**count, Key={"pk": {"S": "V#test"}}),
        lambda: table.get_item(TableName=facts["SupportTable"], Key={"pk": {"S": "B#recovery-source#test"}}),
        lambda: table.scan(TableName=facts["SupportTable"]),
        lambda: table.get_item(TableName=facts["CoreTable"], Key={"pk": {"S": "USER#x"}}),
        lambda: cognito.admin_get_user(UserPoolId=facts["AgentPoolId"], Username=agent.sub),
        lambda: cognito.admin_list_groups_for_user(UserPoolId=facts["AgentPoolId"], Username=agent.sub),
        lambda: cognito.admin_user_global_sign_out(UserPoolId=facts["CustomerPoolId"], Username=customer.sub),
        lambda: cognito.admin_set_user_password(UserPoolId=facts["AgentPoolId"], Username=agent.sub, Password=NEW),
        lambda: cognito.admin_reset_user_password(UserPoolId=facts["AgentPoolId"], Username=agent.sub),
        lambda: sqs.receive_message(QueueUrl=facts["resources"]["RecoveryQueue"]),
        lambda: sqs.send_message(QueueUrl=facts["resources"]["RecoveryFailures"], MessageBody="{}"),
        lambda: stack.aws_as("RecoverPasswordFunction", "ses").send_email(
            Source=facts["parameters"]["MailFrom"],
            Destination={"ToAddresses": [agent.email]},
            Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}},
        ),
    ]
    for nth, call in enumerate(denied):
        with pytest.raises(ClientError) as raised:
            call()
        assert "AccessDenied" in raised.value.response["Error"]["Code"], (nth, raised.value)


def test_the_worker_can_look_agents_up_and_write_to_them_and_no_more(stack: Stack) -> None:  # P28
    facts = stack.facts
    cognito = stack.aws_as("RecoveryWorkerFunction", "cognito-idp")
    agent = stack.new_agent()
    customer = stack.new_customer()
    cognito.admin_get_user(UserPoolId=facts["AgentPoolId"], Username=agent.sub)
    sqs = stack.aws_as("RecoveryWorkerFunction", "sqs")
    denied: list[Callable[[], Any]] = [
        lambda: cognito.admin_get_user(UserPoolId=facts["CustomerPoolId"], Username=customer.sub),
        lambda: cognito.admin_user_global_sign_out(UserPoolId=facts["CustomerPoolId"], Username=customer.sub),
        lambda: cognito.admin_set_user_password(UserPoolId=facts["AgentPoolId"], Username=agent.sub, Password=NEW),
        lambda: stack.aws_as("RecoveryWorkerFunction", "dynamodb").scan(TableName=facts["SupportTable"]),
        lambda: sqs.send_message(QueueUrl=facts["resources"]["RecoveryQueue"], MessageBody="{}"),
        lambda: stack.aws_as("RecoveryWorkerFunction", "secretsmanager").get_secret_value(SecretId=facts["resources"]["HashKey"]),
        lambda: stack.aws_as("RecoveryWorkerFunction", "ses").send_email(
            Source="somebody@elsewhere.example",
            Destination={"ToAddresses": [agent.email]},
            Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}},
        ),
    ]
    for nth, call in enumerate(denied):
        with pytest.raises(ClientError) as raised:
            call()
        assert "AccessDenied" in raised.value.response["Error"]["Code"], (nth, raised.value)
