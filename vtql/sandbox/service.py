"""What an operation has to work with, and how a request becomes a call of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vtql.catalog.catalog import Catalog
from vtql.profiles import Profile
from vtql.protocol import OPERATIONS, Operation
from vtql.sandbox.access import EVERYTHING, Access, access_of
from vtql.sandbox.clock import Clock
from vtql.sandbox.record_lock import RecordLock
from vtql.sandbox.refusals import Crash, Printed
from vtql.sandbox.sessions import NOBODY, Sessions, User
from vtql.sandbox.store import Store
from vtql.sandbox.wire import Request


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
    user: User = NOBODY
    access: Access = EVERYTHING
    request: Request | None = None


SESSIONS = frozenset({"getchallenge", "login", "logout", "extendsession"})
"""What every sandbox has, also one that imitates Vtiger Cloud: its clients log in, too."""

RESTRICTED = "Sorry! Attempt to access restricted file."
MOVED = frozenset({"changePassword", "deleteUser"})
"""Operations whose files are not where the servers since 6.0 look for them (section 1.2)."""

_FOLDED: Mapping[str, Operation] = {name.lower(): each for name, each in OPERATIONS.items()}


def call_for(service: Service, request: Request) -> tuple[str, Call]:
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
    session, user = request.either("sessionName"), NOBODY
    if operation.session or session:
        user = service.sessions.user(session)
    given = request.url if operation.method == "GET" else request.body
    found = {name: given.get(name, "") for name in operation.parameters}
    parameters = {name: "" if value == "0" else value for name, value in found.items()}
    access = access_of(user, service.access)
    return operation.name, Call(service, parameters, session, user, access, request)


def check_works(service: Service, name: str) -> None:
    """Make sure that an operation works on a server of the profile.

    Raises:
        Crash: it does not, and ends without an answer.
        Printed: it does not, and ends with a sentence.
    """
    profile, operation = service.profile.name, OPERATIONS[name]
    if profile in operation.profiles:
        return
    if name in MOVED and profile != "cloud":
        raise Printed(RESTRICTED)
    # Of the operations of sessions, 8.0 has lost `logout` alone.
    if name not in SESSIONS or profile == "8.0":
        raise Crash
