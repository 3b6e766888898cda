"""`listtypes`: the modules, or those with a field of certain types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.protocol import INTERNAL_SERVER_ERROR
from vtql.sandbox.refusals import Crash, Refusal
from vtql.sandbox.service import Call

SINGULAR: Mapping[str, str] = {"Calendar": "Task", "PBXManager": "Call Record"}
"""The modules whose label does not tell the word for one record."""


def run(call: Call) -> dict[str, Any]:
    """The names of the modules, and facts of each; an empty map is a list, as PHP has it."""
    catalog = call.service.catalog
    wanted = _wanted(call.parameters["fieldTypeList"])
    seen = [name for name in catalog if name not in call.access.denied]
    names = [name for name in seen if not wanted or _has(catalog, name, wanted)]
    return {"types": names, "information": {name: _facts(catalog, name) for name in names} or []}


def _wanted(text: str) -> set[str]:
    try:
        types = json.loads(text) if text else []
    except (ValueError, RecursionError):
        raise Refusal(INTERNAL_SERVER_ERROR) from None
    if types is None:
        return set()
    if not isinstance(types, list):
        raise Crash
    return {each for each in types if isinstance(each, str)}


def _has(catalog: Catalog, name: str, wanted: set[str]) -> bool:
    described = catalog.describe(name)["fields"]
    return catalog[name].is_entity and any(field["type"]["name"] in wanted for field in described)


def _facts(catalog: Catalog, name: str) -> dict[str, Any]:
    module = catalog[name]
    one = SINGULAR.get(name) or _one(module.label) if module.is_entity else module.label
    return {"isEntity": module.is_entity, "label": module.label, "singular": one}


def _one(label: str) -> str:
    return label[:-3] + "y" if label.endswith("ies") else label.removesuffix("s")
