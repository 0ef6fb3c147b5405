"""The pages as CloudFront and S3 serve them: the hosting part of template.yaml alone, deployed into the emulator and published to."""

from __future__ import annotations

import http.client
import importlib.util
import json
import re
import uuid
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import expect

from deployment import Deployed
from settings import ROOT
from support.browser import Visitor, accessible, fits
from support.stack import Stack

ORIGINS = {"ConsoleOrigin": "https://console.example.com", "ConsentPageOrigin": "https://consent.example.com"}


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "pages" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def hosted(stack: Stack) -> Iterator[dict[str, str]]:
    """The hosting part's outputs. `Api` is a parameter here."""
    whole = Deployed(stack.settings).template
    mine = {name: each for name, each in whole["Resources"].items() if each.get("Condition") == "PagesAreHosted"}
    parameters = {**ORIGINS, "PagesCertificate": "arn:aws:acm:us-east-1:123456789012:certificate/1", "Api": "abc123"}
    template = {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Conditions": {"PagesAreHosted": whole["Conditions"]["PagesAreHosted"]},
        "Resources": mine,
        "Outputs": {name: each for name, each in whole["Outputs"].items() if each.get("Condition") == "PagesAreHosted"},
    }
    formation, name = stack.aws("cloudformation"), f"pages-{uuid.uuid4().hex[:8]}"
    formation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    (made,) = formation.describe_stacks(StackName=name)["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]}
    publisher = module("publish")
    publisher.publish(
        stack.aws("s3"),
        "eu-west-1",
        outputs
        | {"ApiUrl": "https://abc123.execute-api.eu-west-1.amazonaws.com", "AgentPoolId": "pool", "AgentClientId": "client"}
        | {"CustomerPoolId": "customers", "CustomerClientId": "their-client"},
        {**ORIGINS, "ConsentPageUrl": "https://consent.example.com/", "ConsentMode": "agent-entry"},
    )
    return outputs


def _local(stack: Stack, page: str, path: str) -> http.client.HTTPResponse:
    """From the local stack."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.settings.page_port(page))
    connection.request("GET", path, headers={"Connection": "close"})
    return connection.getresponse()


def get(stack: Stack, domain: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """Over HTTPS, as far as the emulator knows."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.settings.port)
    connection.request("GET", path, headers={"Host": domain, "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
    headers, body = {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return answer.status, headers, body


@pytest.mark.parametrize(("page", "path"), [("Console", "/"), ("Console", "/remote-assistance.html"), ("ConsentPage", "/")])
def test_a_page_is_served_with_its_policy(stack: Stack, hosted: dict[str, str], page: str, path: str) -> None:
    status, headers, body = get(stack, hosted[f"{page}Domain"], path)
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert headers["cache-control"] == "no-cache"
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'", "something inline is allowed"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "https://abc123.execute-api.us-east-1.amazonaws.com" in policy["connect-src"].split()
    assert int(headers["strict-transport-security"].split(";")[0].removeprefix("max-age=")) >= 31_536_000
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    text = body.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert " onload=" not in text
    assert text.count("<script") == text.count('<script type="module"') == text.count(' src="'), "a script stands in the page"


def test_each_page_knows_its_api_and_neither_serves_the_other(stack: Stack, hosted: dict[str, str]) -> None:
    _, headers, body = get(stack, hosted["ConsentPageDomain"], "/config.json")
    assert json.loads(body) == {"apiUrl": "https://abc123.execute-api.eu-west-1.amazonaws.com", "consentMode": "agent-entry"}
    assert headers["cache-control"] == "no-cache"
    _, _, body = get(stack, hosted["ConsoleDomain"], "/config.json")
    config = json.loads(body)
    assert (config["agentClientId"], config["customerPoolId"], config["customerClientId"]) == ("client", "customers", "their-client")
    assert config["consentMode"] == "agent-entry"
    assert get(stack, hosted["ConsentPageDomain"], "/consent.js")[1]["content-type"] == "text/javascript; charset=utf-8"
    for path in ("/../console/index.html", "/console/index.html", "/nothing"):
        status, _, body = get(stack, hosted["ConsentPageDomain"], path)
        assert (status, body) == (404, (ROOT / "pages/consent/missing.html").read_bytes())


@pytest.mark.parametrize(("page", "file"), [("Console", "console/dist/index.html"), ("ConsentPage", "pages/consent/missing.html")])
@pytest.mark.parametrize("path", ["/nothing", "/assets/nothing.js", "/no/such/thing.html", "/nothing/"])
def test_what_is_not_there_is_a_page_and_still_an_error(stack: Stack, hosted: dict[str, str], page: str, file: str, path: str) -> None:
    expected = (ROOT / file).read_bytes()
    status, headers, body = get(stack, hosted[f"{page}Domain"], path)
    assert (status, body) == (404, expected)
    assert headers["content-type"].startswith("text/html")
    assert headers["cache-control"] == "no-cache"
    assert headers["x-content-type-options"] == "nosniff", "a browser would take the page for a stylesheet"
    answer = _local(stack, "console" if page == "Console" else "consent", path)
    assert (answer.status, answer.read()) == (404, expected), "the local stack differs"


@pytest.mark.parametrize(("page", "says"), [("console", "Sign in"), ("consent", "There is nothing at this address")])
def test_a_mistyped_address_shows_a_whole_page(stack: Stack, visitor: Callable[..., Visitor], page: str, says: str) -> None:
    here = visitor(width=320)
    opened = here.open(f"{stack.settings.origin(page)}/no/such/thing")
    expect(opened.get_by_role("heading", level=1)).to_have_text(says)
    accessible(opened)
    fits(opened)
    assert all(request.response().status == 200 for request in here.sent if not request.is_navigation_request())


def published(client: str = "none") -> dict[str, bytes]:
    """What is put into the bucket of a stack with this app client for its customers, in its order."""
    put: dict[str, bytes] = {}

    class Bucket:
        def put_object(self, *, Key: str, Body: bytes, **_: str) -> None:  # noqa: N803
            put[Key] = Body

    pools = {"AgentPoolId": "p", "AgentClientId": "c", "CustomerPoolId": "customers", "CustomerClientId": client}
    outputs = {"PagesBucket": "b", "ApiUrl": "https://api.example.com"} | pools
    parameters = {"ConsentPageUrl": "https://consent.example.com/", "ConsentMode": "both"}
    module("publish").publish(Bucket(), "eu-west-1", outputs, parameters)
    return put


@pytest.mark.parametrize(("client", "config"), [("theirs", ("customers", "theirs")), ("none", (None, None))])
def test_the_customers_page_is_told_of_their_app_client_where_there_is_one(client: str, config: tuple[str | None, str | None]) -> None:
    put = published(client)
    told = json.loads(put["console/config.json"])
    assert (told.get("customerPoolId"), told.get("customerClientId")) == config
    assert "console/remote-assistance.html" in put


def test_what_refers_is_put_after_what_it_refers_to() -> None:
    put = list(published())
    for page in ("console", "consent"):
        files = [name.removeprefix(f"{page}/") for name in put if name.startswith(f"{page}/")]
        pages = [name for name in files if name.endswith(".html")]
        assert files[0] == "config.json" and files[-len(pages) :] == pages, files
    scripts = {
        script.name: re.findall(r"from ['\"]\./([\w.]+)['\"]", script.read_text()) for script in (ROOT / "pages/consent").glob("*.js")
    }
    assert scripts["consent.js"]
    for script, imported in scripts.items():
        assert all(files.index(name) < files.index(script) for name in imported), (script, files)


def test_the_local_pages_know_who_enters_the_customers_code(stack: Stack) -> None:
    for page in ("console", "consent"):
        config = json.loads(_local(stack, page, "/config.json").read())
        assert (config["apiUrl"], config["consentMode"]) == (stack.facts["ApiUrl"], stack.facts["parameters"]["ConsentMode"])


def test_the_consoles_assets_are_kept_by_browsers(stack: Stack, hosted: dict[str, str]) -> None:
    asset = next((ROOT / "console/dist/assets").glob("*.js")).name
    status, headers, _ = get(stack, hosted["ConsoleDomain"], f"/assets/{asset}")
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


def test_what_is_unsafe_is_redirected_and_the_bucket_is_closed(stack: Stack, hosted: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stack.settings.port)
    connection.request("GET", "/", headers={"Host": hosted["ConsentPageDomain"]})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{hosted['ConsentPageDomain']}/")
    connection.close()
    block: dict[str, Any] = stack.aws("s3").get_public_access_block(Bucket=hosted["PagesBucket"])["PublicAccessBlockConfiguration"]
    assert all(block.values())


def test_the_local_stack_serves_the_pages_with_the_headers_of_the_template(stack: Stack, hosted: dict[str, str]) -> None:
    for page, domain in (("console", "ConsoleDomain"), ("consent", "ConsentPageDomain")):
        here = {name.lower(): value for name, value in _local(stack, page, "/").getheaders()}
        _, there, _ = get(stack, hosted[domain], "/")
        for name in (
            "strict-transport-security",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "permissions-policy",
            "cross-origin-opener-policy",
        ):
            assert here[name] == there[name], name
        policy = here["content-security-policy"].replace(stack.facts["ApiUrl"], "https://abc123.execute-api.us-east-1.amazonaws.com")
        policy = policy.replace(stack.facts["endpoint"], "https://cognito-idp.us-east-1.amazonaws.com")
        assert policy == there["content-security-policy"]
