"""The stack as its callers see it: the API over HTTP, the inbox, sign-in. The walk and the tests both use it."""

from __future__ import annotations

import base64
import email
import email.policy
import functools
import http.client
import json
import re
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Api:
    """Calls the deployed HTTP API. Each call has a connection of its own, so that any number of threads can share an `Api`."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.address: str = facts["ApiUrl"].removeprefix("http://")

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """`body` is sent as JSON; `raw` as it is."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if raw is None and body is not None:
            raw = json.dumps(body).encode()
        if raw is not None:
            sent.setdefault("Content-Type", "application/json")
        started = time.monotonic()
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request(method, path, raw, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read(), time.monotonic() - started)
        finally:
            connection.close()

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("POST", path, {} if body is None and "raw" not in more else body, **more)

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)


@dataclass(frozen=True)
class Mail:
    number: int
    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else part.get_content()

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def code(self) -> str:
        """The one-time code: the only six digits that stand alone."""
        return self._only(r"(?<![\w#=/.-])(\d{6})(?![\w-])", "code")

    @property
    def link(self) -> str:
        return self._only(r"(\S+#(?:token|handoff)=[\w.~-]+)", "link")

    @property
    def token(self) -> str:
        """The secret in the link's fragment."""
        return self.link.partition("#")[2].partition("=")[2]

    def _only(self, pattern: str, what: str) -> str:
        found = set(re.findall(pattern, self.text))
        assert len(found) == 1, f"email {self.number} ({self.subject}) has {len(found)} of one {what}:\n{self.text}"
        return found.pop()


class Inbox:
    """The emails that the stack has sent so far, oldest first."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.directory = Path(facts["mail"])
        self._known: dict[int, EmailMessage] = {}

    def mails(self, to: str | None = None, after: int = 0) -> list[Mail]:
        """The emails to an address, numbered higher than `after`."""
        numbers = sorted(int(path.stem) for path in self.directory.glob("*.eml"))
        found = [Mail(number, self._read(number)) for number in numbers if number > after]
        return [mail for mail in found if to is None or to.lower() in mail.to.lower()]

    def last_number(self) -> int:
        return max((int(path.stem) for path in self.directory.glob("*.eml")), default=0)

    def wait(self, to: str, after: int = 0, seconds: float = 60) -> Mail:
        """The newest email to an address, numbered higher than `after`: the emulator delivers in the background."""
        deadline = time.monotonic() + seconds
        while not (found := self.mails(to, after)):
            assert time.monotonic() < deadline, f"no email to {to} within {seconds} s"
            time.sleep(0.02)
        return found[-1]

    def _read(self, number: int) -> EmailMessage:
        if number not in self._known:
            content = (self.directory / f"{number}.eml").read_bytes()
            message = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self._known[number] = message
        return self._known[number]


def sign_in(facts: dict[str, Any], pool: str, username: str, password: str) -> dict[str, Any]:
    """Signs in as a browser would, without AWS keys. `pool` is `Agent` or `Customer`. Answers Cognito's tokens."""
    return _cognito(facts["endpoint"], facts["region"]).initiate_auth(
        ClientId=facts[f"{pool}ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )["AuthenticationResult"]


@functools.cache
def _cognito(endpoint: str, region: str) -> Any:
    return boto3.client("cognito-idp", endpoint_url=endpoint, region_name=region, config=Config(signature_version=UNSIGNED))


def decode(token: str) -> dict[str, Any]:
    """A JWT's claims, unchecked."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
