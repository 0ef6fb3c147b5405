"""What calls to DynamoDB consume, in units, by the rules of
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html

The emulator counts none, so the items are measured here: what a write finds and what it leaves, and what a read returns.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from support.hosted import Call
from support.stack import Stack

Item = dict[str, Any]
# The parts of a transaction.
PARTS = ("Put", "Update", "Delete", "ConditionCheck")


def size(item: Item | None) -> int:
    """Bytes of an item as DynamoDB counts them."""
    return sum(len(name.encode()) + _value(value) for name, value in (item or {}).items())


def _value(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content) if isinstance(content, bytes) else len(base64.b64decode(content))
        case "N":
            return ceil(len(content.strip("-0.")) / 2) + 1
        case "BOOL" | "NULL":
            return 1
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value(each) for name, each in content.items())
        case "L":
            return 3 + sum(1 + _value(each) for each in content)
        case _:
            raise AssertionError(f"an attribute of type {kind}")


@dataclass
class Consumed:
    writes: float = 0
    reads: float = 0
    largest: int = 0


@dataclass
class Meter:
    """`before` and `after` of a `Hosted`."""

    stack: Stack
    consumed: Consumed = field(default_factory=Consumed)
    _found: dict[int, list[Item | None]] = field(default_factory=dict)
    _indexes: dict[str, list[list[str]]] = field(default_factory=dict)

    def before(self, call: Call) -> None:
        self._found[id(call)] = [self._item(table, key) for _, table, key in self._written(call)]

    def after(self, call: Call) -> None:
        found = self._found.pop(id(call), [])
        times = 2 if call.operation == "TransactWriteItems" else 1
        for (kind, table, key), old in zip(self._written(call), found, strict=True):
            if kind == "ConditionCheck":
                self.consumed.reads += 2 * ceil(max(1, size(old)) / 4096)
                continue
            new = self._item(table, key)
            self.consumed.largest = max(self.consumed.largest, size(new))
            self.consumed.writes += times * ceil(max(1, size(old), size(new)) / 1024)
            self.consumed.writes += sum(self._entries(keys, old, new) for keys in self._keys(table))
        share = 1 if call.request.get("ConsistentRead") else 0.5
        if call.operation == "GetItem" and call.answer is not None:
            self.consumed.reads += share * ceil(max(1, size(call.answer.get("Item"))) / 4096)
        if call.operation == "Query" and call.answer is not None:
            self.consumed.reads += share * ceil(max(1, sum(map(size, call.answer["Items"]))) / 4096)

    def _written(self, call: Call) -> list[tuple[str, str, Item]]:
        """Kind, table and key of each item that it writes or checks."""
        request = call.request
        match call.operation:
            case "PutItem":
                return [("Put", request["TableName"], {"pk": request["Item"]["pk"]})]
            case "UpdateItem" | "DeleteItem":
                return [(call.operation, request["TableName"], request["Key"])]
            case "TransactWriteItems":
                parts = [(kind, part[kind]) for part in request["TransactItems"] for kind in PARTS if kind in part]
                return [(kind, each["TableName"], {"pk": each.get("Item", each.get("Key"))["pk"]}) for kind, each in parts]
        return []

    def _item(self, table: str, key: Item) -> Item | None:
        return self.stack.aws("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    def _keys(self, table: str) -> list[list[str]]:
        """The attributes of each index: all of them hold keys alone."""
        if table not in self._indexes:
            described = self.stack.aws("dynamodb").describe_table(TableName=table)["Table"]
            indexes = described.get("GlobalSecondaryIndexes", [])
            assert all(index["Projection"]["ProjectionType"] == "KEYS_ONLY" for index in indexes)
            self._indexes[table] = [[key["AttributeName"] for key in index["KeySchema"]] for index in indexes]
        return self._indexes[table]

    @staticmethod
    def _entries(keys: list[str], old: Item | None, new: Item | None) -> int:
        """Units of an index: an entry that comes, goes or moves. A move is both."""
        entries = [[(each or {}).get(key) for key in keys] for each in (old, new)]
        before, after = (entry if None not in entry else None for entry in entries)
        return 0 if before == after else (before is not None) + (after is not None)
