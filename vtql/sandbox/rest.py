"""The service of Vtiger Cloud: an address for each operation, and name and key with each request.

Published are the addresses, HTTP Basic, the statuses and the operations (section 7); codes and
messages of refusals are those of the web service.
"""

from __future__ import annotations

import base64
import binascii

from vtql.protocol import OPERATIONS, Operation
from vtql.sandbox.access import access_of
from vtql.sandbox.refusals import Refusal
from vtql.sandbox.service import SESSIONS, Call, Service
from vtql.sandbox.wire import Request

PATH = "/restapi/v1/vtiger/default/"
REFUSED, UNAUTHORISED = 400, 401


class Stranger(Refusal):
    """Nobody has this name and key."""


def asked_of(service: Service, path: str) -> str | None:
    """The operation that a path names; None where it is not one of this service."""
    _, found, name = path.partition(PATH)
    return name if found and "/" not in name and service.profile.name == "cloud" else None


def rest_call(service: Service, name: str, request: Request) -> tuple[str, Call]:
    """The name of an operation as the table has it, and the call.

    Raises:
        Refusal: there is no such operation, or it is asked for in another way.
        Stranger: the name and the key are not those of a user.
    """
    user = service.sessions.user_of_key(*_credentials(request.authorization))
    if user is None:
        raise Stranger("INVALID_USER_CREDENTIALS")
    operation = OPERATIONS.get(name)
    if operation is None or not _is_there(operation) or request.method != operation.method:
        raise Refusal("UNKNOWN_OPERATION", "Unknown operation requested")
    given = request.url if operation.method == "GET" else request.body
    parameters = {name: given.get(name, "") for name in operation.parameters}
    access = access_of(user, service.access)
    return operation.name, Call(service, parameters, "", user, access, request)


def _is_there(operation: Operation) -> bool:
    return "cloud" in operation.profiles and operation.name not in SESSIONS


def _credentials(header: str) -> tuple[str, str]:
    """The name and the key of a header; empty ones where it has none."""
    kind, _, text = header.partition(" ")
    try:
        pair = base64.b64decode(text.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return "", ""
    name, _, key = pair.partition(":")
    return (name, key) if kind.lower() == "basic" else ("", "")
