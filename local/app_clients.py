"""What the emulator lacks of app clients: it creates one that may not write what its pool requires, and replaces no client's secret.

Sources: "Working with user attributes" in the Amazon Cognito developer guide, and `AddUserPoolClientSecret` in its API reference. This fits
the version in requirements-stack.txt.
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


def whose_secret_can_be_replaced() -> None:
    """`AddUserPoolClientSecret`. AWS takes the old secret as well until it is deleted; here it is refused at once, which is what a function
    that knows only the old one meets in the end."""
    from ministack.services import cognito

    dispatch = cognito._dispatch_idp

    def added(data: Any) -> Any:
        pool, refused = cognito._resolve_pool(data.get("UserPoolId"))
        if pool is None:
            return refused
        client = pool["_clients"].get(data.get("ClientId"))
        if client is None:
            return cognito.error_response_json("ResourceNotFoundException", "The client does not exist.", 400)
        client["ClientSecret"] = data.get("ClientSecret") or cognito._client_secret()
        described = {"ClientSecretId": "secret--1", "ClientSecretValue": client["ClientSecret"]}
        return cognito.json_response({"ClientSecretDescriptor": described})

    async def dispatched(action: str, data: Any) -> Any:
        return added(data) if action == "AddUserPoolClientSecret" else await dispatch(action, data)

    cognito._dispatch_idp = dispatched
