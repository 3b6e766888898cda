"""A query on one line or on several: where it breaks, and where its comments stand.

A query that fits the width is one line. A longer one has a line for each part (a clause, a
condition), and a part that is still too long is filled item by item. A comment inside a query goes
behind the part that it stood in: at the end of its line if it followed something on its own, on a
line below if not. That makes every query with a comment between two parts a broken one, and what
comes out is laid out the same when it comes in again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from vtql.syntax.write import Part
from vtql.visible import columns

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text from `--` on, its offset, whether something stands before it on its line."""

    text: str
    start: int
    follows: bool


def laid_out(parts: Sequence[Part], comments: Sequence[Comment], width: int) -> list[str]:
    """The lines of a query, its semicolon and the comments inside it among them."""
    behind = _behind(parts, comments)
    line = _line(parts)
    if not any(behind[:-1]) and columns(line) <= width:
        return _commented([line], behind[-1])
    lines = []
    for number in range(len(parts)):
        lines += _commented(_broken(parts, number, width), behind[number])
    return lines


def parted(
    parts: Sequence[Part], comments: Sequence[Comment], width: int, together: Sequence[int]
) -> bool:
    """Whether parts that stood together in a line, by their numbers, are on several when laid out."""
    behind = _behind(parts, comments)
    if not any(behind[:-1]) and columns(_line(parts)) <= width:
        return False
    return len(together) > 1 or any(len(_broken(parts, each, width)) > 1 for each in together)


def _behind(parts: Sequence[Part], comments: Sequence[Comment]) -> list[list[Comment]]:
    """The comments that go behind each part."""
    behind: list[list[Comment]] = [[] for _ in parts]
    starts = [part.start for part in parts]
    for comment in comments:
        behind[max(0, bisect_left(starts, comment.start) - 1)].append(comment)
    return behind


def _line(parts: Sequence[Part]) -> str:
    return " ".join(part.text for part in parts) + ";"


def _broken(parts: Sequence[Part], number: int, width: int) -> list[str]:
    """The lines of a part of a query that has a line for each."""
    part = parts[number]
    indent = INDENT if part.head.split(" ", 1)[0].upper() in ("AND", "OR") else ""
    return _filled(part, indent, ";" if number == len(parts) - 1 else "", width)


def _filled(part: Part, indent: str, end: str, width: int) -> list[str]:
    if columns(indent + part.text + end) <= width or len(part.items) < 2:
        return [indent + part.text + end]
    deeper = indent + INDENT * 2
    lines, current = [], indent + part.head
    for number, item in enumerate(part.items):
        last = number == len(part.items) - 1
        piece = item + (part.tail + end if last else ",")
        blank = "" if current.endswith(("(", " ")) else " "
        if number and columns(current + blank + piece) > width:
            lines.append(current)
            current, blank = deeper, ""
        current += blank + piece
    return [*lines, current]


def _commented(lines: list[str], comments: Sequence[Comment]) -> list[str]:
    if not comments or not comments[0].follows:
        return [*lines, *(each.text for each in comments)]
    first, *others = comments
    return [*lines[:-1], f"{lines[-1]} {first.text}", *(each.text for each in others)]
