"""P28: each function can do what it needs, and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from conftest import ROOT, Agent, Journey, Stack
from grants import Offer, offered
from hosted import Ended, Hosted, http_event
from test_recovery import asked, code_of, confirmation, event, idle, new_source
from test_triggers import crashed_mint, pre_token_event, verify_event

ISSUE = "POST /verifications/{id}/session"
CODE = "POST /verifications/{id}/code"
SEND = "POST /verifications/{id}/mfa"


class Template(yaml.SafeLoader):
    """CloudFormation's short forms are of no interest here."""


Template.add_multi_constructor("!", lambda loader, suffix, node: suffix)


def functions() -> list[str]:
    template = yaml.load((ROOT / "template.yaml").read_text(), Template)
    return [name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::Serverless::Function"]


# --- what it needs ---


def start_verification(stack: Stack) -> list[Any]:
    return [http_event("POST /verifications", {"email": stack.new_customer().email}, stack.new_agent())]


def send_mfa(stack: Stack) -> list[Any]:
    started, proved = stack.journey().through_start(), stack.journey().through_internal_validation()
    ask = {"to": "customer", "ecosystem": proved.customer.ecosystem}
    return [
        http_event(SEND, {"to": "agent"}, started.agent, id=started.id),
        http_event(SEND, ask, proved.agent, id=proved.id),
    ]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def verify_code(stack: Stack) -> list[Any]:
    challenged, asked = stack.journey().through_start(), stack.journey().through_asking()
    assert challenged.send_to_agent().status == 202
    assert challenged.agent_mail
    assert asked.customer_mail
    return [
        http_event(CODE, {"from": party, "code": code}, journey.agent, id=journey.id)
        for party, journey, right in (
            ("agent", challenged, challenged.agent_mail.code),
            ("customer", asked, asked.customer_mail.code),
        )
        for code in (other_than(right), right)
    ]


def successors(stack: Stack) -> Journey:
    """A verification of Ecosystem Admin."""
    process = {"id": "p-1", "title": "Check", "status": "done", "at": "2026-01-12T09:30:00Z", "detail": "Passport accepted."}
    customer = stack.new_customer(role="successor", processes=[process])
    return stack.journey(customer=customer, module="ecosystem-admin").through_consent()


def issue_session(stack: Stack) -> list[Any]:
    """The App's QR code is shown to the agent, or goes to the customer by mail."""
    journeys = [stack.journey().through_consent(), successors(stack)]
    return [http_event(ISSUE, {}, journey.agent, id=journey.id) for journey in journeys]


def cancel(stack: Stack) -> list[Any]:
    journey = stack.journey().through_start()
    return [http_event("POST /verifications/{id}/cancel", {"reason": "done"}, journey.agent, id=journey.id)]


def activity(stack: Stack) -> list[Any]:
    journey = stack.journey().through_start()
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    search = "POST /verifications/search"
    admin = successors(stack)
    return [
        http_event("GET /verifications/{id}/activity", None, admin.agent, id=admin.id),
        http_event("GET /verifications/{id}/activity/{process}", None, admin.agent, id=admin.id, process="p-1"),
        http_event("GET /verifications/{id}", None, journey.agent, id=journey.id),
        http_event(search, {}, journey.agent),
        http_event(search, {"customer": journey.customer.email}, supervisor),
        http_event(search, {}, supervisor),
    ]


def customer_consent(stack: Stack) -> list[Any]:
    journey = stack.journey().through_asking()
    assert journey.customer_mail
    token, code = journey.customer_mail.token, journey.customer_mail.code
    allow = {"token": token, "decision": "allow", "ecosystem": journey.customer.ecosystem}
    return [
        http_event("POST /consent/view", {"token": token}),
        http_event("POST /consent/answer", allow | {"code": other_than(code)}),
        http_event("POST /consent/answer", allow | {"code": code}),
        http_event("POST /consent/end", {"token": token}),
    ]


def redeem_handoff(stack: Stack) -> list[Any]:
    journey = stack.journey().through_session()
    return [http_event("POST /handoffs/redeem", {"handoff": journey.handoff("web"), "environment": "web"})]


def support_grant(stack: Stack) -> list[Any]:
    """A customer makes a grant in the place of one that ended, and an agent redeems another's; then both end."""
    making, redeemed = offered(stack), offered(stack)
    assert making.revoke().status == 204
    agent = stack.new_agent()

    def of(offer: Offer, route: str, body: Any = None) -> dict[str, Any]:
        return http_event(route, body, Agent("", "", "", offer.token, ""))

    wrong = redeemed.credentials | {"password": "x"}
    return [
        of(making, "POST /support-grant", making.body()),
        of(making, "GET /support-grant"),
        of(making, "GET /support-grant/options"),
        http_event("POST /support-grant/redeem", wrong, agent),
        http_event("POST /support-grant/redeem", redeemed.credentials, agent),
        of(redeemed, "POST /support-grant/regenerate"),
        of(redeemed, "DELETE /support-grant"),
    ]


def introspect_session(stack: Stack) -> list[Any]:
    token = stack.journey().through_session().redeem("web").json["access_token"]
    return [http_event("POST /introspect", None) | {"body": f"token={token}"}]


def close_verification(stack: Stack) -> list[Any]:
    """One refused before a session, who is told; one cancelled in it, who gets a receipt; a grant that is over. Nothing else is due
    before them.
    """
    sweep = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    while due(stack):
        stack.aws("lambda").invoke(FunctionName=stack.functions()["CloseVerificationFunction"], Payload=json.dumps(sweep))
    assert stack.journey().through_asking().deny().status == 200
    assert stack.journey().through_session().cancel().status == 200
    offered(stack).ends_in(-1)
    return [sweep]


def due(stack: Stack) -> int:
    return stack.aws("dynamodb").query(
        TableName=stack.facts["SupportTable"],
        IndexName="due",
        KeyConditionExpression="due = :due AND due_at <= :now",
        ExpressionAttributeValues={":due": {"S": "due"}, ":now": {"N": str(int(time.time() * 1000))}},
        Select="COUNT",
    )["Count"]


def receipts(stack: Stack) -> list[Any]:
    return [http_event("GET /receipts/key", None)]


def recover_password(stack: Stack) -> list[Any]:
    asking, confirming = stack.new_agent(), stack.new_agent()
    code = code_of(asked(stack, confirming.email))
    return [
        event("ask", {"email": asking.email}, new_source()),
        event("confirm", confirmation(confirming.email, code), new_source()),
    ]


def recovery_worker(stack: Stack) -> list[Any]:
    idle(stack)
    email = stack.new_agent().email
    jobs = [{"job": "send-code", "email": email}, {"job": "tell-changed", "email": email, "at": 0, "sign_out": True}]
    return [{"Records": [{"messageId": "1", "body": json.dumps(job)}]} for job in jobs]


def agent_triggers(stack: Stack) -> list[Any]:
    return [json.loads((ROOT / "events" / "cognito-triggers-agents-pre-token.json").read_text())]


def customer_triggers(stack: Stack) -> list[Any]:
    mint = crashed_mint(stack)
    return [verify_event(mint), pre_token_event(mint)]


# What makes each function do all that it ever does; the events are made before it starts.
WORK: dict[str, Callable[[Stack], list[Any]]] = {
    "StartVerificationFunction": start_verification,
    "SendMfaFunction": send_mfa,
    "VerifyCodeFunction": verify_code,
    "IssueSessionFunction": issue_session,
    "CancelFunction": cancel,
    "ActivityFunction": activity,
    "CustomerConsentFunction": customer_consent,
    "RedeemHandoffFunction": redeem_handoff,
    "SupportGrantFunction": support_grant,
    "IntrospectSessionFunction": introspect_session,
    "CloseVerificationFunction": close_verification,
    "ReceiptsFunction": receipts,
    "RecoverPasswordFunction": recover_password,
    "RecoveryWorkerFunction": recovery_worker,
    "AgentTriggersFunction": agent_triggers,
    "CustomerTriggersFunction": customer_triggers,
}

# Rights of a function's role that Lambda itself uses, on AWS, to hand it the jobs of its queue.
LAMBDAS_OWN = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


def rights(stack: Stack, function: str) -> list[dict[str, Any]]:
    """Each single action, on each single resource and kind of item, that the policies of a function's own role allow."""
    iam, role = stack.aws("iam"), stack.facts["resources"][f"{function}Role"]
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    return [
        {**statement, "Action": action, "Resource": resource, **condition}
        for document in documents
        for statement in listed(document["Statement"])
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        for condition in conditions(statement)
    ]


def conditions(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """A statement's condition, once for each kind of item that it names."""
    match statement.get("Condition"):
        case {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": kinds}}:
            return [{"Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": kind}}} for kind in listed(kinds)]
        case None:
            return [{}]
        case condition:
            return [{"Condition": condition}]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def work(stack: Stack, function: str, without: list[dict[str, Any]]) -> tuple[bool, bool]:
    """Lets a function do its work. Answers whether it asked for what it may not, and whether it said that something failed."""
    events = WORK[function](stack)
    hosted = Hosted(stack, function, without)
    failed = False
    with hosted:
        for each in events:
            try:
                answer = hosted.invoke(each)
            except Ended:
                failed = True
                break
            failed |= isinstance(answer, dict) and answer.get("statusCode", 200) >= 500
    failed |= any(json.loads(line)["level"] in ("WARN", "ERROR") for line in hosted.lines if line.startswith("{"))
    return any(call.denied for call in hosted.calls), failed


@pytest.mark.parametrize("function", functions())
def test_a_function_needs_all_that_its_policy_allows_and_nothing_more(stack: Stack, function: str) -> None:  # P28
    assert function in WORK, "its work is to be added above"
    assert work(stack, function, []) == (False, False), "with its policy as it is"
    spare, silent = [], []
    for right in rights(stack, function):
        if right["Action"] in LAMBDAS_OWN:
            continue
        denied, failed = work(stack, function, [right])
        if not denied:
            # Once more: a sweep that AWS starts may have been first.
            denied, failed = work(stack, function, [right])
        name = f"{right['Action']} on {right['Resource']} {right.get('Condition', '')}"
        if not denied:
            spare.append(name)
        elif not failed:
            silent.append(name)
    assert spare == [], "nothing fails without these"
    assert silent == [], "something fails without these, and nobody is told"


# --- what it must not do ---


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
        for kind in ("V#x", "S#x", "B#grants#x", "B#grant-entries#x", "B#lookups#x", "B#customer-mails#x", "B#agent-wrong#x",
                     "B#customer-wrong#x", "B#recovery-asked#x", "G#x", "X#x"):  # fmt: skip
            acts |= {f"{what} {kind}": act for what, act in self._item(self.support, kind).items()}
        acts |= {f"{what} directory": act for what, act in self._item(self.core, "USER#nobody@example.com").items()}
        for index in ("by-agent", "by-customer", "by-kind", "due"):
            acts[f"query {index}"] = self._query(index)
        for name, table in (("support", self.support), ("directory", self.core)):
            acts[f"scan {name}"] = ("dynamodb", "scan", {"TableName": table, "Limit": 1})
            acts[f"select {name}"] = ("dynamodb", "execute_statement", {"Statement": f'SELECT * FROM "{table}" WHERE pk = \'x\''})
        for who, pool in self.pools.items():
            acts |= {f"{what} {who}": ("cognito-idp", what, {"UserPoolId": pool} | more) for what, more in self._users().items()}
        acts |= {
            "send mail": self._mail("send_email", self.sender),
            "send mail from elsewhere": self._mail("send_email", "somebody@elsewhere.example"),
            "send raw mail": ("ses", "send_raw_email", {
                "Source": self.sender,
                "RawMessage": {"Data": f"From: {self.sender}\r\nTo: nobody@example.com\r\nSubject: x\r\n\r\nx"},
            }),
            "read key": ("secretsmanager", "get_secret_value", {"SecretId": self.resources["HashKey"]}),
            "change key": ("secretsmanager", "update_secret", {"SecretId": self.resources["HashKey"], "KmsKeyId": "alias/none"}),
            "sign": ("kms", "sign", {
                "KeyId": self.resources["ReceiptKey"], "Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"
            }),
            "get public key": ("kms", "get_public_key", {"KeyId": self.resources["ReceiptKey"]}),
            "leave job": ("sqs", "send_message", {
                "QueueUrl": self.resources["RecoveryQueue"], "MessageBody": '{"job": "send-code", "email": "nobody@example.com"}'
            }),
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
        name = {"by-agent": "agent_id", "by-customer": "customer_email", "by-kind": "kind", "due": "due"}[index]
        request = {
            "TableName": self.support, "IndexName": index, "Limit": 1, "KeyConditionExpression": f"{name} = :x",
            "ExpressionAttributeValues": {":x": {"S": "x"}},
        }  # fmt: skip
        return "dynamodb", "query", request

    def _mail(self, operation: str, sender: str) -> tuple[str, str, dict[str, Any]]:
        message = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
        return "ses", operation, {"Source": sender, "Destination": {"ToAddresses": ["nobody@example.com"]}, "Message": message}

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
AGENTS_STANDING = {"admin_get_user agent", "admin_list_groups_for_user agent"}
DIRECTORY = on("directory", "get", "transact-get")
RECOVERY = on("B#recovery-asked#x", "update", "transact-update")

# All that each may do. A function that is not here may do nothing.
MAY: dict[str, set[str]] = {
    "StartVerificationFunction": {
        *on("V#x", "put", "transact-put"), *on("B#lookups#x", "update", "transact-update"), *DIRECTORY, "admin_get_user agent",
    },
    "SendMfaFunction": {*MOVE, *on("B#customer-mails#x", "update", "transact-update"), "send mail", "read key"},
    "VerifyCodeFunction": {
        *MOVE, *CUSTOMERS_CODE, *on("B#agent-wrong#x", "update", "transact-update", "transact-check"), *AGENTS_STANDING,
        "admin_get_user customer", "read key",
    },
    "CustomerConsentFunction": {*MOVE, *CUSTOMERS_CODE, "read key"},
    "IssueSessionFunction": {
        *MOVE, *on("G#x", "put", "transact-put", "delete", "transact-delete"), *DIRECTORY, *AGENTS_STANDING,
        *on("customer", "admin_get_user", "admin_initiate_auth", "admin_respond_to_auth_challenge", "describe_user_pool_client"),
        "send mail", "send raw mail", "read key",
    },
    "CancelFunction": MOVE,
    "RedeemHandoffFunction": {*MOVE, *DIRECTORY, "read key"},
    "ActivityFunction": {
        *MOVE, *DIRECTORY, "batch-get V#x", "query by-agent", "query by-customer", "query by-kind",
    },
    "IntrospectSessionFunction": {*READ, "read key"},
    "SupportGrantFunction": {
        *MOVE, *on("S#x", "get", "transact-get", "put", "transact-put"), *DIRECTORY,
        *on("B#grants#x B#grant-entries#x B#lookups#x B#customer-mails#x", "update", "transact-update"),
        *AGENTS_STANDING, "admin_get_user customer", "send mail", "read key",
    },
    "CloseVerificationFunction": {
        *MOVE, *on("S#x", "get", "transact-get", "put", "transact-put"), "query due", "send mail", "send raw mail", "read key", "sign",
        "get public key",
    },
    "ReceiptsFunction": {"get public key"},
    "RecoverPasswordFunction": {*RECOVERY, "admin_user_global_sign_out agent", "leave job", "read key"},
    "RecoveryWorkerFunction": {*AGENTS_STANDING, "admin_user_global_sign_out agent", "send mail", "take job", "finish job", "look at queue"},
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
