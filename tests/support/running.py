"""A stack of the tests' own."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import deployment
import emulator
from settings import Settings
from support.stack import Stack
from terminal import Failed


def free_ports() -> int:
    """The first of as many as a stack takes: above 10080, which browsers refuse, and below those that the system gives to
    programs that ask for any.
    """
    while True:
        settings = Settings(port=random.randrange(10_100, 32_000), state=Path())
        try:
            emulator.check_ports(settings)
            return settings.port
        except Failed:
            continue


@contextmanager
def running_stack(parameters: Callable[[Settings], dict[str, str]]) -> Iterator[Stack]:
    """A stack on a free port, with these parameters over the local ones. Gone at the end, however that comes.

    `parameters` is called when the emulator runs and nothing is deployed yet. `BUILT` names a directory in which the functions are
    built already: several processes need them built once.
    """
    settings = Settings(port=0, state=Path(tempfile.mkdtemp(prefix="support-access-")).resolve())
    try:
        if built := os.environ.get("BUILT"):
            (settings.state / "build").symlink_to(built)
        else:
            deployment.build(settings)
        # Building takes minutes, in which somebody else may take what was free.
        settings = replace(settings, port=free_ports())
        emulator.start(settings, with_parent=True)
        deployment.deploy(settings, parameters(settings))
        yield Stack(settings)
    finally:
        emulator.stop(settings)
        shutil.rmtree(settings.state, ignore_errors=True)
