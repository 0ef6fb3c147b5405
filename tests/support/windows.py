"""The windows in which quotas are counted."""

from __future__ import annotations

import time

DAY, HOUR, QUARTER = 24 * 60 * 60, 60 * 60, 15 * 60


def stay_within(window: int, needed: int = 120) -> None:
    """Windows are fixed: a count that a test begins at the end of one would begin anew. Hardly ever waits."""
    left = window - time.time() % window
    if left < needed:
        time.sleep(left)
