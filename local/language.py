"""Rejects words that the vocabulary of CONTRIBUTING.md replaces, in documents, comments, names and texts that people see."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from sources import read, sources

# Word, and what to write instead. In prose: documents, comments, and texts of more than one word.
PROSE = {
    r"e-mails?": "email",
    r"mails?|mailed|mailing": "email (a message; `email address` for an address)",
    r"mint grants?": "mint ticket",
    r"matching numbers?": "verification number",
    r"besides": "also, as well, in addition",
    r"all the same": "still, anyway",
    r"at the most": "at most",
    r"whoever|whomever": "anyone who",
    r"mend|mends|mended": "fix, correct",
    r"swindlers?": "fraudster",
    r"consentimientos?": "autorización",
    r"analistas?": "agente",
    r"número de coincidencia": "número de verificación",
}
# In names, too: `whose_budget_it_is` and `OverBudget` are made of words.
EVERYWHERE = {
    r"he|his|him|himself": "they, or the agent, the customer",
    r"analysts?": "agent",
    r"budgets?": "quota",
    r"streaks?": "lockout quota",
    r"standing": "sign-in status",
}
# In files that are Spanish alone.
SPANISH = {r"(?<!nombre de )(?<!nombres de )usuarios?": "cliente"}
# Where a word may stand, and why: pattern of the path, pattern of the line.
ALLOWED = [
    ("local/language.py", r"", "names the words"),
    ("CONTRIBUTING.md", r"^\|.*\|$", "the vocabulary, with what each word replaces"),
    ("LICENSE-*", r"", "the licenses' own words"),
    ("tests/test_documents.py", r'^        \("', "what the test of this check finds"),
    ("*.rs", r'serde\(rename = "standing"\)', "a stored name, which stays"),
    ("events/email-events-*.json", r'"mail": \{', "a name of SES's"),
    ("console/package-lock.json", r"", "generated"),
    ("Cargo.lock", r"", "generated"),
    ("*.snap", r"", "made from the sources, which are checked"),
    ("shared/dynamodb/tests/released/*.json", r"", "items as a released version wrote them"),
    ("verify-receipt/tests/receipts/version-1/*", r"", "a receipt as a released version wrote it"),
]

COMMENT = {"c": r"//[^\n]*|/\*.*?\*/", "py": r"#[^\n]*"}
TEXT = {
    "rs": r"(?P<raw>r#*)\".*?\"#*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])'",
    "ts": r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|>[^<>{}]+<",
    "py": r"\"{3}.*?\"{3}|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'",
}
KINDS = {".rs": ("c", "rs"), ".py": ("py", "py")} | dict.fromkeys((".ts", ".tsx", ".js", ".mjs", ".css"), ("c", "ts"))
CODE = re.compile(r"`[^`\n]*`|https?://\S+|\]\([^)]*\)")
# What of a file without comments and strings is no prose: the names of members; tags, but for the attributes that people read.
KEY = re.compile(r"^[ -]*[\w.-]+:(?= |$)", re.MULTILINE)
TAG = re.compile(r"<[^>]*?(?:(?P<read>(?:alt|aria-label|content|placeholder|title)=\"[^\"]*\")[^>]*)?>")


def words(patterns: dict[str, str], within_names: bool) -> list[tuple[re.Pattern[str], str]]:
    """Whole words; within names also those between underscores, and the capitalized ones of CamelCase."""
    made = []
    for pattern, instead in patterns.items():
        whole = rf"(?<![\w/.#$@-])(?:{pattern})(?![\w/-]|\.\w)"
        parts = rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])"
        made.append((re.compile(parts if within_names else whole, re.IGNORECASE), instead))
        if within_names:
            capitalized = "|".join(part.capitalize() for part in pattern.split("|"))
            made.append((re.compile(rf"(?<=[a-z])(?:{capitalized})(?![a-z])"), instead))
    return made


RULES = {
    "prose": words(PROSE, within_names=False),
    "everywhere": words(EVERYWHERE, within_names=True),
    "es": words(SPANISH, within_names=False),
}


def blank(text: str) -> str:
    """Spaces in place of text, so that lines stay where they are."""
    return re.sub(r"[^\n]", " ", text)


def without_code(text: str) -> str:
    return CODE.sub(
        lambda found: blank(found[0]), re.sub(r"^```.*?^```", lambda found: blank(found[0]), text, flags=re.MULTILINE | re.DOTALL)
    )


def _around(found: re.Match[str]) -> tuple[str, str, str]:
    """A tag in three parts: the attribute that people read, and what is before and after it."""
    start, end = (found.start("read") - found.start(), found.end("read") - found.start()) if found["read"] else (0, 0)
    return found[0][:start], found[0][start:end], found[0][end:]


def prose(source: Path, text: str) -> str:
    """The text with everything blanked that is not for people to read: code, and strings of one word."""
    if source.suffix in (".yaml", ".yml"):
        return KEY.sub(lambda found: blank(found[0]), without_code(text))
    if source.suffix == ".html":
        return TAG.sub(lambda found: "".join(part if part == found["read"] else blank(part) for part in _around(found)), text)
    if source.suffix not in KINDS:
        return without_code(text)
    comment, string = KINDS[source.suffix]
    kept, last = [], 0
    for found in re.finditer(rf"(?P<comment>{COMMENT[comment]})|{TEXT[string]}", text, re.DOTALL):
        kept.append(blank(text[last : found.start()]))
        written = found[0]
        if found["comment"]:
            kept.append(without_code(written))
        else:
            kept.append(written if re.search(r"\w[,:;.]? \w", written) else blank(written))
        last = found.end()
    return "".join([*kept, blank(text[last:])])


def wrong(source: Path, text: str) -> Iterator[str]:
    lines = text.splitlines()
    spanish = re.search(r"(^|[/.-])es([./]|$)", source.as_posix()) is not None
    for rules, checked in ((RULES["prose"] + (RULES["es"] if spanish else []), prose(source, text)), (RULES["everywhere"], text)):
        for number, line in enumerate(checked.splitlines(), 1):
            allowed = (fnmatch(source.as_posix(), path) and re.search(where, lines[number - 1]) for path, where, _ in ALLOWED)
            found = [(match[0], instead) for rule, instead in rules for match in rule.finditer(line)]
            if found and not any(allowed):
                yield from (f"{source}:{number}: {word} → {instead}" for word, instead in found)


def main() -> int:
    found = [each for source in sources() if (text := read(source)) is not None for each in wrong(source, text)]
    print("\n".join(found) or "Every word is one of the vocabulary's")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
