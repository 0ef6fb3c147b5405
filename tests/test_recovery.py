"""An agent recovers his own password, on the deployed stack: the journey, what nobody is told, what it costs, what may fail.

The API hands every call of a test on as coming from this machine, so a call from elsewhere is given to the function itself.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError
from client import Answer, Mail
from conftest import ROOT, Agent, Stack, at_once
from hosted import Call, Ended, Hosted
from samples import PASSWORD

NEW = "Recovered-Pass-2"
ROUNDS = 60
# Of sixty throws of a coin so many more than half are heads, or tails, once in a million times.
FAR = 19


@pytest.fixture(autouse=True)
def budgets_begin_anew(stack: Stack) -> Iterator[None]:
    """All tests come from one source, whose budget is for one."""
    yield
    forget(stack)


def forget(stack: Stack, *kinds: str) -> None:
    """Removes the counts of recovery, all or of these kinds."""
    kinds = kinds or ("source", "address", "asked", "entries")
    for item in stack.items():
        if item["pk"]["S"].startswith(tuple(f"B#recovery-{kind}#" for kind in kinds)):
            stack.aws("dynamodb").delete_item(TableName=stack.facts["SupportTable"], Key={"pk": item["pk"]})


def ask(stack: Stack, email: str) -> Answer:
    return stack.api.post("/recovery", {"email": email})


def asked(stack: Stack, email: str) -> Mail:
    """Asks, and waits for the mail."""
    seen = stack.inbox.last_number()
    assert ask(stack, email).status == 202
    return stack.inbox.wait(email, after=seen)


def confirm(stack: Stack, email: str, code: str, password: str = NEW, again: str | None = None) -> Answer:
    return stack.api.post("/recovery/confirm", confirmation(email, code, password, again))


def confirmation(email: str, code: str, password: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"email": email, "code": code, "new_password": password, "confirm_password": again or password}


def code_of(mail: Mail) -> str:
    """The code: Cognito sends HTML alone."""
    (code,) = re.findall(r">(\d{6})<", mail.html)
    return code


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def event(name: str, body: Any, source: str) -> dict[str, Any]:
    """The request of `events/recover-password-<name>.json` with another body, from a source of its own."""
    event = json.loads((ROOT / "events" / f"recover-password-{name}.json").read_text())
    event["body"] = json.dumps(body)
    event["requestContext"]["http"]["sourceIp"] = source
    event["requestContext"]["requestId"] = str(uuid.uuid4())
    return event


def confirm_from(stack: Stack, source: str, email: str, code: str) -> dict[str, Any]:
    """The function's answer to a confirmation from this address."""
    function = stack.functions()["RecoverPasswordFunction"]
    payload = json.dumps(event("confirm", confirmation(email, code), source))
    return json.loads(stack.aws("lambda").invoke(FunctionName=function, Payload=payload)["Payload"].read())


def new_source() -> str:
    return f"2001:db8:{random.getrandbits(16):x}:{random.getrandbits(16):x}::1"


def refresh(stack: Stack, token: str, pool: str = "Agent") -> dict[str, Any]:
    return stack.aws("cognito-idp").initiate_auth(
        ClientId=stack.facts[f"{pool}ClientId"], AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )["AuthenticationResult"]


def refused(error: str, call: Callable[[], Any]) -> None:
    with pytest.raises(ClientError) as raised:
        call()
    assert raised.value.response["Error"]["Code"] == error, raised.value


