"""Which modules a module is related to, under which label.

A server keeps that in a table of its own, which `describe` does not show. What it has there of the
modules that every server has stands here; elsewhere a relation is what a reference field makes one:
a module is related to those that can refer to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.sandbox.access import check_readable, check_writable
from vtql.sandbox.errors import Refusal, access_denied
from vtql.sandbox.operations.read import Row, query_rows, readable_record
from vtql.sandbox.service import Call
from vtql.sandbox.store import link, linked_ids
from vtql.sandbox.write_values import resolve_id

ACCOUNTS_RELATIONS = (
    "Contacts", "Potentials", "Quotes", "SalesOrder", "Invoice", "Calendar", "Emails",
    "Calendar: Activity History", "Documents", "HelpDesk", "Products", "Campaigns", "PBXManager",
    "ServiceContracts", "Services", "Project", "ModComments", "Assets",
)  # fmt: skip
"""The relations of Accounts, in the server's order (8.4)."""

STOCK_RELATIONS: Mapping[str, tuple[str, ...]] = {
    "Accounts": ACCOUNTS_RELATIONS,
    "Leads": ("Calendar", "Emails", "Calendar: Activity History", "Documents", "Products",
              "Campaigns"),
    "Contacts": ("Potentials", "Calendar", "Emails", "HelpDesk", "Quotes", "PurchaseOrder",
                 "SalesOrder", "Products", "Calendar: Activity History", "Documents", "Campaigns",
                 "Invoice"),
    "Potentials": ("Calendar", "Contacts", "Products", "Documents", "Quotes", "SalesOrder",
                   "Calendar: Activity History"),
    "Products": ("HelpDesk", "Documents", "Quotes", "PurchaseOrder", "SalesOrder", "Invoice",
                 "PriceBooks", "Leads", "Accounts", "Contacts", "Potentials",
                 "Products: Product Bundles", "Products: Parent Product"),
    "Emails": ("Contacts", "Documents"),
    "HelpDesk": ("Calendar", "Documents", "Calendar: Activity History"),
    "PriceBooks": ("Products",),
    "Vendors": ("Products", "PurchaseOrder", "Contacts", "Emails"),
    "Quotes": ("SalesOrder", "Calendar", "Documents", "Calendar: Activity History"),
    "PurchaseOrder": ("Calendar", "Documents", "Calendar: Activity History"),
    "SalesOrder": ("Calendar", "Documents", "Invoice", "Calendar: Activity History"),
    "Invoice": ("Calendar", "Documents", "Calendar: Activity History"),
    "Campaigns": ("Contacts", "Leads", "Potentials", "Calendar", "Accounts"),
    "Faq": ("Documents",),
}  # fmt: skip
"""The relations that a fresh server has: the other module, and a label where it is not the usual
one. Those of modules other than Accounts are read in the installer of 5.4; modules that came later
add theirs behind, for the fields that refer to the module."""

LABELS: Mapping[str, str] = {
    "Calendar": "Activities", "SalesOrder": "Sales Order", "PurchaseOrder": "Purchase Order",
    "ServiceContracts": "Service Contracts", "Project": "Projects",
}  # fmt: skip
"""The labels that are not the other module's name."""

RELATED_TO_ALL = ("Documents",)
"""Modules that can be related to every other, without a reference field."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: the module it leads to, its label, and the fields there that refer back."""

    module: str
    label: str
    fields: tuple[str, ...]


def relations(catalog: Catalog, name: str) -> list[Relation]:
    """The relations of a module."""
    known = [_module_and_label(text) for text in STOCK_RELATIONS.get(name, ())]
    # Between modules that were there from the beginning there are no others.
    old = {*STOCK_RELATIONS, "Events"} if known else set()
    more = () if name == "Accounts" else _derived(catalog, name)
    return [
        Relation(other, label, _fields_referring_to(catalog, other, name))
        for other, label in [
            *known,
            *(_module_and_label(other) for other in more if other not in old),
        ]
        if other in catalog
    ]


