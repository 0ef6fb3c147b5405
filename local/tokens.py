"""Gives all tokens of a sign-in the same time, as AWS does. The emulator reads its clock for each, and runs a trigger in between, so
that a second may pass from one to the next. This fits the version in requirements-stack.txt.
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
