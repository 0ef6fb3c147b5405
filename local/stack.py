"""The whole stack on one machine: `make run`, `up`, `walk`, `status`, `down`, `clean`. PORT and STATE choose where it runs."""

from __future__ import annotations

import argparse
import dataclasses
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import emulator
import environment
from settings import DEFAULT_STATE, ENVIRONMENTS, ROOT, Settings
from terminal import Failed, step


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=list(COMMANDS))
    parser.add_argument("function", nargs="?", help="the function whose variables `env` prints, by its name in template.yaml")
    arguments = parser.parse_args()
    command: str = arguments.command
    if arguments.function and command != "env":
        parser.error(f"{command} does not take a function")
    os.chdir(ROOT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background commands with Ctrl-C ignored
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Behind a proxy, calls to this machine must not go through it.
    direct = ["127.0.0.1", "localhost", os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(direct)
    try:
        settings = Settings.from_environment()
        if command in ("prepare", "run", "up", "walk", "env"):
            environment.ensure()
            interpreter = environment.python("stack")
            if sys.prefix != str(interpreter.parent.parent):
                os.execv(interpreter, [str(interpreter), __file__, *sys.argv[1:]])
        if command not in ("prepare", "down", "clean"):
            settings = of_the_running(settings)
        return env(settings, arguments.function) if command == "env" else COMMANDS[command](settings)
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def of_the_running(settings: Settings) -> Settings:
    """The settings with the port of the stack that runs in this state directory, if one does. Fails if `PORT` names another."""
    port = emulator.running_port(settings)
    if port in (None, settings.port):
        return settings
    if os.environ.get("PORT"):
        raise Failed(
            f"A stack runs in {settings.state} on port {port}, not {settings.port}: "
            "leave PORT out to use that stack; to start another beside it, choose a STATE, too."
        )
    return dataclasses.replace(settings, port=port)


@contextmanager
def starting(settings: Settings) -> Iterator[None]:
    """The state directory, for one command alone. It is made if necessary; a directory that no stack made is left as it is."""
    state, lock = settings.state, settings.lock_file
    try:
        # STATE may name any directory, and a starting stack deletes what is in it.
        known = lock.is_file() or state == DEFAULT_STATE.resolve() or emulator.running(settings) is not None
        if not known and state.exists() and any(state.iterdir()):
            raise Failed(f"{state} is not empty, and no stack made it: choose an empty or a new directory with STATE=….")
        state.mkdir(parents=True, exist_ok=True)
        held = lock.open("a")
    except OSError as error:
        raise Failed(f"{state} cannot be the state directory: {error.strerror}.") from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"Another command is starting a stack in {state}: wait for it, or end it with Ctrl-C in its terminal.") from None
        yield


def empty(settings: Settings) -> None:
    """Deletes what an earlier stack left, except for the lock that is being held."""
    for path in settings.state.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != settings.lock_file:
            path.unlink()


def up(settings: Settings, *, with_parent: bool = False) -> int:
    """Starts a stack, or brings the running one up to date with the sources."""
    import console
    import deployment
    import samples

    with starting(settings):
        fresh = emulator.running(settings) is None
        if fresh:
            emulator.check_ports(settings)
            empty(settings)
        console.build()
        deployment.build(settings)
        try:
            if fresh:
                with step("Starting the emulator"):
                    emulator.start(settings, with_parent=with_parent)
            else:
                emulator.renew_pages(settings)
            deployment.deploy(settings, {})
            with step("Loading sample agents and customers"):
                samples.load(settings)
        except BaseException:
            if fresh:
                emulator.stop(settings)
            raise
    print(samples.describe(settings))
    return 0


def down(settings: Settings) -> int:
    if emulator.running(settings) is None:
        if settings.lock_file.is_file():
            with starting(settings):
                pass  # A stack that is still being built cannot be ended from here: this says so.
        print("No stack was running.")
        return 0
    emulator.stop(settings)
    # Only where a stack was running: STATE may name any directory.
    shutil.rmtree(settings.state / "tmp", ignore_errors=True)
    print("The stack is down.")
    return 0


# Seconds for a `make run` in another terminal to notice that its stack was ended.
PATIENCE = 5


def clean(settings: Settings) -> int:
    """Ends the stack and deletes everything that was installed, built and kept here."""
    down(settings)
    deadline = time.monotonic() + PATIENCE
    while (user := _runs_in_the_environments()) is not None:
        if time.monotonic() > deadline:
            raise Failed(f"Nothing was deleted: process {user} runs in {ENVIRONMENTS}, perhaps for a stack with another STATE.")
        time.sleep(0.1)
    if settings.state.exists():
        with starting(settings):
            empty(settings)
            shutil.rmtree(settings.state)
    for made in (ENVIRONMENTS, ROOT / "target", ROOT / "console/dist", ROOT / "console/node_modules"):
        if made.exists():
            shutil.rmtree(made)
    print("Everything that was installed, built and kept here is deleted.")
    return 0


def _runs_in_the_environments() -> int | None:
    """The id of another process that runs a program from there."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = process.joinpath("cmdline").read_text(errors="replace")
            program = Path((process / "cwd").readlink(), command.partition("\0")[0])
        except OSError:
            continue  # It has ended.
        if program.is_relative_to(ENVIRONMENTS) and int(process.name) != os.getpid():
            return int(process.name)
    return None


def run(settings: Settings) -> int:
    """`up` in the foreground, until Ctrl-C."""
    if emulator.running(settings) is not None:
        raise Failed("A stack is running there already: `make up` updates it, `make down` ends it.")
    up(settings, with_parent=True)
    ours = emulator.running(settings)
    try:
        print("\nCtrl-C ends it.", flush=True)
        while ours is not None and emulator.running(settings) == ours:
            signal.sigtimedwait([], 1)
    except KeyboardInterrupt:
        return 0
    finally:
        # Not another one, which may have been started there since.
        if ours is not None and emulator.running(settings) == ours:
            down(settings)
    if settings.pid_file.is_file() and emulator.running(settings) is None:
        raise Failed(f"The emulator ended by itself: see {settings.state / 'emulator.log'}.")
    print("Another command ended it.")
    return 0


def walk(settings: Settings) -> int:
    import walk as walking

    return walking.walk(settings)


def status(settings: Settings) -> int:
    if emulator.running(settings) is None or not settings.facts_file.is_file():
        print("No stack is running: `make up` starts one.")
        return 1
    facts = settings.facts()
    print(f"Open     {settings.origin('start')}\nAPI      {facts['ApiUrl']}\nAWS      {facts['endpoint']}\nInbox    {facts['mail']}")
    return 0


def prepare(_: Settings) -> int:
    """Builds the console. `main` has made the environments by now."""
    import console

    console.build()
    return 0


def env(settings: Settings, function: str | None = None) -> int:
    """Prints the deployed functions' variables for a shell, which `cargo lambda watch` needs to stand in for them. A variable on
    which two functions differ is left out, unless one `function` is named.
    """
    import shlex

    import deployment

    if emulator.running(settings) is None or not settings.facts_file.is_file():
        raise Failed("No stack is running: `make up` starts one.")
    functions = {name: physical for name, physical in settings.facts()["resources"].items() if name.endswith("Function")}
    if function is not None and function not in functions:
        raise Failed(f"There is no {function}. There are {', '.join(sorted(functions))}.")
    client = deployment.client(settings, "lambda")
    variables: dict[str, str] = {}
    differ: set[str] = set()
    for name, physical in functions.items():
        if function in (None, name):
            found = client.get_function_configuration(FunctionName=physical)["Environment"]["Variables"]
            differ |= {variable for variable, value in found.items() if variables.get(variable, value) != value}
            variables |= found
    for variable in sorted(differ):
        del variables[variable]
        print(f"{variable} is not the same for all functions: name one function to see it.", file=sys.stderr)
    variables |= {"AWS_ENDPOINT_URL": settings.endpoint, "AWS_REGION": deployment.REGION}
    variables |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for variable, value in sorted(variables.items()):
        print(f"export {variable}={shlex.quote(value)}")
    return 0


COMMANDS = {"prepare": prepare, "run": run, "up": up, "down": down, "clean": clean, "walk": walk, "status": status, "env": env}

if __name__ == "__main__":
    sys.exit(main())
