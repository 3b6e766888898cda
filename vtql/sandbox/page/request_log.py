"""The request log as the page shows it: without passwords, keys and sessions."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from vtql.sandbox.app import LoggedRequest, is_secret_name

REQUESTS, LONGEST = 50, 500
MASK = "••••"

_LITERAL = re.compile(r"'(?:[^']|'')*'?")
_JSON = ("element", "values", "elements")


def logged_requests(
    request_log: list[LoggedRequest], secrets: Collection[str]
) -> list[dict[str, Any]]:
    """The last requests, newest first; the values of fields in `secrets` are masked."""
    return [
        {
            "operation": request.operation[:LONGEST],
            "parameters": describe_parameters(request.parameters, secrets)[:LONGEST],
            "status": request.status,
            "code": request.code,
        }
        for request in reversed(request_log[-REQUESTS:])
    ]


def describe_parameters(parameters: Mapping[str, str], secrets: Collection[str]) -> str:
    """The parameters of a request in a line; a single one is shown without its name."""
    named = {
        name: MASK if is_secret_name(name) else _value(name, text, secrets)
        for name, text in parameters.items()
    }
    if len(named) == 1 and named.keys() <= {"query", "id", "elementType"}:
        return next(iter(named.values()))
    return "  ".join(f"{name}={text}" for name, text in named.items())


def _value(name: str, text: str, secrets: Collection[str]) -> str:
    """A value with the values of secret fields masked."""
    if not any(secret in text.lower() for secret in secrets):
        return text
    if name in _JSON:
        try:
            return json.dumps(_masked(json.loads(text), secrets), ensure_ascii=False)
        except (ValueError, RecursionError):
            return MASK
    return _LITERAL.sub(f"'{MASK}'", text) if name == "query" else MASK


def _masked(value: Any, secrets: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_masked(item, secrets) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: MASK if name.lower() in secrets else _masked(item, secrets)
        for name, item in value.items()
    }
