"""The bodies of answers: what says that it worked, what refuses, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from vtql.errors import (
    BrokenAnswer,
    DuplicateRecord,
    ForeignAnswer,
    RateLimited,
    ServerFailed,
    ServiceError,
    TransportError,
)
from vtql.protocol.codes import TOO_LONG, TOO_MANY, UNAUTHORISED, UNAVAILABLE

if TYPE_CHECKING:
    from json import JSONDecoder

_START = re.compile(r'\{\s*"(?:success|error|result)"\s*:')
_TOO_LONG = "the query is longer than the server takes in a URL; several shorter ones are not"
_BEGUN = re.compile(r'\{\s*(?:"\w*(?:"\s*)?)?\Z')
"""The beginning of an envelope that broke off in its first name."""
_PHP = re.compile(
    r"(?:<[^<>]*+>\s*+)*+(?:\( ! \)\s*+(?:<[^<>]*+>\s*+)*+)?+(?:PHP )?"
    r"(?:Warning|Notice|Deprecated|Strict Standards|(?:Fatal|Parse|Recoverable fatal) error)"
    r"(?:<[^<>]*>)?\s*:"
)
"""What PHP prints of an error, as HTML or as text, in front of an answer or in place of one."""
_PHP_BEGUN = re.compile(r"<(?:b(?:r[ /]*)?)?\Z|<br[ /]*>\s*(?:<b?|<b>[\w ]*(?:</?b?>?)?)?\Z")
"""The beginning of that, as HTML."""
_TAG = re.compile(r"<[^<>]*>?")
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)


def success(result: Any) -> bytes:
    """The body of an answer that worked."""
    return _encode({"success": True, "result": result})


def failure(code: str | int, message: str) -> bytes:
    """The body of a refusal."""
    return _encode({"success": False, "error": {"message": message, "code": code}})


def read_answer(body: bytes, status: int, operation: str) -> Any:
    """The result in the body of an answer.

    A byte order mark, PHP warnings in front, HTML behind, raw control characters and bytes that
    are not UTF-8 do not keep the JSON from being read: servers send all of them.

    Raises:
        ServiceError: the service refused.
        TransportError: the body is not an answer of a Vtiger web service.
    """
    text = body.decode("utf-8-sig", "replace").strip()
    if status == TOO_MANY:
        raise RateLimited(f"{operation}: the server wants fewer requests (HTTP {status})")
    envelope = _envelope(text)
    if envelope is None and status == UNAUTHORISED:
        raise ServiceError(status, "this user and access key are not taken", operation)
    if envelope is None:
        raise _no_answer(text, status, operation)
    if envelope.get("success") is True:
        return envelope.get("result")
    error = envelope.get("error")
    if not isinstance(error, Mapping):
        raise BrokenAnswer(f"{operation}: the answer is neither a result nor an error")
    code = error.get("code", "")
    kind = DuplicateRecord if code == 0 and isinstance(code, int) else ServiceError
    raise kind(
        code if isinstance(code, str | int) else str(code), str(error.get("message", "")), operation
    )


def _no_answer(text: str, status: int, operation: str) -> TransportError:
    if status in TOO_LONG:
        return TransportError(f"{operation}: {_TOO_LONG} (HTTP {status})")
    if not text and status == UNAVAILABLE:
        return ServerFailed(f"{operation}: the server is busy or shut for a while (HTTP {status})")
    if not text:
        return ServerFailed(
            f"{operation}: the answer is empty (HTTP {status}); a PHP error on the server ends so, "
            "and so does an operation that this version does not know"
        )
    kind, came = _what_came(text)
    if status >= 500:
        kind = ServerFailed
    return kind(f"{operation}: {came} (HTTP {status})")


@cache
def _decoder() -> JSONDecoder:
    import json  # noqa: PLC0415 - a query set needs a number of this package, and no more

    return json.JSONDecoder(strict=False)


def _envelope(text: str) -> Mapping[str, Any] | None:
    decoder = _decoder()
    for start in _START.finditer(text):
        try:
            found, _ = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and ("success" in found or "error" in found):
            return found
    return None


def _what_came(text: str) -> tuple[type[TransportError], str]:
    """What a body without an envelope is, for people who have never seen one."""
    title = _TITLE.search(text)
    if title and title[1].strip():
        return ForeignAnswer, f"the answer is a web page, “{_line(title[1])}”, not the web service"
    if _START.search(text) or _BEGUN.search(text):
        return BrokenAnswer, "the answer's JSON is cut off or broken"
    if _PHP.match(text) or _PHP_BEGUN.match(text):
        said = _line(_TAG.sub("", text)) or "nothing that can be read"
        return BrokenAnswer, f"the answer is what PHP says of an error, and no JSON: “{said}”"
    if text.startswith("<"):
        return ForeignAnswer, "the answer is a web page, not the web service"
    return ForeignAnswer, f"the answer is not that of a Vtiger web service: {_line(text)!r}"


def _line(text: str) -> str:
    """The beginning of a text, in one line."""
    return " ".join(text.split())[:80]


def _encode(envelope: Mapping[str, Any]) -> bytes:
    import json  # noqa: PLC0415 - a query set needs a number of this package, and no more

    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
