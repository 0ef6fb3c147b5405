"""Serves the pages of the stack on the loopback interface, each at an origin of its own, so that browsers keep them apart.

    python serve.py <state directory> <port of the emulator>

The console and the consent page are served as S3 and CloudFront do it in `template.yaml`, with the same
headers. The environments are stand-ins (`pages/environment/`), with the backend that a real one has: it asks the API
whether a session is still active. The start page shows everything to open, and the inbox.
"""

from __future__ import annotations

import functools
import json
import mimetypes
import os
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import mail
import samples
from client import Api
from deployment import Deployed
from settings import PAGES, ROOT, Settings

LOCAL = ROOT / "local" / "pages"
# The stand-ins and the start page call nobody but themselves and the API.
STAND_IN = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "connect-src 'self' {api}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    kind: str
    headers: dict[str, str]


def text(status: int, words: str) -> Answer:
    return Answer(status, words.encode(), "text/plain; charset=utf-8", {})


def as_json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), "application/json", {"Cache-Control": "no-store"})


class Site:
    """What one origin serves."""

    def __init__(self, stack: Stack, page: str) -> None:
        self.stack, self.page = stack, page
        self.notes: list[str] = []

    def get(self, path: str, query: dict[str, list[str]]) -> Answer:
        match self.page, path:
            case "console", "/config.json":
                return as_json(self.stack.console())
            case "consent", "/config.json":
                return as_json(self.stack.consent())
            case _, "/config.json":
                return as_json({"environment": self.page, "apiUrl": self.stack.facts()["ApiUrl"]})
            case "start", "/stack.json":
                return as_json(self.stack.described())
            case "start", "/mails.json":
                return as_json({"stack": self.stack.id, "mails": self.stack.mails(int(query.get("after", ["0"])[0]))})
            case "start", path if path.startswith("/mails/"):
                return self.stack.mail(path.removeprefix("/mails/"))
            case "console", _:
                if not (ROOT / "console/dist/index.html").is_file():
                    return text(404, "The console is not built: `npm ci && npm run build` in console/.")
                return self._hosted(ROOT / "console/dist", path, "index.html")
            case "consent", _:
                return self._hosted(ROOT / "pages/consent", path, "missing.html")
            case "start", _:
                return self._file(LOCAL / "start", path)
            case _, "/support":
                return self._file(LOCAL / "environment", "/")
        return self._file(LOCAL / "environment", path)

    def post(self, path: str, token: str | None) -> Answer:
        if self.page in ("start", "console", "consent") or token is None:
            return text(404, "Not found.")
        session = self.stack.introspect(token)
        # A token is good for the environment that it names, and for no other.
        if session is not None and session["active"] and session["environment"] != self.page:
            session = {"active": False}
        match path:
            case "/active":
                return as_json({"active": None if session is None else session["active"]})
            case "/correspondence":
                return as_json(correspondence(session))
            case "/notes":
                return self._change(session)
        return text(404, "Not found.")

    def _change(self, session: dict[str, Any] | None) -> Answer:
        """The one thing here that changes anything: it adds a note. A session that only views may not."""
        if session is None or not session["active"]:
            return as_json({"error": "no session"}, 401)
        if session["access"] != "change":
            return as_json({"error": "this session can only view"}, 403)
        self.notes.append(f"{session['act']['sub']} for {session['sub']}")
        return as_json({"notes": len(self.notes)}, 201)

    def headers(self) -> dict[str, str]:
        if self.page in ("console", "consent"):
            return self.stack.headers(self.page)
        policy = STAND_IN["Content-Security-Policy"].replace("{api}", self.stack.facts()["ApiUrl"])
        return STAND_IN | {"Content-Security-Policy": policy}

    def _hosted(self, directory: Path, path: str, missing: str) -> Answer:
        """Serves a file as CloudFront does: in place of a missing one, a page that says so, or leads on."""
        found = self._file(directory, path)
        return found if found.status == 200 else replace(self._file(directory, missing), status=404)

    def _file(self, directory: Path, path: str) -> Answer:
        wanted = (directory / path.lstrip("/")).resolve()
        if path.endswith("/"):
            wanted /= "index.html"
        if not (wanted.is_relative_to(directory) and wanted.is_file()):
            return text(404, "Not found.")
        kind = mimetypes.guess_type(wanted.name)[0] or "application/octet-stream"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        return Answer(200, wanted.read_bytes(), kind, {"Cache-Control": "no-cache"})


# Some machines' lists lack them.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


class NotDeployed(Exception):
    """The stack is not deployed yet."""


