"""The page Remote Assistance Access: what it says in both languages, and how it is worked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

import samples
from support.browser import Visitor
from support.desk import Desk
from support.people import Customer
from support.stack import Stack

WORDS = {
    "en": {
        "e-mail": "Email address", "password": "Password", "sign in": "Sign in", "sign out": "Sign out", "title": "Remote Assistance Access",
        "duration": "Duration", "eight": "8 hours", "fifteen": "15 minutes", "messages": "Allow to see messages", "talks": "Allow to see talks",
        "confirm": "Confirm", "shown": "The remote support access has been activated", "copy": "Copy to clipboard", "copied": "Copied",
        "once": "the credentials will no longer be visible", "share": "Share this information only with your support provider", "close": "Close",
        "active": "The remote support access is already active", "hidden": "What stays hidden Messages", "nobody": "Nobody yet",
        "revoke": "Revoke credentials", "regenerate": "Regenerate credentials", "cancel": "Cancel", "revoked": "The credentials have been revoked.",
        "dead": "The old credentials stop working", "labels": ["URL", "User Name", "Password", "Security code", "Timeout"],
        "module": "Support Grant", "user name": "User Name", "security code": "Security code",
        "beforehand": "The customer authorized the access beforehand",
        "hidden from you": "Hidden from you Messages", "refused": "These credentials were not accepted", "consent stage": "Customer’s authorization",
    },
    "es": {
        "e-mail": "Correo electrónico", "password": "Contraseña", "sign in": "Iniciar sesión", "sign out": "Cerrar sesión",
        "title": "Acceso de asistencia remota",
        "duration": "Duración", "eight": "8 horas", "fifteen": "15 minutos", "messages": "Permitir ver los mensajes",
        "talks": "Permitir ver las conversaciones",
        "confirm": "Confirmar", "shown": "El acceso de soporte remoto está activado", "copy": "Copiar al portapapeles", "copied": "Copiado",
        "once": "las credenciales ya no serán visibles", "share": "Comparta estos datos solo con su proveedor de soporte", "close": "Cerrar",
        "active": "El acceso de soporte remoto ya está activo", "hidden": "Lo que queda oculto Mensajes", "nobody": "Todavía nadie",
        "revoke": "Revocar credenciales", "regenerate": "Generar credenciales de nuevo", "cancel": "Cancelar",
        "revoked": "Las credenciales se revocaron.", "dead": "Las credenciales anteriores dejan de servir",
        "labels": ["URL", "Nombre de usuario", "Contraseña", "Código de seguridad", "Vence"],
        "module": "Acceso ofrecido", "user name": "Nombre de usuario", "security code": "Código de seguridad",
        "beforehand": "El cliente autorizó el acceso de antemano", "hidden from you": "Oculto para usted Mensajes",
        "refused": "No se aceptaron estas credenciales", "consent stage": "Autorización del cliente",
    },
}  # fmt: skip

CREDENTIALS = ("user_name", "password", "security_code")
CLIPBOARD = ["clipboard-read", "clipboard-write"]
USER_NAME = r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}"
PASSWORD = r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){4}"

Come = Callable[..., Visitor]


class Home:
    """A customer at the page where they offer access."""

    def __init__(self, stack: Stack, visitor: Visitor, customer: Customer, language: str = "en") -> None:
        self.stack, self.visitor, self.customer, self.words = stack, visitor, customer, WORDS[language]
        self.page: Page = visitor.open(f"{stack.settings.origin('console')}/remote-assistance.html")

    def signed_in(self) -> Home:
        self.page.get_by_label(self.words["e-mail"]).fill(self.customer.email)
        self.page.get_by_label(self.words["password"]).fill(samples.PASSWORD)
        self.press("sign in")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words["title"])
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=self.words[name], exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def shows(self, name: str) -> None:
        expect(self.page.locator("#content")).to_contain_text(self.words.get(name, name))

    def shows_nothing_of(self, text: str) -> None:
        expect(self.page.locator("#content")).not_to_contain_text(text)

    def offered(self) -> dict[str, str]:
        """Confirmed with what is chosen: the credentials, by the contract's names."""
        self.press("confirm")
        return self.shown()

    def shown(self) -> dict[str, str]:
        self.shows("shown")
        return credentials(self.copied(), self.words["labels"])

    def copied(self) -> str:
        self.press("copy")
        expect(self.page.get_by_text(self.words["copied"], exact=True)).to_be_visible()
        return self.page.evaluate("navigator.clipboard.readText()")

    def confirmed(self, name: str) -> None:
        """Presses it, and presses it again in the dialog that asks."""
        self.press(name)
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name=self.words[name], exact=True).click()

    def forgot(self, *secrets: str) -> None:
        """Nothing of them is left on the page, in an address, or in storage."""
        kept_nowhere(self.page, *secrets)
        assert not [secret for secret in secrets if secret in self.page.content()]
        self.visitor.kept_quiet(*secrets)


