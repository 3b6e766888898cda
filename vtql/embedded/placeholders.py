"""Interpolated values: what may stand in the placeholders of a query, so that it parses as one.

Nobody knows what a program interpolates: a value, a list, a name, a clause, the end of the query. But
VTQL is a regular language: its parser has no brackets inside brackets to remember, so that the
stacks it can ever have are few (some 180), and a query is a walk among them
(`vtql.embedded.automaton`). A placeholder between tokens is then *any walk at all*: after it the
parser may have every stack that can be reached from where it was, and a query with placeholders is
followed with a set of stacks instead of one. If the set is never empty and the end of the query is in
it, some interpolation makes the text a query, and nothing about its syntax is reported; if it becomes
empty, no interpolation at all could, and the text is wrong whatever the placeholders hold. So a
finding of syntax is never a false alarm. (One thing is taken for granted: that a placeholder does not
open or close a quote that the text closes or opens. It would have to be half of an injection.)

Three places have less freedom. Inside a literal a placeholder is a part of the literal. Glued to a
word (`cf_{number}`) it is a part of the word, or a blank and something new. And what is formatted as
a whole number is one.

What rules find may depend on what is interpolated, also far away: `ORDER BY lastname` is wrong or not
by what `{fields}` selects. So there are two interpolations, as different as can be: the least that
parses, and one that adds conditions, an order and a limit. What is found with one and not with the
other depends on a placeholder, and is not reported (`vtql.embedded.lint_string`). Their words differ,
too, so that a message that quotes one is not the same with the other.
"""

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

MAX_TOKENS = 20_000
"""Tokens of a string with placeholders that are followed; a server takes a query of some 8,000 bytes."""

MAX_ADJACENT = 2
"""Placeholders in a row that are followed; the next ones hold nothing."""

LESS_PREFERRED = 50
"""The cost of an interpretation where another one is preferred."""

_UNLIKELY = 5_000
_MISSING, _SKIPPED = 10_000, 25_000
_MAX_REPAIRS = 20
_MAX_WORD_PARTS = 6
_ENDS_LIKE_A_PREFIX = re.compile(r"[0-9_]\Z")

WORDS: tuple[Mapping[str, str], ...] = (
    {"NAME": "hole", "LITERAL": "'hole'", "NUMBER": "1", "ID": "12x1", "": "hole"},
    {"NAME": "id", "LITERAL": "'1'", "NUMBER": "100", "ID": "12x2", "": "1"},
)
"""The word for a kind of token in each interpolation, and under `""` for a part of a literal."""

_WHOLE_NUMBER: tuple[Row, ...] = (("NUMBER",), ("SIGNED",))


class Position(Enum):
    """How an interpolated value relates to the token around it."""

    BETWEEN = "it is between tokens"
    PART = "it is a part of the token"
    REPLACED = "it replaces the token"


class Interpolation(NamedTuple):
    """The value of a placeholder, and its role: see `InterpolatedText`."""

    text: str
    role: str
    position: Position = Position.BETWEEN


class InterpolatedText(NamedTuple):
    """A text with values in its placeholders, and the way back to the one with marks.

    `unsure` are the spans that depend on a placeholder. For each placeholder, `places` has its
    offset, and `roles` what it is there: a part of a `literal` or `word`, a `value`, `name`, `number`
    or `clause`. `segments` are the stretches of the text: the offset of each here and in the text
    with marks, and its number of characters there.
    """

    text: str
    unsure: tuple[Span, ...]
    places: tuple[int, ...]
    roles: tuple[str, ...]
    segments: tuple[tuple[int, int, int], ...]

    def touches(self, span: Span) -> bool:
        """Whether a span of this text depends on a placeholder."""
        end = max(span.end, span.start + 1)
        following = bisect_right(self.unsure, span.start, key=lambda unsure: unsure.end)
        return following < len(self.unsure) and self.unsure[following].start < end

    def back(self, span: Span) -> Span:
        """A span of this text in the one with marks."""
        if span.start >= span.end:
            offset = self._back(span.start)
            return Span(offset, offset)
        return Span(self._back(span.start), self._back(span.end - 1) + 1)

    def _back(self, offset: int) -> int:
        number = bisect_right(self.segments, (offset, len(self.text) + 1)) - 1
        here, there, size = self.segments[number]
        return there + min(offset - here, size)


