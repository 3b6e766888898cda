"""Line items of invoices, quotes and orders: storing and serializing them, and their totals.

`LineItems_FinalDetails` has the content of the form for editing such a record. A server returns it
with each record that is retrieved or created, computed from the record, its lines, their products and
the module Tax. Names and structure are those of a recorded invoice of an 8.4; regional, compound and
deducted taxes are empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from vtql.catalog.server_tables import LINE_ITEMS as WITH_LINES
from vtql.sandbox.schema import CHARGE, LINE_ITEM, is_charge, row_number
from vtql.sandbox.sequences import next_id
from vtql.sandbox.service import Call
from vtql.sandbox.write_values import Element, Row, checked_values, empty_row

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 20
"""Larger than any column."""

_WIDE = Context(prec=99)

Record = Mapping[str, str | None]


def decimal(text: object) -> Decimal:
    """The number of a column; 0 where there is none."""
    try:
        number = Decimal(str(text or 0))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() and abs(number) < LARGEST else Decimal(0)


def no_charges(names: Sequence[str]) -> dict[str, int | None]:
    """The charge fields among the names, with nothing charged."""
    return {name: None if name == CHARGE else 0 for name in names if is_charge(name)}


def final_details(call: Call, record: Record, lines: Sequence[Record]) -> dict[str, Any]:
    """The details of lines by position, with the totals in the first, even without lines."""
    details = {str(at): _line_details(call, at, line) for at, line in enumerate(lines, 1)}
    details.setdefault("1", {})
    details["1"]["final_details"] = _final_totals(call, record, lines)
    return details


def line_total(line: Record) -> Decimal:
    """The total of a line after its own discount."""
    return _gross(line) - _discount(line)


def _gross(line: Record) -> Decimal:
    return decimal(line.get("quantity")) * decimal(line.get("listprice"))


def _discount(line: Record) -> Decimal:
    percent = decimal(line.get("discount_percent"))
    return _gross(line) * percent / 100 if percent else decimal(line.get("discount_amount"))


def _line_details(call: Call, at: int, line: Record) -> dict[str, Any]:
    prefix, _, number = (line.get("productid") or "").partition("x")
    catalog, store = call.service.catalog, call.service.store
    module = catalog.module_of_prefix(prefix) or "Products"
    product: Record = {}
    if number.isdigit() and module in catalog:
        product = store.record(module, int(number)) or {}
    name = "servicename" if module == "Services" else "productname"
    percent, amount = decimal(line.get("discount_percent")), decimal(line.get("discount_amount"))
    kind = "percent" if percent else "amount" if amount else "zero"
    details: dict[str, Any] = {
        "purchaseCost": _money(decimal(line.get("purchase_cost"))),
        "margin": _money(decimal(line.get("margin"))),
        "productDeleted": not product,
        "entityType": module,
        **({"delRow": "Del"} if at > 1 else {}),
        "hdnProductId": number,
        "productName": product.get(name) or "",
        "hdnProductcode": product.get("product_no") or product.get("service_no") or "",
        "productDescription": line.get("description") or "",
        "comment": line.get("comment") or "",
        "qtyInStock": _without_trailing_zeros(decimal(product.get("qtyinstock"))),
        "qty": _without_trailing_zeros(decimal(line.get("quantity"))),
        "listPrice": _money(decimal(line.get("listprice"))),
        "unitPrice": _money(decimal(product.get("unit_price"))),
        "productTotal": _money(_gross(line)),
        "subproduct_ids": "",
        "subprod_qty_list": [],
        "subprod_names": "",
        "discount_percent": _without_trailing_zeros(percent) if percent else 0,
        "discount_amount": _money(amount) if amount else 0,
        f"checked_discount_{kind}": " checked",
        "discountTotal": _money(_discount(line)),
        "totalAfterDiscount": _money(line_total(line)),
        "taxTotal": "0.00",
        "netPrice": _money(line_total(line)),
    }
    return {f"{key}{at}": value for key, value in details.items()}


def _final_totals(call: Call, record: Record, lines: Sequence[Record]) -> dict[str, Any]:
    # A record that is being made has no lines yet when this is put together.
    none = not lines
    percent = decimal(record.get("hdnDiscountPercent"))
    amount = decimal(record.get("hdnDiscountAmount"))
    subtotal = Decimal(0) if none else decimal(record.get("hdnSubTotal"))
    discount = subtotal * percent / 100 if percent else amount
    after = subtotal - discount
    goods = list(_taxes(call, "tax", lambda _: 0 if none else "0.000", "0.00"))
    shipping = list(_taxes(call, "shtax", lambda _: 0, 0))
    return {
        "taxtype": record.get("hdnTaxType") or "group",
        "discount_type_final": "percentage" if percent else "amount" if amount else "zero",
        "hdnSubTotal": _money(subtotal),
        "discount_percentage_final": _without_trailing_zeros(percent) if percent else 0,
        "discount_amount_final": _money(amount),
        "discountTotal_final": _money(discount),
        "taxes": {tax["taxid"]: tax for tax in goods} or [],
        "tax_totalamount": "0.00",
        "shipping_handling_charge": _money(decimal(record.get("hdnS_H_Amount"))),
        "sh_taxes": shipping,
        "shtax_totalamount": "0.00",
        "adjustment": _money(decimal(record.get("txtAdjustment"))),
        "grandTotal": "0.00" if none else _money(decimal(record.get("hdnGrandTotal"))),
        "preTaxTotal": "0.00" if none else _money(decimal(record.get("pre_tax_total"))),
        "totalAfterDiscount": _money(after),
        "chargesAndItsTaxes": {
            "1": {"value": None, "taxes": {tax["taxid"]: 0 for tax in shipping} or []}
        },
        "deductTaxes": [],
        "deductTaxesTotalAmount": "0.00",
    }


def _taxes(call: Call, name: str, percentage: Any, amount: Any) -> Iterator[dict[str, Any]]:
    if "Tax" not in call.service.catalog:
        return
    for at, tax in enumerate(call.service.store.all("Tax"), 1):
        if tax.get("deleted") in (None, "", "0"):
            yield {
                "taxname": f"{name}{at}",
                "taxlabel": tax.get("taxlabel") or "",
                "percentage": percentage(tax),
                "amount": amount,
                "taxid": str(tax["id"]).partition("x")[2],
                "type": tax.get("type") or "Fixed",
                "method": tax.get("method") or "Simple",
                "regions": _json_list(tax.get("regions")),
                "compoundon": _json_list(tax.get("compoundon")),
            }


def _json_list(text: str | None) -> list[Any]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        return []
    return value if isinstance(value, list) else []


def _money(number: Decimal) -> str:
    return f"{number.quantize(CENT, ROUND_HALF_UP, _WIDE):f}"


def _without_trailing_zeros(number: Decimal) -> str:
    """A number without trailing zeros after the decimal point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


