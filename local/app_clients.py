"""Refuses an app client that may not write what its pool requires, as AWS does. The emulator creates it.

Source: "Working with user attributes" in the Amazon Cognito developer guide. This fits the version in requirements-stack.txt.
"""

from __future__ import annotations

from typing import Any


def that_may_write_what_is_required() -> None:
    from ministack.services import cognito

    create = cognito._create_user_pool_client

    def created(data: Any) -> Any:
        pool, _ = cognito._resolve_pool(data.get("UserPoolId"))
        writable = data.get("WriteAttributes")
        required = {each["Name"] for each in (pool or {}).get("SchemaAttributes", []) if each.get("Required") and each["Name"] != "sub"}
        if writable and required - set(writable):
            words = "Invalid write attributes specified while creating a client"
            return cognito.error_response_json("InvalidParameterException", words, 400)
        return create(data)

    cognito._create_user_pool_client = created
