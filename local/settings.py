"""Where a stack lives. Two stacks run side by side if their ports and state directories differ."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terminal import Failed

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / "local" / ".env"
DEFAULT_STATE = ROOT / "local" / ".state"
REGION = "us-east-1"
# The environments that a session can open.
OPENED = ("store", "web", "app", "rcm")
# The pages of a stack, each at an origin of its own, on the ports after the emulator's.
PAGES = ("start", "console", "consent", *OPENED)


@dataclass(frozen=True)
class Settings:
    port: int
    state: Path

    @staticmethod
    def from_environment() -> Settings:
        """As `PORT` and `STATE` say. Fails if `PORT` is no port that leaves room for the pages."""
        port, last = os.environ.get("PORT") or "4566", 65535 - len(PAGES)
        if not (port.isascii() and port.isdigit() and 1024 <= int(port) <= last):
            raise Failed(f"PORT is {port}: it has to be a number from 1024 to {last}; the stack takes that and the {len(PAGES)} after it.")
        return Settings(port=int(port), state=Path(os.environ.get("STATE") or DEFAULT_STATE).resolve())

    @staticmethod
    def of_running(state: Path) -> Settings:
        """The stack that was started with this state directory, whatever its port."""
        facts = json.loads((state / "stack.json").read_text())
        return Settings(port=int(facts["endpoint"].rpartition(":")[2]), state=state.resolve())

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page_port(self, page: str) -> int:
        return self.port + 1 + PAGES.index(page)

    def origin(self, page: str) -> str:
        return f"http://127.0.0.1:{self.page_port(page)}"

    @property
    def mail(self) -> Path:
        return self.state / "mail"

    @property
    def pid_file(self) -> Path:
        return self.state / "emulator.pid"

    @property
    def pages_pid_file(self) -> Path:
        return self.state / "pages.pid"

    @property
    def lock_file(self) -> Path:
        """Locked while a stack is being started here. It also marks the directory as one that a stack made."""
        return self.state / "support-access.lock"

    @property
    def facts_file(self) -> Path:
        return self.state / "stack.json"

    def facts(self) -> dict[str, Any]:
        """What the deployed stack is called: see `deployment.facts`."""
        return json.loads(self.facts_file.read_text())

    def aws_environment(self) -> dict[str, str]:
        """The caller's environment with AWS meaning the emulator, whatever profile or account it meant before."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
        tools = [str(ENVIRONMENTS / "sam" / "bin"), env.get("PATH", "")]
        return env | {
            "PATH": os.pathsep.join(tools),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAM_CLI_TELEMETRY": "0",
        }


def architecture() -> str:
    """This machine's processor, by Lambda's name for it."""
    return "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
