"""The application over a real socket, for programs that are not this one."""

from __future__ import annotations

import socketserver
import threading
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from vtql.sandbox.app import Application


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

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


class Server:
    """A server in a thread of its own, from its making until `close`.

    Raises:
        OSError: the port is taken, or not ours to take.
    """

    __slots__ = ("_server", "_thread", "url")

    def __init__(self, app: Application, port: int, host: str) -> None:
        self._server = _Server((host, port), _Quiet)
        self._server.set_app(app)
        self.url = f"http://{self._server.server_name}:{self._server.server_port}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def wait(self) -> None:
        """Return when the server is closed."""
        self._thread.join()

    def close(self) -> None:
        """Stop listening and end the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
