"""A function of the stack as a process of this test: the same program, settings and role, but all that it says to AWS passes
through here, where it can be seen, held up or cut off. Each process is a cold start, so what INIT needs shows, too."""

from __future__ import annotations

import http.client
import json
import os
import queue
import socket
import ssl
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from client import decode
from settings import ROOT
from support.people import Agent
from support.stack import Stack

RUNTIME = "/2018-06-01/runtime"


@dataclass
class Call:
    """What the function asks of AWS. `answer` is there once AWS has answered; `denied`, if that was for want of a right."""

    operation: str
    request: dict[str, Any]
    answer: dict[str, Any] | None = None
    denied: bool = False
    # Whether it was held back for good, since the function was killed before it was passed on.
    dropped: bool = False


class Ended(Exception):
    """The process ended without an answer: in INIT, by itself, or by `Hosted.kill`."""


def unwatched(call: Call) -> None:
    """For calls that nobody looks at."""


class Hosted:
    """`with Hosted(stack, "CancelFunction") as function: function.invoke(event)`. One call at a time, as in Lambda.

    `denied`: statements of a policy that are taken from the role's rights for this process. `program`: another build of the function.
    `tls`: AWS is reached over TLS with this. `through`: a command that becomes the program.
    `before` and `after` are called with each call to AWS while an event is handled, before it is passed on and before its answer
    is: what they do happens while the function waits. `calls` has all of them, those of INIT too.
    """

    def __init__(
        self,
        stack: Stack,
        function: str,
        denied: list[dict[str, Any]] | None = None,
        environment: dict[str, str] | None = None,
        *,
        program: Path | None = None,
        tls: ssl.SSLContext | None = None,
        through: Sequence[str | Path] = (),
    ) -> None:
        self.stack, self.function = stack, function
        self._program, self._tls, self._through = program, tls, through
        self.denied, self.environment = denied, environment or {}
        self.before: Callable[[Call], None] = unwatched
        self.after: Callable[[Call], None] = unwatched
        self.calls: list[Call] = []
        self.lines: list[str] = []
        self.ended = False
        # When it asked for its first event, got the last one, and answered that: `time.monotonic()`.
        self.ready_at = self.sent_at = self.answered_at = 0.0
        # When calls to AWS began (1) and were answered (-1), those of INIT too.
        self.under_way: list[tuple[float, int]] = []
        self._events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._answers: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._handling = False

    def __enter__(self) -> Hosted:  # noqa: PYI034 - Self is younger than Python 3.10
        self._servers = [_server(self), *([_server(self, self._tls)] if self._tls else [])]
        address = f"127.0.0.1:{self._servers[0].server_port}"
        endpoint = f"https://127.0.0.1:{self._servers[1].server_port}" if self._tls else f"http://{address}"
        keys = self.stack.keys_of(self.function, self.denied)
        configured = self.stack.aws("lambda").get_function_configuration(FunctionName=self.stack.functions()[self.function])
        env = configured["Environment"]["Variables"] | {
            "PATH": os.environ["PATH"],
            "AWS_REGION": self.stack.facts["region"],
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_FUNCTION_NAME": self.function,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        }
        self._process = subprocess.Popen(
            [*self._through, self._program or self.stack.settings.state / "build" / self.function / "bootstrap"],
            env=env | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._events.put(("", None))
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def invoke(self, event: Any) -> Any:
        """What the function makes of an event. An answer of its own that is an error is raised as `Ended` is."""
        self._events.put((str(uuid.uuid4()), event))
        what, answer = self._answers.get(timeout=60)
        if isinstance(answer, BaseException):
            raise answer  # what a watcher says
        if what != "response":
            raise Ended(f"{self.function}: {what}: {answer}\n" + "\n".join(self.lines[-5:]))
        return answer

    @property
    def process_id(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """Ends the process at once, as a crash would: what it was about to ask of AWS is not asked."""
        self.ended = True
        self._process.kill()
        self._process.wait()

    def _watch(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))
        self._answers.put(("ended", self._process.wait()))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.tls:  # the thread of the connection does the handshake, with its first read
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, *_: object) -> None:
        """A process that is killed breaks its connections."""


def _server(hosted: Hosted, tls: ssl.SSLContext | None = None) -> _Server:
    """Lambda's runtime API, and a way to the emulator for everything else."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if self.path != f"{RUNTIME}/invocation/next":
                self._reply(200, {}, b"")  # a connection being primed
                return
            hosted._handling = False
            hosted.ready_at = hosted.ready_at or time.monotonic()
            request_id, event = hosted._events.get()
            hosted._handling = True
            headers = {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": "4102444800000",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:hosted",
            }
            body = json.dumps(event).encode()
            hosted.sent_at = time.monotonic()
            self._reply(200, headers, body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith(RUNTIME):
                hosted.answered_at = time.monotonic()
                hosted._handling = False
                hosted._answers.put((self.path.rpartition("/")[2], json.loads(body or b"null")))
                self._reply(202, {}, b"")
                return
            call = _call(self.headers["X-Amz-Target"], body)
            hosted.calls.append(call)
            hosted.under_way.append((time.monotonic(), 1))
            if not self._watched(hosted.before, call):
                call.dropped = True
                return
            connection = http.client.HTTPConnection(hosted.stack.facts["endpoint"].removeprefix("http://"), timeout=60)
            try:
                # The Host header is signed: it goes on as it is.
                connection.request("POST", self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            call.denied = answer.status >= 400 and b"AccessDenied" in content
            if answer.headers.get_content_type() != "text/xml":
                call.answer = json.loads(content or b"{}")
            if not self._watched(hosted.after, call):
                return
            kept = {"Content-Type", "x-amzn-RequestId", "x-amzn-ErrorType", "x-amz-crc32"}
            hosted.under_way.append((time.monotonic(), -1))
            self._reply(answer.status, {name: answer.headers[name] for name in kept if name in answer.headers}, content)

        def _watched(self, watcher: Callable[[Call], None], call: Call) -> bool:
            try:
                if hosted._handling:
                    watcher(call)
            except BaseException as error:
                hosted._answers.put(("watcher", error))
                hosted.kill()
            self.close_connection = hosted.ended
            return not hosted.ended

        def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the process was killed meanwhile

        def log_message(self, *_: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    server.tls = tls
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def _call(target: str | None, body: bytes) -> Call:
    if target is not None:
        return Call(target.rpartition(".")[2], json.loads(body))
    form = dict(parse_qsl(body.decode()))
    return Call(form["Action"], form)


def http_event(route: str, body: Any, agent: Agent | None = None, **path_parameters: str) -> dict[str, Any]:
    """An HTTP API's event for a route, `POST /verifications/{id}/cancel` for one, as API Gateway would make it for this caller."""
    event = json.loads((ROOT / "events" / "cancel-reason.json").read_text())
    context = event["requestContext"]
    event["routeKey"] = context["routeKey"] = route
    event["pathParameters"] = path_parameters
    event["body"] = json.dumps(body)
    context["requestId"] = str(uuid.uuid4())
    if agent is None:
        del context["authorizer"]
    else:
        claims = {name: _as_gateway(value) for name, value in decode(agent.token).items()}
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return event


def _as_gateway(claim: Any) -> str:
    """Claims reach a function as text, a list as `[a b]`."""
    match claim:
        case list():
            return f"[{' '.join(map(str, claim))}]"
        case bool():
            return str(claim).lower()
    return str(claim)
