"""Values made from the contract's schemas: those that a schema allows, and those that it does not."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from support.contract import contract

try:
    from re import _parser as regex
except ImportError:  # Python 3.10
    import sre_parse as regex  # type: ignore[no-redef]


class Maker:
    """Makes values that a schema allows: different ones each time, the same ones in each run."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def value(self, schema: dict[str, Any]) -> Any:
        schema = resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "oneOf" in schema:
            return self.value(self.random.choice(schema["oneOf"]))
        match schema["type"]:
            case "object":
                required = schema.get("required", [])
                names = [name for name in schema.get("properties", {}) if name in required or self.random.random() < 0.5]
                return {name: self.value(schema["properties"][name]) for name in names}
            case "boolean":
                return self.random.random() < 0.5
            case "integer":
                return self.random.randint(schema["minimum"], schema["maximum"])
            case "string":
                return self.text(schema)
        raise AssertionError(f"no values are made of {schema}")

    def text(self, schema: dict[str, Any]) -> str:
        if schema.get("format") == "date-time":
            return self.moment()
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 200)
        for _ in range(1000):
            if "pattern" in schema:
                made = self.of_pattern(regex.parse(schema["pattern"]))
            else:
                alphabet = "abcXYZ019 -_.~:/#?&=+%'\"\\<>{}$éß漢字🙂"
                made = "".join(self.random.choices(alphabet, k=self.random.randint(shortest, min(longest, shortest + 40))))
            if shortest <= len(made) <= longest and re.search(schema.get("pattern", ""), made):
                return made
        raise AssertionError(f"no text is made of {schema}")

    def moment(self) -> str:
        """Returns a moment of these years: most texts of digits are none."""
        zone = timezone(timedelta(hours=self.random.choice([0, -5, 9])))
        since = timedelta(seconds=self.random.randint(0, 10**9), microseconds=self.random.choice([0, 789_000]))
        return (datetime(2020, 1, 1, tzinfo=zone) + since).isoformat().replace("+00:00", "Z")

    def of_pattern(self, parsed: Any) -> str:
        made = ""
        for kind, what in parsed:
            match str(kind):
                case "LITERAL":
                    made += chr(what)
                case "IN":
                    made += self.of_class(what)
                case "MAX_REPEAT":
                    fewest, most, inner = what
                    for _ in range(self.random.randint(fewest, min(int(most), fewest + 8))):
                        made += self.of_pattern(inner)
                case "SUBPATTERN":
                    made += self.of_pattern(what[-1])
                case "AT" | "ASSERT":
                    pass  # the whole pattern is checked at the end
                case other:
                    raise AssertionError(f"{other} in a pattern")
        return made

    def of_class(self, items: Any) -> str:
        """Returns a character of a class."""
        negated = str(items[0][0]) == "NEGATE"
        return self.random.choice([char for char in CHARACTERS if any(is_of(char, item) for item in items) != negated])


CHARACTERS = [*map(chr, range(32, 127)), *"\t\néß漢🙂"]


def is_of(char: str, item: tuple[Any, Any]) -> bool:
    kind, what = str(item[0]), item[1]
    match kind:
        case "LITERAL":
            return ord(char) == what
        case "RANGE":
            return what[0] <= ord(char) <= what[1]
        case "CATEGORY":
            return {"SPACE": char.isspace(), "DIGIT": char.isdigit(), "WORD": char.isalnum() or char == "_"}[
                str(what).removeprefix("CATEGORY_").removeprefix("NOT_")
            ] != ("NOT_" in str(what))
        case "NEGATE":
            return False
    raise AssertionError(f"{kind} in a class of characters")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        target: Any = contract().document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def is_allowed(schema: dict[str, Any], value: Any) -> bool:
    return contract().allows(schema, value)


ODD: list[Any] = [
    None, True, 0, -1, 7, 101, 1.5, 10**30, "", "x", "agent2", "12345", "1234567", "ABCDEF", "a@b@c", "no address", "\x00", "x" * 600,
    [], ["x"], {}, {"a": 1},
]  # fmt: skip


def broken(maker: Maker, good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields objects like a good one, each with one thing about it changed."""
    for name, value in good.items():
        yield {other: kept for other, kept in good.items() if other != name}
        for odd in maker.random.sample(ODD, 6):
            yield good | {name: odd}
        yield good | {name: [value]}
    for name in ("unknown", "ID", "email ", "constructor"):
        yield good | {name: maker.random.choice(ODD)}


def bad(maker: Maker, good: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields those that the schema does not allow."""
    for each in broken(maker, good):
        if not is_allowed(schema, each):
            yield each
