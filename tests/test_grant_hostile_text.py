"""Hostile text in credentials and names, and what credentials are made of."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from samples import ecosystem
from support.emails import HOSTILE, assert_readable, links
from support.grant_answers import unknown
from support.grants import CREDENTIALS, offered, redeem
from support.patience import wait_until
from support.stack import Stack
from support.sweep import sweep

pytestmark = pytest.mark.usefixtures("schedule")


TYPED = ["", " ", "x" * 64, "x" * 65, "\0", "a\r\nBcc: thief@example.com", "' OR '1'='1", "{{7*7}}", "<script>alert(1)</script>", "../S#x",
    "é" * 64, "🙂" * 64, "🙂" * 65, "\u202exyz", "S#{}", "%00", "$ne", "ｋqm", "K\u0130", "\ufeff", "-" * 64, "\u2010" * 5, "\u2028"]  # fmt: skip


def test_hostile_credentials_open_store_and_log_nothing(stack: Stack, started_at: float) -> None:  # P24
    canary = f"canary{uuid.uuid4().hex[:8]}"
    offer, ids = offered(stack), []
    for name in ("user_name", "password"):
        agent = stack.new_agent()
        for typed in [*TYPED, canary, canary.upper(), f"{canary}\r\n", f"-{canary}-"]:
            answer = redeem(stack, agent, unknown() | {name: typed})
            # Too many spaces and hyphens make one and the same name, which is locked in the end.
            assert answer.status == (422 if 1 <= len(typed) <= 64 else 400) or (name == "user_name" and answer.status == 429), typed
            assert canary not in answer.body.decode()
            ids.append(answer.json["request_id"])
    for typed in ("", "12345", "1234567", "١٢٣٤٥٦", "12345a", "+12345", canary, 123456, None, ["123456"]):
        assert redeem(stack, agent, unknown() | {"security_code": typed}).status == 400
    # Neither a field too many, nor one twice, nor the fields of somebody else's route.
    for raw in (
        json.dumps(offer.credentials | {"email": offer.customer.email}),
        json.dumps(offer.credentials)[:-1] + f', "password": "{canary}"}}',
        json.dumps([offer.credentials]),
        json.dumps({name: offer.credentials[name] for name in CREDENTIALS[:2]}),
    ):
        assert stack.api.post("/support-grant/redeem", raw=raw.encode(), token=agent.token).status == 400
    assert offer.entries() == 0
    assert canary not in json.dumps(stack.items(), default=repr).lower()
    assert canary not in "\n".join(stack.logs(started_at)).lower()
    assert redeem(stack, agent, offer.credentials).status == 201


def test_what_the_credentials_are_made_of(stack: Stack) -> None:
    shown = []
    for _ in range(3):
        offer = offered(stack)
        shown.append(dict(offer.shown))
        for _ in range(4):
            assert offer.regenerate().status == 200
            shown.append(dict(offer.shown))
    for each in shown:
        assert re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}", each["user_name"])
        assert re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){4}", each["password"])
        assert re.fullmatch(r"\d{6}", each["security_code"])
    for name in CREDENTIALS:
        assert len({each[name] for each in shown}) >= len(shown) - 1


@pytest.mark.parametrize("locale", ["en", "es"])
def test_hostile_names_stay_words_in_every_mail(stack: Stack, locale: str) -> None:  # P24, P30
    customer = stack.new_customer(
        name=HOSTILE, locale=locale, ecosystems=[ecosystem(f"eco-{uuid.uuid4().hex[:8]}", HOSTILE, "admin", "premium", "rcm")]
    )
    offer = offered(stack, customer=customer)
    offer.journey(stack.new_agent(name=HOSTILE)).through_session()
    assert offer.regenerate().status == 200
    assert offer.revoke().status == 204
    sweep(stack)
    wait_until(lambda: len(offer.mails()) >= 6, "not six emails")
    found = offer.mails()
    pages = (stack.facts["parameters"]["ConsentPageUrl"], stack.facts["parameters"]["ConsoleOrigin"])
    assert len(found) == 6
    for mail in found:
        assert mail.message.keys().count("Subject") == 1
        assert mail.message["Bcc"] is None
        assert mail.message["Cc"] is None
        assert not re.search(r"[\r\n\u202e]", mail.subject)
        assert not re.search(r"<(script|img)\b", mail.html, re.IGNORECASE), mail.html
        assert "\u202e" not in mail.text + mail.html
        assert all(link.startswith(pages) for link in links(mail)), links(mail)
        assert_readable(mail, locale)
