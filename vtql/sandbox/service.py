"""The state of a sandboxed server, its clock, and the parsing of requests into calls.

Vtiger Cloud has a REST service too: an address for each operation, and HTTP Basic instead of
sessions. Its addresses, statuses and operations are published (section 7); codes and messages of
refusals are those of the web service.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite

from vtql.catalog.catalog import Catalog
from vtql.errors import ArgumentError
from vtql.profiles import Profile
from vtql.protocol import OPERATIONS, Operation
from vtql.sandbox.access import FULL_ACCESS, Access, access_of
from vtql.sandbox.errors import Crash, PlainText, Refusal
from vtql.sandbox.http_messages import Request
from vtql.sandbox.locks import RecordLock
from vtql.sandbox.sessions import ANONYMOUS, Sessions, User
from vtql.sandbox.store import Store

START = datetime(2026, 1, 5, 9, tzinfo=UTC).timestamp()
"""The initial time of a sandbox without a clock, in seconds since 1970: a Monday morning."""


class Clock:
    """Seconds since 1970; without a base clock, time stands still until `advance` is called."""

    __slots__ = ("_base", "_more")

    def __init__(self, base: Callable[[], float] | None = None) -> None:
        self._base = base or _still
        self._more = 0.0

    def __call__(self) -> float:
        """The seconds since 1970."""
        return self._base() + self._more

    def advance(self, seconds: float) -> None:
        """Move the clock forward, or back by a negative number.

        Raises:
            ArgumentError: the argument is not a finite number.
        """
        if not isinstance(seconds, int | float) or not isfinite(seconds):
            raise ArgumentError(f"a clock is moved by a number of seconds, not {seconds!r}")
        self._more += seconds

    def text(self) -> str:
        """The time as a server stores it: `2026-01-05 09:00:00`, in UTC."""
        return datetime.fromtimestamp(int(self()), UTC).strftime("%Y-%m-%d %H:%M:%S")


def _still() -> float:
    return START


@dataclass(frozen=True, slots=True)
class Service:
    """The state of a server: profile, catalog, records, sessions, clock and access rights."""

    profile: Profile
    catalog: Catalog
    store: Store
    sessions: Sessions
    clock: Clock
    record_lock: RecordLock = field(repr=False, compare=False)
    """Held while the records are used."""
    access: Mapping[str, Access] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an operation: its parameters, all texts, the session, the user and their access."""

    service: Service
    parameters: Mapping[str, str]
    session: str
    user: User = ANONYMOUS
    access: Access = FULL_ACCESS
    request: Request | None = None


SESSION_OPERATIONS = frozenset({"getchallenge", "login", "logout", "extendsession"})
"""Operations of a sandbox with a REST service too: its clients also log in."""

RESTRICTED = "Sorry! Attempt to access restricted file."
RELOCATED_OPERATIONS = frozenset({"changePassword", "deleteUser"})
"""Operations whose source files servers since 6.0 look for in the wrong folder (section 1.2)."""

_FOLDED: Mapping[str, Operation] = {
    name.lower(): operation for name, operation in OPERATIONS.items()
}


def parse_call(service: Service, request: Request) -> tuple[str, Call]:
    """The canonical name of the requested operation, and the call.

    Parameters count only where the operation wants them, in the URL or in the body. A value that
    PHP takes for false, `0` among them, is no value.

    Raises:
        Crash: there is no such operation.
        Refusal: the session is unknown or expired.
    """
    operation = _FOLDED.get(request.either("operation").lower())
    if operation is None or request.method not in ("GET", "POST"):
        raise Crash
    if request.either("format").lower() not in ("", "json"):
        raise Crash
    session, user = request.either("sessionName"), ANONYMOUS
    if operation.session or session:
        user = service.sessions.user(session)
    sent = request.url if operation.method == "GET" else request.body
    values = {name: sent.get(name, "") for name in operation.parameters}
    parameters = {name: "" if value == "0" else value for name, value in values.items()}
    access = access_of(user, service.access)
    return operation.name, Call(service, parameters, session, user, access, request)


def check_supported(service: Service, name: str) -> None:
    """Check that an operation works on a server of the profile.

    Raises:
        Crash: it does not, and gets an empty response.
        PlainText: it does not, and gets a sentence.
    """
    profile = service.profile
    if profile.name in OPERATIONS[name].profiles:
        return
    if name in RELOCATED_OPERATIONS and not profile.rest:
        raise PlainText(RESTRICTED)
    if name not in SESSION_OPERATIONS or not profile.rest:
        raise Crash


PATH = "/restapi/v1/vtiger/default/"
BAD_REQUEST, UNAUTHORIZED = 400, 401


class UnknownUser(Refusal):
    """No active user has this name and key."""


def rest_operation(service: Service, path: str) -> str | None:
    """The operation in the path of a REST request; None for other paths and profiles."""
    _, separator, name = path.partition(PATH)
    return name if separator and "/" not in name and service.profile.rest else None


def rest_call(service: Service, name: str, request: Request) -> tuple[str, Call]:
    """The canonical name of an operation, and the call.

    Raises:
        Refusal: there is no such operation, or the HTTP method is wrong.
        UnknownUser: the name and the key are not those of a user.
    """
    user = service.sessions.user_of_key(*_credentials(request.authorization))
    if user is None:
        raise UnknownUser("INVALID_USER_CREDENTIALS")
    operation = OPERATIONS.get(name)
    if (
        operation is None
        or not _is_offered(service, operation)
        or request.method != operation.method
    ):
        raise Refusal("UNKNOWN_OPERATION", "Unknown operation requested")
    sent = request.url if operation.method == "GET" else request.body
    parameters = {name: sent.get(name, "") for name in operation.parameters}
    access = access_of(user, service.access)
    return operation.name, Call(service, parameters, "", user, access, request)


def _is_offered(service: Service, operation: Operation) -> bool:
    return service.profile.name in operation.profiles and operation.name not in SESSION_OPERATIONS


def _credentials(header: str) -> tuple[str, str]:
    """The name and the key of an Authorization header; empty texts without one."""
    kind, _, text = header.partition(" ")
    try:
        pair = base64.b64decode(text.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return "", ""
    name, _, key = pair.partition(":")
    return (name, key) if kind.lower() == "basic" else ("", "")
