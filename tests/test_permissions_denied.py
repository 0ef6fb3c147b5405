"""P28: each function can do nothing that it does not need."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.stack import Stack
from support.template import functions


class Acts:
    """Things that somebody with keys might do. None changes anything, even where it is allowed: what would be changed is not there."""

    def __init__(self, stack: Stack) -> None:
        facts = stack.facts
        self.support, self.core = facts["SupportTable"], facts["CoreTable"]
        self.pools = {"agent": facts["AgentPoolId"], "customer": facts["CustomerPoolId"]}
        self.client, self.resources = facts["SupportClientId"], facts["resources"]
        self.sender = facts["parameters"]["MailFrom"]

    def all(self) -> dict[str, tuple[str, str, dict[str, Any]]]:
        """By name: service, operation, parameters."""
        acts: dict[str, tuple[str, str, dict[str, Any]]] = {}
        for kind in ("V#x", "S#x", "B#grants#x", "B#grant-entries#x", "B#lookups#x", "B#customer-mails#x",
                     "B#customer-mails-by#x", "B#agent-wrong#x",
                     "B#customer-wrong#x", "B#recovery-asked#x", "G#x", "T#x", "X#x"):  # fmt: skip
            acts |= {f"{what} {kind}": act for what, act in self._item(self.support, kind).items()}
        acts |= {f"{what} directory": act for what, act in self._item(self.core, "USER#nobody@example.com").items()}
        for index in ("by-agent", "by-customer", "by-kind", "by-ticket", "due"):
            acts[f"query {index}"] = self._query(index)
        for name, table in (("support", self.support), ("directory", self.core)):
            acts[f"scan {name}"] = ("dynamodb", "scan", {"TableName": table, "Limit": 1})
            acts[f"select {name}"] = ("dynamodb", "execute_statement", {"Statement": f"SELECT * FROM \"{table}\" WHERE pk = 'x'"})
        for who, pool in self.pools.items():
            acts |= {f"{what} {who}": ("cognito-idp", what, {"UserPoolId": pool} | more) for what, more in self._users().items()}
        acts |= {
            "send email": self._mail("send_email", self.sender),
            "send email from elsewhere": self._mail("send_email", "somebody@elsewhere.example"),
            "send raw email": self._raw_mail(self.sender),
            "send raw email from elsewhere": self._raw_mail("somebody@elsewhere.example"),
            "send raw email in its set": self._raw_mail(self.sender, self.resources["Emails"]),
            "send raw email in another set": self._raw_mail(self.sender, "another"),
            "read key": ("secretsmanager", "get_secret_value", {"SecretId": self.resources["HashKey"]}),
            "read client secret": ("secretsmanager", "get_secret_value", {"SecretId": self.resources["SupportClientSecret"]}),
            "change key": ("secretsmanager", "update_secret", {"SecretId": self.resources["HashKey"], "KmsKeyId": "alias/none"}),
            "sign": ("kms", "sign", {
                "KeyId": self.resources["ReceiptKey"], "Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"
            }),
            "get public key": ("kms", "get_public_key", {"KeyId": self.resources["ReceiptKey"]}),
            "leave job": ("sqs", "send_message", {
                "QueueUrl": self.resources["RecoveryQueue"], "MessageBody": '{"job": "send-code", "email": "nobody@example.com"}'
            }),
            "leave change": ("sqs", "send_message", {
                "QueueUrl": self.resources["PasswordChangedQueue"], "MessageBody": '{"job": "send-code", "email": "nobody@example.com"}'
            }),
            "take change": ("sqs", "receive_message", {"QueueUrl": self.resources["PasswordChangedQueue"], "VisibilityTimeout": 0}),
            "finish change": ("sqs", "delete_message", {"QueueUrl": self.resources["PasswordChangedQueue"], "ReceiptHandle": "none"}),
            "look at changes": (
                "sqs", "get_queue_attributes", {"QueueUrl": self.resources["PasswordChangedQueue"], "AttributeNames": ["All"]}
            ),
            "take job": ("sqs", "receive_message", {"QueueUrl": self.resources["RecoveryQueue"], "VisibilityTimeout": 0}),
            "finish job": ("sqs", "delete_message", {"QueueUrl": self.resources["RecoveryQueue"], "ReceiptHandle": "none"}),
            "look at queue": ("sqs", "get_queue_attributes", {"QueueUrl": self.resources["RecoveryQueue"], "AttributeNames": ["All"]}),
            "invoke": ("lambda", "invoke", {"FunctionName": self.resources["ReceiptsFunction"], "Payload": b"{}"}),
            "read settings": ("lambda", "get_function_configuration", {"FunctionName": self.resources["ReceiptsFunction"]}),
            "read roles": ("iam", "list_roles", {}),
            "write log": ("logs", "create_log_stream", {"logGroupName": self.resources["FunctionLogs"], "logStreamName": "x" * 600}),
            "write other log": ("logs", "create_log_stream", {"logGroupName": self.resources["AccessLogs"], "logStreamName": "x" * 600}),
            "make log": ("logs", "create_log_group", {"logGroupName": "x" * 600}),
            "read logs": ("logs", "filter_log_events", {"logGroupName": self.resources["FunctionLogs"]}),
            "take another role": ("sts", "assume_role", {
                "RoleArn": f"arn:aws:iam::000000000000:role/{self.resources['IssueSessionFunctionRole']}x", "RoleSessionName": "none"
            }),
            "read buckets": ("s3", "list_buckets", {}),
        }  # fmt: skip
        return acts

    def _item(self, table: str, key: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
        place = {"TableName": table, "Key": {"pk": {"S": key}}}
        item = {"TableName": table, "Item": {"pk": {"S": key}}}
        impossible = {"ConditionExpression": "attribute_exists(nothing)"}
        single = {
            "get": ("get_item", place),
            "put": ("put_item", item | impossible),
            "update": ("update_item", place | impossible | {"UpdateExpression": "REMOVE nothing"}),
            "delete": ("delete_item", place | impossible),
            "batch-get": ("batch_get_item", {"RequestItems": {table: {"Keys": [place["Key"]]}}}),
        }
        in_transaction = {
            "get": ("transact_get_items", {"Get": place}),
            "put": ("transact_write_items", {"Put": item | impossible}),
            "update": ("transact_write_items", {"Update": place | impossible | {"UpdateExpression": "REMOVE nothing"}}),
            "delete": ("transact_write_items", {"Delete": place | impossible}),
            "check": ("transact_write_items", {"ConditionCheck": place | impossible}),
        }
        acts = {what: ("dynamodb", operation, request) for what, (operation, request) in single.items()}
        for what, (operation, each) in in_transaction.items():
            acts[f"transact-{what}"] = ("dynamodb", operation, {"TransactItems": [each]})
        return acts

    def _query(self, index: str) -> tuple[str, str, dict[str, Any]]:
        name = {"by-agent": "agent_id", "by-customer": "customer_email", "by-kind": "kind", "by-ticket": "ticket_key", "due": "due"}[index]
        request = {
            "TableName": self.support, "IndexName": index, "Limit": 1, "KeyConditionExpression": f"{name} = :x",
            "ExpressionAttributeValues": {":x": {"S": "x"}},
        }  # fmt: skip
        return "dynamodb", "query", request

    def _mail(self, operation: str, sender: str) -> tuple[str, str, dict[str, Any]]:
        message = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
        return "ses", operation, {"Source": sender, "Destination": {"ToAddresses": ["nobody@example.com"]}, "Message": message}

    def _raw_mail(self, sender: str, configuration_set: str | None = None) -> tuple[str, str, dict[str, Any]]:
        message = f"From: {sender}\r\nTo: nobody@example.com\r\nSubject: x\r\n\r\nx"
        under = {"ConfigurationSetName": configuration_set} if configuration_set else {}
        return "ses", "send_raw_email", {"Source": sender, "RawMessage": {"Data": message}, **under}

    def _users(self) -> dict[str, dict[str, Any]]:
        nobody = {"Username": "00000000-0000-4000-8000-00000000000f"}
        app = {"ClientId": self.client}
        return {
            "admin_get_user": nobody,
            "admin_list_groups_for_user": nobody,
            "admin_user_global_sign_out": nobody,
            "admin_set_user_password": nobody | {"Password": "Another-Pass-1"},
            "admin_reset_user_password": nobody,
            "admin_update_user_attributes": nobody | {"UserAttributes": [{"Name": "name", "Value": "x"}]},
            "admin_add_user_to_group": nobody | {"GroupName": "CustomerService"},
            "admin_remove_user_from_group": nobody | {"GroupName": "CustomerService"},
            "admin_disable_user": nobody,
            "admin_delete_user": nobody,
            "admin_initiate_auth": app | {"AuthFlow": "CUSTOM_AUTH", "AuthParameters": nobody},
            "admin_respond_to_auth_challenge": app | {"ChallengeName": "CUSTOM_CHALLENGE", "Session": "x" * 20},
            "describe_user_pool_client": app,
            "describe_user_pool": {},
            "list_users": {"Limit": 1},
            "create_group": {"GroupName": "CustomerService"},
        }


def on(kinds: str, *acts: str) -> set[str]:
    return {f"{act} {kind}" for kind in kinds.split() for act in acts}


READ = on("V#x", "get", "transact-get")
MOVE = READ | on("V#x", "put", "transact-put")
CUSTOMERS_CODE = on("B#customer-wrong#x", "update", "transact-update", "transact-check")
AGENTS_STATUS = {"admin_get_user agent", "admin_list_groups_for_user agent"}
DIRECTORY = on("directory", "get", "transact-get")
EMAIL = {"send raw email", "send raw email in its set"}
DROP = on("T#x", "delete", "transact-delete")
RECOVERY = on("B#recovery-asked#x", "update", "transact-update")

# All that each may do. A function that is not here may do nothing.
MAY: dict[str, set[str]] = {
    "StartVerificationFunction": {
        *on("V#x", "put", "transact-put"), *on("B#lookups#x", "update", "transact-update"), *DIRECTORY, "admin_get_user agent",
    },
    "SendMfaFunction": {*MOVE, *on("B#customer-mails#x B#customer-mails-by#x", "update", "transact-update"), *EMAIL, "read key"},
    "VerifyCodeFunction": {
        *MOVE, *CUSTOMERS_CODE, *on("B#agent-wrong#x", "update", "transact-update", "transact-check"), *AGENTS_STATUS,
        "admin_get_user customer", "read key",
    },
    "CustomerConsentFunction": {*MOVE, *DROP, *CUSTOMERS_CODE, "read key"},
    "IssueSessionFunction": {
        *MOVE, *on("G#x", "put", "transact-put", "delete", "transact-delete"), *on("T#x", "put", "transact-put"), *DIRECTORY, *AGENTS_STATUS,
        *on("customer", "admin_get_user", "admin_initiate_auth", "admin_respond_to_auth_challenge"), "read client secret",
        *EMAIL, "read key",
    },
    "CancelFunction": {*MOVE, *DROP},
    "EmailEventsFunction": MOVE,
    "RedeemHandoffFunction": {*MOVE, *DROP, *on("T#x", "get", "transact-get"), *DIRECTORY, "read key"},
    "ActivityFunction": {
        *MOVE, *DIRECTORY, "batch-get V#x", "query by-agent", "query by-customer", "query by-kind", "query by-ticket",
    },
    "IntrospectSessionFunction": {*READ, *DIRECTORY, "read key"},
    "SupportGrantFunction": {
        *MOVE, *DROP, *on("S#x", "get", "transact-get", "put", "transact-put"), *DIRECTORY,
        *on("B#grants#x B#grant-entries#x B#lookups#x B#customer-mails#x B#customer-mails-by#x", "update", "transact-update"),
        *AGENTS_STATUS, "admin_get_user customer", *EMAIL, "read key",
    },
    "CloseVerificationFunction": {
        *MOVE, *DROP, *on("S#x", "get", "transact-get", "put", "transact-put"), *on("V#x S#x", "update", "transact-update"), "query due",
        *EMAIL, "read key", "sign",
        "get public key",
    },
    "ReceiptsFunction": {"get public key"},
    "RecoverPasswordFunction": {*RECOVERY, "admin_user_global_sign_out agent", "leave job", "leave change", "read key"},
    "RecoveryWorkerFunction": {
        *AGENTS_STATUS, "admin_user_global_sign_out agent", *EMAIL, "take job", "finish job", "look at queue", "take change",
        "finish change", "look at changes",
    },
    "CustomerTriggersFunction": {*on("G#x", "get", "transact-get", "update", "transact-update"), "read key"},
}  # fmt: skip


@pytest.mark.parametrize("function", functions())
def test_a_function_may_do_this_and_nothing_else(stack: Stack, function: str) -> None:  # P28
    services: dict[str, Any] = {}
    allowed = set()
    for name, (service, operation, request) in Acts(stack).all().items():
        client = services.setdefault(service, stack.aws_as(function, service)) if service not in services else services[service]
        try:
            getattr(client, operation)(**request)
            allowed.add(name)
        except ClientError as error:
            if "AccessDenied" not in error.response["Error"]["Code"]:
                allowed.add(name)
    expected = MAY.get(function, set()) | {"write log"}
    assert allowed - expected == set(), "may do what it need not"
    assert expected - allowed == set(), "may not do what it must"
