"""A way for requests to reach a WSGI application without a socket."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from vtql.protocol import PATIENCE

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WSGIAdapter(BaseAdapter):
    """A transport adapter that calls an application; mount it on a `requests.Session`."""

    def __init__(self, app: Application) -> None:
        super().__init__()
        self._app = app

    def send(
        self, request: requests.PreparedRequest, *_args: Any, **options: Any
    ) -> requests.Response:
        """The application's answer. Certificates and proxies have no meaning here.

        The application is told how long the caller waits, and may raise what a broken connection
        raises; the caller gets what requests makes of such.
        """
        environ = _environ(request)
        waits = options.get("timeout")
        environ[PATIENCE] = waits[1] if isinstance(waits, tuple) else waits
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            started.append((status, headers))

        try:
            body = b"".join(self._app(environ, start_response))
        except TimeoutError as error:
            raise requests.ReadTimeout(str(error), request=request) from None
        except ConnectionError as error:
            raise requests.ConnectionError(str(error), request=request) from None
        status, headers = started[-1]
        response = requests.Response()
        response.status_code = int(status[:3])
        response.reason = status[4:]
        response.headers = CaseInsensitiveDict(headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw = io.BytesIO(body)
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is held."""


def wsgi_session(app: Application, url: str) -> requests.Session:
    """A session in which every address that begins with `url` is answered by the application."""
    session = requests.Session()
    session.trust_env = False
    session.mount(url, WSGIAdapter(app))
    return session


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url or "")
    body = request.body or b""
    content = body.encode() if isinstance(body, str) else body
    headers: Mapping[str, Any] = request.headers
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "CONTENT_TYPE": _text(headers.get("Content-Type", "")),
        "CONTENT_LENGTH": str(len(content)),
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        environ["HTTP_" + _text(name).upper().replace("-", "_")] = _text(value)
    return environ


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
