"""A word before FROM that the server takes for it.

## Why

To find the module, a server searches the raw text for the first `from` with a word behind it,
anywhere, inside other words too. A column whose name ends in "from" and is followed by a blank
hides the true FROM, and the query is refused with ACCESS_DENIED for a module nobody named.

## Example

    SELECT id, validfrom FROM Contacts;

## Use instead

    SELECT validfrom, id FROM Contacts;
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.diagnostics import Severity
from vtql.rules.rule import Finding, Query, Rule
from vtql.source import Span

SERVER_FROM = re.compile(r"from\s+([^\s;]+)", re.IGNORECASE)
"""What the servers search for (5.4 to 8.4, read in their source)."""


def _check(query: Query) -> Iterator[Finding]:
    start = query.select.span.start
    found = SERVER_FROM.search(query.sent())
    if found is None or start + found.start(1) == query.select.module.span.start:
        return
    yield Finding(
        Span(start + found.start(), start + found.start() + len("from")),
        f"the server reads this as FROM, and `{found[1]}` as the module",
        "put a comma right behind this column: name another one last, such as `id`",
    )


hijacked_module = Rule("VT103", "hijacked-module", Severity.ERROR, _check)
