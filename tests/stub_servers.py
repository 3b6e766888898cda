"""Small servers that answer as a test wants, and what tests of the client ask of errors."""

from __future__ import annotations

import http.client
import socket
import socketserver
import struct
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import pytest

from vtql.client import Client
from vtql.errors import ServiceError, TransportError
from vtql.protocol import failure, login_digest, success
from vtql.sandbox import Sandbox

USERNAME = "admin"
KEY = "Xk7access9KEY"
TOKEN = "5f3c0token"
SESSION = "b81d5session4e"
DIGEST = login_digest(TOKEN, KEY)
SECRETS = (KEY, DIGEST, SESSION)

HTML = {"Content-Type": "text/html; charset=UTF-8"}
JSON = {"Content-Type": "application/json"}

NASTY = "SELECT * FROM Contacts WHERE lastname = 'O''a&b=c#d+e%f%41 \"g\" żółć 漢 😀?;' ;"
CONTACTS = 432
"""The contacts of the demo."""


# Small servers


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came over the socket."""

    method: str
    target: str
    content_type: str
    body: str
    authorization: str = ""

    @property
    def url(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True))

    @property
    def operation(self) -> str:
        return self.url.get("operation") or self.form.get("operation", "")


Answer: TypeAlias = tuple[int, Mapping[str, str], bytes]
Answering: TypeAlias = Callable[[Seen], Answer]


class Listening(ThreadingHTTPServer):
    """A server on a free port whose answers a function gives; `seen` is what came, `kept` the
    media types and bodies as they were."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.seen: list[Seen] = []
        self.kept: list[tuple[str, bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer would ask the name service
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/crm"

    @property
    def operations(self) -> list[str]:
        return [seen.operation for seen in self.seen]


class Handler(BaseHTTPRequestHandler):
    server: Listening

    def answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type") or ""
        self.server.kept.append((kind, sent))
        body = sent.decode("utf-8", "replace")
        seen = Seen(self.command, self.path, kind, body, self.headers.get("Authorization") or "")
        self.server.seen.append(seen)
        status, headers, content = self.server.answering(seen)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: Any) -> None:
        """What came stands in `seen`."""


Serve: TypeAlias = Callable[[Answering], Listening]
Connect: TypeAlias = Callable[..., Client]


def json_answer(result: Any) -> Answer:
    return 200, JSON, success(result)


def json_refusal(code: str | int, message: str = "no") -> Answer:
    return 200, JSON, failure(code, message)


def after_login(answering: Answering, session: str = SESSION) -> Answering:
    """A server where logging in works, and the function answers everything else."""

    def answer(seen: Seen) -> Answer:
        match seen.operation:
            case "getchallenge":
                return json_answer({"token": TOKEN, "serverTime": 1, "expireTime": 301})
            case "login":
                return json_answer({"sessionName": session, "userId": "19x1"})
            case _:
                return answering(seen)

    return answer


def always(status: int, headers: Mapping[str, str], body: bytes) -> Answering:
    return after_login(lambda _: (status, headers, body))


def shown(error: BaseException) -> str:
    """All that a person can see of an error: what it came from, the frames, their variables."""
    seen, left, found = set[int](), [error], []
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        found.append(f"{each!r} {each} {vars(each)}")
        for frame, _ in traceback.walk_tb(each.__traceback__):
            found += [repr(value) for value in ours(frame).values()]
        left += [other for other in (each.__cause__, each.__context__) if other]
    return "".join((*found, *traceback.format_exception(error)))


def ours(frame: FrameType) -> Mapping[str, Any]:
    """The variables of a frame, but for those of the tests."""
    own = Path(frame.f_code.co_filename).parent == Path(__file__).parent
    return {} if own else frame.f_locals


def lost(call: Callable[[], object]) -> str:
    """The message of the TransportError that a call ends with; no secret is in its traceback."""
    with pytest.raises(TransportError) as caught:
        call()
    everything = shown(caught.value)
    assert [secret for secret in SECRETS if secret in everything] == []
    return str(caught.value)


def refused(call: Callable[[], object]) -> ServiceError:
    """The ServiceError that a call ends with; no secret is in its traceback."""
    with pytest.raises(ServiceError) as caught:
        call()
    everything = shown(caught.value)
    assert [secret for secret in SECRETS if secret in everything] == []
    return caught.value


def asked(sandbox: Sandbox) -> list[str]:
    return [each.operation for each in sandbox.requests]


def queries(sandbox: Sandbox) -> list[str]:
    return [each.parameters["query"] for each in sandbox.requests if each.operation == "query"]


DESCRIBED = {
    "name": "Contacts",
    "label": "Contacts",
    "idPrefix": "12",
    "isEntity": True,
    "labelFields": "lastname",
    "fields": [
        {"name": "lastname", "type": {"name": "string"}},
        {"name": "id", "type": {"name": "autogenerated"}},
    ],
}


def answering_queries(rows: Callable[[str], Any]) -> Answering:
    """A server that describes Contacts, and answers queries by a function of their text."""

    def answer(seen: Seen) -> Answer:
        if seen.operation == "describe":
            return json_answer(DESCRIBED)
        return json_answer(rows(seen.url["query"]))

    return after_login(answer)


RESET = b"reset"
"""Instead of an answer: the connection is reset."""
HANG_UP = b""
"""Instead of an answer: the connection is closed."""


class Raw(socketserver.ThreadingTCPServer):
    """A server that writes what a function gives for each request, byte for byte, and hangs up."""

    daemon_threads = True

    def __init__(self, answering: Callable[[Seen], bytes]) -> None:
        self.answering = answering
        self.seen: list[Seen] = []
        super().__init__(("127.0.0.1", 0), RawHandler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/crm"

    @property
    def operations(self) -> list[str]:
        return [seen.operation for seen in self.seen]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some tests are about."""


class RawHandler(socketserver.StreamRequestHandler):
    server: Raw

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode().split(" ", 2)
        headers = http.client.parse_headers(self.rfile)
        body = self.rfile.read(int(headers.get("Content-Length") or 0)).decode()
        seen = Seen(method, target, headers.get("Content-Type") or "", body)
        self.server.seen.append(seen)
        answer = self.server.answering(seen)
        if answer is RESET:
            linger = struct.pack("ii", 1, 0)  # closing now sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.shutdown(socket.SHUT_RD)
        else:
            self.wfile.write(answer)


def written(answer: Answer, **headers: str) -> bytes:
    """An answer as it goes over the wire."""
    status, given, body = answer
    lines = {"Content-Length": str(len(body)), "Connection": "close", **given, **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body


@contextmanager
def raw(answering: Callable[[Seen], bytes]) -> Iterator[Raw]:
    """A raw server for as long as it is needed."""
    with Raw(answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def dripping(answering: Callable[[Seen], Iterator[bytes]]) -> Iterator[str]:
    """A server that sends its answers in parts."""

    class Dripping(RawHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            for part in answering(Seen("GET", line.decode().split()[1], "", "")):
                if stopped.is_set():
                    return
                self.wfile.write(part)
                self.wfile.flush()

    stopped = threading.Event()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        stopped.set()
        server.shutdown()
