"""An invoice, a quote or an order as `retrieve` and `create` show it: with its lines and totals."""

from __future__ import annotations

from typing import Any

from vtql.catalog.server_tables import LINE_ITEMS as WITH_LINES
from vtql.sandbox.service import Call
from vtql.sandbox.side_tables import LINES
from vtql.sandbox.totals import Record, charges, final_details

OF_LINES = (
    "productid", "quantity", "listprice", "comment", "discount_amount", "discount_percent", "tax1",
    "tax2", "tax3", "image", "purchase_cost", "margin",
)  # fmt: skip
"""Fields of the lines that such a module has too: a query shows those of the last line."""

TOTALS = ("hdnSubTotal", "hdnGrandTotal", "pre_tax_total")


def has_lines(call: Call, module: str) -> bool:
    """Whether the records of a module have lines."""
    return module in WITH_LINES and LINES in call.service.catalog


def with_lines(call: Call, module: str, shown: dict[str, Any], record: Record) -> dict[str, Any]:
    """What is shown of a record, with its lines; of their fields only the first line's product."""
    lines = lines_of(call, str(record["id"]))
    names = list(call.service.catalog[module].fields)
    plain = {key: value for key, value in shown.items() if key not in OF_LINES}
    return {
        **{key: value for key, value in plain.items() if key not in charges(names)},
        **charges(names),
        "LineItems": [_told(line) | _product(call, line) for line in lines],
        "productid": (lines[0].get("productid") or "") if lines else "",
        "LineItems_FinalDetails": final_details(call, record, lines),
    }


def as_made(call: Call, shown: dict[str, Any], record: Record) -> dict[str, Any]:
    """What is shown of a record that was made just now: the server looks at it before it has
    lines, and adds them and their sums behind (measured)."""
    sums = {name: _number(record.get(name)) for name in TOTALS if name in shown}
    unpaid = {"balance": "0.00000000"} if "balance" in shown else {}
    more = {
        "productid": "",
        "LineItems_FinalDetails": final_details(call, record, ()),
        "new": True,
    }
    return {**shown, **sums, **unpaid, **more}


def lines_of(call: Call, id_: str) -> list[dict[str, str | None]]:
    """The lines of a record, in their order."""
    return list(call.service.store.matching(LINES, "parent_id", id_))


def _told(line: Record) -> dict[str, str]:
    return {name: value or "" for name, value in line.items()}


def _product(call: Call, line: Record) -> dict[str, str]:
    """What a line tells of its product or service."""
    prefix, _, number = (line.get("productid") or "").partition("x")
    name = call.service.catalog.module_of_prefix(prefix) or "Products"
    record = call.service.store.record(name, int(number)) if number.isdigit() else None
    words = call.service.catalog[name].label_fields if name in call.service.catalog else ()
    called = " ".join(record.get(word) or "" for word in words) if record else ""
    return {"product_name": called, "entity_type": name, "deleted": "0"}


def _number(text: str | None) -> int | float:
    """A sum as PHP writes the number that it has just added up."""
    found = float(text or 0)
    return int(found) if found.is_integer() else found
