"""Text to tree: one scan, one stack, the tables of the grammar.

A token goes to the state the table names, or first ends a production, whose function in
`vtql.syntax.reduce` makes the node. The first token that the table has no place for is the fault;
the stack of states at that moment tells what could have stood there (`vtql.syntax.faults`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vtql.ast import Select
from vtql.diagnostics import paint
from vtql.errors import QuerySyntaxError
from vtql.source import Source
from vtql.syntax.faults import TOO_LARGE, Fault, diagnose
from vtql.syntax.grammar import END, tables
from vtql.syntax.literals import too_long
from vtql.syntax.reduce import REDUCERS, NumberTooLargeError

GRAMMAR = "vtql.lark"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a text, or the fault that keeps it from having one."""

    select: Select | None
    fault: Fault | None


def parse(text: str) -> Select:
    """The tree of a query.

    Raises:
        QuerySyntaxError: the text is not VTQL; the exception's text shows where and why.
    """
    parsed = read(text)
    if parsed.fault is not None:
        raise syntax_error(Source(text), parsed.fault)
    assert parsed.select is not None
    return parsed.select


def syntax_error(source: Source, fault: Fault) -> QuerySyntaxError:
    """The exception that shows a fault in its source."""
    found = diagnose(source.text, fault)
    return QuerySyntaxError(paint(source, found), [found])


def read(text: str) -> Parsed:
    """The tree of a text or its first fault; never raises."""
    made = drive(text, GRAMMAR, REDUCERS)
    return Parsed(None, made) if isinstance(made, Fault) else Parsed(made, None)


def drive(text: str, grammar: str, named: Mapping[str, Callable[..., Any]]) -> Any:
    """What the functions in `named` make of a text by a grammar file, or its first `Fault`.

    Whatever such a function raises comes out, but for a number that it cannot hold.
    """
    table = tables(grammar)
    actions, gotos = table.actions, table.gotos
    keywords, blank, match = table.keywords, table.blank, table.scanner.match
    reducers = [(named[rule.reducer], len(rule.symbols), rule.origin) for rule in table.rules]
    states: list[int] = [table.start]
    values: list[Any] = [None]
    state, at, end = table.start, 0, len(text)
    token: Any = None
    while True:
        if at < end:
            token = match(text, at)
            if token is None:
                return Fault(grammar, at, None, tuple(states))
            kind = token.lastgroup
            if kind == blank:
                at = token.end()
                continue
            if kind == "NAME":
                kind = keywords.get(token.group().lower(), kind)
            elif kind == "LITERAL" and too_long(token.group()):
                return Fault(grammar, at, None, tuple(states))
        else:
            kind = END
        action = actions[state].get(kind)
        before = (
            states  # LALR may reduce on a token that then has no place; the fault tells of before
        )
        if action is not None and action < 0:
            before = states.copy()
        while action is not None and action < 0:
            reducer, size, origin = reducers[~action]
            if size:
                try:
                    made = reducer(*values[-size:])
                except NumberTooLargeError as error:
                    return Fault(grammar, error.token.start(), TOO_LARGE, tuple(states))
                del states[-size:], values[-size:]
            else:
                made = reducer()
            state = gotos[states[-1]][origin]
            states.append(state)
            values.append(made)
            if state == table.accept:
                return made
            action = actions[state].get(kind)
        if action is None:
            return Fault(grammar, at, kind, tuple(before))
        state = action
        states.append(state)
        values.append(token)
        at = token.end()
