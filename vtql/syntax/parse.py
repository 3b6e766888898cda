"""Text to tree: one scan, one stack, the tables of the grammar.

A token goes to the state the table names, or first ends a production, whose function in
`vtql.syntax.reduce` makes the node. The first token that the table has no place for is the fault;
the stack of states at that moment tells what could have stood there (`vtql.syntax.faults`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vtql.ast import Select
from vtql.errors import QuerySyntaxError
from vtql.source import Source
from vtql.syntax.faults import TOO_LARGE, Fault, diagnose
from vtql.syntax.grammar import END, tables
from vtql.syntax.literals import LITERAL_BYTES, too_long
from vtql.syntax.reduce import REDUCERS, NumberTooLargeError


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
    if parsed.select is None:
        raise syntax_error(Source(text), parsed)
    return parsed.select


def syntax_error(source: Source, parsed: Parsed) -> QuerySyntaxError:
    """The exception that shows a fault in its source."""
    from vtql.diagnostics import paint  # noqa: PLC0415 - only a broken query needs the painter

    assert parsed.fault is not None
    found = diagnose(source.text, parsed.fault)
    return QuerySyntaxError(paint(source, found), [found])


def read(text: str) -> Parsed:
    """The tree of a text or its first fault; never raises."""
    table = tables("vtql.lark")
    actions, gotos, rules = table.actions, table.gotos, table.rules
    keywords, blank, match = table.keywords, table.blank, table.scanner.match
    reducers = [(REDUCERS[rule.reducer], len(rule.symbols), rule.origin) for rule in rules]
    states, values = [table.start], [None]
    state, at, end = table.start, 0, len(text)
    token: Any = None
    while True:
        if at < end:
            token = match(text, at)
            if token is None:
                return Parsed(None, Fault(at, None, tuple(states)))
            kind = token.lastgroup
            if kind == blank:
                at = token.end()
                continue
            if kind == "NAME":
                kind = keywords.get(token.group().lower(), kind)
            elif kind == "LITERAL" and token.end() - at > LITERAL_BYTES // 4:
                if too_long(token.group()):
                    return Parsed(None, Fault(at, None, tuple(states)))
        else:
            kind = END
        action = actions[state].get(kind)
        while action is not None and action < 0:
            reducer, size, origin = reducers[~action]
            if size:
                try:
                    made = reducer(*values[-size:])
                except NumberTooLargeError as error:
                    return Parsed(None, Fault(error.token.start(), TOO_LARGE, tuple(states)))
                del states[-size:], values[-size:]
            else:
                made = reducer()
            state = gotos[states[-1]][origin]
            states.append(state)
            values.append(made)
            if state == table.accept:
                return Parsed(made, None)
            action = actions[state].get(kind)
        if action is None:
            return Parsed(None, Fault(at, kind, tuple(states)))
        state = action
        states.append(state)
        values.append(token)
        at = token.end()
