"""Which emails a customer with a support grant was sent."""

from __future__ import annotations

from client import Mail
from support.grants import Offer
from support.patience import wait_until


def kind(mail: Mail) -> str:
    """Which email it is, by its subject, in either language."""
    for about, subjects in {
        "created": ("was activated", "se activó"),
        "renewed": ("credentials were replaced", "se reemplazaron"),
        "used": ("entered your remote assistance credentials", "ingresó sus credenciales"),
        "started": ("started a session", "inició una sesión"),
        "session over": ("support session in your account has ended", "terminó la sesión de soporte"),
        "no session": ("did not enter your account this time", "no entró esta vez a su cuenta"),
        "locked": ("an attempt to enter your account was blocked", "bloqueó un intento"),
        "revoked": ("access in your account was revoked", "se revocó"),
        "expired": ("access in your account has expired", "venció el acceso"),
    }.items():
        if any(subject in mail.subject for subject in subjects):
            return about
    raise AssertionError(f"an email of no known kind: {mail.subject}")


def told(offer: Offer, about: str, after: int = 0) -> Mail:
    """The one email of this kind."""
    (mail,) = wait_until(lambda: [mail for mail in offer.mails(after) if kind(mail) == about], f"no email: {about}")
    return mail


def kinds(offer: Offer, after: int = 0) -> list[str]:
    """What the customer was told so far, in order."""
    offer.stack.delivered()
    return [kind(mail) for mail in offer.mails(after)]
