"""Which modules a module is related to, under which label.

A server keeps that in a table of its own, which `describe` does not show. What it has there of the
modules that every server has stands here; elsewhere a relation is what a reference field makes one:
a module is related to those that can refer to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vtql.catalog.catalog import Catalog
from vtql.sandbox.kept import linked
from vtql.sandbox.service import Call

MEASURED = (
    "Contacts", "Potentials", "Quotes", "SalesOrder", "Invoice", "Calendar", "Emails",
    "Calendar: Activity History", "Documents", "HelpDesk", "Products", "Campaigns", "PBXManager",
    "ServiceContracts", "Services", "Project", "ModComments", "Assets",
)  # fmt: skip
"""The relations of Accounts, in the server's order (8.4)."""

STOCK: Mapping[str, tuple[str, ...]] = {
    "Accounts": MEASURED,
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
    known = [_pair(text) for text in STOCK.get(name, ())]
    # Between modules that were there from the beginning there are no others.
    old = {*STOCK, "Events"} if known else set()
    more = () if name == "Accounts" else _derived(catalog, name)
    return [
        Relation(other, label, _fields(catalog, other, name))
        for other, label in [*known, *(_pair(other) for other in more if other not in old)]
        if other in catalog
    ]


def _pair(text: str) -> tuple[str, str]:
    other, _, label = text.partition(": ")
    return other, label or LABELS.get(other, other)


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


def _derived(catalog: Catalog, name: str) -> Iterator[str]:
    for other in catalog:
        if catalog[other].is_entity and (other in ANYTHING or _fields(catalog, other, name)):
            yield other


def _fields(catalog: Catalog, other: str, name: str) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in catalog[other].fields.values()
        if field.type.name == "reference" and name in field.refers_to
    )
