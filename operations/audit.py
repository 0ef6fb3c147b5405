"""Answers an audit: prints what happened in verifications, one JSON object a line, and checks each record's chain.

    python operations/audit.py --verification ID
    python operations/audit.py --customer ana@example.com
    python operations/audit.py --agent SUB

It prints names, addresses and steps, and no code, token or hash of one. It ends with 1 if a chain is broken.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from deployed import Stack, command, plain, stack_of, steps


def records(stack: Stack, *, verification: str | None = None, customer: str | None = None, agent: str | None = None) -> Iterator[Any]:
    """The records of these verifications, for a reader."""
    if verification:
        keys = [f"V#{verification}"]
    elif customer:
        keys = list(stack.keys("by-customer", "customer_email", customer.lower()))
    else:
        keys = list(stack.keys("by-agent", "agent_id", agent or ""))
    for key in keys:
        item = stack.item(key)
        if item is not None:
            yield shown(plain(item))


def shown(record: dict[str, Any]) -> dict[str, Any]:
    """What an auditor may see of a record."""
    state = record["state"]
    return {
        "id": record["id"],
        "module": record["module"],
        "ticket": record.get("ticket"),
        "created_at": moment(record["created_at"]),
        "agent": {name: record["agent"][name] for name in ("id", "name", "email")},
        "customer": {name: record["customer"][name] for name in ("user_id", "name", "email")},
        "status": state["status"],
        "outcome": state.get("outcome"),
        "reason": state.get("reason"),
        "support_grant": (record.get("support_grant") or {}).get("id"),
        "chain": "whole" if (broken := first_break(record)) is None else f"broken at step {broken}",
        "steps": [
            {"seq": int(step["seq"]), "at": moment(step["at"]), **{name: step[name] for name in ("actor", "action", "detail")}}
            for step in steps(record)
        ],
    }


def first_break(record: dict[str, Any]) -> int | None:
    """The number of the first step that does not follow from those before it (`shared/core/src/chain.rs`)."""
    previous = ""
    for seq, step in enumerate(steps(record), 1):
        facts = [previous, record["id"], seq, int(step["at"]), step["actor"], step["action"], step["detail"]]
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=int)
        previous = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        if (step["seq"], step["hash"]) != (seq, previous):
            return seq
    return None


def moment(millis: Any) -> str:
    return datetime.fromtimestamp(int(millis) / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def main() -> int:
    parser = command(__doc__)
    about = parser.add_mutually_exclusive_group(required=True)
    about.add_argument("--verification", help="its id")
    about.add_argument("--customer", help="the customer's email address")
    about.add_argument("--agent", help="the agent's sub in the agents' pool")
    arguments = parser.parse_args()
    broken = 0
    chosen = {name: getattr(arguments, name) for name in ("verification", "customer", "agent")}
    for record in records(stack_of(arguments), **chosen):
        broken += record["chain"] != "whole"
        print(json.dumps(record, ensure_ascii=False, default=int))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
