"""What a construct of another language is: a row of the tables.

A row's pattern is a regular expression, not over the text but over the *keys* of its pieces: a word
stands for itself in lower case, everything else for its kind in capitals, each with a blank behind.
`select a from B where c is null;` has the keys `select a from b where c is null SEMICOLON `, and
`is (?:not )?null ` finds the test in them, whatever blanks, comments and cases were between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias

from vtql.recovery.pieces import Piece

NO_NAMES = (
    "where", "order", "orderby", "limit", "group", "having", "union", "join", "inner", "left",
    "right", "full", "cross", "on", "as", "and", "or", "offset", "fetch", "from", "in", "like",
    "not", "is", "between", "select", "into", "straight_join", "groupby", "natural",
)  # fmt: skip
"""Words that are no names, where one is meant."""

VALUES = (
    "LITERAL", "DOUBLE", "CURLY", "NUMBER", "SIGNED", "ID", "DECIMAL", "DATE", "ODDDATE", "TIME",
    "EMAIL", "URL", "WORD", "SUM", "GLUED", "HOLE", "ANY",
)  # fmt: skip
"""Kinds of pieces that a value may be."""

NAME = rf"(?!(?:{'|'.join(NO_NAMES)}) )[a-z_]\w* "
VALUE = rf"(?:{'|'.join(VALUES)}) "
COMPARES = r"(?:[ENLG][QTE]|[<>=!]+|i?like) "
"""EQ, NE, LT, LE, GT, GE, and the operators of other languages: said shortly, it compiles faster."""

CONDITION = r"(?:where|and|or|not|OPEN|&&|\|\||BANG) "
"""Behind what a condition stands."""

CONDITION_ENDS = r"(?=(?:and|or|&&|\|\||CLOSE|order|orderby|limit|group|SEMICOLON) |\Z)"
NEXT_CLAUSE = r"(?=(?:where|group|groupby|having|order|orderby|limit|offset|fetch|union|intersect|except|minus|for|SEMICOLON) |\Z)"

Becomes: TypeAlias = Callable[[Sequence[Piece], Callable[[str], Sequence[Piece]]], list[Piece]]
"""From the pieces of a construct, and of a group of its pattern, to those that go on in its place."""


@dataclass(frozen=True, slots=True)
class Construct:
    """A row: what people write, and what there is to say about it.

    `trigger` is what every occurrence has, and what is looked for before a pattern is compiled: a
    key, some in a row (`not in`), or one somewhere behind another (`from … COMMA`); NAME, VALUE and
    COMPARES in it stand for any key of that sort (`COMPARES VALUE COMMA`). What is found is the group `here` of the pattern,
    or all of it. `message` says what it is and what a server does with it, `help` what to write
    instead; `{found}` in them is the text itself, `{answer}` what a server answers to it, and `{value}`
    what it answers to it as a value. `becomes` says how to go on, None with the construct
    itself; `exact` whether the query still means the same then. `compiles` says that the extended
    language has the construct, `by_compiling` that what goes on is of that language and no VTQL yet.
    """

    slug: str
    trigger: str
    pattern: str
    message: str
    help: str
    becomes: Becomes | None = None
    exact: bool = True
    compiles: bool = False
    by_compiling: bool = False

    @property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first used: most rows never are."""
        return _compiled(self.pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def construct(
    slug: str, trigger: str, pattern: str, message: str, help_: str,
    becomes: Becomes | None = None,
) -> Construct:  # fmt: skip
    """A row whose meaning stays."""
    return Construct(slug, trigger, rf"(?<![^ ]){pattern}", message, help_, becomes)


def extended(
    slug: str, trigger: str, pattern: str, message: str, help_: str,
    becomes: Becomes | None = None,
) -> Construct:  # fmt: skip
    """A row of what the extended language has; VTQL itself only has what it becomes, if anything."""
    row = construct(slug, trigger, pattern, message, help_, becomes)
    return replace(row, compiles=True, by_compiling=becomes is None)


def respelled(
    slug: str, trigger: str, pattern: str, message: str, help_: str, becomes: Becomes
) -> Construct:
    """A row of what the extended language has in another spelling, and VTQL not at all."""
    return replace(extended(slug, trigger, pattern, message, help_, becomes), by_compiling=True)


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
