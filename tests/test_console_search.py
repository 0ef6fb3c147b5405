"""The console in a real browser: searching verifications."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request, Route, expect

from support.browser import accessible
from support.console import Sit, drawn, holding, signed_in
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
