"""Starts execution environments of functions a few at a time, and lets each fail by itself, as AWS appears to do. The emulator starts
one for every concurrent call, which keeps two cores busy until INIT times out, and one that does not start takes down
all of its function's, busy ones too. This fits the version in requirements-stack.txt.
"""

from __future__ import annotations

import threading
from typing import Any

# INIT calls AWS and no function, so none waits here for another.
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
