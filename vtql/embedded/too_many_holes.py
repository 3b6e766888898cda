"""A string with so many holes that nobody can tell what it is.

## Why

What a program fills in may be anything, so a string is followed through all that its holes may hold.
That takes a while for each, and a string with more than 500, made by a machine, would hold up
all other files: it is passed over, and nothing else is told of it.

## Example

    client.query(f"SELECT {a1}, {a2}, …, {a501} FROM Contacts;")

## Use instead

    client.query(f"SELECT {', '.join(names)} FROM Contacts;")
"""

from __future__ import annotations

from vtql.diagnostics import Diagnostic, Severity
from vtql.source import Span

CODE, SLUG, SEVERITY = "VT413", "too-many-holes", Severity.INFO

MOST = 500
"""Holes of a string that are followed: each costs some milliseconds at worst."""


def too_many_holes(holes: int, span: Span) -> Diagnostic:
    """The finding that a string with so many holes, at this place of its file, is not looked at."""
    return Diagnostic(
        CODE, SLUG, SEVERITY,
        f"this query has {holes:,} holes that the program fills in, and is not looked at: more than "
        f"{MOST:,} are not followed",
        span,
        "a list is filled in whole: `IN ({ids})` has one hole",
    )  # fmt: skip
