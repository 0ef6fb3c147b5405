"""Settings of template.yaml that the emulator does not enforce: read from the file, since no call can show them here."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from settings import ROOT


class Loader(yaml.SafeLoader):
    """CloudFormation's short forms as their long ones: `!Ref Name` is `{"Ref": "Name"}`."""


def _short_form(loader: Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


Loader.add_multi_constructor("!", _short_form)
TEMPLATE: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), Loader)
SUPPORT_TABLE = {"Fn::GetAtt": "SupportTable.Arn"}
KINDS = ("V#", "B#", "G#", "S#", "T#")


def resources(kind: str) -> dict[str, Any]:
    found = {name: each for name, each in TEMPLATE["Resources"].items() if each["Type"] == kind}
    assert found, kind
    return found


def parameter(reference: Any) -> dict[str, Any]:
    return TEMPLATE["Parameters"][reference["Ref"]]


@pytest.mark.parametrize("table", ["CoreTable", "SupportTable"])
def test_a_table_is_encrypted_recoverable_and_outlives_the_stack(table: str) -> None:
    described = resources("AWS::DynamoDB::Table")[table]
    assert (described["DeletionPolicy"], described["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert described["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert described["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_ses_reports_what_comes_back_and_stops_sending_there() -> None:
    emails = resources("AWS::SES::ConfigurationSet")["Emails"]["Properties"]
    assert emails["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
    (reports,) = resources("AWS::SES::ConfigurationSetEventDestination").values()
    assert reports["Properties"]["ConfigurationSetName"] == {"Ref": "Emails"}
    destination = reports["Properties"]["EventDestination"]
    assert destination["Enabled"] is True
    assert set(destination["MatchingEventTypes"]) == {"bounce", "complaint", "reject"}
    for name, function in resources("AWS::Serverless::Function").items():
        settings = function["Properties"].get("Environment", {}).get("Variables", {})
        assert ("MAIL_FROM" in settings) == (settings.get("CONFIGURATION_SET") == {"Ref": "Emails"}), name


def test_there_are_no_other_tables() -> None:
    assert resources("AWS::DynamoDB::Table").keys() == {"CoreTable", "SupportTable"}


@pytest.mark.parametrize("pool", ["AgentPool", "CustomerPool"])
def test_a_user_pool_outlives_the_stack(pool: str) -> None:
    described = resources("AWS::Cognito::UserPool")[pool]
    assert (described["DeletionPolicy"], described["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_agents_are_created_by_administrators_alone() -> None:
    """A customer with an account in the agents' pool gets no support, so a stranger who could create one could shut a customer out."""
    agents = resources("AWS::Cognito::UserPool")["AgentPool"]["Properties"]
    assert agents["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}


def test_agents_have_a_second_factor_where_the_operator_says_so() -> None:
    """Cognito refuses `ON` without a factor, and a factor with `OFF`."""
    agents = resources("AWS::Cognito::UserPool")["AgentPool"]["Properties"]
    assert parameter(agents["MfaConfiguration"])["AllowedValues"] == ["OFF", "ON"]
    condition, factors, otherwise = agents["EnabledMfas"]["Fn::If"]
    assert (factors, otherwise) == (["SOFTWARE_TOKEN_MFA"], {"Ref": "AWS::NoValue"})
    assert TEMPLATE["Conditions"][condition] == {"Fn::Equals": [agents["MfaConfiguration"], "ON"]}
    # The longest that Cognito allows, for agents who have to install an authenticator app first.
    assert resources("AWS::Cognito::UserPoolClient")["AgentClient"]["Properties"]["AuthSessionValidity"] == 15


def test_the_support_client_has_one_way_in_and_cognito_makes_it() -> None:
    """Cognito refuses a client without the refresh flow ("REFRESH_TOKEN_AUTH should always be allowed"), unless it rotates tokens."""
    client = resources("AWS::Cognito::UserPoolClient")["SupportClient"]["Properties"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_CUSTOM_AUTH"]
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}


def test_the_pages_do_not_keep_a_stack_from_being_deleted() -> None:
    """CloudFormation deletes no bucket that is not empty."""
    for name, bucket in resources("AWS::S3::Bucket").items():
        assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain"), name


def test_what_a_distribution_does_not_have_is_a_page_and_not_found() -> None:
    """Without the right to list a bucket, S3 answers 403 for an object that does not exist, in XML."""
    for name, distribution in resources("AWS::CloudFront::Distribution").items():
        errors = distribution["Properties"]["DistributionConfig"]["CustomErrorResponses"]
        assert {(error["ErrorCode"], error["ResponseCode"]) for error in errors} == {(403, 404), (404, 404)}, name
        (page,) = {error["ResponsePagePath"] for error in errors}
        source = ROOT / {"ConsoleDistribution": "console", "ConsentDistribution": "pages/consent"}[name]
        assert (source / page.removeprefix("/")).is_file(), name


def test_the_api_has_access_logs() -> None:
    api = resources("AWS::Serverless::HttpApi")["Api"]["Properties"]
    assert api["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": "AccessLogs.Arn"}


def test_a_change_of_password_is_kept_for_days() -> None:
    queues = {name: queue["Properties"] for name, queue in resources("AWS::SQS::Queue").items()}
    day = 24 * 60 * 60
    changes, failures = queues["PasswordChangedQueue"], queues["PasswordChangedFailures"]
    assert changes["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": "PasswordChangedFailures.Arn"}
    assert changes["MessageRetentionPeriod"] >= 4 * day
    assert failures["MessageRetentionPeriod"] == 14 * day, "counted from when the job was made"
    # Anonymous requests leave their jobs elsewhere.
    mappings = {each["Properties"]["EventSourceArn"]["Fn::GetAtt"] for each in resources("AWS::Lambda::EventSourceMapping").values()}
    assert mappings == {"RecoveryQueue.Arn", "PasswordChangedQueue.Arn"}


def test_an_operator_can_keep_executions_for_the_customers_triggers() -> None:
    """An account that has few cannot reserve any, so that is not the default."""
    triggers = resources("AWS::Serverless::Function")["CustomerTriggersFunction"]["Properties"]
    condition, reserved, otherwise = triggers["ReservedConcurrentExecutions"]["Fn::If"]
    assert (parameter(reserved)["Default"], otherwise) == (0, {"Ref": "AWS::NoValue"})
    assert TEMPLATE["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [reserved, 0]}]}


def test_a_sweep_is_not_repeated_and_ends_before_the_next_one() -> None:  # P35
    """Lambda repeats an asynchronous event that fails twice, unless it is told not to."""
    sweep = resources("AWS::Serverless::Function")["CloseVerificationFunction"]["Properties"]
    assert sweep["EventInvokeConfig"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    assert 45 < sweep["Timeout"] < 60
    assert sweep["Events"]["EveryMinute"]["Properties"]["Schedule"] == "rate(1 minute)"


def test_every_log_group_has_a_retention() -> None:
    for name, group in resources("AWS::Logs::LogGroup").items():
        assert parameter(group["Properties"]["RetentionInDays"])["Default"] > 0, name


def test_every_alarm_notifies_the_topic_that_a_deployment_asks_for() -> None:  # P36
    """`sam deploy --guided` asks for every parameter."""
    assert TEMPLATE["Parameters"]["AlarmTopic"]["Type"] == "String"
    for name, alarm in resources("AWS::CloudWatch::Alarm").items():
        condition, topic, _ = alarm["Properties"]["AlarmActions"]["Fn::If"]
        assert topic == [{"Ref": "AlarmTopic"}], name
        assert TEMPLATE["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopic"}, ""]}]}
        assert alarm["Properties"]["AlarmDescription"].endswith("."), name


def test_every_right_to_an_item_of_the_support_table_names_its_kinds() -> None:  # P28
    seen = 0
    for name, function in resources("AWS::Serverless::Function").items():
        for policy in function["Properties"].get("Policies", []):
            for statement in policy["Statement"]:
                if statement["Resource"] != SUPPORT_TABLE:
                    continue
                seen += 1
                kinds = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
                assert kinds, name
                assert all(kind.startswith(KINDS) and kind.endswith("*") for kind in kinds), name
    assert seen > 10


def test_no_right_is_a_pattern() -> None:  # P28
    """Every action is named, and so is its resource."""
    for name, function in resources("AWS::Serverless::Function").items():
        for policy in function["Properties"].get("Policies", []):
            assert policy.keys() == {"Statement"}, f"{name}: a policy of SAM's or AWS's making"
            for statement in policy["Statement"]:
                assert "*" not in str(statement["Action"]), name
                assert statement["Resource"] != "*", name


def test_a_panic_in_what_is_deployed_is_an_answer() -> None:  # P25
    """cargo-lambda sets `panic = "abort"` in a release, unless the profile says otherwise: then a panic would end the process."""
    (profile,) = re.findall(r"^\[profile\.release\]\n((?:.+\n)*)", (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    assert 'panic = "unwind"' in profile.splitlines()