def interpolated_texts(text: str, mark: str, whole: Sequence[bool]) -> Iterator[InterpolatedText]:
    """The text with values in its placeholders, in two ways; none if it is too long.

    Args:
        text: a query with a mark for each placeholder.
        mark: the character that marks one.
        whole: for each placeholder, whether it is formatted as a whole number.
    """
    tokens = list(tokenize(text, mark))
    if len(tokens) <= MAX_TOKENS:
        for preference in range(len(PREFERENCES)):
            interpolations = _cheapest_walk(text, mark, tokens, whole, preference)
            yield interpolate(text, mark, tokens, interpolations)


# The walk: which values make the text a query

Path: TypeAlias = "tuple[Path, Interpolation] | None"
"""The interpolations so far, the last one first."""

Front: TypeAlias = dict[int, tuple[int, Path]]
"""The states that the parser can be in, each with the cost of the cheapest way there, and that way."""


def _cheapest_walk(
    text: str, mark: str, tokens: Sequence[Token], whole: Sequence[bool], preference: int
) -> list[Interpolation]:
    """The interpolations that make the text a query at the lowest cost."""
    front: Front = {start(): (0, None)}
    repairs = adjacent = 0
    for token in tokens:
        word = text[token.span.start : token.span.end]
        adjacent = adjacent + 1 if word == mark and not whole[token.placeholder] else 0
        if adjacent > MAX_ADJACENT:
            nothing = Interpolation("", "clause")
            front = {state: (cost, (path, nothing)) for state, (cost, path) in front.items()}
            continue
        after = _after_token(front, token, word, mark, whole, preference)
        if not after:
            repairs += 1
            after = _skip_token(front, word.count(mark))
            if repairs <= _MAX_REPAIRS:
                missing = _after_token(
                    _after_missing_tokens(front), token, word, mark, whole, preference
                )
                for state, way in missing.items():
                    keep_cheapest(after, state, *way)
        front = after
    complete = [way for state, way in front.items() if END in transitions(state)]
    _, path = min(complete or front.values(), key=lambda way: way[0])
    interpolations: list[Interpolation] = []
    while path is not None:
        path, interpolation = path
        interpolations.append(interpolation)
    return interpolations[::-1]


def _skip_token(front: Front, count: int) -> Front:
    """The states after a token that is left out because it has no place."""
    interpolation = Interpolation("hole", "clause", Position.PART)
    return {
        state: (cost + _SKIPPED, repeat(path, interpolation, count))
        for state, (cost, path) in front.items()
    }


def _after_missing_tokens(front: Front) -> Front:
    """The states that can be reached from those of a front, for something may be missing."""
    states: Front = {}
    for state, (cost, path) in front.items():
        for after, (_, row) in reachable(state, 0).items():
            keep_cheapest(states, after, cost + _MISSING * (1 + len(row)), path)
    return states


def _after_token(
    front: Front, token: Token, word: str, mark: str, whole: Sequence[bool], preference: int
) -> Front:
    """The states after a token."""
    states: Front = {}
    if token.kind:
        interpolation = Interpolation(WORDS[preference][""], "literal", Position.PART)
        if token.kind == "SIGNED":
            interpolation = Interpolation("1", "value", Position.PART)
        for state, (cost, path) in front.items():
            after = transitions(state).get(token.kind)
            if after is not None:
                keep_cheapest(states, after, cost, repeat(path, interpolation, word.count(mark)))
        if token.kind == "SIGNED" and mark in word:
            for state, (cost, path) in replace_word(front, word.count(mark), preference).items():
                keep_cheapest(states, state, cost + _UNLIKELY, path)
        return states
    if word == mark:
        return after_placeholder(front, preference, whole=whole[token.placeholder])
    parts = word.split(mark)
    count = len(parts) - 1
    role = "word" if _ENDS_LIKE_A_PREFIX.search(parts[0]) or parts[-1].startswith("_") else "clause"
    if len(parts) > _MAX_WORD_PARTS:
        return replace_word(front, count, preference)
    for kind, value in kinds_with_placeholders(parts):
        interpolation = Interpolation(value, role, Position.PART)
        if kind == "NAME" and preference:
            interpolation = Interpolation(WORDS[preference][kind], role, Position.REPLACED)
        for state, (cost, path) in front.items():
            after = transitions(state).get(kind)
            if after is not None:
                way = repeat(path, interpolation, count)
                keep_cheapest(states, after, cost + LESS_PREFERRED * (preference == 1), way)
    for state, (cost, path) in split_word(
        front, parts, token.placeholder, whole, preference
    ).items():
        keep_cheapest(states, state, cost + LESS_PREFERRED * (preference != 1), path)
    for state, (cost, path) in replace_word(front, count, preference).items():
        keep_cheapest(states, state, cost + _UNLIKELY, path)
    return states


