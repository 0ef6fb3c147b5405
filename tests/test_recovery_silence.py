"""Password recovery tells nobody who has an account."""

from __future__ import annotations

import json
import random
import re
import statistics
import time
import uuid
from collections.abc import Callable

import pytest

from client import Answer
from support.hosted import Call, Hosted
from support.recovery import NEW, ROUNDS, ask, asked, code_of, confirm, differ, event, idle, new_source, other_than, people, told, waiting
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quotas_begin_anew")


def test_asking_tells_nobody_who_has_an_account(stack: Stack) -> None:  # P23
    addresses = people(stack)
    seen, began = stack.inbox.last_number(), time.monotonic()
    first = {kind: told(ask(stack, email)) for kind, email in addresses.items()}
    assert set(map(str, first.values())) == {str((202, first["known"][1], b"{}"))}
    stack.inbox.wait(addresses["known"], after=seen)
    idle(stack)
    assert [mail.to for mail in stack.inbox.mails(after=seen) if mail.to in addresses.values()] == [addresses["known"]]
    # Nor does asking again: the wait is the same for everybody, within the second.
    second = {kind: ask(stack, email) for kind, email in addresses.items()}
    for kind, answer in second.items():
        assert answer.status == 429, kind
        assert 30 - (time.monotonic() - began) <= int(answer.headers["Retry-After"]) <= 30, kind


def test_an_address_has_its_form_and_no_more_to_say(stack: Stack) -> None:  # P23
    known = stack.new_agent().email
    seen = stack.inbox.last_number()
    assert ask(stack, f" {known.upper()} ").status == 202
    stack.inbox.wait(known, after=seen)
    assert ask(stack, known).status == 429, "it is the same address"
    longest = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.cc"
    assert ask(stack, longest).status == 202
    assert confirm(stack, longest, "000000").status == 422
    idle(stack)
    assert waiting(stack, "RecoveryFailures") == 0


def test_an_address_that_was_written_in_capitals_is_recovered_like_any_other(stack: Stack) -> None:  # P23
    known = stack.new_agent(email=f"AGENT-{uuid.uuid4().hex[:12]}@AGENTS.EXAMPLE.COM".upper()).email
    mail = asked(stack, known.lower())
    wrong = {email: told(confirm(stack, email, other_than(code_of(mail)))) for email in (known.lower(), "nobody@agents.example.com")}
    assert len(set(map(str, wrong.values()))) == 1, wrong
    assert confirm(stack, known.lower(), code_of(mail)).status == 204
    stack.sign_in("Agent", known.lower(), NEW)


def test_confirming_tells_nobody_who_has_an_account(stack: Stack) -> None:  # P23
    addresses = people(stack)
    code = code_of(asked(stack, addresses["known"]))
    never_asked = {"never asked": stack.new_agent().email}
    answers = [{kind: told(confirm(stack, email, other_than(code))) for kind, email in (addresses | never_asked).items()} for _ in range(6)]
    for nth, each in enumerate(answers):
        assert {answer[0] for answer in each.values()} == {422 if nth < 5 else 429}, each
        if nth < 5:
            assert len(set(map(str, each.values()))) == 1, each


def test_asking_does_the_same_for_everybody(stack: Stack) -> None:  # P23
    """A busy machine's times could hide a difference of a millisecond; what the function asks of AWS hides none."""
    source, made = new_source(), {}
    with Hosted(stack, "RecoverPasswordFunction") as function:
        for kind, email in people(stack).items():
            calls: list[Call] = []
            function.before = calls.append
            assert function.invoke(event("ask", {"email": email}, source))["statusCode"] == 202
            for call in calls:
                call.request.pop("ClientRequestToken", None)  # drawn anew for each transaction
            requests = [json.dumps(call.request, sort_keys=True).replace(email, "ADDRESS") for call in calls]
            made[kind] = list(zip([call.operation for call in calls], requests, strict=True))
    names = [operation for operation, _ in made["known"]]
    assert names == ["TransactWriteItems", "SendMessage"]
    # But for hashes and moments they are the same to the letter.
    alike = {re.sub(r"[\w-]{43}|\d{6,}", "", str(calls)) for calls in made.values()}
    assert len(alike) == 1, alike


def paired_times(stack: Stack, call: Callable[[str], Answer], addresses: dict[str, str]) -> dict[str, list[float]]:
    """How long the call takes for each kind of address, one of each a round, in an order of its own, nothing else going on."""
    times: dict[str, list[float]] = {kind: [] for kind in addresses}
    for address in addresses.values():
        call(address)  # a cold start is nobody's
    for _ in range(ROUNDS):
        for kind in random.sample(list(addresses), len(addresses)):
            idle(stack)
            times[kind].append(call(addresses[kind]).seconds)
    return times


def test_asking_takes_as_long_whoever_has_an_account(stack: Stack) -> None:  # P23
    many = "1000000"
    with stack.configured(RECOVERIES_PER_SOURCE=many, RECOVERIES_PER_ADDRESS=many, RESEND_SECONDS="0"):
        times = paired_times(stack, lambda email: ask(stack, email), people(stack))
    medians = {kind: f"{statistics.median(each) * 1000:.1f} ms" for kind, each in times.items()}
    print("asking:", medians)
    for kind in times.keys() - {"known"}:
        assert not differ(times["known"], times[kind]), (kind, medians)


def test_confirming_takes_as_long_whoever_has_an_account(stack: Stack) -> None:  # P23
    with stack.configured(RECOVERY_WRONG_ENTRIES="1000000"):
        times = paired_times(stack, lambda email: confirm(stack, email, "000000"), people(stack))
    medians = {kind: f"{statistics.median(each) * 1000:.1f} ms" for kind, each in times.items()}
    print("confirming:", medians)
    for kind in times.keys() - {"known"}:
        assert not differ(times["known"], times[kind]), (kind, medians)


@pytest.mark.parametrize("pool", ["AgentPoolId", "CustomerPoolId"])
def test_cognito_itself_tells_nobody_who_has_an_account(stack: Stack, pool: str) -> None:  # P23
    cognito, pool_id = stack.aws("cognito-idp"), stack.facts[pool]
    for app in cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]:
        described = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=app["ClientId"])["UserPoolClient"]
        assert described["PreventUserExistenceErrors"] == "ENABLED", described["ClientName"]
