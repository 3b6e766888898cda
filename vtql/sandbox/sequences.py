"""Sequences: the numbers in ids of new records, and serial numbers such as `CON436`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vtql.sandbox.store import Store

SERIALS: Mapping[str, tuple[str, str]] = {
    "Accounts": ("account_no", "ACC"), "Assets": ("asset_no", "ASSET"),
    "Campaigns": ("campaign_no", "CAM"), "Contacts": ("contact_no", "CON"),
    "Documents": ("note_no", "DOC"), "Faq": ("faq_no", "FAQ"), "HelpDesk": ("ticket_no", "TT"),
    "Invoice": ("invoice_no", "INV"), "Leads": ("lead_no", "LEA"),
    "Potentials": ("potential_no", "POT"), "PriceBooks": ("pricebook_no", "PB"),
    "Products": ("product_no", "PRO"), "Project": ("project_no", "PROJ"),
    "ProjectMilestone": ("projectmilestone_no", "PM"), "ProjectTask": ("projecttask_no", "PT"),
    "PurchaseOrder": ("purchaseorder_no", "PO"), "Quotes": ("quote_no", "QUO"),
    "SalesOrder": ("salesorder_no", "SO"), "ServiceContracts": ("contract_no", "SERCON"),
    "Services": ("service_no", "SER"), "Vendors": ("vendor_no", "VEN"),
}  # fmt: skip
"""The serial number field of a module, and its prefix."""

_DIGITS = re.compile(r"[0-9]{1,15}\Z")
_IDS = "ids"


def next_id(store: Store, module: str) -> int:
    """The number of a new record; entity modules share a sequence, and so do users and groups."""
    tables = store.tables
    if module in ("Users", "Groups"):
        shared = [name for name in ("Users", "Groups") if name in tables]
        return next_number(store, "owners", max(map(store.last_number, shared)))
    if not tables[module].module.is_entity:
        return next_number(store, module, store.last_number(module))
    entities = [
        name for name, table in tables.items() if table.module.is_entity and name != "Users"
    ]
    return next_number(store, _IDS, max(map(store.last_number, entities)))


def next_serial(store: Store, module: str) -> dict[str, str]:
    """The serial number field of a module with its next value, if it has one."""
    field, prefix = SERIALS.get(module, ("", ""))
    if field not in store.tables[module].columns:
        return {}
    last = _last_serial(store, module, field)
    return {field: f"{prefix}{next_number(store, f'{module} {field}', last)}"}


def _last_serial(store: Store, module: str, field: str) -> int:
    """The serial number of the last record."""
    record = store.record(module, store.last_number(module))
    digits = _DIGITS.search((record or {}).get(field) or "")
    return int(digits.group()) if digits else 0


def next_number(store: Store, name: str, least: int = 0) -> int:
    """The next number of a sequence, greater than `least`; no number is used twice."""
    (row,) = store.run("SELECT max(last) FROM counted WHERE name = ?", [name])
    number = max(int(row[0] or 0), least) + 1
    store.run("INSERT OR REPLACE INTO counted VALUES (?, ?)", [name, number])
    return number
