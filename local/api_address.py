"""The API at a port of its own on 127.0.0.1, so that every program can call it: the address that the emulator gives it,
`http://<id>.execute-api.localhost:<port>`, resolves in browsers and curl, but not for Python or Node.js on every machine. The
same process answers there, so method, path, query, headers, body, signature and CORS are as they were sent.
It fits the version in requirements-stack.txt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# An id that no API has: nothing is deployed yet, so nothing is found.
NO_API = "00000000"


def at_a_port_of_its_own(port: int) -> None:
    import hypercorn.asyncio
    from ministack import app

    app._parse_execute_api_url = _by_its_port(port, app._parse_execute_api_url)
    hypercorn.asyncio.serve = _listening_there_too(port, hypercorn.asyncio.serve)


def _by_its_port(port: int, known: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
    """Whatever is asked for at this port is the API's."""

    def parsed(host: str, path: str) -> Any:
        if host.rpartition(":")[2] != str(port):
            return known(host, path)
        stage, _, rest = path.lstrip("/").partition("/")
        return _the_api(), stage or "$default", f"/{rest}"

    return parsed


def _the_api() -> str:
    """The id of the API that template.yaml makes: the first one."""
    from ministack.services import apigateway

    return next((identifier for (_, _, identifier), _ in apigateway._apis.all_items()), NO_API)


def _listening_there_too(port: int, known: Callable[..., Any]) -> Callable[..., Any]:
    def serve(app: Any, config: Any, **more: Any) -> Any:
        config.bind = [*config.bind, f"127.0.0.1:{port}"]
        return known(app, config, **more)

    return serve
