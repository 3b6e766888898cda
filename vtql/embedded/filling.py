"""What may stand in the holes of a query, so that it reads as one.

Nobody knows what a program fills in: a value, a list, a name, a clause, the end of the query. But
VTQL is a regular language: its parser has no brackets inside brackets to remember, so that the
stacks it can ever have are few (some 180), and a query is a walk among them. A hole between tokens
is then *any walk at all*: behind it the parser may have every stack that can be reached from where
it was, and a query with holes is followed with a set of stacks instead of one. If the set is never
empty and the end of the query is in it, some filling makes the text a query, and nothing about its
syntax is told; if it becomes empty, no filling at all could, and the text is wrong whatever the
holes hold. So a finding of syntax is never a false alarm. (One thing is taken for granted: that a
hole does not open or close a quote that the text closes or opens. It would have to be half of an
injection.)

Three places have less freedom. Inside a literal a hole is a part of the literal. Glued to a word
(`cf_{number}`) it is a part of the word, or a blank and something new. And what is written as a
whole number is one.

What rules find may depend on what is filled in, also far away: `ORDER BY lastname` is wrong or not
by what `{fields}` selects. So there are several fillings, as different as can be: the least that
reads, and others that select all, add conditions, an order and a limit. What is found in one and
not in another depends on a hole, and is not told. Nor is what touches a hole: its literal, its name
and everything around that a finding spans. (What is left: a hole that holds a piece of a name *and*
whole words beside it, `…{' AND i'}d IN ('12x1')`; no filling here guesses the name, and a rule may
speak of a condition on another field. Nobody was seen to write such.) The marks of the fillings differ, too, so that a
message that quotes one is not the same in the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TypeAlias

from vtql.embedded.filled import Fill, Filled, Glue, written
from vtql.embedded.tokens import SIGNS, Token, kind_of, kinds_with_holes, tokens_of
from vtql.embedded.walks import PREFERENCES, Row, leaps, start, steps
from vtql.syntax.tables import END, JUNK

LONGEST = 20_000
"""Tokens of a string with holes that are followed; a server takes a query of some 8,000 bytes."""

_JOINT = re.compile(r"[0-9_]\Z")
_ODDLY = 5_000
_MISSING, _ODD = 10_000, 25_000
_MENDED = 20
_BESIDE, _IN_A_WORD = 2, 6
_ASIDE = 50
_WHOLE: tuple[Row, ...] = (("NUMBER",), ("SIGNED",))
_FILLERS: tuple[Mapping[str, str], ...] = (
    {"NAME": "hole", "LITERAL": "'hole'", "NUMBER": "1", "ID": "12x1", "": "hole"},
    {"NAME": "id", "LITERAL": "'1'", "NUMBER": "100", "ID": "12x2", "": "1"},
    {"NAME": "Groups", "LITERAL": "'2024-01-31'", "NUMBER": "7", "ID": "12x3", "": "2024-01-31"},
)
"""What stands for a token in each filling, and under `""` for a part of a literal."""


def fillings(text: str, mark: str, whole: Sequence[bool]) -> Iterator[Filled]:
    """The text with its holes filled, in several ways; none if it is too long.

    Args:
        text: a query with a mark for each hole.
        mark: the character that marks one.
        whole: of each hole, whether it is written as a whole number.
    """
    tokens = list(tokens_of(text, mark))
    if len(tokens) <= LONGEST:
        for preference in range(len(PREFERENCES)):
            yield _filled(text, mark, tokens, whole, preference)


_Path: TypeAlias = "tuple[_Path, Fill] | None"
"""The fillings of the holes so far, the last one first."""

_Front: TypeAlias = dict[int, tuple[int, _Path]]
"""The states that the parser can be in, each with what the cheapest way there costs and fills in."""


def _filled(
    text: str, mark: str, tokens: Sequence[Token], whole: Sequence[bool], preference: int
) -> Filled:
    front: _Front = {start(): (0, None)}
    odd = beside = 0
    for token in tokens:
        spelled = text[token.span.start : token.span.end]
        beside = beside + 1 if spelled == mark and not whole[token.hole] else 0
        if beside > _BESIDE:
            fill = Fill("", "clause")
            front = {state: (cost, (path, fill)) for state, (cost, path) in front.items()}
            continue
        after = _behind(front, token, spelled, mark, whole, preference)
        if not after:
            odd += 1
            after = _skipped(front, spelled.count(mark))
            if odd <= _MENDED:
                missing = _behind(_anywhere(front), token, spelled, mark, whole, preference)
                for state, way in missing.items():
                    _keep(after, state, *way)
        front = after
    ended = [way for state, way in front.items() if END in steps(state)]
    _, path = min(ended or front.values(), key=lambda way: way[0])
    fills: list[Fill] = []
    while path is not None:
        path, fill = path
        fills.append(fill)
    return written(text, mark, tokens, fills[::-1])


def _skipped(front: _Front, holes: int) -> _Front:
    """The states behind a token that is left out, for it has no place."""
    fill: Fill = Fill("hole", "clause", Glue.PART)
    return {state: (cost + _ODD, _with(path, fill, holes)) for state, (cost, path) in front.items()}


def _anywhere(front: _Front) -> _Front:
    """The states that can be reached from those of a front, for something may be missing."""
    found: _Front = {}
    for state, (cost, path) in front.items():
        for after, (_, row) in leaps(state, 0).items():
            _keep(found, after, cost + _MISSING * (1 + len(row)), path)
    return found


def _with(path: _Path, fill: Fill, times: int) -> _Path:
    """A path on which the next holes, so many of them, are filled in alike."""
    for _ in range(times):
        path = (path, fill)
    return path


def _behind(
    front: _Front, token: Token, spelled: str, mark: str, whole: Sequence[bool], preference: int
) -> _Front:
    """The states behind a token."""
    if token.kind:
        found: _Front = {}
        fill: Fill = Fill(_FILLERS[preference][""], "literal", Glue.PART)
        if token.kind == "SIGNED":
            fill = Fill("1", "value", Glue.PART)
        for state, (cost, path) in front.items():
            after = steps(state).get(token.kind)
            if after is not None:
                _keep(found, after, cost, _with(path, fill, spelled.count(mark)))
        return found
    if spelled == mark:
        return _behind_a_hole(front, preference, whole=whole[token.hole])
    found = {}
    parts = spelled.split(mark)
    role = "word" if _JOINT.search(parts[0]) or parts[-1].startswith("_") else "clause"
    if len(parts) > _IN_A_WORD:
        return _instead(front, len(parts) - 1, preference)
    for kind, filler in kinds_with_holes(parts):
        fill = Fill(filler, role, Glue.PART)
        if kind == "NAME" and preference:
            fill = Fill(_FILLERS[preference][kind], role, Glue.WORD)
        for state, (cost, path) in front.items():
            after = steps(state).get(kind)
            if after is not None:
                then = _with(path, fill, len(parts) - 1)
                _keep(found, after, cost + _ASIDE * (preference == 1), then)
    for state, way in _apart(front, parts, token.hole, whole, preference).items():
        _keep(found, state, way[0] + _ASIDE * (preference != 1), way[1])
    for state, (cost, path) in _instead(front, len(parts) - 1, preference).items():
        _keep(found, state, cost + _ODDLY, path)
    return found


def _behind_a_hole(
    front: _Front, preference: int, *, whole: bool, frame: tuple[str, str] | None = None
) -> _Front:
    """The states behind a hole; `frame` is what stands around its filling inside of a word."""
    if not front:
        return {}
    before, behind = frame or ("", "")
    glue = Glue.NONE if frame is None else Glue.PART
    if whole:
        found: _Front = {}
        fill = Fill("1", "number", glue)
        for state, (cost, path) in front.items():
            for row in _WHOLE:
                after = steps(state).get(row[0])
                if after is not None:
                    _keep(found, after, cost, (path, fill))
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
        for after, more, fill in _leaps(state, preference, before, behind, glue):
            if after not in found or cost + more < found[after][0]:
                found[after] = (cost + more, state, fill)
    return found


@cache
def _leaps(
    state: int, preference: int, before: str, behind: str, glue: Glue
) -> tuple[tuple[int, int, Fill], ...]:
    """The states behind a hole in one state, each with what it costs and what fills the hole."""
    fillers = _FILLERS[preference]
    made = []
    for after, (more, row) in leaps(state, preference).items():
        filler = " ".join(fillers.get(kind, _SPELLED.get(kind, kind)) for kind in row)
        made.append((after, more, Fill(f"{before}{filler}{behind}", _role(row), glue)))
    return tuple(made)


def _instead(front: _Front, holes: int, preference: int) -> _Front:
    """The states behind a word and its holes, which together may be anything, as one hole may.

    So they are where there are many holes, or where one holds a part of a keyword.
    """
    made = _behind_a_hole(front, preference, whole=False)
    found: _Front = {}
    for state, (cost, path) in made.items():
        assert path is not None
        before, fill = path
        text = f" {fill.text} "
        found[state] = (cost, _with(before, Fill(text, "clause", Glue.WORD), holes))
    return found


def _apart(
    front: _Front, parts: Sequence[str], hole: int, whole: Sequence[bool], preference: int
) -> _Front:
    """The states behind a word whose holes begin and end other tokens.

    What stands beside a hole may be a word of its own, or a part of a name that the hole begins or
    ends.
    """
    found: _Front = {}
    begun = {number for number, part in enumerate(parts) if part and _begins_a_name(number, part)}
    names = {number for number in begun if kind_of(parts[number]) == "NAME"}
    ways = [names, begun, set[int]()] if preference != 1 else [set[int](), names, begun]
    for number, way in enumerate(ways):
        for state, (cost, path) in _one_way(front, parts, hole, whole, preference, way).items():
            _keep(found, state, cost + _ASIDE * number, path)
    return found


def _begins_a_name(number: int, part: str) -> bool:
    return kind_of(f"x{part}" if number else part) not in ("NUMBER", "ID", JUNK)


def _one_way(
    front: _Front, parts: Sequence[str], hole: int, whole: Sequence[bool], preference: int,
    names: set[int],
) -> _Front:  # fmt: skip
    """The same where parts of these numbers are parts of names."""
    beside = 0
    for number, part in enumerate(parts):
        beside = 0 if part else beside + 1
        if number and beside > _BESIDE:
            fill = Fill("", "clause", Glue.PART)
            front = {state: (cost, (path, fill)) for state, (cost, path) in front.items()}
        elif number:
            before = "x " if number - 1 in names else " " if parts[number - 1] else ""
            behind = " x" if number in names else " " if part else ""
            front = _behind_a_hole(
                front, preference, whole=whole[hole + number - 1], frame=(before, behind)
            )
        if part:
            kind = "NAME" if number in names else kind_of(part)
            after: _Front = {}
            for state, way in front.items():
                if kind in steps(state):
                    _keep(after, steps(state)[kind], *way)
            front = after
    return front


def _keep(found: _Front, state: int, cost: int, path: _Path) -> None:
    if state not in found or cost < found[state][0]:
        found[state] = (cost, path)


_SPELLED = {kind: sign for sign, kind in SIGNS.items()} | {"SIGNED": "-1"}


def _role(row: Row) -> str:
    said = row[:-1] if row[-1:] == ("SEMICOLON",) else row
    if said in (("NAME",), ("NUMBER",)):
        return said[0].lower()
    return "value" if "LITERAL" in said and "NAME" not in said else "clause"
