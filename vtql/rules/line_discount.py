"""The discount of a document, which a query reads from its lines.

## Why

`hdnDiscountPercent` and `hdnDiscountAmount` of Invoice, Quotes, SalesOrder and PurchaseOrder are the
discount of the whole document for `describe` and `retrieve`. A query reads columns of the same name from
the table of the lines: conditions, values and orders are the line's discount, the row comes back under
`discount_percent` or `discount_amount`, and a record is read once for each of its lines (measured on 8.4).

## Example

    SELECT subject, hdnDiscountPercent FROM Invoice LIMIT 10;

## Use instead

    SELECT subject FROM Invoice LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.catalog.server_tables import is_line_discount
from vtql.rules.context import Finding, Query, names_of


def check(query: Query) -> Iterator[Finding]:
    module = query.select.module.text
    for name in names_of(query.select):
        if is_line_discount(module, name.text):
            line = f"discount_{name.text.removeprefix('hdnDiscount').lower()}"
            yield Finding(
                name.span,
                f"in a query `{name.text}` is the discount of a line of the {module}, not of the "
                "document",
                f"`retrieve` gives the document's; for the lines there is `{line}`, or the module LineItem",
            )
