"""Checks that what the documents point at is there: links with their anchors, pictures, files, and the tests that they name."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from settings import ROOT
from sources import GENERATED, read, sources

LINK = re.compile(r"\]\(([^)\s]+)\)")
# A document named in a comment, a description or a message, as `docs/console.md#a-second-factor` is.
MENTION = re.compile(r"(?<![\w/.-])(docs/[\w-]+\.md)(#[\w-]+)?")
# A file or a directory named in a document; a star stands for any name. Of `local/.env` and `local/.state` nothing is said here.
PATH = re.compile(r"`((?:console|docs|events|functions|local|pages|shared|tests|verify-receipt)/(?!\.)[\w./*-]*)`")
TEST = re.compile(r"`([a-z]+(?:_[a-z0-9]+){3,})`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def slug(heading: str) -> str:
    """Returns the anchor that GitHub gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(document: str) -> set[str]:
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+)$", FENCE.sub("", document), re.MULTILINE):
        name, again = slug(heading), 0
        while (anchor := f"{name}-{again}" if again else name) in found:
            again += 1
        found.add(anchor)
    return found


def problem(source: Path, target: str, base: Path) -> str | None:
    """Says what is wrong with a link in `source`, relative to `base`; None if it resolves."""
    path, _, anchor = target.partition("#")
    document = (ROOT / base / path).resolve() if path else ROOT / source
    if not document.is_relative_to(ROOT) or not document.exists():
        return f"{target} does not exist"
    if anchor and document.suffix == ".md" and anchor not in anchors(document.read_text()):
        return f"{target}: there is no such heading"
    return None


def there(path: str) -> bool:
    return not GENERATED.isdisjoint(path.split("/")) or any(ROOT.glob(path.rstrip("/")))


@functools.cache
def tests() -> set[str]:
    """The names of all functions that could be a test."""
    texts = (read(source) or "" for source in sources() if source.suffix in (".rs", ".py"))
    return {name for text in texts for name in re.findall(r"\b(?:fn|def) (\w+)", text)}


def problems(source: Path, line: str) -> Iterator[str | None]:
    if source.suffix == ".md":
        yield from (problem(source, link, source.parent) for link in links(line))
        yield from (f"{path} does not exist" for path in PATH.findall(line) if not there(path))
        yield from (f"there is no test {name}" for name in TEST.findall(line) if name not in tests())
    if source.parts[0] != "tests" or source.suffix == ".md":  # a test makes names up
        yield from (problem(source, "".join(named), Path()) for named in MENTION.findall(LINK.sub("", line)))


def links(line: str) -> list[str]:
    return [link for link in LINK.findall(line) if not re.match(r"[a-z]+:", link)]


def main() -> int:
    found: list[str] = []
    shown: set[Path] = set()
    for source in sources():
        for number, line in enumerate((read(source) or "").splitlines(), 1):
            found += [f"{source}:{number}: {each}" for each in problems(source, line) if each is not None]
            if source.suffix == ".md":
                shown |= {(ROOT / source.parent / link).resolve() for link in links(line)}
    pictures = [source for source in sources() if source.parent == Path("docs/images")]
    found += [f"{picture}: no document shows it" for picture in pictures if ROOT / picture not in shown]
    print("\n".join(found) or "What the documents link, name and show is there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
