r"""A backslash in a literal that is not doubled.

## Why

A server hands a literal to its database as it is spelled, and there a backslash is an escape: `\n` is
a new line, `\t` a tab, and before any other letter it is left out, so that `'back\slash'` is
`backslash` (measured on 8.4). A backslash that is meant is written `\\`; in a pattern, where it has a
meaning of its own, `\\\\`.

## Example

    SELECT title FROM Contacts WHERE title = 'back\slash' LIMIT 10;

## Use instead

    SELECT title FROM Contacts WHERE title = 'back\\slash' LIMIT 10;
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from vtql.ast import values_of
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Edit
from vtql.rules.context import Finding, Query, is_like
from vtql.sanitize import visible

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANT = "\\%_'\""
"""A backslash itself, a wildcard that is escaped, and a quote, which `escaped-quote` reports."""

_MEANS = {"n": "a new line", "t": "a tab", "r": "the end of a line", "0": "the character 0",
          "b": "a backspace", "Z": "the character 26"}  # fmt: skip


def check(query: Query) -> Iterator[Finding]:
    where = query.select.where
    if where is None or "\\" not in query.source_of(where.span):
        return
    for condition in query.conditions:
        pattern = is_like(condition)
        for value in values_of(condition):
            literal = query.source_of(value.span)
            if "\\" not in literal or query.family(condition.field) is Family.ID:
                continue
            single = [escape[1] for escape in _ESCAPE.finditer(literal) if escape[1] not in _MEANT]
            if not single:
                continue
            right = _ESCAPE.sub(partial(_doubled, 4 if pattern else 2), literal)
            means = (
                _MEANS.get(single[0], f"`{single[0]}`") if single[0].isprintable() else "another"
            )
            yield Finding(
                value.span,
                f"a backslash is an escape to the server's database, which reads `\\{visible(single[0])}` as "
                f"{means}",
                r"a backslash that is meant is written `\\\\`" if pattern
                else r"a backslash that is meant is written `\\`",
                (Edit(value.span, right),),
                applicability=Applicability.UNSAFE,
            )  # fmt: skip


def _doubled(count: int, match: re.Match[str]) -> str:
    """An escape that is meant as it is, or a letter behind that many backslashes."""
    return match[0] if match[1] in _MEANT else "\\" * count + match[1]
