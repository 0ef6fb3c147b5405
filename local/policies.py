"""Checks every IAM policy of template.yaml, as SAM transforms it, with the linter `parliament`.

    python local/policies.py

It knows each service's actions, resources and condition keys: an action that does not exist, or a statement whose resource or
condition its actions never see, allows nothing on AWS. References are replaced by ARNs of the form that they have there.

It also holds the rights of the person who deploys, as docs/deployment.md names them, against the template: each exists, and none that a
resource needs beyond creating it is left out.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import parliament
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# The translator logs the features that it lacks the settings of AWS's own service for.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"
GUIDE = TEMPLATE.parent / "docs/deployment.md"
# What a deployment needs beyond the right to create, change and delete the resource. The guide links the sources.
BEYOND = {
    "AWS::ApiGatewayV2::Stage": {"logs:CreateLogDelivery", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"},
    "AWS::CodeDeploy::DeploymentGroup": {"codedeploy:*"},
    "AWS::Cognito::UserPool": {"iam:CreateServiceLinkedRole", "ses:GetIdentityVerificationAttributes"},
    "AWS::IAM::Role": {"iam:PutRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PassRole"},
    "AWS::KMS::Key": {"kms:PutKeyPolicy"},
}
REGION, ACCOUNT = "us-east-1", "123456789012"
PSEUDO = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
}
# The part of an ARN after the account, by the type of the resource.
ARNS = {
    "AWS::CloudFront::Distribution": "cloudfront::{account}:distribution/EDFDVBD6EXAMPLE",
    "AWS::Cognito::UserPool": "cognito-idp:{region}:{account}:userpool/{region}_Example",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{name}-a1b2c3",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
}
# Findings that are as they must be. "*" is every policy.
AS_IT_MUST_BE = {
    # Without a version, a policy cannot use policy variables: none does.
    "NO_VERSION": ("*",),
    # A boundary allows nothing by itself. It keeps roles to one log group, and leaves the rest to their policies.
    "RESOURCE_STAR": ("FunctionBoundary",),
}


class NoManagedPolicies:
    """The template names no managed policy by its short name."""

    def load(self) -> dict[str, str]:
        return {}


def transformed(parameters: dict[str, str] | None = None) -> dict[str, Any]:
    """The template as SAM transforms it for these parameters."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # SAM looks for one, and asks AWS nothing
    template = yaml_parse(TEMPLATE.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"  # what `sam package` puts there
    return transform(template, parameters or {}, NoManagedPolicies())


class Resolver:
    """References as strings of the form that they have on AWS."""

    def __init__(self, template: dict[str, Any]) -> None:
        self.resources = template["Resources"]
        self.parameters = template.get("Parameters", {})

    def resolve(self, value: Any) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._named(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._attribute(name, attribute)
            case {"Fn::GetAtt": str(path)}:
                return self._attribute(*path.split(".", 1))
            case {"Fn::Sub": str(text)}:
                return self._filled_in(text, {})
            case {"Fn::Sub": [text, names]}:
                return self._filled_in(text, {name: str(self.resolve(each)) for name, each in names.items()})
            case {"Fn::If": [_, yes, no]}:
                chosen = self.resolve(yes)
                return self.resolve(no) if chosen is None else chosen
            case {"Fn::Join": [separator, parts]}:
                return separator.join(str(self.resolve(part)) for part in parts)
            case dict():
                return {key: found for key, each in value.items() if (found := self.resolve(each)) is not None}
            case list():
                return [found for each in value if (found := self.resolve(each)) is not None]
        return value

    def _filled_in(self, text: str, names: dict[str, str]) -> str:
        def found(match: re.Match[str]) -> str:
            name = match[1]
            if name in names:
                return names[name]
            return str(self._attribute(*name.split(".", 1)) if "." in name else self._named(name))

        return re.sub(r"\$\{([\w:.]+)\}", found, text)

    def _named(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return None
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return "someone@example.com" if "Mail" in name else f"{REGION}_{name}" if name.endswith("PoolId") else name
        match self.resources[name]["Type"]:
            case "AWS::Cognito::UserPool":
                return f"{REGION}_Example"
            case "AWS::SecretsManager::Secret" | "AWS::SNS::Topic":
                return self._attribute(name, "Arn")
        return name

    def _attribute(self, name: str, attribute: str) -> str:
        kind = self.resources[name]["Type"]
        # A secret's only attribute, its id, is its ARN.
        if not attribute.endswith("Arn") and kind != "AWS::SecretsManager::Secret":
            return f"{name}.{attribute}"
        return f"arn:aws:{ARNS[kind].format(region=REGION, account=ACCOUNT, name=name)}"


def policies(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each policy document, with the resource that it belongs to."""
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        for policy in properties.get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []:
            yield name, policy["PolicyDocument"]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            yield name, properties["PolicyDocument"]


def deployers_rights(guide: str) -> set[str]:
    """The actions that the guide's table names."""
    section = guide.partition("## What the person who deploys must be allowed to do\n")[2].partition("\n## ")[0]
    return {right for row in re.findall(r"^\| (`.*?) \| ", section, re.MULTILINE) for right in re.findall(r"`(\w+:[\w*]+)`", row)}


def wrong_rights(guide: str, kinds: set[str]) -> Iterator[str]:
    """What is wrong with the guide's table, for a template with resources of these kinds."""
    named = deployers_rights(guide)
    for right in sorted(named):
        try:
            exists = bool(parliament.expand_action(right))
        except parliament.UnknownActionException:
            exists = False
        if not exists:
            yield f"{right} is no action"
    for kind in sorted(kinds & BEYOND.keys()):
        yield from (f"{kind} needs {right}" for right in sorted(BEYOND[kind] - named))


def main() -> int:
    template = transformed()
    resolver, found, count = Resolver(template), 0, 0
    for name, document in policies(template):
        count += 1
        policy = parliament.analyze_policy_string(json.dumps(resolver.resolve(document)))
        for finding in policy.findings:
            if {name, "*"} & set(AS_IT_MUST_BE.get(finding.issue, ())):
                continue
            found += 1
            print(f"template.yaml: {name}: {finding.issue}: {finding.detail or finding.title} {finding.location}", file=sys.stderr)
    kinds = {resource["Type"] for resource in transformed({"Canary": "true"})["Resources"].values()}
    for wrong in wrong_rights(GUIDE.read_text(), kinds):
        found += 1
        print(f"docs/deployment.md: {wrong}", file=sys.stderr)
    if not count:
        print("template.yaml has no policy: this check looked at nothing", file=sys.stderr)
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