def wait_until(what: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
    return found


def waiting(stack: Stack, queue: str = "RecoveryQueue") -> int:
    """How many jobs are in a queue, those included that are being worked on."""
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
    answer = stack.aws("sqs").get_queue_attributes(QueueUrl=stack.facts["resources"][queue], AttributeNames=counts)
    return sum(map(int, answer["Attributes"].values()))


def idle(stack: Stack) -> None:
    wait_until(lambda: waiting(stack) == 0)


@contextmanager
def redelivered_at_once(stack: Stack) -> Iterator[None]:
    """A job that failed comes back after a second, and not after more than a minute."""
    sqs, queue = stack.aws("sqs"), stack.facts["resources"]["RecoveryQueue"]
    (before,) = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"].values()
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": before})


def people(stack: Stack) -> dict[str, str]:
    """An address of each kind of which nobody may learn which it is."""
    cognito, pool = stack.aws("cognito-idp"), stack.facts["AgentPoolId"]
    disabled = stack.new_agent()
    cognito.admin_disable_user(UserPoolId=pool, Username=disabled.sub)
    return {
        "known": stack.new_agent().email,
        "unknown": f"nobody-{uuid.uuid4().hex[:12]}@agents.example.com",
        "disabled": disabled.email,
        "not in the group": stack.new_agent(groups=()).email,
    }


# The journey


@pytest.mark.parametrize(
    ("locale", "forgotten", "changed", "words"),
    [
        ("es", "Waizant: código para restablecer su contraseña", "Waizant: se cambió su contraseña", "Su código para"),
        ("en", "Waizant: code to reset your password", "Waizant: your password was changed", "Your code to"),
    ],
)
def test_an_agent_recovers_his_password(stack: Stack, locale: str, forgotten: str, changed: str, words: str) -> None:
    agent = stack.new_agent(name="Rosa Recio", locale=locale)
    before = stack.sign_in("Agent", agent.email)
    refresh(stack, before["RefreshToken"])
    time.sleep(1.1)  # the emulator knows the order of what happens within a second by chance

    mail = asked(stack, agent.email)
    code = code_of(mail)
    assert (mail.subject, mail.to) == (forgotten, agent.email)
    assert stack.facts["parameters"]["MailFrom"] in str(mail.message["From"])
    assert words in mail.html and "Rosa Recio" in mail.html
    assert code not in str(mail.message.items())

    # A code that is wrong, the emulator's own one among them, changes nothing.
    for attempts_left, wrong in ((4, other_than(code)), (3, "654321" if code != "654321" else "123456")):
        answer = confirm(stack, agent.email, wrong)
        assert (answer.status, answer.json["type"], answer.json["attempts_left"]) == (422, "/problems/code-refused", attempts_left)
    refresh(stack, stack.sign_in("Agent", agent.email)["RefreshToken"])

    seen = stack.inbox.last_number()
    assert confirm(stack, agent.email, code).status == 204
    after = stack.sign_in("Agent", agent.email, NEW)
    refresh(stack, after["RefreshToken"])
    refused("NotAuthorizedException", lambda: stack.sign_in("Agent", agent.email))
    refused("NotAuthorizedException", lambda: refresh(stack, before["RefreshToken"]))

    told = stack.inbox.wait(agent.email, after=seen)
    assert told.subject == changed
    assert "Rosa Recio" in told.text and " UTC" in told.text
    assert code not in told.message.as_string() and NEW not in told.message.as_string()
    # Telling him signs nobody out a second time, and the code is used up.
    idle(stack)
    refresh(stack, after["RefreshToken"])
    assert confirm(stack, agent.email, code, "Another-Pass-3").status == 422
    stack.sign_in("Agent", agent.email, NEW)


def test_the_agent_goes_on_working_with_his_new_password(stack: Stack) -> None:
    agent = stack.new_agent()
    assert confirm(stack, agent.email, code_of(asked(stack, agent.email))).status == 204
    tokens = stack.sign_in("Agent", agent.email, NEW)
    again = Agent(agent.email, agent.name, agent.sub, tokens["AccessToken"], tokens["IdToken"])
    stack.journey(agent=again).through_internal_validation()


def test_a_code_is_good_for_its_own_agent_and_until_the_next_one(stack: Stack) -> None:  # P8, P26
    ana, ben = stack.new_agent(), stack.new_agent()
    first = code_of(asked(stack, ana.email))
    others = code_of(asked(stack, ben.email))
    forget(stack, "asked")
    second = code_of(asked(stack, ana.email))
    # By chance, once in a million times for each pair, they are the same.
    for wrong in {first, others} - {second}:
        assert confirm(stack, ana.email, wrong).status == 422
    assert confirm(stack, ana.email, second).status == 204


def test_recovery_signs_no_customer_out(stack: Stack) -> None:  # P16
    agent = stack.new_agent()
    customers, pool = stack.aws("cognito-idp"), stack.facts["CustomerPoolId"]
    attributes = [{"Name": "email", "Value": agent.email}, {"Name": "email_verified", "Value": "true"}]
    customers.admin_create_user(UserPoolId=pool, Username=agent.email, MessageAction="SUPPRESS", UserAttributes=attributes)
    customers.admin_set_user_password(UserPoolId=pool, Username=agent.email, Password=PASSWORD, Permanent=True)
    theirs = stack.sign_in("Customer", agent.email)
    time.sleep(1.1)
    assert confirm(stack, agent.email, code_of(asked(stack, agent.email))).status == 204
    idle(stack)
    refresh(stack, theirs["RefreshToken"], "Customer")
    stack.sign_in("Customer", agent.email)


# What nobody is told


def told(answer: Answer) -> tuple[Any, ...]:
    """All of an answer but the ids that every call has, and the second it was made in."""
    of_the_call = {"apigw-requestid", "date"}
    headers = sorted((name.lower(), value) for name, value in answer.headers.items() if name.lower() not in of_the_call)
    return answer.status, headers, re.sub(rb'"request_id":"[^"]+"', b"", answer.body)


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


def test_confirming_tells_nobody_who_has_an_account(stack: Stack) -> None:  # P23
    addresses = people(stack)
    code = code_of(asked(stack, addresses["known"]))
    never_asked = {"never asked": stack.new_agent().email}
    answers = [
        {kind: told(confirm(stack, email, other_than(code))) for kind, email in (addresses | never_asked).items()}
        for _ in range(6)
    ]
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
            requests = [json.dumps(call.request, sort_keys=True).replace(email, "ADDRESS") for call in calls]
            made[kind] = list(zip([call.operation for call in calls], requests, strict=True))
    names = [operation for operation, _ in made["known"]]
    assert names == ["UpdateItem", "UpdateItem", "UpdateItem", "SendMessage"]
    # But for hashes and moments they are the same to the letter.
    alike = {re.sub(r"[\w-]{43}|\d{6,}", "", str(calls)) for calls in made.values()}
    assert len(alike) == 1, alike


def differ(some: list[float], others: list[float]) -> bool:
    """Whether of the pairs so many more are longer on one side that it cannot be chance."""
    longer = sum(a > b for a, b in zip(some, others, strict=True))
    return abs(longer - len(some) / 2) >= FAR


def paired_times(stack: Stack, call: Callable[[str], Answer], addresses: dict[str, str]) -> dict[str, list[float]]:
    """How long the call takes for each kind of address, one of each a round, in an order of its own, nothing else going on."""
    times: dict[str, list[float]] = {kind: [] for kind in addresses}
    for kind in addresses:
        call(addresses[kind])  # a cold start is nobody's
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


# What it costs


def test_five_wrong_codes_lock_an_address_where_they_came_from_and_nowhere_else(stack: Stack) -> None:  # P3
    agent, here, elsewhere = stack.new_agent(), new_source(), new_source()
    code = code_of(asked(stack, agent.email))
    for left in (4, 3, 2, 1, 0):
        answer = confirm_from(stack, here, agent.email, other_than(code))
        assert (answer["statusCode"], json.loads(answer["body"])["attempts_left"]) == (422, left)
    # Right or wrong, and from another address of the same subscriber's.
    for source, entered in ((here, code), (here, other_than(code)), (here.removesuffix("::1") + ":1:2:3:4", code)):
        answer = confirm_from(stack, source, agent.email, entered)
        assert answer["statusCode"] == 429
        assert 880 <= int(answer["headers"]["retry-after"]) <= 900
    # Another code is no new beginning.
    forget(stack, "asked")
    code = code_of(asked(stack, agent.email))
    assert confirm_from(stack, here, agent.email, code)["statusCode"] == 429
    assert confirm_from(stack, here, stack.new_agent().email, "000000")["statusCode"] == 422
    assert confirm_from(stack, elsewhere, agent.email, code)["statusCode"] == 204
    stack.sign_in("Agent", agent.email, NEW)


def test_of_fifty_wrong_codes_at_once_five_are_judged(stack: Stack) -> None:  # P2
    agent, source = stack.new_agent(), new_source()
    code = code_of(asked(stack, agent.email))
    wrong = [f"{n:06}" for n in range(51) if f"{n:06}" != code][:50]

    def try_from(entered: str) -> dict[str, Any]:
        return confirm_from(stack, source, agent.email, entered)

    # On a machine that is busy starting fifty processes some do not start: those have no status, and judge nothing.
    statuses = [answer.get("statusCode") for answer in at_once([lambda each=each: try_from(each) for each in wrong])]
    while 429 not in statuses:
        statuses.append(try_from(wrong[0]).get("statusCode"))
    assert statuses.count(422) == 5 or (statuses.count(422) < 5 and {None, 503} & set(statuses)), statuses
    assert set(statuses) <= {422, 429, 503, None}
    assert try_from(code)["statusCode"] == 429


def test_an_address_is_asked_for_five_times_an_hour_and_a_source_asks_twenty_times(stack: Stack) -> None:
    # Nobody's addresses: no mail is sent. An hour has an edge; two of them cannot come in the time that this takes.
    def exhausted(call: Callable[[], Answer], limit: int) -> bool:
        answers = []
        for _ in range(limit + 1):
            forget(stack, "asked")
            answers.append(call())
        assert {answer.status for answer in answers[:-1]} == {202}
        return answers[-1].status == 429 and int(answers[-1].headers["Retry-After"]) <= 3600

    def address() -> str:
        return f"nobody-{uuid.uuid4().hex[:12]}@agents.example.com"

    one = address()
    assert exhausted(lambda: ask(stack, one), 5) or exhausted(lambda: ask(stack, one), 5)
    forget(stack)
    assert exhausted(lambda: ask(stack, address()), 20) or exhausted(lambda: ask(stack, address()), 20)


# Bad input


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"email": None},
        {"email": 7},
        {"email": ""},
        {"email": "nobody"},
        {"email": "a@b\r\nBcc: x@y.z"},
        {"email": ["ana@agents.example.com"]},
        {"email": "ana@agents.example.com", "more": 1},
        {"email": "ana@agents.example.com", "code": "000000", "new_password": NEW},
        {"email": "ana@agents.example.com", "code": 0, "new_password": NEW, "confirm_password": NEW},
        {"email": "ana@agents.example.com", "code": "00000", "new_password": NEW, "confirm_password": NEW},
        {"email": "ana@agents.example.com", "code": "000000", "new_password": 7, "confirm_password": NEW},
        {"email": "ana@agents.example.com", "code": "000000", "new_password": "x" * 9000, "confirm_password": "x"},
    ],
)
def test_bad_input_gets_a_clear_problem_and_changes_nothing(stack: Stack, body: Any) -> None:  # P24
    idle(stack)  # other tests' jobs
    before = stack.items()
    for path in ("/recovery", "/recovery/confirm"):
        answer = stack.api.post(path, raw=json.dumps(body).encode())
        assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-request"), path
        assert answer.json["errors"][0]["detail"]
    assert [item["pk"] for item in stack.items() if item not in before and item["pk"]["S"].startswith("B#recovery")] == []
    assert waiting(stack) == 0


