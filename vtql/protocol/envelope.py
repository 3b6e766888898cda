"""The bodies of answers: what says that it worked, what refuses, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from vtql.errors import (
    BrokenAnswer,
    DeadlinePassed,
    DuplicateRecord,
    ForeignAnswer,
    RateLimited,
    ServerFailed,
    ServiceError,
    TransportError,
)
from vtql.protocol.error_codes import CODES, TOO_LONG, TOO_MANY, UNAUTHORISED, UNAVAILABLE

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
_TITLE = re.compile(r"<title[^<>]*+>([^<]*+)", re.IGNORECASE)

ATTEMPTS, LINES = 4, 64
"""How many times the length of a text is read in search of an envelope, and how many characters can be
searched for line breaks while one is read."""
BEGINNING, MARGIN = 1 << 16, 1 << 14
"""Characters at the beginning of a text that a message quotes from, and those at their end that it
does not, as many as a secret has at most in any spelling."""


def success(result: Any) -> bytes:
    """The body of an answer that worked."""
    return _encode({"success": True, "result": result})


def failure(code: str | int, message: str) -> bytes:
    """The body of a refusal."""
    return _encode({"success": False, "error": {"message": message, "code": code}})


def read_answer(
    body: bytes,
    status: int,
    operation: str,
    hide: Callable[[str], str] = str,
    late: Callable[[], bool] = bool,
) -> Any:
    """The result in the body of an answer.

    A byte order mark, PHP warnings in front, HTML behind, raw control characters and bytes that
    are not UTF-8 do not keep the JSON from being read: servers send all of them. It takes time in
    proportion to the size of the body, whatever is in it.

    Args:
        body: what came.
        status: the HTTP status.
        operation: what was asked for.
        hide: takes secrets out of a text that a message quotes.
        late: whether the deadline of the answer has passed; asked before more than one attempt to
            read it.

    Raises:
        ServiceError: the service refused.
        TransportError: the body is not an answer of a Vtiger web service.
    """
    outcome = _outcome(body, status, operation, hide, late)
    del body, hide  # so that no traceback has what may be secret among its variables
    if isinstance(outcome, _Failed):
        raise outcome.error
    return outcome


@dataclass(frozen=True, slots=True)
class _Failed:
    """What to raise instead of giving a result."""

    error: Exception


def _outcome(
    body: bytes, status: int, operation: str, hide: Callable[[str], str], late: Callable[[], bool]
) -> Any:
    text = body.decode("utf-8-sig", "replace").strip()
    if status == TOO_MANY:
        return _Failed(RateLimited(f"{operation}: the server wants fewer requests (HTTP {status})"))
    envelope = _envelope(text, late)
    if envelope is None and late():
        return _Failed(DeadlinePassed(f"{operation}: reading the answer took until its deadline"))
    if envelope is None and status == UNAUTHORISED:
        refusal = "this user and access key are not taken"
        return _Failed(ServiceError(status, refusal, operation))
    if envelope is None:
        return _Failed(_no_answer(text, status, operation, hide))
    if envelope.get("success") is True:
        return envelope.get("result")
    return _Failed(_refusal(envelope.get("error"), operation, hide))


def _refusal(error: object, operation: str, hide: Callable[[str], str]) -> Exception:
    if not isinstance(error, Mapping):
        return BrokenAnswer(f"{operation}: the answer is neither a result nor an error")
    code, message = error.get("code", ""), hide(_text(error.get("message", "")))
    if type(code) is int:
        kind = DuplicateRecord if code == 0 else ServiceError
        return kind(code, message, operation)
    code = _text(code)
    return ServiceError(code if code in CODES else hide(code), message, operation)


def _text(value: object) -> str:
    """A value of JSON as text."""
    try:
        return value if isinstance(value, str) else str(value)
    except RecursionError:
        return "something that is nested too deeply to be shown"


def _no_answer(
    text: str, status: int, operation: str, hide: Callable[[str], str]
) -> TransportError:
    if status in TOO_LONG:
        return TransportError(f"{operation}: {_TOO_LONG} (HTTP {status})")
    if not text and status == UNAVAILABLE:
        return ServerFailed(f"{operation}: the server is busy or shut for a while (HTTP {status})")
    if not text:
        return ServerFailed(
            f"{operation}: the answer is empty (HTTP {status}); a PHP error on the server ends so, "
            "and so does an operation that this version does not know"
        )
    kind, came = _what_came(text, hide)
    if status >= 500:
        kind = ServerFailed
    return kind(f"{operation}: {came} (HTTP {status})")


@cache
def _decoder() -> JSONDecoder:
    import json  # noqa: PLC0415 - a query set needs a number of this package, and no more

    return json.JSONDecoder(strict=False)


def _envelope(text: str, late: Callable[[], bool]) -> Mapping[str, Any] | None:
    """The first envelope in a text. What fails is read as far as it fails, and begins anew with the
    next that looks like one, until that has been a few times the length of the text."""
    decoder, left = _decoder(), ATTEMPTS * len(text)
    for start in _START.finditer(text):
        if left <= 0:
            break
        end = len(text)
        try:
            envelope, _ = decoder.raw_decode(text, start.start())
        except ValueError as error:
            end = getattr(error, "pos", end)
        except RecursionError:
            pass
        else:
            if isinstance(envelope, dict) and ("success" in envelope or "error" in envelope):
                return envelope
        # An exception of json counts the lines before its place, which is quick but not for nothing.
        left -= max(end, start.end()) - start.start() + end // LINES
        if late():
            break
    return None


def _what_came(text: str, hide: Callable[[str], str]) -> tuple[type[TransportError], str]:
    """What a body without an envelope is, for people who have never seen one."""
    begun = _START.search(text) or _BEGUN.search(text)
    whole, text = len(text) <= BEGINNING, hide(text[:BEGINNING])
    if not whole:
        text = text[:-MARGIN]  # where a secret may have been cut in two
    title = _TITLE.search(text)
    if title and title[1].strip():
        return ForeignAnswer, f"the answer is a web page, “{_line(title[1])}”, not the web service"
    if begun:
        return BrokenAnswer, "the answer's JSON is cut off or broken"
    if _PHP.match(text) or _PHP_BEGUN.match(text):
        summary = _line(_TAG.sub("", text)) or "nothing that can be read"
        return BrokenAnswer, f"the answer is what PHP says of an error, and no JSON: “{summary}”"
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
