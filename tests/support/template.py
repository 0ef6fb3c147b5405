"""What template.yaml says."""

from __future__ import annotations

import yaml

from settings import ROOT


class Template(yaml.SafeLoader):
    """CloudFormation's short forms are of no interest here."""


Template.add_multi_constructor("!", lambda loader, suffix, node: suffix)


def functions() -> list[str]:
    template = yaml.load((ROOT / "template.yaml").read_text(), Template)
    return [name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::Serverless::Function"]