@pytest.mark.parametrize("raw", [b"", b"{", b'{"email":"\xff"}', b'{"email":"a@b","email":"a@b"}', b"[" * 5000, b" " * 8193 + b"{}"])
def test_what_is_no_json_is_refused(stack: Stack, raw: bytes) -> None:  # P24
    for path in ("/recovery", "/recovery/confirm"):
        assert stack.api.post(path, raw=raw).status == 400, path


@pytest.mark.parametrize(
    ("password", "again", "rules"),
    [
        ("", "", ["length", "upper", "lower", "number", "special"]),
        ("Short1!", "Short1!", ["length"]),
        ("lowercase1!", "lowercase1!", ["upper"]),
        ("UPPERCASE1!", "UPPERCASE1!", ["lower"]),
        ("No-Number", "No-Number", ["number"]),
        ("NoSpecial1", "NoSpecial1", ["special"]),
        ("With Space1!", "With Space1!", ["no-spaces"]),
        (NEW, NEW.lower(), ["same"]),
        ("abc", "abcd", ["length", "upper", "number", "special", "same"]),
    ],
)
def test_every_rule_that_a_password_does_not_meet_is_named(stack: Stack, password: str, again: str, rules: list[str]) -> None:  # P24
    agent = stack.new_agent()
    code = code_of(asked(stack, agent.email))
    body = {"email": agent.email, "code": code, "new_password": password, "confirm_password": again}
    answer = stack.api.post("/recovery/confirm", body)
    assert answer.status == 400
    assert [error["rule"] for error in answer.json["errors"]] == rules
    fields = {error["rule"]: error["field"] for error in answer.json["errors"]}
    assert fields == {rule: "confirm_password" if rule == "same" else "new_password" for rule in rules}
    # Nothing was used up by it.
    assert confirm(stack, agent.email, code).status == 204


