"""Sessions that are over, as many as wanted: what the sweep closes, tells the customer of, and sends a receipt for."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from settings import ROOT

SAMPLE = ROOT / "shared/dynamodb/tests/released/0.1.0/in-session.json"
# The parts of the index of what is due: the shards, and the one key of release 0.1.0.
SHARDS = ("due", *(f"due#{shard}" for shard in range(8)))


def items(count: int, ago: int = 1) -> Iterator[dict[str, Any]]:
    """Items as DynamoDB takes them, due for so many seconds. Each is of a customer of its own, in the shard that
    `shared/dynamodb/src/due.rs` gives it.
    """
    record = TypeDeserializer().deserialize({"M": json.loads(SAMPLE.read_text())})
    over = int(time.time() * 1000) - ago * 1000
    record = _earlier(record, int(record["state"]["session"]["expires_at"]) - over)
    for number in range(count):
        identity = secrets.token_urlsafe(16)
        record |= {"id": identity, "pk": f"V#{identity}", "due": _shard(f"V#{identity}"), "due_at": over + number % 1000}
        record["customer_email"] = record["customer"]["email"] = f"customer-{number}@customers.example.com"
        previous = ""
        for step in record["steps"]:
            facts = [previous, identity, int(step["seq"]), int(step["at"]), step["actor"], step["action"], step["detail"]]
            text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
            previous = step["hash"] = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        yield TypeSerializer().serialize(record)["M"]


def _shard(key: str) -> str:
    total = 0
    for byte in key.encode():
        total = (total * 31 + byte) % 256
    return f"due#{total % 8}"


def _earlier(value: Any, millis: int) -> Any:
    match value:
        case dict():
            return {
                name: each - millis if (name == "at" or name.endswith("_at")) and each is not None else _earlier(each, millis)
                for name, each in value.items()
            }
        case list():
            return [_earlier(each, millis) for each in value]
    return value
