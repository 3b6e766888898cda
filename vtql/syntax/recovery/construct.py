"""What a construct of another language is: a row of the tables, and how a row is applied.

A row's pattern is a regular expression, not over the text but over the *keys* of its pieces: a word
stands for itself in lower case, everything else for its kind in capitals, each with a blank behind.
`select a from B where c is null;` has the keys `select a from b where c is null SEMICOLON `, and
`is (?:not )?null ` finds the test in them, whatever blanks, comments and cases were between.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TypeAlias

from vtql.diagnostics import Diagnostic, Edit, visible
from vtql.source import Span
from vtql.syntax.recovery.codes import syntax_finding
from vtql.syntax.recovery.pieces import Piece

SYNTAX = "a server answers QUERY_SYNTAX_ERROR"
UNREADABLE = "a server answers INTERNAL_SERVER_ERROR"
DENIED = "a server answers ACCESS_DENIED"
NOTHING = "Vtiger 8 answers an empty list, older servers DATABASE_QUERY_ERROR"
ENDLESS = "a server's parser can run until its time limit"

NAME = r"(?!(?:where|order|orderby|limit|group|having|union|join|inner|left|right|full|cross|on|as|and|or|offset|fetch|from|in|like|not|select) )[a-z_]\w* "
VALUE = r"(?:LITERAL|DOUBLE|CURLY|NUMBER|SIGNED|ID|DECIMAL|DATE|EMAIL|WORD|HOLE|ANY) "
COMPARES = r"(?:EQ|NE|LT|LE|GT|GE|<>|==|===|like) "
NEXT_CLAUSE = r"(?=(?:where|group|having|order|orderby|limit|offset|union|SEMICOLON) |\Z)"

_BLANKS = re.compile(r"[ \t]*")

Becomes: TypeAlias = Callable[[Sequence[Piece], Callable[[str], Sequence[Piece]]], list[Piece]]
"""From the pieces of a construct, and of a group of its pattern, to those that go on in its place."""


@dataclass(frozen=True, slots=True)
class Construct:
    """A row: what people write, and what there is to say about it.

    `trigger` is a key that every occurrence has. What is found is the group `here` of the pattern,
    or all of it. `message` says what it is and what a server does with it, `help` what to write
    instead; `{found}` in them is the text itself. `becomes` says how to go on, None that the
    extended language has the construct; `exact` whether the query still means the same then.
    """

    slug: str
    trigger: str
    pattern: re.Pattern[str]
    message: str
    help: str
    becomes: Becomes | None = None
    exact: bool = True
    compiles: bool = False


def construct(
    slug: str, trigger: str, pattern: str, message: str, help_: str,
    becomes: Becomes | None = None,
) -> Construct:  # fmt: skip
    """A row whose meaning stays."""
    return Construct(slug, trigger, re.compile(rf"(?<![^ ]){pattern}"), message, help_, becomes)


def extended(
    slug: str, trigger: str, pattern: str, message: str, help_: str,
    becomes: Becomes | None = None,
) -> Construct:  # fmt: skip
    """A row of what the extended language has."""
    row = construct(slug, trigger, pattern, message, help_, becomes)
    return replace(row, compiles=True)


def lossy(
    slug: str, trigger: str, pattern: str, message: str, help_: str, becomes: Becomes
) -> Construct:
    """A row behind which the query goes on with another meaning: nothing says the same."""
    row = construct(slug, trigger, pattern, message, help_, becomes)
    return replace(row, exact=False)


def gone(_found: Sequence[Piece], _group: object) -> list[Piece]:
    """Nothing goes on in its place."""
    return []


def hole(found: Sequence[Piece], _group: object) -> list[Piece]:
    """Something that can be anything goes on in its place."""
    return [Piece("ANY", "…", (found[0].start(), found[-1].end()))]


def kept(name: str) -> Becomes:
    """Only the pieces of a group of the pattern go on."""
    return lambda _found, group: list(group(name))


def sign(kind: str, text: str) -> Becomes:
    """One piece goes on in its place: a sign, or with kind NAME a word."""
    return lambda found, _group: [Piece(kind, text, (found[0].start(), found[-1].end()))]


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of each piece: in a row, as a set, as the text that patterns are for.

    `starts` are the offsets of the keys in that text, and its length.
    """

    pieces: list[Piece]
    all: list[str]
    present: frozenset[str]
    text: str
    starts: list[int]