def test_the_pool_wants_what_is_checked_here(stack: Stack) -> None:
    pool = stack.aws("cognito-idp").describe_user_pool(UserPoolId=stack.facts["AgentPoolId"])["UserPool"]
    policy = pool["Policies"]["PasswordPolicy"]
    expected = {f"Require{what}": True for what in ("Lowercase", "Uppercase", "Numbers", "Symbols")} | {"MinimumLength": 8}
    assert {name: policy[name] for name in expected} == expected
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "verified_email", "Priority": 1}]


@pytest.mark.parametrize("pool", ["AgentPoolId", "CustomerPoolId"])
def test_cognito_itself_tells_nobody_who_has_an_account(stack: Stack, pool: str) -> None:  # P23
    cognito, pool_id = stack.aws("cognito-idp"), stack.facts[pool]
    for app in cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]:
        described = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=app["ClientId"])["UserPoolClient"]
        assert described["PreventUserExistenceErrors"] == "ENABLED", described["ClientName"]


# What may fail


def denying(action: str) -> list[dict[str, Any]]:
    return [{"Action": action, "Resource": "*"}]


def hanging(operation: str) -> Callable[[Call], None]:
    def hang(call: Call) -> None:
        if call.operation == operation:
            time.sleep(15)

    return hang


def test_with_the_queue_refusing_or_hanging_asking_fails_in_time_for_everybody_and_can_be_repeated(stack: Stack) -> None:  # P25
    addresses, source = people(stack), new_source()
    with Hosted(stack, "RecoverPasswordFunction", denied=denying("sqs:SendMessage")) as function:
        answers = {kind: function.invoke(event("ask", {"email": email}, source)) for kind, email in addresses.items()}
    assert {answer["statusCode"] for answer in answers.values()} == {503}
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("SendMessage")
        started = time.monotonic()
        assert function.invoke(event("ask", {"email": addresses["known"]}, source))["statusCode"] == 503
        assert time.monotonic() - started < 10
    idle(stack)
    assert code_of(asked(stack, addresses["known"])), "there is no wait after a failure"


