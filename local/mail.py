"""Prepares an email of the inbox for a browser: its HTML without anything that runs, loads or leaves the email's frame."""

from __future__ import annotations

import base64
import email
import email.policy
import functools
import html
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

# Even if something slipped through: no scripts, an origin of its own, pictures from the email alone.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
ELEMENTS = {
    "a", "b", "blockquote", "body", "br", "caption", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img", "li", "ol",
    "p", "pre", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "colspan", "dir", "height", "lang", "role", "rowspan",
    "start", "style", "title", "valign", "width",
}  # fmt: skip
SILENT = {"head", "script", "style", "template", "title"}
EMPTY = {"br", "hr", "img"}


# How many emails are shown, and kept in memory once read.
READ = 500


@functools.lru_cache(maxsize=READ)
def read(directory: Path, number: int) -> Mail:
    message = email.message_from_bytes((directory / f"{number}.eml").read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    arrived = (directory / f"{number}.eml").stat().st_mtime
    return Mail(number, message, arrived)


@dataclass(frozen=True)
class Mail:
    number: int
    message: EmailMessage
    arrived: float

    def described(self) -> dict[str, Any]:
        text = self.message.get_body(("plain",))
        return {
            "number": self.number,
            "at": self._at(),
            "from": str(self.message["From"] or ""),
            "to": str(self.message["To"] or ""),
            "subject": str(self.message["Subject"] or ""),
            "text": "" if text is None else text.get_content(),
            "html": self.message.get_body(("html",)) is not None,
            "attachments": [name for name, _ in self.attachments()],
        }

    def attachments(self) -> list[tuple[str, bytes]]:
        """Returns the attached files with their names, without the pictures in the text."""
        parts = [part for part in self.message.walk() if part.get_content_disposition() == "attachment" and part.get_filename()]
        return [(part.get_filename() or "", part.get_payload(decode=True) or b"") for part in parts]

    def _at(self) -> float:
        """Seconds since 1970."""
        try:
            return parsedate_to_datetime(str(self.message["Date"])).timestamp()
        except (TypeError, ValueError):
            return self.arrived

    def page(self) -> str:
        body = self.message.get_body(("html",))
        if body is None:
            return "<!doctype html><title>Email</title>"
        clean = Cleaner(self._pictures())
        clean.feed(body.get_content())
        clean.close()
        return (
            f'<!doctype html><html lang="{html.escape(clean.language)}"><head><meta charset="utf-8"><base target="_blank">'
            f"<title>{html.escape(str(self.message['Subject'] or ''))}</title></head>{''.join(clean.out)}</html>"
        )

    def _pictures(self) -> dict[str, str]:
        """Returns the email's own pictures, as data URLs, by their Content-ID."""
        return {
            str(part["Content-ID"]).strip(
                "<> "
            ): f"data:{part.get_content_type()};base64,{base64.b64encode(part.get_payload(decode=True)).decode()}"
            for part in self.message.walk()
            if part["Content-ID"] and part.get_content_maintype() == "image"
        }


class Cleaner(HTMLParser):
    """Keeps known elements and attributes, links that open in a new tab, and the email's own pictures."""

    def __init__(self, pictures: dict[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.pictures = pictures
        self.out: list[str] = []
        self.silent = 0
        self.language = "en"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.language = dict(attrs).get("lang") or self.language
        self.silent += tag in SILENT
        if self.silent or tag not in ELEMENTS:
            return
        kept = [(name, value or "") for name, value in attrs if name in ATTRIBUTES and not (name == "style" and _loads(value))]
        given = dict(attrs)
        if tag == "a" and re.match(r"(https?|mailto):", given.get("href") or ""):
            kept += [("href", given["href"] or ""), ("rel", "noopener noreferrer")]
        if tag == "img" and (given.get("src") or "").startswith("cid:"):
            kept.append(("src", self.pictures.get((given["src"] or "")[4:], "")))
        attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in kept)
        self.out.append(f"<{tag}{attributes}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif not self.silent and tag in ELEMENTS and tag not in EMPTY:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.out.append(html.escape(data))


def _loads(style: str | None) -> bool:
    return re.search(r"url|import|expression|@|\\", style or "", re.IGNORECASE) is not None
