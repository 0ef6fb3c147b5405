"""The alarms of the deployed template, and CloudWatch's rules for when one rings: the emulator keeps alarms and evaluates none."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deployment import Deployed
from settings import ROOT
from support.stack import Stack

KNOWN: dict[str, Any] = json.loads((ROOT / "tests/fixtures/failures.json").read_text())
PERIOD = 60


@dataclass(frozen=True)
class Series:
    """A metric with its dimensions, as CloudWatch tells them apart."""

    namespace: str
    metric: str
    dimensions: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Watched:
    """One series of an alarm, and how its values in a period become one."""

    series: Series
    statistic: str
    period: int


@dataclass(frozen=True)
class Alarm:
    name: str
    watched: tuple[Watched, ...]
    periods: int
    datapoints: int
    threshold: float
    comparison: str
    missing: str

    def rings(self, data: Data) -> bool:
        """Whether it rings after the last minute of these data (CloudWatch User Guide, "Evaluating an alarm")."""
        states = [self._breaches(data, number) for number in range(self.periods)]
        treated = [{"breaching": True, "notBreaching": False}[self.missing] if state is None else state for state in states]
        return sum(treated) >= self.datapoints

    def _breaches(self, data: Data, number: int) -> bool | None:
        """Whether a period is beyond the threshold, the `number`th from the end; None without data."""
        found = [value for each in self.watched if (value := data.statistic(each, number)) is not None]
        if not found:
            return None
        value = sum(found)  # `SUM(METRICS())`, or the only one
        return {
            "GreaterThanOrEqualToThreshold": value >= self.threshold,
            "GreaterThanThreshold": value > self.threshold,
            "LessThanThreshold": value < self.threshold,
        }[self.comparison]


@dataclass
class Data:
    """Values by series and minute. The last minute is the one that has just passed."""

    minutes: int = 65
    values: dict[Series, dict[int, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def add(self, series: Series, value: float, minutes: Iterable[int] | None = None) -> None:
        """At each of these minutes, or at the last one."""
        for minute in [self.minutes - 1] if minutes is None else minutes:
            self.values[series][minute].append(value)

    def statistic(self, watched: Watched, number: int) -> float | None:
        length = watched.period // PERIOD
        end = self.minutes - number * length
        series = self.values.get(watched.series, {})
        found = [value for minute in range(end - length, end) for value in series.get(minute, [])]
        if not found:
            return None
        return {"Sum": sum, "Maximum": max, "SampleCount": len, "Average": lambda all_: sum(all_) / len(all_)}[watched.statistic](found)

    def log(self, watch: Watch, group: str, lines: Iterable[Mapping[str, Any]], minutes: Iterable[int] | None = None) -> None:
        """What CloudWatch makes of log lines: by metric filters, and by the embedded metric format."""
        minutes = None if minutes is None else list(minutes)
        for line in lines:
            for filtered in watch.filters:
                if filtered.group == group and filtered.matches(line):
                    self.add(filtered.series, 1, minutes)
            for series, value in embedded(line):
                self.add(series, value, minutes)


@dataclass(frozen=True)
class Filter:
    """A metric filter: `{ $.a = "x" && $.b.c = "y" }`."""

    group: str
    conditions: tuple[tuple[tuple[str, ...], str], ...]
    series: Series

    def matches(self, line: Mapping[str, Any]) -> bool:
        return all(self._at(line, path) == value for path, value in self.conditions)

    @staticmethod
    def _at(line: Any, path: tuple[str, ...]) -> Any:
        for name in path:
            line = line.get(name) if isinstance(line, Mapping) else None
        return line


def embedded(line: Mapping[str, Any]) -> list[tuple[Series, float]]:
    """The metrics of a line in the embedded metric format."""
    return [
        (Series(directive["Namespace"], metric["Name"], frozenset((name, line[name]) for name in dimensions)), line[metric["Name"]])
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", [])
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
    ]


class Watch:
    """The alarms and metric filters of a deployed stack, with the names that they have there."""

    def __init__(self, stack: Stack) -> None:
        self.deployed = Deployed(stack.settings)
        self.namespace = self.deployed.resolve({"Ref": "AWS::StackName"})
        self.resources = self.deployed.template["Resources"]
        self.filters = [self._filter(each) for each in self._of("AWS::Logs::MetricFilter").values()]
        self.alarms = {name: self._alarm(name, each) for name, each in self._of("AWS::CloudWatch::Alarm").items()}

    def _of(self, kind: str) -> dict[str, Any]:
        return {name: self._resolved(each["Properties"]) for name, each in self.resources.items() if each["Type"] == kind}

    def _resolved(self, value: Any) -> Any:
        match value:
            case {"Fn::GetAtt": [queue, "QueueName"]}:
                return self.deployed.physical[queue].rpartition("/")[2]
            case {"Fn::If": _}:
                return None  # what is told of an alarm
            case dict() if not value.keys() & {"Ref", "Fn::Sub"}:
                return {key: self._resolved(each) for key, each in value.items()}
            case list():
                return [self._resolved(each) for each in value]
        return self.deployed.resolve(value)

    def _filter(self, properties: dict[str, Any]) -> Filter:
        (made,) = properties["MetricTransformations"]
        pattern = re.fullmatch(r"\{ (.+) \}", properties["FilterPattern"])
        assert pattern, properties["FilterPattern"]
        conditions = []
        for condition in pattern[1].split(" && "):
            path, value = re.fullmatch(r'\$\.([\w.]+) = "([^"]*)"', condition).groups()  # type: ignore[union-attr]
            conditions.append((tuple(path.split(".")), value))
        return Filter(properties["LogGroupName"], tuple(conditions), Series(made["MetricNamespace"], made["MetricName"]))

    def _alarm(self, name: str, properties: dict[str, Any]) -> Alarm:
        if "Metrics" in properties:
            (expression,) = [each["Expression"] for each in properties["Metrics"] if "Expression" in each]
            assert expression == "SUM(METRICS())", name
            assert len(properties["Metrics"]) <= 10 + 1, f"{name}: an alarm on an expression takes ten metrics"
            parts = [each["MetricStat"] for each in properties["Metrics"] if "MetricStat" in each]
            assert not [each for each in properties["Metrics"] if "MetricStat" in each and each["ReturnData"]], name
            watched = tuple(Watched(series(part["Metric"]), part["Stat"], int(part["Period"])) for part in parts)
        else:
            watched = (Watched(series(properties), properties["Statistic"], int(properties["Period"])),)
        periods = int(properties["EvaluationPeriods"])
        return Alarm(
            name,
            watched,
            periods,
            int(properties.get("DatapointsToAlarm") or periods),
            float(properties["Threshold"]),
            properties["ComparisonOperator"],
            properties["TreatMissingData"],
        )

    def ringing(self, data: Data) -> set[str]:
        return {name for name, alarm in self.alarms.items() if alarm.rings(data)}


def series(properties: Mapping[str, Any]) -> Series:
    dimensions = frozenset((each["Name"], each["Value"]) for each in properties.get("Dimensions") or [])
    return Series(properties["Namespace"], properties["MetricName"], dimensions)


def nobody_emits(watched: Series, own: set[Series]) -> bool:
    """Whether neither an AWS service nor this stack emits a series. `own` are the stack's, as its log and its filters make them."""
    service = KNOWN["services"].get(watched.namespace)
    if service is None:
        return watched not in own
    names = sorted(name for name, _ in watched.dimensions)
    return watched.metric not in service["metrics"] or names not in [sorted(each) for each in service["dimensions"]]
