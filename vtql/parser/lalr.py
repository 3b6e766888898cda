"""Tokens to a tree: one scan, one stack, the tables of a grammar.

What makes it fast is what it leaves out. Tokens are found by one regular expression for all of
them, which passes over blanks by itself. A production of a single symbol, whose end no further
token decides (`field: NAME`), costs no step of its own: `machine` follows such productions
beforehand, so that a token or a node comes with the functions that it goes through and the state
that it ends in. A node is made in the reduction, from the matches of its tokens; there is no
general tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain
from typing import Any, Protocol, TypeAlias

from vtql.source import Span

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
    module = import_module(f"vtql.parser.generated.{name}")
    return Tables(
        module.SCANNER, module.BLANK, module.KINDS, module.KEYWORDS, tuple(Rule(*row) for row in module.RULES),
        module.ACTIONS, module.GOTOS, module.START, module.ACCEPT,
    )  # fmt: skip


class Token(Protocol):
    """A match of the scanner, or what looks like one."""

    @property
    def lastindex(self) -> int:
        """The number of the group that is the token."""

    @property
    def string(self) -> str:
        """The text that it was found in."""

    def __getitem__(self, group: int, /) -> str: ...

    def span(self, group: int, /) -> tuple[int, int]:
        """Where a group stands."""

    def start(self) -> int:
        """Where the token begins."""


class RefusedTokenError(Exception):
    """What a function of a production raises about a token that the grammar could not rule out."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def place(token: Token) -> Span:
    """Where a token stands, without the blanks behind it."""
    return Span(*token.span(token.lastindex))


Reducer: TypeAlias = Callable[..., Any]
Action: TypeAlias = tuple[int, Any, Any]
"""Of a token: -1, the function it goes through or None, the next state. Of the end of a production:
how many symbols it has, the function that makes it, and its name."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The offset of the first token that has no place; the text's length at its end."""

    at: int


def drive(machine: Machine, text: str, start: int = 0, end: int | None = None) -> Any:
    """What a machine makes of a text, or of its characters `start` to `end`; or the first `Stop`."""
    end = len(text) if end is None else end
    blank = machine.blank(text, start, end)
    tokens = machine.find(text, blank.end() if blank else start, end)
    return drive_tokens(machine, machine.kinds, tokens, end)


def drive_tokens(machine: Machine, kinds: Any, tokens: Iterable[Any], end: int) -> Any:
    """The same for tokens, each a match or what looks like one; `kinds[token.lastindex]` is its kind."""
    try:
        return _run(machine, kinds, tokens, end)
    except RefusedTokenError as error:
        return Stop(error.at)


def _run(machine: Machine, kinds: Any, tokens: Iterable[Any], end: int) -> Any:
    keywords, actions, gotos, accept = (
        machine.keywords, machine.actions, machine.gotos, machine.accept,
    )  # fmt: skip
    state = machine.start
    stack: Any = (None, state, None)  # what lies below, the state, the value
    for token in chain(tokens, (None,)):
        if token is None:
            kind = END
        else:
            group = token.lastindex
            kind = kinds[group]
            if kind == "NAME":
                kind = keywords.get(token[group].lower(), kind)
        while True:
            action = actions[state].get(kind)
            if action is None:
                return Stop(end if token is None else token.start())
            size, function, target = action
            if size < 0:
                state = target
                stack = stack, state, token if function is None else function(token)
                break
            if size == 3:
                below, _, third = stack
                below, _, second = below
                below, _, first = below
                node = function(first, second, third)
            else:
                below, parts = stack, []
                for _ in range(size):
                    below, _, part = below
                    parts.append(part)
                node = function(*reversed(parts))
            state, then = gotos[below[1]][target]
            stack = below, state, node if then is None else then(node)
            if state == accept:
                return stack[2]
    raise AssertionError("the end of the text accepts or stops")


@dataclass(frozen=True, slots=True)
class Machine:
    """The tables with the functions of their productions in place."""

    find: Callable[[str, int, int], Iterator[re.Match[str]]]
    blank: Callable[[str, int, int], re.Match[str] | None]
    kinds: tuple[str, ...]
    names: Mapping[str, str]
    keywords: Mapping[str, str]
    actions: tuple[Mapping[str, Action], ...]
    gotos: tuple[Mapping[str, tuple[int, Reducer | None]], ...]
    start: int
    accept: int


def machine(grammar: str, reducers: Mapping[str, Reducer]) -> Machine:
    """A machine for a grammar.

    Args:
        grammar: the name of a grammar file, without the ending.
        reducers: the function for each name behind `->`; it is given the match of a terminal and
            whatever the functions before it made of the rest.
    """
    table = tables(grammar)
    actions: list[dict[str, Action]] = []
    for row in table.actions:
        actions.append({})
        for kind, action in row.items():
            if action < 0:
                rule = table.rules[~action]
                actions[-1][kind] = (len(rule.symbols), reducers[rule.reducer], rule.origin)
    gotos = tuple(
        {origin: _followed(table, reducers, state, target) for origin, target in row.items()}
        for state, row in enumerate(table.gotos)
    )
    for state, row in enumerate(table.actions):
        for kind, action in row.items():
            if action >= 0:
                target, function = _followed(table, reducers, state, action)
                actions[state][kind] = (-1, function, target)
    return Machine(
        re.compile(table.scanner).finditer, re.compile(table.blank).match, table.kinds,
        {kind: kind for kind in table.kinds}, table.keywords, tuple(actions), gotos,
        table.start, table.accept,
    )  # fmt: skip


def _followed(
    table: Tables, reducers: Mapping[str, Reducer], state: int, target: int
) -> tuple[int, Reducer | None]:
    """Where a symbol that leads from `state` to `target` ends, and the function on the way."""
    function: Reducer | None = None
    while (rule := _only_rule(table, target)) is not None:
        target = table.gotos[state][table.rules[rule].origin]
        function = _composed(function, reducers[table.rules[rule].reducer])
    return target, function


def _only_rule(table: Tables, state: int) -> int | None:
    """The production of one symbol that a state ends whatever follows; None of other states."""
    ends = set(table.actions[state].values())
    if len(ends) != 1 or table.gotos[state] or state == table.accept:
        return None
    (action,) = ends
    return ~action if action < 0 and len(table.rules[~action].symbols) == 1 else None


def _composed(first: Reducer | None, second: Reducer) -> Reducer:
    if first is None:
        return second
    return lambda value: second(first(value))


EXTENDED = "extended"
"""The grammar that contains the others."""

Stack: TypeAlias = "tuple[Stack, int] | tuple[None, int]"
"""The states of the parser: those below, and the one on top. A stack is a value, and never changes."""


def start_stack(grammar: str = EXTENDED) -> Stack:
    """The stack at the start of a query."""
    return (None, tables(grammar).start)


def shift(stack: Stack, kind: str, grammar: str = EXTENDED) -> Stack | None:
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


def shifted_as_name(stack: Stack, kind: str) -> bool:
    """Whether the word of the language on top of a stack was taken for a name, as servers do."""
    table = tables(EXTENDED)
    rules = (table.rules[~action] for action in table.actions[stack[1]].values() if action < 0)
    return kind != "NAME" and any(rule.reducer == "name" for rule in rules)
