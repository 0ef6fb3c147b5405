"""Answers a customer's request for their data, or for its deletion.

    python operations/customer_data.py export --customer ana@example.com --user-id SUB > ana.json
    python operations/customer_data.py delete --customer ana@example.com --user-id SUB

`delete` says what it would delete; with `--yes` it does it. It deletes nothing while a verification of the customer is open or a support
grant of theirs is live. The directory (`CoreTable`) and the user pool are not this system's: their owner answers for them.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from audit import moment, shown
from deployed import Item, Stack, command, plain, stack_of


def found(stack: Stack, customer: str, user_id: str) -> list[Item]:
    """All that the Support table has of a customer. A support grant's key does not say whose it is, so the table is read whole."""
    email = customer.lower()
    return [item for item in stack.items() if _is_theirs(item, email, user_id)]


def _is_theirs(item: Item, email: str, user_id: str) -> bool:
    key = item["pk"]["S"]
    match key.split("#", 1)[0]:
        case "V":
            return item.get("customer_email", {}).get("S") == email or _customer(item).get("user_id") == user_id
        case "S":
            return _customer(item).get("user_id") == user_id
        case "G":
            return item.get("username", {}).get("S") == user_id
    return key.startswith(("B#customer-", "B#grants#")) and user_id in key.split("#")


def _customer(item: Item) -> dict[str, Any]:
    return plain(item.get("customer", {"M": {}})["M"])


def export(items: list[Item]) -> list[dict[str, Any]]:
    """What is told: everything but hashes of secrets, and what keeps the customer's limits."""
    told = []
    for item in items:
        kind, record = item["pk"]["S"][0], plain(item)
        if kind == "V":
            told.append({"kind": "verification", **shown(record)})
        elif kind == "S":
            grant = {name: record["terms"][name] for name in ("id", "ecosystem", "ecosystem_name", "environments", "visibility")}
            dates = {"created_at": moment(record["created_at"]), "expires_at": moment(record["terms"]["expires_at"])}
            told.append(
                {"kind": "support grant", **grant, **dates, "customer": record["customer"], "redeemed_by": record.get("redeemed_by")}
            )
    return told


def in_use(items: list[Item]) -> list[str]:
    """The verifications and support grants that are not over yet."""
    now, using = time.time() * 1000, []
    for item in items:
        key, record = item["pk"]["S"], plain(item)
        is_open = key[0] == "V" and record["state"]["status"] != "closed"
        is_live = key[0] == "S" and record.get("ended") is None and record["terms"]["expires_at"] > now
        owes = key[0] in "VS" and record.get("notice") is not None
        if is_open or is_live or owes:
            using.append(key)
    return using


def delete(stack: Stack, items: list[Item]) -> None:
    for item in items:
        version = item.get("version")
        condition = {
            "ConditionExpression": "attribute_not_exists(pk) OR version = :seen",
            "ExpressionAttributeValues": {":seen": version},
        }
        # What somebody has changed meanwhile stays, and the command says so by failing.
        stack.dynamodb.delete_item(TableName=stack.table, Key={"pk": item["pk"]}, **(condition if version else {}))


def main() -> int:
    parser = command(__doc__)
    parser.add_argument("what", choices=["export", "delete"])
    parser.add_argument("--customer", required=True, help="the customer's email address")
    parser.add_argument("--user-id", required=True, help="the customer's sub in the customers' pool")
    parser.add_argument("--yes", action="store_true", help="delete, and do not only say what")
    arguments = parser.parse_args()
    stack = stack_of(arguments)
    items = found(stack, arguments.customer, arguments.user_id)
    if arguments.what == "export":
        print(json.dumps(export(items), ensure_ascii=False, indent=2, default=int))
        return 0
    if using := in_use(items):
        print(f"Nothing was deleted. These are in use or still owe the customer an email: {', '.join(using)}.", file=sys.stderr)
        return 1
    if arguments.yes:
        delete(stack, items)
    for item in items:
        print("deleted" if arguments.yes else "would delete", item["pk"]["S"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
