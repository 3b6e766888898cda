"""Requests to a sandbox as a client of no library sends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from vtql.protocol import OPERATIONS, login_digest
from vtql.sandbox import Sandbox


@dataclass(slots=True)
class HttpCaller:
    """Who sends requests of one user to a sandbox, in process unless a URL is given."""

    sandbox: Sandbox
    http: requests.Session
    url: str = ""
    session: str = ""

    def log_in(self, user: str = "admin") -> None:
        """Begin a session."""
        token = self.send("getchallenge", {"username": user}).json()["result"]["token"]
        digest = login_digest(token, self.sandbox.access_key)
        answer = self.send("login", {"username": user, "accessKey": digest})
        self.session = answer.json()["result"]["sessionName"]

    def send(self, operation: str, fields: dict[str, str]) -> requests.Response:
        """The answer to a request, its fields where the operation wants them."""
        row = OPERATIONS.get(operation)
        method = row.method if row else "GET"
        named = {"sessionName": self.session} if self.session else {}
        sent = {"operation": operation, **named, **fields}
        place: dict[str, Any] = {"params" if method == "GET" else "data": sent}
        url = f"{self.url or self.sandbox.url}webservice.php"
        return self.http.request(method, url, timeout=30, **place)

    def ask(self, operation: str, **fields: str) -> Any:
        """The result of a request, or the error."""
        envelope = self.send(operation, fields).json()
        return envelope["result"] if envelope["success"] else envelope["error"]
