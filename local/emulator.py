"""The emulated AWS, the inbox, and the process that serves the pages: one process group, so that ending the group ends everything.

    python emulator.py <state directory> [--with-parent]

The environment that it is started with names the port (see `start`).
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import alarms
import api_address
import app_clients
import authorization
import email_reports
import environment
import recovery
import second_factor
import tokens
import usernames
import workers
from settings import PAGES, PORTS_AFTER, Settings
from terminal import Failed

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session


def start(settings: Settings, *, with_parent: bool) -> subprocess.Popen[bytes]:
    """Starts it and waits until it answers. With `with_parent`, it ends with the process that started it, however that one ends."""
    check_ports(settings)
    temporary = settings.state / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    settings.mail.mkdir(exist_ok=True)
    env = settings.aws_environment() | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(settings.port),
        "AUTH": "true",  # policies are enforced
        "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",  # a trigger that fails denies, as on AWS
        "MINISTACK_REGION": settings.aws_environment()["AWS_REGION"],
        "TMPDIR": str(temporary),
        "S3_DATA_DIR": str(temporary / "s3"),
        "STATE_DIR": str(temporary / "state"),  # the keys that tokens are signed with
        "DOCKER_HOST": "unix:///nonexistent",  # otherwise it looks for containers, and there are none
        "IOT_MTLS_ENABLED": "0",  # otherwise it listens on every interface
        "LOG_LEVEL": "INFO",
    }
    log = settings.state / "emulator.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [environment.python("stack"), __file__, settings.state, *(["--with-parent"] if with_parent else [])],
            stdin=subprocess.PIPE if with_parent else subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=env,
            start_new_session=True,
        )
    settings.pid_file.write_text(str(process.pid))
    try:
        deadline = time.monotonic() + 60
        while not answers(settings):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"The emulator did not start: see {log}.")
            time.sleep(0.1)
        _await_pages(settings)
    except BaseException:
        stop(settings)
        raise
    return process


def renew_pages(settings: Settings) -> None:
    """Restarts the pages' server if a source in local/ is newer than it, and waits until it answers."""
    server, record = _process(settings, settings.pages_pid_file), settings.pages_pid_file
    sources = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))
    outdated = server is not None and sources > record.stat().st_mtime
    if server is None or outdated:
        record.unlink(missing_ok=True)  # The next process that is recorded counts.
    if outdated:
        os.kill(server, signal.SIGTERM)
        while _alive(server):
            time.sleep(0.05)
    _await_pages(settings)


def _await_pages(settings: Settings) -> None:
    deadline = time.monotonic() + 30
    while not all(_reachable(settings.origin(page)) for page in PAGES):
        died = settings.pages_pid_file.is_file() and _process(settings, settings.pages_pid_file) is None
        if died or time.monotonic() > deadline:
            raise Failed(f"The pages' server did not start: see {settings.state / 'pages.log'}.")
        time.sleep(0.1)


def _reachable(url: str) -> bool:
    """Whether it answers at all: before the deployment, pages answer that there is nothing to show yet."""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, HTTPException):
        return False
    return True


def check_ports(settings: Settings) -> None:
    """The emulator's, and after it the pages' and the API's."""
    for port in range(settings.port, settings.port + 1 + PORTS_AFTER):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Failed(
                    f"Port {port} is in use: choose other ports with PORT=…; the stack uses that one and the {PORTS_AFTER} after it."
                ) from None


def answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.endpoint}/_ministack/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def running(settings: Settings) -> int | None:
    """Its process id, which is also its group's, if one was started from this state directory and is alive."""
    return _process(settings, settings.pid_file)


def running_port(settings: Settings) -> int | None:
    """Its port. Its environment names it even before anything is deployed."""
    if (pid := running(settings)) is None:
        return None
    try:
        variables = Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    except OSError:
        return None
    return next((int(each.partition("=")[2]) for each in variables if each.startswith("GATEWAY_PORT=")), None)


def _process(settings: Settings, record: Path) -> int | None:
    try:
        pid = int(record.read_text())
        # Another process may have the id by now.
        return pid if str(settings.state) in Path(f"/proc/{pid}/cmdline").read_text().split("\0") else None
    except (OSError, ValueError):
        return None


def stop(settings: Settings) -> None:
    """Ends it and the functions that it runs, at once: it holds nothing to keep."""
    if (group := running(settings)) is not None:
        os.killpg(group, signal.SIGKILL)
        while _alive(group):
            time.sleep(0.05)
        settings.pid_file.unlink(missing_ok=True)
        settings.pages_pid_file.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    """Whether the process runs, and is not just an entry that its parent has not collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Inbox:
    """Keeps every email as `<n>.eml`, in the order of arrival."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        number = next(self.numbers)
        whole = self.directory / f"{number}.eml"
        part = whole.with_suffix(".part")
        part.write_bytes(envelope.content)
        part.rename(whole)  # a reader sees a whole email or none
        return "250 kept"


def main() -> None:
    from aiosmtpd.controller import Controller

    state = Path(sys.argv[1])
    if "--with-parent" in sys.argv:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    Controller(Inbox(state / "mail"), hostname="127.0.0.1", port=port, decode_data=False).start()
    os.environ["SMTP_HOST"] = f"127.0.0.1:{port}"
    settings = Settings(port=int(os.environ["GATEWAY_PORT"]), state=state)
    threading.Thread(target=_serve_pages, args=[settings], daemon=True).start()

    # The emulator answers a function's runtime in two small writes; Nagle's algorithm would delay the second by 40 ms.
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    import ministack.app

    api_address.at_a_port_of_its_own(settings.api_port)
    app_clients.that_may_write_what_is_required()
    app_clients.whose_secret_can_be_replaced()
    alarms.on_expressions()
    authorization.fill_in()
    email_reports.of_raw_emails()
    tokens.of_one_moment()
    tokens.of_what_a_client_reads()
    recovery.by_a_code_of_its_own()
    recovery.judged_in_one_time()
    second_factor.asked_of_everybody()
    usernames.without_case()
    workers.each_by_itself()
    sys.argv = ["ministack"]
    ministack.app.main()


def _serve_pages(settings: Settings) -> None:
    """Keeps the pages' server running. After `renew_pages` has ended it, it comes back at once, with the sources as they are then."""
    while True:
        with (settings.state / "pages.log").open("ab") as log:
            server = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("serve.py"), settings.state, str(settings.port)], stdout=log, stderr=log
            )
        settings.pages_pid_file.write_text(str(server.pid))
        if server.wait() != -signal.SIGTERM:
            time.sleep(2)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
