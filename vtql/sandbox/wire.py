"""A WSGI request as the service sees it, and the answer it gives, before they are WSGI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

JSON = "application/json"
HTML = "text/html; charset=UTF-8"
SESSION_COOKIE = "PHPSESSID"
LARGEST = 8 * 1024 * 1024
"""Bytes of a body that are read, as PHP's `post_max_size` has it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request: parameters of the URL and of the body, the last one where a name comes twice;
    and the session that a browser's cookie names."""

    method: str
    url: Mapping[str, str]
    body: Mapping[str, str]
    cookie: str = ""

    def either(self, name: str) -> str:
        """A parameter that may come in either place; the body's counts more."""
        return self.body.get(name) or self.url.get(name, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: HTTP status, body and its type; the code of a refusal; headers beside the usual."""

    status: int
    body: bytes
    kind: str = JSON
    code: str | int | None = None
    headers: tuple[tuple[str, str], ...] = ()


def read_request(environ: Mapping[str, Any]) -> Request:
    """The request in a WSGI environment. A body that is no form says nothing."""
    kind = str(environ.get("CONTENT_TYPE") or "")
    # WSGI hands bytes over as if they were Latin-1.
    query = str(environ.get("QUERY_STRING") or "").encode("latin-1", "replace")
    return Request(
        str(environ.get("REQUEST_METHOD") or "GET"),
        _parameters(query.decode("utf-8", "replace")),
        _form(kind, _body(environ)),
        _cookie(str(environ.get("HTTP_COOKIE") or "")),
    )


def _form(kind: str, body: bytes) -> dict[str, str]:
    """What a body says: a form, in either of the ways in which a browser sends one."""
    match kind.partition(";")[0].strip().lower():
        case "application/x-www-form-urlencoded":
            return _parameters(body.decode("utf-8", "replace"))
        case "multipart/form-data":
            return _parts(kind, body)
    return {}


def _parts(kind: str, body: bytes) -> dict[str, str]:
    """The parts of a form that are no files. PHP's curl sends an array of fields like that."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    # Few requests are like that, and the parser is slow to load.
    from email import message_from_bytes  # noqa: PLC0415
    from email.message import Message  # noqa: PLC0415

    found: dict[str, str] = {}
    for part in message_from_bytes(head + body).get_payload():
        if not isinstance(part, Message):
            break  # no part at all, but the characters of a text
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and part.get_filename() is None and isinstance(content, bytes):
            found[name] = content.decode("utf-8", "replace")
    return found


def _body(environ: Mapping[str, Any]) -> bytes:
    if environ.get("wsgi.input_terminated"):  # a body in chunks, of which the server knows the end
        return bytes(environ["wsgi.input"].read(LARGEST))
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not (length.isascii() and length.isdigit()) or len(length) > 12:
        return b""
    found: bytes = environ["wsgi.input"].read(min(int(length), LARGEST))
    return found


def _parameters(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def _cookie(text: str) -> str:
    pairs = (each.strip().partition("=") for each in text.split(";"))
    return next((value for name, _, value in pairs if name == SESSION_COOKIE), "")
