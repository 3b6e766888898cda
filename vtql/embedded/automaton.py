"""The stacks of the parser as the states of an automaton, and the tokens that lead from one to another.

A query is a walk through this automaton, and a placeholder may be any walk: see
`vtql.embedded.placeholders`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from typing import NamedTuple, TypeAlias

from vtql.parser.lalr import END, JUNK, Stack, shift, start_stack, tables
from vtql.source import Span

GRAMMAR = "vtql"
FOR_SPEED = ("", "LITERALS", "PLAIN", JUNK)
"""Kinds of tokens that the lexer has for speed only; the language is the same without them."""

UNUSUAL = 100
"""The cost of each token of a row that is in no table of preferences."""

Row: TypeAlias = tuple[str, ...]

_CONDITION = ("NAME", "EQ", "LITERAL")

_NUMBERS: dict[Stack, int] = {}
_STACKS: dict[int, Stack] = {}
_NEXT = count()


@cache
def start() -> int:
    """The state at the beginning of a query."""
    return _number(start_stack(GRAMMAR))


@cache
def transitions(state: int) -> Mapping[str, int]:
    """The state after each kind of token, and END where a query may end.

    A state gets its number when it is first reached: a text whose placeholders are in literals comes
    to a few of them, and all together take some milliseconds.
    """
    states: dict[str, int] = {}
    for kind in _kinds():
        after = shift(_STACKS[state], kind, GRAMMAR)
        if after is not None:
            states[kind] = _number(after)
    if shift(_STACKS[state], END, GRAMMAR) is not None:
        states[END] = state
    return states


@cache
def _kinds() -> Sequence[str]:
    table = tables(GRAMMAR)
    return sorted((set(table.kinds) | set(table.keywords.values())) - set(FOR_SPEED))


def _number(stack: Stack) -> int:
    """The number of a stack, also where several threads ask for it."""
    if stack not in _NUMBERS:
        number = next(_NEXT)
        _STACKS[number] = stack  # before the number is known, so that nobody misses it
        _NUMBERS.setdefault(stack, number)
    return _NUMBERS[stack]


def walk(state: int, row: Row) -> int | None:
    """The state after a row of tokens; None where they are not possible."""
    for kind in row:
        after = transitions(state).get(kind)
        if after is None:
            return None
        state = after
    return state


LEAST: tuple[Row, ...] = ((), ("LITERAL",), ("NAME",), ("NUMBER",), _CONDITION)
"""As little as makes a query."""

_AND = ("AND", *_CONDITION)
_MORE_CONDITIONS = (*_CONDITION, *_AND)
_WHERE = ("WHERE", *_MORE_CONDITIONS)
_BEGINNINGS: tuple[Row, ...] = (
    _WHERE, _AND, _MORE_CONDITIONS, ("EQ", "LITERAL", *_AND), ("LITERAL", *_AND), ("NAME", *_WHERE),
    ("NAME",), ("LITERAL",), (),
)  # fmt: skip
"""What may come before ORDER BY in a placeholder, from the middle of a condition on."""

_ENDINGS: tuple[Row, ...] = tuple(
    (*order, *limit, *semicolon)
    for order in (("ORDER", "BY", "NAME"), ())
    for limit in (("LIMIT", "NUMBER", "COMMA", "NUMBER"), ())
    for semicolon in (("SEMICOLON",), ())
)

MUCH: tuple[Row, ...] = (
    ("AND",),
    *sorted((beginning + ending for beginning in _BEGINNINGS for ending in _ENDINGS), key=len, reverse=True),
)  # fmt: skip
"""Further conditions that must hold, an order and a limit, those rows first that have more of them."""

PREFERENCES = (LEAST, MUCH)


@cache
def reachable(state: int, preference: int) -> Mapping[int, tuple[int, Row]]:
    """Each state that can be reached, with the cost of the row of tokens that leads there, and the row.

    The rows of a preference come first, the earlier the cheaper; then the shortest that there is.
    """
    rows: dict[int, tuple[int, Row]] = {}
    for cost, row in enumerate(PREFERENCES[preference]):
        after = walk(state, row)
        if after is not None:
            rows.setdefault(after, (cost, row))
    shortest: dict[int, Row] = {state: ()}
    queue = [state]
    for reached in queue:  # which grows in the loop
        for after, kind in _successors(reached).items():
            if after not in shortest:
                shortest[after] = (*shortest[reached], kind)
                queue.append(after)
    for after, row in shortest.items():
        rows.setdefault(after, (UNUSUAL * (1 + len(row)), row))
    return rows


@cache
def _successors(state: int) -> Mapping[int, str]:
    """The states one token further, each with one kind of token that leads there."""
    return {
        after: kind for kind, after in reversed(list(transitions(state).items())) if kind != END
    }


SIGNS = {">=": "GE", "<=": "LE", "!=": "NE", ")": "CLOSE", ",": "COMMA", "=": "EQ", ">": "GT",
          "<": "LT", "(": "OPEN", ";": "SEMICOLON", "*": "STAR"}  # fmt: skip


class Token(NamedTuple):
    """A token: its kind, empty where it depends on a placeholder, and the number of its first one."""

    kind: str
    span: Span
    placeholder: int


def tokenize(text: str, mark: str) -> Iterator[Token]:
    """The tokens of a query that has marks for its placeholders."""
    placeholders = 0
    for match in _lexer(mark).finditer(text):
        kind, word = match.lastgroup or "", match.group()
        if kind == "BLANK":
            continue
        inside = word.count(mark)
        if kind == "WORD" and inside:
            kind = ""
        elif kind == "WORD":
            kind = kind_of(word)
        elif kind == "SIGN":
            kind = SIGNS[word]
        yield Token(kind, Span(*match.span()), placeholders)
        placeholders += inside


@cache
def _lexer(mark: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<BLANK>[ \t\r\n]+)|(?P<LITERAL>'(?:[^']|'')*+')|(?P<WORD>[\w{mark}]+)"
        rf"|(?P<SIGNED>[+-][0-9{mark}]+)|(?P<SIGN>[<>!]=|[<>=(),;*])|(?P<JUNK>[\s\S])"
    )


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[0-9]+")
_ID = re.compile(r"[0-9]+x[0-9]+")


def kind_of(word: str) -> str:
    """The kind of a word without placeholders."""
    if _NAME.fullmatch(word):
        return tables(GRAMMAR).keywords.get(word.lower(), "NAME")
    if _NUMBER.fullmatch(word):
        return "NUMBER"
    return "ID" if _ID.fullmatch(word) else JUNK


def kinds_with_placeholders(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The kinds of one token that a word can be, each with the value of its placeholders then."""
    if _NAME.fullmatch("x".join(parts)):
        yield "NAME", "x"
    if _NUMBER.fullmatch("1".join(parts)):
        yield "NUMBER", "1"
    if _ID.fullmatch("1".join(parts)):
        yield "ID", "1"
