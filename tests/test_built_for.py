"""A deployment of programs for another processor is refused before it begins."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from environment import python
from settings import ROOT

ELF = {"arm64": b"\x7fELF" + bytes(14) + b"\xb7\x00", "x86_64": b"\x7fELF" + bytes(14) + b"\x3e\x00"}
EVERYWHERE = '[default.global.parameters]\nparameter_overrides = ["Architecture=arm64"]\n'
SAVED_BY_GUIDED = EVERYWHERE + '[default.deploy.parameters]\nparameter_overrides = "MailFrom=\\"a@b.example\\" Architecture=\\"x86_64\\""\n'
TEMPLATE_ALONE = "[default.deploy.parameters]\nresolve_s3 = true\n"


def checked(tmp_path: Path, config: str, program: bytes | None) -> subprocess.CompletedProcess[str]:
    (tmp_path / "samconfig.toml").write_text(config)
    (tmp_path / "template.yaml").write_bytes((ROOT / "template.yaml").read_bytes())
    if program is not None:
        (tmp_path / ".aws-sam/build/CancelFunction").mkdir(parents=True)
        (tmp_path / ".aws-sam/build/CancelFunction/bootstrap").write_bytes(program)
    command = [python("sam"), ROOT / "local/built_for.py", "--directory", tmp_path]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("config", "built", "fits"),
    [
        (EVERYWHERE, "arm64", True),
        (EVERYWHERE, "x86_64", False),
        (SAVED_BY_GUIDED, "x86_64", True),
        (SAVED_BY_GUIDED, "arm64", False),
        (TEMPLATE_ALONE, "arm64", True),
        (TEMPLATE_ALONE, "x86_64", False),
    ],
)
def test_programs_must_be_built_for_the_processor_that_they_are_deployed_to(tmp_path: Path, config: str, built: str, fits: bool) -> None:
    answer = checked(tmp_path, config, ELF[built])
    assert answer.returncode == (0 if fits else 1), answer.stderr
    assert fits or f"CancelFunction was built for {built}" in answer.stderr


def test_a_deployment_of_nothing_is_refused(tmp_path: Path) -> None:
    answer = checked(tmp_path, EVERYWHERE, None)
    assert (answer.returncode, "run sam build first" in answer.stderr) == (1, True)


@pytest.mark.parametrize("stage", ["default", "dev", "staging", "production"])
def test_every_stage_names_the_processor_where_both_commands_read_it(stage: str) -> None:
    code = f"import tomlkit; c = tomlkit.parse(open('samconfig.toml').read())['{stage}']; print(c['global']['parameters'], c['deploy']['parameters'])"
    said = subprocess.run([python("sam"), "-c", code], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert "Architecture=arm64" in said.split("} {")[0]
    assert said.count("Architecture") == 1
