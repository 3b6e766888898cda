"""The routes of the page, which only browsers on this machine can use.

The page is at `/`, and its API at a path of its own; requests to the web service are passed to the
application unchanged. The API serves only loopback callers that name this machine as the host (a
foreign name that resolves to it would let a foreign page read the records) and have no other origin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from typing import Any

from vtql.sandbox.app import Application, LoggedRequest, StartResponse
from vtql.sandbox.page.api import catalog_summary, inspect_text, run_text, secrets_of
from vtql.sandbox.page.request_log import logged_requests
from vtql.sandbox.server import host_of, is_local, is_loopback
from vtql.sandbox.service import Service

OWN = "/.vtql/"
LARGEST = 64 * 1024
"""The largest request of the page, in bytes."""

FILES: Mapping[str, tuple[str, str]] = {
    "/": ("index.html", "text/html; charset=UTF-8"),
    f"{OWN}page.css": ("page.css", "text/css; charset=UTF-8"),
    **{
        f"{OWN}{name}": (name, "text/javascript; charset=UTF-8")
        for name in ("page.js", "box.js", "dom.js")
    },
}
HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


def with_page(app: Application, service: Service, request_log: list[LoggedRequest]) -> Application:
    """Wrap the application with the routes of the page."""
    secrets = secrets_of(service)
    answers: Mapping[tuple[str, str], Callable[[Any], Any]] = {
        ("GET", "catalog"): lambda _: catalog_summary(service),
        ("GET", "requests"): lambda _: logged_requests(request_log, secrets),
        ("POST", "look"): lambda sent: inspect_text(service, *_text_and_offset(sent)),
        ("POST", "run"): lambda sent: run_text(service, _text_and_offset(sent)[0]),
    }

    def site(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path, method = str(environ.get("PATH_INFO") or ""), environ.get("REQUEST_METHOD")
        if not (path == "/" or path.startswith(OWN)) or not _is_ours(environ):
            return app(environ, start_response)
        if path in FILES and method == "GET" and not environ.get("QUERY_STRING"):
            name, kind = FILES[path]
            return _answer(start_response, files(__package__).joinpath(name).read_bytes(), kind)
        answer = answers.get((str(method), path.removeprefix(OWN)))
        if answer is None or path == "/":
            return app(environ, start_response)
        try:
            sent = _read_json(environ) if method == "POST" else None
            body = json.dumps(answer(sent)).encode()
        except (ValueError, RecursionError):
            return _answer(start_response, b"{}", "application/json", "400 Bad Request")
        return _answer(start_response, body, "application/json")

    return site


def _answer(
    start_response: StartResponse, body: bytes, kind: str, status: str = "200 OK"
) -> list[bytes]:
    length = ("Content-Length", str(len(body)))
    start_response(status, [("Content-Type", kind), length, *HEADERS])
    return [body]


def _is_ours(environ: Mapping[str, Any]) -> bool:
    """Whether a request comes from the page or its user, on this machine."""
    host = str(environ.get("HTTP_HOST") or "")
    origin = environ.get("HTTP_ORIGIN")
    return (
        is_loopback(str(environ.get("REMOTE_ADDR") or ""))
        and is_local(host_of(host))
        and origin in (None, f"http://{host}")
        and environ.get("HTTP_SEC_FETCH_SITE") in (None, "none", "same-origin")
    )


def _read_json(environ: Mapping[str, Any]) -> Any:
    """The JSON of a request; a form of a foreign page cannot send JSON.

    Raises:
        ValueError: it is not JSON, or too long.
    """
    kind = str(environ.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    length = str(environ.get("CONTENT_LENGTH") or "")
    if kind != "application/json" or not (length.isascii() and length.isdigit()):
        raise ValueError("what is sent is no JSON")
    if len(length) > 6 or int(length) > LARGEST:
        raise ValueError("what is sent is too long")
    return json.loads(environ["wsgi.input"].read(int(length)))


def _text_and_offset(sent: Any) -> tuple[str, int]:
    """The text in the query box, and the offset of the cursor.

    Raises:
        ValueError: the JSON has another form.
    """
    match sent:
        case {"text": str(text), "offset": int(offset)}:
            return text, offset
    raise ValueError("a text and an offset are wanted")
