"""Markers: comments that say whether a string is VTQL (`vtql`) or not (`vtql: ignore`)."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping

from vtql.source import Source

_MARKER = re.compile(
    r"(?:#|//|/\*+|\*)\s*vtql\s*(?P<ignore>:\s*ignore)?\s*(?:\*/)?\s*\Z", re.IGNORECASE
)


def marker_in(comment: str) -> bool | None:
    """Whether a comment marks a string as VTQL (True) or as something else (False); None if neither."""
    match = _MARKER.match(comment)
    return None if match is None else match["ignore"] is None


def markers_of(text: str) -> dict[int, bool]:
    """The markers of a Python file by their lines; one alone on its line counts for the next one."""
    if not re.search(r"#\s*vtql", text, re.IGNORECASE):
        return {}
    markers: dict[int, bool] = {}
    for line, column, comment in _comments(text):
        marker = marker_in(comment)
        if marker is not None:
            markers[line + (not column)] = marker
    return markers


def markers_in(source: Source, comments: Iterable[tuple[int, str]]) -> dict[int, bool]:
    """The same of the comments of any language, each with its offset."""
    markers: dict[int, bool] = {}
    for start, comment in comments:
        marker = marker_in(comment)
        if marker is not None:
            line, column = source.position(start)
            is_alone = not source.text[start - column + 1 : start].strip()
            markers[line + is_alone] = marker
    return markers


def marker_of_lines(markers: Mapping[int, bool], lines: Iterable[int]) -> bool | None:
    """The first marker on any of these lines."""
    return next((markers[line] for line in lines if line in markers), None)


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    """The comments of a Python file: line, number of characters of code before it, text."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                before = token.line[: token.start[1]].strip()
                yield token.start[0], len(before), token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        return  # what `ast` parses and `tokenize` does not: later markers are not seen
