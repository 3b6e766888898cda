"""A word before FROM that the server takes for it.

## Why

To find the module, a server searches the raw text for the first `from` with a word behind it,
anywhere, inside other words too (read in the source, measured on 8.4). A column whose name ends in
"from" and is followed by a blank hides the true FROM, and the query is refused with ACCESS_DENIED
for a module nobody named.

## Example

    SELECT id, validfrom FROM Contracts LIMIT 10;

## Use instead

    SELECT validfrom, id FROM Contracts LIMIT 10;
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.ast import Columns
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query
from vtql.source import Span

SERVER_FROM = re.compile(r"from\s+([^\s;]+)", re.IGNORECASE)
"""What the servers search for (5.4 to 8.4, read in their source)."""


def check(query: Query) -> Iterator[Finding]:
    select = query.select
    start = select.span.start
    match = SERVER_FROM.search(query.sent)
    if match is None or start + match.start(1) == select.module.span.start:
        return
    edits: tuple[Edit, ...] = ()
    if isinstance(select.columns, Columns):
        edits = (Edit(select.columns.span, _reordered(select.columns)),)
    yield Finding(
        Span(start + match.start(), start + match.start() + len("from")),
        f"the server reads this as FROM, and `{match[1]}` as the module",
        "put a comma right behind this column: name another one last, such as `id`",
        edits,
    )


def _reordered(columns: Columns) -> str:
    """The columns with a comma right behind each, and last one that does not look like FROM."""
    names = [name.text for name in columns.names]
    harmless = [name for name in names if not name.lower().endswith("from")]
    last = harmless[-1] if harmless else "id"
    if last in names:
        names.reverse()
        names.remove(last)
        names.reverse()
    return ", ".join([*names, last])
