"""What counts over many verifications: nobody gets more guesses, look-ups or emails by starting over, and nobody uses up another's."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import pytest

import samples
from client import Answer
from support.hosted import Call, Hosted, http_event
from support.journey import Journey
from support.people import NOWHERE, Agent, Customer
from support.stack import Stack
from support.windows import DAY, HOUR, QUARTER, stay_within

COOL_DOWN = 30
ENTRY, PAGE = f"{NOWHERE}/code", "/consent/answer"


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06}"


def count(stack: Stack, name: str, *subject: str) -> int:
    """How much of a quota is used, in this window and the one before."""
    window = {"lookups": QUARTER, "customer-mails": HOUR, "customer-mails-by": HOUR}.get(name, DAY)
    now = int(time.time()) // window
    items = [stack.item("#".join(["B", name, *subject, str(number)])) for number in (now - 1, now)]
    return sum(int(item["n"]["N"]) for item in items if item)


def guess(journey: Journey, times: int, enter: Callable[[str], Answer] | None = None) -> list[Answer]:
    """Wrong entries of the customer's code."""
    assert journey.customer_mail is not None
    code = journey.customer_mail.code
    answers = [(enter or journey.enter_for_customer)(wrong(code, by)) for by in range(1, times + 1)]
    assert [answer.status for answer in answers] == [422] * times
    return answers


def telling(answer: Answer) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
    """All that an answer tells somebody who guesses, but for what every answer has of its own."""
    body = {name: value for name, value in answer.json.items() if name != "request_id"}
    headers = sorted((k.lower(), v) for k, v in answer.headers.items() if k.lower() in ("content-type", "cache-control", "retry-after"))
    return answer.status, body, headers


# A stage of a verification.


def test_a_resend_never_resets_the_count(stack: Stack) -> None:  # P3
    journey = stack.journey().through_asking()
    left = [answer.json["attempts_left"] for answer in guess(journey, 2)]
    for _ in range(2):
        journey.age(COOL_DOWN)
        assert journey.send_to_customer().json["code"]["attempts_left"] == 5 - len(left)
        left += [answer.json["attempts_left"] for answer in guess(journey, 1)]
    journey.age(COOL_DOWN)
    journey.send_to_customer()
    left += [answer.json["attempts_left"] for answer in guess(journey, 1, journey.allow)]
    assert left == [4, 3, 2, 1, 0]
    assert journey.read().json["outcome"] == "locked"
    assert journey.enter_for_customer().json["verification_status"] == "closed"


def test_a_resend_never_resets_the_count_of_the_agents_own_code(stack: Stack) -> None:  # P3
    journey = stack.journey().through_start()
    left = []
    for _ in range(5):
        assert journey.send_to_agent().status == 202
        assert journey.agent_mail is not None
        left.append(journey.enter_as_agent(wrong(journey.agent_mail.code)).json["attempts_left"])
        if left[-1]:
            journey.age(COOL_DOWN)
    assert left == [4, 3, 2, 1, 0]
    assert journey.read().json["outcome"] == "locked"


def test_another_ecosystem_gives_no_more_guesses(stack: Stack) -> None:  # P3
    ecosystems = [samples.ecosystem(f"eco-{n}", f"Number {n}", "admin", "plus") for n in (1, 2)]
    journey = stack.journey(customer=stack.new_customer(ecosystems=ecosystems)).through_asking()
    guess(journey, 3)
    journey.age(COOL_DOWN)
    assert journey.send_to_customer("eco-2").json["code"]["attempts_left"] == 2
    assert guess(journey, 2)[-1].json["attempts_left"] == 0
    assert journey.read().json["outcome"] == "locked"


@pytest.mark.parametrize("stage", ["agent", "customer"])
def test_a_code_is_sent_again_after_a_cool_down_and_five_times_at_most(stack: Stack, stage: str) -> None:  # P3
    journey = stack.journey().through_start() if stage == "agent" else stack.journey().through_internal_validation()
    send = journey.send_to_agent if stage == "agent" else journey.send_to_customer
    for sending in range(1, 6):
        assert send().status == 202, sending
        before = journey.item
        soon = send()
        assert (soon.status, soon.json["type"]) == (429, "/problems/too-many-requests")
        if sending < 5:
            assert 0 < int(soon.headers["Retry-After"]) <= COOL_DOWN
        assert journey.item == before
        journey.age(COOL_DOWN)
    sixth = send()
    assert sixth.status == 429
    assert int(sixth.headers["Retry-After"]) > COOL_DOWN, "waiting for the cool-down does not help any more"
    # The last code is still good.
    assert (journey.enter_as_agent() if stage == "agent" else journey.allow()).status == 200