def after_placeholder(
    front: Front, preference: int, *, whole: bool, frame: tuple[str, str] | None = None
) -> Front:
    """The states after a placeholder: any walk; `frame` is put around its value inside of a word."""
    if not front:
        return {}
    before, after = frame or ("", "")
    position = Position.BETWEEN if frame is None else Position.PART
    if whole:
        states: Front = {}
        number = Interpolation("1", "number", position)
        for state, (cost, path) in front.items():
            for row in _WHOLE_NUMBER:
                following = transitions(state).get(row[0])
                if following is not None:
                    keep_cheapest(states, following, cost, (path, number))
        return states
    least = min(cost for cost, _ in front.values())
    shape = tuple((state, cost - least) for state, (cost, _) in front.items())
    cheapest = _cheapest(shape, preference, before, after, position)
    return {
        following: (least + cost, (front[state][1], interpolation))
        for following, (cost, state, interpolation) in cheapest.items()
    }


@lru_cache(maxsize=256)
def _cheapest(
    shape: tuple[tuple[int, int], ...], preference: int, before: str, after: str, position: Position
) -> Mapping[int, tuple[int, int, Interpolation]]:
    """The states after a placeholder, each with its cost, the state it is reached from, and how.

    A shape has the states before the placeholder, each with its cost above the least: similar queries
    have few of them, so that most placeholders are looked up.
    """
    states: dict[int, tuple[int, int, Interpolation]] = {}
    for state, cost in shape:
        for following, more, value in _interpolations(state, preference, before, after, position):
            if following not in states or cost + more < states[following][0]:
                states[following] = (cost + more, state, value)
    return states


@cache
def _interpolations(
    state: int, preference: int, before: str, after: str, position: Position
) -> tuple[tuple[int, int, Interpolation], ...]:
    """The states after a placeholder in one state, each with its cost and the interpolation."""
    words = WORDS[preference]
    return tuple(
        (
            following,
            cost,
            Interpolation(
                f"{before}{' '.join(words.get(kind, _SIGN_OF.get(kind, kind)) for kind in row)}{after}",
                _role(row),
                position,
            ),
        )
        for following, (cost, row) in reachable(state, preference).items()
    )


def replace_word(front: Front, count: int, preference: int) -> Front:
    """The states after a word and its placeholders, which together may be anything.

    It is so where the placeholders are many, or where one holds a part of a keyword.
    """
    states: Front = {}
    for state, (cost, path) in after_placeholder(front, preference, whole=False).items():
        assert path is not None
        before, interpolation = path
        word = Interpolation(f" {interpolation.text} ", "clause", Position.REPLACED)
        states[state] = (cost, repeat(before, word, count))
    return states


def repeat(path: Path, interpolation: Interpolation, times: int) -> Path:
    """A path on which the next placeholders, so many of them, have the same value."""
    for _ in range(times):
        path = (path, interpolation)
    return path


def keep_cheapest(front: Front, state: int, cost: int, path: Path) -> None:
    """Add a way to a state, unless there is a cheaper one."""
    if state not in front or cost < front[state][0]:
        front[state] = (cost, path)


_SIGN_OF = {kind: sign for sign, kind in SIGNS.items()} | {"SIGNED": "-1"}


def _role(row: Row) -> str:
    tokens = row[:-1] if row[-1:] == ("SEMICOLON",) else row
    if tokens in (("NAME",), ("NUMBER",)):
        return tokens[0].lower()
    return "value" if "LITERAL" in tokens and "NAME" not in tokens else "clause"


# A word with placeholders in it that is several tokens


def split_word(
    front: Front, parts: Sequence[str], first: int, whole: Sequence[bool], preference: int
) -> Front:
    """The states after a word whose placeholders begin and end tokens.

    A part of it may be a word of its own, or a part of a name that a placeholder begins or ends.
    """
    states: Front = {}
    begin_names = {
        number for number, part in enumerate(parts) if part and _may_be_in_a_name(number, part)
    }
    are_names = {number for number in begin_names if kind_of(parts[number]) == "NAME"}
    choices = [are_names, begin_names, set[int]()]
    if preference == 1:
        choices = [set[int](), are_names, begin_names]
    for number, names in enumerate(choices):
        split = _split_with_names(front, parts, first, whole, preference, names)
        for state, (cost, path) in split.items():
            keep_cheapest(states, state, cost + LESS_PREFERRED * number, path)
    return states


