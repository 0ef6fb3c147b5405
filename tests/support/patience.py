"""Waits for what must come. The limits are longer than anything takes but on a very busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

# Seconds.
PATIENCE = 60


def wait_until(what: Callable[[], Any], missing: str = "it did not come", seconds: float = PATIENCE) -> Any:
    """The first answer that is not empty."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"{missing} within {seconds:.0f} s"
        time.sleep(0.05)
    return found
