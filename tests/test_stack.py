"""The deployed API is the one that template.yaml describes: every route is there, and open to nobody but its callers.

And the commands that start and end a stack touch nothing that is not theirs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import console
import deployment
import emulator
import environment
import samples
import stack as commands
from settings import PAGES, ROOT, Settings
from support.patience import PATIENCE
from support.running import free_ports
from support.stack import Stack
from terminal import Failed, call

SOME_ID = "AAAAAAAAAAAAAAAAAAAAAA"
AGENTS = [
    ("POST", "/verifications"),
    ("POST", f"/verifications/{SOME_ID}/mfa"),
    ("POST", f"/verifications/{SOME_ID}/code"),
    ("POST", f"/verifications/{SOME_ID}/session"),
    ("POST", f"/verifications/{SOME_ID}/finish"),
    ("POST", f"/verifications/{SOME_ID}/cancel"),
    ("GET", f"/verifications/{SOME_ID}"),
    ("POST", "/verifications/search"),
]
PUBLIC = [
    ("POST", "/consent/view"),
    ("POST", "/consent/answer"),
    ("POST", "/consent/end"),
    ("POST", "/handoffs/redeem"),
    ("POST", "/recovery"),
    ("POST", "/recovery/confirm"),
]


@pytest.mark.parametrize(("method", "path"), AGENTS)
def test_an_agents_route_asks_for_a_token_of_the_agents_pool(stack: Stack, method: str, path: str) -> None:
    customer = stack.new_customer()
    foreign = stack.sign_in("Customer", customer.email)["AccessToken"]
    for token in (None, "nonsense", foreign):
        assert stack.api.call(method, path, {}, token=token).status == 401, token


@pytest.mark.parametrize(("method", "path"), AGENTS + PUBLIC)
def test_every_route_reaches_its_function(stack: Stack, method: str, path: str) -> None:
    agent = stack.new_agent()
    answer = stack.api.call(method, path, {"unknown": True} if method == "POST" else None, token=agent.token)
    assert answer.status in (400, 404), answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == answer.status


def invoked(stack: Stack, function: str, event: str) -> Any:
    """What a function answers to a file in `events/`."""
    payload = (ROOT / "events" / f"{event}.json").read_text()
    answer = stack.aws("lambda").invoke(FunctionName=stack.functions()[function], Payload=payload)
    content = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, content
    return content


def test_the_files_in_events_are_what_the_functions_without_a_caller_of_their_own_read(stack: Stack) -> None:
    asked = invoked(stack, "IntrospectSessionFunction", "introspect-session-active")
    assert (asked["statusCode"], asked["body"]) == (200, '{"active":false}')
    key = invoked(stack, "ReceiptsFunction", "receipts-key")
    assert (key["statusCode"], json.loads(key["body"])) == (200, stack.api.get("/receipts/key").json)
    assert isinstance(invoked(stack, "CloseVerificationFunction", "close-verification-sweep"), int)


def test_an_unknown_route_is_not_there(stack: Stack) -> None:
    assert stack.api.post("/verifications/a/b/c").status == 404


def test_the_pages_origins_may_call_and_no_other(stack: Stack) -> None:
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for name in ("ConsoleOrigin", "ConsentPageOrigin", "StoreOrigin", "WebOrigin", "AppOrigin", "RcmOrigin"):
        origin = stack.facts["parameters"][name]
        answer = stack.api.call("OPTIONS", "/verifications", headers={"Origin": origin, **asking})
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        # A page that is traced adds three.
        assert answer.headers["Access-Control-Allow-Headers"] == "authorization,baggage,content-type,traceparent,tracestate"
    answer = stack.api.call("OPTIONS", "/verifications", headers={"Origin": "https://elsewhere.example", **asking})
    assert answer.headers["Access-Control-Allow-Origin"] is None


def test_a_journey_goes_through(stack: Stack) -> None:
    journey = stack.journey().through_session()
    answer = journey.redeem("web")
    assert answer.status == 200
    assert answer.json["session"]["customer"]["email"] == journey.customer.email


def test_records_expire_by_their_ttl(stack: Stack) -> None:
    described = stack.aws("dynamodb").describe_time_to_live(TableName=stack.facts["SupportTable"])
    assert described["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_every_function_logs_json_without_a_failure(stack: Stack, started_at: float) -> None:
    stack.journey().through_session()
    lines = stack.logs(since=started_at)
    assert lines
    assert [line for line in lines if line.startswith("{") and json.loads(line).get("level") == "ERROR"] == []


class Reached(Exception):
    """The command has come as far as building."""


@pytest.fixture
def building(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is built: a command that would build is stopped there."""

    def reached() -> None:
        raise Reached

    monkeypatch.setattr(console, "build", reached)


def somewhere(state: Path) -> Settings:
    return Settings(port=free_ports(), state=state)


def everything_in(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}


