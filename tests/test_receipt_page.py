"""The receipt as its owner reads it: the page that comes with the email, and the page in the browser that checks the file offline."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from client import Mail
from settings import ROOT
from support.browser import Visitor, accessible, fits, picture
from support.journey import Journey
from support.receipts import attached
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("schedule")

WORDS = {
    "en": {
        "title": "Check a receipt", "file": "Receipt", "key": "The key", "own": "A key that you saved", "good": "This receipt is as it was signed",
        "step": "step {} is not as recorded", "signature": "something beside them, or the signature, is not as signed",
        "cut off": "its end is missing", "no receipt": "This is not a receipt", "other": "signed with another key",
        "here": "no longer needs the network", "missing": "could not be fetched", "action": "Environment opened: Waizant Web",
        "outcome": "ended by the customer", "page": "Receipt of a support session",
    },
    "es": {
        "title": "Revisar un recibo", "file": "Recibo", "key": "La clave", "own": "Una clave que usted guardó",
        "good": "Este recibo está como se firmó",
        "step": "el paso {} no está como se registró", "signature": "otro dato, o la firma, no está como se firmó",
        "cut off": "falta el final", "no receipt": "Esto no es un recibo", "other": "se firmó con otra clave",
        "here": "ya no necesita la red", "missing": "No se pudo obtener", "action": "Entorno abierto: Waizant Web",
        "outcome": "terminada por el cliente", "page": "Recibo de una sesión de soporte",
    },
}  # fmt: skip
SAMPLES = ROOT / "verify-receipt/tests/receipts"

Come = Callable[..., Visitor]


def opened(stack: Stack, who: Visitor) -> Page:
    page = who.open(f"{stack.settings.origin('consent')}/receipt.html")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def chosen(page: Page, words: dict[str, str], content: bytes) -> None:
    page.get_by_label(words["file"], exact=True).set_input_files(
        {"name": "receipt.json", "mimeType": "application/json", "buffer": content}
    )


def says(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_contain_text(text)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_receipt_is_checked_with_the_network_off_and_sent_nowhere(
    stack: Stack, visitor: Come, closed_session: tuple[Journey, bytes, Mail], language: str
) -> None:  # P12
    journey, file, _ = closed_session
    words = WORDS[language]
    who = visitor("es-ES" if language == "es" else "en-GB")
    page = opened(stack, who)
    expect(page.locator("#key")).to_contain_text(words["here"])
    accessible(page)
    assert {request.method for request in who.sent} <= {"GET", "OPTIONS"}
    who.context.set_offline(True)
    who.forget()

    chosen(page, words, file)
    says(page, words["good"])
    record = page.locator("#record")
    for fact in (journey.agent.name, journey.customer.name, journey.id, "WZ-1042", words["outcome"], words["action"]):
        expect(record).to_contain_text(fact)
    expect(record.get_by_role("listitem")).to_have_count(len(json.loads(file)["receipt"]["steps"]))
    accessible(page)
    fits(page)
    picture(page, f"receipt-{language}")

    changed = file.replace(b'"environment":"web"', b'"environment":"rcm"')
    number = next(step["seq"] for step in json.loads(file)["receipt"]["steps"] if step["action"] == "handoff-redeemed")
    for content, said in [
        (changed, words["step"].format(number)),
        (file.replace(b"WZ-1042", b"WZ-1043"), words["signature"]),
        (file[: len(file) // 2], words["cut off"]),
        (b"%PDF-1.7", words["no receipt"]),
        ((SAMPLES / "version-1/receipt.json").read_bytes(), words["other"]),
    ]:
        chosen(page, words, content)
        says(page, said)
        expect(record.get_by_role("listitem")).to_have_count(0)
    accessible(page)
    assert who.sent == [], "nothing is sent, and nothing more is fetched"
    page.get_by_role("button", name={"en": "Español", "es": "English"}[language]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS[{"en": "es", "es": "en"}[language]]["title"])
    expect(page.get_by_role("heading", level=1)).to_be_focused()


@pytest.mark.parametrize("version", ["version-1", "version-2", "version-2-without-access"])
def test_a_receipt_of_any_version_is_checked_with_a_key_that_was_saved(stack: Stack, visitor: Come, version: str) -> None:  # P12
    words, who = WORDS["en"], visitor()
    page = who.context.new_page()
    page.route("**/receipts/key", lambda route: route.abort())
    page.goto(f"{stack.settings.origin('consent')}/receipt.html")
    expect(page.locator("#key")).to_contain_text(words["missing"])
    file = (SAMPLES / version / "receipt.json").read_bytes()
    chosen(page, words, file)
    says(page, words["missing"])
    page.get_by_text(words["key"], exact=True).click()
    own = page.get_by_label(words["own"])
    own.set_input_files({"name": "key.json", "mimeType": "application/json", "buffer": b"no key"})
    expect(page.locator("#key")).to_contain_text("The key is not what")
    own.set_input_files(SAMPLES / version / "key.json")
    says(page, words["good"])
    # As the command prints it.
    told = (SAMPLES / version / "en.txt").read_text().splitlines()
    assert page.locator("#said").inner_text() == told[0]
    lines = page.locator("#record").get_by_role("listitem").all_inner_texts()
    assert len(lines) == len(told) - 2
    for line, printed in zip(lines, told[2:], strict=True):
        number, at, who_did, *what = printed.split()
        assert line.split() == [f"{number}.", f"{who_did}:", *what, at]


def test_a_file_is_dropped_anywhere_on_the_page(stack: Stack, visitor: Come) -> None:
    page = opened(stack, visitor())
    expect(page.locator("#key")).to_contain_text(WORDS["en"]["here"])
    data = page.evaluate_handle(
        "text => { const all = new DataTransfer(); all.items.add(new File([text], 'receipt.json')); return all }",
        (SAMPLES / "version-2/receipt.json").read_text(),
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": data})
    expect(page.locator("#drop")).to_have_class("drop over")
    page.dispatch_event("main", "drop", {"dataTransfer": data})
    says(page, WORDS["en"]["other"])
    expect(page.locator("#drop")).to_have_class("drop")
    assert page.url.endswith("/receipt.html"), "the browser has not opened the file"


def test_nothing_in_a_file_becomes_markup(stack: Stack, visitor: Come) -> None:  # P24
    page = opened(stack, visitor())
    expect(page.locator("#key")).to_contain_text(WORDS["en"]["here"])
    for content in (
        b'{"receipt":{"version":2,"<img src=x onerror=alert(1)>":1},"signature":{}}',
        b'{"receipt":{"version":2},"signature":{"key":"<script>alert(1)</script>"}}',
    ):
        chosen(page, WORDS["en"], content)
        says(page, "This receipt was altered")
        expect(page.locator("main img, main script")).to_have_count(0)


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_both_pages_are_there_for_everybody(
    stack: Stack, visitor: Come, closed_session: tuple[Journey, bytes, Mail], colors: str, tmp_path: Path
) -> None:
    _, file, mail = closed_session
    who = visitor(width=320, height=568, color_scheme=colors)
    page = opened(stack, who)
    expect(page.locator("#key")).to_contain_text(WORDS["en"]["here"])
    chosen(page, WORDS["en"], file)
    says(page, WORDS["en"]["good"])
    accessible(page)
    fits(page)
    # By keyboard: the file's field is the first thing, and each press goes on.
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_label(WORDS["en"]["file"], exact=True)).to_be_focused()

    owners = who.context.new_page()
    (tmp_path / "receipt.html").write_bytes(attached(mail)[1].get_payload(decode=True))
    who.forget()
    owners.goto((tmp_path / "receipt.html").as_uri())
    accessible(owners)
    fits(owners)
    assert [request.url for request in who.sent] == [(tmp_path / "receipt.html").as_uri()], "it loads nothing"


def test_the_page_in_the_email_says_what_the_file_says(
    stack: Stack, visitor: Come, closed_session: tuple[Journey, bytes, Mail], tmp_path: Path
) -> None:
    journey, file, mail = closed_session
    content = attached(mail)[1].get_payload(decode=True)
    (tmp_path / "receipt.html").write_bytes(content)
    page = visitor().open((tmp_path / "receipt.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS["en"]["page"])
    body, receipt = page.locator("body"), json.loads(file)["receipt"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(file).digest()).decode().rstrip("=")
    for fact in (journey.agent.name, journey.customer.name, "WZ-1042", receipt["head"], digest, receipt["verification"]):
        expect(body).to_contain_text(fact)
    expect(page.get_by_role("listitem")).to_have_count(len(receipt["steps"]))
    for step in receipt["steps"]:
        expect(body).to_contain_text(step["hash"])
    expect(page.get_by_role("link")).to_have_attribute("href", f"{stack.settings.origin('consent')}/receipt.html")
    assert b"<script" not in content
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
