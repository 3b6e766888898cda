"""`describe`: a module and its fields, as the catalog has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.sandbox.refusals import denied
from vtql.sandbox.service import Call


def run(call: Call) -> Mapping[str, Any]:
    """The description of a module."""
    name = call.parameters["elementType"]
    if name not in call.service.catalog:
        raise denied(f" for name : {name}")
    return call.service.catalog.describe(name)
