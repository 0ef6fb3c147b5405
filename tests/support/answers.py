"""What an answer shows."""

from __future__ import annotations

from typing import Any

from client import Answer


def face(answer: Answer) -> tuple[Any, ...]:
    """All that an answer shows, byte for byte, but when it was given and to which request."""
    content = answer.body
    if answer.headers.get_content_type() == "application/problem+json":
        content = content.replace(answer.json["request_id"].encode(), b"")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for changing in ("date", "apigw-requestid", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"):
        headers.pop(changing, None)
    return answer.status, headers, content
