"""A file in which every query is one, with comments around and inside them: the quick way.

Most files are of this kind, and what tells the others apart from it (see `vtql.syntax.recovery`)
takes longer to load than such a file to read.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from vtql.ast import Select
from vtql.source import Span
from vtql.syntax.parse import read

LONGEST = 1_200_000
"""Characters of a text that is read in this way; the bounds of the other way hold for longer ones."""

_COMMENT = re.compile(r"('[^']*')|--[^\r\n]*")
_QUERY = re.compile(r"[ \t\r\n]*+((?:[^';]|'[^']*')*+;)")
_REST = re.compile(r"[ \t\r\n]*+\Z")


def plain_script(text: str) -> list[tuple[Select, tuple[Span, ...]]] | None:
    """The queries of a text, each with the places of the comments inside it.

    None where something in it is neither a query nor a comment.
    """
    if len(text) > LONGEST:
        return None
    comments: list[Span] = []

    def blank(found: re.Match[str]) -> str:
        if found.group(1):
            return found.group()
        comments.append(Span(*found.span()))
        return " " * len(found.group())

    sent = _COMMENT.sub(blank, text) if "--" in text else text
    queries = []
    at = 0
    while found := _QUERY.match(sent, at):
        place = found.span(1)
        made = read(sent, *place)
        if not isinstance(made, Select):
            return None
        first, last = bisect_left(comments, place), bisect_left(comments, (place[1], 0))
        queries.append((made, tuple(comments[first:last])))
        at = found.end()
    return queries if _REST.match(sent, at) else None
