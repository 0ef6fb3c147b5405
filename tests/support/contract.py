"""Every answer that a test gets is held against openapi.yaml: status, content type, headers and body."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from client import Answer, Api

DOCUMENT = Path(__file__).resolve().parents[2] / "openapi.yaml"
URI = "urn:openapi"


class BrokenContract(AssertionError):
    pass


class CheckedApi(Api):
    """The API, with each answer checked. What openapi.yaml does not describe, an unknown route for one, is let through."""

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = super().call(method, path, body, **more)
        contract().check(method, path, answer)
        return answer


@functools.cache
def contract() -> Contract:
    return Contract(yaml.safe_load(DOCUMENT.read_text()))


class Contract:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.registry = Registry().with_resource(URI, Resource(contents=document, specification=DRAFT202012))
        # A literal path goes before a template that fits it, too.
        templates = sorted(document["paths"], key=lambda path: path.count("{"))
        self.paths = [(re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), path) for path in templates]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        bare = path.partition("?")[0]
        found = next((template for pattern, template in self.paths if pattern.fullmatch(bare)), None)
        return None if found is None else self.document["paths"][found].get(method.lower())

    def check(self, method: str, path: str, answer: Answer) -> None:
        operation = self.operation(method, path)
        if operation is None:
            return
        name = operation["operationId"]
        described = self._resolved(operation["responses"].get(str(answer.status)))
        if described is None:
            raise BrokenContract(f"{name} answered {answer.status}, which is not described: {answer.body.decode()}")
        content_type = answer.headers.get_content_type()
        if "content" not in described:
            if answer.body:
                raise BrokenContract(f"{name} answered {answer.status} with a body: {answer.body.decode()}")
        elif (media := described["content"].get(content_type)) is None:
            raise BrokenContract(f"{name} answered {answer.status} as {content_type}: {answer.body.decode()}")
        else:
            self.require(f"{name}, {answer.status}", media["schema"], answer.json)
        if content_type == "application/json" and answer.status >= 400:
            return  # API Gateway's own
        for header, reference in described.get("headers", {}).items():
            description = self._resolved(reference)
            value = answer.headers[header]
            if value is not None:
                self.require(f"{name}, {answer.status}, {header}", description["schema"], value)
            elif description.get("required"):
                raise BrokenContract(f"{name} answered {answer.status} without {header}")

    def _resolved(self, node: dict[str, Any] | None) -> Any:
        if node is None or "$ref" not in node:
            return node
        target: Any = self.document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return target

    def allows(self, schema: dict[str, Any], value: Any) -> bool:
        return self._validator(schema).is_valid(value)

    def require(self, what: str, schema: dict[str, Any], value: Any) -> None:
        errors = list(self._validator(schema).iter_errors(value))
        if errors:
            found = "; ".join(f"{error.json_path}: {error.message}" for error in errors)
            raise BrokenContract(f"{what}: {found}")

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        return Draft202012Validator(_absolute(schema), registry=self.registry, format_checker=FormatChecker())


def _absolute(schema: Any) -> Any:
    """The schema with the document's address before its references, which are relative to the document."""
    match schema:
        case {"$ref": str(reference), **rest}:
            return {"$ref": f"{URI}{reference}", **rest}
        case dict():
            return {name: _absolute(each) for name, each in schema.items()}
        case list():
            return [_absolute(each) for each in schema]
    return schema
