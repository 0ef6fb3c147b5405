"""The problem details in the contract's examples are the ones that the API sends, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from settings import ROOT
from support.contract import contract

SOURCES = re.sub(r"\\\n\s*", "", "\n".join(path.read_text() for path in sorted((ROOT / "shared/gateway/src").rglob("*.rs"))))
# What the API puts into a text: seconds, a moment.
PUT_IN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\b\d+\b")


def examples() -> Iterator[dict[str, Any]]:
    for response in contract().document["components"]["responses"].values():
        media = response["content"].get("application/problem+json", {})
        yield from (each["value"] for each in media.get("examples", {}).values())
        if "example" in media:
            yield media["example"]


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: example["type"].removeprefix("/problems/"))
def test_the_texts_of_an_example_are_the_apis(example: dict[str, Any]) -> None:
    for text in (example["title"], example["detail"]):
        written = r"\{\w+\}".join(re.escape(part) for part in PUT_IN.split(text))
        assert re.search(f'"{written}"', SOURCES), text
