"""The WSGI application: a request in, an answer out, whatever came in.

Results and refusals are HTTP 200 and JSON. What makes the real service end without an answer,
such as an operation it does not know, is HTTP 500 and an empty page.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vtql.protocol import ENDPOINT, failure, success
from vtql.sandbox.operations import HANDLERS
from vtql.sandbox.refusals import Crash, Refusal
from vtql.sandbox.service import Service, call_for
from vtql.sandbox.wire import Request, read_request

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

REASONS = {200: "OK", 404: "Not Found", 500: "Internal Server Error"}
SECRETS = ("sessionName", "accessKey")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came: its operation as it was written, its parameters but for the secret
    ones, the HTTP status it got, and the code of a refusal."""

    operation: str
    parameters: Mapping[str, str]
    status: int
    code: str | int | None = None


def application(service: Service, asked: list[Asked]) -> Application:
    """The application of a service, which notes every request in `asked`."""
    turn = threading.Lock()

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = read_request(environ)
        path = str(environ.get("PATH_INFO") or "")
        with turn:
            status, body, code = _answer(service, request, path)
            asked.append(_noted(request, status, code))
        kind = "application/json" if status == 200 else "text/html; charset=UTF-8"
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        start_response(f"{status} {REASONS[status]}", headers)
        return [body]

    return app


def _answer(service: Service, request: Request, path: str) -> tuple[int, bytes, str | int | None]:
    if path.rpartition("/")[2] not in ("", ENDPOINT):
        return 404, b"", None
    try:
        name, call = call_for(service, request)
        handler = HANDLERS.get(name)
        if handler is None:
            raise Crash
        return 200, success(handler(call)), None
    except Refusal as refusal:
        return 200, failure(refusal.code, refusal.message), refusal.code
    except Crash:
        return 500, b"", None


def _noted(request: Request, status: int, code: str | int | None) -> Asked:
    everything = {**request.url, **request.body}
    operation = everything.pop("operation", "")
    return Asked(
        operation,
        {name: value for name, value in everything.items() if name not in SECRETS},
        status,
        code,
    )
