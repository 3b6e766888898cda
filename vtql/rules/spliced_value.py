"""A value of the program put into a query as it is.

## Why

A quote in the value ends the literal, and what follows is read as a part of the query: `O'Brien`
breaks it, and `x' OR id != 'x` answers every record. A backslash does the same on a server, which
hands literals to its database as they are (measured). Where no quotes stand around the value, not
even a quote is needed for that. A whole number (`%d`, `{n:d}`) can do no harm.

## Example

    client.query(f"SELECT * FROM Contacts WHERE lastname = '{name}';")

## Use instead

    client.query(f"SELECT * FROM Contacts WHERE lastname = {vtql.quote(name)};")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from vtql.diagnostics import Severity
from vtql.rules.context import Finding
from vtql.sanitize import visible
from vtql.source import Span

MAX_EXPRESSION_LENGTH = 40


class Splice(NamedTuple):
    """An interpolated value: its expression, its place, and its role in the query.

    The roles are those of `vtql.embedded.placeholders.InterpolatedText`. The last three say how the
    language interpolates a value, a name and a number without harm.
    """

    expression: str
    span: Span
    role: str
    safe_value: str
    safe_name: str
    safe_number: str


class SpliceRule(NamedTuple):
    """A rule about the interpolated values of a query."""

    code: str
    slug: str
    severity: Severity
    check: Callable[[Splice], Iterator[Finding]]


_ROLES: Mapping[str, tuple[Severity, str, Callable[[Splice], str]]] = {
    "literal": (
        Severity.WARNING,
        "`{value}` is put into a literal as it is: a quote or backslash in it ends the literal, and "
        "the rest is read as a part of the query",
        lambda splice: splice.safe_value,
    ),
    "value": (
        Severity.WARNING,
        "`{value}` is put in the place of a value as it is: whatever it holds is read as a part of "
        "the query",
        lambda splice: splice.safe_value,
    ),
    "word": (
        Severity.INFO,
        "`{value}` is put into a word of the query as it is, and nothing keeps it from being more "
        "than that",
        lambda splice: splice.safe_number,
    ),
    "name": (
        Severity.INFO,
        "`{value}` is put in the place of a name as it is, and nothing keeps it from being more than "
        "that",
        lambda splice: splice.safe_name,
    ),
    "number": (
        Severity.INFO,
        "`{value}` is put in the place of a number as it is, and nothing keeps it from being more "
        "than that",
        lambda splice: splice.safe_number,
    ),
}
"""The severity, message and help of each role. A clause has none: it is text of a query, and trusted."""


def _check(splice: Splice) -> Iterator[Finding]:
    if splice.role not in _ROLES:
        return
    severity, template, safe_way = _ROLES[splice.role]
    expression = " ".join(visible(splice.expression).replace("`", "").split())
    if len(expression) > MAX_EXPRESSION_LENGTH:
        expression = expression[: MAX_EXPRESSION_LENGTH - 1] + "…"
    yield Finding(
        splice.span, template.format(value=expression), safe_way(splice), severity=severity
    )


spliced_value = SpliceRule("VT412", "spliced-value", Severity.WARNING, _check)
