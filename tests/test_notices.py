"""The customer is told when a session starts and when it ends, once, whatever happens to the email."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable

import pytest

from samples import ecosystem
from support.answers import face
from support.at_once import at_once
from support.emails import HOSTILE, NAMES, assert_readable, links, told_time, words
from support.hosted import Call, Ended, Hosted
from support.journey import Journey
from support.people import Agent
from support.receipts import receipts
from support.stack import Stack
from support.sweep import SWEEP, due_now, invoke_sweep, kind, let_pass, let_pass_notice, mails, refusing, sweep, told

pytestmark = pytest.mark.usefixtures("schedule")


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_start_mail_says_who_why_where_until_when_and_how_to_end_it(stack: Stack, locale: str) -> None:  # P30
    customer = stack.new_customer(locale=locale, name="Cleo Núñez")
    journey = stack.journey(agent=stack.new_agent(name="Tess Ågent"), customer=customer, ticket="WZ-1042").through_session()
    mail = told(journey, "start")
    until = told_time(journey.session["expires_at"], locale)
    assert "Tess Ågent" in mail.subject
    assert "Waizant" in mail.subject
    for part in (mail.text, words(mail.html)):
        for fact in ("Cleo Núñez", "Tess Ågent", "WZ-1042", "Test & Co", *NAMES.values(), until):
            assert fact in part, f"{fact} is missing:\n{part}"
        assert {"en": "End the session now", "es": "Terminar la sesión ahora"}[locale] in part
    assert_readable(mail, locale)
    assert mail.link.partition("#")[0] == stack.facts["parameters"]["ConsentPageUrl"]
    assert journey.customer_mail is not None
    assert mail.token != journey.customer_mail.token
    assert journey.record()["steps"][-1]["action"] == "customer-told"
    # Told by the function that started it: the sweep has nothing to add.
    sweep(stack)
    stack.delivered()
    assert [kind(mail) for mail in mails(journey)] == ["asking", "start"]


@pytest.mark.parametrize(
    ("time_zone", "place"),
    [
        ("America/Mexico_City", "hora de Ciudad de México, UTC−6"),
        ("America/Nowhere", "hora de Bogotá, UTC−5"),
        ("", "hora de Bogotá, UTC−5"),
    ],
)
def test_times_are_given_by_the_customers_own_clock_where_the_directory_knows_it(stack: Stack, time_zone: str, place: str) -> None:  # P30
    journey = stack.journey(customer=stack.new_customer(locale="es", time_zone=time_zone)).through_session()
    mail = told(journey, "start")
    utc = journey.session["expires_at"][11:19]
    for part in (mail.text, words(mail.html)):
        assert f"({place}) · " in part and f"{utc} UTC" in part, part


def lock(journey: Journey) -> Journey:
    journey.through_asking()
    assert journey.customer_mail is not None
    wrong = "000000" if journey.customer_mail.code != "000000" else "111111"
    for _ in range(5):
        journey.enter_for_customer(wrong)
    return journey


def close(journey: Journey, outcome: str) -> None:
    """Walks to this end. What a clock ends is left for the sweep to find."""
    match outcome:
        case "completed":
            let_pass(journey.through_session(), 300)
        case "ended":
            assert journey.through_session().end().status == 200
        case "cancelled in session":
            assert journey.through_session().cancel("Resolved: <b>it was the cache</b>").status == 200
        case "cancelled before":
            assert journey.through_asking().cancel("Wrong customer").status == 200
        case "denied":
            assert journey.through_asking().deny().status == 200
        case "expired":
            let_pass(journey.through_asking(), 900)
        case "locked":
            lock(journey)


ENDINGS = {
    "completed": ("its time ran out", "se acabó el tiempo"),
    "ended": ("it was ended with the link", "se terminó con el enlace"),
    "cancelled in session": ("Resolved: <b>it was the cache</b>", "Resolved: <b>it was the cache</b>"),
    "cancelled before": ("Wrong customer", "Wrong customer"),
    "denied": ("Someone tried to enter your account", "Alguien intentó entrar a su cuenta"),
    "expired": ("has expired", "Venció la solicitud"),
    "locked": ("someone entered too many wrong codes", "alguien ingresó demasiados códigos incorrectos"),
}


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("outcome", ENDINGS)
def test_every_end_is_told_once_with_its_receipt_where_there_was_a_session(stack: Stack, outcome: str, locale: str) -> None:  # P30
    journey = stack.journey(customer=stack.new_customer(locale=locale), ticket="WZ-7")
    close(journey, outcome)
    assert journey.read().json["outcome"] == outcome.split(maxsplit=1)[0], "at once, before any sweep"
    at_once([lambda: invoke_sweep(stack)] * 4)
    sweep(stack)
    mail = told(journey, "end")
    for part in (mail.text, words(mail.html)):
        assert ENDINGS[outcome][locale == "es"] in part
        for fact in (journey.customer.name, journey.agent.name, "WZ-7", "Test & Co"):
            assert fact in part, fact
    assert_readable(mail, locale)
    assert "#token=" not in mail.text + mail.html, "there is nothing left to end"
    session = outcome in ("completed", "ended", "cancelled in session")
    assert len(receipts(mail)) == session
    closings = {"completed", "ended", "cancelled", "denied", "expired", "locked"}
    steps = [step["action"] for step in journey.record()["steps"]]
    assert [step for step in steps if step in closings] == [outcome.split(maxsplit=1)[0]], "one closing step"
    assert steps[-1] == "customer-told"
    assert "due" not in journey.record()
    sweep(stack)
    stack.delivered()
    assert [kind(each) for each in mails(journey)].count("end") == 1


def test_who_was_never_mailed_is_told_of_no_end(stack: Stack) -> None:  # P30
    cancelled = stack.journey().through_internal_validation()
    assert cancelled.cancel().status == 200
    expired = stack.journey().through_start()
    let_pass(expired, 900)
    unsent = stack.journey().through_internal_validation()
    with refusing(stack, "SendMfaFunction"):
        assert unsent.send_to_customer().status == 503
    assert unsent.cancel().status == 200
    sweep(stack)
    assert expired.actions()[-1] == "expired"
    stack.delivered()
    for journey in (cancelled, expired, unsent):
        assert mails(journey) == []


def test_the_schedule_brings_the_end_within_about_a_minute(stack: Stack, schedule: Callable[[bool], None]) -> None:  # P30
    """The template's own schedule. The emulator looks for what is due every ten seconds, so that it may be that much later."""
    (rule,) = stack.aws("events").list_rules(NamePrefix=stack.facts["resources"][f"{SWEEP}EveryMinute"])["Rules"]
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    late = []
    schedule(True)
    try:
        # The first one comes when it comes; the second one's deadline is right after that, so that it waits for a whole minute.
        for _ in range(2):
            journey = stack.journey().through_session()
            let_pass(journey, 298)
            over = float(journey.record()["due_at"]) / 1000
            deadline = time.time() + 85
            while not [mail for mail in mails(journey) if kind(mail) == "end"]:
                assert time.time() < deadline, "the schedule did not come"
                time.sleep(0.1)
            late.append(time.time() - over)
            assert journey.actions()[-1] == "completed"
    finally:
        schedule(False)
    print(f"\n  deadline to closing email, by the schedule: {' and '.join(f'{seconds:.0f} s' for seconds in late)}")
    assert max(late) <= 75


