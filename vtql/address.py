"""The address of a web service, and how one is shown."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from vtql.errors import ArgumentError
from vtql.protocol import ENDPOINT


def endpoint(url: str) -> str:
    """The address of the web service of an installation: `https://crm.example.com` is enough.

    Raises:
        ArgumentError: not an address of a web server.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise ArgumentError(
            "this is not the address of a Vtiger; one looks like `https://crm.example.com`"
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArgumentError(
            f"{shown(url)} is not the address of a Vtiger; one looks like `https://crm.example.com`"
        )
    path = parts.path if parts.path.endswith(".php") else f"{parts.path.rstrip('/')}/{ENDPOINT}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def rest_endpoint(url: str, path: str) -> str:
    """The address under which each operation of Vtiger Cloud has its own.

    Raises:
        ArgumentError: not an address of a web server.
    """
    parts = urlsplit(endpoint(url).removesuffix(ENDPOINT))
    begun = parts.path.partition("/restapi")[0].rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, begun + path, "", ""))


def shown(url: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "something that is no address"
    host = parts.netloc.rpartition("@")[2]
    return f"`{urlunsplit((parts.scheme, host, parts.path, '', ''))}`"
