"""A query that is too long for a URL.

## Why

A query travels in the URL, and web servers take some 8,000 bytes of one (the default of the usual
ones); in a URL each character that is no letter or digit is three bytes or more. A longer one is
refused by the web server before Vtiger sees it. The example stands for a list of a thousand values.

## Example

    SELECT lastname FROM Contacts WHERE id IN ('12x1001', '12x1002', …) LIMIT 100;

## Use instead

    SELECT lastname FROM Contacts WHERE id IN ('12x1001', '12x1002') LIMIT 100;
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.rules.context import Finding, Query

URL_BYTES = 8000
"""What stays below is taken by the usual web servers (reference: strategies tried on 8.4)."""

_AS_IT_IS = re.compile(rb"[A-Za-z0-9_.~ -]")


def check(query: Query) -> Iterator[Finding]:
    start, end = query.select.span
    if (end - start) * 12 <= URL_BYTES:  # four bytes a character, and three of a URL for each
        return
    sent = query.sent.encode("utf-8", "surrogatepass")
    length = 3 * len(sent) - 2 * len(_AS_IT_IS.findall(sent))
    if length > URL_BYTES:
        yield Finding(
            query.select.span,
            f"in a URL this query takes {length:,} bytes, and web servers refuse more than some "
            f"{URL_BYTES:,}",
            "several queries with a part of the values each",
        )
