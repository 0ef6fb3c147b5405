"""The customers' page in a real browser, against the stack: access offered, its credentials seen once, and used in the agents' console."""

from __future__ import annotations

import json
import re
import time
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import samples
from browser import Visitor, accessible, chromium, fits, picture, visitor  # noqa: F401
from conftest import Customer, Stack
from desk import Desk
from desk import picture as desk_picture
from playwright.sync_api import Locator, Page, Route, expect
from test_consent_page import WORDS as PAGE_WORDS
from test_consent_page import press, shows

WORDS = {
    "en": {
        "e-mail": "E-mail", "password": "Password", "sign in": "Sign in", "sign out": "Sign out", "title": "Remote Assistance Access",
        "duration": "Duration", "eight": "8 hours", "fifteen": "15 minutes", "messages": "Allow to see messages", "talks": "Allow to see talks",
        "confirm": "Confirm", "shown": "The remote support access has been activated", "copy": "Copy to clipboard", "copied": "Copied",
        "once": "the credentials won’t be visible anymore", "share": "Share this information only with your support provider", "close": "Close",
        "active": "The remote support access is already active", "hidden": "What stays hidden Messages", "nobody": "Nobody yet",
        "revoke": "Revoke credentials", "regenerate": "Regenerate credentials", "cancel": "Cancel", "revoked": "The credentials are revoked.",
        "dead": "The old ones are good for nothing from then on", "labels": ["URL", "User Name", "Password", "Security code", "Timeout"],
        "module": "Support Grant", "user name": "User Name", "security code": "Security code", "beforehand": "The customer consented beforehand",
        "hidden from you": "Hidden from you Messages", "refused": "These credentials open nothing", "consent stage": "Customer’s consent",
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
        "revoked": "Las credenciales están revocadas.", "dead": "Las anteriores dejan de servir",
        "labels": ["URL", "Nombre de usuario", "Contraseña", "Código de seguridad", "Vence"],
        "module": "Acceso ofrecido", "user name": "Nombre de usuario", "security code": "Código de seguridad",
        "beforehand": "El cliente dio su consentimiento de antemano", "hidden from you": "Oculto para usted Mensajes",
        "refused": "Estas credenciales no abren nada", "consent stage": "Consentimiento del cliente",
    },
}  # fmt: skip

CREDENTIALS = ("user_name", "password", "security_code")
CLIPBOARD = ["clipboard-read", "clipboard-write"]
USER_NAME = r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}"
PASSWORD = r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){4}"

Come = Callable[..., Visitor]


class Home:
    """A customer before the page where he offers access."""

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
    assert re.fullmatch(USER_NAME, user_name) and re.fullmatch(PASSWORD, password) and re.fullmatch(r"\d{6}", code)
    return {"url": url, "user_name": user_name, "password": password, "security_code": code, "block": block}


def secrets_of(found: dict[str, str]) -> list[str]:
    return [found[name] for name in CREDENTIALS]


def kept_nowhere(page: Page, *secrets: str) -> None:
    stored = page.evaluate("JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie, history.state])")
    assert not [secret for secret in secrets if secret in stored]
    assert not [secret for secret in secrets if secret in page.url]


@pytest.fixture
def home(stack: Stack, visitor: Come) -> Callable[..., Home]:  # noqa: F811
    def come(language: str = "en", customer: Customer | None = None, **more: Any) -> Home:
        locale = {"en": "en-GB", "es": "es-CO"}[language]
        here = visitor(locale, **{"width": 1000, "height": 1000} | more, permissions=CLIPBOARD, reduced_motion="reduce")
        return Home(stack, here, customer or stack.new_customer(locale=language), language)

    return come


@pytest.fixture
def desk(stack: Stack, visitor: Come) -> Callable[..., Desk]:  # noqa: F811
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


