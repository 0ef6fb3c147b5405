"""The console in a real browser: what a supervisor sees of other agents' verifications."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from support.browser import accessible, fits
from support.console import CODE, Sit, signed_in
from support.desk import picture
from support.grants import offered
from support.stack import Stack


def test_p22_anothers_verification_does_not_exist(stack: Stack, desk: Sit) -> None:
    theirs = stack.journey().through_start()
    at = signed_in(desk(), stack.journey())
    at.page.evaluate("id => { location.hash = `#/technical-assistance/${id}` }", theirs.id)
    at.shows("This verification doesn’t exist")
    accessible(at.page)


def test_a_supervisor_reads_everyones_and_moves_none(stack: Stack, desk: Sit) -> None:
    journey = stack.journey(ticket="WZ-7").through_asking()
    supervisor = stack.new_agent(name="Sara Molina", groups=("CustomerService", "SupportSupervisor"))
    at = desk()
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.follow("all", "all")
    expect(at.page).to_have_title("Verifications · Waizant BackOffice")
    way, menu = at.page.get_by_role("navigation").all()
    expect(way).to_contain_text("Verifications")
    expect(menu).to_contain_text("Verifications")
    expect(at.page.get_by_text(at.words["mine"])).to_have_count(0)
    at.page.get_by_label("Customer’s email address").fill(journey.customer.email)
    at.page.get_by_role("button", name="Search").click()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    at.shows("Awaiting authorization")
    at.page.get_by_role("textbox", name="Agent", exact=True).fill(journey.agent.name)
    at.page.get_by_role("button", name="Search").click()
    expect(at.page.locator("tbody tr")).to_have_count(1)
    picture(at.page, "supervisor")
    at.page.get_by_role("link", name=at.words["details"]).click()
    at.shows("You can read it, but not change it.")
    at.shows("Authorization requested")
    expect(at.button("cancel")).to_have_count(0)
    accessible(at.page)
    assert journey.cancel().status == 200
    at.shows("Tess Agent cancelled the process")


@pytest.mark.parametrize("language", ["en", "es"])
def test_to_a_supervisor_another_agents_verification_speaks_of_the_agent(stack: Stack, desk: Sit, language: str) -> None:
    supervisor = stack.new_agent(name="Sara Molina", groups=("CustomerService", "SupportSupervisor"))
    journey = stack.journey(stack.new_agent(name="Tom Prieto")).through_start()
    at = desk(language)
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.go_to(journey)
    at.shows(at.words["if Tom is idle"])
    at.shows(at.words["masked yet"])
    assert (journey.send_to_agent().status, journey.enter_as_agent().status) == (202, 200)
    at.page.reload()
    at.shows(at.words["agent is verified"])
    at.shows_nothing_of(at.words["you are verified"])
    assert (journey.send_to_customer().status, journey.allow().status, journey.enter_for_customer().status) == (202, 200, 200)
    at.page.reload()
    at.shows(at.words["can be started"])
    assert journey.issue().status == 201
    at.stands_at("session")
    expect(at.page.locator(".stage").get_by_role("timer")).to_have_text(CODE)
    at.shows("Tom Prieto")
    expect(at.page.locator(".stage").get_by_role("link")).to_have_count(0)
    accessible(at.page)


def test_to_a_supervisor_a_grant_hides_from_the_agent(stack: Stack, desk: Sit) -> None:
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    given = offered(stack).journey().through_start()
    at = desk()
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.page.evaluate("to => { location.hash = to }", f"#/support-grant/{given.id}")
    at.shows("Hidden from the agent")
    at.shows_nothing_of("Hidden from you")


def test_a_supervisors_telephone_shows_whose_each_is(stack: Stack, desk: Sit) -> None:
    journey = stack.journey(stack.new_agent(name="Tom Prieto")).through_start()
    supervisor = stack.new_agent(groups=("CustomerService", "SupportSupervisor"))
    at = desk(width=360)
    at.sign_in(supervisor.email)
    at.stands_at("assistance")
    at.page.evaluate("location.hash = '#/verifications'")
    at.stands_at("all")
    at.page.get_by_label("Customer’s email address").fill(journey.customer.email)
    at.page.get_by_label("Customer’s email address").press("Enter")
    expect(at.page.locator("tbody tr")).to_have_count(1)
    expect(at.page.locator("tbody tr")).to_contain_text("Agent: Tom Prieto")
    fits(at.page)
    accessible(at.page)
