"""`relatedtypes`, `retrieve_related`, `query_related`, `add_related`: records by their relations."""

from __future__ import annotations

import re
from typing import Any

from vtql.sandbox.access import check_readable, check_writable
from vtql.sandbox.kept import link
from vtql.sandbox.operations.query import Row, answered
from vtql.sandbox.operations.retrieve import existing
from vtql.sandbox.refusals import Refusal, denied
from vtql.sandbox.relations import Relation, related, relations
from vtql.sandbox.service import Call
from vtql.sandbox.written import place_of

UNKNOWN_ENTITY = "UNKOWN_ENTITY"  # the server's spelling

_MODULE = re.compile(r"FROM\s+(\S+)", re.IGNORECASE)
_WHERE = re.compile(r".WHERE", re.IGNORECASE | re.DOTALL)


def types(call: Call) -> dict[str, Any]:
    """The modules that a module is related to, and the relations by their labels."""
    name = call.parameters["elementType"]
    if name not in call.service.catalog:
        raise denied(f" for name : {name}")
    check_readable(call.access, name)
    found = relations(call.service.catalog, name)
    told = {
        each.label: {"name": each.module, "label": each.label, "isEntity": "1"} for each in found
    }
    return {"types": [each.module for each in found], "information": told or []}


def retrieve(call: Call) -> list[Row]:
    """The records related to one under a label, a hundred at most."""
    other = call.parameters["relatedType"]
    return _found(call, f"SELECT * FROM {other}", other)  # noqa: S608 - VTQL, which is checked


def query(call: Call) -> list[Row]:
    """Those of the records related to one that a query finds.

    The server puts the ids into the text of the query, so WHERE has to be in capitals, or else
    nothing may stand behind the module, and there must be no semicolon (read in its source).
    """
    text = call.parameters["query"]
    named = _MODULE.search(text)
    if named is None:
        raise denied(" for query")
    return _found(call, text, named[1])


def _found(call: Call, text: str, other: str) -> list[Row]:
    """The rows of a query that is narrowed to the related records of a module."""
    relation = _relation(call, other)
    ids = related(call, relation, _id(call))
    if not ids:
        return []
    condition = "id IN (" + ",".join(f"'{id_}'" for id_ in ids) + ")"
    if _WHERE.search(text):
        before, *behind = text.split("WHERE")
        text = f"{before} WHERE {condition} AND {behind[0] if behind else ''}"
    else:
        text = f"{text} WHERE {condition}"
    return answered(call, f"{text};")


def add(call: Call) -> dict[str, str]:
    """Relate a record to another, and the other to it."""
    source, target = (
        _existing(call, call.parameters[name]) for name in ("sourceRecordId", "relatedRecordId")
    )
    label = call.parameters["relationIdLabel"]
    names = {target[0]: target[1]}
    matching = [
        each
        for each in relations(call.service.catalog, source[0])
        if each.module in names and label in ("", each.label)
    ]
    if not matching:
        raise Refusal(UNKNOWN_ENTITY, "Relation specified is incorrect")
    check_writable(call.access, source[0])
    store = call.service.store
    link(store, matching[0].label, source[1], target[1])
    for back in relations(call.service.catalog, target[0]):
        if back.module == source[0]:
            link(store, back.label, target[1], source[1])
            break
    return {"message": "successfull"}


def _id(call: Call) -> str:
    return _existing(call, call.parameters["id"])[1]


def _existing(call: Call, id_: str) -> tuple[str, str]:
    """The module of a record that is there, and its id in the usual spelling."""
    name, number = place_of(call, id_)
    return name, str(existing(call, name, number)["id"])


def _relation(call: Call, other: str) -> Relation:
    name, _ = place_of(call, call.parameters["id"])
    for each in relations(call.service.catalog, name):
        if (each.module, each.label) == (other, call.parameters["relatedLabel"]):
            check_readable(call.access, each.module)
            return each
    raise Refusal(UNKNOWN_ENTITY, "Relation specified is incorrect")
