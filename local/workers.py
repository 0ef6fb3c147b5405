"""Execution environments of functions that start a few at a time and fail each by itself, as far as AWS shows. The emulator starts
as many at once as there are calls, which keeps two cores busy until INIT has run out of time; and one that does not start takes
all of its function's down, busy ones too. It fits the version in requirements-stack.txt.
"""

from __future__ import annotations

import threading
from typing import Any

# INIT asks AWS and no function, so none waits here for another.
_starting = threading.BoundedSemaphore(4)


def each_by_itself() -> None:
    from ministack.core.lambda_runtime import ProvidedWorker

    spawn, invoke = ProvidedWorker._spawn, ProvidedWorker.invoke

    def spawned(worker: Any, *init: Any, **more: Any) -> None:
        with _starting:
            spawn(worker, *init, **more)

    def invoked(worker: Any, *event: Any, **more: Any) -> Any:
        try:
            return invoke(worker, *event, **more)
        except Exception as error:
            return {"status": "error", "error": str(error)}

    ProvidedWorker._spawn = spawned
    ProvidedWorker.invoke = invoked
