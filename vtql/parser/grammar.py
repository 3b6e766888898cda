"""The grammar files to parse tables, and to the Python modules that keep them. The only door to lark.

Nothing imports this but who makes the tables anew: `pytest --update tests/test_grammar.py`.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import Shift

from vtql.parser.lalr import JUNK, Rule, Tables


def grammar_text(name: str) -> str:
    """The text of a grammar file, from the installed package or from a checkout."""
    packaged = files("vtql") / "grammar" / f"{name}.lark"
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[2] / "grammar" / f"{name}.lark").read_text("utf-8")


def make(name: str) -> Tables:
    """The tables of a grammar file, by its name without the ending."""
    lark = Lark(grammar_text(name), parser="lalr", lexer="basic", maybe_placeholders=False)
    actions, gotos = _actions_and_gotos(lark)
    patterns = {
        str(terminal.name): terminal.pattern
        for terminal in lark.terminals
        if terminal.name not in lark.ignore_tokens and not _is_keyword(terminal)
    }
    # As lark orders them: an expression before a sign, the longer before the shorter.
    kinds = sorted(
        patterns,
        key=lambda kind: (
            isinstance(patterns[kind], PatternStr),
            -len(patterns[kind].value),
            kind,
        ),
    )
    (blank,) = (
        terminal.pattern.value for terminal in lark.terminals if terminal.name in lark.ignore_tokens
    )
    scanner = "|".join(f"({patterns[kind].to_regexp()})" for kind in kinds)
    return Tables(
        scanner=rf"(?:{scanner}|((?!{blank})[\s\S]))(?:{blank})?",
        blank=blank,
        kinds=_kinds(kinds, patterns),
        keywords={
            terminal.pattern.value: str(terminal.name)
            for terminal in lark.terminals
            if _is_keyword(terminal)
        },
        rules=_rules(lark),
        actions=actions,
        gotos=gotos,
        start=0,
        accept=_in_order(lark).index(_table(lark).end_states["start"]),
    )


def _kinds(kinds: list[str], patterns: dict[str, Any]) -> tuple[str, ...]:
    """The terminal of each group of the scanner; a terminal's own groups are its, too."""
    groups = [""]
    for kind in kinds:
        groups += [kind] * (1 + re.compile(patterns[kind].to_regexp()).groups)
    return (*groups, JUNK)


def _is_keyword(terminal: Any) -> bool:
    return isinstance(terminal.pattern, PatternStr) and "i" in terminal.pattern.flags


def _rules(lark: Any) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            str(rule.origin.name),
            tuple(str(symbol.name) for symbol in rule.expansion),
            str(rule.alias or rule.origin.name),
        )
        for rule in lark.rules
    )


def _actions_and_gotos(
    lark: Any,
) -> tuple[tuple[dict[str, int], ...], tuple[dict[str, int], ...]]:
    """The tables with their states numbered anew: lark numbers them as a set happens to be laid."""
    states = _table(lark).states
    nonterminals = {str(rule.origin.name) for rule in lark.rules}
    rule_number = {rule: position for position, rule in enumerate(lark.rules)}
    state_number = {state: position for position, state in enumerate(_in_order(lark))}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in state_number:
        actions.append({})
        gotos.append({})
        for symbol, (action, argument) in sorted(states[state].items()):
            if action is not Shift:
                actions[-1][str(symbol)] = ~rule_number[argument]
            elif symbol in nonterminals:
                gotos[-1][str(symbol)] = state_number[argument]
            else:
                actions[-1][str(symbol)] = state_number[argument]
    return tuple(actions), tuple(gotos)


def _in_order(lark: Any) -> list[int]:
    """Lark's numbers of the states, in the order in which they are met from the start."""
    states = _table(lark).states
    order = [_table(lark).start_states["start"]]
    for state in order:
        for _, (action, argument) in sorted(states[state].items()):
            if action is Shift and argument not in order:
                order.append(argument)
    return order


def _table(lark: Any) -> Any:
    return lark.parser.parser._parse_table  # noqa: SLF001 - lark has no public name for it


def module_text(name: str, tables: Tables) -> str:
    """The Python module that keeps the tables of a grammar file."""
    head = (
        f'"""Made from grammar/{name}.lark: `pytest --update tests/test_grammar.py`."""\n\n'
        "from collections.abc import Mapping\n\n"
    )
    rules = tuple((rule.origin, rule.symbols, rule.reducer) for rule in tables.rules)
    return head + "".join(
        (
            f"SCANNER = {tables.scanner!r}\n",
            f"BLANK = {tables.blank!r}\n",
            f"KINDS = {tables.kinds!r}\n",
            f"KEYWORDS = {dict(tables.keywords)!r}\n",
            _lines("RULES", rules),
            _lines("ACTIONS: tuple[Mapping[str, int], ...]", tables.actions),
            _lines("GOTOS: tuple[Mapping[str, int], ...]", tables.gotos),
            f"START, ACCEPT = {tables.start}, {tables.accept}\n",
        )
    )


def _lines(name: str, rows: tuple[Any, ...]) -> str:
    return f"{name} = (\n" + "".join(f"    {row!r},\n" for row in rows) + ")\n"