def test_a_start_that_could_not_be_told_is_told_when_mail_is_back(stack: Stack) -> None:  # P26
    journey = stack.journey().through_consent()
    with refusing(stack, "IssueSessionFunction", SWEEP):
        assert journey.issue().status == 201, "the session does not wait for the email"
        assert journey.record()["notice"]["about"] == "start"
        waits = []
        for _ in range(3):
            let_pass_notice(journey)
            failed = invoke_sweep(stack)
            assert failed is not None
            assert "ses" in failed
            notice = journey.record()["notice"]
            waits.append(round(float(notice["due_at"]) / 1000 - time.time()))
    assert [abs(wait - expected) <= 5 for wait, expected in zip(waits, (60, 120, 240), strict=True)] == [True] * 3, waits
    assert [mail for mail in mails(journey) if kind(mail) == "start"] == []
    let_pass_notice(journey)
    sweep(stack)
    mail = told(journey, "start")
    stored = json.dumps(journey.item)
    assert mail.token.partition(".")[2] not in stored, "no secret waits anywhere"
    assert journey.end(mail.token).status == 200


def test_a_mail_sent_twice_leaves_one_live_link(stack: Stack) -> None:  # P26
    """The sweep ends right after SES took the email, before it could be noted; then it comes again."""
    journey = stack.journey().through_consent()
    with refusing(stack, "IssueSessionFunction"):
        assert journey.issue().status == 201
    sweep(stack)  # what others left
    let_pass_notice(journey)
    seen = stack.inbox.last_number()
    with Hosted(stack, SWEEP) as function:

        def crash(call: Call) -> None:
            if call.operation == "SendRawEmail":
                function.kill()

        function.after = crash
        with pytest.raises(Ended):
            function.invoke({})
    first = told(journey, "start", seen)
    assert journey.record()["notice"] is not None, "not noted: owed still"
    assert journey.view(first.token).status == 200, "it arrived, and works as long as there is no other"

    seen = stack.inbox.last_number()
    let_pass_notice(journey)
    sweep(stack)
    second = told(journey, "start", seen)
    assert journey.record()["notice"] is None
    assert face(journey.end(first.token)) == face(journey.end(f"{journey.id}.{'B' * 43}")), "the older one is dead"
    assert journey.end(first.token).status == 410
    assert journey.read().json["status"] == "in_session"
    assert journey.end(second.token).status == 200