def test_with_the_store_refusing_or_hanging_nothing_is_judged_or_sent(stack: Stack) -> None:  # P25
    agent, source = stack.new_agent(), new_source()
    code, seen = code_of(asked(stack, agent.email)), stack.inbox.last_number()
    requests = [event("ask", {"email": agent.email}, source), event("confirm", confirmation(agent.email, code), source)]
    with Hosted(stack, "RecoverPasswordFunction", denied=denying("dynamodb:UpdateItem")) as function:
        assert [function.invoke(request)["statusCode"] for request in requests] == [503, 503]
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("UpdateItem")
        for request in requests:
            started = time.monotonic()
            assert function.invoke(request)["statusCode"] == 503
            assert time.monotonic() - started < 10
    idle(stack)
    assert stack.inbox.mails(agent.email, after=seen) == []
    assert confirm(stack, agent.email, code).status == 204


def test_with_cognito_hanging_a_code_counts_for_nothing_and_is_good_afterwards(stack: Stack) -> None:  # P25
    agent, source = stack.new_agent(), new_source()
    code = code_of(asked(stack, agent.email))
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("ConfirmForgotPassword")
        started = time.monotonic()
        assert function.invoke(event("confirm", confirmation(agent.email, code), source))["statusCode"] == 503
        assert time.monotonic() - started < 10
    answer = confirm_from(stack, source, agent.email, other_than(code))
    assert json.loads(answer["body"])["attempts_left"] == 4
    # The call that hung arrives when it arrives: what was asked for is done then.
    wait_until(lambda: confirm_from(stack, source, agent.email, code)["statusCode"] in (204, 422))
    wait_until(lambda: signs_in(stack, agent.email, NEW))