def _may_be_in_a_name(number: int, part: str) -> bool:
    return kind_of(f"x{part}" if number else part) not in ("NUMBER", "ID", JUNK)


def _split_with_names(
    front: Front, parts: Sequence[str], first: int, whole: Sequence[bool], preference: int,
    names: set[int],
) -> Front:  # fmt: skip
    """The same where the parts of these numbers are parts of names."""
    adjacent = 0
    for number, part in enumerate(parts):
        adjacent = 0 if part else adjacent + 1
        if number and adjacent > MAX_ADJACENT:
            nothing = Interpolation("", "clause", Position.PART)
            front = {state: (cost, (path, nothing)) for state, (cost, path) in front.items()}
        elif number:
            before = "x " if number - 1 in names else " " if parts[number - 1] else ""
            after = " x" if number in names else " " if part else ""
            front = after_placeholder(
                front, preference, whole=whole[first + number - 1], frame=(before, after)
            )
        if part:
            kind = "NAME" if number in names else kind_of(part)
            states: Front = {}
            for state, way in front.items():
                if kind in transitions(state):
                    keep_cheapest(states, transitions(state)[kind], *way)
            front = states
    return front


# The text with the values


def interpolate(
    text: str, mark: str, tokens: Sequence[Token], interpolations: Sequence[Interpolation]
) -> InterpolatedText:
    """The text with values in its placeholders."""
    writer = _TextWriter(text, mark, interpolations)
    offset = 0
    for token in tokens:
        start, end = token.span
        if mark in text[start:end]:
            writer.copy(offset, start)
            writer.interpolate(start, end)
            offset = end
    writer.copy(offset, len(text))
    return InterpolatedText(
        "".join(writer.stretches), tuple(writer.unsure), tuple(writer.places),
        tuple(interpolation.role for interpolation in interpolations), tuple(writer.segments),
    )  # fmt: skip


class _TextWriter:
    """Writes a text with values in its placeholders."""

    def __init__(self, text: str, mark: str, interpolations: Sequence[Interpolation]) -> None:
        self.text, self.mark, self.interpolations = text, mark, interpolations
        self.stretches: list[str] = []
        self.segments: list[tuple[int, int, int]] = []
        self.unsure: list[Span] = []
        self.places: list[int] = []
        self.size = 0

    def copy(self, start: int, end: int) -> None:
        """Write some of the text as it is."""
        self._add(self.text[start:end], start, end - start)

    def interpolate(self, start: int, end: int) -> None:
        """Write a token that has placeholders."""
        interpolation, token_start = self.interpolations[len(self.places)], self.size
        if interpolation.position is Position.REPLACED:
            self.places += [self.size] * self.text.count(self.mark, start, end)
            self._add(interpolation.text, start, end - start)
            self.unsure.append(Span(token_start, self.size))
            return
        is_part, offset = False, start
        while (mark := self.text.find(self.mark, offset, end)) >= 0:
            interpolation = self.interpolations[len(self.places)]
            self.copy(offset, mark)
            self.places.append(self.size)
            if interpolation.position is Position.BETWEEN:
                value = self._separated(interpolation.text, mark)
                self.unsure.append(Span(self.size, self.size + len(value)))
                self._add(value, mark, 1)
            else:
                is_part = True
                self._add(interpolation.text, mark, 1)
            offset = mark + 1
        self.copy(offset, end)
        if is_part:
            self.unsure.append(Span(token_start, self.size))

    def _separated(self, value: str, mark: int) -> str:
        """A value, with blanks where it would become one token with the text around it."""
        if not value:
            return value
        before, after = self.text[mark - 1 : mark], self.text[mark + 1 : mark + 2]
        return f"{' ' * _needs_blank(before)}{value}{' ' * _needs_blank(after)}"

    def _add(self, stretch: str, start: int, length: int) -> None:
        if stretch:
            self.segments.append((self.size, start, length))
            self.stretches.append(stretch)
            self.size += len(stretch)


def _needs_blank(character: str) -> bool:
    """Whether a word next to this character would become one with it."""
    return bool(character) and character not in " \t\r\n(),;=<>"
