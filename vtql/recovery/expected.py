"""What could stand at a place: read off the parser's stack, said as a reader would.

Every terminal counts that the stack of states would take in the end. Words that belong together are
named together, as `SIGHTS` says: a reader wants to hear "a value", not three kinds of token.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

from vtql.parser.lalr import END, tables

GRAMMAR = "extended"

SIGHTS: dict[str, str] = {
    "columns": "`*`, `count(*)` or the names of fields",
    "column": "the name of a field",
    "module": "the name of a module",
    "tree": "a condition such as `lastname = 'Smith'`",
    "term": "a condition such as `lastname = 'Smith'`",
    "operator": "an operator (`=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE`)",
    "values": "values",
    "value": "a value, quoted (`'Smith'`)",
    "sort_list": "the name of a field",
    "sort_field": "the name of a field",
}
"""What a production is to a reader, the widest first."""

SIGNS = {"NUMBER": "a whole number", "EQ": "=", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "STAR": "*",
         "OPEN": "(", "CLOSE": ")", "COMMA": ",", "SEMICOLON": ";", "ORDER": "ORDER BY"}  # fmt: skip
UNSAID = {END, "ORDERBY", "NOT", "BETWEEN", "IS", "EMPTY", "OFFSET"}
"""What is understood and not advertised: the server's one-word spelling, the extended language."""

_ORDER = ("SELECT", "IN", "NUMBER", "COMMA", "CLOSE", "FROM", "WHERE", "AND", "OR", "ORDER", "ASC", "DESC",
          "LIMIT", "SEMICOLON")  # fmt: skip


Stack: TypeAlias = "tuple[Stack, int] | tuple[None, int]"
"""The states of the parser: those below, and the one on top. A stack is a value, and never changes."""


def begin(grammar: str = GRAMMAR) -> Stack:
    """The stack at the start of a query."""
    return (None, tables(grammar).start)


def taken(stack: Stack, kind: str, grammar: str = GRAMMAR) -> Stack | None:
    """The stack after a terminal; None where that has no place."""
    table = tables(grammar)
    while True:
        action = table.actions[stack[1]].get(kind)
        if action is None:
            return None
        if action >= 0:
            return (stack, action)
        rule = table.rules[~action]
        for _ in rule.symbols:
            assert stack[0] is not None
            stack = stack[0]
        stack = (stack, table.gotos[stack[1]][rule.origin])
        if stack[1] == table.accept:
            return stack


def is_a_name(stack: Stack, kind: str) -> bool:
    """Whether the word of the language on top of a stack was taken for a name, as servers do."""
    table = tables(GRAMMAR)
    rules = (table.rules[~each] for each in table.actions[stack[1]].values() if each < 0)
    return kind != "NAME" and any(rule.reducer == "name" for rule in rules)


def expected(stack: Stack) -> list[str]:
    """What could stand next: phrases of `SIGHTS` and names of terminals."""
    table = tables(GRAMMAR)
    after = {kind: taken(stack, kind) for kind in table.actions[stack[1]]}
    left = {kind for kind, found in after.items() if found is not None} - UNSAID
    open_ = {
        origin
        for found in after.values()
        if found is not None and found[0] is not None
        for origin in table.gotos[found[0][1]]
    }
    said = []
    for nonterminal, phrase in SIGHTS.items():
        first = _first(nonterminal)
        if nonterminal in open_ and first & left:
            left -= first
            said.append(phrase)
    return list(dict.fromkeys(said)) + sorted(left, key=_as_in_a_query)


def could_stand(expectations: Sequence[str]) -> str:
    """A phrase of alternatives."""
    phrases = [_phrase(name) for name in expectations]
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def keywords(stack: Stack) -> list[str]:
    """The words of the language that could stand next."""
    table = tables(GRAMMAR)
    known = frozenset(table.keywords.values()) - {"ORDERBY", "IS", "EMPTY"}
    return sorted(
        kind for kind in known & table.actions[stack[1]].keys()
        if (after := taken(stack, kind)) is not None and not is_a_name(after, kind)
    )  # fmt: skip


def _as_in_a_query(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _phrase(name: str) -> str:
    if not name.isupper():
        return name
    sign = SIGNS.get(name, name)
    return sign if sign.startswith("a ") else f"`{sign}`"


@cache
def _first(nonterminal: str) -> frozenset[str]:
    """The terminals that a production can begin with; none of those in `SIGHTS` is ever empty."""
    rules = tables(GRAMMAR).rules
    found: set[str] = set()
    seen: set[str] = set()
    todo = [nonterminal]
    while todo:
        symbol = todo.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        produced = [rule.symbols[0] for rule in rules if rule.origin == symbol and rule.symbols]
        if produced:
            todo += produced
        else:
            found.add(symbol)
    return frozenset(found)
