"""The grammar files as parse tables. The only door to lark.

lark reads a grammar, and makes its LALR tables; `vtql.syntax.parse` drives them, for that is
several times faster than building a general tree first, and it keeps what an error message needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

END = "$END"


@dataclass(frozen=True, slots=True)
class Rule:
    """A production: what it makes, of what, and the name of the function that makes it."""

    origin: str
    symbols: tuple[str, ...]
    reducer: str


@dataclass(frozen=True, slots=True)
class Tables:
    """What it takes to read a text.

    `scanner` matches one token; the matched group is named after its terminal. A word that stands
    in `keywords`, in any case, is that terminal. An action is a state to go to, or the complement
    (`~n`) of the number of the rule to reduce by; `gotos` are the states after a reduction.
    """

    scanner: re.Pattern[str]
    blank: str
    keywords: Mapping[str, str]
    rules: tuple[Rule, ...]
    actions: tuple[Mapping[str, int], ...]
    gotos: tuple[Mapping[str, int], ...]
    start: int
    accept: int


@cache
def tables(name: str) -> Tables:
    """The tables of a grammar file such as `vtql.lark`, made once a process."""
    from lark import Lark  # noqa: PLC0415 - a program that parses nothing need not load it

    lark = Lark(grammar_text(name), parser="lalr", lexer="basic", maybe_placeholders=False)
    return _convert(lark)


def grammar_text(name: str) -> str:
    """The text of a grammar file, from the installed package or from a checkout."""
    packaged = files("vtql") / "grammar" / name
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[2] / "grammar" / name).read_text("utf-8")


def _convert(lark: Any) -> Tables:
    from lark.lexer import PatternStr  # noqa: PLC0415 - see above
    from lark.parsers.lalr_analysis import Shift  # noqa: PLC0415 - see above

    rules = tuple(
        Rule(
            str(rule.origin.name),
            tuple(str(symbol.name) for symbol in rule.expansion),
            str(rule.alias or rule.origin.name),
        )
        for rule in lark.rules
    )
    number = {rule: position for position, rule in enumerate(lark.rules)}
    table = lark.parser.parser._parse_table  # noqa: SLF001 - lark has no public name for it
    nonterminals = {rule.origin for rule in rules}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in range(len(table.states)):
        actions.append({})
        gotos.append({})
        for symbol, (action, argument) in table.states[state].items():
            if symbol in nonterminals:
                gotos[state][str(symbol)] = argument
            elif action is Shift:
                actions[state][str(symbol)] = argument
            else:
                actions[state][str(symbol)] = ~number[argument]
    keywords, patterns = {}, []
    for terminal in lark.terminals:
        if isinstance(terminal.pattern, PatternStr) and "i" in terminal.pattern.flags:
            keywords[terminal.pattern.value] = str(terminal.name)
        else:
            patterns.append(terminal)
    patterns.sort(key=lambda terminal: (isinstance(terminal.pattern, PatternStr),
                                        -len(terminal.pattern.value)))  # fmt: skip
    scanner = "|".join(f"(?P<{each.name}>{each.pattern.to_regexp()})" for each in patterns)
    return Tables(
        scanner=re.compile(scanner),
        blank=str(lark.ignore_tokens[0]),
        keywords=keywords,
        rules=rules,
        actions=tuple(actions),
        gotos=tuple(gotos),
        start=table.start_states["start"],
        accept=table.end_states["start"],
    )
