"""Stand-ins for the services that the sweep calls, which answer over HTTP after a given time: what is measured with them is the
function itself. They know only the calls that it makes, and keep to what it depends on: conditional writes and the index of what is due.

Lambda's runtime API is here, too.
"""

from __future__ import annotations

import asyncio
import base64
import bisect
import itertools
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

RUNTIME = "/2018-06-01/runtime/invocation/"
JSON = "application/x-amz-json-1.0"


class Unreachable(Exception):
    """The connection is closed without an answer."""


@dataclass
class Table:
    """The Support table with its index `due`."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    index: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    def put(self, item: dict[str, Any]) -> None:
        key = item["pk"]["S"]
        if before := self.items.get(key):
            self._unlist(before)
        self.items[key] = item
        if "due" in item:
            bisect.insort(self.index[item["due"]["S"]], (int(item["due_at"]["N"]), key))

    def _unlist(self, item: dict[str, Any]) -> None:
        if "due" in item:
            part, place = self.index[item["due"]["S"]], (int(item["due_at"]["N"]), item["pk"]["S"])
            del part[bisect.bisect_left(part, place)]

    def due(self, now: int) -> int:
        return sum(bisect.bisect_left(part, (now + 1, "")) for part in self.index.values())

    def waiting(self) -> int:
        """How many need attention at any time."""
        return sum(map(len, self.index.values()))


class Doubles:
    """`latency`: seconds until an answer. `hanging` and `down` name services: `ses`, `kms`, `dynamodb`."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.table = Table()
        self.emails: dict[str, int] = defaultdict(int)
        self.closed = 0
        self.hanging: set[str] = set()
        self.down: set[str] = set()
        self.calls: dict[str, int] = defaultdict(int)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._answers: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._numbers = itertools.count(1)

    async def serve(self) -> int:
        """Starts on a free port, and returns that."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    async def invoke(self) -> tuple[str, Any]:
        """One run: `response` or `error`, and what the function said."""
        await self._events.put(str(next(self._numbers)))
        return await self._answers.get()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if value}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, more, content = await self._answer(method, path, headers, body)
                lines = [f"HTTP/1.1 {status} -", f"content-length: {len(content)}", *(f"{name}: {value}" for name, value in more.items())]
                writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        except (Unreachable, asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if path == f"{RUNTIME}next":
            event = await self._events.get()
            return 200, {"Lambda-Runtime-Aws-Request-Id": event, "Lambda-Runtime-Deadline-Ms": "4102444800000"}, b"{}"
        if path.startswith(RUNTIME):
            await self._answers.put((path.rpartition("/")[2], json.loads(body or b"null")))
            return 202, {}, b""
        if method == "GET":
            return 200, {}, b""  # a connection that is primed
        service, name, request = _call(headers.get("x-amz-target"), body)
        self.calls[name] += 1
        if service in self.hanging:
            await asyncio.sleep(3600)
        if service in self.down:
            raise Unreachable
        await asyncio.sleep(self.latency)
        if service == "ses":
            self.emails[request["Destinations.member.1"][0] if "Destinations.member.1" in request else "?"] += 1
            return (
                200,
                {"content-type": "text/xml"},
                f"<{name}Response><{name}Result><MessageId>1</MessageId></{name}Result></{name}Response>".encode(),
            )
        answers: dict[str, Callable[[Any], Awaitable[tuple[int, Any]]]] = {
            "GetItem": self._get_item,
            "PutItem": self._put_item,
            "UpdateItem": self._update_item,
            "Query": self._query,
            "GetSecretValue": self._secret,
            "Sign": self._sign,
            "GetPublicKey": self._public_key,
        }
        status, answer = await answers[name](request)
        return status, {"content-type": JSON}, json.dumps(answer).encode()

    async def _get_item(self, request: Any) -> tuple[int, Any]:
        item = self.table.items.get(request["Key"]["pk"]["S"])
        return 200, {"Item": item} if item else {}

    async def _put_item(self, request: Any) -> tuple[int, Any]:
        item, before = request["Item"], self.table.items.get(request["Item"]["pk"]["S"])
        assert request["ConditionExpression"] == "#version = :before"
        if before is None or before["version"] != request["ExpressionAttributeValues"][":before"]:
            return 400, {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "Item": before}
        self.closed += "closed" in str(item["state"]) and "closed" not in str(before["state"])
        self.table.put(item)
        return 200, {}

    async def _update_item(self, request: Any) -> tuple[int, Any]:
        before, values = self.table.items.get(request["Key"]["pk"]["S"]), request["ExpressionAttributeValues"]
        if before is None or before.get("due_at") != values[":listed_at"]:
            return 400, {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}
        self.table.put(before | {"due_at": values[":until"]})
        return 200, {}

    async def _query(self, request: Any) -> tuple[int, Any]:
        values, start = request["ExpressionAttributeValues"], request.get("ExclusiveStartKey")
        part = self.table.index[values[":due"]["S"]]
        first = bisect.bisect_right(part, (int(start["due_at"]["N"]), start["pk"]["S"])) if start else 0
        last = bisect.bisect_left(part, (int(values[":now"]["N"]) + 1, ""))
        page = part[first : min(last, first + request["Limit"])]
        keys = [{"pk": {"S": key}, "due": values[":due"], "due_at": {"N": str(at)}} for at, key in page]
        more = {"LastEvaluatedKey": keys[-1]} if last - first > len(page) else {}
        return 200, {"Items": keys, "Count": len(keys), **more}

    async def _secret(self, _: Any) -> tuple[int, Any]:
        return 200, {"SecretString": "k" * 64}

    async def _sign(self, request: Any) -> tuple[int, Any]:
        signature = self._key.sign(base64.b64decode(request["Message"]), ec.ECDSA(Prehashed(hashes.SHA256())))
        return 200, {"Signature": base64.b64encode(signature).decode()}

    async def _public_key(self, _: Any) -> tuple[int, Any]:
        public = self._key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return 200, {"PublicKey": base64.b64encode(public).decode()}


def _call(target: str | None, body: bytes) -> tuple[str, str, Any]:
    """Service, operation and parameters."""
    if target is None:
        form = parse_qs(body.decode())
        return "ses", form["Action"][0], form
    service, _, name = target.partition(".")
    return {"DynamoDB_20120810": "dynamodb", "TrentService": "kms"}.get(service, service), name, json.loads(body)
