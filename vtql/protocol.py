"""The web service's protocol: operations, envelope, error codes. Client and sandbox meet here.

One endpoint, `webservice.php`. The parameters of an operation travel in the URL of a GET or in
the form-encoded body of a POST, and nowhere else; which of the two is the operation's, not the
caller's, choice. The answer is `{"success": true, "result": …}` or
`{"success": false, "error": {"code": …, "message": …}}`, with HTTP status 200 either way.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vtql.errors import ServiceError, TransportError

ENDPOINT = "webservice.php"
PAGE = 100
"""Records that a server gives at most, whatever LIMIT says."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its HTTP method, its parameters in the order of the service's own table, and
    whether it needs a session."""

    name: str
    method: str
    parameters: tuple[str, ...]
    session: bool = True


OPERATIONS: Mapping[str, Operation] = {
    row.name: row
    for row in (
        Operation("getchallenge", "GET", ("username",), session=False),
        Operation("login", "POST", ("username", "accessKey"), session=False),
        Operation("logout", "POST", ("sessionName",)),
        Operation("listtypes", "GET", ("fieldTypeList",)),
        Operation("describe", "GET", ("elementType",)),
        Operation("retrieve", "GET", ("id",)),
        Operation("query", "GET", ("query",)),
    )
}

ACCESS_DENIED = "ACCESS_DENIED"
AUTHENTICATION_REQUIRED = "AUTHENTICATION_REQUIRED"
DATABASE_QUERY_ERROR = "DATABASE_QUERY_ERROR"
INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
INVALID_AUTH_TOKEN = "INVALID_AUTH_TOKEN"  # noqa: S105 - the name of an error
INVALID_ID_ATTRIBUTE = "INVALID_ID_ATTRIBUTE"
INVALID_SESSIONID = "INVALID_SESSIONID"
INVALID_USER_CREDENTIALS = "INVALID_USER_CREDENTIALS"
QUERY_SYNTAX_ERROR = "QUERY_SYNTAX_ERROR"
SESSION_EXPIRED = "SESSION_EXPIRED"
SESSION_LEFT_IDLE = "SESSION_LEFT_IDLE"

LOG_IN_AGAIN = frozenset(
    {INVALID_SESSIONID, AUTHENTICATION_REQUIRED, SESSION_EXPIRED, SESSION_LEFT_IDLE}
)
"""The codes that mean: the session is gone, a new login helps."""

_START = re.compile(r'\{\s*"(?:success|error|result)"\s*:')
TOO_LONG = (413, 414)
_TOO_LONG = "the query is longer than the server takes in a URL; several shorter ones are not"
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)


def login_digest(token: str, access_key: str) -> str:
    """What `login` sends for an access key: the MD5 of the challenge's token and the key."""
    return hashlib.md5((token + access_key).encode(), usedforsecurity=False).hexdigest()


def success(result: Any) -> bytes:
    """The body of an answer that worked."""
    return _encode({"success": True, "result": result})


def failure(code: str | int, message: str) -> bytes:
    """The body of a refusal."""
    return _encode({"success": False, "error": {"code": code, "message": message}})


def read_answer(body: bytes, status: int, operation: str) -> Any:
    """The result in the body of an answer.

    A byte order mark, PHP warnings in front, HTML behind, raw control characters and bytes that
    are not UTF-8 do not keep the JSON from being read: servers send all of them.

    Raises:
        ServiceError: the service refused.
        TransportError: the body is not an answer of a Vtiger web service.
    """
    text = body.decode("utf-8-sig", "replace").strip()
    if not text and status in TOO_LONG:
        raise TransportError(f"{operation}: {_TOO_LONG} (HTTP {status})")
    if not text:
        raise TransportError(
            f"{operation}: the answer is empty (HTTP {status}); a PHP error on the server ends so, "
            "and so does an operation that this version does not know"
        )
    envelope = _envelope(text)
    if envelope is None:
        came = _TOO_LONG if status in TOO_LONG else _what_came(text)
        raise TransportError(f"{operation}: {came} (HTTP {status})")
    if envelope.get("success") is True:
        return envelope.get("result")
    error = envelope.get("error")
    if not isinstance(error, Mapping):
        raise TransportError(f"{operation}: the answer is neither a result nor an error")
    code = error.get("code", "")
    raise ServiceError(
        code if isinstance(code, str | int) else str(code), str(error.get("message", "")), operation
    )


def _envelope(text: str) -> Mapping[str, Any] | None:
    decoder = json.JSONDecoder(strict=False)
    for start in _START.finditer(text):
        try:
            found, _ = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and ("success" in found or "error" in found):
            return found
    return None


def _what_came(text: str) -> str:
    """What a body without an envelope is, for people who have never seen one."""
    title = _TITLE.search(text)
    if title and title[1].strip():
        return f"the answer is a web page, “{' '.join(title[1].split())[:80]}”, not the web service"
    if _START.search(text):
        return "the answer's JSON is cut off or broken"
    if text.startswith("<"):
        return "the answer is a web page, not the web service"
    beginning = " ".join(text[:80].split())
    return f"the answer is not that of a Vtiger web service: {beginning!r}"


def _encode(envelope: Mapping[str, Any]) -> bytes:
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