LINE_FIELDS = (
    "productid", "quantity", "listprice", "comment", "discount_amount", "discount_percent", "tax1",
    "tax2", "tax3", "image", "purchase_cost", "margin",
)  # fmt: skip
"""Fields of lines that the record has too: a query returns those of the last line."""

TOTALS = ("hdnSubTotal", "hdnGrandTotal", "pre_tax_total")


def has_lines(call: Call, module: str) -> bool:
    """Whether the records of a module have lines."""
    return module in WITH_LINES and LINE_ITEM in call.service.catalog


def with_lines(
    call: Call, module: str, serialized: dict[str, Any], record: Record
) -> dict[str, Any]:
    """Add lines and totals to a serialized record, which keeps only the first line's product."""
    lines = stored_lines(call, str(record["id"]))
    names = list(call.service.catalog[module].fields)
    plain = {key: value for key, value in serialized.items() if key not in LINE_FIELDS}
    return {
        **{key: value for key, value in plain.items() if key not in no_charges(names)},
        **no_charges(names),
        "LineItems": [_line_values(line) | _product_values(call, line) for line in lines],
        "productid": (lines[0].get("productid") or "") if lines else "",
        "LineItems_FinalDetails": final_details(call, record, lines),
    }


def with_new_lines(call: Call, serialized: dict[str, Any], record: Record) -> dict[str, Any]:
    """A serialized new record: the server reads it before it has lines, and appends them with their
    sums (measured)."""
    sums = {name: _php_number(record.get(name)) for name in TOTALS if name in serialized}
    unpaid = {"balance": "0.00000000"} if "balance" in serialized else {}
    more = {
        "productid": "",
        "LineItems_FinalDetails": final_details(call, record, ()),
        "new": True,
    }
    return {**serialized, **sums, **unpaid, **more}


def stored_lines(call: Call, id_: str) -> list[dict[str, str | None]]:
    """The lines of a record, in order."""
    return list(call.service.store.matching(LINE_ITEM, "parent_id", id_))


def _line_values(line: Record) -> dict[str, str]:
    return {name: value or "" for name, value in line.items()}


def _product_values(call: Call, line: Record) -> dict[str, str]:
    """The fields of a line about its product or service."""
    prefix, _, number = (line.get("productid") or "").partition("x")
    name = call.service.catalog.module_of_prefix(prefix) or "Products"
    record = call.service.store.record(name, int(number)) if number.isdigit() else None
    words = call.service.catalog[name].label_fields if name in call.service.catalog else ()
    called = " ".join(record.get(word) or "" for word in words) if record else ""
    return {"product_name": called, "entity_type": name, "deleted": "0"}


def _php_number(text: str | None) -> int | float:
    """A sum as PHP encodes a computed number."""
    number = float(text or 0)
    return int(number) if number.is_integer() else number


def store_lines(call: Call, record: Row, element: Element) -> None:
    """Replace the lines of a record by those of an element, if it has any.

    Raises:
        Refusal: a line has no product, or one that does not exist.
    """
    lines = element.get("LineItems")
    if not isinstance(lines, list) or LINE_ITEM not in call.service.catalog:
        return
    store, module = call.service.store, call.service.catalog[LINE_ITEM]
    id_ = str(record["id"])
    rows = [checked_values(call, module, line, ("productid", "quantity"))
            for line in lines if isinstance(line, Mapping)]  # fmt: skip
    for old in stored_lines(call, id_):
        store.remove(LINE_ITEM, row_number(old), call.service.clock.text(), None)
    stored = []
    for position, row in enumerate(rows, 1):
        number = next_id(store, LINE_ITEM)
        more: Row = {
            "parent_id": id_,
            "sequence_no": str(position),
            "incrementondel": "1",
            "id": f"{module.id_prefix}x{number}",
        }
        stored.append(empty_row(call, module) | row | more)
        store.put(LINE_ITEM, number, stored[-1])
    _store_totals(call, record, stored)


def _store_totals(call: Call, record: Row, lines: list[Row]) -> None:
    """Store the totals of the lines in the record, and the fields of the last line."""
    subtotal = sum((line_total(line) for line in lines), Decimal(0))
    percent = decimal(record.get("hdnDiscountPercent"))
    discount = subtotal * percent / 100 if percent else decimal(record.get("hdnDiscountAmount"))
    before_tax = subtotal - discount + decimal(record.get("hdnS_H_Amount"))
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
    record |= {field: last.get(field) for field in LINE_FIELDS if field in fields}
    call.service.store.put(name, row_number(record), record)
