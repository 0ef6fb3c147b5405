"""Fails if the files of the core import one another in a circle.

A file imports what its `use` lines name and what its code names by a path from `crate`, `super` or
`self`. A folder's `mod.rs` stands for the folder. The same must hold for the core's modules, each
taken as a whole with its folder: none may import a module that, in the end, imports it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from settings import ROOT

CORE = ROOT / "shared/core/src"

# The path of a module below the crate: `("verification", "state")`. `lib.rs` is the empty one.
Module = tuple[str, ...]

PATH = re.compile(r"\b(?:crate|super|self)(?=::)(?:::\w+)*(?:::\{[^;]*\}(?=;))?")
NAMES = re.compile(r"[\w:]+")


def module_of(file: Path) -> Module:
    parts = file.relative_to(CORE).with_suffix("").parts
    return () if parts == ("lib",) else parts[:-1] if parts[-1] == "mod" else parts


def source(file: Path) -> str:
    """A file's code without its comments and its tests."""
    code = file.read_text().split("#[cfg(test)]\nmod tests {")[0]
    return re.sub(r"//.*", "", code)


def imports(file: Path, module: Module, modules: dict[Module, Path]) -> Iterator[Module]:
    """The modules that a file imports."""
    for found in PATH.findall(source(file)):
        stem, _, group = found.partition("::{")
        parts = stem.split("::")
        start = {"crate": (), "self": module, "super": module[:-1]}[parts[0]]
        for name in NAMES.findall(group) or [""]:
            path = (*start, *parts[1:], *filter(None, name.split("::")))
            target = next(path[:n] for n in range(len(path), -1, -1) if path[:n] in modules)
            if target and target != module:
                yield target


def circle(graph: dict[Module, set[Module]]) -> list[Module] | None:
    """A circle in a graph of names to the names that each imports, if there is one."""
    done: set[Module] = set()

    def walk(node: Module, path: list[Module]) -> list[Module] | None:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return None
        found = next(filter(None, (walk(imported, [*path, node]) for imported in sorted(graph[node]))), None)
        done.add(node)
        return found

    return next(filter(None, (walk(node, []) for node in sorted(graph))), None)


def graph() -> dict[Module, set[Module]]:
    """The files of the core, each with those that it imports."""
    files = [file for file in sorted(CORE.rglob("*.rs")) if file.name != "tests.rs"]
    modules = {module_of(file): file for file in files}
    return {module: set(imports(file, module, modules)) for module, file in modules.items()}


def whole(files: dict[Module, set[Module]]) -> dict[Module, set[Module]]:
    """The modules, each taken as a whole with its folder."""
    modules: dict[Module, set[Module]] = {}
    for module, imported in files.items():
        modules.setdefault(module[:1], set()).update(each[:1] for each in imported if each[0] not in module[:1])
    return modules


def main() -> None:
    files = graph()
    found = circle(files) or circle(whole(files))
    if found:
        sys.exit("A circle of imports in the core: " + " → ".join("::".join(part) for part in found))


if __name__ == "__main__":
    main()
