"""Builds the functions and deploys template.yaml into the emulator, then adds what the emulator leaves out."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import boto3

from environment import ENVIRONMENTS
from settings import OPENED, REGION, ROOT, Settings, architecture
from terminal import Failed, call, step

STACK = "support-access"
BUCKET = "sam-artifacts"
MAIL_FROM = "support@waizant.example"


def pages(settings: Settings) -> dict[str, str]:
    """The addresses of the pages, which `serve.py` serves."""
    origins = {
        "ConsoleOrigin": settings.origin("console"),
        "ConsentPageOrigin": settings.origin("consent"),
        "ConsentPageUrl": settings.origin("consent") + "/",
    }
    for name in OPENED:
        parameter = name.capitalize()
        origins |= {f"{parameter}Origin": settings.origin(name), f"{parameter}Url": settings.origin(name) + "/support"}
    return origins


def client(settings: Settings, service: str) -> Any:
    """A client with the emulator's root key, which no policy binds."""
    return boto3.client(service, endpoint_url=settings.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")


def build(settings: Settings) -> None:
    """Runs `sam build` for this machine's processor, with its own compiler and without optimization, so that it is quick to repeat.

    One build runs at a time: cargo-lambda moves each program out of the directory that all builds share.
    """
    env = settings.aws_environment() | {"SAM_BUILD_MODE": "debug", "CARGO_LAMBDA_COMPILER": "cargo"}
    lock = ROOT / "target/.sam-build.lock"
    lock.parent.mkdir(exist_ok=True)
    with step("Building the functions (about 5 minutes the first time, seconds after that)"), lock.open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        call(
            [ENVIRONMENTS / "sam/bin/sam", "build", "--build-dir", settings.state / "build", "--parameter-overrides",
             f"Architecture={architecture()}"],
            settings.state / "build.log",
            "The build failed",
            env=env,
            cwd=ROOT,
        )  # fmt: skip
        _pack(settings.state / "build")


def _pack(built: Path) -> None:
    """Puts each program into an archive and names that in the built template, so that no deployment packs it again."""
    template = (built / "template.yaml").read_text()
    for program in sorted(built.glob("*/bootstrap")):
        name, archive = program.parent.name, program.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.write(program, "bootstrap")
        template, found = re.subn(rf"CodeUri: {name}\n", f"CodeUri: {name}/{archive.name}\n", template)
        if found != 1:
            raise Failed(f"The built template names {name} as code {found} times, not once")
    (built / "template.yaml").write_text(template)


def deploy(settings: Settings, parameters: dict[str, str]) -> None:
    """Deploys what `build` built; `parameters` override the local ones. If only programs changed, only they are replaced."""
    everything = {
        **pages(settings),
        "MailFrom": MAIL_FROM,
        "MailIdentity": MAIL_FROM,
        "Architecture": architecture(),
        **parameters,
    }
    built = settings.state / "build"
    template = [(built / "template.yaml").read_text(), everything]
    programs = {path.parent.name: _digest(path) for path in sorted(built.glob("*/bootstrap"))}
    record = settings.state / "deployed.json"
    before = json.loads(record.read_text()) if record.is_file() else {"template": None}
    if before["template"] == template:
        changed = [name for name, digest in programs.items() if before["programs"][name] != digest]
        with step(f"Replacing {', '.join(changed) or 'nothing'}"):
            for name in changed:
                _replace_program(settings, settings.facts()["resources"][name], built / name / "bootstrap.zip")
    else:
        record.unlink(missing_ok=True)
        _deploy_template(settings, everything)
    record.write_text(json.dumps({"template": template, "programs": programs}))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _replace_program(settings: Settings, function: str, packed: Path) -> None:
    """Does what a deployment does to a function whose code changed."""
    client(settings, "lambda").update_function_code(FunctionName=function, ZipFile=packed.read_bytes())


def _deploy_template(settings: Settings, parameters: dict[str, str]) -> None:
    with step("Deploying template.yaml"):
        client(settings, "s3").create_bucket(Bucket=BUCKET)
        call(
            [ENVIRONMENTS / "sam/bin/sam", "deploy", "--template-file", settings.state / "build/template.yaml",
             "--stack-name", STACK, "--s3-bucket", BUCKET, "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset",
             "--no-fail-on-empty-changeset", "--parameter-overrides", *(f"{k}={v}" for k, v in parameters.items())],
            settings.state / "deploy.log",
            "The deployment failed",
            env=settings.aws_environment(),
            cwd=ROOT,
        )  # fmt: skip
    with step("Adding routes, permissions boundaries, aliases, time to live and the sender's identity"):
        stack = Deployed(settings)
        stack.add_routes()
        stack.add_boundaries()
        stack.point_aliases()
        client(settings, "dynamodb").update_time_to_live(
            TableName=stack.outputs["SupportTable"],
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"},
        )
        client(settings, "ses").verify_email_identity(EmailAddress=MAIL_FROM)
        settings.facts_file.write_text(json.dumps(stack.facts(), indent=2) + "\n")


class Deployed:
    """The stack as the emulator's CloudFormation sees it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        formation = client(settings, "cloudformation")
        (stack,) = formation.describe_stacks(StackName=STACK)["Stacks"]
        self.outputs: dict[str, str] = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
        self.parameters: dict[str, str] = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
        self.physical: dict[str, str] = {
            r["LogicalResourceId"]: r["PhysicalResourceId"] for r in formation.describe_stack_resources(StackName=STACK)["StackResources"]
        }
        template = formation.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
        self.template: dict[str, Any] = json.loads(template) if isinstance(template, str) else template

    def facts(self) -> dict[str, Any]:
        """What a caller needs: the template's outputs (`ApiUrl` as it is here), and where things are on this machine."""
        return {
            **self.outputs,
            "ApiUrl": self.settings.api,
            "endpoint": self.settings.endpoint,
            "region": REGION,
            "mail": str(self.settings.mail),
            "resources": self.physical,
            "parameters": self.parameters,
        }

    def resolve(self, value: Any) -> Any:
        """A part of the template with its references resolved, as far as an API's description uses them."""
        match value:
            case {"Ref": name}:
                return self._reference(name)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:.]+)\}", lambda m: str(self._reference(m[1])), text)
            case {"Fn::Sub": [text, names]}:
                return self.resolve({"Fn::Sub": functools.reduce(self._fill_in, names.items(), text)})
            case {"Fn::If": ["AppHasOrigin" | "GrantPageHasOrigin" as condition, _, _]}:
                # The emulator has put the parameter's default where its value belongs.
                return self.parameters[condition.replace("Has", "")] or None
            case {"Fn::If": [condition, yes, no]}:
                return self.resolve(yes if self._holds(self.template["Conditions"][condition]) else no)
            case dict():
                return {key: self.resolve(each) for key, each in value.items()}
            case list():
                return [known for each in value if (known := self.resolve(each)) is not None]
        return value

    def _holds(self, condition: dict[str, Any]) -> bool:
        match condition:
            case {"Fn::Equals": [one, other]}:
                return bool(self.resolve(one) == self.resolve(other))
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
        raise ValueError(f"a condition of another kind: {condition}")

    def _fill_in(self, text: str, name_and_value: tuple[str, Any]) -> str:
        name, value = name_and_value
        return text.replace(f"${{{name}}}", str(self.resolve(value)))

    def _reference(self, name: str) -> Any:
        pseudo = {"AWS::StackName": STACK, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
        if name.endswith("Function.Arn"):
            return f"arn:aws:lambda:{REGION}:000000000000:function:{self.physical[name.removesuffix('.Arn')]}"
        return (self.parameters | self.physical | pseudo)[name]

    def add_boundaries(self) -> None:
        """Sets the permissions boundaries of roles, which the emulator takes from an IAM call but not from a template."""
        iam = client(self.settings, "iam")
        for name, resource in self.template["Resources"].items():
            if resource["Type"] == "AWS::IAM::Role" and (boundary := resource["Properties"].get("PermissionsBoundary")):
                iam.put_role_permissions_boundary(RoleName=self.physical[name], PermissionsBoundary=self.resolve(boundary))

    def point_aliases(self) -> None:
        """Has each alias mean the function as it is at any moment, so that a program or a setting is replaced without a new version."""
        functions = client(self.settings, "lambda")
        for resource in self.template["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Alias":
                name = self.resolve(resource["Properties"]["FunctionName"])
                functions.update_alias(FunctionName=name, Name=resource["Properties"]["Name"], FunctionVersion="$LATEST")

    def add_routes(self) -> None:
        """Adds what the emulator does not read from the API's OpenAPI body: CORS, the authorizers, a route for each operation."""
        gateway, api = client(self.settings, "apigatewayv2"), self.physical["Api"]
        body = self.resolve(self.template["Resources"]["Api"]["Properties"]["Body"])
        cors = body["x-amazon-apigateway-cors"]
        gateway.update_api(ApiId=api, CorsConfiguration={name[0].upper() + name[1:]: value for name, value in cors.items()})
        for old in gateway.get_routes(ApiId=api)["Items"]:
            gateway.delete_route(ApiId=api, RouteId=old["RouteId"])
        for old in gateway.get_integrations(ApiId=api)["Items"]:
            gateway.delete_integration(ApiId=api, IntegrationId=old["IntegrationId"])
        for old in gateway.get_authorizers(ApiId=api)["Items"]:
            gateway.delete_authorizer(ApiId=api, AuthorizerId=old["AuthorizerId"])

        authorizers = {}
        for name, scheme in body["components"]["securitySchemes"].items():
            description = scheme.get("x-amazon-apigateway-authorizer", {})
            if "jwtConfiguration" not in description:
                continue
            jwt = description["jwtConfiguration"]
            authorizers[name] = gateway.create_authorizer(
                ApiId=api,
                Name=name,
                AuthorizerType="JWT",
                IdentitySource=[description["identitySource"]],
                JwtConfiguration={"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
            )["AuthorizerId"]

        @functools.cache
        def integration(uri: str) -> str:
            function = re.search(r"functions/(.+)/invocations$", uri)
            assert function, uri
            return gateway.create_integration(
                ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function[1], PayloadFormatVersion="2.0"
            )["IntegrationId"]

        for path, operations in body["paths"].items():
            for method, operation in operations.items():
                names = [name for requirement in operation.get("security", []) for name in requirement]
                if "AWS_IAM" in names:
                    guard = {"AuthorizationType": "AWS_IAM"}
                elif known := [name for name in names if name in authorizers]:
                    guard = {"AuthorizationType": "JWT", "AuthorizerId": authorizers[known[0]]}
                else:
                    guard = {}
                target = integration(operation["x-amazon-apigateway-integration"]["uri"])
                gateway.create_route(ApiId=api, RouteKey=f"{method.upper()} {path}", Target=f"integrations/{target}", **guard)
