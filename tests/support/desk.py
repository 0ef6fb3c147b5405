"""The agents' console as somebody who sits before it: what stands on its screens in both languages, and how they are worked."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from samples import PASSWORD
from settings import ROOT
from support.browser import Visitor
from support.journey import Journey
from support.stack import Stack

WORDS = {
    "en": {
        "e-mail": "Email address", "password": "Password", "sign in": "Sign in", "sign out": "Sign out", "account": "Account",
        "new password": "New password", "again": "Confirm new password", "save": "Save and sign in",
        "assistance": "Technical Assistance", "user email": "User email", "ticket": "Ticket", "start": "Start Verification Process",
        "validation": "Internal Validation", "send own": "Start Verification", "own code": "Your code", "verify": "Verify code",
        "choose": "Choose an ecosystem", "send": "Send verification code", "resend": "Resend",
        "consent": "Customer’s authorization", "code": "Code that the customer reads to you", "given": "The customer has given their authorization",
        "customer waits": "Customer, on the page: waiting", "customer entered": "Customer, on the page: entered",
        "agent waits": "You, here: waiting", "agent entered": "You, here: entered",
        "start session": "Start session", "session": "Session", "back": "Back to the environments",
        "cancel": "Cancel process", "reason": "Why are you cancelling it?", "ok": "OK", "needed": "Enter a reason.",
        "completed": "The session is over", "ended": "The customer ended the session", "cancelled": "You cancelled the process",
        "end session": "End session", "end process": "End process", "finished": "You ended the process",
        "denied": "The customer refused", "expired": "The verification expired", "locked": "The verification is locked",
        "another": "Start another", "mine": "My verifications", "all": "Verifications", "details": "See details", "record": "Record",
        "four left": "4 attempts are left", "home": "Opens on the home page.", "my ecosystem": "Opens on My Ecosystem.",
        "rcm dashboard": "Opens on the RCM dashboard.", "forgot": "Forgot password?", "reset": "Reset your password",
        "back to sign-in": "Back to sign-in", "send code": "Send code",
        "reset code": "Write your password reset code", "save new": "Save new password", "changed": "Your password has been changed",
        "ecosystem admin": "Ecosystem Admin", "activity": "Activity", "show activity": "Show activity", "role": "Successor",
        "a step": "Step of this verification", "four": "4 attempts left", "entry in": "You have entered the code.",
        "code expired": "The code has expired. Request a new one.", "if not entered": "if you don’t enter the code.",
        "customer": "Customer’s email address", "no address": "Enter an email address", "further": "Search further",
        "none yet": "Nothing found so far", "if Tom is idle": "if Tom Prieto does nothing.",
        "masked yet": "The name and all other data are shown once the agent is verified.", "agent is verified": "The agent is verified.",
        "you are verified": "You are verified", "can be started": "The customer has given their authorization. The session can be started.",
    },
    "es": {
        "e-mail": "Correo electrónico", "password": "Contraseña", "sign in": "Iniciar sesión", "sign out": "Cerrar sesión", "account": "Cuenta",
        "new password": "Nueva contraseña", "again": "Confirmar nueva contraseña", "save": "Guardar e iniciar sesión",
        "assistance": "Asistencia técnica", "user email": "Correo electrónico del cliente", "ticket": "Ticket",
        "start": "Iniciar proceso de verificación",
        "validation": "Validación interna", "send own": "Iniciar verificación", "own code": "Su código", "verify": "Verificar código",
        "choose": "Elija un ecosistema", "send": "Enviar código de verificación", "resend": "Reenviar",
        "consent": "Autorización del cliente", "code": "Código que le lee el cliente", "given": "El cliente dio su autorización",
        "customer waits": "El cliente, en la página: en espera", "customer entered": "El cliente, en la página: ingresado",
        "agent waits": "Usted, aquí: en espera", "agent entered": "Usted, aquí: ingresado",
        "start session": "Iniciar sesión de soporte", "session": "Sesión", "back": "Volver a los entornos",
        "cancel": "Cancelar proceso", "reason": "¿Por qué la cancela?", "ok": "OK", "needed": "Ingrese un motivo.",
        "completed": "La sesión terminó", "ended": "El cliente terminó la sesión", "cancelled": "Usted canceló el proceso",
        "end session": "Terminar sesión", "end process": "Terminar proceso", "finished": "Usted terminó el proceso",
        "denied": "El cliente rechazó la solicitud", "expired": "La verificación venció", "locked": "La verificación está bloqueada",
        "another": "Iniciar otra", "mine": "Mis verificaciones", "all": "Verificaciones", "details": "Ver detalles", "record": "Registro",
        "four left": "Quedan 4 intentos", "home": "Abre en la página de inicio.", "my ecosystem": "Abre en Mi ecosistema.",
        "rcm dashboard": "Abre en el panel de RCM.", "forgot": "¿Olvidó su contraseña?", "reset": "Restablecer su contraseña",
        "back to sign-in": "Volver al inicio de sesión", "send code": "Enviar código",
        "reset code": "Escriba su código para restablecer la contraseña", "save new": "Guardar la nueva contraseña",
        "changed": "Su contraseña se cambió",
        "ecosystem admin": "Administración de ecosistemas", "activity": "Actividad", "show activity": "Ver actividad", "role": "Sucesor",
        "a step": "Paso de esta verificación", "four": "Quedan 4 intentos", "entry in": "Usted ya ingresó el código.",
        "code expired": "El código venció. Pida uno nuevo.", "if not entered": "si usted no ingresa el código.",
        "customer": "Correo electrónico del cliente", "no address": "Ingrese una dirección de correo", "further": "Seguir buscando",
        "none yet": "Hasta aquí no se encontró nada", "if Tom is idle": "si Tom Prieto no hace nada.",
        "masked yet": "se muestran cuando se completa la validación del agente.", "agent is verified": "La validación del agente está completa.",
        "you are verified": "Su validación está completa", "can be started": "El cliente dio su autorización. Se puede iniciar la sesión.",
    },
}  # fmt: skip


class Desk:
    """An agent at the console, in a browser of their own."""

    def __init__(self, stack: Stack, visitor: Visitor, language: str = "en") -> None:
        self.stack, self.visitor, self.words = stack, visitor, WORDS[language]
        self.page: Page = visitor.open(stack.settings.origin("console"))

    def follow(self, name: str, to: str) -> None:
        """A link, until the screen with the heading `to` is there: the one before it may have fields of the same names."""
        self.page.get_by_role("link", name=self.words[name]).first.click()
        self.stands_at(to)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=self.words[name], exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def field(self, name: str) -> Locator:
        return self.page.get_by_label(self.words[name])

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=self.words[name], exact=True)

    def stands_at(self, name: str) -> None:
        """The screen with this heading is shown; it takes as long as the console takes to look, which is up to half a minute."""
        expect(self.heading(name).first).to_be_visible()

    def shows(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("#content")).to_contain_text(text)

    def shows_nothing_of(self, text: str) -> None:
        expect(self.page.locator("#content")).not_to_contain_text(text)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.stands_at("sign in")
        self.field("e-mail").fill(email)
        self.field("password").fill(password)
        self.press("sign in")

    def go_to(self, journey: Journey) -> None:
        """To a verification that is there already."""
        module = journey.look_up.get("module", "technical-assistance")
        self.page.evaluate("to => { location.hash = to }", f"#/{module}/{journey.id}")
        expect(self.page.locator(".stage")).to_be_visible()

    def enter(self, label: str, code: str) -> None:
        self.field(label).fill(code)
        self.press("verify")

    def cancel(self, reason: str) -> None:
        self.press("cancel")
        self.field("reason").fill(reason)
        self.press("ok")

    def environments(self) -> list[str]:
        """The environments that have a button, by its name, in their order."""
        buttons = self.page.locator(".stage").get_by_role("link", name=re.compile("^Waizant "))
        expect(buttons.first).to_be_visible()
        return [re.findall(r"Waizant \w+", each)[0] for each in buttons.all_inner_texts()]

    def kept(self) -> dict[str, Any]:
        """What the tab's own storage holds."""
        found = self.page.evaluate("Object.fromEntries(Object.entries(sessionStorage))")
        return {key: json.loads(value) for key, value in found.items()}

    def handoffs(self) -> dict[str, str]:
        """The handoffs' addresses by their environments, as kept for a reload."""
        (kept,) = [value for key, value in self.kept().items() if key.startswith("handoffs/")]
        return {handoff["environment"]: handoff["url"] for handoff in kept["handoffs"] if "url" in handoff}

    def secrets(self) -> list[str]:
        """All that must not be seen outside this tab."""
        kept = self.kept()
        handoffs = [url.partition("#handoff=")[2] for key in kept if key.startswith("handoffs/") for url in self.handoffs().values()]
        return [kept["sign-in"]["access"], kept["sign-in"]["refresh"], *handoffs]


def picture(page: Page, name: str, language: str = "en") -> None:
    """With PICTURES=docs/images, a picture of the page as it is now, for the documentation: in Spanish of the main screens alone."""
    directory = os.environ.get("PICTURES")
    if directory is None or (language == "es" and name not in ("ecosystem", "consent", "session")):
        return
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    file = f"console-{name}.png" if language == "en" else f"console-{name}-{language}.png"
    page.screenshot(path=Path(ROOT, directory, file), animations="disabled", caret="hide")
