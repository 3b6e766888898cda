"""The WSGI application: a request in, an answer out, whatever came in.

Results and refusals are HTTP 200 and JSON. What makes the real service end without an answer,
such as an operation it does not know, is HTTP 500 and an empty page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any

from vtql.errors import ClosedError
from vtql.protocol import ENDPOINT, PATIENCE, failure
from vtql.sandbox.errors import Crash, PlainText, Refusal
from vtql.sandbox.fault_injection import Faults, connection_cut
from vtql.sandbox.http_messages import HTML, JSON, Request, Response, encode_body, parse_request
from vtql.sandbox.operations import HANDLERS
from vtql.sandbox.service import (
    BAD_REQUEST,
    UNAUTHORIZED,
    Service,
    UnknownUser,
    check_supported,
    parse_call,
    rest_call,
    rest_operation,
)

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_SECRET = re.compile(r"session|sessid|access_?key|passw|pwd|secret|token", re.IGNORECASE)
PROGRESS_PARAMETERS = frozenset({"token", "syncToken"})
"""Parameters that say how far a reader has got."""

NO_CACHE = ("Cache-Control", "no-store, no-cache, must-revalidate")
LOGGED_REQUESTS = 10_000
"""Requests that are kept; of more, the older half is forgotten."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request that came: its operation as it was written, its parameters but for the secret
    ones, the HTTP status it got, 0 where the connection was cut, and the code of a refusal."""

    operation: str
    parameters: Mapping[str, str]
    status: int
    code: str | int | None = None


def is_secret_name(name: str) -> bool:
    """Whether what a parameter of a name says is not noted, however the name is written."""
    return name not in PROGRESS_PARAMETERS and _SECRET.search(name) is not None


def application(service: Service, asked: list[LoggedRequest], faults: Faults) -> Application:
    """The application of a service, which notes every request in `asked`.

    It raises ClosedError when the sandbox is closed; see `over_http`.
    """

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        service.turn.check()
        request = parse_request(environ)
        path = str(environ.get("PATH_INFO") or "")
        named = rest_operation(service, path)
        fault = faults.take(request.either("operation") if named is None else named)
        with service.turn:
            answer: Response | None = None
            if fault is None or fault.when == "after":
                answer = faults.soiled(_respond(service, request, path))
            if fault is not None:
                answer = fault.spoilt(answer)
            _log(asked, request, answer, named)
        faults.wait(environ.get(PATIENCE))
        if answer is None:
            raise connection_cut()
        headers = [("Content-Type", answer.kind), ("Content-Length", str(len(answer.body)))]
        if answer.status == 200:
            headers.append(NO_CACHE)
        phrase = responses.get(answer.status, "Unknown")
        start_response(f"{answer.status} {phrase}", [*headers, *answer.headers])
        return [answer.body]

    return app


def over_http(app: Application) -> Application:
    """The application for callers over HTTP: a sandbox that is closing answers HTTP 503."""

    def answered(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except ClosedError:
            headers = [("Content-Type", HTML), ("Content-Length", "0")]
            start_response("503 Service Unavailable", headers)
            return [b""]

    return answered


def _respond(service: Service, request: Request, path: str) -> Response:
    operation = rest_operation(service, path)
    if operation is None and path.rpartition("/")[2] not in ("", ENDPOINT):
        return Response(404, b"", HTML)
    known, refused = False, 200 if operation is None else BAD_REQUEST
    try:
        if operation is None:
            name, call = parse_call(service, request)
        else:
            name, call = rest_call(service, operation, request)
        known = True
        check_supported(service, name)
        handler = HANDLERS.get(name)
        if handler is None:
            raise Crash
        return Response(200, encode_body(handler(call)))
    except Refusal as refusal:
        refused = UNAUTHORIZED if isinstance(refusal, UnknownUser) else refused
        return Response(refused, failure(refusal.code, refusal.message), JSON, refusal.code)
    except PlainText as printed:
        return Response(200, printed.text.encode(), HTML)
    except Crash:
        return Response(500, b"", HTML, headers=(NO_CACHE,) if known else ())


def _log(
    asked: list[LoggedRequest], request: Request, answer: Response | None, named: str | None
) -> None:
    everything = {**request.url, **request.body}
    operation = everything.pop("operation", "") if named is None else named
    told = {name: value for name, value in everything.items() if not is_secret_name(name)}
    status, code = (answer.status, answer.code) if answer else (0, None)
    if len(asked) >= LOGGED_REQUESTS:
        del asked[: LOGGED_REQUESTS // 2]
    asked.append(LoggedRequest(operation, told, status, code))
