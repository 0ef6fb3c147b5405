"""Takes alarms on an expression. The emulator knows none, and refuses the whole stack; it evaluates no alarm anyway.

It fits the version in requirements-stack.txt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def on_expressions() -> None:
    from ministack.services.cloudformation import provisioners

    provisioners._cw_metric_alarm_record = _of_first_metric(provisioners._cw_metric_alarm_record)


def _of_first_metric(known: Callable[..., Any]) -> Callable[..., Any]:
    """Such an alarm is kept as one on the first of its metrics."""

    def record(name: str, props: dict[str, Any]) -> Any:
        first = next((each["MetricStat"] for each in props.get("Metrics") or [] if "MetricStat" in each), None)
        if first is None:
            return known(name, props)
        rest = {key: value for key, value in props.items() if key != "Metrics"}
        return known(name, {**rest, **first["Metric"], "Statistic": first["Stat"], "Period": first["Period"]})

    return record
