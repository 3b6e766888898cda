"""The address of a web service, and how one is shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from vtql.errors import ArgumentError
from vtql.protocol import ENDPOINT

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE | re.ASCII)
_LONGEST = 253


def endpoint(url: str) -> str:
    """The address of the web service of an installation: `https://crm.example.com` is enough.

    Raises:
        ArgumentError: not an address of a web server.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and _is_host(
            parts.hostname or "", bracketed="[" in parts.netloc
        )
        known = known and parts.port != 0  # which raises for what is no port at all
    except ValueError:
        raise ArgumentError(
            "this is not the address of a Vtiger; one looks like `https://crm.example.com`"
        ) from None
    if not known or not text.isprintable() or " " in parts.netloc:
        raise ArgumentError(
            f"{printable_url(url)} is not the address of a Vtiger; one looks like `https://crm.example.com`"
        )
    path = parts.path if parts.path.endswith(".php") else f"{parts.path.rstrip('/')}/{ENDPOINT}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _is_host(name: str, *, bracketed: bool) -> bool:
    """Whether a text can be the name of a host, or its address in numbers."""
    if bracketed:  # `urlsplit` does not look at all of what stands in brackets
        from ipaddress import IPv6Address  # noqa: PLC0415 - few addresses are of this kind

        return bool(IPv6Address(name.partition("%")[0]))
    labels = name.encode("idna").decode().removesuffix(".").split(".")
    return len(name) <= _LONGEST and all(map(_LABEL.fullmatch, labels))


def rest_endpoint(url: str, path: str) -> str:
    """The address under which each operation of Vtiger Cloud has its own.

    Raises:
        ArgumentError: not an address of a web server.
    """
    parts = urlsplit(endpoint(url).removesuffix(ENDPOINT))
    begun = parts.path.partition("/restapi")[0].rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, begun + path, "", ""))


def printable_url(url: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "something that is no address"
    host = parts.netloc.rpartition("@")[2]
    return f"`{urlunsplit((parts.scheme, host, parts.path, '', ''))}`"
