"""The operations of the service, one a file. An operation that is not in the table is unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vtql.sandbox.operations import (
    describe,
    getchallenge,
    listtypes,
    login,
    logout,
    query,
    retrieve,
)
from vtql.sandbox.service import Call

HANDLERS: Mapping[str, Callable[[Call], Any]] = {
    "getchallenge": getchallenge.run,
    "login": login.run,
    "logout": logout.run,
    "listtypes": listtypes.run,
    "describe": describe.run,
    "retrieve": retrieve.run,
    "query": query.run,
}
