"""Comments of a program that say whether a string is VTQL: `vtql`, `vtql: ignore`."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Mapping

_MARKER = re.compile(
    r"(?:#|//|/\*+|\*)\s*vtql\s*(?P<ignore>:\s*ignore)?\s*(?:\*/)?\s*\Z", re.IGNORECASE
)


def marker_in(comment: str) -> bool | None:
    """What a comment says of the string beside it: that it is VTQL, that it is not, or nothing."""
    found = _MARKER.match(comment)
    return None if found is None else found["ignore"] is None


def markers_of(program: str) -> Mapping[int, bool]:
    """The lines of a Python program on which a comment says so, and what it says.

    A comment alone on its line speaks of the next one.
    """
    if not re.search(r"#\s*vtql", program, re.IGNORECASE):
        return {}
    marks: dict[int, bool] = {}
    for line, column, comment in _comments(program):
        says = marker_in(comment)
        if says is not None:
            marks[line + (not column)] = says
    return marks


def _comments(program: str) -> Iterator[tuple[int, int, str]]:
    """The comments of a program: line, number of characters of code before it, text."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(program).readline):
            if token.type == tokenize.COMMENT:
                before = token.line[: token.start[1]].strip()
                yield token.start[0], len(before), token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        return  # what `ast` reads and `tokenize` does not: marks behind this place are not seen
