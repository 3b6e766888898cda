"""A statement while the tables of constructs are applied to it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from vtql.diagnostics import Diagnostic, Edit
from vtql.recovery.answers import answer_to, answer_to_value
from vtql.recovery.codes import syntax_finding
from vtql.recovery.construct import Construct
from vtql.recovery.keys import Keys, keys_of
from vtql.recovery.pieces import Piece
from vtql.sanitize import visible
from vtql.source import Span

TOLD = 1000
"""Findings of a statement that are worked out; a reader is shown fewer still."""

_BLANKS = re.compile(r"[ \t]*")
_WORDS_MEET = re.compile(r"\w\w|''|[-+]\d|\w'")


@dataclass(slots=True)
class Reading:
    """A statement while the tables are applied to it.

    `found` is told of, and `compiled` is what of that the extended language has; `exact` says that
    the pieces still mean what was written, `extended` that they take compiling to be VTQL. Of more
    than `TOLD` findings, `untold` counts the rest.
    """

    text: str
    pieces: list[Piece]
    found: list[Diagnostic]
    compiled: set[Diagnostic] = field(default_factory=set)
    exact: bool = True
    extended: bool = False
    untold: int = 0
    _keys: Keys | None = None

    def keys(self) -> Keys:
        """The keys of the pieces; made anew when the pieces are others."""
        if self._keys is None or self._keys.pieces is not self.pieces:
            self._keys = keys_of(self.pieces)
        return self._keys


def apply(row: Construct, reading: Reading) -> None:
    """Find a construct wherever it stands, tell of it, and put in its place what goes on."""
    _apply(row, reading, lambda last: last)


def apply_to_columns(row: Construct, reading: Reading) -> None:
    """The same for what stands before FROM; a text without FROM has no columns to tell apart."""
    keys = reading.keys()
    if keys.may_have(row.trigger) and "from" in keys.present:
        _apply_to_a_part(row, reading, 0, keys.all.index("from") + 1)


def apply_to_order(row: Construct, reading: Reading) -> None:
    """The same for what stands behind the first ORDER."""
    keys = reading.keys()
    if keys.may_have(row.trigger) and not keys.present.isdisjoint(("order", "orderby")):
        start = next(place for place, key in enumerate(keys.all) if key in ("order", "orderby"))
        _apply_to_a_part(row, reading, start, len(keys.all))


def _apply_to_a_part(row: Construct, reading: Reading, start: int, end: int) -> None:
    whole = reading.pieces
    part = reading.pieces = whole[start:end]
    apply(row, reading)
    changed = reading.pieces is not part
    reading.pieces = [*whole[:start], *reading.pieces, *whole[end:]] if changed else whole


def apply_nested(row: Construct, reading: Reading) -> None:
    """The same for a construct that begins with its bracket, and goes to the end of that."""
    ends = _closing(reading.pieces) if reading.keys().may_have(row.trigger) else {}
    _apply(row, reading, lambda last: ends.get(last - 1, len(reading.pieces)))


def _apply(row: Construct, reading: Reading, widened: Callable[[int], int]) -> None:
    keys = reading.keys()
    if not keys.may_have(row.trigger):
        return
    made: list[Piece] = []
    at = 0
    name = "here" if "here" in row.expression.groupindex else 0
    for match in row.expression.finditer(keys.text):

        def group(name: str, match: re.Match[str] = match) -> list[Piece]:
            first, last = (bisect_left(keys.starts, offset) for offset in match.span(name))
            return reading.pieces[first:last]

        first, last = (bisect_left(keys.starts, offset) for offset in match.span(name))
        if first < at or first == last:
            continue
        last = widened(last)
        found = reading.pieces[first:last]
        going_on = found if row.becomes is None else row.becomes(found, group)
        if len(reading.found) < TOLD:
            finding = _told(row, reading, first, last, going_on)
            reading.found.append(finding)
            if row.compiles:
                reading.compiled.add(finding)
        else:
            reading.untold += 1
        reading.extended |= row.by_compiling
        reading.exact &= row.exact and not _has_unknown(going_on, found)
        made += reading.pieces[at:first]
        made += going_on
        at = last
    if at:
        reading.pieces = made + reading.pieces[at:]


def _has_unknown(going_on: Sequence[Piece], found: Sequence[Piece]) -> bool:
    """Whether something that goes on stands for what nobody knows."""
    holes = {piece for piece in going_on if piece.kind == "ANY"}
    return bool(holes) and not holes <= set(found)


def _closing(pieces: Sequence[Piece]) -> dict[int, int]:
    """For each opening bracket the position behind its closing one, or behind the last piece."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    stop = len(pieces) - bool(pieces and pieces[-1].kind == "SEMICOLON")
    for position, piece in enumerate(pieces):
        if piece.kind == "OPEN":
            opened.append(position)
        elif piece.kind == "CLOSE" and opened:
            ends[opened.pop()] = position + 1
    return ends | dict.fromkeys(opened, stop)