@pytest.mark.parametrize("language", ["en", "es"])
def test_access_is_offered_and_used_and_revoked(stack: Stack, home: Callable[..., Home], desk: Callable[..., Desk], language: str) -> None:
    unique = uuid.uuid4().hex[:6]
    bakery = samples.ecosystem(f"eco-{unique}", "Panadería Núñez", "admin", "premium", "rcm")
    customer = stack.new_customer(name="Carla Núñez", locale=language, ecosystems=[bakery])
    here = home(language, customer)
    accessible(here.page)
    here.signed_in()
    expect(here.button("confirm")).to_be_visible()
    expect(here.page.locator("html")).to_have_attribute("lang", language)
    for name in ("messages", "talks"):
        expect(here.page.get_by_label(here.words[name])).not_to_be_checked()
    here.page.get_by_label(here.words["duration"]).click()
    expect(here.page.get_by_role("option")).to_have_count(7)
    here.page.get_by_role("option", name=here.words["eight"], exact=True).click()
    here.page.get_by_label(here.words["talks"]).check()
    accessible(here.page)

    here.press("confirm")
    here.shows("shown")
    if language == "en":
        picture(here.page, "remote-assistance-credentials")
    found = here.shown()
    assert found["url"] == f"{stack.settings.origin('console')}/#/support-grant"
    for words in ("share", "once"):
        here.shows(words)
    expect(here.page.get_by_role("timer")).to_have_text(re.compile(r"^(8:00:00|7:59:\d\d)$"))
    accessible(here.page)
    kept_nowhere(here.page, *secrets_of(found))
    here.press("close")
    here.shows("active")
    here.forgot(*secrets_of(found))
    says(here.page, here.words["hidden"])
    accessible(here.page)

    here.page.reload()
    here.shows("active")
    here.shows("nobody")
    says(here.page, here.words["hidden"])
    expect(here.page.get_by_role("timer")).to_have_text(re.compile(r"^(8:00:00|7:5\d:\d\d)$"))
    here.forgot(*secrets_of(found))

    email = stack.new_agent(name="Ana Rivas").email
    at = desk(language, email)
    agent = at.kept()["owner"]
    accessible(at.page)
    paste(at, found["block"], into=1)
    for field, value in zip(fields(at), secrets_of(found), strict=True):
        expect(field).to_have_value(value)
    at.press("start")
    at.stands_at("validation")
    assert "#/support-grant/" in at.page.url
    at.shows(at.words["beforehand"])
    says(at.page, at.words["hidden from you"])
    at.shows_nothing_of("Carla")
    at.shows_nothing_of(at.words["consent stage"])
    accessible(at.page)
    kept_nowhere(at.page, *secrets_of(found))
    number = stack.inbox.last_number()
    at.press("send own")
    expect(at.field("own code")).to_be_focused()
    at.enter("own code", stack.inbox.wait(email, after=number).code)
    at.stands_at("beforehand")
    at.shows("Carla Núñez")
    at.page.reload()
    at.stands_at("beforehand")
    accessible(at.page)
    desk_picture(at.page, "support-grant", language)
    at.press("start session")
    at.stands_at("session")
    assert at.environments() == ["Waizant Store", "Waizant Web", "Waizant App", "Waizant RCM"]
    accessible(at.page)
    with at.visitor.context.expect_page() as opened:
        at.page.get_by_role("link", name="Waizant Web").click()
    expect(opened.value.get_by_role("heading", name="Talks")).to_be_visible()
    expect(opened.value.get_by_role("heading", name="Messages")).to_have_count(0)
    opened.value.close()
    at.visitor.kept_quiet(*secrets_of(found))
    kept_nowhere(at.page, *secrets_of(found))
    assert agent == at.kept()["owner"]

    expect(here.page.locator("#content")).to_contain_text("Ana Rivas", timeout=20_000)
    here.confirmed("revoke")
    here.shows("revoked")
    expect(here.button("confirm")).to_be_visible()
    accessible(here.page)
    at.shows(at.words["another"])
    at.page.get_by_role("link", name=at.words["mine"]).first.click()
    at.stands_at("mine")
    at.page.get_by_role("link", name=at.words["details"]).first.click()
    at.shows(at.words["beforehand"])
    assert [line for line in here.visitor.console if "status of 404" not in line] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_regenerated_credentials_kill_the_old_ones(stack: Stack, home: Callable[..., Home], desk: Callable[..., Desk], language: str) -> None:
    here = home(language).signed_in()
    old = here.offered()
    here.press("close")
    here.press("regenerate")
    expect(here.page.get_by_role("dialog")).to_contain_text(here.words["dead"])
    accessible(here.page)
    here.page.get_by_role("dialog").get_by_role("button", name=here.words["cancel"], exact=True).click()
    expect(here.page.get_by_role("dialog")).to_have_count(0)
    expect(here.button("regenerate")).to_be_focused()
    here.confirmed("regenerate")
    new = here.shown()
    assert not set(secrets_of(old)[:2]) & set(secrets_of(new))
    kept_nowhere(here.page, *secrets_of(new))

    at = desk(language)
    redeem(at, old)
    at.shows(at.words["refused"])
    accessible(at.page)
    expect(fields(at)[0]).to_have_value(old["user_name"])
    redeem(at, new)
    at.stands_at("validation")


