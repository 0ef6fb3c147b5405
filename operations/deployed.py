"""A deployed stack as an operator reaches it: its tables, functions and secrets, under their names in template.yaml."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer

Item = dict[str, Any]


@dataclass(frozen=True)
class Stack:
    name: str
    session: boto3.Session

    @cached_property
    def resources(self) -> dict[str, str]:
        """The names of the resources by their logical ids."""
        pages = self.session.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    @cached_property
    def dynamodb(self) -> Any:
        return self.session.client("dynamodb")

    @property
    def table(self) -> str:
        """The table of verifications, quotas, mint tickets and support grants."""
        return self.resources["SupportTable"]

    def items(self, table: str | None = None) -> Iterator[Item]:
        """A whole table, as DynamoDB stores it."""
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=table or self.table, ConsistentRead=True):
            yield from page["Items"]

    def item(self, key: str) -> Item | None:
        return self.dynamodb.get_item(TableName=self.table, Key={"pk": {"S": key}}, ConsistentRead=True).get("Item")

    def keys(self, index: str, attribute: str, value: str) -> Iterator[str]:
        """The keys of the verifications that an index lists under a value, oldest first."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=index,
            KeyConditionExpression="#a = :v",
            ExpressionAttributeNames={"#a": attribute},
            ExpressionAttributeValues={":v": {"S": value}},
        )
        for page in pages:
            yield from (item["pk"]["S"] for item in page["Items"])


def plain(item: Item) -> Item:
    """An item as plain values."""
    return TypeDeserializer().deserialize({"M": item})


def steps(record: Item) -> list[Item]:
    """The steps of a verification's plain item with names, as `shared/core/src/chain/stored.rs` reads them."""

    def named(seq: int, step: Any) -> Item:
        if isinstance(step, dict):
            return step
        at, actor, action, digest, *detail = step
        return {"seq": seq, "at": at, "actor": actor, "action": action, "detail": detail[0] if detail else None, "hash": digest}

    return [named(seq, step) for seq, step in enumerate(record["steps"], 1)]


def command(description: str | None) -> argparse.ArgumentParser:
    """The arguments that every command takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack-name", default="support-access")
    parser.add_argument("--region", help="the stack's, if it is not the profile's")
    return parser


def stack_of(arguments: argparse.Namespace) -> Stack:
    return Stack(arguments.stack_name, boto3.Session(region_name=arguments.region))
