"""The web service's protocol: operations, envelope, error codes. Client and sandbox meet here.

One endpoint, `webservice.php`. The parameters of an operation travel in the URL of a GET or in
the form-encoded body of a POST, and nowhere else; which of the two is the operation's, not the
caller's, choice. The answer is `{"success": true, "result": …}` or
`{"success": false, "error": {"code": …, "message": …}}`, with HTTP status 200 either way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vtql.errors import (
    BrokenAnswer,
    DuplicateRecord,
    ForeignAnswer,
    RateLimited,
    ServerFailed,
    ServiceError,
    TransportError,
)
from vtql.profiles import PAGE as PAGE  # noqa: PLC0414 - part of the protocol, in a file that loads faster

ENDPOINT = "webservice.php"
PATIENCE = "vtql.patience"
"""Where there is no socket: the key of the environment that has the caller's timeout in seconds."""


SERVERS = ("documented", "5.4", "7", "8.0", "8.4", "cloud")
"""The names of the profiles, which `vtql.profiles` tells the rest of."""

_OPEN = ("documented", "5.4", "7", "8.0", "8.4")
_RELATIONS = ("documented", "7", "8.0", "8.4", "cloud")
_OLD = ("documented", "5.4")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the service (reference 1.2).

    `method`: how it is asked for, GET or POST.
    `parameters`: their names, in the order of the service's own table.
    `session`: whether it needs one.
    `profiles`: where it works; elsewhere it is not registered, or ends in HTTP 500.
    `encoded`: those of its parameters that travel as JSON.
    `instead`: what to use where it does not work, a phrase.
    `writes`: whether it changes what the server holds, and so must not be sent a second time
    unasked.
    """

    name: str
    method: str
    parameters: tuple[str, ...]
    session: bool = True
    profiles: tuple[str, ...] = SERVERS
    encoded: tuple[str, ...] = ()
    instead: str = ""
    writes: bool = False


OPERATIONS: Mapping[str, Operation] = {
    row.name: row
    for row in (
        # Sessions. Vtiger Cloud has none: each request carries name and key.
        Operation("getchallenge", "GET", ("username",), session=False, profiles=_OPEN,
                  instead="each request carries the name and the access key there"),
        Operation("login", "POST", ("username", "accessKey"), session=False, profiles=_OPEN,
                  instead="each request carries the name and the access key there"),
        Operation("extendsession", "POST", (), session=False, profiles=_OPEN,
                  instead="there are no sessions there"),
        Operation("logout", "POST", ("sessionName",), profiles=("documented", "5.4", "7", "8.4"),
                  instead="a session that is not used ends by itself"),
        # What there is.
        Operation("listtypes", "GET", ("fieldTypeList",), encoded=("fieldTypeList",)),
        Operation("describe", "GET", ("elementType",)),
        Operation("me", "GET", (), profiles=("cloud",),
                  instead="the login answer tells of the user: `client.login_facts`"),
        # Records.
        Operation("create", "POST", ("elementType", "element"), encoded=("element",), writes=True),
        Operation("retrieve", "GET", ("id",)),
        Operation("update", "POST", ("element",), encoded=("element",), writes=True),
        Operation("revise", "POST", ("element",), encoded=("element",), writes=True),
        Operation("delete", "POST", ("id",), writes=True),
        Operation("query", "GET", ("query",)),
        Operation("sync", "GET", ("modifiedTime", "elementType", "syncType"),
                  profiles=("documented", "5.4", "7", "cloud"),
                  instead="`client.changes(module, since)` reads the records by `modifiedtime`"),
        Operation("lookup", "GET", ("type", "value", "searchIn"), profiles=("cloud",),
                  encoded=("searchIn",),
                  instead="a query with `IN` or `LIKE` on the fields of type phone or email"),
        # Relations.
        Operation("relatedtypes", "GET", ("elementType",), profiles=_RELATIONS,
                  instead="`describe` tells what the references of a module point at"),
        Operation("retrieve_related", "GET", ("id", "relatedType", "relatedLabel"),
                  profiles=_RELATIONS,
                  instead="a query of the related module with a condition on its reference"),
        Operation("query_related", "GET", ("query", "id", "relatedLabel"), profiles=_RELATIONS,
                  instead="a query of the related module with a condition on its reference"),
        Operation("add_related", "POST", ("sourceRecordId", "relatedRecordId", "relationIdLabel"),
                  profiles=_RELATIONS, writes=True,
                  instead="`revise` of the reference on the related record"),
        Operation("delete_related", "POST", ("sourceRecordId", "relatedRecordId"),
                  profiles=("cloud",), writes=True,
                  instead="no operation removes a relation there; `revise` clears a reference"),
        # Files.
        Operation("files_retrieve", "GET", ("id",), profiles=("documented", "7", "8.4", "cloud"),
                  instead="the record's download link in the browser; 8.4 has it mended"),
        # Leads and users.
        Operation("convertlead", "POST", ("element",), encoded=("element",), writes=True,
                  profiles=("documented", "7", "8.4", "cloud"),
                  instead="`create` an account and a contact, then `revise` the lead"),
        Operation("changePassword", "POST",
                  ("id", "oldPassword", "newPassword", "confirmPassword"),
                  profiles=_OLD, writes=True, instead="the user's own preferences in the browser"),
        Operation("deleteUser", "POST", ("id", "newOwnerId"), profiles=_OLD, writes=True,
                  instead="the settings in the browser, or `revise` the user's `status`"),
        Operation("retrieve_inventory", "GET", ("id",), profiles=("documented", "7"),
                  instead="`retrieve`, which gives the same record with its lines"),
        # What Vtiger Cloud alone has.
        Operation("reopen", "POST", ("id",), profiles=("cloud",), writes=True,
                  instead="`revise` of the record's status"),
        Operation("tags_add", "POST", ("id", "tags"), profiles=("cloud",), encoded=("tags",),
                  writes=True, instead="tags are kept in the browser there"),
        Operation("tags_retrieve", "GET", ("id",), profiles=("cloud",),
                  instead="a query that selects `tags`"),
        Operation("tags_delete", "POST", ("id", "tags"), profiles=("cloud",), encoded=("tags",),
                  writes=True, instead="tags are kept in the browser there"),
        Operation("get_account_hierarchy", "GET", ("id",), profiles=("cloud",),
                  instead="queries with a condition on the reference to the parent account"),
        # The change feed of the sync server, and what the mobile application asks for.
        Operation("wsapp_register", "POST", ("type", "synctype"), profiles=_OPEN, writes=True),
        Operation("wsapp_deregister", "POST", ("type", "key"), profiles=_OPEN, writes=True),
        Operation("wsapp_get", "POST", ("key", "module", "token"), profiles=_OPEN, writes=True),
        Operation("wsapp_put", "POST", ("key", "element"), profiles=_OPEN, encoded=("element",),
                  writes=True),
        Operation("wsapp_map", "POST", ("key", "element"), profiles=_OPEN, encoded=("element",),
                  writes=True),
        Operation("mobile.fetchallalerts", "POST", (), profiles=_OPEN),
        Operation("mobile.alertdetailswithmessage", "POST", ("alertid",), profiles=_OPEN),
        Operation("mobile.fetchmodulefilters", "POST", ("module",), profiles=_OPEN),
        Operation("mobile.fetchrecord", "POST", ("record",), profiles=_OPEN),
        Operation("mobile.fetchrecordwithgrouping", "POST", ("record",), profiles=_OPEN),
        Operation("mobile.filterdetailswithcount", "POST", ("filterid",), profiles=_OPEN),
        Operation("mobile.listmodulerecords", "POST", ("elements",), profiles=_OPEN,
                  encoded=("elements",)),
        Operation("mobile.saverecord", "POST", ("module", "record", "values"), profiles=_OPEN,
                  encoded=("values",), writes=True),
        Operation("mobile.syncModuleRecords", "POST", ("module", "syncToken", "page"),
                  profiles=_OPEN),
        Operation("mobile.query", "POST", ("module", "query", "page"), profiles=_OPEN),
        Operation("mobile.querywithgrouping", "POST", ("module", "query", "page"), profiles=_OPEN),
    )
}  # fmt: skip
"""By lower-case name but for those that are written otherwise; a server looks a name up by a
collation without case."""

ACCESS_DENIED = "ACCESS_DENIED"
AUTHENTICATION_REQUIRED = "AUTHENTICATION_REQUIRED"
DATABASE_QUERY_ERROR = "DATABASE_QUERY_ERROR"
INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
INVALID_AUTH_TOKEN = "INVALID_AUTH_TOKEN"  # noqa: S105 - the name of an error
INVALID_ID_ATTRIBUTE = "INVALID_ID_ATTRIBUTE"
INVALID_SESSIONID = "INVALID_SESSIONID"
INVALID_USER_CREDENTIALS = "INVALID_USER_CREDENTIALS"
MANDATORY_FIELDS_MISSING = "MANDATORY_FIELDS_MISSING"
QUERY_SYNTAX_ERROR = "QUERY_SYNTAX_ERROR"
SESSION_EXPIRED = "SESSION_EXPIRED"
SESSION_LEFT_IDLE = "SESSION_LEFT_IDLE"

LOG_IN_AGAIN = frozenset(
    {INVALID_SESSIONID, AUTHENTICATION_REQUIRED, SESSION_EXPIRED, SESSION_LEFT_IDLE}
)
"""The codes that mean: the session is gone, a new login helps."""

CHALLENGE_LOST = frozenset({INVALID_AUTH_TOKEN, INVALID_USER_CREDENTIALS})
"""The codes of a login whose challenge another login of the same user has replaced meanwhile; of
a wrong key, too (reference 2.1)."""

_START = re.compile(r'\{\s*"(?:success|error|result)"\s*:')
TOO_LONG = (413, 414)
TOO_MANY = 429
UNAUTHORISED = 401
_TOO_LONG = "the query is longer than the server takes in a URL; several shorter ones are not"
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)


def login_digest(token: str, access_key: str) -> str:
    """What `login` sends for an access key: the MD5 of the challenge's token and the key."""
    import hashlib  # noqa: PLC0415 - a rule needs a number of this file, and no more

    return hashlib.md5((token + access_key).encode(), usedforsecurity=False).hexdigest()


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
    if not text:
        return ServerFailed(
            f"{operation}: the answer is empty (HTTP {status}); a PHP error on the server ends so, "
            "and so does an operation that this version does not know"
        )
    kind, came = _what_came(text)
    if status >= 500:
        kind = ServerFailed
    return kind(f"{operation}: {came} (HTTP {status})")


def _envelope(text: str) -> Mapping[str, Any] | None:
    import json  # noqa: PLC0415 - a rule needs a number of this file, and no more

    decoder = json.JSONDecoder(strict=False)
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
        name = " ".join(title[1].split())[:80]
        return ForeignAnswer, f"the answer is a web page, “{name}”, not the web service"
    if _START.search(text):
        return BrokenAnswer, "the answer's JSON is cut off or broken"
    if text.startswith("<"):
        return ForeignAnswer, "the answer is a web page, not the web service"
    beginning = " ".join(text[:80].split())
    return ForeignAnswer, f"the answer is not that of a Vtiger web service: {beginning!r}"


def _encode(envelope: Mapping[str, Any]) -> bytes:
    import json  # noqa: PLC0415 - a rule needs a number of this file, and no more

    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
