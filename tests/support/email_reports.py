"""SES's reports about emails, from the one in `events/`."""

from __future__ import annotations

import json
import uuid
from typing import Any

from settings import ROOT
from support.journey import Journey
from support.patience import wait_until


def bounce(journey: Journey, email: str = "consent-request", number: int | None = 1) -> dict[str, Any]:
    """A report that an email of this verification could not be delivered."""
    event = json.loads((ROOT / "events/email-events-bounce.json").read_text())
    tags = event["detail"]["mail"]["tags"]
    tags |= {"verification": [journey.id], "email": [email]}
    del tags["number"]
    if number is not None:
        tags["number"] = [str(number)]
    return event


def simulated(kind: str) -> str:
    """An address of SES's mailbox simulator, of its own: `bounce`, `complaint`, `suppressionlist`."""
    return f"{kind}+{uuid.uuid4().hex[:12]}@simulator.amazonses.com"


def returned(journey: Journey, action: str, wanted: int = 1) -> list[dict[str, Any]]:
    """The details of the steps with this action, as soon as there are so many: what the agent reads of the API."""

    def enough() -> list[dict[str, Any]]:
        found = [step["detail"] for step in journey.read().json["steps"] if step["action"] == action]
        return found if len(found) >= wanted else []

    return wait_until(enough, f"not {wanted} of the step {action}")
