"""Counts how many calls a function makes to AWS one after the other: its round trips.

Calls that a function makes side by side are one round. They are held back until the function waits and asks for nothing more, and none is
answered before all are. So no call that needs the answer of another can come in the same round, however slow the machine is.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from support.hosted import Call, Hosted
from support.patience import PATIENCE

# How often in a row the function must be found waiting, and how long to look away in between.
LOOKS, PAUSE = 4, 0.04


class Rounds:
    """`before` and `after` of a `Hosted`. `names` has the operations of each round so far."""

    def __init__(self, hosted: Hosted) -> None:
        self.names: list[list[str]] = []
        self._hosted = hosted
        self._open = 0
        self._answered = 0
        self._changed = threading.Condition()
        hosted.before, hosted.after = self._asked, self._answers

    def _asked(self, call: Call) -> None:
        with self._changed:
            if not self._open:
                self.names.append([])
                self._answered = 0
            self._open += 1
            self.names[-1].append(call.operation)
        self._until_it_waits()

    def _answers(self, _: Call) -> None:
        with self._changed:
            self._answered += 1
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._answered >= len(self.names[-1]), timeout=PATIENCE)
            self._open -= 1

    def _until_it_waits(self) -> None:
        seen: list[tuple[str, str, str, int]] = []
        while len(seen) < LOOKS or len(set(seen[-LOOKS:])) > 1 or seen[-1][0] != "S":
            time.sleep(PAUSE)
            fields = Path(f"/proc/{self._hosted.process_id}/stat").read_text().rpartition(")")[2].split()
            seen.append((fields[0], fields[11], fields[12], len(self.names[-1])))


def rounds(hosted: Hosted, event: dict[str, Any]) -> tuple[Any, list[list[str]]]:
    """The answer to an event, and the operations of each round."""
    counted = Rounds(hosted)
    return hosted.invoke(event), counted.names
