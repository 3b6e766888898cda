"""The lines of an invoice, a quote or an order: records of LineItem that name it as their parent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vtql.sandbox.numbers import next_id
from vtql.sandbox.service import Call
from vtql.sandbox.shown import LINES
from vtql.sandbox.written import Element, Row, changed, empty_row

TOTALS = ("hdnSubTotal", "pre_tax_total", "hdnGrandTotal")


def keep_lines(call: Call, record: Row, element: Element) -> None:
    """Put the lines of an element in place of those that the record has; without any, keep those.

    Raises:
        Refusal: a line has no product, or one that does not exist.
    """
    lines = element.get("LineItems")
    if not isinstance(lines, list) or LINES not in call.service.catalog:
        return
    store, module = call.service.store, call.service.catalog[LINES]
    id_ = str(record["id"])
    rows = [changed(call, module, line, ("productid", "quantity"))
            for line in lines if isinstance(line, Mapping)]  # fmt: skip
    for old in list(store.matching(LINES, "parent_id", id_)):
        store.remove(LINES, _number(old), call.service.clock.text(), None)
    for position, row in enumerate(rows, 1):
        number = next_id(store, LINES)
        more = {
            "parent_id": id_,
            "sequence_no": str(position),
            "id": f"{module.id_prefix}x{number}",
        }
        store.put(LINES, number, empty_row(call, module) | row | more)
    _keep_totals(call, record, rows)


def _keep_totals(call: Call, record: Row, rows: list[Row]) -> None:
    total = sum((_decimal(row.get("quantity")) * _decimal(row.get("listprice")) for row in rows),
                Decimal(0))  # fmt: skip
    name = call.service.catalog.module_of_prefix(str(record["id"]).partition("x")[0]) or ""
    fields = call.service.catalog[name].fields
    record |= {field: f"{total:.8f}" for field in TOTALS if field in fields}
    if "productid" in fields and rows:
        record["productid"] = rows[0].get("productid")
    call.service.store.put(name, _number(record), record)


def _number(record: Mapping[str, Any]) -> int:
    return int(str(record["id"]).partition("x")[2])


def _decimal(text: str | None) -> Decimal:
    return Decimal(text or "0")
