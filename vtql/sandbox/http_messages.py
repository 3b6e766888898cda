"""A WSGI request as the service sees it, and the answer it gives, before they are WSGI."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring as spelled
from typing import Any
from urllib.parse import parse_qsl

from vtql.protocol import success

JSON = "application/json"
HTML = "text/html; charset=UTF-8"
SESSION_COOKIE = "PHPSESSID"
MAX_BODY_BYTES = 8 * 1024 * 1024
"""Bytes of a body; of a longer one PHP takes nothing at all (`post_max_size`)."""

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^",;]+))', re.IGNORECASE)
_DISPOSITION = re.compile(rb"^content-disposition:(.*)$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^content-type:[ \t]*([^\r\n;]+)", re.IGNORECASE | re.MULTILINE)
_LABEL = re.compile(rb'[; \t](name|filename)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form: its name, its media type as the caller has it, its bytes."""

    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """A request: parameters of the URL and of the body, the last one where a name comes twice;
    the session that a browser's cookie names; files, by the names of their fields; and the header
    with a name and a key."""

    method: str
    url: Mapping[str, str]
    body: Mapping[str, str]
    cookie: str = ""
    files: Mapping[str, Upload] = field(default_factory=dict)
    authorization: str = field(default="", repr=False)

    def either(self, name: str) -> str:
        """A parameter that may come in either place; the body's counts more."""
        return self.body.get(name) or self.url.get(name, "")


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: HTTP status, body and its type; the code of a refusal; headers beside the usual."""

    status: int
    body: bytes
    kind: str = JSON
    code: str | int | None = None
    headers: tuple[tuple[str, str], ...] = ()


def parse_request(environ: Mapping[str, Any]) -> Request:
    """The request in a WSGI environment. A body that is no form says nothing."""
    kind = str(environ.get("CONTENT_TYPE") or "")
    # WSGI hands bytes over as if they were Latin-1.
    query = str(environ.get("QUERY_STRING") or "").encode("latin-1", "replace")
    body, files = _parse_form(kind, _read_body(environ))
    return Request(
        str(environ.get("REQUEST_METHOD") or "GET"),
        _parameters(query),
        body,
        _cookie(str(environ.get("HTTP_COOKIE") or "")),
        files,
        str(environ.get("HTTP_AUTHORIZATION") or ""),
    )


def _parse_form(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """What a body says: a form, in either of the ways in which a browser sends one."""
    match kind.partition(";")[0].strip().lower():
        case "application/x-www-form-urlencoded":
            return _parameters(body), {}
        case "multipart/form-data":
            return _parse_multipart(kind, body)
    return {}, {}


def _parse_multipart(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """The fields and files of a form in parts, as PHP's curl and browsers send one."""
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for head, content in _parts(kind, body):
        stated = _DISPOSITION.search(head)
        labels = {
            found[1].lower(): _label(found)
            for found in _LABEL.finditer(stated[1] if stated else b"")
        }
        name = labels.get(b"name")
        if not name:
            continue
        if b"filename" in labels:
            told = _TYPE.search(head)
            # A browser of old tells a whole path; PHP takes what is behind the last stroke.
            file = re.split(r"[/\\]", labels[b"filename"])[-1]
            if file:
                files[name] = Upload(file, _decode(told[1]).strip() if told else "", content)
        else:
            fields[name] = _decode(content)
    return fields, files


def _parts(kind: str, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The heads and contents of the parts of a body, up to the border that ends them."""
    found = _BOUNDARY.search(kind)
    if found is None:
        return
    border = b"\r\n--" + (found[1] or found[2]).strip().encode("latin-1", "replace")
    for part in (b"\r\n" + body).split(border)[1:]:
        if part.startswith(b"--"):
            return
        head, blank, content = part.partition(b"\r\n\r\n")
        if blank:
            yield head, content


def _label(found: re.Match[bytes]) -> str:
    text = found[3] if found[2] is None else re.sub(rb'\\(["\\])', rb"\1", found[2])
    return _decode(text)


def _read_body(environ: Mapping[str, Any]) -> bytes:
    if environ.get("wsgi.input_terminated"):  # a body in chunks, of which the server knows the end
        left = MAX_BODY_BYTES + 1
    else:
        length = str(environ.get("CONTENT_LENGTH") or "")
        if not (length.isascii() and length.isdigit()) or len(length) > 12:
            return b""
        left = int(length)
        if left > MAX_BODY_BYTES:
            while left > 0 and environ["wsgi.input"].read(min(left, MAX_BODY_BYTES)):
                left -= MAX_BODY_BYTES  # a caller who is not listened to does not listen either
            return b""
    found: bytes = environ["wsgi.input"].read(left)
    return found if len(found) <= MAX_BODY_BYTES else b""


def _parameters(form: bytes) -> dict[str, str]:
    text = _decode(form)
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def _decode(found: bytes) -> str:
    return found.decode("utf-8", "replace")


def _cookie(text: str) -> str:
    pairs = (each.strip().partition("=") for each in text.split(";"))
    return next((value for name, _, value in pairs if name == SESSION_COOKIE), "")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the same fields, in the order of both; every value is a text or None."""

    fields: Sequence[str]
    values: Sequence[Sequence[str | None]]


def encode_body(result: Any) -> bytes:
    """The body of a result.

    `Rows` give what `success` makes of them as mappings, byte for byte, in less than half the
    time: names are spelled once, and a row is one format.
    """
    if not isinstance(result, Rows):
        return success(result)
    names = (spelled(name).replace("%", "%%") for name in result.fields)
    form = "{" + ",".join([f"{name}:%s" for name in names]) + "}"
    made = [
        form % tuple(["null" if value is None else spelled(value) for value in row])
        for row in result.values
    ]
    return f'{{"success":true,"result":[{",".join(made)}]}}'.encode("utf-8", "replace")