def signs_in(stack: Stack, email: str, password: str) -> bool:
    try:
        stack.sign_in("Agent", email, password)
    except ClientError:
        return False
    return True


@pytest.mark.parametrize("how", ["refused", "hanging"])
def test_whom_the_route_cannot_sign_out_the_worker_signs_out(stack: Stack, how: str) -> None:  # P25
    agent = stack.new_agent()
    before = stack.sign_in("Agent", agent.email)
    time.sleep(1.1)
    code, seen = code_of(asked(stack, agent.email)), stack.inbox.last_number()
    denied = denying("cognito-idp:AdminUserGlobalSignOut") if how == "refused" else None
    with Hosted(stack, "RecoverPasswordFunction", denied=denied) as function:
        if how == "hanging":
            function.before = hanging("AdminUserGlobalSignOut")
        started = time.monotonic()
        answer = function.invoke(event("confirm", confirmation(agent.email, code), new_source()))
        assert answer["statusCode"] == 204
        assert time.monotonic() - started < 10
    stack.inbox.wait(agent.email, after=seen)
    refused("NotAuthorizedException", lambda: refresh(stack, before["RefreshToken"]))
    stack.sign_in("Agent", agent.email, NEW)


def test_a_job_that_fails_comes_back_and_is_done(stack: Stack) -> None:  # P25
    agent = stack.new_agent()
    worker = stack.functions()["RecoveryWorkerFunction"]
    functions, role = stack.aws("iam"), stack.facts["resources"]["RecoveryWorkerFunctionRole"]
    assert worker
    deny = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}]}
    )
    with redelivered_at_once(stack):
        functions.put_role_policy(RoleName=role, PolicyName="test-denies", PolicyDocument=deny)
        try:
            started, seen = time.time(), stack.inbox.last_number()
            assert ask(stack, agent.email).status == 202, "the route does not notice"
            wait_until(lambda: failed_jobs(stack, started) >= 2)
            assert stack.inbox.mails(agent.email, after=seen) == []
        finally:
            functions.delete_role_policy(RoleName=role, PolicyName="test-denies")
        mail = stack.inbox.wait(agent.email, after=seen, seconds=20)
        idle(stack)
    assert confirm(stack, agent.email, code_of(mail)).status == 204


def test_a_job_that_fails_five_times_is_put_aside(stack: Stack) -> None:
    sqs, resources = stack.aws("sqs"), stack.facts["resources"]
    with redelivered_at_once(stack):
        sqs.send_message(QueueUrl=resources["RecoveryQueue"], MessageBody='{"job": "nonsense"}')
        wait_until(lambda: waiting(stack, "RecoveryFailures") == 1 and waiting(stack) == 0, 40)
    sqs.purge_queue(QueueUrl=resources["RecoveryFailures"])


