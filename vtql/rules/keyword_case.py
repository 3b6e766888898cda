"""Keywords in several spellings.

## Why

A server takes `SELECT`, `select` and `Select` for the same. A query reads better in one spelling, upper
or lower; `vtql format` writes either.

## Example

    Select lastname FROM Contacts Limit 10;

## Use instead

    SELECT lastname FROM Contacts LIMIT 10;
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.ast import Columns, Comparison, Count
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query
from vtql.source import Span

_WORD = re.compile(r"[A-Za-z]+")


def check(query: Query) -> Iterator[Finding]:
    gaps = _gaps(query)
    first, text = query.select.span[0], query.sent
    letters = "".join([text[start - first : end - first] for start, end in gaps])
    if letters.isupper() or letters.islower():
        return
    lower = letters[:6] == "select"
    edits = []
    for start, end in gaps:
        for word in _WORD.finditer(text, start - first, end - first):
            cased = word[0].lower() if lower else word[0].upper()
            if cased != word[0]:
                place = Span(word.start() + first, word.end() + first)
                edits.append(Edit(place, cased))
    yield Finding(
        edits[0].span,
        "the keywords of this query are written in upper and in lower case",
        "one of the two; `vtql format` writes either",
        tuple(edits),
    )


def _gaps(query: Query) -> list[tuple[int, int]]:
    """What stands between names and values: keywords, signs and blanks. `count` has a case of its own."""
    select = query.select
    gaps: list[tuple[int, int]] = []
    at = select.span[0]
    columns = select.columns
    if isinstance(columns, Columns):
        gaps.append((at, columns.names[0].span[0]))
        at = columns.names[-1].span[1]
    elif isinstance(columns, Count):
        gaps.append((at, columns.span[0]))
        at = columns.span[1]
    gaps.append((at, select.module.span[0]))
    at = select.module.span[1]
    for condition in query.conditions:
        name = condition.field.span
        gaps.append((at, name[0]))
        if isinstance(condition, Comparison):
            gaps.append((name[1], condition.value.span[0]))
            at = condition.value.span[1]
        else:
            gaps.append((name[1], condition.values[0].span[0]))
            at = condition.span[1]
    if select.order is not None:
        names = select.order.names
        gaps.append((at, names[0].span[0]))
        at = names[-1].span[1]
    gaps.append((at, select.span[1]))
    return gaps
