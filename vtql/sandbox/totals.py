"""`LineItems_FinalDetails`: what the form for editing an invoice, a quote or an order shows.

The server gives it with every such record that is retrieved or made. Everything in it is made of
the record, its lines, their products and the module Tax. Names and forms are those of a recorded
invoice of an 8.4; taxes of regions, compound taxes and deducted ones are left empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from vtql.sandbox.service import Call

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 20
"""More than any column holds."""

_WIDE = Context(prec=99)
CHARGE = "shipping_&_handling"
"""The one charge that a fresh server has; `describe` tells of it and of its taxes, no table does."""

Record = Mapping[str, str | None]


def decimal(text: object) -> Decimal:
    """The number of a column; 0 where there is none."""
    try:
        found = Decimal(str(text or 0))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and abs(found) < LARGEST else Decimal(0)


def charges(names: Sequence[str]) -> dict[str, int | None]:
    """What a record says of charges, given the names of its module's fields: nothing is charged."""
    return {
        name: None if name == CHARGE else 0
        for name in names
        if name == CHARGE or name.startswith(f"{CHARGE}_")
    }


def final_details(call: Call, record: Record, lines: Sequence[Record]) -> dict[str, Any]:
    """The details by the position of each line, with the totals in the first; without any line,
    the totals alone."""
    details = {str(at): _line(call, at, line) for at, line in enumerate(lines, 1)}
    details.setdefault("1", {})
    details["1"]["final_details"] = _totals(call, record, lines)
    return details


def line_total(line: Record) -> Decimal:
    """What a line comes to, its own discount taken off."""
    return _gross(line) - _discount(line)


def _gross(line: Record) -> Decimal:
    return decimal(line.get("quantity")) * decimal(line.get("listprice"))


def _discount(line: Record) -> Decimal:
    percent = decimal(line.get("discount_percent"))
    return _gross(line) * percent / 100 if percent else decimal(line.get("discount_amount"))


def _line(call: Call, at: int, line: Record) -> dict[str, Any]:
    prefix, _, number = (line.get("productid") or "").partition("x")
    catalog, store = call.service.catalog, call.service.store
    module = catalog.module_of_prefix(prefix) or "Products"
    product: Record = {}
    if number.isdigit() and module in catalog:
        product = store.record(module, int(number)) or {}
    name = "servicename" if module == "Services" else "productname"
    percent, amount = decimal(line.get("discount_percent")), decimal(line.get("discount_amount"))
    kind = "percent" if percent else "amount" if amount else "zero"
    told: dict[str, Any] = {
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
        "qtyInStock": _plain(decimal(product.get("qtyinstock"))),
        "qty": _plain(decimal(line.get("quantity"))),
        "listPrice": _money(decimal(line.get("listprice"))),
        "unitPrice": _money(decimal(product.get("unit_price"))),
        "productTotal": _money(_gross(line)),
        "subproduct_ids": "",
        "subprod_qty_list": [],
        "subprod_names": "",
        "discount_percent": _plain(percent) if percent else 0,
        "discount_amount": _money(amount) if amount else 0,
        f"checked_discount_{kind}": " checked",
        "discountTotal": _money(_discount(line)),
        "totalAfterDiscount": _money(line_total(line)),
        "taxTotal": "0.00",
        "netPrice": _money(line_total(line)),
    }
    return {f"{key}{at}": value for key, value in told.items()}


def _totals(call: Call, record: Record, lines: Sequence[Record]) -> dict[str, Any]:
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
        "discount_percentage_final": _plain(percent) if percent else 0,
        "discount_amount_final": _money(amount),
        "discountTotal_final": _money(discount),
        "taxes": {each["taxid"]: each for each in goods} or [],
        "tax_totalamount": "0.00",
        "shipping_handling_charge": _money(decimal(record.get("hdnS_H_Amount"))),
        "sh_taxes": shipping,
        "shtax_totalamount": "0.00",
        "adjustment": _money(decimal(record.get("txtAdjustment"))),
        "grandTotal": "0.00" if none else _money(decimal(record.get("hdnGrandTotal"))),
        "preTaxTotal": "0.00" if none else _money(decimal(record.get("pre_tax_total"))),
        "totalAfterDiscount": _money(after),
        "chargesAndItsTaxes": {
            "1": {"value": None, "taxes": {each["taxid"]: 0 for each in shipping} or []}
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
                "regions": _list(tax.get("regions")),
                "compoundon": _list(tax.get("compoundon")),
            }


def _list(text: str | None) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _money(number: Decimal) -> str:
    return f"{number.quantize(CENT, ROUND_HALF_UP, _WIDE):f}"


def _plain(number: Decimal) -> str:
    """A number without the zeros that its column has behind the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
