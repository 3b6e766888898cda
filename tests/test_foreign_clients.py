"""Clients in other languages, as what they send: they work against the sandbox unchanged.

Each is written down as the bytes of its HTTP requests, with the habits of its library.
"""

from __future__ import annotations

import json
import socket
from base64 import b64decode
from collections.abc import Iterator
from hashlib import md5
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from vtql.sandbox import Sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox("8.4") as sandbox:
        sandbox.url = sandbox.serve()
        yield sandbox


class Line:
    """A connection, and what is sent and received over it, byte by byte."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = f"{parts.hostname}:{parts.port}"
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20)
        self.file = self.socket.makefile("rb")

    def send(self, start: str, headers: dict[str, str], body: bytes = b"") -> Any:
        lines = [
            start,
            f"Host: {self.host}",
            *(f"{name}: {each}" for name, each in headers.items()),
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return self.receive()

    def receive(self) -> Any:
        status = self.file.readline().split()[1]
        if status == b"100":
            self.file.readline()
            return None
        headers = {}
        while (line := self.file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        assert status == b"200"
        envelope = json.loads(self.file.read(int(headers[b"content-length"])))
        assert envelope["success"], envelope
        return envelope["result"]

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def digest(token: str, key: str) -> str:
    return md5((token + key).encode(), usedforsecurity=False).hexdigest()


def test_a_php_client_with_curl(server: Sandbox) -> None:
    """An array of fields becomes multipart; the URL has a folder; a connection a request."""

    def post(fields: dict[str, str]) -> Any:
        border = "------------------------d74496d66958873e"
        body = "".join(
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ) + f"--{border}--\r\n"  # fmt: skip
        line = Line(server.url)
        try:
            return line.send(
                "POST /vtigercrm/webservice.php HTTP/1.1",
                {"Accept": "*/*", "Content-Length": str(len(body.encode())),
                 "Content-Type": f"multipart/form-data; boundary={border}"},
                body.encode(),
            )  # fmt: skip
        finally:
            line.close()

    def get(fields: dict[str, str]) -> Any:
        line = Line(server.url)
        try:
            target = f"/vtigercrm/webservice.php?{urlencode(fields)}"  # a blank is a plus
            return line.send(f"GET {target} HTTP/1.1", {"Accept": "*/*"})
        finally:
            line.close()

    token = get({"operation": "getchallenge", "username": "admin"})["token"]
    key = digest(token, server.access_key)
    session = post({"operation": "login", "username": "admin", "accessKey": key})["sessionName"]
    element = json.dumps({"lastname": "Müller-Lüdenscheidt & Söhne", "assigned_user_id": "19x1"})
    made = post({"operation": "create", "sessionName": session, "elementType": "Contacts",
                 "element": element})  # fmt: skip
    assert made["lastname"] == "Müller-Lüdenscheidt & Söhne"
    query = f"SELECT lastname FROM Contacts WHERE id = '{made['id']}';"
    rows = get({"operation": "query", "sessionName": session, "query": query})
    assert rows == [{"lastname": "Müller-Lüdenscheidt & Söhne", "id": made["id"]}]
    assert post({"operation": "delete", "sessionName": session, "id": made["id"]}) == {
        "status": "successful"
    }


def test_a_javascript_client_with_one_connection(server: Sandbox) -> None:
    """`encodeURIComponent`, a connection that stays open, the operation in the URL of a POST."""
    line = Line(server.url)
    kind = "application/x-www-form-urlencoded;charset=UTF-8"

    def get(fields: dict[str, str]) -> Any:
        pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        return line.send(f"GET /webservice.php?{pairs} HTTP/1.1", {"Connection": "keep-alive"})

    def post(operation: str, fields: dict[str, str]) -> Any:
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        return line.send(
            f"POST /webservice.php?operation={operation} HTTP/1.1",
            {"Connection": "keep-alive", "Content-Type": kind, "Content-Length": str(len(body))},
            body.encode(),
        )

    try:
        token = get({"operation": "getchallenge", "username": "admin"})["token"]
        key = digest(token, server.access_key)
        session = post("login", {"username": "admin", "accessKey": key})["sessionName"]
        types = get({"operation": "listtypes", "sessionName": session})
        assert "Contacts" in types["types"]
        described = get({"operation": "describe", "sessionName": session,
                         "elementType": "Contacts"})  # fmt: skip
        assert described["idPrefix"] == "12"
        text = "select firstname from Contacts where lastname like 'O''%' limit 2;"
        assert len(get({"operation": "query", "sessionName": session, "query": text})) == 2
        revised = post("revise", {"sessionName": session,
                                  "element": '{"id":"12x170","title":"\\u00c4rztin"}'})  # fmt: skip
        assert revised["title"] == "Ärztin"
    finally:
        line.close()


def test_a_dotnet_client_that_asks_first(server: Sandbox) -> None:
    """It expects `100 Continue` before it sends a body, and sends a long one in chunks."""
    line = Line(server.url)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    def post(fields: dict[str, str]) -> Any:
        body = urlencode(fields).encode()
        asked = {**kind, "Expect": "100-continue", "Content-Length": str(len(body))}
        assert line.send("POST /webservice.php HTTP/1.1", asked) is None
        line.socket.sendall(body)
        return line.receive()

    def chunked(fields: dict[str, str]) -> Any:
        body = urlencode(fields).encode()
        parts = [body[at : at + 40] for at in range(0, len(body), 40)] + [b""]
        whole = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
        sent = {**kind, "Transfer-Encoding": "chunked"}
        return line.send("POST /webservice.php HTTP/1.1", sent, whole)

    try:
        query = urlencode({"operation": "getchallenge", "username": "admin"})
        token = line.send(f"GET /webservice.php?{query} HTTP/1.1", {})["token"]
        key = digest(token, server.access_key)
        session = post({"operation": "login", "username": "admin", "accessKey": key})["sessionName"]
        element = json.dumps({"lastname": "Chunk" * 9, "assigned_user_id": "19x1"})
        made = chunked({"operation": "create", "sessionName": session,
                        "elementType": "Contacts", "element": element})  # fmt: skip
        assert made["lastname"] == "Chunk" * 9
        assert post({"operation": "logout", "sessionName": session}) == {"message": "successfull"}
    finally:
        line.close()


def test_a_dotnet_client_of_old(server: Sandbox) -> None:
    """`Uri.EscapeDataString`, an ampersand behind the last field, JSON in lines, a logout by GET."""
    line = Line(server.url)

    def form(fields: dict[str, str]) -> str:
        return "".join(
            f"{quote(name, safe='')}={quote(each, safe='')}&" for name, each in fields.items()
        )

    def get(fields: dict[str, str]) -> Any:
        return line.send(
            f"GET /webservice.php?{form(fields)} HTTP/1.1", {"Connection": "Keep-Alive"}
        )

    def post(fields: dict[str, str]) -> Any:
        body = form(fields).encode()
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }
        return line.send("POST /webservice.php HTTP/1.1", sent, body)

    try:
        token = get({"operation": "getchallenge", "username": "admin"})["token"]
        key = digest(token, server.access_key)
        session = post({"operation": "login", "username": "admin", "accessKey": key})["sessionName"]
        query = "select * from Contacts where lastname like 'O''%' limit 1;"
        (row,) = get({"operation": "query", "query": query, "sessionName": session})
        row |= {"title": "Größe: 100 %"}
        element = json.dumps(row, indent=2).replace("\n", "\r\n")
        told = post({"operation": "update", "sessionName": session, "element": element})
        assert (told["title"], told["lastname"]) == ("Größe: 100 %", row["lastname"])
        assert get({"operation": "logout", "sessionName": session}) == {"message": "successfull"}
    finally:
        line.close()


def test_an_automation_in_javascript_that_uploads_a_document_and_links_it(server: Sandbox) -> None:
    """`FormData` with a `Blob`: a border of Node's, a name in UTF-8, a file among the fields."""
    line = Line(server.url)

    def get(fields: dict[str, str]) -> Any:
        return line.send(
            f"GET /webservice.php?{urlencode(fields)} HTTP/1.1", {"Accept": "application/json"}
        )

    def post(fields: dict[str, str]) -> Any:
        body = urlencode(fields).encode()
        sent = {
            "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
            "Content-Length": str(len(body)),
        }
        return line.send("POST /webservice.php HTTP/1.1", sent, body)

    try:
        token = get({"operation": "getchallenge", "username": "admin"})["token"]
        key = digest(token, server.access_key)
        session = {
            "sessionName": post({"operation": "login", "username": "admin", "accessKey": key})[
                "sessionName"
            ]
        }
        element = {"notes_title": "Angebot", "assigned_user_id": "19x1", "filelocationtype": "I",
                   "filestatus": 1, "folderid": "22x1"}  # fmt: skip
        fields = {
            "operation": "create",
            **session,
            "elementType": "Documents",
            "element": json.dumps(element),
        }
        border, content = "----formdata-undici-041879254310", b"%PDF-1.7\r\n\x00\xff\r\n--"
        parts = [
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n{each}'.encode()
            for name, each in fields.items()
        ]
        parts.append('Content-Disposition: form-data; name="filename"; filename="Angebot für Ö.pdf"\r\n'
                     "Content-Type: application/pdf\r\n\r\n".encode() + content)  # fmt: skip
        body = (
            b"".join(f"--{border}\r\n".encode() + part + b"\r\n" for part in parts)
            + f"--{border}--\r\n\r\n".encode()
        )
        sent = {
            "Content-Type": f"multipart/form-data; boundary={border}",
            "Content-Length": str(len(body)),
        }
        made = line.send("POST /webservice.php HTTP/1.1", sent, body)
        assert (made["filename"], made["filesize"]) == ("Angebot_für_Ö.pdf", str(len(content)))
        (file,) = get({"operation": "files_retrieve", **session, "id": made["imageattachmentids"]})
        assert b64decode(file["filecontents"]) == content
        link = {
            "sourceRecordId": "11x107",
            "relatedRecordId": made["id"],
            "relationIdLabel": "Documents",
        }
        assert post({"operation": "add_related", **session, **link}) == {"message": "successfull"}
        asked = {"id": "11x107", "relatedType": "Documents", "relatedLabel": "Documents"}
        (row,) = get({"operation": "retrieve_related", **session, **asked})
        assert (row["id"], row["imageattachmentids"]) == (made["id"], made["imageattachmentids"])
    finally:
        line.close()