def _told(
    row: Construct, reading: Reading, first: int, last: int, going_on: Sequence[Piece]
) -> Diagnostic:
    pieces = reading.pieces
    span = Span(pieces[first].start(), pieces[last - 1].end())
    text = reading.text[span.start : span.end]
    shown = visible(" ".join(text.replace("`", "").split()) if len(text) <= 60 else text[:57] + "…")
    edits = _edits(reading.text, pieces[first:last], going_on) if row.exact and row.becomes else ()
    message, help_ = (_filled(said, text, shown) for said in (row.message, row.help))
    return syntax_finding(row.slug, span, message, help_, edits)


def _filled(said: str, text: str, shown: str) -> str:
    """What a row says, of this text."""
    if "{answer}" in said:
        said = said.replace("{answer}", answer_to(text))
    if "{value}" in said:
        said = said.replace("{value}", answer_to_value(text))
    return said.replace("{found}", shown)


def _edits(text: str, found: Sequence[Piece], going_on: Sequence[Piece]) -> tuple[Edit, ...]:
    """What makes the text that which goes on: as little as can be."""
    if _has_unknown(going_on, found) or any(piece.kind == "ROWS" for piece in going_on):
        return ()
    had = set(found)
    if [piece for piece in going_on if piece in had] == list(found):
        return tuple(Edit(Span(*piece.place), piece.text) for piece in going_on if piece not in had)
    if [piece.place for piece in going_on] == [piece.place for piece in found]:
        pairs = zip(found, going_on, strict=True)
        return tuple(_apart(text, new.place, new.text) for old, new in pairs if new != old)
    start, end = found[0].start(), found[-1].end()
    if not going_on:
        return (Edit(_with_a_blank(text, start, end), ""),)
    return (_apart(text, (start, end), _in_a_row(going_on)),)


def _apart(text: str, place: tuple[int, int], new: str) -> Edit:
    """The edit that puts a text in a place, with a blank where two words would become one."""
    start, end = place
    if new == ",":
        start = len(text[:start].rstrip(" \t"))
    before = " " if _WORDS_MEET.fullmatch(text[max(0, start - 1) : start] + new[:1]) else ""
    behind = " " if _WORDS_MEET.fullmatch(new[-1:] + text[end : end + 1]) else ""
    return Edit(Span(start, end), f"{before}{new}{behind}")


def _in_a_row(pieces: Sequence[Piece]) -> str:
    """The text of pieces, with no blank inside brackets and none before a comma."""
    made = pieces[0].text
    for last, piece in pairwise(pieces):
        close = last.kind == "OPEN" or piece.kind in ("CLOSE", "COMMA")
        made += piece.text if close else f" {piece.text}"
    return made


def _with_a_blank(text: str, start: int, end: int) -> Span:
    """What to delete, so that neither two blanks stay nor none between two words."""
    first = start
    while first and text[first - 1] in " \t":
        first -= 1
    if first == start:
        return Span(start, end)
    if text[end : end + 1] in ",;)":  # the end of the text, too
        return Span(first, end)
    blank = _BLANKS.match(text, end)
    return Span(start, blank.end() if blank else end)
