"""What an operation has to work with, and how a request becomes a call of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vtql.profiles import Profile
from vtql.protocol import OPERATIONS, Operation
from vtql.sandbox.refusals import Crash
from vtql.sandbox.sessions import Sessions
from vtql.sandbox.store import Store
from vtql.sandbox.wire import Request
from vtql.schema.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a server: what it is like, what it knows, who is there."""

    profile: Profile
    catalog: Catalog
    store: Store
    sessions: Sessions


@dataclass(frozen=True, slots=True)
class Call:
    """An operation asked for: its parameters, each a text, and the session."""

    service: Service
    parameters: Mapping[str, str]
    session: str


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
    session = request.either("sessionName")
    if operation.session or session:
        service.sessions.user(session)
    given = request.url if operation.method == "GET" else request.body
    found = {name: given.get(name, "") for name in operation.parameters}
    parameters = {name: "" if value == "0" else value for name, value in found.items()}
    return operation.name, Call(service, parameters, session)
