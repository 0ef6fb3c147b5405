"""Makes tokens as AWS does, where the emulator does not: all tokens of a sign-in have the same time, although the emulator reads its clock
for each and runs a trigger in between; and an ID token has the attributes that its client may read, and no others. This fits the version in
requirements-stack.txt.
"""

from __future__ import annotations

import threading
import time
from typing import Any

_sign_in = threading.local()


class _Clock:
    """The module `time`, stopped while tokens are made."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def time(self) -> float:
        return getattr(_sign_in, "began", None) or time.time()


def of_one_moment() -> None:
    from ministack.services import cognito

    make = cognito._build_auth_result

    def made_at_once(*user: Any, **more: Any) -> Any:
        _sign_in.began = time.time()
        try:
            return make(*user, **more)
        finally:
            _sign_in.began = None

    cognito.time = _Clock()
    cognito._build_auth_result = made_at_once


def of_what_a_client_reads() -> None:
    from ministack.services import cognito

    make = cognito._fake_token

    def readable(sub: str, pool_id: str, client_id: str, token_type: str = "access", *more: Any, **named: Any) -> str:
        client = ((cognito._user_pools.get(pool_id) or {}).get("_clients") or {}).get(client_id) or {}
        if token_type == "id" and (allowed := client.get("ReadAttributes")) and named.get("user_attrs"):
            # `identities` has no setting of its own.
            kept = {*allowed, "sub", "identities"}
            named["user_attrs"] = {name: value for name, value in named["user_attrs"].items() if name in kept}
        return make(sub, pool_id, client_id, token_type, *more, **named)

    cognito._fake_token = readable
