"""Queries for other tools: as text, parameters, a URL, a command, a file of requests; a row each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from vtql.generate.curl import curl
from vtql.generate.http import http
from vtql.generate.postman import postman
from vtql.generate.request import params, url

Form: TypeAlias = Callable[[Sequence[str], str | None], str]


def _vtql(statements: Sequence[str], _: str | None) -> str:
    return "\n".join(statements)


def _params(statements: Sequence[str], _: str | None) -> str:
    return "\n".join(
        json.dumps(parameters, ensure_ascii=False) for parameters in params(statements)
    )


FORMS: Mapping[str, Form] = {
    "vtql": _vtql,
    "params": _params,
    "url": url,
    "curl": curl,
    "http": http,
    "postman": postman,
}
"""What queries can be made into. Each takes them and the address of the installation, or none."""

__all__ = ["FORMS", "Form", "curl", "http", "params", "postman", "url"]
