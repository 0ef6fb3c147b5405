"""Supplies what AWS tells a policy about a call and the emulator does not, so that template.yaml's policies apply here unchanged.

Each function wraps one of the emulator's own; `fill_in` installs them. They fit the version in requirements-stack.txt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Context = dict[str, Any]


def fill_in() -> None:
    from ministack import app
    from ministack.core import iam_actions, iam_evaluator

    iam_actions.extract_resource_arn = _with_sender_identity(iam_actions.extract_resource_arn)
    iam_actions.request_tag_context = _with_sender_address(iam_actions.request_tag_context)
    iam_actions.dynamodb_service_context = _with_leading_keys(iam_actions.dynamodb_service_context)
    iam_actions.dynamodb_transaction_checks = _each_with_its_key(iam_actions.dynamodb_transaction_checks)
    iam_evaluator.enforce = _with_the_items_key(iam_evaluator.enforce)
    app._enforce_execute_api = _signed_or_forbidden(app._execute_api_authorization_type, app._enforce_execute_api)


def _sender(service: str, parameters: Any) -> str | None:
    source = parameters.get("Source") if service == "ses" else None
    return source[0] if isinstance(source, list) else source


def _with_sender_identity(known: Callable[..., str]) -> Callable[..., str]:
    """The resources of an email are the identity that it is sent from, the configuration set that it is sent under, and, as in the sandbox
    of SES, the identity of each recipient.
    """

    def resource(service: str, method: str, path: str, headers: Any, body: bytes, parameters: Any, region: str, account: str) -> str:
        sender = _sender(service, parameters)
        if sender is not None:
            identity = _Identity(f"arn:aws:ses:{region}:{account}:identity/{sender}")
            under = parameters.get("ConfigurationSetName")
            name = under[0] if isinstance(under, list) else under
            under_it = [f"arn:aws:ses:{region}:{account}:configuration-set/{name}"] if name else []
            to = [value for key, value in parameters.items() if re.match(r"Destinations?\.", key)]
            recipients = [each[0] if isinstance(each, list) else each for each in to]
            identity.others = under_it + [f"arn:aws:ses:{region}:{account}:identity/{recipient}" for recipient in recipients]
            return identity
        return known(service, method, path, headers, body, parameters, region, account)

    return resource


class _Identity(str):
    """The ARN of the identity that an email is sent from, with those of its configuration set and of its recipients."""

    __slots__ = ("others",)
    others: list[str]


def _with_sender_address(known: Callable[..., Context]) -> Callable[..., Context]:
    """`ses:FromAddress`."""

    def context(service: str, action: str, body: bytes, parameters: Any) -> Context:
        sender = _sender(service, parameters)
        return known(service, action, body, parameters) | ({} if sender is None else {"ses:FromAddress": sender})

    return context


def _with_leading_keys(known: Callable[[bytes], Context]) -> Callable[[bytes], Context]:
    """`dynamodb:LeadingKeys`, outside of transactions."""

    def context(body: bytes) -> Context:
        request = json.loads(body or b"{}")
        batch = [key for table in request.get("RequestItems", {}).values() if "Keys" in table for key in table["Keys"]]
        keys = _keys_of(request) + [key["pk"]["S"] for key in batch if "pk" in key]
        return known(body) | ({"dynamodb:LeadingKeys": keys} if keys else {})

    return context


def _keys_of(request: Any) -> list[str]:
    items = [request[name] for name in ("Key", "Item") if name in request]
    return [item["pk"]["S"] for item in items if "pk" in item]


class _ItemOfTable(str):
    """A table's ARN with the keys of the items of a transaction that are being checked."""

    __slots__ = ("keys",)
    keys: list[str]

    @staticmethod
    def of(table: str, keys: list[str]) -> _ItemOfTable:
        item = _ItemOfTable(table)
        item.keys = keys
        return item


def _each_with_its_key(known: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
    """Checks each item of a transaction alone, and once more all items of one action together.

    AWS documents `dynamodb:LeadingKeys` for neither reading, so a policy must allow both.
    """

    def checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        alone: list[tuple[str, _ItemOfTable]] = []
        for item in json.loads(body or b"{}").get("TransactItems", []):
            keys = [key for member in item.values() for key in _keys_of(member)]
            request = json.dumps({"TransactItems": [item]}).encode()
            alone += [(item_action, _ItemOfTable.of(table, keys)) for item_action, table in known(action, request, region, account)]
        together: dict[tuple[str, str], list[str]] = {}
        for item_action, table in alone:
            together.setdefault((item_action, str(table)), []).extend(table.keys)
        return [*alone, *((item_action, _ItemOfTable.of(table, keys)) for (item_action, table), keys in together.items())]

    return checks


def _with_the_items_key(known: Callable[..., Any]) -> Callable[..., Any]:
    """`dynamodb:LeadingKeys`, for the items of a transaction that are being checked; and an email's other resources."""

    def enforce(*call: Any, resource_arn: str = "*", service_context: Context | None = None) -> Any:
        if isinstance(resource_arn, _ItemOfTable):
            service_context = {**(service_context or {}), "dynamodb:LeadingKeys": resource_arn.keys}
        refused = known(*call, resource_arn=resource_arn, service_context=service_context)
        for other in resource_arn.others if isinstance(resource_arn, _Identity) else []:
            refused = refused or known(*call, resource_arn=other, service_context=service_context)
        return refused

    return enforce


def _signed_or_forbidden(authorization: Callable[..., str | None], known: Callable[..., Any]) -> Callable[..., Any]:
    """A route with AWS_IAM accepts no other Authorization header, and refuses in the words of HTTP APIs."""

    def enforce(api: str, stage: str, method: str, path: str, headers: Any, *more: Any, **named: Any) -> Any:
        refused = known(api, stage, method, path, headers, *more, **named)
        if authorization(api, stage, method, path) != "AWS_IAM":
            return refused
        if refused is None and headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return None
        return 403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}'

    return enforce
