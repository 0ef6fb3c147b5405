"""What emails say and link to."""

from __future__ import annotations

import html
import http.client
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from client import Mail

NAMES = {"store": "Waizant Store", "web": "Waizant Web", "app": "Waizant App", "rcm": "Waizant RCM"}


def words(document: str) -> str:
    """What a reader sees of an HTML part."""
    # It stands within words.
    document = document.replace("<wbr>", "")
    body = re.sub(r"(?s)<head>.*?</head>|<[^>]+>", " ", document)
    return re.sub(r"\s+", " ", html.unescape(body))


MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "es": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
}


def told_time(moment: str, locale: str = "en") -> str:
    """A moment of the API as an email gives it, by the clock of Bogotá and in UTC."""
    utc = datetime.fromisoformat(moment)
    local = utc - timedelta(hours=5)

    def day(clock: datetime) -> str:
        month = MONTHS[locale][clock.month - 1]
        return f"{clock.day} {month} {clock.year}" if locale == "en" else f"{clock.day} de {month} de {clock.year}"

    place = {"en": "Bogotá time", "es": "hora de Bogotá"}[locale]
    universal = f"{utc:%H:%M:%S}" if utc.date() == local.date() else f"{day(utc)}, {utc:%H:%M:%S}"
    return f"{day(local)}, {local:%H:%M:%S} ({place}, UTC−5) · {universal} UTC"


def assert_readable(mail: Mail, locale: str) -> None:
    """On a phone, by a screen reader, with pictures off, and in the customer's language."""
    assert f'<html lang="{locale}"' in mail.html
    assert '<meta name="viewport" content="width=device-width' in mail.html
    # Dark colors alone cannot be written into the tags. An email reads as well without them.
    plain = re.sub(r"<style>@media \(prefers-color-scheme:dark\)\{[^<]*\}</style>", "", mail.html)
    assert not re.search(r"<(script|img|iframe|form|style|link|object)\b", plain, re.IGNORECASE), mail.html
    assert not re.search(r"\bwidth=\"?[4-9]\d\d", mail.html), "wider than a phone"
    assert all(len(line) < 998 for line in mail.message.as_string().splitlines())


def links(mail: Mail) -> set[str]:
    """Every address in an email, of either part."""
    text = f"{mail.text}\n{html.unescape(mail.html)}"
    return set(re.findall(r"""\b[a-z][a-z0-9+.-]*://[^\s"'<>]+""", text)) | set(re.findall(r"""(?:href|src)=["']([^"']+)""", text))


def assert_harmless(method: str, address: str) -> None:
    """Fetches it, if a page is served there at all."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500
    except ConnectionRefusedError:
        pass
    finally:
        connection.close()


HOSTILE = 'Ana <script>alert(1)</script>\r\nBcc: evil@example.com "><img src=x onerror=alert(1)> http://evil.example/ \u202eyrraH &amp; %0d%0a {{7*7}}'  # noqa: E501


def fetch(link: str, method: str = "GET") -> None:
    """As an email scanner does: the fragment stays where it is."""
    parts = urlsplit(link)
    assert parts.scheme in ("http", "https"), link
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        connection.getresponse().read()
    except ConnectionRefusedError:
        pass  # no page is served there
    finally:
        connection.close()
