"""Vtiger Cloud: an address for each operation, and name and access key with each request.

`https://<instance>.odN.vtiger.com/restapi/v1/vtiger/default/<operation>` with HTTP Basic; there are
no sessions (published; reference 7).
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlsplit

from vtql.client.cancellation import Cancel
from vtql.client.deadlines import Watch
from vtql.client.secrets import Secret
from vtql.client.session import Carry, Delivery, Login, Session
from vtql.client.transport import Files, Parameters, Request
from vtql.protocol import OPERATIONS, Operation

PATH = "/restapi/v1/vtiger/default"
DOMAIN = ".vtiger.com"


def is_rest(url: str) -> bool:
    """Whether an address is that of Vtiger Cloud's REST service: by its host or its path."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    if parts.path.endswith(".php"):
        return False
    return "/restapi/" in f"{parts.path}/" or (parts.hostname or "").endswith(DOMAIN)


def credentials(username: str, access_key: Secret) -> Secret:
    """The value of the header Authorization."""
    content = pair(username, access_key).reveal().encode("utf-8", "replace")
    return Secret(f"Basic {base64.b64encode(content).decode('ascii')}")


def pair(username: str, access_key: Secret) -> Secret:
    """The text that HTTP Basic encodes."""
    return Secret(f"{username}:{access_key.reveal()}")


def _types(parameters: Parameters) -> Parameters:
    """The parameters of `listtypes` as they are published: not optional, and a list that is no JSON."""
    others = {name: value for name, value in parameters.items() if name != "fieldTypeList"}
    types = parameters.get("fieldTypeList")
    if not isinstance(types, str):
        return {**others, "fieldTypeList": "null"}
    return {**others, "fieldTypeList[]": tuple(map(str, json.loads(types)))}


class RestSession(Session):
    """Requests of one user without a session: there is nothing to log in to, and nothing to end."""

    __slots__ = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What `me` tells of the user, under the names of a login answer."""
        answer = self.call(OPERATIONS["me"], {})
        facts = dict(answer) if isinstance(answer, dict) else {}
        return {**facts, "userId": facts.get("id", "")}

    def another(self) -> Session:
        """The same user again: requests are not done in turn."""
        return RestSession(self._transport, self._username, self._key, self._retry_policy)

    def call(
        self,
        operation: Operation,
        parameters: Parameters,
        files: Files | None = None,
        anew: int = 1,  # noqa: ARG002 - there is no session that could be gone
        carry: Carry | None = None,
        cancel: Cancel = None,
    ) -> Any:
        """The result of an operation."""
        if operation.name == "listtypes":
            parameters = _types(parameters)
        return self._send(Request(operation, parameters, None, files or {}), carry, cancel=cancel)

    def carry(
        self, request: Request, cancel: Cancel = None, watch: Watch | None = None
    ) -> Delivery:
        """Ask once."""
        return self._plainly(request, cancel, watch)

    def logout(self) -> None:
        """Nothing: there is no session."""

    def forget(self) -> Login | None:
        """Nothing: there is no session."""
        return None
