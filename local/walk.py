"""Walks through the whole process against the running stack, and shows each request, answer and email on the way.

It plays every part in turn: the agent at the console, the customer with the inbox and the consent page, an environment.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import count
from typing import Any

import emulator
from client import Api, Inbox, Mail, decode, sign_in
from samples import AGENTS, CUSTOMERS, PASSWORD
from settings import Settings
from terminal import Failed

AGENT, CUSTOMER = AGENTS[0], CUSTOMERS[0]


def walk(settings: Settings) -> int:
    if emulator.running(settings) is None or not settings.facts_file.is_file():
        raise Failed("No stack is running: `make up` starts one in the background, `make run` in another terminal.")
    facts = settings.facts()
    steps = Walk(facts)
    ecosystem = CUSTOMER.ecosystems[0]["id"]

    steps.title(f"The agent, {AGENT.name}, signs in to the console (Cognito, not this API)")
    agent = sign_in(facts, "Agent", AGENT.email, PASSWORD)["AccessToken"]
    steps.show(decode(agent))

    steps.title(f"The agent looks up the customer who is calling, {CUSTOMER.name}")
    verification = steps.post("/verifications", {"email": CUSTOMER.email, "ticket": "WZ-1042"}, 201, agent)
    path = f"/verifications/{verification['id']}"

    steps.title("The agent authenticates with a code from the agent's mailbox")
    steps.post(f"{path}/mfa", {"to": "agent"}, 202, agent)
    code = steps.mail(AGENT.email).code
    steps.post(f"{path}/code", {"from": "agent", "code": code}, 200, agent)

    steps.title(f"The agent asks for the customer's consent to {CUSTOMER.ecosystems[0]['name']}")
    steps.post(f"{path}/mfa", {"to": "customer", "ecosystem": ecosystem}, 202, agent)
    mail = steps.mail(CUSTOMER.email)
    code = mail.code

    if facts["parameters"]["ConsentMode"] == "both":
        steps.title("The customer opens the link, compares the verification number that the agent reads out, and enters the code")
        steps.post("/consent/view", {"token": mail.token}, 200)
        answer = {"token": mail.token, "decision": "allow", "code": code, "ecosystem": ecosystem}
        steps.post("/consent/answer", answer, 200)

    steps.title("The customer reads the code out, and the agent enters it")
    steps.post(f"{path}/code", {"from": "customer", "code": code}, 200, agent)

    steps.title("The agent starts the session")
    verification = steps.post(f"{path}/session", {}, 201, agent)
    handoffs = {handoff["environment"]: handoff for handoff in verification["session"]["handoffs"]}

    steps.title("The agent opens Web: its page redeems the handoff, and is signed in as the customer")
    handoff = handoffs["web"]["url"].partition("#handoff=")[2]
    session = steps.post("/handoffs/redeem", {"handoff": handoff, "environment": "web"}, 200)

    steps.title("The complete record")
    steps.get(path, agent)

    steps.title("The session's access token: for the customer's account, naming the agent, for five minutes, without a refresh token")
    claims = decode(session["access_token"])
    steps.show(claims)
    print(f"\n  sub {claims['sub']} is {CUSTOMER.name}; act.sub {claims['act']['sub']} is {AGENT.name};")
    print(f"  it is valid for {claims['exp'] - claims['iat']} seconds.")

    steps.title("The App's handoff, for a phone")
    print(drawn(handoffs["app"]["qr_svg"]))
    print(f"  {handoffs['app']['url']}")
    return 0


class Walk:
    """Makes the calls, and shows each with its answer. Stops at the first unexpected answer."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.api = Api(facts)
        self.inbox = Inbox(facts)
        self.seen = self.inbox.last_number()
        self.numbers = count(1)

    def title(self, text: str) -> None:
        print(f"\n{next(self.numbers)}. {text}\n")

    def post(self, path: str, body: dict[str, Any], expected: int, token: str | None = None) -> dict[str, Any]:
        return self._call("POST", path, body, expected, token)

    def get(self, path: str, token: str) -> dict[str, Any]:
        return self._call("GET", path, None, 200, token)

    def mail(self, to: str) -> Mail:
        """Returns the email to this address that arrived since the last one shown."""
        mail = self.inbox.wait(to, after=self.seen)
        self.seen = mail.number
        print(f"  EMAIL {mail.number}  to {mail.to}: {mail.subject}\n")
        print("\n".join(f"  | {line}" for line in mail.text.strip().splitlines()) + "\n")
        return mail

    def show(self, value: Any) -> None:
        print("\n".join(f"  {line}" for line in json.dumps(value, indent=2, ensure_ascii=False).splitlines()))

    def _call(self, method: str, path: str, body: Any, expected: int, token: str | None) -> dict[str, Any]:
        print(f"  {method} {path}" + ("" if token is None else "  (with the agent's token)"))
        if body is not None:
            self.show(body)
        answer = self.api.call(method, path, body, token=token)
        print(f"  → {answer.status}  {answer.seconds * 1000:.0f} ms")
        try:
            known = answer.json
        except ValueError:
            known = {"body": answer.body.decode(errors="replace")}
        self.show(shortened(known))
        print()
        if answer.status == 429:
            wait = answer.headers["Retry-After"]
            raise Failed(f"A quota is used up, as it should be. Wait {wait} s, or start again with `make down up`.")
        if answer.status != expected:
            raise Failed(f"{method} {path} answered {answer.status}, not {expected}: the stack does not work.")
        return known


def shortened(value: Any) -> Any:
    """Cuts long texts (tokens, drawings) off after their beginning."""
    match value:
        case dict():
            return {key: shortened(each) for key, each in value.items()}
        case list():
            return [shortened(each) for each in value]
        case str() if len(value) > 160:
            return f"{value[:100]}… ({len(value)} characters)"
    return value


def drawn(svg: str) -> str:
    """Turns a QR code's SVG into text, two rows a line, dark on light whatever the terminal's colors."""
    boxes = [tuple(map(int, box)) for box in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", svg)]
    size = re.search(r'viewBox="0 0 (\d+) \d+"', svg)
    if not boxes or size is None:
        raise Failed("The App's handoff has no QR code that can be drawn.")
    module = min(min(width, height) for _, _, width, height in boxes)
    modules = int(size[1]) // module
    dark = {
        (x // module, y // module)
        for left, top, width, height in boxes
        for x in range(left, left + width, module)
        for y in range(top, top + height, module)
    }
    blocks = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
    on, off = ("\033[30;107m", "\033[0m") if sys.stdout.isatty() else ("", "")
    rows = ["".join(blocks[(x, y) in dark, (x, y + 1) in dark] for x in range(modules)) for y in range(0, modules, 2)]
    return "\n".join(f"  {on}{row}{off}" for row in rows)