def _module_and_label(text: str) -> tuple[str, str]:
    other, _, label = text.partition(": ")
    return other, label or LABELS.get(other, other)


def related_ids(call: Call, relation: Relation, id_: str) -> list[str]:
    """The ids of the records that are related to one: those that refer to it, and those added."""
    store = call.service.store
    found = {
        str(record["id"]): None
        for field in relation.fields
        for record in store.matching(relation.module, field, id_)
    }
    prefix = f"{call.service.catalog[relation.module].id_prefix}x"
    found |= dict.fromkeys(
        each for each in linked_ids(store, relation.label, id_) if each.startswith(prefix)
    )
    return list(found)


def _derived(catalog: Catalog, name: str) -> Iterator[str]:
    for other in catalog:
        if catalog[other].is_entity and (
            other in RELATED_TO_ALL or _fields_referring_to(catalog, other, name)
        ):
            yield other


def _fields_referring_to(catalog: Catalog, other: str, name: str) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in catalog[other].fields.values()
        if field.type.name == "reference" and name in field.refers_to
    )


UNKNOWN_ENTITY = "UNKOWN_ENTITY"  # the server's spelling

_MODULE = re.compile(r"FROM\s+(\S+)", re.IGNORECASE)
_WHERE = re.compile(r".WHERE", re.IGNORECASE | re.DOTALL)


def related_types(call: Call) -> dict[str, Any]:
    """The modules that a module is related to, and the relations by their labels."""
    name = call.parameters["elementType"]
    if name not in call.service.catalog:
        raise access_denied(f" for name : {name}")
    check_readable(call.access, name)
    found = relations(call.service.catalog, name)
    told = {
        each.label: {"name": each.module, "label": each.label, "isEntity": "1"} for each in found
    }
    return {"types": [each.module for each in found], "information": told or []}


def retrieve_related(call: Call) -> list[Row]:
    """The records related to one under a label, a hundred at most."""
    other = call.parameters["relatedType"]
    return _related_rows(call, f"SELECT * FROM {other}", other)  # noqa: S608 - VTQL, which is checked


def query_related(call: Call) -> list[Row]:
    """Those of the records related to one that a query finds.

    The server puts the ids into the text of the query, so WHERE has to be in capitals, or else
    nothing may stand behind the module, and there must be no semicolon (read in its source).
    """
    text = call.parameters["query"]
    named = _MODULE.search(text)
    if named is None:
        raise access_denied(" for query")
    return _related_rows(call, text, named[1])


def _related_rows(call: Call, text: str, other: str) -> list[Row]:
    """The rows of a query that is narrowed to the related records of a module."""
    relation = _relation(call, other)
    ids = related_ids(call, relation, _id(call))
    if not ids:
        return []
    condition = "id IN (" + ",".join(f"'{id_}'" for id_ in ids) + ")"
    if _WHERE.search(text):
        before, *behind = text.split("WHERE")
        text = f"{before} WHERE {condition} AND {behind[0] if behind else ''}"
    else:
        text = f"{text} WHERE {condition}"
    return query_rows(call, f"{text};")


def add_related(call: Call) -> dict[str, str]:
    """Relate a record to another, and the other to it."""
    source, target = (
        _module_and_id(call, call.parameters[name])
        for name in ("sourceRecordId", "relatedRecordId")
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
    return _module_and_id(call, call.parameters["id"])[1]


def _module_and_id(call: Call, id_: str) -> tuple[str, str]:
    """The module of a record that is there, and its id in the usual spelling."""
    name, number = resolve_id(call, id_)
    return name, str(readable_record(call, name, number)["id"])


def _relation(call: Call, other: str) -> Relation:
    name, _ = resolve_id(call, call.parameters["id"])
    for each in relations(call.service.catalog, name):
        if (each.module, each.label) == (other, call.parameters["relatedLabel"]):
            check_readable(call.access, each.module)
            return each
    raise Refusal(UNKNOWN_ENTITY, "Relation specified is incorrect")
