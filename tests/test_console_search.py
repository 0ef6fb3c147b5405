"""The console in a real browser: searching verifications."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from support.browser import accessible
from support.console import Sit, drawn, holding, signed_in
from support.desk import picture
from support.stack import Stack


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_filter_that_is_no_address_is_marked_and_not_sent(stack: Stack, desk: Sit, language: str) -> None:
    at = signed_in(desk(language), stack.journey().through_start())
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    expect(at.page.locator("tbody tr")).to_have_count(1)
    at.visitor.forget()
    at.field("customer").fill("nobody")
    at.field("customer").press("Enter")
    at.shows(at.words["no address"])
    accessible(at.page)
    assert at.visitor.posted() == []
    at.page.reload()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    expect(at.field("customer")).to_have_value("")


def test_a_filter_that_is_no_address_to_a_mail_server_is_marked_and_not_kept(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    expect(at.page.locator("tbody tr")).to_have_count(1)
    at.visitor.forget()
    at.field("customer").fill("no(body)@x..example")
    at.field("customer").press("Enter")
    at.shows(at.words["no address"])
    assert at.visitor.posted() == []
    at.page.reload()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    expect(at.page.get_by_role("alert")).to_have_count(0)


def searched(request: Request) -> str | None:
    """From where a search goes on."""
    return (request.post_data_json or {}).get("cursor")


def nothing_but_more(route: Route) -> None:
    """A page without a find, which is not the last."""
    if route.request.method == "OPTIONS":
        return route.fallback()
    cursor = str(int(searched(route.request) or 0) + 1)
    return route.fulfill(json={"items": [], "cursor": cursor}, headers={"Access-Control-Allow-Origin": "*"})


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_long_search_asks_before_it_goes_on(stack: Stack, desk: Sit, language: str) -> None:
    at = signed_in(desk(language), stack.journey().through_start())
    found = stack.api.post("/verifications/search", {}, token=stack.journey().through_start().agent.token)
    at.page.route("**/verifications/search", nothing_but_more)
    at.visitor.forget()
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    at.shows(at.words["none yet"])
    drawn(at.page)
    assert len(at.visitor.posted()) == 10
    accessible(at.page)
    with at.page.expect_response(lambda response: searched(response.request) == "19"):
        at.button("further").press("Enter")
    drawn(at.page)
    expect(at.button("further")).to_be_focused()
    assert len(at.visitor.posted()) == 20
    at.page.route(
        "**/verifications/search",
        lambda route: (
            route.fulfill(json=found.json, headers={"Access-Control-Allow-Origin": "*"})
            if searched(route.request) == "20"
            else route.fallback()
        ),
    )
    at.button("further").press("Enter")
    expect(at.page.locator("tbody tr").get_by_role("link")).to_have_count(1)
    expect(at.heading("mine")).to_be_focused()


def test_a_search_ends_when_its_page_is_left(stack: Stack, desk: Sit) -> None:
    at = signed_in(desk(), stack.journey().through_start())
    held = holding(at, "**/verifications/search")
    with at.page.expect_request("**/verifications/search"):
        at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("mine")
    at.page.evaluate("location.hash = '#/technical-assistance'")
    at.stands_at("assistance")
    expect(at.field("user email")).to_be_visible()
    at.visitor.forget()
    (late,) = held
    with at.page.expect_response("**/verifications/search") as answer:
        nothing_but_more(late)
    answer.value.finished()
    drawn(at.page)
    assert at.visitor.posted() == []


def test_verifications_are_found_page_by_page(stack: Stack, desk: Sit) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    for number in range(21):
        journey = stack.journey(agent, customer, ticket=f"T-{number:02}")
        assert journey.start().status == 201
        if number < 2:
            assert journey.cancel().status == 200
    at = desk()
    at.sign_in(agent.email)
    at.stands_at("assistance")
    at.page.get_by_role("link", name=at.words["mine"]).click()
    rows = at.page.locator("tbody tr")
    expect(rows).to_have_count(20)
    at.shows("T-20")
    at.shows_nothing_of("T-00")
    at.page.get_by_role("button", name="Next page").click()
    expect(rows).to_have_count(1)
    at.shows("T-00")
    at.page.get_by_role("button", name="Previous page").click()
    expect(rows).to_have_count(20)
    at.page.get_by_label("Status").first.click()
    at.page.get_by_role("option", name="Closed").click()
    expect(rows).to_have_count(2)
    at.page.reload()
    expect(rows).to_have_count(2)
    at.page.get_by_label("Customer’s email address").fill("nobody@customers.example.com")
    at.page.get_by_label("Customer’s email address").press("Enter")
    at.shows("No verifications match these filters")
    at.page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(20)


def test_an_answer_that_was_overtaken_is_not_shown(stack: Stack, desk: Sit) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    for ticket in ("CLOSED", "OPEN"):
        journey = stack.journey(agent, customer, ticket=ticket)
        assert journey.start().status == 201
        if ticket == "CLOSED":
            assert journey.cancel().status == 200
    at = desk()
    at.sign_in(agent.email)
    at.stands_at("assistance")
    at.page.get_by_role("link", name=at.words["mine"]).click()
    rows = at.page.locator("tbody tr")
    expect(rows).to_have_count(2)
    held = holding(at, "**/verifications/search", containing='"closed"')
    for status in ("Closed", "Started"):
        at.page.get_by_label("Status").first.click()
        at.page.get_by_role("option", name=status, exact=True).click()
    expect(rows).to_have_count(1)
    at.shows("OPEN")
    (late,) = held
    with at.page.expect_response("**/verifications/search") as answer:
        late.continue_()
    answer.value.finished()
    drawn(at.page)
    assert "OPEN" in rows.inner_text()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_supervisor_finds_a_case_by_all_that_is_known_of_it_and_shares_the_search(stack: Stack, desk: Sit, language: str) -> None:
    words = {
        "en": {"more": "More filters", "id": "Verification", "ticket": "Ticket", "agent": "Agent", "search": "Search", "clear": "Clear filters",
               "outcome": "Outcome", "cancelled": "Cancelled", "locked": "Locked", "from": "Started from", "until": "Started until",
               "bad id": "Enter the id"},
        "es": {"more": "Más filtros", "id": "Verificación", "ticket": "Ticket", "agent": "Agente", "search": "Buscar", "clear": "Quitar filtros",
               "outcome": "Resultado", "cancelled": "Cancelada", "locked": "Bloqueada", "from": "Iniciada desde", "until": "Iniciada hasta",
               "bad id": "Ingrese el identificador"},
    }[language]  # fmt: skip
    number, name = f"WZ-{uuid.uuid4().hex[:8]}", f"Rosa {uuid.uuid4().hex[:8]}"
    agent, customer = stack.new_agent(name=name), stack.new_customer()
    first = stack.journey(agent, customer, ticket=number).through_internal_validation()
    assert first.cancel().status == 200
    second = stack.journey(agent, customer).through_internal_validation()
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    at = desk(language, width=1280)
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.follow("all", "all")
    rows = at.page.locator("tbody tr")

    def field(label: str) -> Locator:
        return at.page.get_by_role("textbox", name=words[label], exact=True)

    def found(*ids: str, **typed: str) -> None:
        for label, text in typed.items():
            field(label).fill(text)
        at.page.get_by_role("button", name=words["search"], exact=True).click()
        expect(rows).to_have_count(len(ids))
        for one in ids:
            expect(rows.locator(f"a[href$='/{one}']")).to_have_count(1)

    def cleared() -> None:
        at.page.get_by_role("button", name=words["clear"]).click()
        expect(at.page.get_by_role("button", name=words["clear"])).to_have_count(0)

    found(second.id, first.id, agent=name.upper())
    at.page.get_by_role("button", name=words["more"]).click()
    accessible(at.page)
    found(first.id, ticket=number.upper())
    cleared()
    # As it is copied from an address bar.
    found(second.id, id=f"{stack.settings.origin('console')}/#/technical-assistance/{second.id}")
    expect(field("id")).to_have_value(second.id)
    field("id").fill("abc")
    at.visitor.forget()
    at.page.get_by_role("button", name=words["search"], exact=True).click()
    at.shows(words["bad id"])
    expect(field("id")).to_be_focused()
    assert at.visitor.posted() == []
    cleared()
    found(second.id, first.id, agent=name)
    at.page.get_by_role("button", name=re.compile(f"^{words['outcome']} ")).click()
    at.page.get_by_role("option", name=words["cancelled"], exact=True).click()
    expect(rows).to_have_count(1)
    # What was typed and not sent stays, whatever is chosen meanwhile.
    field("ticket").fill(f"{number}0")
    at.page.get_by_role("button", name=re.compile(f"^{words['outcome']} ")).click()
    at.page.get_by_role("option", name=words["locked"], exact=True).click()
    expect(rows.get_by_role("link")).to_have_count(0)
    expect(field("ticket")).to_have_value(f"{number}0")
    field("ticket").fill("")
    at.page.get_by_role("button", name=re.compile(f"^{words['outcome']} ")).click()
    at.page.get_by_role("option", name=words["cancelled"], exact=True).click()
    expect(rows).to_have_count(1)
    field("from").fill("2999/01/01")
    at.page.get_by_role("button", name=words["search"], exact=True).click()
    expect(rows.get_by_role("link")).to_have_count(0)
    field("from").fill("2020/01/01")
    found(first.id, until="2999/12/31")
    if language == "en":
        picture(at.page, "search")

    # Somebody else opens the address, and is shown the same once signed in.
    address = at.page.url
    assert name.split()[1] in address.partition("#")[2]
    colleague = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    there = desk(language, width=1280)
    there.page.goto(address)
    there.page.reload()
    there.sign_in(colleague.email)
    expect(there.page.locator("tbody tr")).to_have_count(1)
    there.shows(number)
    accessible(there.page)
    assert not [request.url for request in there.visitor.sent if name.split()[1] in request.url.partition("#")[0]]
    # The customer's earlier verifications stand beside a case.
    there.page.evaluate("to => { location.hash = to }", f"#/technical-assistance/{second.id}")
    earlier = there.page.get_by_role("heading", name={"en": "Earlier verifications", "es": "Verificaciones anteriores"}[language])
    expect(earlier).to_be_visible()
    beside = there.page.locator(f"a[href$='/{first.id}']")
    expect(beside).to_have_count(1)
    accessible(there.page)
    beside.click()
    there.shows({"en": "cancelled the process", "es": "canceló el proceso"}[language])
    there.page.get_by_role("link", name={"en": "All of this customer", "es": "Todas las de este cliente"}[language]).click()
    expect(there.page.locator("tbody tr")).to_have_count(2)


def test_another_address_in_the_same_tab_is_another_search(stack: Stack, desk: Sit) -> None:
    agent, customer = stack.new_agent(), stack.new_customer()
    for ticket in ("ONE-1", "TWO-2"):
        stack.journey(agent, customer, ticket=ticket).through_start()
    at = desk()
    at.sign_in(agent.email)
    at.stands_at("assistance")
    rows = at.page.locator("tbody tr")
    for ticket in ("ONE-1", "TWO-2"):
        at.page.evaluate("to => { location.hash = to }", f"#/verifications?ticket={ticket}")
        expect(rows).to_have_count(1)
        at.shows(ticket)
    at.page.evaluate("location.hash = '#/verifications?ticket=%3Cb%3E&status=open&customer=nobody'")
    expect(rows).to_have_count(2)
    assert at.page.url.endswith("#/verifications"), "what no filter can be is none"
