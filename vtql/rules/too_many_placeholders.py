"""A string with so many placeholders that it is not analyzed.

## Why

An interpolated value may be anything, so a string is analyzed with all that its placeholders may hold.
That takes a while for each, and a string with more than 500, made by a machine, would hold up
all other files: it is skipped, and nothing else is reported in it.

## Example

    client.query(f"SELECT {a1}, {a2}, …, {a501} FROM Contacts;")

## Use instead

    client.query(f"SELECT {', '.join(names)} FROM Contacts;")
"""

from __future__ import annotations

from vtql.diagnostics import Diagnostic, Severity
from vtql.source import Span

CODE, SLUG, SEVERITY = "VT413", "too-many-placeholders", Severity.INFO

MOST = 500
"""Placeholders of a string that are analyzed: each costs some milliseconds at worst."""


def too_many_placeholders(placeholders: int, span: Span) -> Diagnostic:
    """The finding that a string with so many placeholders, at this place of its file, is skipped."""
    return Diagnostic(
        CODE, SLUG, SEVERITY,
        f"this query has {placeholders:,} placeholders, and is not analyzed: more than {MOST:,} are not "
        "followed",
        span,
        "a list is interpolated whole: `IN ({ids})` has one placeholder",
    )  # fmt: skip
