"""`listtypes`: the modules, or those with a field of certain types."""

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
"""The modules whose label does not tell the word for one record."""


def list_types(call: Call) -> dict[str, Any]:
    """The names of the modules, and facts of each; an empty map is a list, as PHP has it."""
    catalog = call.service.catalog
    wanted = _field_types(call.parameters["fieldTypeList"])
    seen = [name for name in catalog if name not in call.access.denied]
    names = [name for name in seen if not wanted or _has_field_type(catalog, name, wanted)]
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
    return {each for each in types if isinstance(each, str)}


def _has_field_type(catalog: Catalog, name: str, wanted: set[str]) -> bool:
    described = catalog.describe(name)["fields"]
    return catalog[name].is_entity and any(field["type"]["name"] in wanted for field in described)


def _module_facts(catalog: Catalog, name: str) -> dict[str, Any]:
    module = catalog[name]
    one = SINGULAR.get(name) or _singular(module.label) if module.is_entity else module.label
    return {"isEntity": module.is_entity, "label": module.label, "singular": one}


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
    # Those who are no administrators get them in another order, about that of their names.
    fields = sorted(described["fields"], key=lambda field: str(field["name"]))
    may_write = name not in call.access.readonly
    rights = ("createable", "updateable", "deleteable")
    return {
        **described,
        **{right: may_write and described.get(right, True) for right in rights},
        "fields": [field for field in fields if field["name"] not in hidden],
    }
