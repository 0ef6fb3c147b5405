"""Ecosystem Admin: the successor of an ecosystem, the QR code in their email, and their activity."""

from __future__ import annotations

import json
import time
import zlib
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import zxingcpp

from client import Answer, Mail
from support.journey import Journey
from support.patience import wait_until
from support.people import Agent, Customer
from support.stack import Stack

IDLE_SECONDS, SESSION_SECONDS = 900, 300
REJECTED = "The validation process for The Successor was rejected by Waizant"
UNKNOWN = f"{'A' * 22}.{'B' * 43}"


def successor_of(stack: Stack, *, processes: list[dict[str, str]] | None = None, **more: Any) -> Customer:
    return stack.new_customer(role="successor", plan="plus", modules=(), processes=processes or [], **more)


def support(stack: Stack, customer: Customer | None = None, agent: Agent | None = None) -> Journey:
    return stack.journey(agent, customer or successor_of(stack), module="ecosystem-admin", ticket="WZ-7")


def qr_mail(journey: Journey) -> Mail:
    """The email with the picture."""
    inbox, to = journey.stack.inbox, journey.customer.email
    (mail,) = wait_until(lambda: [mail for mail in inbox.mails(to) if pictures(mail)], "no email with a picture")
    return mail


def pictures(mail: Mail) -> list[EmailMessage]:
    return [part for part in mail.message.walk() if part.get_content_maintype() == "image"]


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and a byte a pixel of a PNG with one bit a pixel, after ISO/IEC 15948."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + content) == int.from_bytes(png[at + 8 + size : at + 12 + size])
        chunks[kind] = chunks.get(kind, b"") + content
        at += 12 + size
    width, height = (int.from_bytes(chunks[b"IHDR"][i : i + 4]) for i in (0, 4))
    assert chunks[b"IHDR"][8:] == bytes([1, 0, 0, 0, 0]), "one bit of grey, not interlaced"
    data, row_size, out, above = zlib.decompress(chunks[b"IDAT"]), (width + 7) // 8, bytearray(), bytes((width + 7) // 8)
    for y in range(height):
        line = data[y * (row_size + 1) : (y + 1) * (row_size + 1)]
        row = bytearray()
        for x, value in enumerate(line[1:]):
            left, up, corner = (row[x - 1] if x else 0), above[x], (above[x - 1] if x else 0)
            near = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))[2]
            row.append((value + (0, left, up, (left + up) // 2, near)[line[0]]) & 0xFF)
        above = bytes(row)
        out += bytes(255 if row[x // 8] >> (7 - x % 8) & 1 else 0 for x in range(width))
    return width, height, bytes(out)


def scanned(mail: Mail) -> str:
    """What a phone reads off the picture of an email."""
    (picture,) = pictures(mail)
    width, height, grey = pixels(picture.get_payload(decode=True))
    (read,) = zxingcpp.read_barcodes(memoryview(grey).cast("B", (height, width)), formats=zxingcpp.BarcodeFormat.QRCode)
    return read.text


def mailed_handoff(journey: Journey) -> str:
    return scanned(qr_mail(journey)).partition("#handoff=")[2]


def activity(journey: Journey, item: str | None = None, cursor: str | None = None, **more: Any) -> Answer:
    path = f"{journey.path}/activity" + ("" if item is None else f"/{quote(item, safe='')}")
    return journey.stack.api.get(path + ("" if cursor is None else f"?cursor={cursor}"), **{"token": journey.agent.token} | more)


def problem(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["type"].removeprefix("/problems/")


def closing(journey: Journey) -> tuple[Mail, dict[str, Any]]:
    """The last email, and the receipt in it."""
    deadline = time.monotonic() + 70
    while True:
        journey.stack.aws("lambda").invoke(FunctionName=journey.stack.functions()["CloseVerificationFunction"], Payload=b"{}")
        for mail in journey.stack.inbox.mails(journey.customer.email):
            for part in mail.message.iter_attachments():
                if part.get_content_type() == "application/json":
                    return mail, json.loads(part.get_payload(decode=True))["receipt"]
        assert time.monotonic() < deadline, "no receipt came"
