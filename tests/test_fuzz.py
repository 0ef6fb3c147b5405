"""A public fuzzer, Schemathesis, reads the contract and calls the deployed API with what it makes of it: with values that the schemas
allow, at their limits and beyond them, one call at a time, and along the document's links, as the process goes.

No call breaks a function, and every response is one that the contract describes. The number of calls is bounded, and they are the same
in every run but for ids, codes and tokens.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from botocore.credentials import Credentials
from schemathesis import Case, Response

from support.fuzzing import CHECKS, Cast, bounded, contract_to_fuzz
from support.recovery import forget
from support.stack import Stack

CONTRACT = contract_to_fuzz()


@pytest.fixture
def cast(stack: Stack, backend: Credentials, request: pytest.FixtureRequest) -> Iterator[Cast]:
    yield Cast(stack, backend, request.node.name)
    forget(stack)  # recovery counts by the address that calls


@CONTRACT.parametrize()
@bounded(15)
def test_no_call_breaks_the_contract(case: Case, cast: Cast) -> None:
    cast.prepare(case)
    case.validate_response(cast.send(case), checks=CHECKS)


def test_no_way_along_the_links_breaks_the_contract(stack: Stack, backend: Credentials) -> None:
    seeds = (f"walk {nth}" for nth in itertools.count())

    class Walk(CONTRACT.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.cast = Cast(stack, backend, next(seeds))

        def before_call(self, case: Case) -> None:
            self.cast.prepare(case)

        def call(self, case: Case, **_: object) -> Response:
            return self.cast.send(case)

        def validate_response(self, response: Response, case: Case, **_: object) -> None:
            case.validate_response(response, checks=CHECKS)

    Walk.run(settings=bounded(8, stateful_step_count=12))
