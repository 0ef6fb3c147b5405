"""Restores the Support table from an export or from another table, such as one that DynamoDB restored to a point in time.

    python operations/restore.py export --to records.jsonl
    python operations/restore.py import --from records.jsonl
    python operations/restore.py import --from-table support-access-restored

An item is written only where there is none, or an older version of it, so that it can be repeated and loses nothing that happened since.
Mint tickets and quotas are left out: they are over within a day, and counted anew. Nothing is written while a verification is open in the
import, 15 minutes at most, since it may have been cancelled or ended after the export was made.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from deployed import Item, Stack, command, plain, stack_of

KINDS = ("V#", "S#")


def export(stack: Stack, to: Path) -> int:
    with to.open("w") as out:
        lines = [out.write(json.dumps(item) + "\n") for item in stack.items() if item["pk"]["S"].startswith(KINDS)]
    return len(lines)


def read(path: Path) -> Iterator[Item]:
    with path.open() as lines:
        yield from (json.loads(line) for line in lines)


def open_until(items: Iterable[Item]) -> float:
    """When the last verification that is open in the items is over, in seconds since 1970; 0 without one."""
    last = 0.0
    for item in items:
        state = plain(item)["state"] if "state" in item else {}
        if state.get("status") != "closed":
            deadlines = (state.get("idle_at"), state.get("lease_until"), state.get("session", {}).get("expires_at"))
            last = max([last, *(float(deadline) / 1000 for deadline in deadlines if deadline)])
    return last


def import_(stack: Stack, items: Iterable[Item]) -> Counter[str]:
    """Writes what is missing or older, and counts what became of the items."""
    done: Counter[str] = Counter()
    now = time.time()
    for item in items:
        if not item["pk"]["S"].startswith(KINDS):
            done["left out"] += 1
        elif float(item.get("ttl", {}).get("N", "inf")) < now:
            done["expired"] += 1
        else:
            done["written" if _write(stack, item) else "newer there"] += 1
    return done


def _write(stack: Stack, item: Item) -> bool:
    try:
        stack.dynamodb.put_item(
            TableName=stack.table,
            Item=item,
            ConditionExpression="attribute_not_exists(pk) OR version < :version",
            ExpressionAttributeValues={":version": item["version"]},
        )
    except stack.dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def main() -> int:
    parser = command(__doc__)
    parser.add_argument("what", choices=["export", "import"])
    parser.add_argument("--to", type=Path)
    parser.add_argument("--from", dest="source", type=Path)
    parser.add_argument("--from-table")
    arguments = parser.parse_args()
    stack = stack_of(arguments)
    if arguments.what == "export":
        if arguments.to is None:
            parser.error("export needs --to")
        print(f"{export(stack, arguments.to)} items exported.")
        return 0
    if (arguments.source is None) == (arguments.from_table is None):
        parser.error("import needs --from or --from-table")

    def items() -> Iterator[Any]:
        return read(arguments.source) if arguments.source else stack.items(arguments.from_table)

    if (wait := open_until(items()) - time.time()) > 0:
        print(f"A verification of the import is open for {wait:.0f} seconds more. Repeat the command then.", file=sys.stderr)
        return 1
    for what, count in import_(stack, items()).items():
        print(f"{count} items: {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
