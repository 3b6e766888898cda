"""Which modules a module is related to, under which label.

A server keeps that in a table of its own, which `describe` does not show. Where it was measured it
stands here; elsewhere a relation is what a reference field makes one: a module is related to those
that can refer to it, under their label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vtql.sandbox.kept import linked
from vtql.sandbox.service import Call
from vtql.schema.catalog import Catalog

MEASURED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Accounts": (
        ("Contacts", "Contacts"), ("Potentials", "Potentials"), ("Quotes", "Quotes"),
        ("SalesOrder", "Sales Order"), ("Invoice", "Invoice"), ("Calendar", "Activities"),
        ("Emails", "Emails"), ("Calendar", "Activity History"), ("Documents", "Documents"),
        ("HelpDesk", "HelpDesk"), ("Products", "Products"), ("Campaigns", "Campaigns"),
        ("PBXManager", "PBXManager"), ("ServiceContracts", "Service Contracts"),
        ("Services", "Services"), ("Project", "Projects"), ("ModComments", "ModComments"),
        ("Assets", "Assets"),
    ),
}  # fmt: skip
"""The related modules and the labels of the relations, in the server's order (8.4)."""

ANYTHING = ("Documents",)
"""Modules that can be related to every other, without a reference field."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: the module it leads to, its label, and the fields there that refer back."""

    module: str
    label: str
    fields: tuple[str, ...]


def relations(catalog: Catalog, name: str) -> list[Relation]:
    """The relations of a module."""
    pairs = MEASURED.get(name) or tuple(_derived(catalog, name))
    return [
        Relation(other, label, _fields(catalog, other, name))
        for other, label in pairs
        if other in catalog
    ]


def related(call: Call, relation: Relation, id_: str) -> list[str]:
    """The ids of the records that are related to one: those that refer to it, and those added."""
    store = call.service.store
    found = {
        str(record["id"]): None
        for field in relation.fields
        for record in store.matching(relation.module, field, id_)
    }
    prefix = f"{call.service.catalog[relation.module].id_prefix}x"
    found |= dict.fromkeys(
        each for each in linked(store, relation.label, id_) if each.startswith(prefix)
    )
    return list(found)


def _derived(catalog: Catalog, name: str) -> Iterator[tuple[str, str]]:
    for other in catalog:
        if catalog[other].is_entity and (other in ANYTHING or _fields(catalog, other, name)):
            yield other, catalog[other].label


def _fields(catalog: Catalog, other: str, name: str) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in catalog[other].fields.values()
        if field.type.name == "reference" and name in field.refers_to
    )
