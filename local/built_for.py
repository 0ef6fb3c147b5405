"""Refuses to deploy programs that were built for another processor than the deployment names: not one function would start.

    python local/built_for.py [--config-env production]

Reads what `sam build` made, and samconfig.toml as `sam deploy` does. `make deploy` runs it between the two.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import tomlkit
import yaml

ROOT = Path(__file__).resolve().parent.parent
# `e_machine` of an ELF header, in its bytes 18 and 19.
MACHINES = {0x3E: "x86_64", 0xB7: "arm64"}


class Template(yaml.SafeLoader):
    """CloudFormation's short forms are of no interest here."""


Template.add_multi_constructor("!", lambda _loader, suffix, _node: suffix)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config-env", default="default", help="the stage: a section of samconfig.toml")
    parser.add_argument("--directory", type=Path, default=ROOT, help="where samconfig.toml, template.yaml and .aws-sam are")
    arguments = parser.parse_args()
    wrong = mismatch(arguments.directory, arguments.config_env)
    if wrong:
        print(wrong, file=sys.stderr)
    return 1 if wrong else 0


def mismatch(directory: Path, stage: str) -> str | None:
    """What is wrong, in a sentence; `None` if the programs fit."""
    programs = {path.parent.name: processor(path) for path in sorted((directory / ".aws-sam/build").glob("*/bootstrap"))}
    if not programs:
        return "There are no programs in .aws-sam/build: run sam build first."
    named = architecture(directory, stage)
    others = {name: built for name, built in programs.items() if built != named}
    if not others:
        return None
    name, built = next(iter(others.items()))
    return (
        f"{name} was built for {built}, but stage {stage} is deployed for {named}. Set Architecture in samconfig.toml, in "
        f"[{stage}.global.parameters] and nowhere else, so that sam build and sam deploy read the same."
    )


def processor(program: Path) -> str:
    header = program.read_bytes()[:20]
    machine = int.from_bytes(header[18:20], "little") if header[:4] == b"\x7fELF" else -1
    return MACHINES.get(machine, "no processor of Lambda's")


def architecture(directory: Path, stage: str) -> str:
    """The one that `sam deploy` uses: what the command's section says, then the stage's global one, then the template's default."""
    config: Any = tomlkit.parse((directory / "samconfig.toml").read_text()).get(stage, {})
    for section in ("deploy", "global"):
        overrides = config.get(section, {}).get("parameters", {}).get("parameter_overrides", "")
        text = overrides if isinstance(overrides, str) else " ".join(overrides)
        if found := re.search(r"""\bArchitecture["']?=["'\\]*(\w+)""", text):
            return found[1]
        if text:
            break  # one section's overrides replace the other's
    template = yaml.load((directory / "template.yaml").read_text(), Template)
    return str(template["Parameters"]["Architecture"]["Default"])


if __name__ == "__main__":
    sys.exit(main())