def credentials(block: str, labels: list[str]) -> dict[str, str]:
    lines = dict(line.split(": ", 1) for line in block.splitlines())
    assert list(lines) == labels
    url, user_name, password, code, _ = lines.values()
    assert re.fullmatch(USER_NAME, user_name)
    assert re.fullmatch(PASSWORD, password)
    assert re.fullmatch(r"\d{6}", code)
    return {"url": url, "user_name": user_name, "password": password, "security_code": code, "block": block}


def secrets_of(found: dict[str, str]) -> list[str]:
    return [found[name] for name in CREDENTIALS]


def kept_nowhere(page: Page, *secrets: str) -> None:
    stored = page.evaluate("JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie, history.state])")
    assert not [secret for secret in secrets if secret in stored]
    assert not [secret for secret in secrets if secret in page.url]


@pytest.fixture
def home(stack: Stack, visitor: Come) -> Callable[..., Home]:
    def come(language: str = "en", customer: Customer | None = None, **more: Any) -> Home:
        locale = {"en": "en-GB", "es": "es-CO"}[language]
        here = visitor(locale, **{"width": 1000, "height": 1000} | more, permissions=CLIPBOARD, reduced_motion="reduce")
        return Home(stack, here, customer or stack.new_customer(locale=language), language)

    return come


@pytest.fixture
def redeem_desk(stack: Stack, visitor: Come) -> Callable[..., Desk]:
    """An agent who is signed in, before the form for a customer's credentials."""

    def sit(language: str = "en", email: str | None = None) -> Desk:
        locale = {"en": "en-GB", "es": "es-CO"}[language]
        at = Desk(stack, visitor(locale, width=1280, height=1000, permissions=CLIPBOARD, reduced_motion="reduce"), language)
        at.words = at.words | {name: words for name, words in WORDS[language].items() if name not in at.words}
        at.sign_in(email or stack.new_agent(name="Ana Rivas").email)
        at.page.get_by_role("link", name=at.words["module"]).click()
        at.stands_at("module")
        return at

    return sit


def fields(at: Desk) -> list[Locator]:
    return [at.page.get_by_label(at.words[name], exact=True) for name in ("user name", "password", "security code")]


def paste(at: Desk, text: str, into: int = 0) -> None:
    at.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    fields(at)[into].focus()
    at.page.keyboard.press("ControlOrMeta+V")


def redeem(at: Desk, found: dict[str, str]) -> None:
    paste(at, found["block"])
    at.press("start")


def says(page: Page, words: str) -> None:
    """The main part, read as it is drawn: what stands below each other is not one word."""
    expect(page.locator("#content")).to_contain_text(words, use_inner_text=True)


def problem(status: int, name: str, **more: Any) -> dict[str, Any]:
    return {"type": f"/problems/{name}", "title": "…", "status": status, "detail": "…", "request_id": "JKJaXmPLvHcESHA="} | more


def failing(answer: dict[str, Any] | None) -> Callable[[Route], None]:
    """Every POST ends with this problem, or without an answer."""

    def fail(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
        elif answer is None:
            route.abort("internetdisconnected")
        else:
            headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "retry-after"}
            wait = {"Retry-After": "3"} if answer["status"] == 429 else {}
            route.fulfill(status=answer["status"], content_type="application/problem+json", body=json.dumps(answer), headers=headers | wait)

    return fail