def failed_jobs(stack: Stack, since: float) -> int:
    lines = [json.loads(line) for line in stack.logs(since) if line.startswith("{")]
    return sum(line.get("message") == "job" and line.get("level") == "ERROR" for line in lines)


@pytest.mark.parametrize(
    ("job", "operation"),
    [
        ("send-code", "AdminGetUser"),
        ("send-code", "AdminListGroupsForUser"),
        ("send-code", "ForgotPassword"),
        ("tell-changed", "AdminGetUser"),
        ("tell-changed", "SendEmail"),
    ],
)
def test_a_worker_whose_dependency_hangs_gives_up_in_time_and_the_job_is_left(stack: Stack, job: str, operation: str) -> None:  # P25
    agent = stack.new_agent()
    jobs = {
        "send-code": {"job": "send-code", "email": agent.email},
        "tell-changed": {"job": "tell-changed", "email": agent.email, "at": 1_793_178_846_222, "sign_out": False},
    }
    record = {"Records": [{"messageId": "1", "body": json.dumps(jobs[job])}]}
    with Hosted(stack, "RecoveryWorkerFunction") as function:
        function.before = hanging(operation)
        started = time.monotonic()
        with pytest.raises(Ended):
            function.invoke(record)
        assert time.monotonic() - started < 12, "as long as Lambda lets it"


# Secrets and rights


def test_no_password_and_no_code_stands_in_a_table_a_queue_or_a_log(stack: Stack, started_at: float) -> None:  # P7
    unique = uuid.uuid4().hex[:10]
    agent, password, weak = stack.new_agent(), f"Canary-{unique}-1", f"canary{unique}"
    mail = asked(stack, agent.email)
    code, seen = code_of(mail), mail.number
    assert confirm(stack, agent.email, other_than(code), password).status == 422
    assert confirm(stack, agent.email, code, weak).status == 400
    with Hosted(stack, "RecoverPasswordFunction") as function:
        function.before = hanging("ConfirmForgotPassword")
        body = confirmation("nobody@agents.example.com", code, password)
        assert function.invoke(event("confirm", body, new_source()))["statusCode"] == 503
        hosted = "\n".join(function.lines)
    # A job that stays, to be looked at in the queue.
    mapping = stack.facts["resources"]["RecoveryWork"]
    stack.aws("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        assert confirm(stack, agent.email, code, password).status == 204
        stack.sign_in("Agent", agent.email, password)
        messages = stack.aws("sqs").receive_message(
            QueueUrl=stack.facts["resources"]["RecoveryQueue"], MaxNumberOfMessages=10, VisibilityTimeout=0
        )["Messages"]
        queued = "\n".join(message["Body"] for message in messages)
        assert agent.email in queued
    finally:
        stack.aws("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
    told = stack.inbox.wait(agent.email, after=seen)

    tables = json.dumps([stack.items(), stack.items("CoreTable")], default=str)
    log = wait_until(lambda: (lines := "\n".join(stack.logs(started_at))).count('"job"') >= 2 and lines)
    for place in (tables, log, hosted, queued, told.message.as_string(), told.text, told.html):
        assert password not in place and weak not in place
    # Six digits that stand in a longer number, in a moment or in a hash are not the code.
    standing_alone = re.compile(rf"(?<![\w.-]){code}(?![\w.-])")
    for place in (tables, log, hosted, queued, told.text, told.html):
        assert not standing_alone.search(place)
    assert agent.email not in log + hosted
    assert agent.email not in json.dumps([item for item in stack.items() if item["pk"]["S"].startswith("B#recovery")])


def test_the_route_can_count_and_leave_a_job_and_no_more(stack: Stack) -> None:  # P28
    facts = stack.facts
    cognito = stack.aws_as("RecoverPasswordFunction", "cognito-idp")
    table = stack.aws_as("RecoverPasswordFunction", "dynamodb")
    sqs = stack.aws_as("RecoverPasswordFunction", "sqs")
    agent = stack.new_agent()
    customer = stack.new_customer()
    count: dict[str, Any] = {
        "TableName": facts["SupportTable"], "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "0"}}
    }  # fmt: skip
    table.update_item(**count, Key={"pk": {"S": "B#recovery-source#test"}})
    cognito.admin_user_global_sign_out(UserPoolId=facts["AgentPoolId"], Username=agent.sub)
    denied: list[Callable[[], Any]] = [
        lambda: table.update_item(**count, Key={"pk": {"S": "B#lookups#test"}}),
        lambda: table.update_item(**count, Key={"pk": {"S": "V#test"}}),
        lambda: table.get_item(TableName=facts["SupportTable"], Key={"pk": {"S": "B#recovery-source#test"}}),
        lambda: table.scan(TableName=facts["SupportTable"]),
        lambda: table.get_item(TableName=facts["CoreTable"], Key={"pk": {"S": "USER#x"}}),
        lambda: cognito.admin_get_user(UserPoolId=facts["AgentPoolId"], Username=agent.sub),
        lambda: cognito.admin_list_groups_for_user(UserPoolId=facts["AgentPoolId"], Username=agent.sub),
        lambda: cognito.admin_user_global_sign_out(UserPoolId=facts["CustomerPoolId"], Username=customer.sub),
        lambda: cognito.admin_set_user_password(UserPoolId=facts["AgentPoolId"], Username=agent.sub, Password=NEW),
        lambda: cognito.admin_reset_user_password(UserPoolId=facts["AgentPoolId"], Username=agent.sub),
        lambda: sqs.receive_message(QueueUrl=facts["resources"]["RecoveryQueue"]),
        lambda: sqs.send_message(QueueUrl=facts["resources"]["RecoveryFailures"], MessageBody="{}"),
        lambda: stack.aws_as("RecoverPasswordFunction", "ses").send_email(
            Source=facts["parameters"]["MailFrom"],
            Destination={"ToAddresses": [agent.email]},
            Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}},
        ),
    ]
    for nth, call in enumerate(denied):
        with pytest.raises(ClientError) as raised:
            call()
        assert "AccessDenied" in raised.value.response["Error"]["Code"], (nth, raised.value)


