"""What the grammar files become: the tables that a parser reads.

They are made by lark (`vtql.syntax.grammar`) and kept as Python modules in `vtql/syntax/made/`, so
that a program that parses need not load lark. A test holds them to the grammar files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

END = "$END"
JUNK = "$JUNK"


@dataclass(frozen=True, slots=True)
class Rule:
    """A production: what it makes, of what, and the name of the function that makes it."""

    origin: str
    symbols: tuple[str, ...]
    reducer: str


@dataclass(frozen=True, slots=True)
class Tables:
    """What it takes to read a text.

    `scanner` is a regular expression for a token and the blanks behind it; `kinds` has
    the terminal of each group, the last one, `$JUNK`, a character that begins none. `blank` is one for
    blanks. A word that stands in `keywords`, in any case, is that terminal. An action is a state to go to, or the complement
    (`~n`) of the number of the rule to reduce by; `gotos` are the states after a reduction.
    """

    scanner: str
    blank: str
    kinds: tuple[str, ...]
    keywords: Mapping[str, str]
    rules: tuple[Rule, ...]
    actions: tuple[Mapping[str, int], ...]
    gotos: tuple[Mapping[str, int], ...]
    start: int
    accept: int


@cache
def tables(name: str) -> Tables:
    """The tables of a grammar file, by its name without the ending: `vtql` or `extended`."""
    made = import_module(f"vtql.syntax.made.{name}")
    return Tables(
        made.SCANNER, made.BLANK, made.KINDS, made.KEYWORDS, tuple(Rule(*row) for row in made.RULES),
        made.ACTIONS, made.GOTOS, made.START, made.ACCEPT,
    )  # fmt: skip