@pytest.mark.parametrize("command", [commands.up, commands.run])
def test_a_directory_that_no_stack_made_is_left_as_it_is(tmp_path: Path, building: None, command: Callable[[Settings], int]) -> None:
    (tmp_path / "tmp").mkdir()
    for name in ("letter.txt", "tmp/draft.txt", "emulator.pid"):
        (tmp_path / name).write_text("1")
    before = everything_in(tmp_path)
    with pytest.raises(Failed, match="is not empty, and no stack made it"):
        command(somewhere(tmp_path))
    assert everything_in(tmp_path) == before
    assert commands.down(somewhere(tmp_path)) == 0
    assert everything_in(tmp_path) == before


def test_a_state_directory_that_cannot_be_is_one_sentence(tmp_path: Path, building: None) -> None:
    (tmp_path / "letter.txt").write_text("")
    for state in (tmp_path / "letter.txt", tmp_path / "letter.txt/state"):
        with pytest.raises(Failed, match="cannot be the state directory: Not a directory"):
            commands.up(somewhere(state))


@pytest.mark.parametrize("kind", ["missing", "empty", "of a former stack", "the default of a former version"])
def test_a_stack_starts_in_an_empty_directory(tmp_path: Path, building: None, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    settings = somewhere(tmp_path / "state")
    if kind != "missing":
        settings.state.mkdir()
    if "former" in kind:
        (settings.state / "build").mkdir()
        (settings.state / "build/template.yaml").write_text("")
        settings.facts_file.write_text("{}")
    if kind == "of a former stack":
        settings.lock_file.touch()
    if kind == "the default of a former version":
        monkeypatch.setattr(commands, "DEFAULT_STATE", settings.state)
    with pytest.raises(Reached):
        commands.up(settings)
    assert everything_in(settings.state) == {settings.lock_file.name}


def test_while_a_stack_is_being_started_another_command_there_says_so(tmp_path: Path, building: None) -> None:
    settings = somewhere(tmp_path / "state")
    with commands.starting(settings):
        (settings.state / "build").mkdir()
        for command in (commands.up, commands.run, commands.down):
            with pytest.raises(Failed, match="Another command is starting a stack"):
                command(settings)
        assert (settings.state / "build").is_dir()
    assert commands.down(settings) == 0
    with pytest.raises(Reached):
        commands.up(settings)


def test_a_start_that_finds_its_ports_taken_ends_and_deletes_nothing(
    tmp_path: Path, building: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = somewhere(tmp_path)
    settings.lock_file.touch()
    settings.facts_file.write_text("{}")
    monkeypatch.setattr(emulator, "stop", lambda _: pytest.fail("something was ended"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.port))
        for command in (commands.up, commands.run):
            with pytest.raises(Failed, match=f"Port {settings.port} is in use"):
                command(settings)
    assert settings.facts_file.is_file()


@pytest.mark.parametrize("port", ["abc", "65530", "80", "-4566", "4566.0", "٤٥٦٦"])
def test_a_port_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Failed, match=f"PORT is {port}: it must be a number from 1024 to 65527"):
        Settings.from_environment()


def test_a_command_means_the_stack_that_runs_there_whatever_its_port(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    found = commands.of_the_running(Settings(port=stack.settings.port + 1, state=stack.settings.state))
    assert found == stack.settings
    assert commands.status(found) == 0
    assert stack.settings.origin("start") in capsys.readouterr().out
    monkeypatch.setenv("PORT", str(stack.settings.port + 1))
    with pytest.raises(Failed, match=f"on port {stack.settings.port}, not {stack.settings.port + 1}"):
        commands.of_the_running(Settings(port=stack.settings.port + 1, state=stack.settings.state))


def test_all_that_was_made_is_deleted_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ("local/.env/stack", "target/debug", "console/dist", "console/node_modules/some", "state/build")
    for name in (*made, "console/src", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "other/letter.txt").write_text("")
    settings = somewhere(tmp_path / "state")
    settings.lock_file.touch()
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setattr(commands, "ENVIRONMENTS", tmp_path / "local/.env")
    with pytest.raises(Failed, match="no stack made it"):
        commands.clean(somewhere(tmp_path / "other"))
    # A program in the environments: another stack's, say.
    (tmp_path / "local/.env/stack/sleep").symlink_to("/bin/sleep")
    monkeypatch.setattr(commands, "PATIENCE", 2)
    with subprocess.Popen(["local/.env/stack/sleep", "60"], cwd=tmp_path) as other:
        with pytest.raises(Failed, match=f"Nothing was deleted: process {other.pid}"):
            commands.clean(settings)
        other.kill()
    assert all((tmp_path / name).is_dir() for name in made)
    # One that is about to end: what waited for this stack in another terminal.
    with subprocess.Popen(["local/.env/stack/sleep", "1"], cwd=tmp_path):
        assert commands.clean(settings) == 0
    assert everything_in(tmp_path) == {"local", "console", "console/src", "other", "other/letter.txt"}


@pytest.fixture
def installations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is made and installed, instead of doing it."""
    done: list[str] = []

    def create(directory: Path, *, clear: bool, with_pip: bool) -> None:
        done.append(f"made {directory.name}")
        (directory / "bin").mkdir(parents=True, exist_ok=True)
        (directory / "bin/python").touch()

    monkeypatch.setattr("venv.create", create)
    monkeypatch.setattr(environment, "call", lambda command, *_, **__: done.append(f"installed {Path(command[-1]).stem}"))
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "ENVIRONMENTS", tmp_path / "local/.env")
    monkeypatch.setattr(environment, "_check_tools", lambda: None)
    (tmp_path / "local").mkdir()
    for name in ("stack", "sam", "node"):
        (tmp_path / f"local/requirements-{name}.txt").write_text("something==1\n")
    environment.ensure()
    assert done == [f"{what}{name}" for name in ("stack", "sam", "node") for what in ("made ", "installed requirements-")]
    done.clear()
    return done


def test_an_environment_is_installed_once_and_again_when_its_requirements_change(tmp_path: Path, installations: list[str]) -> None:
    environment.ensure()
    assert installations == []
    (tmp_path / "local/requirements-sam.txt").write_text("something==2\n")
    environment.ensure()
    assert installations == ["installed requirements-sam"]


def test_an_environment_is_made_anew_for_another_python_elsewhere_and_when_its_python_is_gone(
    tmp_path: Path, installations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "local/.env/node/bin/python").unlink()
    environment.ensure()
    assert installations == ["made node", "installed requirements-node"]
    installations.clear()
    (tmp_path / "local/.env").rename(tmp_path / "local/moved")
    monkeypatch.setattr(environment, "ENVIRONMENTS", tmp_path / "local/moved")
    environment.ensure()
    assert len(installations) == 6
    installations.clear()
    monkeypatch.setattr("sys.version_info", (3, 99, 0))
    environment.ensure()
    assert len(installations) == 6


def test_an_environment_whose_installation_failed_is_installed_again(
    installations: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "local/requirements-sam.txt").write_text("something==2\n")
    with monkeypatch.context() as broken:
        broken.setattr(environment, "call", lambda *_, **__: (_ for _ in ()).throw(Failed("no network")))
        with pytest.raises(Failed, match="no network"):
            environment.ensure()
    environment.ensure()
    assert installations == ["installed requirements-sam"]


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="It failed: /no/such/program does not run"):
        call(["/no/such/program"], tmp_path / "log", "It failed", env={}, cwd=tmp_path)


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[Settings]:
    """An emulator into which nothing is deployed."""
    settings = somewhere(tmp_path / "state")
    emulator.start(settings, with_parent=True)
    yield settings
    emulator.stop(settings)


def pages_of(settings: Settings) -> int:
    return int(settings.pages_pid_file.read_text())


def test_the_pages_are_served_anew_when_their_sources_changed_and_when_they_were_ended(emulated: Settings) -> None:
    assert emulator.running_port(emulated) == emulated.port
    first = pages_of(emulated)
    emulator.renew_pages(emulated)
    assert pages_of(emulated) == first
    os.utime(emulated.pages_pid_file, (0, 0))  # as if every source were younger
    emulator.renew_pages(emulated)
    second = pages_of(emulated)
    assert second != first
    os.kill(second, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while emulator._alive(second) and time.monotonic() < deadline:
        time.sleep(0.05)
    emulator.renew_pages(emulated)
    assert pages_of(emulated) not in (first, second)


def test_pages_that_cannot_be_served_end_the_start_with_their_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = somewhere(tmp_path / "state")
    monkeypatch.setattr(emulator, "check_ports", lambda _: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.page_port(PAGES[-1])))
        with pytest.raises(Failed, match=r"The pages' server did not start: see .*pages\.log"):
            emulator.start(settings, with_parent=True)
    assert "Address already in use" in (settings.state / "pages.log").read_text()
    assert emulator.running(settings) is None


@pytest.mark.parametrize("end", ["make down", "by itself"])
def test_a_stack_in_one_terminal_is_ended_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    for module, name in ((console, "build"), (deployment, "build"), (deployment, "deploy"), (samples, "load")):
        monkeypatch.setattr(module, name, lambda *_: None)
    told: list[str] = []
    monkeypatch.setattr(samples, "describe", lambda _: told.append("it runs"))
    settings = somewhere(tmp_path / "state")
    with ThreadPoolExecutor(1) as terminal:
        running = terminal.submit(commands.run, settings)
        while not told and not running.done():
            time.sleep(0.05)
        with pytest.raises(Failed, match="running there already"):
            commands.run(settings)
        assert emulator.answers(settings)
        if end == "make down":
            assert commands.down(settings) == 0
            assert running.result(10) == 0
        else:
            os.killpg(int(settings.pid_file.read_text()), signal.SIGKILL)
            with pytest.raises(Failed, match=r"The emulator ended by itself: see .*emulator\.log"):
                running.result(10)