class Stack:
    """What the pages need to know of the deployed stack. It may be deployed again while they are served."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.id = uuid.uuid4().hex  # a restarted stack numbers its emails from 1 again

    def facts(self) -> dict[str, Any]:
        try:
            return self.settings.facts()
        except (OSError, ValueError):
            raise NotDeployed from None

    def consent(self) -> dict[str, str]:
        facts = self.facts()
        return {"apiUrl": facts["ApiUrl"], "consentMode": facts["parameters"]["ConsentMode"]}

    def console(self) -> dict[str, str]:
        facts = self.facts()
        return self.consent() | {
            "region": facts["region"],
            "agentPoolId": facts["AgentPoolId"],
            "agentClientId": facts["AgentClientId"],
            "customerPoolId": facts["CustomerPoolId"],
            "customerClientId": facts["CustomerClientId"],
            "cognitoEndpoint": facts["endpoint"],
            "consentUrl": facts["parameters"]["ConsentPageUrl"],
        }

    def described(self) -> dict[str, Any]:
        """Returns what the start page shows: where to go, and who can sign in."""
        return {
            "origins": {page: self.settings.origin(page) for page in PAGES},
            "remote_assistance": f"{self.settings.origin('console')}/remote-assistance.html",
            "receipt": f"{self.settings.origin('consent')}/receipt.html",
            "api": self.facts()["ApiUrl"],
            "password": samples.PASSWORD,
            "agents": [{"name": a.name, "email": a.email, "groups": a.groups} for a in samples.AGENTS],
            "customers": [
                {"name": c.name, "email": c.email, "status": c.status, "sign_in": c.sign_in, "ecosystems": c.ecosystems}
                for c in samples.CUSTOMERS
            ],
        }

    def headers(self, page: str) -> dict[str, str]:
        """Returns the headers that CloudFront adds in `template.yaml`."""
        return _headers(self.settings, self._deployed_at(), page)

    def _deployed_at(self) -> float:
        try:
            return self.settings.facts_file.stat().st_mtime
        except OSError:
            raise NotDeployed from None

    def mails(self, after: int) -> list[dict[str, Any]]:
        """Returns the newest emails, newest first. Not all of them, since each has to be read."""
        numbers = sorted((int(path.stem) for path in self.settings.mail.glob("*.eml")), reverse=True)[: mail.READ]
        return [mail.read(self.settings.mail, number).described() for number in numbers if number > after]

    def mail(self, path: str) -> Answer:
        """Answers `7.html` with email 7 as a page, `7/0` with its first attachment."""
        found = re.fullmatch(r"(\d+)(?:\.html|/(\d))", path)
        if found is None or not (self.settings.mail / f"{found[1]}.eml").is_file():
            return text(404, "Not found.")
        kept = mail.read(self.settings.mail, int(found[1]))
        if found[2] is None:
            return Answer(200, kept.page().encode(), "text/html; charset=utf-8", {"Content-Security-Policy": mail.POLICY})
        ((_, content),) = kept.attachments()[int(found[2]) :][:1] or [("", b"")]
        return Answer(200, content, "application/octet-stream", {"Content-Disposition": "attachment"})

    def introspect(self, token: str) -> dict[str, Any] | None:
        """Returns the API's answer about this token's session; `None` if there was none."""
        facts = self.facts()
        body = urlencode({"token": token})
        request = AWSRequest("POST", f"{facts['ApiUrl']}/introspect", {"Content-Type": "application/x-www-form-urlencoded"}, body)
        SigV4Auth(Credentials("test", "test"), "execute-api", facts["region"]).add_auth(request)
        try:
            answer = Api(facts).post("/introspect", raw=body.encode(), headers=dict(request.headers.items()))
        except OSError:
            return None
        return answer.json if answer.status == 200 else None


CORRESPONDENCE = {
    "messages": ["Ines: can you look at the invoice?", "Tom: thanks, solved"],
    "talks": ["Suppliers, 4 people", "Team, 9 people"],
}


def correspondence(session: dict[str, Any] | None) -> dict[str, list[str] | None] | None:
    """Returns what this session shows of the sample customer's. `None` if there is no session, or if that is unknown."""
    if session is None or not session["active"]:
        return None
    return {name: lines if session["visibility"][name] else None for name, lines in CORRESPONDENCE.items()}


@functools.lru_cache(maxsize=4)
def _headers(settings: Settings, deployed_at: float, page: str) -> dict[str, str]:  # noqa: ARG001 - what was deployed later is read anew
    stack = Deployed(settings)
    policy = stack.template["Resources"][f"{page.capitalize()}Headers"]["Properties"]["ResponseHeadersPolicyConfig"]
    config = stack.resolve(policy)
    security = config["SecurityHeadersConfig"]
    transport = security["StrictTransportSecurity"]
    elsewhere = {
        f"https://{stack.physical['Api']}.execute-api.us-east-1.amazonaws.com": settings.facts()["ApiUrl"],
        "https://cognito-idp.us-east-1.amazonaws.com": settings.endpoint,
    }
    content = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    for there, here in elsewhere.items():
        content = content.replace(there, here)
    return {
        "Content-Security-Policy": content,
        "Strict-Transport-Security": f"max-age={transport['AccessControlMaxAgeSec']}; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        **{item["Header"]: item["Value"] for item in config["CustomHeadersConfig"]["Items"]},
    }


def handler(site: Site, host: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "pages", ""
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            self._answer(lambda: site.get(url.path, parse_qs(url.query)))

        do_HEAD = do_GET  # noqa: N815

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scheme, _, token = self.headers.get("Authorization", "").partition(" ")
            self._answer(lambda: site.post(self.path, token if scheme == "Bearer" else None))

        def _answer(self, found: Callable[[], Answer]) -> None:
            headers = {}
            try:
                # A request under another host name comes from another origin, or from a foreign page that wants to read the inbox.
                answer = found() if self.headers.get("Host") == host else text(421, f"This page is at http://{host}.")
                headers = site.headers()
            except NotDeployed:
                answer = text(503, "The stack is still being deployed. Try again in a moment.")
            except ValueError:
                answer = text(400, "Not understood.")
            self.send_response(answer.status)
            for name, value in ({"Content-Type": answer.kind} | headers | answer.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def log_message(self, *_: Any) -> None:
            """Nothing: the API's log has what matters."""

    return Handler


def main() -> None:
    settings = Settings(port=int(sys.argv[2]), state=Path(sys.argv[1]))
    stack, parent = Stack(settings), os.getppid()
    for page in PAGES:
        host = settings.origin(page).removeprefix("http://")
        server = ThreadingHTTPServer(("127.0.0.1", settings.page_port(page)), handler(Site(stack, page), host))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    while os.getppid() == parent:
        time.sleep(1)


if __name__ == "__main__":
    main()
