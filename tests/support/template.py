"""What template.yaml says."""

from __future__ import annotations

from typing import Any

import yaml

from settings import ROOT


class Template(yaml.SafeLoader):
    """CloudFormation's short forms are of no interest here."""


Template.add_multi_constructor("!", lambda loader, suffix, node: suffix)


def resources() -> dict[str, Any]:
    """The resources by their logical ids."""
    return yaml.load((ROOT / "template.yaml").read_text(), Template)["Resources"]


def functions() -> list[str]:
    return [name for name, resource in resources().items() if resource["Type"] == "AWS::Serverless::Function"]
