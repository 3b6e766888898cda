"""`revise`: a record with some new values; an empty one clears the field, references too."""

from __future__ import annotations

from typing import Any

from vtql.sandbox.operations.update import found, rewritten
from vtql.sandbox.service import Call
from vtql.sandbox.written import Element, changed, element_of, mandatory


def run(call: Call) -> dict[str, Any]:
    """The record as `retrieve` would give it."""
    return revised(call, element_of(call))


def revised(call: Call, element: Element) -> dict[str, Any]:
    """A record with the values of an element, which has its id."""
    name, number, record = found(call, element)
    module = call.service.catalog[name]
    needed = [field for field in mandatory(module) if field in element]
    values = changed(call, module, element, needed)
    return rewritten(call, name, number, record | values, element)