@pytest.mark.parametrize("outcome", ["completed", "locked"])
def test_the_sweep_broken_off_anywhere_loses_nothing(stack: Stack, outcome: str) -> None:  # P11, P26
    """The deployed program, ended before and after each of its calls to AWS."""
    sweep(stack)
    moment, whole = 0, False
    while not whole:
        journey = stack.journey()
        close(journey, outcome)
        due_now(journey)
        seen: list[Call] = []
        with Hosted(stack, SWEEP) as function:

            def crash(call: Call, seen: list[Call] = seen, moment: int = moment, function: Hosted = function) -> None:
                seen.append(call)
                if len(seen) == moment + 1:
                    function.kill()

            function.before = function.after = crash
            try:
                function.invoke({})
                whole = True
            except Ended:
                assert len(seen) > moment, "it ended by itself"
        assert journey.read().json["outcome"] == outcome, "closed to every reader"
        due_now(journey)
        sweep(stack)
        stack.delivered()
        steps = [step["action"] for step in journey.record()["steps"]]
        assert steps.count(outcome) == 1, (moment, steps)
        assert (steps[-1], journey.record()["notice"]) == ("customer-told", None), (moment, steps)
        found = [mail for mail in mails(journey) if kind(mail) == "end"]
        assert 1 <= len(found) <= 2 - whole, moment
        assert [len(receipts(mail)) for mail in found] == [int(outcome == "completed")] * len(found)
        # Others' that fell due just then came in between: once more, so that no moment of this one's is left out.
        alone = set(re.findall(r"\b[VS]#[\w-]+", str([call.request for call in seen]))) <= {f"V#{journey.id}"}
        moment, whole = moment + (alone and not whole), alone and whole
    operations = [call.operation for call in seen[::2]]
    print(f"\n  calls of a sweep ({outcome}): {', '.join(operations)}")
    writes = [operation for operation in operations if operation in ("PutItem", "TransactWriteItems")]
    assert moment == len(seen) and len(writes) >= 2, operations


@pytest.mark.parametrize("locale", ["en", "es"])
def test_hostile_names_and_reasons_stay_words_in_every_mail(stack: Stack, locale: str) -> None:  # P24, P30
    agent: Agent = stack.new_agent(name=HOSTILE)
    customer = stack.new_customer(
        name=HOSTILE, locale=locale, ecosystems=[ecosystem(f"eco-{secrets.token_hex(4)}", HOSTILE, "admin", "premium", "rcm")]
    )
    journey = stack.journey(agent=agent, customer=customer).through_session()
    start = told(journey, "start")
    assert journey.cancel(HOSTILE).status == 200
    sweep(stack)
    end = told(journey, "end")
    page = stack.facts["parameters"]["ConsentPageUrl"]
    for mail in [*mails(journey), *stack.inbox.mails(agent.email)]:
        assert mail.message.keys().count("Subject") == 1
        assert mail.message["Bcc"] is None
        assert mail.message["Cc"] is None
        assert len(mail.message["To"].addresses) == 1
        assert not re.search(r"[\r\n\u202e]", mail.subject)
        assert not re.search(r"<(script|img)\b", mail.html, re.IGNORECASE), mail.html
        assert "\u202e" not in mail.text + mail.html
        assert not re.search(r"(?im)^\s*bcc:", mail.text)
        assert all(link.startswith(page) for link in links(mail)), links(mail)
    for mail in (start, end):
        assert_readable(mail, locale)
    (file,) = receipts(end)
    signed = json.loads(file)
    assert signed["receipt"]["reason"] == HOSTILE, "the receipt has it as it was written"
