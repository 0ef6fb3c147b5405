"""What the documents say of the template, the contract and a developer's commands is so. Their links are checked by `local/documents.py`."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

import imports
import language
import samples
from settings import ROOT
from support.contract import contract
from support.stack import Stack
from support.template import Template


def document(name: str) -> str:
    return (ROOT / name).read_text()


def section(name: str, heading: str) -> str:
    """What stands in a document under a heading of the second level."""
    (found,) = re.findall(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", document(name), re.MULTILINE | re.DOTALL)
    return found


def template() -> dict[str, Any]:
    return yaml.load(document("template.yaml"), Template)


def parameter_rows() -> list[str]:
    """The table of the parameters, as the template has them: `PYTHONPATH=local:tests python tests/test_documents.py` prints it."""
    rows = []
    for name, parameter in template()["Parameters"].items():
        default = parameter.get("Default")
        shown = "**required**" if default is None else "none" if default == "" else f"`{default}`"
        rows.append(f"| `{name}` | {shown} | {' '.join(parameter['Description'].split())} |")
    return rows


def test_every_parameter_stands_in_the_table_with_its_default() -> None:
    table = [line for line in document("docs/parameters.md").splitlines() if re.match(r"\| `[A-Z]\w+` \|", line)]
    assert table == parameter_rows()


def test_every_output_stands_in_the_table_and_no_other() -> None:
    rows = [line.split("|")[1] for line in section("docs/deployment.md", "The stack's outputs").splitlines() if line.startswith("| `")]
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == list(template()["Outputs"])


def test_every_route_stands_in_the_table_and_no_other() -> None:
    routes = re.findall(r"`(?:[A-Z]+ )?(/[a-z][\w/{}-]*)`", section("docs/api.md", "Routes"))
    assert set(routes) == set(contract().document["paths"])


def test_the_diagram_of_the_process_has_every_state_and_no_other() -> None:
    edges = re.findall(r"^ +(\w+|\[\*\]) --> (\w+):", document("README.md"), re.MULTILINE)
    states = {state for edge in edges for state in edge} - {"[*]"}
    assert states == set(contract().document["components"]["schemas"]["Status"]["enum"])


def test_the_core_has_the_layers_that_the_table_shows() -> None:
    rows = [line.split("|") for line in section("docs/architecture.md", "The core, by stage").splitlines() if line.startswith("| ")]
    layer = {module: number for number, row in enumerate(rows) for module in re.findall(r"`(\w+)`", row[2])}
    modules = imports.whole(imports.graph())
    imported = {module[0]: {other for (other,) in others} for module, others in modules.items() if module}
    assert layer.keys() == imported.keys()
    upwards = [(module, other) for module, others in imported.items() for other in others if layer[other] > layer[module]]
    assert upwards == []


def test_the_table_of_commands_has_those_of_make_help() -> None:
    helped = re.findall(r"^\t@echo '(make [\w-]+) ", document("Makefile"), re.MULTILINE)
    assert re.findall(r"^\| `(make [\w-]+)` \|", section("docs/development.md", "Commands"), re.MULTILINE) == helped


def test_the_readme_names_the_versions_that_are_needed() -> None:
    (rust,) = re.findall(r'^rust-version = "(.*)"', document("Cargo.toml"), re.MULTILINE)
    (python,) = re.findall(r"Python (3\.\d+) or newer is needed", document("local/environment.py"))
    assert f"[Rust](https://rustup.rs) {rust} or newer" in document("README.md")
    assert f"Python {python} or newer" in document("README.md")


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("docs/page.md", "The e-mail, `mail.py`\n\n```sh\ncat mail\n```", ["e-mail"]),
        ("a.rs", '/// Sends his mail.\nfn mail(mail: &Mail) { log("mail", "no mail came") }', ["his", "mail", "mail"]),
        ("a.rs", "fn nobody_sees_his_code() { over(Saved::OverBudget) }", ["Budget", "his"]),
        ("a.py", 'for mail in mails:\n    """A mail, whoever sent it."""', ["mail", "whoever"]),
        ("a.tsx", "const mail = <p>Your mail</p>; // the `mail`", ["mail"]),
        ("a.yaml", "mail: A mail, see local/.state/mail and mail-failed", ["mail"]),
        ("a.html", '<ol id="mail" title="A mail"><li class="mail">email</li></ol>', ["mail"]),
        ("words/es/page.ts", "const a = 'El analista y su nombre de usuario'; // the customer's mail", ["analista", "mail"]),
    ],
)
def test_a_word_that_another_replaces_is_found_in_prose_and_names_and_not_in_code(file: str, text: str, words: list[str]) -> None:
    found = [each.partition(": ")[2].partition(" → ")[0] for each in language.wrong(Path(file), text)]
    assert sorted(found) == words


def test_one_function_runs_alone_as_the_documents_say(stack: Stack) -> None:
    samples.load(stack.settings)
    (commands,) = re.findall(r"```sh\nmake up\n(.*?)```", section("docs/development.md", "One function at a time"), re.DOTALL)
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


if __name__ == "__main__":
    print("\n".join(parameter_rows()))
