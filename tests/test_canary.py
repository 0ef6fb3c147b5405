"""Deployments: whatever calls a function calls its alias, which moves at once or, with `Canary`, by degrees. The emulator runs no CodeDeploy, so
the template is read as SAM transforms it.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hash_key
from environment import python
from settings import ROOT
from support.operations import as_operator
from support.stack import Stack
from support.template import functions

TRANSFORM = """
import json, logging, sys
logging.disable(logging.CRITICAL)
import policies
print(json.dumps(policies.transformed(json.loads(sys.argv[1]))["Resources"]))
"""


def transformed(**parameters: str) -> dict[str, Any]:
    command = [python("sam"), "-W", "ignore", "-c", TRANSFORM, json.dumps(parameters)]
    done = subprocess.run(command, check=True, cwd=ROOT / "local", capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def at_once() -> dict[str, Any]:
    return transformed()


@pytest.fixture(scope="module")
def by_degrees() -> dict[str, Any]:
    return transformed(Canary="true")


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: resource for name, resource in resources.items() if resource["Type"] == kind}


def references(value: Any) -> Iterator[str]:
    """The names that a part of a template refers to, in whatever way."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [name, *_]} | {"Fn::GetAtt": str(name)}:
            yield str(name).split(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{(\w+)", text)
        case {"Fn::Sub": [text, names]}:
            yield from re.findall(r"\$\{(\w+)", text)
            yield from references(names)
        case dict():
            for key, inner in value.items():
                yield from [inner] if key == "DependsOn" and isinstance(inner, str) else references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def test_without_canary_nothing_moves_by_degrees(at_once: dict[str, Any]) -> None:
    assert not [name for name, resource in at_once.items() if resource["Type"].startswith("AWS::CodeDeploy")]
    aliases = of_type(at_once, "AWS::Lambda::Alias")
    assert len(aliases) == len(functions())
    assert not [name for name, alias in aliases.items() if "UpdatePolicy" in alias]


def test_with_canary_every_function_moves_by_degrees_and_goes_back_on_alarms(by_degrees: dict[str, Any]) -> None:  # P36, P37
    groups = of_type(by_degrees, "AWS::CodeDeploy::DeploymentGroup")
    aliases = {alias["Properties"]["FunctionName"]["Ref"]: alias for alias in of_type(by_degrees, "AWS::Lambda::Alias").values()}
    assert aliases.keys() == set(functions())
    alarms = of_type(by_degrees, "AWS::CloudWatch::Alarm")
    for function, alias in aliases.items():
        group = groups[alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]]["Properties"]
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        assert json.dumps(group["DeploymentConfigName"]).count("Canary10Percent5Minutes") == 1
        watched = [alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]]
        assert {"ErrorAlarm", "TimeoutAlarm", "UnreadableAlarm", "SweepAlarm", "BacklogAlarm"} < set(watched), function
        assert len(watched) == len(set(watched)) <= 10, "CodeDeploy takes ten"
        # One of them counts the failures of this very function.
        assert any(function in references(alarms[name]) for name in watched), function


@pytest.mark.parametrize("canary", ["at_once", "by_degrees"])
def test_whatever_calls_a_function_calls_its_alias(canary: str, request: pytest.FixtureRequest) -> None:
    resources = request.getfixturevalue(canary)
    # What measures functions, and what makes versions of them.
    of_functions = {"Alarm", "Dashboard", "Version", "Alias"}
    for name, resource in resources.items():
        if resource["Type"].split("::")[-1] in of_functions:
            continue
        if resource["Type"] == "AWS::Lambda::EventInvokeConfig":
            assert resource["Properties"]["Qualifier"] == "live" or "Alias" in str(resource["Properties"]["Qualifier"]), name
            continue
        assert not set(references(resource)) & set(functions()), name


@pytest.mark.parametrize("canary", ["at_once", "by_degrees"])
def test_no_resource_waits_for_itself(canary: str, request: pytest.FixtureRequest) -> None:
    """An alias waits for its deployment group, and that for its alarms. cfn-lint looks at the default alone."""
    resources = request.getfixturevalue(canary)
    waits = {name: {other for other in references(resource) if other in resources} for name, resource in resources.items()}
    made: set[str] = set()
    while ready := {name for name, others in waits.items() if name not in made and others <= made}:
        made |= ready
    assert made == waits.keys()


def test_a_release_publishes_every_function_whatever_has_changed(tmp_path: Path) -> None:
    """SAM publishes what has changed in the template or in a program; a new value of a parameter is neither."""
    built = tmp_path / "template.yaml"
    built.write_text((ROOT / "template.yaml").read_text())
    release = [python("sam"), ROOT / "local/release.py", "--template", built]
    subprocess.run(release, check=True, capture_output=True)
    once = built.read_text()
    assert once.count("AutoPublishCodeSha256") == len(functions())
    built.write_text(once.replace("AutoPublishCodeSha256: '", "AutoPublishCodeSha256: 'x"))
    subprocess.run(release, check=True, capture_output=True)
    again = built.read_text()
    assert again.count("AutoPublishCodeSha256") == len(functions())
    assert "'x" not in again, "the name before is replaced"
    assert re.search(r"local/release\.py\n.*sam deploy", (ROOT / "Makefile").read_text())


def test_a_new_key_of_hashes_reaches_what_the_aliases_mean(stack: Stack) -> None:
    """On AWS an alias means a version, which keeps the settings that it was published with. Here it means whatever the function is."""
    client, name = stack.aws("lambda"), stack.functions()["CancelFunction"]
    version = client.publish_version(FunctionName=name)["Version"]
    name_with_key = stack.functions()["VerifyCodeFunction"]
    old = client.publish_version(FunctionName=name_with_key)["Version"]
    try:
        client.update_alias(FunctionName=name_with_key, Name="live", FunctionVersion=old)
        hash_key.restart(as_operator(stack))
        live = client.get_alias(FunctionName=name_with_key, Name="live")["FunctionVersion"]
        assert int(live) > int(old)
        published = client.get_function_configuration(FunctionName=name_with_key, Qualifier=live)["Environment"]["Variables"]
        assert "HASH_KEY_CHANGED" in published
        client.update_alias(
            FunctionName=name_with_key,
            Name="live",
            FunctionVersion=live,
            RoutingConfig={"AdditionalVersionWeights": {old: 0.1}},
        )
        with pytest.raises(hash_key.Refused, match="deployment"):
            hash_key._put(as_operator(stack), hash_key.keys(as_operator(stack)))
    finally:
        client.update_alias(
            FunctionName=name_with_key, Name="live", FunctionVersion="$LATEST", RoutingConfig={"AdditionalVersionWeights": {}}
        )
    assert client.get_alias(FunctionName=name, Name="live")["FunctionVersion"] == "$LATEST" != version