def keys_of(pieces: list[Piece]) -> Keys:
    """The keys of pieces."""
    keys = [
        piece.text.lower() if piece.kind == "NAME"
        else piece.text if piece.kind == "OPERATOR" else piece.kind
        for piece in pieces
    ]  # fmt: skip
    starts = [0, *accumulate(len(key) + 1 for key in keys)]
    return Keys(pieces, keys, frozenset(keys), " ".join([*keys, ""]), starts)


@dataclass(slots=True)
class Reading:
    """A statement while the tables are applied to it.

    `found` is told of, and `compiled` is what of that the extended language has; `exact` says that
    the pieces still mean what was written, `extended` that they take compiling to be VTQL.
    """

    text: str
    pieces: list[Piece]
    found: list[Diagnostic]
    compiled: set[Diagnostic] = field(default_factory=set)
    exact: bool = True
    extended: bool = False
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
    if row.trigger not in keys.present or "from" not in keys.present:
        return
    cut = keys.all.index("from") + 1
    whole = reading.pieces
    columns = reading.pieces = whole[:cut]
    apply(row, reading)
    reading.pieces = whole if reading.pieces is columns else reading.pieces + whole[cut:]


def apply_nested(row: Construct, reading: Reading) -> None:
    """The same for a construct that begins with its bracket, and goes to the end of that."""
    ends = _closing(reading.pieces) if row.trigger in reading.keys().present else {}
    _apply(row, reading, lambda last: ends.get(last - 1, len(reading.pieces)))


def _apply(row: Construct, reading: Reading, widened: Callable[[int], int]) -> None:
    keys = reading.keys()
    if row.trigger not in keys.present:
        return
    starts = keys.starts
    made: list[Piece] = []
    at = 0
    name = "here" if "here" in row.pattern.groupindex else 0
    for match in row.pattern.finditer(keys.text):

        def group(name: str, match: re.Match[str] = match) -> list[Piece]:
            first, last = (bisect_left(starts, offset) for offset in match.span(name))
            return reading.pieces[first:last]

        first, last = (bisect_left(starts, offset) for offset in match.span(name))
        if first < at or first == last:
            continue
        last = widened(last)
        found = reading.pieces[first:last]
        going_on = found if row.becomes is None else row.becomes(found, group)
        finding = _told(row, reading, first, last, going_on)
        reading.found.append(finding)
        if row.compiles:
            reading.compiled.add(finding)
        reading.extended |= row.becomes is None
        reading.exact &= row.exact
        made += reading.pieces[at:first]
        made += going_on
        at = last
    if at:
        reading.pieces = made + reading.pieces[at:]


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
    return syntax_finding(
        row.slug, span, row.message.replace("{found}", shown), row.help.replace("{found}", shown),
        edits,
    )  # fmt: skip


def _edits(text: str, found: Sequence[Piece], going_on: Sequence[Piece]) -> tuple[Edit, ...]:
    """What makes the text that which goes on: as little as can be."""
    if any(piece.kind == "ROWS" for piece in going_on):
        return ()
    if [piece for piece in going_on if piece in found] == list(found):
        return tuple(
            Edit(Span(*piece.place), piece.text) for piece in going_on if piece not in found
        )
    start, end = found[0].start(), found[-1].end()
    if not going_on:
        return (Edit(_with_a_blank(text, start, end), ""),)
    return (Edit(Span(start, end), " ".join(piece.text for piece in going_on)),)


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