def test_a_code_asked_for_at_the_same_time_is_sent_once(stack: Stack) -> None:  # P3
    journey = stack.journey().through_start()
    body = {"to": "agent"}
    call = lambda: stack.api.post(f"{journey.path}/mfa", body, token=journey.agent.token)  # noqa: E731
    answers = stack.crowd([call] * 20, f"{NOWHERE}/mfa")
    assert [answer.status for answer in answers].count(202) == 1, [answer.status for answer in answers]
    assert {answer.status for answer in answers} <= {202, 409, 429}
    assert journey.actions() == ["started", "agent-code-sent"]


# A customer.


def use_up(agent: Agent, customer: Customer, stack: Stack, wrong_entries: int) -> None:
    """So many wrong entries, four to a verification, so that none is locked."""
    for some in [4] * (wrong_entries // 4) + [wrong_entries % 4]:
        if some:
            guess(stack.journey(agent, customer).through_asking(), some)


def test_a_second_verification_gives_an_agent_no_more_guesses(stack: Stack) -> None:  # P3
    stay_within(DAY)
    agent, customer = stack.new_agent(), stack.new_customer()
    first, second = (stack.journey(agent, customer).through_asking() for _ in range(2))
    guess(first, 3)
    guess(second, 2)
    for journey in (first, second, stack.journey(agent, customer).through_asking()):
        assert journey.enter_for_customer().json["type"] == "/problems/code-refused"
        assert journey.allow().json["type"] == "/problems/code-refused"
    assert count(stack, "customer-wrong-by", customer.sub, agent.sub) == 5


def test_one_agent_cannot_use_up_a_customers_quota(stack: Stack) -> None:  # P3
    stay_within(DAY)
    agent, customer = stack.new_agent(), stack.new_customer()
    use_up(agent, customer, stack, 12)
    assert count(stack, "customer-wrong", customer.sub) == 5
    other = stack.journey(stack.new_agent(), customer).through_consent()
    assert other.issue().status == 201


def test_beyond_a_customers_quota_the_right_code_is_refused_to_every_agent(stack: Stack) -> None:  # P3
    stay_within(DAY)
    customer = stack.new_customer()
    for agent in (stack.new_agent(), stack.new_agent()):
        use_up(agent, customer, stack, 5)
    assert count(stack, "customer-wrong", customer.sub) == 10
    third = stack.journey(stack.new_agent(), customer).through_asking()
    assert third.enter_for_customer().json["type"] == "/problems/code-refused"
    assert third.allow().json["type"] == "/problems/code-refused"
    # It is this customer's quota and nobody else's.
    assert stack.journey(third.agent).through_consent().issue().status == 201


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_beyond_a_quota_right_and_wrong_look_alike(stack: Stack, side: str) -> None:  # P3
    stay_within(DAY)
    agent, customer = stack.new_agent(), stack.new_customer()
    use_up(agent, customer, stack, 5)
    seen = []
    for right in (True, False):
        journey = stack.journey(agent, customer).through_asking()
        enter = journey.enter_for_customer if side == "agent" else journey.allow
        assert journey.customer_mail is not None
        code = journey.customer_mail.code if right else wrong(journey.customer_mail.code)
        answers = [enter(code) for _ in range(6)]
        actions = journey.actions()
        seen.append(([telling(answer) for answer in answers], actions[actions.index("consent-asked") :]))
    assert seen[0] == seen[1]
    told, actions = seen[0]
    assert [answer[0] for answer in told] == [422] * 5 + [409]
    assert actions[-1] == "locked"


def test_brute_force_from_all_sides_at_once_is_judged_ten_times_at_most(stack: Stack) -> None:  # P3
    stay_within(DAY)
    agents, customer = [stack.new_agent() for _ in range(3)], stack.new_customer()
    journeys = [stack.journey(agent, customer).through_asking() for agent in agents for _ in range(2)]
    tries: list[Callable[[], Answer]] = []
    for journey in journeys:
        assert journey.customer_mail is not None
        code = journey.customer_mail.code
        tries += [lambda j=journey, c=code, by=by: j.enter_for_customer(wrong(c, by)) for by in range(1, 6)]
        tries += [lambda j=journey, c=code, by=by: j.allow(wrong(c, by)) for by in range(6, 11)]
    # Interleaved, so that the parallel verifications do not come one after the other.
    interleaved = [tries[place] for start in range(10) for place in range(start, len(tries), 10)]
    answers = stack.crowd(interleaved, ENTRY, PAGE)
    assert 200 not in {answer.status for answer in answers}
    assert count(stack, "customer-wrong", customer.sub) <= 10
    for agent in agents:
        assert count(stack, "customer-wrong-by", customer.sub, agent.sub) <= 5
    for journey in journeys:
        refusals = [action for action in journey.actions() if action in ("consent-code-refused", "locked")]
        assert len(refusals) <= 5

    # What is left of the quotas is used up one by one; then the right code is worth nothing, to anyone.
    for agent in agents:
        give_mails_back(stack, customer)
        left = 5 - count(stack, "customer-wrong-by", customer.sub, agent.sub)
        use_up(agent, customer, stack, min(left, 10 - count(stack, "customer-wrong", customer.sub)))
    assert count(stack, "customer-wrong", customer.sub) == 10
    assert sum(count(stack, "customer-wrong-by", customer.sub, agent.sub) for agent in agents) == 10
    for agent in (*agents, stack.new_agent()):
        give_mails_back(stack, customer)
        assert stack.journey(agent, customer).through_asking().enter_for_customer().status == 422


def give_mails_back(stack: Stack, customer: Customer) -> None:
    """Empties the quota of the customer's emails, which must not run out here."""
    for item in stack.items():
        if item["pk"]["S"].startswith((f"B#customer-mails#{customer.sub}#", f"B#customer-mails-by#{customer.sub}#")):
            stack.aws("dynamodb").delete_item(TableName=stack.facts["SupportTable"], Key={"pk": item["pk"]})


def test_ten_mails_an_hour_go_to_a_customer_whoever_asks(stack: Stack) -> None:  # P3
    stay_within(HOUR)
    customer, agents = stack.new_customer(), [stack.new_agent(), stack.new_agent()]
    for agent in itertools.islice(itertools.cycle(agents), 10):
        stack.journey(agent, customer).through_asking()
    for agent in (agents[0], stack.new_agent()):
        journey = stack.journey(agent, customer).through_internal_validation()
        before, seen = journey.item, stack.inbox.last_number()
        answer = journey.send_to_customer()
        assert (answer.status, answer.json["type"]) == (429, "/problems/too-many-requests")
        assert 0 < int(answer.headers["Retry-After"]) <= HOUR
        assert journey.item == before
        assert stack.inbox.mails(customer.email, after=seen) == []
    assert count(stack, "customer-mails", customer.sub) == 10


def test_one_agent_cannot_use_up_a_customers_mails(stack: Stack) -> None:  # P3
    stay_within(HOUR)
    customer, agent = stack.new_customer(), stack.new_agent()
    for _ in range(5):
        stack.journey(agent, customer).through_asking()
    journey = stack.journey(agent, customer).through_internal_validation()
    before, answer = journey.item, journey.send_to_customer()
    assert (answer.status, answer.json["type"]) == (429, "/problems/too-many-requests")
    assert journey.item == before
    assert count(stack, "customer-mails", customer.sub) == count(stack, "customer-mails-by", customer.sub, agent.sub) == 5
    stack.journey(stack.new_agent(), customer).through_asking()
    assert stack.journey(agent).through_asking(), "of another customer they have their whole share"


# An agent.


def test_an_agent_has_ten_wrong_entries_of_their_own_code_over_all_their_verifications(stack: Stack) -> None:  # P3
    stay_within(DAY)
    agent, seen = stack.new_agent(), []
    for _ in range(2):
        journey = challenged(stack, agent)
        assert journey.agent_mail is not None
        for by in range(1, 6):
            assert journey.enter_as_agent(wrong(journey.agent_mail.code, by)).status == 422
    for right in (True, False):
        journey = challenged(stack, agent)
        assert journey.agent_mail is not None
        code = journey.agent_mail.code if right else wrong(journey.agent_mail.code)
        seen.append([telling(journey.enter_as_agent(code)) for _ in range(6)])
    assert seen[0] == seen[1]
    assert [answer[0] for answer in seen[0]] == [422] * 5 + [409]
    assert count(stack, "agent-wrong", agent.sub) == 10
    # Another agent has their own.
    assert challenged(stack, stack.new_agent()).enter_as_agent().status == 200


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_beyond_a_quota_right_and_wrong_ask_the_same_of_aws(stack: Stack, side: str) -> None:  # P3
    """What is asked beside takes time, and may fail: it would tell which was right."""
    stay_within(DAY)
    agent, customer = stack.new_agent(), stack.new_customer()
    if side == "customer":
        use_up(agent, customer, stack, 5)
    for by in range(1, 11 if side == "agent" else 1):
        if by % 5 == 1:
            journey = challenged(stack, agent)
        assert journey.agent_mail is not None
        assert journey.enter_as_agent(wrong(journey.agent_mail.code, by)).status == 422
    asked = {}
    for right in (True, False):
        journey = challenged(stack, agent) if side == "agent" else stack.journey(agent, customer).through_asking()
        mail = journey.agent_mail if side == "agent" else journey.customer_mail
        assert mail is not None
        body = {"from": side, "code": mail.code if right else wrong(mail.code)}
        calls: list[Call] = []
        with Hosted(stack, "VerifyCodeFunction") as function:
            function.before = calls.append
            answer = function.invoke(http_event("POST /verifications/{id}/code", body, agent, id=journey.id))
        assert answer["statusCode"] == 422
        asked[right] = sorted(call.operation for call in calls)  # some are asked at once
    assert asked[True] == asked[False]
    assert len(asked[True]) >= 3, asked


def test_an_agents_parallel_guesses_at_their_own_code_stay_within_their_quota(stack: Stack) -> None:  # P3
    stay_within(DAY)
    agent = stack.new_agent()
    tries: list[Callable[[], Answer]] = []
    for journey in (challenged(stack, agent) for _ in range(4)):
        assert journey.agent_mail is not None
        code = journey.agent_mail.code
        tries += [lambda j=journey, c=code, by=by: j.enter_as_agent(wrong(c, by)) for by in range(1, 11)]
    answers = stack.crowd(tries, ENTRY)
    assert 200 not in {answer.status for answer in answers}
    assert count(stack, "agent-wrong", agent.sub) <= 10


def challenged(stack: Stack, agent: Agent) -> Journey:
    journey = stack.journey(agent).through_start()
    assert journey.send_to_agent().status == 202
    return journey


def test_thirty_look_ups_in_a_quarter_of_an_hour_are_all_an_agent_has(stack: Stack) -> None:  # P3
    stay_within(QUARTER, 60)
    agent, customer = stack.new_agent(), stack.new_customer()

    def look_up(email: str) -> Answer:
        return stack.api.post("/verifications", {"email": email}, token=agent.token)

    # Each look-up counts, whatever comes of it.
    statuses = {"nobody@customers.example.com": 404, agent.email: 403, customer.email: 201}
    for email in itertools.islice(itertools.cycle(statuses), 30):
        assert look_up(email).status == statuses[email]
    for email in statuses:
        answer = look_up(email)
        assert (answer.status, answer.json["type"]) == (429, "/problems/too-many-requests"), (
            "beyond the quota the answer still tells who exists"
        )
        assert 0 < int(answer.headers["Retry-After"]) <= QUARTER
    assert stack.api.post("/verifications", {"email": customer.email}, token=stack.new_agent().token).status == 201


def test_forty_look_ups_at_the_same_time_are_thirty_at_most(stack: Stack) -> None:  # P3
    stay_within(QUARTER, 60)
    agent, customer = stack.new_agent(), stack.new_customer()
    body = {"email": customer.email}
    answers = stack.crowd([lambda: stack.api.post("/verifications", body, token=agent.token)] * 40, "/verifications")
    assert [answer.status for answer in answers].count(201) <= 30
    assert {answer.status for answer in answers} <= {201, 409, 429, 503}
    assert count(stack, "lookups", agent.sub) <= 30
