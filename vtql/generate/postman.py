"""Queries as a collection for Postman, and whatever else reads its format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from vtql.generate.http import title
from vtql.generate.request import SESSION, address, query_string

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def postman(statements: Sequence[str], base: str | None = None) -> str:
    """A collection of version 2.1, a request for each query.

    Its variables are `endpoint`, the address of the web service, and `sessionName`, which is empty:
    a login fills it in.
    """
    variables = [
        {"key": "endpoint", "value": "" if base is None else address(base, "")},
        {"key": SESSION, "value": ""},
    ]
    collection = {
        "info": {"name": "VTQL", "schema": SCHEMA},
        "variable": variables,
        "item": [_item(statement) for statement in statements],
    }
    return json.dumps(collection, ensure_ascii=False, indent=2)


def _item(statement: str) -> dict[str, Any]:
    encoded = f"{query_string(statement)}&{SESSION}={{{{{SESSION}}}}}"
    pairs = [pair.partition("=") for pair in encoded.split("&")]
    return {
        "name": title(statement),
        "request": {
            "method": "GET",
            "header": [{"key": "Accept", "value": "application/json"}],
            "url": {
                "raw": f"{{{{endpoint}}}}?{encoded}",
                "host": ["{{endpoint}}"],
                "query": [{"key": name, "value": value} for name, _, value in pairs],
            },
        },
    }
