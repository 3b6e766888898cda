"""`describe`: a module and its fields, as the catalog has them and the user sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.sandbox.access import EVERYTHING, check_readable
from vtql.sandbox.refusals import denied
from vtql.sandbox.service import Call


def run(call: Call) -> Mapping[str, Any]:
    """The description of a module."""
    name = call.parameters["elementType"]
    if name not in call.service.catalog:
        raise denied(f" for name : {name}")
    check_readable(call.access, name)
    described = call.service.catalog.describe(name)
    if call.access is EVERYTHING:
        return described
    hidden = call.access.hidden.get(name, ())
    # Those who are no administrators get them in another order, about that of their names.
    fields = sorted(described["fields"], key=lambda field: str(field["name"]))
    may_write = name not in call.access.readonly
    rights = ("createable", "updateable", "deleteable")
    return {
        **described,
        **{right: may_write and described.get(right, True) for right in rights},
        "fields": [field for field in fields if field["name"] not in hidden],
    }
