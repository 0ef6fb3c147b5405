"""A flood on some routes leaves the others theirs. The emulator limits nothing, so the deployed limits are read and reckoned with here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from deployment import Deployed
from settings import ROOT
from support.stack import Stack

ENDING = {"POST /verifications/{id}/finish", "POST /verifications/{id}/cancel", "POST /consent/end", "DELETE /support-grant"}
INTROSPECTION = {"POST /introspect"}


@dataclass
class Bucket:
    """A token bucket, as API Gateway has them: so many at once, and so many more each second."""

    rate: float
    burst: float
    tokens: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def passes(self, seconds: float) -> None:
        self.tokens = min(self.burst, self.tokens + self.rate * seconds)


@dataclass(frozen=True)
class Limits:
    routes: dict[str, tuple[int, int]]
    default: tuple[int, int]


@pytest.fixture(scope="module")
def deployed(stack: Stack) -> Deployed:
    return Deployed(stack.settings)


@pytest.fixture(scope="module")
def limits(deployed: Deployed) -> Limits:
    (stage,) = [each["Properties"] for each in deployed.template["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Stage"]

    def pair(settings: dict[str, Any]) -> tuple[int, int]:
        return int(deployed.resolve(settings["ThrottlingRateLimit"])), int(deployed.resolve(settings["ThrottlingBurstLimit"]))

    return Limits({route: pair(each) for route, each in stage["RouteSettings"].items()}, pair(stage["DefaultRouteSettings"]))


def routes(deployed: Deployed) -> set[str]:
    body = deployed.template["Resources"]["Api"]["Properties"]["Body"]
    return {f"{method.upper()} {path}" for path, operations in body["paths"].items() for method in operations if method != "options"}


def test_every_route_has_limits_of_its_own(deployed: Deployed, limits: Limits) -> None:  # P48
    """A route without them would have the default. API Gateway refuses limits of a route that is not there."""
    assert limits.routes.keys() == routes(deployed)


def test_the_default_is_not_below_the_sum_of_all_routes(limits: Limits) -> None:  # P48
    for place in (0, 1):
        assert sum(each[place] for each in limits.routes.values()) <= limits.default[place]
    assert limits.default[0] <= 10_000 and limits.default[1] <= 5_000, "the account's own limits"


def test_ending_cancelling_and_introspection_have_classes_of_their_own() -> None:  # P48
    template = (ROOT / "template.yaml").read_text()
    classes = dict(re.findall(r"^        ((?:GET|POST|DELETE) /\S+): \{ThrottlingRateLimit: !Ref (\w+),", template, re.MULTILINE))
    for own in (ENDING, INTROSPECTION):
        (parameter,) = {classes[route] for route in own}
        assert {route for route, name in classes.items() if name == parameter} == own


@pytest.mark.parametrize("shared", [False, True], ids=["the default counts for each route", "the default counts for all together"])
@pytest.mark.parametrize("quiet", [ENDING, INTROSPECTION], ids=["ending", "introspection"])
def test_a_flood_on_all_other_routes_refuses_none_of_these(limits: Limits, quiet: set[str], shared: bool) -> None:  # P48
    """A minute in which each other route gets more than it may at every moment, and these what they may: all of theirs pass."""
    buckets = {route: Bucket(*each) for route, each in limits.routes.items()}
    everything = Bucket(*limits.default)
    ticks = 100
    asked = dict.fromkeys(quiet, 0.0)
    refused = 0
    for _ in range(60 * ticks):
        for bucket in (*buckets.values(), everything):
            bucket.passes(1 / ticks)
        for route, bucket in buckets.items():
            if route not in quiet:  # the flood comes first
                taken = min(bucket.tokens, everything.tokens) if shared else bucket.tokens
                bucket.tokens -= taken
                everything.tokens -= taken if shared else 0
        for route in quiet:
            asked[route] += limits.routes[route][0] / ticks
            while asked[route] >= 1:
                asked[route] -= 1
                ok = buckets[route].tokens >= 0.999 and (not shared or everything.tokens >= 0.999)
                refused += not ok
                buckets[route].tokens -= ok
                everything.tokens -= ok and shared
    assert refused == 0


def test_the_documents_reckon_with_the_numbers_of_the_template(deployed: Deployed, limits: Limits) -> None:  # P48
    page = (ROOT / "docs/operations.md").read_text()
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    template = (ROOT / "template.yaml").read_text()
    assert len(rows) == 5
    for _, parameter, default, count, total in rows:
        assert int(deployed.parameters[parameter]) == int(default), parameter
        assert template.count(f"ThrottlingRateLimit: !Ref {parameter},") == int(count), parameter
        assert int(default) * int(count) == int(total), parameter
    (all_,) = re.findall(r"^\| \*\*all\*\* \| .* \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert tuple(map(int, all_)) == (limits.default[0], len(limits.routes), sum(int(row[4]) for row in rows))
