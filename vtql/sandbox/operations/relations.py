"""Relations between modules, and the operations on related records.

A server has relations in a table that is not described. Those of stock modules are listed here; other
modules are related to those whose reference fields can refer to them.
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
"""The relations of a fresh server: the other module, and a label if it is not the usual one.
Those of modules other than Accounts were read in the installer of 5.4; later modules append theirs,
according to their reference fields."""

LABELS: Mapping[str, str] = {
    "Calendar": "Activities", "SalesOrder": "Sales Order", "PurchaseOrder": "Purchase Order",
    "ServiceContracts": "Service Contracts", "Project": "Projects",
}  # fmt: skip
"""Labels that differ from the name of the other module."""

RELATED_TO_ALL = ("Documents",)
"""Modules that are related to every other, without a reference field."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: the other module, its label, and the fields there that refer back."""

    module: str
    label: str
    fields: tuple[str, ...]


def relations(catalog: Catalog, name: str) -> list[Relation]:
    """The relations of a module."""
    stock = [_module_and_label(text) for text in STOCK_RELATIONS.get(name, ())]
    # Stock modules have no other relations among themselves.
    old = {*STOCK_RELATIONS, "Events"} if stock else set()
    more = () if name == "Accounts" else _derived(catalog, name)
    return [
        Relation(target, label, _fields_referring_to(catalog, target, name))
        for target, label in [
            *stock,
            *(_module_and_label(target) for target in more if target not in old),
        ]
        if target in catalog
    ]


def _module_and_label(text: str) -> tuple[str, str]:
    module, _, label = text.partition(": ")
    return module, label or LABELS.get(module, module)


def related_ids(call: Call, relation: Relation, id_: str) -> list[str]:
    """The ids of related records: those that refer to the record, and those added."""
    store = call.service.store
    ids = {
        str(record["id"]): None
        for field in relation.fields
        for record in store.matching(relation.module, field, id_)
    }
    prefix = f"{call.service.catalog[relation.module].id_prefix}x"
    ids |= dict.fromkeys(
        linked_id
        for linked_id in linked_ids(store, relation.label, id_)
        if linked_id.startswith(prefix)
    )
    return list(ids)


def _derived(catalog: Catalog, name: str) -> Iterator[str]:
    for target in catalog:
        if catalog[target].is_entity and (
            target in RELATED_TO_ALL or _fields_referring_to(catalog, target, name)
        ):
            yield target


def _fields_referring_to(catalog: Catalog, module: str, name: str) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in catalog[module].fields.values()
        if field.type.name == "reference" and name in field.refers_to
    )


UNKNOWN_ENTITY = "UNKOWN_ENTITY"  # the server's spelling

_MODULE = re.compile(r"FROM\s+(\S+)", re.IGNORECASE)
_WHERE = re.compile(r".WHERE", re.IGNORECASE | re.DOTALL)


def related_types(call: Call) -> dict[str, Any]:
    """The modules related to a module, and the relations by label."""
    name = call.parameters["elementType"]
    if name not in call.service.catalog:
        raise access_denied(f" for name : {name}")
    check_readable(call.access, name)
    offered = relations(call.service.catalog, name)
    information = {
        relation.label: {"name": relation.module, "label": relation.label, "isEntity": "1"}
        for relation in offered
    }
    return {"types": [relation.module for relation in offered], "information": information or []}


def retrieve_related(call: Call) -> list[Row]:
    """The first hundred records related to a record under a label."""
    module = call.parameters["relatedType"]
    return _related_rows(call, f"SELECT * FROM {module}", module)  # noqa: S608 - VTQL, which is checked


def query_related(call: Call) -> list[Row]:
    """The related records that match a query.

    The server inserts the ids into the text of the query, so that WHERE must be in upper case, or
    nothing may follow the module, and there must be no semicolon (read in its source).
    """
    text = call.parameters["query"]
    named = _MODULE.search(text)
    if named is None:
        raise access_denied(" for query")
    return _related_rows(call, text, named[1])


def _related_rows(call: Call, text: str, module: str) -> list[Row]:
    """The rows of a query restricted to the related records of a module."""
    relation = _relation(call, module)
    ids = related_ids(call, relation, _id(call))
    if not ids:
        return []
    condition = "id IN (" + ",".join(f"'{id_}'" for id_ in ids) + ")"
    if _WHERE.search(text):
        before, *conditions = text.split("WHERE")
        text = f"{before} WHERE {condition} AND {conditions[0] if conditions else ''}"
    else:
        text = f"{text} WHERE {condition}"
    return query_rows(call, f"{text};")


def add_related(call: Call) -> dict[str, str]:
    """Relate two records, in both directions."""
    source, target = (
        _module_and_id(call, call.parameters[name])
        for name in ("sourceRecordId", "relatedRecordId")
    )
    label = call.parameters["relationIdLabel"]
    names = {target[0]: target[1]}
    matching = [
        relation
        for relation in relations(call.service.catalog, source[0])
        if relation.module in names and label in ("", relation.label)
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
    """The module of an existing record, and its normalized id."""
    name, number = resolve_id(call, id_)
    return name, str(readable_record(call, name, number)["id"])


def _relation(call: Call, module: str) -> Relation:
    name, _ = resolve_id(call, call.parameters["id"])
    for relation in relations(call.service.catalog, name):
        if (relation.module, relation.label) == (module, call.parameters["relatedLabel"]):
            check_readable(call.access, relation.module)
            return relation
    raise Refusal(UNKNOWN_ENTITY, "Relation specified is incorrect")
