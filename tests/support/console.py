"""What the tests of the console share: how an agent comes to a screen, and what can be held back, cut off or answered instead."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, Route, expect

from support.browser import Visitor, accessible
from support.desk import Desk
from support.journey import Journey
from support.recovery import forget
from support.stack import Stack

Come = Callable[..., Visitor]
Sit = Callable[..., Desk]

CODE = re.compile(r"^(5:00|4:\d\d)$")


@pytest.fixture
def desk(stack: Stack, visitor: Come) -> Sit:
    """Somebody who sits down before the console: `desk("es")`."""

    def sit(language: str = "en", **more: int) -> Desk:
        locale = {"en": "en-GB", "es": "es-CO"}[language]
        return Desk(stack, visitor(locale, **{"width": 1280, "height": 1000} | more, reduced_motion="reduce"), language)

    return sit


def signed_in(desk: Desk, journey: Journey) -> Desk:
    """The journey's agent, before its verification."""
    desk.sign_in(journey.agent.email)
    desk.stands_at("assistance")
    if journey.id:
        desk.go_to(journey)
    return desk


def qr_of(page: Page, place: str = "img.qr") -> str:
    """What the QR code on the screen says, read from a picture of it."""
    image = base64.b64encode(page.locator(place).screenshot()).decode()
    blank = page.context.new_page()
    width, height, pixels = blank.evaluate(
        """async image => {
            const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(image), c => c.charCodeAt(0))]));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
            canvas.drawImage(bitmap, 0, 0);
            const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
            return [bitmap.width, bitmap.height, Array.from(data.filter((_, i) => i % 4 === 0))];
        }""",
        image,
    )
    blank.close()
    (read,) = zxingcpp.read_barcodes(memoryview(bytes(pixels)).cast("B", (height, width)), formats=zxingcpp.BarcodeFormat.QRCode)
    return read.text


@contextmanager
def cut_off(context: BrowserContext) -> Iterator[None]:
    context.set_offline(True)
    yield
    context.set_offline(False)


def answering(status: int, slug: str, **headers: str) -> Callable[[Route], None]:
    """For `page.route`: the API's problem instead of its answer."""
    body = {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": "As it is.", "request_id": "request-1"}

    def answer(route: Route) -> None:
        if route.request.method == "OPTIONS":
            return route.fallback()
        allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
        return route.fulfill(status=status, body=json.dumps(body), content_type="application/problem+json", headers=allowed | headers)

    return answer


def on_a_clock(desk: Desk) -> Desk:
    """Somebody whose time can be moved on: `desk.page.clock.fast_forward`."""
    desk.page.clock.install()
    desk.page.reload()
    return desk


def with_settings(desk: Desk, **more: str) -> Desk:
    """Somebody whose console was published with these settings too."""

    def publish(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | more)

    desk.page.route("**/config.json", publish)
    desk.page.reload()
    return desk


def drawn(page: Page) -> None:
    """Whatever the page has been told is on the screen."""
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def holding(desk: Desk, path: str, containing: str = "") -> list[Route]:
    """What the page posts to this path from now on, held back."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and containing in (route.request.post_data or ""):
            held.append(route)
        else:
            route.fallback()

    desk.page.route(path, hold)
    return held


def reads(desk: Desk, journey: Journey) -> int:
    """How often its page asked for the journey's verification."""
    return sum(request.method == "GET" and request.url.partition("?")[0].endswith(journey.path) for request in desk.visitor.sent)


def asks_for_code(desk: Desk, email: str | None) -> str:
    """From the sign-in page, or for the signed-in agent from where they change their password, to the code, which is emailed."""
    # All tests come from one source address, whose quota is meant for one person.
    forget(desk.stack, "source")
    number = desk.stack.inbox.last_number()
    if email is None:
        email = desk.field("e-mail").input_value()
    else:
        desk.follow("forgot", "reset")
        desk.field("e-mail").fill(email)
    desk.press("send code")
    expect(desk.field("reset code")).to_be_focused()
    # Cognito's emails are HTML alone.
    (code,) = re.findall(r"\b\d{6}\b", desk.stack.inbox.wait(email, after=number).html)
    return code


def chooses(desk: Desk, code: str, password: str) -> None:
    desk.field("reset code").fill(code)
    desk.field("new password").first.fill(password)
    desk.field("again").fill(password)
    desk.press("save new")


def reloaded(desk: Desk, heading: str) -> None:
    """A reload comes back to the same screen, and to one without a fault."""
    accessible(desk.page)
    desk.page.reload()
    desk.stands_at(heading)


WALKS = {
    "validation": lambda journey: journey.through_start(),
    "choose": lambda journey: journey.through_internal_validation(),
    "consent": lambda journey: journey.through_asking(),
    "given": lambda journey: journey.through_consent(),
    "session": lambda journey: journey.through_session(),
}
