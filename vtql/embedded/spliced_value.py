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
from vtql.embedded.host_languages import HostLanguage
from vtql.embedded.template import Placeholder
from vtql.rules.rule import Finding
from vtql.sanitize import visible

SHOWN = 40


class Splice(NamedTuple):
    """A hole, what it is in its query (see `vtql.embedded.placeholders.Filled`), and in which language."""

    hole: Placeholder
    role: str
    language: HostLanguage


class SpliceRule(NamedTuple):
    """A rule about what a program puts into a query."""

    code: str
    slug: str
    severity: Severity
    check: Callable[[Splice], Iterator[Finding]]


_ROLES: Mapping[str, tuple[Severity, str, Callable[[HostLanguage], str]]] = {
    "literal": (
        Severity.WARNING,
        "`{shown}` is put into a literal as it is: a quote or backslash in it ends the literal, and "
        "the rest is read as a part of the query",
        lambda language: language.safe_value,
    ),
    "value": (
        Severity.WARNING,
        "`{shown}` is put in the place of a value as it is: whatever it holds is read as a part of "
        "the query",
        lambda language: language.safe_value,
    ),
    "word": (
        Severity.INFO,
        "`{shown}` is put into a word of the query as it is, and nothing keeps it from being more "
        "than that",
        lambda language: language.safe_number,
    ),
    "name": (
        Severity.INFO,
        "`{shown}` is put in the place of a name as it is, and nothing keeps it from being more than "
        "that",
        lambda language: language.safe_name,
    ),
    "number": (
        Severity.INFO,
        "`{shown}` is put in the place of a number as it is, and nothing keeps it from being more "
        "than that",
        lambda language: language.safe_number,
    ),
}
"""What is told of each role. A clause is not in it: it is text of a query, and trusted as such."""


def _check(splice: Splice) -> Iterator[Finding]:
    hole = splice.hole
    told = _ROLES.get(splice.role)
    if told is None or not hole.certain or hole.safe or hole.whole:
        return
    severity, message, way = told
    shown = " ".join(visible(hole.expression).replace("`", "").split())
    if len(shown) > SHOWN:
        shown = shown[: SHOWN - 1] + "…"
    yield Finding(
        hole.span, message.replace("{shown}", shown), way(splice.language),
        severity=severity,
    )  # fmt: skip


spliced_value = SpliceRule("VT412", "spliced-value", Severity.WARNING, _check)
