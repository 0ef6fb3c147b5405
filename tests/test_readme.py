"""What the README says of the template, the contract and a developer's commands is so."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import socket
import subprocess
import time
from typing import Any

import yaml

import samples
from support.contract import DOCUMENT, contract
from support.stack import Stack

ROOT = DOCUMENT.parent
README = (ROOT / "README.md").read_text()


class Template(yaml.SafeLoader):
    """Reads CloudFormation's short forms as nothing: only names, defaults and descriptions matter here."""


Template.add_multi_constructor("!", lambda loader, suffix, node: None)


def template() -> dict[str, Any]:
    return yaml.load((ROOT / "template.yaml").read_text(), Template)


def parameter_rows() -> list[str]:
    """The table of the parameters, as the template has them: `PYTHONPATH=local python tests/test_readme.py` prints it."""
    rows = []
    for name, parameter in template()["Parameters"].items():
        default = parameter.get("Default")
        shown = "**to be given**" if default is None else "none" if default == "" else f"`{default}`"
        rows.append(f"| `{name}` | {shown} | {' '.join(parameter['Description'].split())} |")
    return rows


def test_the_readme_has_every_parameter_with_its_default() -> None:
    table = [line for line in README.splitlines() if re.match(r"\| `[A-Z]\w+` \|", line)]
    assert table == parameter_rows()


def test_every_picture_is_shown_and_every_link_between_documents_leads_somewhere() -> None:
    linked = set()
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text()):
            if not re.match(r"https?:", target):
                path = (document.parent / target).resolve()
                assert path.exists(), f"{document.name}: {target}"
                linked.add(path)
    pictures = set((ROOT / "docs/images").iterdir())
    assert pictures - linked == set()


def test_the_readme_names_every_output() -> None:
    assert [name for name in template()["Outputs"] if f"`{name}`" not in README] == []


def test_the_readme_names_every_route_and_no_other() -> None:
    (section,) = re.findall(r"^## The API$(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`(?:[A-Z]+ )?(/[a-z][\w/{}-]*)`", section)) == set(contract().document["paths"])


if __name__ == "__main__":
    print("\n".join(parameter_rows()))


def test_one_function_runs_alone_as_the_readme_says(stack: Stack) -> None:
    samples.load(stack.settings)
    (commands,) = re.findall(r"^One function at a time.*?```sh\nmake up\n(.*?)```", README, re.MULTILINE | re.DOTALL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    commands = re.sub(r"^(cargo lambda \w+)", rf"\1 -P {port}", commands, flags=re.MULTILINE)
    prepare, watch, invoke = re.fullmatch(r"(.*)(cargo lambda watch.*?\n)(cargo lambda invoke.*\n)", commands, re.DOTALL).groups()
    env = os.environ | {"STATE": str(stack.settings.state)}
    run = functools.partial(subprocess.run, ["bash", "-c", f"{prepare}{invoke}"], cwd=ROOT, env=env, capture_output=True, text=True)
    watching = subprocess.Popen(
        ["bash", "-c", f"{prepare}exec {watch}"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 300  # it may have to compile
        while (invoked := run()).returncode != 0:
            assert watching.poll() is None and time.monotonic() < deadline, invoked.stderr
            time.sleep(1)
    finally:
        os.killpg(watching.pid, signal.SIGTERM)
        watching.wait()
    answer = json.loads(invoked.stdout)
    assert answer["statusCode"] == 201, answer
    assert json.loads(answer["body"])["status"] == "started"
