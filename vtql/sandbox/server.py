"""The HTTP server of a sandbox, and the hosts it answers for.

With the extra `server` cheroot serves, with persistent connections; otherwise the server of the
standard library, with one connection per request.

The access key of a sandbox is no secret, so the hosts are checked.

A page of any site can make a browser ask this machine, and read the answer where the name of that
site leads here by then (DNS rebinding). Such a request has the foreign name in `Host`, and mostly in
`Origin`. Programs name the host that they connect to, and send no `Origin`.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit
from weakref import WeakSet
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from vtql.errors import ArgumentError
from vtql.fork import renew_after_fork
from vtql.sandbox.app import Application, StartResponse
from vtql.suggestions import short_repr

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::[0-9]{0,5})?", re.ASCII)
_NAME = re.compile(r"[0-9A-Za-z._-]+", re.ASCII)

REFUSED = (
    b"This sandbox answers for localhost and 127.0.0.1 only: the request has another Host, or the "
    b"Origin of another site.\n`vtql sandbox --allow-host NAME`, or `serve(allow_hosts=[NAME])`, "
    b"lets it answer for another name.\n"
)


def is_loopback(address: str) -> bool:
    """Whether an IP address is a loopback address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def host_of(header: str) -> str:
    """The name or address in a `Host` header, in lower case; empty if it is malformed."""
    match_ = _HOST.fullmatch(header)
    return (match_[1] or match_[2]).lower() if match_ else ""


def is_local(name: str) -> bool:
    """Whether a name or address is localhost or a loopback address."""
    return name == "localhost" or is_loopback(name)


def host_names(names: str | Iterable[str]) -> frozenset[str]:
    """Normalize names and addresses of hosts for comparison.

    Raises:
        ArgumentError: one of them is none, such as a URL.
    """
    hosts = (names,) if isinstance(names, str) else tuple(names)
    return frozenset(map(_host_name, hosts))


def _host_name(name: object) -> str:
    text = name.strip("[]").lower() if isinstance(name, str) else ""
    try:
        return str(ip_address(text))
    except ValueError:
        if _NAME.fullmatch(text):
            return text
    raise ArgumentError(
        f"{short_repr(name)} is not the name of a host: without `http://` and port, such as "
        "`sandbox` or `192.0.2.7`"
    )


