"""The whole stack on one machine: `make run`, `up`, `walk`, `status`, `down`. PORT and STATE choose where it is."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys

import emulator
import environment
from settings import ROOT, Settings
from terminal import Failed, step


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["prepare", "run", "up", "down", "walk", "status", "env"])
    command: str = parser.parse_args().command
    os.chdir(ROOT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background commands with Ctrl-C ignored
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        settings = Settings.from_environment()
        if command in ("prepare", "run", "up", "walk", "env"):
            environment.ensure()
            interpreter = environment.python("stack")
            if sys.prefix != str(interpreter.parent.parent):
                os.execv(interpreter, [str(interpreter), __file__, command])
        return COMMANDS[command](settings)
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def up(settings: Settings, *, with_parent: bool = False) -> int:
    """Starts a stack, or brings the running one up to date with the sources."""
    import console
    import deployment
    import samples

    fresh = emulator.running(settings) is None
    if fresh:
        emulator.check_ports(settings)
        shutil.rmtree(settings.state, ignore_errors=True)
    settings.state.mkdir(parents=True, exist_ok=True)
    console.build()
    deployment.build(settings)
    try:
        if fresh:
            with step("Starting the emulator"):
                emulator.start(settings, with_parent=with_parent)
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
    was_running = emulator.running(settings) is not None
    emulator.stop(settings)
    shutil.rmtree(settings.state / "tmp", ignore_errors=True)
    print("The stack is down." if was_running else "No stack was running.")
    return 0


def run(settings: Settings) -> int:
    """`up` in the foreground, until Ctrl-C."""
    if emulator.running(settings) is not None:
        raise Failed("The stack is running in the background: `make down` ends it.")
    try:
        up(settings, with_parent=True)
        print("\nCtrl-C ends it.")
        while emulator.running(settings) is not None:
            signal.sigtimedwait([], 1)
        raise Failed(f"The emulator ended by itself: see {settings.state / 'emulator.log'}.")
    except KeyboardInterrupt:
        return 0
    finally:
        down(settings)


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


def prepare(settings: Settings) -> int:
    """Makes the environments, which `main` has done by now, and builds the console."""
    import console

    console.build()
    return 0


def env(settings: Settings) -> int:
    """The variables that the deployed functions have, for a shell: what `cargo lambda watch` needs to stand in for them."""
    import shlex

    import deployment

    if emulator.running(settings) is None:
        raise Failed("No stack is running: `make up` starts one.")
    functions = deployment.client(settings, "lambda")
    variables: dict[str, str] = {}
    for name, physical in settings.facts()["resources"].items():
        if name.endswith("Function"):
            variables |= functions.get_function_configuration(FunctionName=physical)["Environment"]["Variables"]
    variables |= {"AWS_ENDPOINT_URL": settings.endpoint, "AWS_REGION": deployment.REGION}
    variables |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for variable, value in sorted(variables.items()):
        print(f"export {variable}={shlex.quote(value)}")
    return 0


COMMANDS = {"prepare": prepare, "run": run, "up": up, "down": down, "walk": walk, "status": status, "env": env}

if __name__ == "__main__":
    sys.exit(main())
