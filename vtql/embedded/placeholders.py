"""A text with its holes filled, and the way back to the one with marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from vtql.embedded.automaton import (
    PREFERENCES,
    SIGNS,
    Row,
    Token,
    kind_of,
    kinds_with_placeholders,
    reachable,
    start,
    tokenize,
    transitions,
)
from vtql.parser.lalr import END, JUNK
from vtql.source import Span


class Glue(Enum):
    """How what fills a hole stands to the token it is in."""

    NONE = "it is between tokens"
    PART = "it is a part of it"
    WORD = "it stands instead of it"


class Fill(NamedTuple):
    """What fills a hole, and its role: see `Filled`."""

    text: str
    role: str
    glue: Glue = Glue.NONE


class InterpolatedText(NamedTuple):
    """A text with its holes filled.

    `unsure` are the spans that depend on a hole. For each hole, `places` say where it was, and
    `roles` what it is there: a part of a `literal` or `word`, a `value`, `name`, `number` or
    `clause`. `segments` say, for each stretch, where it begins here and in the text with marks, and
    how many characters it has there.
    """

    text: str
    unsure: tuple[Span, ...]
    places: tuple[int, ...]
    roles: tuple[str, ...]
    segments: tuple[tuple[int, int, int], ...]

    def touches(self, span: Span) -> bool:
        """Whether a span of this text depends on a hole."""
        end = max(span.end, span.start + 1)
        following = bisect_right(self.unsure, span.start, key=lambda hole: hole.end)
        return following < len(self.unsure) and self.unsure[following].start < end

    def back(self, span: Span) -> Span:
        """A span of this text in the one with marks."""
        if span.start >= span.end:
            at = self._back(span.start)
            return Span(at, at)
        return Span(self._back(span.start), self._back(span.end - 1) + 1)

    def _back(self, at: int) -> int:
        here, there, size = self.segments[bisect_right(self.segments, (at, len(self.text) + 1)) - 1]
        return there + min(at - here, size)


def interpolate(
    text: str, mark: str, tokens: Sequence[Token], fills: Sequence[Fill]
) -> InterpolatedText:
    """The text with what stands in its holes."""
    writing = _TextWriter(text, mark, fills)
    at = 0
    for token in tokens:
        start, end = token.span
        if mark in text[start:end]:
            writing.keep(at, start)
            writing.token(start, end)
            at = end
    writing.keep(at, len(text))
    return InterpolatedText(
        "".join(writing.done), tuple(writing.unsure), tuple(writing.places),
        tuple(fill.role for fill in fills), tuple(writing.segments),
    )  # fmt: skip


class _TextWriter:
    """A text while its holes are filled."""

    def __init__(self, text: str, mark: str, fills: Sequence[Fill]) -> None:
        self.text, self.mark, self.fills = text, mark, fills
        self.done: list[str] = []
        self.segments: list[tuple[int, int, int]] = []
        self.unsure: list[Span] = []
        self.places: list[int] = []
        self.size = 0

    def keep(self, start: int, end: int) -> None:
        """Write some of the text as it is."""
        self._add(self.text[start:end], start, end - start)

    def token(self, start: int, end: int) -> None:
        """Write a token that has holes."""
        first, began = self.fills[len(self.places)], self.size
        if first.glue is Glue.WORD:
            self.places += [self.size] * self.text.count(self.mark, start, end)
            self._add(first.text, start, end - start)
            self.unsure.append(Span(began, self.size))
            return
        glued, at = False, start
        while (hole := self.text.find(self.mark, at, end)) >= 0:
            fill = self.fills[len(self.places)]
            self.keep(at, hole)
            self.places.append(self.size)
            if fill.glue is Glue.NONE:
                filler = self._apart(fill.text, hole)
                self.unsure.append(Span(self.size, self.size + len(filler)))
                self._add(filler, hole, 1)
            else:
                glued = True
                self._add(fill.text, hole, 1)
            at = hole + 1
        self.keep(at, end)
        if glued:
            self.unsure.append(Span(began, self.size))

    def _apart(self, filler: str, hole: int) -> str:
        """What fills a hole, with blanks where it would become one with what stands beside it."""
        if not filler:
            return filler
        before, behind = self.text[hole - 1 : hole], self.text[hole + 1 : hole + 2]
        return f"{' ' * _needs_blank(before)}{filler}{' ' * _needs_blank(behind)}"

    def _add(self, piece: str, start: int, length: int) -> None:
        if piece:
            self.segments.append((self.size, start, length))
            self.done.append(piece)
            self.size += len(piece)


def _needs_blank(character: str) -> bool:
    """Whether a word beside this character would become one with it."""
    return bool(character) and character not in " \t\r\n(),;=<>"


_WHOLE: tuple[Row, ...] = (("NUMBER",), ("SIGNED",))

FILLERS: tuple[Mapping[str, str], ...] = (
    {"NAME": "hole", "LITERAL": "'hole'", "NUMBER": "1", "ID": "12x1", "": "hole"},
    {"NAME": "id", "LITERAL": "'1'", "NUMBER": "100", "ID": "12x2", "": "1"},
    {"NAME": "Groups", "LITERAL": "'2024-01-31'", "NUMBER": "7", "ID": "12x3", "": "2024-01-31"},
)
"""What stands for a token in each filling, and under `""` for a part of a literal."""

Path: TypeAlias = "tuple[Path, Fill] | None"
"""The fillings of the holes so far, the last one first."""

Front: TypeAlias = dict[int, tuple[int, Path]]
"""The states that the parser can be in, each with what the cheapest way there costs and fills in."""


def after_placeholder(
    front: Front, preference: int, *, whole: bool, frame: tuple[str, str] | None = None
) -> Front:
    """The states behind a hole; `frame` is what stands around its filling inside of a word."""
    if not front:
        return {}
    before, behind = frame or ("", "")
    glue = Glue.NONE if frame is None else Glue.PART
    if whole:
        found: Front = {}
        fill = Fill("1", "number", glue)
        for state, (cost, path) in front.items():
            for row in _WHOLE:
                after = transitions(state).get(row[0])
                if after is not None:
                    keep_cheapest(found, after, cost, (path, fill))
        return found
    least = min(cost for cost, _ in front.values())
    shape = tuple((state, cost - least) for state, (cost, _) in front.items())
    return {
        after: (least + cost, (front[state][1], fill))
        for after, (cost, state, fill) in _cheapest(shape, preference, before, behind, glue).items()
    }


@lru_cache(maxsize=256)
def _cheapest(
    shape: tuple[tuple[int, int], ...], preference: int, before: str, behind: str, glue: Glue
) -> Mapping[int, tuple[int, int, Fill]]:
    """The states behind a hole, each with what it costs, the state that it is reached from, and how.

    A shape has the states before the hole, each with its cost above the least: queries that look
    alike have few of them, so that most holes are looked up.
    """
    found: dict[int, tuple[int, int, Fill]] = {}
    for state, cost in shape:
        for after, more, fill in _interpolations(state, preference, before, behind, glue):
            if after not in found or cost + more < found[after][0]:
                found[after] = (cost + more, state, fill)
    return found


@cache
def _interpolations(
    state: int, preference: int, before: str, behind: str, glue: Glue
) -> tuple[tuple[int, int, Fill], ...]:
    """The states behind a hole in one state, each with what it costs and what fills the hole."""
    fillers = FILLERS[preference]
    made = []
    for after, (more, row) in reachable(state, preference).items():
        filler = " ".join(fillers.get(kind, _SPELLED.get(kind, kind)) for kind in row)
        made.append((after, more, Fill(f"{before}{filler}{behind}", _role(row), glue)))
    return tuple(made)


def replace_word(front: Front, holes: int, preference: int) -> Front:
    """The states behind a word and its holes, which together may be anything, as one hole may.

    So they are where there are many holes, or where one holds a part of a keyword.
    """
    made = after_placeholder(front, preference, whole=False)
    found: Front = {}
    for state, (cost, path) in made.items():
        assert path is not None
        before, fill = path
        text = f" {fill.text} "
        found[state] = (cost, repeat(before, Fill(text, "clause", Glue.WORD), holes))
    return found


def repeat(path: Path, fill: Fill, times: int) -> Path:
    """A path on which the next holes, so many of them, are filled in alike."""
    for _ in range(times):
        path = (path, fill)
    return path


def keep_cheapest(found: Front, state: int, cost: int, path: Path) -> None:
    if state not in found or cost < found[state][0]:
        found[state] = (cost, path)


_SPELLED = {kind: sign for sign, kind in SIGNS.items()} | {"SIGNED": "-1"}


def _role(row: Row) -> str:
    said = row[:-1] if row[-1:] == ("SEMICOLON",) else row
    if said in (("NAME",), ("NUMBER",)):
        return said[0].lower()
    return "value" if "LITERAL" in said and "NAME" not in said else "clause"


LESS_PREFERRED = 50
"""What a way costs that another one is liked better than."""

ADJACENT_PLACEHOLDERS = 2
"""Holes one behind the other that are followed; those behind them hold nothing."""


def split_word(
    front: Front, parts: Sequence[str], hole: int, whole: Sequence[bool], preference: int
) -> Front:
    """The states behind a word whose holes begin and end other tokens.

    What stands beside a hole may be a word of its own, or a part of a name that the hole begins or
    ends.
    """
    found: Front = {}
    begun = {number for number, part in enumerate(parts) if part and _begins_a_name(number, part)}
    names = {number for number in begun if kind_of(parts[number]) == "NAME"}
    ways = [names, begun, set[int]()] if preference != 1 else [set[int](), names, begun]
    for number, way in enumerate(ways):
        for state, (cost, path) in _split_with_names(
            front, parts, hole, whole, preference, way
        ).items():
            keep_cheapest(found, state, cost + LESS_PREFERRED * number, path)
    return found


def _begins_a_name(number: int, part: str) -> bool:
    return kind_of(f"x{part}" if number else part) not in ("NUMBER", "ID", JUNK)


def _split_with_names(
    front: Front, parts: Sequence[str], hole: int, whole: Sequence[bool], preference: int,
    names: set[int],
) -> Front:  # fmt: skip
    """The same where parts of these numbers are parts of names."""
    beside = 0
    for number, part in enumerate(parts):
        beside = 0 if part else beside + 1
        if number and beside > ADJACENT_PLACEHOLDERS:
            fill = Fill("", "clause", Glue.PART)
            front = {state: (cost, (path, fill)) for state, (cost, path) in front.items()}
        elif number:
            before = "x " if number - 1 in names else " " if parts[number - 1] else ""
            behind = " x" if number in names else " " if part else ""
            front = after_placeholder(
                front, preference, whole=whole[hole + number - 1], frame=(before, behind)
            )
        if part:
            kind = "NAME" if number in names else kind_of(part)
            after: Front = {}
            for state, way in front.items():
                if kind in transitions(state):
                    keep_cheapest(after, transitions(state)[kind], *way)
            front = after
    return front


LONGEST = 20_000
"""Tokens of a string with holes that are followed; a server takes a query of some 8,000 bytes."""

_JOINT = re.compile(r"[0-9_]\Z")
_UNLIKELY = 5_000
_MISSING, _SKIPPED = 10_000, 25_000
_REPAIRS = 20
_PARTS_OF_A_WORD = 6


def interpolated_texts(text: str, mark: str, whole: Sequence[bool]) -> Iterator[InterpolatedText]:
    """The text with its holes filled, in several ways; none if it is too long.

    Args:
        text: a query with a mark for each hole.
        mark: the character that marks one.
        whole: of each hole, whether it is written as a whole number.
    """
    tokens = list(tokenize(text, mark))
    if len(tokens) <= LONGEST:
        for preference in range(len(PREFERENCES)):
            yield _interpolated_text(text, mark, tokens, whole, preference)


def _interpolated_text(
    text: str, mark: str, tokens: Sequence[Token], whole: Sequence[bool], preference: int
) -> InterpolatedText:
    front: Front = {start(): (0, None)}
    odd = beside = 0
    for token in tokens:
        spelled = text[token.span.start : token.span.end]
        beside = beside + 1 if spelled == mark and not whole[token.hole] else 0
        if beside > ADJACENT_PLACEHOLDERS:
            fill = Fill("", "clause")
            front = {state: (cost, (path, fill)) for state, (cost, path) in front.items()}
            continue
        after = _after_token(front, token, spelled, mark, whole, preference)
        if not after:
            odd += 1
            after = _skip_token(front, spelled.count(mark))
            if odd <= _REPAIRS:
                missing = _after_token(
                    _after_missing_tokens(front), token, spelled, mark, whole, preference
                )
                for state, way in missing.items():
                    keep_cheapest(after, state, *way)
        front = after
    ended = [way for state, way in front.items() if END in transitions(state)]
    _, path = min(ended or front.values(), key=lambda way: way[0])
    fills: list[Fill] = []
    while path is not None:
        path, fill = path
        fills.append(fill)
    return interpolate(text, mark, tokens, fills[::-1])


def _skip_token(front: Front, holes: int) -> Front:
    """The states behind a token that is left out, for it has no place."""
    fill: Fill = Fill("hole", "clause", Glue.PART)
    return {
        state: (cost + _SKIPPED, repeat(path, fill, holes)) for state, (cost, path) in front.items()
    }


def _after_missing_tokens(front: Front) -> Front:
    """The states that can be reached from those of a front, for something may be missing."""
    found: Front = {}
    for state, (cost, path) in front.items():
        for after, (_, row) in reachable(state, 0).items():
            keep_cheapest(found, after, cost + _MISSING * (1 + len(row)), path)
    return found


def _after_token(
    front: Front, token: Token, spelled: str, mark: str, whole: Sequence[bool], preference: int
) -> Front:
    """The states behind a token."""
    if token.kind:
        found: Front = {}
        fill: Fill = Fill(FILLERS[preference][""], "literal", Glue.PART)
        if token.kind == "SIGNED":
            fill = Fill("1", "value", Glue.PART)
        for state, (cost, path) in front.items():
            after = transitions(state).get(token.kind)
            if after is not None:
                keep_cheapest(found, after, cost, repeat(path, fill, spelled.count(mark)))
        if token.kind == "SIGNED" and mark in spelled:
            for state, (cost, path) in replace_word(front, spelled.count(mark), preference).items():
                keep_cheapest(found, state, cost + _UNLIKELY, path)
        return found
    if spelled == mark:
        return after_placeholder(front, preference, whole=whole[token.hole])
    found = {}
    parts = spelled.split(mark)
    role = "word" if _JOINT.search(parts[0]) or parts[-1].startswith("_") else "clause"
    if len(parts) > _PARTS_OF_A_WORD:
        return replace_word(front, len(parts) - 1, preference)
    for kind, filler in kinds_with_placeholders(parts):
        fill = Fill(filler, role, Glue.PART)
        if kind == "NAME" and preference:
            fill = Fill(FILLERS[preference][kind], role, Glue.WORD)
        for state, (cost, path) in front.items():
            after = transitions(state).get(kind)
            if after is not None:
                then = repeat(path, fill, len(parts) - 1)
                keep_cheapest(found, after, cost + LESS_PREFERRED * (preference == 1), then)
    for state, way in split_word(front, parts, token.hole, whole, preference).items():
        keep_cheapest(found, state, way[0] + LESS_PREFERRED * (preference != 1), way[1])
    for state, (cost, path) in replace_word(front, len(parts) - 1, preference).items():
        keep_cheapest(found, state, cost + _UNLIKELY, path)
    return found
