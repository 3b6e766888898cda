"""A file that is no program of its language.

## Why

The strings of a program are found by reading it, and a file with an error of syntax cannot be read:
none of its queries is looked at.

## Example

    query = f"SELECT * FROM Contacts;

## Use instead

    query = "SELECT * FROM Contacts;"
"""

from __future__ import annotations

from vtql.diagnostics import Diagnostic, Severity
from vtql.sanitize import visible
from vtql.source import Source, Span

CODE, SLUG, SEVERITY = "VT098", "unreadable-source", Severity.ERROR


def unreadable(source: Source, error: Exception, language: str) -> Diagnostic:
    """The finding that a program cannot be read, at the place where reading stopped."""
    why = error.msg if isinstance(error, SyntaxError) else str(error)
    if isinstance(error, (RecursionError, MemoryError)):
        why = "its expressions are nested too deeply"
    line = getattr(error, "lineno", None) or 1
    column = getattr(error, "offset", None) or 1
    at = min(source.offset(line, column - 1), len(source.text))
    return Diagnostic(
        CODE, SLUG, SEVERITY,
        f"this is no {language}, and none of its queries is looked at: {visible(why)}",
        Span(at, min(at + 1, len(source.text))),
        f"a file that {language} reads; `python -m py_compile` shows the place",
    )  # fmt: skip
