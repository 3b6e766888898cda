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
and everything around that a finding spans. Nor is what the fillings agree on and something else in a
hole could answer (`vtql.embedded.standing`). The marks of the fillings differ, too, so that a message
that quotes one is not the same in the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vtql.embedded.apart import ASIDE, BESIDE, apart
from vtql.embedded.filled import Fill, Filled, Glue, written
from vtql.embedded.holes import FILLERS, Front, behind_a_hole, instead, keep, several
from vtql.embedded.tokens import Token, kinds_with_holes, tokens_of
from vtql.embedded.walks import PREFERENCES, leaps, start, steps
from vtql.parser.lalr import END

LONGEST = 20_000
"""Tokens of a string with holes that are followed; a server takes a query of some 8,000 bytes."""

_JOINT = re.compile(r"[0-9_]\Z")
_ODDLY = 5_000
_MISSING, _ODD = 10_000, 25_000
_MENDED = 20
_IN_A_WORD = 6


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


def _filled(
    text: str, mark: str, tokens: Sequence[Token], whole: Sequence[bool], preference: int
) -> Filled:
    front: Front = {start(): (0, None)}
    odd = beside = 0
    for token in tokens:
        spelled = text[token.span.start : token.span.end]
        beside = beside + 1 if spelled == mark and not whole[token.hole] else 0
        if beside > BESIDE:
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
                    keep(after, state, *way)
        front = after
    ended = [way for state, way in front.items() if END in steps(state)]
    _, path = min(ended or front.values(), key=lambda way: way[0])
    fills: list[Fill] = []
    while path is not None:
        path, fill = path
        fills.append(fill)
    return written(text, mark, tokens, fills[::-1])


def _skipped(front: Front, holes: int) -> Front:
    """The states behind a token that is left out, for it has no place."""
    fill: Fill = Fill("hole", "clause", Glue.PART)
    return {
        state: (cost + _ODD, several(path, fill, holes)) for state, (cost, path) in front.items()
    }


def _anywhere(front: Front) -> Front:
    """The states that can be reached from those of a front, for something may be missing."""
    found: Front = {}
    for state, (cost, path) in front.items():
        for after, (_, row) in leaps(state, 0).items():
            keep(found, after, cost + _MISSING * (1 + len(row)), path)
    return found


def _behind(
    front: Front, token: Token, spelled: str, mark: str, whole: Sequence[bool], preference: int
) -> Front:
    """The states behind a token."""
    if token.kind:
        found: Front = {}
        fill: Fill = Fill(FILLERS[preference][""], "literal", Glue.PART)
        if token.kind == "SIGNED":
            fill = Fill("1", "value", Glue.PART)
        for state, (cost, path) in front.items():
            after = steps(state).get(token.kind)
            if after is not None:
                keep(found, after, cost, several(path, fill, spelled.count(mark)))
        if token.kind == "SIGNED" and mark in spelled:
            for state, (cost, path) in instead(front, spelled.count(mark), preference).items():
                keep(found, state, cost + _ODDLY, path)
        return found
    if spelled == mark:
        return behind_a_hole(front, preference, whole=whole[token.hole])
    found = {}
    parts = spelled.split(mark)
    role = "word" if _JOINT.search(parts[0]) or parts[-1].startswith("_") else "clause"
    if len(parts) > _IN_A_WORD:
        return instead(front, len(parts) - 1, preference)
    for kind, filler in kinds_with_holes(parts):
        fill = Fill(filler, role, Glue.PART)
        if kind == "NAME" and preference:
            fill = Fill(FILLERS[preference][kind], role, Glue.WORD)
        for state, (cost, path) in front.items():
            after = steps(state).get(kind)
            if after is not None:
                then = several(path, fill, len(parts) - 1)
                keep(found, after, cost + ASIDE * (preference == 1), then)
    for state, way in apart(front, parts, token.hole, whole, preference).items():
        keep(found, state, way[0] + ASIDE * (preference != 1), way[1])
    for state, (cost, path) in instead(front, len(parts) - 1, preference).items():
        keep(found, state, cost + _ODDLY, path)
    return found
