"""Vtiger Cloud, as far as it is published: an address for each operation, HTTP Basic, statuses that say what
became of a request, limits in headers. What it knows of records is a sandbox's."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from stub_servers import KEY, USERNAME, Answer, Seen

from vtql.client import Client
from vtql.errors import ServiceError, TransportError
from vtql.protocol import OPERATIONS, failure, success
from vtql.sandbox import Sandbox

ROOT = "/crm/restapi/v1/vtiger/default/"


@dataclass
class Cloud:
    """Answers requests out of a sandbox; `admin` tells whether its user may sync everything."""

    sandbox: Sandbox
    admin: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inside: Client = self.sandbox.client()

    def __call__(self, seen: Seen) -> Answer:
        path, _, _ = seen.target.partition("?")
        if seen.authorization != f"Basic {b64encode(f'{USERNAME}:{KEY}'.encode()).decode()}":
            return self._refusal(401, "INVALID_USER_CREDENTIALS", "no")
        name = path.removeprefix(ROOT)
        self.asked.append(name)
        row = OPERATIONS.get(name)
        if row is None or "cloud" not in row.profiles or row.method != seen.method:
            return self._refusal(404, "UNKNOWN_OPERATION", name)
        try:
            return 200, self.headers, success(self._done(name, {**seen.url, **seen.form}))
        except ServiceError as error:
            return self._refusal(400, error.code, error.message)
        except TransportError:
            return 500, self.headers, b""

    def _done(self, name: str, given: dict[str, str]) -> Any:
        if name == "me":
            return {"id": "19x1", "user_name": USERNAME, "is_admin": "on" if self.admin else "off"}
        if name == "listtypes":
            assert json.loads(given.pop("fieldTypeList")) is None  # it is not optional there
        kind = given.pop("syncType", None)
        if name == "sync" and kind == "application" and not self.admin:
            raise ServiceError(
                "ACCESS_DENIED", "Only admin users can perform application sync", name
            )
        return self.inside.call(name, **given)

    def _refusal(self, status: int, code: str | int, message: str) -> Answer:
        return status, self.headers, failure(code, message)
