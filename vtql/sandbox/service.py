"""The sandbox's own time: it stands still until it is moved, so that a test is the same every day."""

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
"""When a sandbox begins that is given no clock, in seconds since 1970: a Monday morning."""


class Clock:
    """Seconds since 1970, by another clock or standing still, and `advance`d by hand."""

    __slots__ = ("_base", "_more")

    def __init__(self, base: Callable[[], float] | None = None) -> None:
        self._base = base or _still
        self._more = 0.0

    def __call__(self) -> float:
        """The seconds since 1970."""
        return self._base() + self._more

    def advance(self, seconds: float) -> None:
        """Move on, or back by a negative number, as a server's clock does when it is set.

        Raises:
            ArgumentError: it is no number of seconds.
        """
        if not isinstance(seconds, int | float) or not isfinite(seconds):
            raise ArgumentError(f"a clock is moved by a number of seconds, not {seconds!r}")
        self._more += seconds

    def text(self) -> str:
        """The moment as a server stores it: `2026-01-05 09:00:00`, in UTC."""
        return datetime.fromtimestamp(int(self()), UTC).strftime("%Y-%m-%d %H:%M:%S")


def _still() -> float:
    return START


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a server: what it is like, what it knows, who is there."""

    profile: Profile
    catalog: Catalog
    store: Store
    sessions: Sessions
    clock: Clock
    turn: RecordLock = field(repr=False, compare=False)
    """Held by whoever is at the records."""
    access: Mapping[str, Access] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """An operation asked for: its parameters, each a text, the session, and who asks."""

    service: Service
    parameters: Mapping[str, str]
    session: str
    user: User = ANONYMOUS
    access: Access = FULL_ACCESS
    request: Request | None = None


SESSION_OPERATIONS = frozenset({"getchallenge", "login", "logout", "extendsession"})
"""What every sandbox has, also one that imitates Vtiger Cloud: its clients log in, too."""

RESTRICTED = "Sorry! Attempt to access restricted file."
RELOCATED_OPERATIONS = frozenset({"changePassword", "deleteUser"})
"""Operations whose files are not where the servers since 6.0 look for them (section 1.2)."""

_FOLDED: Mapping[str, Operation] = {name.lower(): each for name, each in OPERATIONS.items()}


def parse_call(service: Service, request: Request) -> tuple[str, Call]:
    """The name of the operation that a request is for, and the call.

    Parameters count only where the operation wants them, in the URL or in the body. A value that
    PHP takes for false, `0` among them, is no value.

    Raises:
        Crash: there is no such operation.
        Refusal: the session is not there, or gone.
    """
    operation = _FOLDED.get(request.either("operation").lower())
    if operation is None or request.method not in ("GET", "POST"):
        raise Crash
    if request.either("format").lower() not in ("", "json"):
        raise Crash
    session, user = request.either("sessionName"), ANONYMOUS
    if operation.session or session:
        user = service.sessions.user(session)
    given = request.url if operation.method == "GET" else request.body
    found = {name: given.get(name, "") for name in operation.parameters}
    parameters = {name: "" if value == "0" else value for name, value in found.items()}
    access = access_of(user, service.access)
    return operation.name, Call(service, parameters, session, user, access, request)


def check_supported(service: Service, name: str) -> None:
    """Make sure that an operation works on a server of the profile.

    Raises:
        Crash: it does not, and ends without an answer.
        Printed: it does not, and ends with a sentence.
    """
    profile, operation = service.profile.name, OPERATIONS[name]
    if profile in operation.profiles:
        return
    if name in RELOCATED_OPERATIONS and profile != "cloud":
        raise PlainText(RESTRICTED)
    # Of the operations of sessions, 8.0 has lost `logout` alone.
    if name not in SESSION_OPERATIONS or profile == "8.0":
        raise Crash


PATH = "/restapi/v1/vtiger/default/"
BAD_REQUEST, UNAUTHORIZED = 400, 401


class UnknownUser(Refusal):
    """Nobody has this name and key."""


def rest_operation(service: Service, path: str) -> str | None:
    """The operation that a path names; None where it is not one of this service."""
    _, found, name = path.partition(PATH)
    return name if found and "/" not in name and service.profile.name == "cloud" else None


def rest_call(service: Service, name: str, request: Request) -> tuple[str, Call]:
    """The name of an operation as the table has it, and the call.

    Raises:
        Refusal: there is no such operation, or it is asked for in another way.
        Stranger: the name and the key are not those of a user.
    """
    user = service.sessions.user_of_key(*_credentials(request.authorization))
    if user is None:
        raise UnknownUser("INVALID_USER_CREDENTIALS")
    operation = OPERATIONS.get(name)
    if operation is None or not _is_offered(operation) or request.method != operation.method:
        raise Refusal("UNKNOWN_OPERATION", "Unknown operation requested")
    given = request.url if operation.method == "GET" else request.body
    parameters = {name: given.get(name, "") for name in operation.parameters}
    access = access_of(user, service.access)
    return operation.name, Call(service, parameters, "", user, access, request)


def _is_offered(operation: Operation) -> bool:
    return "cloud" in operation.profiles and operation.name not in SESSION_OPERATIONS


def _credentials(header: str) -> tuple[str, str]:
    """The name and the key of a header; empty ones where it has none."""
    kind, _, text = header.partition(" ")
    try:
        pair = base64.b64decode(text.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return "", ""
    name, _, key = pair.partition(":")
    return (name, key) if kind.lower() == "basic" else ("", "")
