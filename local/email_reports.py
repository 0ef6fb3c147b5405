"""Reports what becomes of emails, as SES does where a configuration set asks for it: the emulator keeps such a request and does
nothing. What becomes of an email is decided by its address, as SES's mailbox simulator does: `bounce@simulator.amazonses.com`.

It fits the version in requirements-stack.txt.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

# What EventBridge calls the reports, by SES's name for them and by the name that a destination asks for them with.
REPORTS = {"Bounce": ("Email Bounced", "BOUNCE"), "Complaint": ("Email Complaint Received", "COMPLAINT")}


def of_raw_emails() -> None:
    """A raw email is the only kind that takes headers, so that the functions send no other."""
    from ministack.services import ses

    ses._send_raw_email = _with_reports(ses._send_raw_email)


def _with_reports(known: Callable[..., Any]) -> Callable[..., Any]:
    from ministack.core.concurrency import spawn_background
    from ministack.services import ses

    def send(params: dict[str, Any]) -> Any:
        name = ses._p(params, "ConfigurationSetName")
        if name and name not in ses._configuration_sets:
            return ses._config_set_missing(name)
        answer = known(params)
        if name and answer[0] == 200:
            to = ses._collect_list(params, "Destinations.member")
            spawn_background(_report, name, ses._p(params, "Source"), to, _tags(params), thread_name="email-reports")
        return answer

    return send


def _tags(params: dict[str, Any]) -> dict[str, list[str]]:
    from ministack.services import ses

    tags: dict[str, list[str]] = {}
    number = 1
    while name := ses._p(params, f"Tags.member.{number}.Name"):
        tags[name] = [ses._p(params, f"Tags.member.{number}.Value")]
        number += 1
    return tags


def _report(name: str, source: str, recipients: list[str], tags: dict[str, list[str]]) -> None:
    from ministack.services import eventbridge, ses, ses_v2

    destinations = (ses_v2._config_sets[name].get("EventDestinations") or {}).values()
    wanted = {kind for each in destinations if each["Enabled"] and "EventBridgeDestination" in each for kind in each["MatchingEventTypes"]}
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for recipient in recipients:
        local, _, domain = recipient.partition("@")
        outcomes = ses._SIMULATOR_OUTCOMES.get(local.lower().split("+")[0], ()) if domain.lower() == ses._SIMULATOR_DOMAIN else ()
        for kind, sub_type in outcomes:
            detail_type, asked_for = REPORTS.get(kind, ("", ""))
            if asked_for not in wanted:
                continue
            mail = {"timestamp": at, "source": source, "destination": [recipient], "tags": {"ses:configuration-set": [name], **tags}}
            detail = {"eventType": kind, **ses._notification_detail(kind, recipient, at, sub_type), "mail": mail}
            entry = {"Source": "aws.ses", "DetailType": detail_type, "Detail": json.dumps(detail)}
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