def test_who_has_several_ecosystems_chooses_one(stack: Stack, home: Callable[..., Home]) -> None:
    unique = uuid.uuid4().hex[:6]
    two = [samples.ecosystem(f"{name}-{unique}", name.title(), "admin", "premium") for name in ("north", "south")]
    here = home(customer=stack.new_customer(ecosystems=two)).signed_in()
    here.press("confirm")
    here.shows("Choose an ecosystem.")
    accessible(here.page)
    assert "support-grant" not in here.visitor.posted()
    here.page.get_by_role("radio", name="South").check()
    here.offered()
    here.press("close")
    says(here.page, "Ecosystem South")


def test_who_has_nothing_to_open_is_told(stack: Stack, home: Callable[..., Home]) -> None:
    here = home(customer=stack.new_customer(ecosystems=[])).signed_in()
    here.shows("There is nothing to give access to")
    accessible(here.page)
    expect(here.button("confirm")).to_have_count(0)


def test_a_second_tab_finds_out_that_access_is_active(stack: Stack, home: Callable[..., Home]) -> None:
    customer = stack.new_customer()
    first, second = home(customer=customer).signed_in(), home(customer=customer).signed_in()
    expect(second.button("confirm")).to_be_visible()
    first.offered()
    second.press("confirm")
    second.shows("Access was active already")
    second.shows("active")
    accessible(second.page)
    first.press("close")
    second.confirmed("revoke")
    second.shows("revoked")
    first.confirmed("revoke")
    first.shows("No access is active any more")
    expect(first.button("confirm")).to_be_visible()


def test_the_end_is_seen_without_a_reload(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()
    here.offered()
    token = stack.sign_in("Customer", here.customer.email)["AccessToken"]
    soon = here.page.evaluate("new Date(Date.now() + 9000).toISOString()")
    ending = stack.api.get("/support-grant", token=token).json | {"expires_at": soon}
    with_cors = {"Access-Control-Allow-Origin": "*"}
    here.page.route("**/support-grant", lambda route: route.fulfill(json=ending, headers=with_cors) if route.request.method == "GET" else route.fallback())
    looked = time.monotonic()
    here.press("close")
    here.shows("active")
    expect(here.page.get_by_role("timer")).to_have_text(re.compile(r"^0:0[1-9]$"))
    here.page.unroute("**/support-grant")
    assert stack.api.call("DELETE", "/support-grant", token=token).status == 204
    # Sooner than it would look by itself, which is after 15 seconds.
    expect(here.button("confirm")).to_be_visible(timeout=(looked + 14 - time.monotonic()) * 1000)


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


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (problem(503, "unavailable"), "The service could not finish this"),
        (problem(403, "not-allowed"), "You cannot give access"),
        (problem(409, "conflict"), "It was changed at the same moment"),
        (problem(422, "environment-refused"), "Nothing can be opened there"),
        (problem(429, "too-many-requests"), "You can try again in 0:"),
        (None, "No connection"),
    ],
)
def test_what_fails_says_what_to_do_and_can_be_repeated(stack: Stack, home: Callable[..., Home], answer: dict[str, Any] | None, words: str) -> None:
    here = home().signed_in()

    here.page.route("**/support-grant", failing(answer))
    here.press("confirm")
    here.shows(words)
    accessible(here.page)
    here.page.unroute("**/support-grant")
    here.offered()


