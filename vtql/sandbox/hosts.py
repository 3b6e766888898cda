"""Which hosts a served sandbox answers for, because its access key is no secret.

A page of any site can make a browser ask this machine, and read the answer where the name of that
site leads here by then (DNS rebinding). Such a request has the foreign name in `Host`, and mostly in
`Origin`. Programs name the host that they connect to, and send no `Origin`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from vtql.errors import ArgumentError
from vtql.sandbox.app import Application, StartResponse
from vtql.suggestions import short_repr

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::[0-9]{0,5})?", re.ASCII)
_NAME = re.compile(r"[0-9A-Za-z._-]+", re.ASCII)

REFUSED = (
    b"This sandbox answers for localhost and 127.0.0.1 only: the request has another Host, or the "
    b"Origin of another site.\n`vtql sandbox --allow-host NAME`, or `serve(allow_hosts=[NAME])`, "
    b"lets it answer for another name.\n"
)


def is_loopback(address: str) -> bool:
    """Whether an IP address is one of this machine to itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def host_of(header: str) -> str:
    """The name or address in a `Host`, in small letters; empty where it has none."""
    found = _HOST.fullmatch(header)
    return (found[1] or found[2]).lower() if found else ""


def is_here(name: str) -> bool:
    """Whether a name or address is that of this machine to itself."""
    return name == "localhost" or is_loopback(name)


def host_names(names: str | Iterable[str]) -> frozenset[str]:
    """Names and addresses of hosts as they are compared.

    Raises:
        ArgumentError: one of them is none, such as a URL.
    """
    found = (names,) if isinstance(names, str) else tuple(names)
    return frozenset(map(_host_name, found))


def _host_name(name: object) -> str:
    text = name.strip("[]").lower() if isinstance(name, str) else ""
    try:
        return str(ip_address(text))
    except ValueError:
        if _NAME.fullmatch(text):
            return text
    raise ArgumentError(
        f"{short_repr(name)} is not the name of a host: without `http://` and port, such as "
        "`sandbox` or `192.0.2.7`"
    )


def for_hosts(app: Application, allowed: frozenset[str]) -> Application:
    """The application for requests to this machine and the allowed hosts; others get HTTP 403."""

    def answered(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if _is_allowed(environ, lambda name: is_here(name) or name in allowed):
            return app(environ, start_response)
        length = str(len(REFUSED))
        headers = [("Content-Type", "text/plain; charset=UTF-8"), ("Content-Length", length)]
        start_response("403 Forbidden", [*headers, ("X-Content-Type-Options", "nosniff")])
        return [REFUSED]

    return answered


def _is_allowed(environ: Mapping[str, Any], knows: Callable[[str], bool]) -> bool:
    """Whether a request names only known hosts. One of HTTP/1.0 need not name any."""
    host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
    if host is not None and not knows(host_of(str(host))):
        return False
    if origin is None:
        return True
    try:
        parts = urlsplit(str(origin))
        return parts.scheme in ("http", "https") and knows(host_of(parts.netloc))
    except ValueError:
        return False
