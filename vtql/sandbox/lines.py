"""The lines of an invoice, a quote or an order: records of LineItem that name it as their parent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vtql.sandbox.inventory import OF_LINES, lines_of
from vtql.sandbox.numbers import next_id
from vtql.sandbox.service import Call
from vtql.sandbox.side_tables import LINES
from vtql.sandbox.totals import decimal, line_total
from vtql.sandbox.written import Element, Row, changed, empty_row


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
    for old in lines_of(call, id_):
        store.remove(LINES, _number(old), call.service.clock.text(), None)
    kept = []
    for position, row in enumerate(rows, 1):
        number = next_id(store, LINES)
        more: Row = {
            "parent_id": id_,
            "sequence_no": str(position),
            "incrementondel": "1",
            "id": f"{module.id_prefix}x{number}",
        }
        kept.append(empty_row(call, module) | row | more)
        store.put(LINES, number, kept[-1])
    _keep_totals(call, record, kept)


def _keep_totals(call: Call, record: Row, lines: list[Row]) -> None:
    """Have the record say what its lines come to, and show the last one as a query does."""
    subtotal = sum((line_total(line) for line in lines), Decimal(0))
    percent = decimal(record.get("hdnDiscountPercent"))
    off = subtotal * percent / 100 if percent else decimal(record.get("hdnDiscountAmount"))
    before_tax = subtotal - off + decimal(record.get("hdnS_H_Amount"))
    whole = before_tax + decimal(record.get("txtAdjustment"))
    sums = {
        "hdnSubTotal": subtotal,
        "pre_tax_total": before_tax,
        "hdnGrandTotal": whole,
        "balance": whole - decimal(record.get("received")),
    }
    name = call.service.catalog.module_of_prefix(str(record["id"]).partition("x")[0]) or ""
    fields = call.service.catalog[name].fields
    record |= {field: f"{value:.8f}" for field, value in sums.items() if field in fields}
    last = lines[-1] if lines else {}
    record |= {field: last.get(field) for field in OF_LINES if field in fields}
    call.service.store.put(name, _number(record), record)


def _number(record: Mapping[str, Any]) -> int:
    return int(str(record["id"]).partition("x")[2])