def test_the_worker_can_look_agents_up_and_write_to_them_and_no_more(stack: Stack) -> None:  # P28
    facts = stack.facts
    cognito = stack.aws_as("RecoveryWorkerFunction", "cognito-idp")
    agent = stack.new_agent()
    customer = stack.new_customer()
    cognito.admin_get_user(UserPoolId=facts["AgentPoolId"], Username=agent.sub)
    sqs = stack.aws_as("RecoveryWorkerFunction", "sqs")
    denied: list[Callable[[], Any]] = [
        lambda: cognito.admin_get_user(UserPoolId=facts["CustomerPoolId"], Username=customer.sub),
        lambda: cognito.admin_user_global_sign_out(UserPoolId=facts["CustomerPoolId"], Username=customer.sub),
        lambda: cognito.admin_set_user_password(UserPoolId=facts["AgentPoolId"], Username=agent.sub, Password=NEW),
        lambda: stack.aws_as("RecoveryWorkerFunction", "dynamodb").scan(TableName=facts["SupportTable"]),
        lambda: sqs.send_message(QueueUrl=facts["resources"]["RecoveryQueue"], MessageBody="{}"),
        lambda: stack.aws_as("RecoveryWorkerFunction", "secretsmanager").get_secret_value(SecretId=facts["resources"]["HashKey"]),
        lambda: stack.aws_as("RecoveryWorkerFunction", "ses").send_email(
            Source="somebody@elsewhere.example",
            Destination={"ToAddresses": [agent.email]},
            Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}},
        ),
    ]
    for nth, call in enumerate(denied):
        with pytest.raises(ClientError) as raised:
            call()
        assert "AccessDenied" in raised.value.response["Error"]["Code"], (nth, raised.value)
