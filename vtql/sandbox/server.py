"""The application over a real socket, for programs that are not this one.

With the extra `server` it is cheroot that serves: any number of callers at a time, connections
that stay open. Without it the server of the standard library does, which opens one a request.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from weakref import WeakSet
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from vtql.fork import renew_after_fork
from vtql.sandbox.app import Application, StartResponse

_REASON = re.compile(r"\[Errno -?[0-9]+\] ([^)\]]+)")
THREADS = 16
"""Requests that are read and written at a time; they take turns with the records."""


class Server(Protocol):
    """A server in threads of its own, from its making until `close`."""

    url: str

    def wait(self) -> None:
        """Return when the server is closed."""

    def close(self) -> None:
        """Stop listening and end the threads."""


def serve(app: Application, port: int, host: str) -> Server:
    """A server of the application; port 0 takes a free one.

    Raises:
        OSError: the port is taken, or not ours to take.
    """
    if not 0 <= port < 2**16:
        raise OSError(f"{port} is not a port: they go from 0 to 65535")
    if not host.strip() or "\0" in host:
        raise OSError(
            "a host is needed; `127.0.0.1` is this machine, `0.0.0.0` every address of it"
        )
    try:  # before a server is made, for cheroot leaves sockets open where there is no such host
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise _plainly(error, host, port) from None
    try:
        import cheroot.wsgi as _  # noqa: PLC0415, F401 - an extra
    except ModuleNotFoundError:
        return _Plain(app, port, host)
    return _WellKept(app, port, host)


WAKING_SECONDS = 0.2
"""How often `wait` wakes up, for signals."""
CLOSING_SECONDS = 5.0
"""How long `close` waits for requests that have begun. Threads that are not done by then go on
without the server, and end with the process."""


class _Base:
    """What both servers have: a thread that serves, and an address."""

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
        """Stop listening, and end the threads when they have answered. It may be called again."""
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
            self._thread.join(WAKING_SECONDS)

    def _begin(self, work: Any, address: tuple[Any, ...]) -> None:
        host, port = str(address[0]), address[1]
        self.url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()
        renew_after_fork(self, _Base._leave_to_parent)


class _WellKept(_Base):
    """cheroot."""

    __slots__ = ("_server",)

    def __init__(self, app: Application, port: int, host: str) -> None:
        super().__init__()
        from cheroot import wsgi  # noqa: PLC0415 - an extra

        self._server = wsgi.Server(
            (host, port), app, numthreads=THREADS, request_queue_size=256, server_name="vtql"
        )
        self._server.shutdown_timeout = 1
        # A caller that hangs up is nobody's error.
        self._server.error_log = _say_nothing  # type: ignore[method-assign] # cheroot's own way
        failed: list[OSError | ValueError] = []
        # Threads are of the kind of the one that makes them, and no program should have to wait
        # for those of a server that it forgot to close.
        opener = threading.Thread(target=_tried, args=(self._server.prepare, failed), daemon=True)
        opener.start()
        opener.join()
        if failed:
            raise _plainly(failed[0], host, port) from None
        self._begin(self._server.serve, self._server.bind_addr)

    def _listening(self) -> socket.socket | None:
        found: socket.socket | None = self._server.socket
        return found

    def _end(self) -> None:
        # cheroot waits for an answer that is delayed for as long as it takes.
        stopping = threading.Thread(target=self._server.stop, daemon=True)
        stopping.start()
        stopping.join(CLOSING_SECONDS)
        self._thread.join(CLOSING_SECONDS)


class _Plain(_Base):
    """The standard library's."""

    __slots__ = ("_answering", "_lock", "_server")

    def __init__(self, app: Application, port: int, host: str) -> None:
        super().__init__()
        try:
            self._server = _Threaded((host, port), _Quiet)
        except (OSError, ValueError) as error:
            raise _plainly(error, host, port) from None
        self._lock = threading.Lock()
        self._answering: WeakSet[threading.Thread] = WeakSet()

        def noted(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            with self._lock:
                self._answering.add(threading.current_thread())
            return app(environ, start_response)

        self._server.set_app(noted)
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


class _Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        # Not as HTTPServer does, which asks the name service who the address is.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is nobody's error."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """What was asked stands in the sandbox's `requests`."""


def _tried(work: Callable[[], None], failed: list[OSError | ValueError]) -> None:
    try:
        work()
    except (OSError, ValueError) as error:
        failed.append(error)


def _say_nothing(*_: object, **__: object) -> None:
    """Instead of a line on stderr."""


def _plainly(error: OSError | ValueError, host: str, port: int) -> OSError:
    """The error in a sentence, without the number that Python puts in front."""
    if isinstance(error, ValueError):  # a label that is empty or too long, a NUL
        return OSError(f"`{host}` is no name of a host, and no address")
    taken = error.errno == errno.EADDRINUSE or "in use" in str(error).lower()
    # cheroot tells of all addresses that it has tried, with Python's words for each.
    found = _REASON.findall(str(error))
    known = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    reason = found[-1] if found else known
    said = OSError(
        f"port {port} of {host} is in use; `--port 0` takes a free one"
        if taken
        else f"port {port} of {host} cannot be had: {reason}"
    )
    said.errno = errno.EADDRINUSE if taken else error.errno
    return said
