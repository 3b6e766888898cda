"""The WSGI application: every request gets a response.

Results and refusals are HTTP 200 and JSON. Requests that crash the real service, such as an unknown
operation, get HTTP 500 and an empty body.
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
"""Parameters with the progress of a reader; they look like secrets and are none."""

NO_CACHE = ("Cache-Control", "no-store, no-cache, must-revalidate")
LOGGED_REQUESTS = 10_000
"""Length of the request log; when it is full, the older half is dropped."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request: its operation as sent, its parameters without secrets, the HTTP status of the
    response (0 where the connection was cut), and the error code of a refusal."""

    operation: str
    parameters: Mapping[str, str]
    status: int
    code: str | int | None = None


def is_secret_name(name: str) -> bool:
    """Whether a parameter is left out of the request log; upper and lower case are the same."""
    return name not in PROGRESS_PARAMETERS and _SECRET.search(name) is not None


def application(service: Service, request_log: list[LoggedRequest], faults: Faults) -> Application:
    """The WSGI application of a service; it appends every request to `request_log`.

    It raises ClosedError when the sandbox is closed; see `over_http`.
    """

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        service.record_lock.check()
        request = parse_request(environ)
        path = str(environ.get("PATH_INFO") or "")
        named = rest_operation(service, path)
        fault = faults.take(request.either("operation") if named is None else named)
        with service.record_lock:
            response: Response | None = None
            if fault is None or fault.when == "after":
                response = faults.polluted(_respond(service, request, path))
            if fault is not None:
                response = fault.transform(response)
            _log(request_log, request, response, named)
        faults.wait(environ.get(PATIENCE))
        if response is None:
            raise connection_cut()
        headers = [
            ("Content-Type", response.content_type),
            ("Content-Length", str(len(response.body))),
        ]
        if response.status == 200:
            headers.append(NO_CACHE)
        phrase = responses.get(response.status, "Unknown")
        start_response(f"{response.status} {phrase}", [*headers, *response.headers])
        return [response.body]

    return app


def over_http(app: Application) -> Application:
    """Wrap the application for HTTP: while the sandbox closes, the response is HTTP 503."""

    def guarded(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except ClosedError:
            headers = [("Content-Type", HTML), ("Content-Length", "0")]
            start_response("503 Service Unavailable", headers)
            return [b""]

    return guarded


def _respond(service: Service, request: Request, path: str) -> Response:
    operation = rest_operation(service, path)
    if operation is None and path.rpartition("/")[2] not in ("", ENDPOINT):
        return Response(404, b"", HTML)
    parsed, refusal_status = False, 200 if operation is None else BAD_REQUEST
    try:
        if operation is None:
            name, call = parse_call(service, request)
        else:
            name, call = rest_call(service, operation, request)
        parsed = True
        check_supported(service, name)
        handler = HANDLERS.get(name)
        if handler is None:
            raise Crash
        return Response(200, encode_body(handler(call)))
    except Refusal as refusal:
        status = UNAUTHORIZED if isinstance(refusal, UnknownUser) else refusal_status
        return Response(status, failure(refusal.code, refusal.message), JSON, refusal.code)
    except PlainText as plain:
        return Response(200, plain.text.encode(), HTML)
    except Crash:
        return Response(500, b"", HTML, headers=(NO_CACHE,) if parsed else ())


def _log(
    request_log: list[LoggedRequest], request: Request, response: Response | None, named: str | None
) -> None:
    sent = {**request.url, **request.body}
    operation = sent.pop("operation", "") if named is None else named
    parameters = {name: value for name, value in sent.items() if not is_secret_name(name)}
    status, code = (response.status, response.code) if response else (0, None)
    if len(request_log) >= LOGGED_REQUESTS:
        del request_log[: LOGGED_REQUESTS // 2]
    request_log.append(LoggedRequest(operation, parameters, status, code))