def restrict_hosts(app: Application, allowed: frozenset[str]) -> Application:
    """Wrap the application: requests to other hosts than this machine and `allowed` get HTTP 403."""

    def checked(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if _is_allowed(environ, lambda name: is_local(name) or name in allowed):
            return app(environ, start_response)
        length = str(len(REFUSED))
        headers = [("Content-Type", "text/plain; charset=UTF-8"), ("Content-Length", length)]
        start_response("403 Forbidden", [*headers, ("X-Content-Type-Options", "nosniff")])
        return [REFUSED]

    return checked


def _is_allowed(environ: Mapping[str, Any], knows: Callable[[str], bool]) -> bool:
    """Whether a request names only allowed hosts; HTTP/1.0 requests need not name any."""
    host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
    if host is not None and not knows(host_of(str(host))):
        return False
    if origin is None:
        return True
    try:
        parts = urlsplit(str(origin))
        return parts.scheme in ("http", "https") and knows(host_of(parts.netloc))
    except ValueError:
        return False


_REASON = re.compile(r"\[Errno -?[0-9]+\] ([^)\]]+)")
THREADS = 16
"""Requests that are read and written concurrently; one at a time uses the records."""


class Server(Protocol):
    """A server in background threads, from its creation until `close`."""

    url: str

    def wait(self) -> None:
        """Return when the server is closed."""

    def close(self) -> None:
        """Stop listening and end the threads."""


def serve(app: Application, port: int, host: str) -> Server:
    """Start a server for the application; port 0 takes a free one.

    Raises:
        OSError: the port is taken, or not ours to take.
    """
    if not 0 <= port < 2**16:
        raise OSError(f"{port} is not a port: they go from 0 to 65535")
    if not host.strip() or "\0" in host:
        raise OSError(
            "a host is needed; `127.0.0.1` is this machine, `0.0.0.0` every address of it"
        )
    try:  # checked first, because cheroot leaves sockets open for an unknown host
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise _readable_error(error, host, port) from None
    try:
        import cheroot.wsgi as _  # noqa: PLC0415, F401 - an extra
    except ModuleNotFoundError:
        return _StandardServer(app, port, host)
    return _CherootServer(app, port, host)


WAKE_SECONDS = 0.2
"""How often `wait` wakes up, for signals."""
CLOSING_SECONDS = 5.0
"""How long `close` waits for requests that have begun. Threads that still run then continue
without the server, and end with the process."""


class _BackgroundServer:
    """A server thread and its address."""

    __slots__ = ("__weakref__", "_closed", "_closing", "_thread", "url")

    _thread: threading.Thread

    def __init__(self) -> None:
        self._closing = threading.RLock()
        self._closed = False

    def _leave_to_parent(self) -> None:
        """In a child, close this copy of the socket, which would keep the port when the parent has
        closed its own; nothing else, because the parent goes on serving."""
        self._closing = threading.RLock()
        closed, self._closed = self._closed, True
        listening = None if closed else self._listening()
        if listening is not None:
            listening.close()

    def _listening(self) -> socket.socket | None:
        raise NotImplementedError

    def close(self) -> None:
        """Stop listening, and end the threads after their responses; it may be called again."""
        with self._closing:
            closed, self._closed = self._closed, True
            if not closed:
                self._end()

    def _end(self) -> None:
        raise NotImplementedError

    def wait(self) -> None:
        """Return when the server is closed."""
        # The system may hand a signal to any thread, but Python's handler runs in the main one, which
        # would not wake up for it (it did not, where a thread is begun for each request).
        while self._thread.is_alive():
            self._thread.join(WAKE_SECONDS)

    def _begin(self, work: Any, address: tuple[Any, ...]) -> None:
        host, port = str(address[0]), address[1]
        self.url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()
        renew_after_fork(self, _BackgroundServer._leave_to_parent)


class _CherootServer(_BackgroundServer):
    """cheroot."""

    __slots__ = ("_server",)

    def __init__(self, app: Application, port: int, host: str) -> None:
        super().__init__()
        from cheroot import wsgi  # noqa: PLC0415 - an extra

        self._server = wsgi.Server(
            (host, port), app, numthreads=THREADS, request_queue_size=256, server_name="vtql"
        )
        self._server.shutdown_timeout = 1
        # A caller that disconnects is not an error.
        self._server.error_log = _discard_log  # type: ignore[method-assign] # cheroot's own way
        failed: list[OSError | ValueError] = []
        # Threads inherit `daemon`; a program should not wait for a server that it forgot to close.
        opener = threading.Thread(
            target=_run_collecting_error, args=(self._server.prepare, failed), daemon=True
        )
        opener.start()
        opener.join()
        if failed:
            raise _readable_error(failed[0], host, port) from None
        self._begin(self._server.serve, self._server.bind_addr)

    def _listening(self) -> socket.socket | None:
        listening: socket.socket | None = self._server.socket
        return listening

    def _end(self) -> None:
        # cheroot waits for a delayed response without a limit.
        stopping = threading.Thread(target=self._server.stop, daemon=True)
        stopping.start()
        stopping.join(CLOSING_SECONDS)
        self._thread.join(CLOSING_SECONDS)


class _StandardServer(_BackgroundServer):
    """The server of the standard library."""

    __slots__ = ("_answering", "_lock", "_server")

    def __init__(self, app: Application, port: int, host: str) -> None:
        super().__init__()
        try:
            self._server = _ThreadingWSGIServer((host, port), _QuietHandler)
        except (OSError, ValueError) as error:
            raise _readable_error(error, host, port) from None
        self._lock = threading.Lock()
        self._answering: WeakSet[threading.Thread] = WeakSet()

        def tracked(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            with self._lock:
                self._answering.add(threading.current_thread())
            return app(environ, start_response)

        self._server.set_app(tracked)
        self._begin(lambda: self._server.serve_forever(0.02), self._server.server_address)

    def _listening(self) -> socket.socket | None:
        return self._server.socket

    def _end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        until = time.monotonic() + CLOSING_SECONDS
        with self._lock:
            answering = list(self._answering)
        for thread in answering:
            thread.join(max(0.0, until - time.monotonic()))


class _ThreadingWSGIServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        # HTTPServer would look up the name of the address.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that disconnects is not an error."""


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """The sandbox logs requests itself."""


def _run_collecting_error(work: Callable[[], None], failed: list[OSError | ValueError]) -> None:
    try:
        work()
    except (OSError, ValueError) as error:
        failed.append(error)


def _discard_log(*_: object, **__: object) -> None:
    """Drop a log line that would go to stderr."""


def _readable_error(error: OSError | ValueError, host: str, port: int) -> OSError:
    """The error as a sentence, without Python's error number."""
    if isinstance(error, ValueError):  # a label that is empty or too long, a NUL
        return OSError(f"`{host}` is no name of a host, and no address")
    taken = error.errno == errno.EADDRINUSE or "in use" in str(error).lower()
    # cheroot lists all addresses that it tried, each with Python's error.
    reasons = _REASON.findall(str(error))
    fallback = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    reason = reasons[-1] if reasons else fallback
    readable = OSError(
        f"port {port} of {host} is in use; `--port 0` takes a free one"
        if taken
        else f"port {port} of {host} cannot be had: {reason}"
    )
    readable.errno = errno.EADDRINUSE if taken else error.errno
    return readable
