"""The page Remote Assistance Access in a real browser: signing in."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable

from playwright.sync_api import expect

from support.browser import accessible
from support.remote_assistance import Come, Home
from support.stack import Stack


def test_a_sign_in_that_has_ended_comes_back(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()
    here.offered()
    kept = here.page.evaluate("JSON.parse(sessionStorage.getItem('customer/sign-in'))")
    stack.aws("cognito-idp").revoke_token(Token=kept["refresh"], ClientId=stack.facts["CustomerClientId"])
    here.page.evaluate(
        "kept => sessionStorage.setItem('customer/sign-in', JSON.stringify(kept))", kept | {"access": kept["access"][:-8] + "AAAAAAAA"}
    )
    here.page.reload()
    here.shows("Your sign-in has ended")
    accessible(here.page)
    here.signed_in()
    here.shows("active")


def test_a_wrong_password_is_told(stack: Stack, home: Callable[..., Home]) -> None:
    here = home()
    here.page.get_by_label(here.words["e-mail"]).fill(here.customer.email)
    here.page.get_by_label(here.words["password"]).fill("Not-the-one-1")
    here.press("sign in")
    here.shows("Sign-in failed")
    expect(here.page.get_by_text("administrator")).to_have_count(0)
    expect(here.page.get_by_role("link", name="Forgot password?")).to_have_count(0)


def test_a_first_password_is_changed(stack: Stack, home: Callable[..., Home]) -> None:
    here = home(customer=stack.new_customer(sign_in="must-change-password"))
    pool, sub = stack.facts["CustomerPoolId"], here.customer.sub
    stack.aws("cognito-idp").admin_set_user_password(UserPoolId=pool, Username=sub, Password="Temporary-1", Permanent=False)
    here.page.get_by_label(here.words["e-mail"]).fill(here.customer.email)
    here.page.get_by_label(here.words["password"]).fill("Temporary-1")
    here.press("sign in")
    here.page.get_by_label("New password").first.fill("Chosen-by-me-1")
    here.page.get_by_label("Confirm new password").fill("Chosen-by-me-1")
    accessible(here.page)
    here.page.get_by_role("button", name="Save and sign in").click()
    here.offered()
    here.visitor.kept_quiet("Chosen-by-me-1")


def test_a_stack_that_does_not_sign_customers_in_says_so(stack: Stack, visitor: Come) -> None:
    here = visitor()

    with urllib.request.urlopen(f"{stack.settings.origin('console')}/config.json") as answer:
        config = {name: value for name, value in json.load(answer).items() if not name.startswith("customer")}
    here.context.route("**/config.json", lambda route: route.fulfill(json=config))
    page = here.open(f"{stack.settings.origin('console')}/remote-assistance.html")
    expect(page.get_by_text("Remote assistance is not available here")).to_be_visible()
    accessible(page)
    page.goto(stack.settings.origin("console"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
