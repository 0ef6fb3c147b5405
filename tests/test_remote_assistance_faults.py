"""The page Remote Assistance Access in a real browser: what it shows when a call fails or is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from support.browser import accessible
from support.remote_assistance import Home, failing, problem
from support.stack import Stack


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (problem(503, "unavailable"), "The service could not finish this"),
        (problem(403, "not-allowed"), "You cannot give access"),
        (problem(409, "conflict"), "It was changed at the same moment"),
        (problem(422, "environment-refused"), "Nothing can be opened there"),
        (problem(429, "too-many-requests"), "You can try again in 0:"),
        (None, "No connection"),
    ],
)
def test_what_fails_says_what_to_do_and_can_be_repeated(
    stack: Stack, home: Callable[..., Home], answer: dict[str, Any] | None, words: str
) -> None:
    here = home().signed_in()

    here.page.route("**/support-grant", failing(answer))
    here.press("confirm")
    here.shows(words)
    accessible(here.page)
    here.page.unroute("**/support-grant")
    here.offered()


def test_an_answer_that_was_lost_leaves_access_active_and_says_so(stack: Stack, home: Callable[..., Home]) -> None:
    here = home().signed_in()

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        token = route.request.headers["authorization"].removeprefix("Bearer ")
        assert stack.api.post("/support-grant", route.request.post_data_json, token=token).status == 201
        return route.abort("connectionreset")

    here.page.route("**/support-grant", lose)
    here.press("confirm")
    here.shows("No connection")
    here.shows("active")
    here.confirmed("regenerate")
    here.shown()


def test_it_begins_again_where_it_could_not_be_read(stack: Stack, home: Callable[..., Home]) -> None:
    here = home()
    here.page.route("**/support-grant", lambda route: route.fulfill(status=503, json={}, headers={"Access-Control-Allow-Origin": "*"}))
    here.signed_in()
    here.shows("The service could not finish this")
    accessible(here.page)
    here.page.unroute("**/support-grant")
    here.page.get_by_role("button", name="Try again").click()
    expect(here.button("confirm")).to_be_visible()
