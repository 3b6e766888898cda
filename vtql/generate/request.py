"""A query as a request: its parameters, its URL, and what stands in the place of a secret.

Everything that goes into a URL is encoded here, by `query_string`, as the client's requests are: a
form, with a plus for a blank. The session is never known here; a placeholder says where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from vtql.errors import ArgumentError
from vtql.protocol import ENDPOINT, OPERATIONS
from vtql.protocol.urls import endpoint

SESSION = "sessionName"
"""The parameter that names the session."""

_PLAIN = re.compile(r"[!-~]+")


def parameters(statement: str) -> dict[str, str]:
    """The parameters of the request that asks a query, but for the session."""
    operation = OPERATIONS["query"]
    (name,) = operation.parameters
    return {"operation": operation.name, name: statement}


def query_string(statement: str) -> str:
    """The same as they stand in a URL."""
    return urlencode(parameters(statement))


def address(base: str | None, placeholder: str) -> str:
    """The address of the web service of an installation, or of one that is yet to be named.

    Raises:
        ArgumentError: it is not one, or has a password or something else in it that should not be
            handed on.
    """
    if base is None:
        return f"{placeholder}/{ENDPOINT}"
    url = endpoint(base)
    if urlsplit(url).username is not None:
        raise ArgumentError(
            "there is a user or a password in this address, which the request would carry about; "
            "one without looks like `https://crm.example.com`"
        )
    if not _PLAIN.fullmatch(url):
        raise ArgumentError(
            "this address has a blank or a letter that a URL has only encoded; one looks like "
            "`https://crm.example.com`"
        )
    return url


def params(statements: Sequence[str]) -> list[dict[str, str]]:
    """The parameters of each request, for a program that encodes them: a placeholder for the session."""
    return [{**parameters(statement), SESSION: "{{sessionName}}"} for statement in statements]


def url(statements: Sequence[str], base: str | None = None) -> str:
    """A URL a line, `{{sessionName}}` where the session belongs.

    Without an address it begins with `{{url}}`.
    """
    place = address(base, "{{url}}")
    return "\n".join(
        f"{place}?{query_string(statement)}&{SESSION}={{{{sessionName}}}}"
        for statement in statements
    )
