"""`listtypes` and `describe`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.protocol import INTERNAL_SERVER_ERROR
from vtql.sandbox.access import FULL_ACCESS, check_readable
from vtql.sandbox.errors import Crash, Refusal, access_denied
from vtql.sandbox.service import Call

SINGULAR: Mapping[str, str] = {"Calendar": "Task", "PBXManager": "Call Record"}
"""Modules whose singular does not follow from the label."""


def list_types(call: Call) -> dict[str, Any]:
    """The modules, or those with a field of some types; PHP encodes an empty map as a list."""
    catalog = call.service.catalog
    types = _field_types(call.parameters["fieldTypeList"])
    seen = [name for name in catalog if name not in call.access.denied]
    names = [name for name in seen if not types or _has_field_type(catalog, name, types)]
    return {
        "types": names,
        "information": {name: _module_facts(catalog, name) for name in names} or [],
    }


def _field_types(text: str) -> set[str]:
    try:
        types = json.loads(text) if text else []
    except (ValueError, RecursionError):
        raise Refusal(INTERNAL_SERVER_ERROR) from None
    if types is None:
        return set()
    if not isinstance(types, list):
        raise Crash
    return {name for name in types if isinstance(name, str)}


def _has_field_type(catalog: Catalog, name: str, types: set[str]) -> bool:
    described = catalog.describe(name)["fields"]
    return catalog[name].is_entity and any(field["type"]["name"] in types for field in described)


def _module_facts(catalog: Catalog, name: str) -> dict[str, Any]:
    module = catalog[name]
    singular = SINGULAR.get(name) or _singular(module.label) if module.is_entity else module.label
    return {"isEntity": module.is_entity, "label": module.label, "singular": singular}


def _singular(label: str) -> str:
    return label[:-3] + "y" if label.endswith("ies") else label.removesuffix("s")


def describe(call: Call) -> Mapping[str, Any]:
    """The description of a module."""
    name = call.parameters["elementType"]
    if name not in call.service.catalog:
        raise access_denied(f" for name : {name}")
    check_readable(call.access, name)
    described = call.service.catalog.describe(name)
    if call.access is FULL_ACCESS:
        return described
    hidden = call.access.hidden.get(name, ())
    # Users who are not administrators get them roughly by name.
    fields = sorted(described["fields"], key=lambda field: str(field["name"]))
    may_write = name not in call.access.readonly
    rights = ("createable", "updateable", "deleteable")
    return {
        **described,
        **{right: may_write and described.get(right, True) for right in rights},
        "fields": [field for field in fields if field["name"] not in hidden],
    }
