"""No blank behind a comma.

## Why

A blank makes no difference to a server. A list reads better with one; `vtql format` writes it.

## Example

    SELECT lastname,email FROM Contacts LIMIT 10;

## Use instead

    SELECT lastname, email FROM Contacts LIMIT 10;
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query
from vtql.source import Span

_COMMA = re.compile(r"'(?:[^']|'')*'|(,)(?=[^ \t\r\n])")


def check(query: Query) -> Iterator[Finding]:
    if query.sent.count(",") == query.sent.count(", "):
        return
    start = query.select.span[0]
    places = [start + comma.end() for comma in _COMMA.finditer(query.sent) if comma[1]]
    if places:
        yield Finding(
            Span(places[0] - 1, places[0]),
            "there is no blank behind this comma"
            + (f", and {len(places) - 1} more like it" if len(places) > 1 else ""),
            "`vtql format` writes one",
            tuple(Edit(Span(place, place), " ") for place in places),
        )