def test_an_answer_that_was_lost_leaves_access_active_and_says_so(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        token = route.request.headers["authorization"].removeprefix("Bearer ")
        assert stack.api.post("/support-grant", route.request.post_data_json, token=token).status == 201
        return route.abort("connectionreset")

    here.page.route("**/support-grant", lose)
    here.press("confirm")
    here.shows("No connection")
    here.shows("active")
    here.confirmed("regenerate")
    here.shown()


def test_it_begins_again_where_it_could_not_be_read(stack: Stack, home: Callable[..., Home]) -> None:
    here = home()
    here.page.route("**/support-grant", lambda route: route.fulfill(status=503, json={}, headers={"Access-Control-Allow-Origin": "*"}))
    here.signed_in()
    here.shows("The service could not finish this")
    accessible(here.page)
    here.page.unroute("**/support-grant")
    here.page.get_by_role("button", name="Try again").click()
    expect(here.button("confirm")).to_be_visible()


def test_signing_out_leaves_nothing(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()
    here.offered()
    here.press("close")
    here.shows("active")
    assert all(key.startswith("customer/") or key == "clock" for key in here.page.evaluate("Object.keys(sessionStorage)"))
    here.page.evaluate("sessionStorage.setItem('sign-in', 'an agent’s')")
    here.page.get_by_role("button", name=f"Account: {here.customer.name}").click()
    here.page.get_by_role("menuitem", name=here.words["sign out"]).click()
    expect(here.button("sign in")).to_be_visible()
    assert set(here.page.evaluate("Object.keys(sessionStorage)")) == {"clock", "sign-in"}, "of the customer's nothing stays, of an agent's all"
    here.page.evaluate("sessionStorage.removeItem('sign-in')")
    here.signed_in()
    here.shows("active")


def test_a_sign_in_that_has_ended_comes_back(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()
    here.offered()
    kept = here.page.evaluate("JSON.parse(sessionStorage.getItem('customer/sign-in'))")
    stack.aws("cognito-idp").revoke_token(Token=kept["refresh"], ClientId=stack.facts["CustomerClientId"])
    here.page.evaluate("kept => sessionStorage.setItem('customer/sign-in', JSON.stringify(kept))", kept | {"access": kept["access"][:-8] + "AAAAAAAA"})
    here.page.reload()
    here.shows("Your sign-in has ended")
    accessible(here.page)
    here.signed_in()
    here.shows("active")


def test_a_wrong_password_is_told(stack: Stack, home: Callable[..., Home]) -> None:
    here = home()
    here.page.get_by_label(here.words["e-mail"]).fill(here.customer.email)
    here.page.get_by_label(here.words["password"]).fill("Not-the-one-1")
    here.press("sign in")
    here.shows("That did not sign you in")
    expect(here.page.get_by_text("administrator")).to_have_count(0)
    expect(here.page.get_by_role("link", name="Forgot password?")).to_have_count(0)


def test_a_first_password_is_changed(stack: Stack, home: Callable[..., Home]) -> None:
    here = home(customer=stack.new_customer(sign_in="must-change-password"))
    pool, sub = stack.facts["CustomerPoolId"], here.customer.sub
    stack.aws("cognito-idp").admin_set_user_password(UserPoolId=pool, Username=sub, Password="Temporary-1", Permanent=False)
    here.page.get_by_label(here.words["e-mail"]).fill(here.customer.email)
    here.page.get_by_label(here.words["password"]).fill("Temporary-1")
    here.press("sign in")
    here.page.get_by_label("New password").first.fill("Chosen-by-me-1")
    here.page.get_by_label("Confirm new password").fill("Chosen-by-me-1")
    accessible(here.page)
    here.page.get_by_role("button", name="Save and sign in").click()
    here.offered()
    here.visitor.kept_quiet("Chosen-by-me-1")


def test_a_stack_that_does_not_sign_customers_in_says_so(stack: Stack, visitor: Come) -> None:  # noqa: F811
    here = visitor()

    with urllib.request.urlopen(f"{stack.settings.origin('console')}/config.json") as answer:
        config = {name: value for name, value in json.load(answer).items() if not name.startswith("customer")}
    here.context.route("**/config.json", lambda route: route.fulfill(json=config))
    page = here.open(f"{stack.settings.origin('console')}/remote-assistance.html")
    expect(page.get_by_text("Remote assistance is not set up here")).to_be_visible()
    accessible(page)
    page.goto(stack.settings.origin("console"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_fits_a_narrow_window_and_is_worked_by_the_keyboard(stack: Stack, home: Callable[..., Home], language: str) -> None:
    long = samples.ecosystem(f"eco-{uuid.uuid4().hex[:6]}", "Donaudampfschifffahrtsgesellschaft" * 2, "admin", "premium")
    here = home(language, stack.new_customer(ecosystems=[long]), width=320, height=568)
    keyboard = here.page.keyboard

    def good() -> None:
        fits(here.page)
        accessible(here.page)

    good()
    expect(here.page.get_by_label(here.words["e-mail"])).to_be_focused()
    keyboard.type(here.customer.email)
    keyboard.press("Tab")
    keyboard.type(samples.PASSWORD)
    keyboard.press("Enter")
    expect(here.button("confirm")).to_be_visible()
    good()
    here.page.get_by_label(here.words["duration"]).focus()
    keyboard.press("Tab")
    expect(here.page.get_by_label(here.words["messages"])).to_be_focused()
    keyboard.press("Space")
    expect(here.page.get_by_label(here.words["messages"])).to_be_checked()
    here.button("confirm").focus()
    keyboard.press("Enter")
    here.shows("shown")
    # The button is gone; the focus goes on from the heading of what took its place.
    expect(here.page.locator(".stage h2")).to_be_focused()
    good()
    here.button("close").focus()
    keyboard.press("Enter")
    here.shows("active")
    expect(here.page.locator(".stage h2")).to_be_focused()
    good()
    here.button("revoke").focus()
    keyboard.press("Enter")
    good()
    keyboard.press("Escape")
    expect(here.button("revoke")).to_be_focused()


def test_what_is_no_set_of_credentials_is_pasted_as_it_is(stack: Stack, desk: Callable[..., Desk]) -> None:
    at = desk()
    at.press("start")
    at.shows("Enter the user name that the customer gave you.")
    at.shows("Enter the password that the customer gave you.")
    at.shows("A code has exactly six digits.")
    accessible(at.page)
    assert "support-grant/redeem" not in at.visitor.posted()
    paste(at, "7kqm-x2vd-9fhr-wc4t")
    expect(fields(at)[0]).to_have_value("7kqm-x2vd-9fhr-wc4t")
    expect(fields(at)[1]).to_have_value("")


@pytest.mark.parametrize(
    "text",
    [
        "User Name: 7kqm-x2vd-9fhr-wc4t\r\nPassword: m3wz-8yqk-tc5h-vr2x-9dnf\r\nSecurity code: 048213\r\n",
        "Ticket 123456\n> Contraseña: m3wz–8yqk–tc5h–vr2x–9dnf\n> Nombre de usuario: 7KQM-X2VD-9FHR-WC4T\n> Código de seguridad: 048213.\n> Vence: 24 ago 2026, 20:41:36",
        "7kqm-x2vd-9fhr-wc4t m3wz-8yqk-tc5h-vr2x-9dnf 048213",
    ],
)
@pytest.mark.parametrize("into", [0, 1, 2])
def test_a_pasted_set_fills_all_three_fields(stack: Stack, desk: Callable[..., Desk], text: str, into: int) -> None:
    at = desk()
    paste(at, text, into)
    for field, value in zip(fields(at), ("7kqm-x2vd-9fhr-wc4t", "m3wz-8yqk-tc5h-vr2x-9dnf", "048213"), strict=True):
        expect(field).to_have_value(value)
    at.visitor.kept_quiet("m3wz-8yqk-tc5h-vr2x-9dnf")


def test_one_verification_at_a_time_and_where_it_is(stack: Stack, home: Callable[..., Home], desk: Callable[..., Desk]) -> None:
    found = home().signed_in().offered()
    at = desk()
    redeem(at, found)
    at.stands_at("validation")
    at.page.get_by_role("link", name=at.words["module"]).last.click()
    expect(fields(at)[0]).to_have_value("")
    redeem(at, found)
    at.shows("A verification with these credentials is open")
    accessible(at.page)
    at.page.locator("#content").get_by_role("link", name=at.words["mine"]).click()
    at.stands_at("mine")
    at.page.get_by_role("link", name=at.words["details"]).first.click()
    at.stands_at("validation")
    at.cancel("Begun twice")
    at.stands_at("cancelled")
    at.page.get_by_role("link", name=at.words["another"]).click()
    redeem(at, found)
    at.stands_at("validation")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (problem(400, "invalid-request", errors=[{"field": "password", "detail": "too long"}]), "Enter the password that the customer gave you."),
        (problem(409, "conflict"), "Somebody changed it at the same moment"),
        (problem(403, "not-allowed"), "This is not allowed"),
        (None, "No connection"),
    ],
)
def test_a_failed_redeem_says_what_to_do_and_can_be_repeated(
    stack: Stack, home: Callable[..., Home], desk: Callable[..., Desk], answer: dict[str, Any] | None, words: str
) -> None:
    found = home().signed_in().offered()
    at = desk()
    at.page.route("**/support-grant/redeem", failing(answer))
    redeem(at, found)
    at.shows(words)
    accessible(at.page)
    at.page.unroute("**/support-grant/redeem")
    at.press("start")
    at.stands_at("validation")


def test_a_grant_that_ends_too_soon_for_a_session_says_so(stack: Stack, home: Callable[..., Home], desk: Callable[..., Desk]) -> None:
    found = home().signed_in().offered()
    agent = stack.new_agent()
    at = desk(email=agent.email)
    redeem(at, found)
    at.stands_at("validation")
    number = stack.inbox.last_number()
    at.press("send own")
    at.enter("own code", stack.inbox.wait(agent.email, after=number).code)
    at.stands_at("beforehand")
    at.page.route("**/session", failing(problem(422, "grant-refused")))
    at.press("start session")
    at.shows("ends too soon for a session")
    accessible(at.page)
    at.cancel("Too late")
    at.stands_at("cancelled")


def test_wrong_ones_lock_the_user_name_for_a_while(stack: Stack, desk: Callable[..., Desk]) -> None:
    wrong = {"block": f"{''.join('abcdefgh'[int(d, 16) % 8] for d in uuid.uuid4().hex[:16])}"}
    groups = re.findall("....", wrong["block"])
    wrong["block"] = f"{'-'.join(groups)} m3wz-8yqk-tc5h-vr2x-9dnf 048213"
    at = desk()
    for _ in range(5):
        with at.page.expect_response("**/support-grant/redeem") as answer:
            redeem(at, wrong)
        assert answer.value.status == 422
    at.shows("These credentials open nothing")
    redeem(at, wrong)
    at.shows("Too many requests")
    at.shows(re.compile(r"You can try again in 1[45]:\d\d"))
    expect(at.button("start")).to_be_disabled()
    accessible(at.page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_consent_page_ends_a_session_that_nobody_had_to_ask_for(stack: Stack, visitor: Come, language: str) -> None:  # noqa: F811
    """There is no matching number to show: the link comes with the mail that tells of the session."""
    customer, agent = stack.new_customer(locale=language), stack.new_agent(name="Ana Rivas")
    token = stack.sign_in("Customer", customer.email)["AccessToken"]
    terms = {"duration_minutes": 60, "allow_messages": False, "allow_talks": False, "ecosystem": customer.ecosystem}
    made = stack.api.post("/support-grant", terms, token=token).json
    journey = stack.journey(agent, customer)
    journey.id = stack.api.post("/support-grant/redeem", {name: made[name] for name in CREDENTIALS}, token=agent.token).json["id"]
    assert journey.send_to_agent().status == 202
    assert journey.enter_as_agent().json["status"] == "consented"
    seen_so_far = stack.inbox.last_number()
    assert journey.issue().status == 201
    mail = stack.inbox.wait(customer.email, after=seen_so_far)
    assert stack.api.post("/consent/view", {"token": mail.token}).json["match_number"] is None

    here = visitor(f"{language}-{language.upper()}", width=320)
    page = here.open(mail.link)
    accessible(page)
    press(page, PAGE_WORDS[language]["see"])
    shows(page, PAGE_WORDS[language]["in"])
    expect(page.locator("main")).not_to_contain_text("null")
    expect(page.locator("#left")).to_have_text(re.compile(r"^(5:00|4:\d\d)$"))
    accessible(page)
    fits(page)
    page.reload()
    shows(page, PAGE_WORDS[language]["in"])
    press(page, PAGE_WORDS[language]["end"])
    shows(page, PAGE_WORDS[language]["ended"])
    assert journey.read().json["outcome"] == "ended"
    assert here.console == []
