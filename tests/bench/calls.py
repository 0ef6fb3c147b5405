"""How many calls each run makes, as `tests/test_calls.py` asserts them on the deployed stack."""

from __future__ import annotations

from collections.abc import Iterator

from test_calls import ROWS


def table() -> Iterator[str]:
    yield "| run | one after the other | of these to DynamoDB | in all |"
    yield "| --- | --- | --- | --- |"
    for row in ROWS:
        yield f"| {row.what if not row.what[0].isupper() else f'`{row.what}`'} | {row.in_a_row} | {row.stored} | {row.in_all} |"
