"""Finds a user by their address in any spelling of upper and lower case, as AWS does in a pool with `CaseSensitive: false`.

The emulator compares addresses byte by byte in every pool. This fits the version in requirements-stack.txt.
Source: "User pool case sensitivity" in the Amazon Cognito developer guide.
"""

from __future__ import annotations

from typing import Any


def without_case() -> None:
    from ministack.services import cognito

    known = cognito._resolve_user

    def resolved(pool: Any, username: str | None) -> Any:
        case_counts = pool.get("UsernameConfiguration", {}).get("CaseSensitive", True)
        if case_counts or not username or "@" not in username:
            return known(pool, username)
        address = username.casefold()
        for user in pool["_users"].values():
            if cognito._attr_list_to_dict(user.get("Attributes", [])).get("email", "").casefold() == address:
                return user, None
        # One search only, so that an unknown address takes no longer than a known one does at most.
        return known({**pool, "_users": {}}, username)

    cognito._resolve_user = resolved
