"""The files that people wrote: what the checks of documents and language read."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from settings import ROOT

GENERATED = {"target", "node_modules", "dist", "__pycache__", "mutants.out", "mutants.out.old"}
HIDDEN_BUT_OURS = {".ci", ".github"}


@functools.cache
def sources() -> tuple[Path, ...]:
    """All of them, relative to the repository's root and in order. Git is not asked, so that a copy without it can be checked, too."""
    found = []
    for directory, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in GENERATED and (not name.startswith(".") or name in HIDDEN_BUT_OURS)]
        found += [Path(directory, name).relative_to(ROOT) for name in names]
    return tuple(sorted(found))


def read(source: Path) -> str | None:
    """What is in a file; None of one that is no text."""
    try:
        return (ROOT / source).read_text("utf-8")
    except UnicodeDecodeError:
        return None
