"""Railroad diagrams of the language, drawn from the grammar files.

A production becomes a small tree of what may follow what, and the tree a drawing. A rule that
begins with itself is a list, so a loop; an empty alternative is a way around; alternatives that
begin alike part where they differ. `TABLE` says which symbols get a picture of their own.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import railroad  # type: ignore[import-untyped] # it has annotations, and does not say so
from lark import Lark
from lark.lexer import PatternStr

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "docs" / "reference" / "diagrams"


# What becomes of each symbol


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of a rule or a terminal.

    `picture`: drawn in `<label>.svg`, and a box with the last word of that name elsewhere;
    `box`: never drawn, a box of that label; `inlined`: drawn in the midst of what it is part of;
    `hidden`: not drawn, nor any alternative with it. What `lark` calls it is the key of the table.
    """

    how: Literal["picture", "box", "inlined", "hidden"]
    label: str = ""
    title: str = ""


INLINED = Row("inlined")
ELSEWHERE = Row("hidden")
"""The pictures of `vtql.lark` show it."""
FOR_SPEED = Row("hidden")
"""What it matches, other alternatives match, too."""

TABLE: Mapping[str, Mapping[str, Row]] = {
    "vtql.lark": {
        "start": Row("hidden"),
        "query": Row("picture", "query", "A query"),
        "columns": Row("picture", "columns", "What to return"),
        "column_list": INLINED,
        "column": Row("box", "field"),
        "module": Row("box", "module"),
        "where": Row("picture", "where", "Which records"),
        "chain": INLINED,
        "condition": Row("picture", "condition", "A condition"),
        "operator": INLINED,
        "values": INLINED,
        "field": Row("box", "field"),
        "value": Row("picture", "value", "A value"),
        "order": Row("picture", "order", "In which order"),
        "order_by": INLINED,
        "sort_list": INLINED,
        "sort_field": Row("box", "field"),
        "direction": INLINED,
        "limit": Row("picture", "limit", "How many records"),
        "NAME": Row("picture", "name", "The name of a module or a field"),
        "LITERAL": Row("picture", "literal", "A literal"),
        "NUMBER": Row("box", "number"),
        "SIGNED": INLINED,
        "ID": INLINED,
        "LITERALS": FOR_SPEED,
        "PLAIN": FOR_SPEED,
    },
    "extended.lark": {
        "start": Row("hidden"),
        "query": ELSEWHERE,
        "end": ELSEWHERE,
        "columns": ELSEWHERE,
        "column_list": ELSEWHERE,
        "column": ELSEWHERE,
        "module": ELSEWHERE,
        "where": INLINED,
        "tree": Row("picture", "extended-conditions", "Conditions of the extended language"),
        "alternatives": INLINED,
        "conjunction": INLINED,
        "terms": INLINED,
        "term": Row("picture", "extended-term", "A term of the extended language"),
        "condition": Row("picture", "extended-condition", "A condition of the extended language"),
        "operator": INLINED,
        "field": Row("box", "field"),
        "values": INLINED,
        "value": Row("picture", "extended-value", "A value of the extended language"),
        "order": ELSEWHERE,
        "order_by": ELSEWHERE,
        "sort_list": ELSEWHERE,
        "sort_field": ELSEWHERE,
        "direction": ELSEWHERE,
        "limit": Row("picture", "extended-limit", "How many records, in the extended language"),
        "LITERAL": Row("box", "literal"),
        "DOUBLE": Row("box", "literal in double quotes"),
        "NUMBER": Row("box", "number"),
        "SIGNED": INLINED,
        "ID": INLINED,
    },
}  # fmt: skip


def pictures() -> list[tuple[str, str]]:
    """Each picture, as its grammar file and its symbol."""
    return [
        (name, symbol)
        for name, rows in TABLE.items()
        for symbol, row in rows.items()
        if row.how == "picture"
    ]


# What may follow what


@dataclass(frozen=True, slots=True)
class Word:
    """Characters as they are written."""

    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """The name of something that is shown elsewhere."""

    label: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other; none at all if it is empty."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Maybe:
    """A part, or nothing."""

    part: Node


@dataclass(frozen=True, slots=True)
class Loop:
    """A part once or more, with something between each two."""

    part: Node
    between: Node = Sequence()


Node: TypeAlias = Word | Box | Sequence | Choice | Maybe | Loop
NOTHING = Sequence()


def sequence(*parts: Node) -> Node:
    """The parts in a row, sequences among them dissolved."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Sequence) else [part]
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def choice(options: Iterable[Node]) -> Node:
    """One of the options, choices among them dissolved; nothing as an option is a way around."""
    flat: dict[Node, None] = {}
    for option in options:
        flat |= dict.fromkeys(option.options if isinstance(option, Choice) else [option])
    some = [option for option in flat if option != NOTHING]
    if len(some) < len(flat):
        return Maybe(choice(some)) if some else NOTHING
    return some[0] if len(some) == 1 else Choice(tuple(some))


def loop(part: Node, between: Node = NOTHING) -> Node:
    """Once or more. A loop that is an option of a loop goes round in the outer one."""
    if isinstance(part, Choice) and between == NOTHING:
        inner = (
            each.part if isinstance(each, Loop) and each.between == NOTHING else each
            for each in part.options
        )
        return Loop(choice(inner))
    return Loop(part, between)


# From the grammar file


Symbols: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """A grammar file: the alternatives of its rules, and what its terminals are made of."""

    rules: Mapping[str, tuple[Symbols, ...]]
    terminals: Mapping[str, Node]
    rows: Mapping[str, Row]


@cache
def grammar(name: str) -> Grammar:
    """The grammar of a file such as `vtql.lark`, as `lark` reads it."""
    text = (PROJECT / "grammar" / name).read_text("utf-8")
    lark = Lark(text, parser="lalr", lexer="basic", maybe_placeholders=False)
    rules: dict[str, tuple[Symbols, ...]] = {}
    for rule in lark.rules:
        origin = str(rule.origin.name)
        symbols = tuple(str(symbol.name) for symbol in rule.expansion)
        rules[origin] = (*rules.get(origin, ()), symbols)
    terminals = {str(each.name): terminal(each.pattern) for each in lark.terminals}
    return Grammar(rules, terminals, TABLE[name])


def terminal(pattern: Any) -> Node:
    """A keyword is drawn in capitals, a sign as it is, and of an expression what it matches."""
    if isinstance(pattern, PatternStr):
        return Word(pattern.value.upper() if "i" in pattern.flags else pattern.value)
    return expression(deque(_PIECE.findall(pattern.value)))


def picture(made: Grammar, symbol: str) -> Node:
    """What the picture of a symbol shows; that it may be missing, its surroundings show."""
    if symbol in made.terminals:
        return made.terminals[symbol]
    drawn = _rule(made, symbol, frozenset())
    return drawn.part if isinstance(drawn, Maybe) else drawn


def _rule(made: Grammar, name: str, within: frozenset[str]) -> Node:
    """A rule's alternatives; those that begin with the rule itself make a list of it."""
    alternatives = [each for each in made.rules[name] if not _hidden(made, each)]
    first = [each for each in alternatives if each[:1] != (name,)]
    then = [each[1:] for each in alternatives if each[:1] == (name,)]
    within |= {name}
    drawn = _alternatives(made, first, within)
    if not then:
        return drawn
    size = len(first[0])
    if len(first) == 1 and all(each[-size:] == first[0] for each in then):
        return loop(drawn, _alternatives(made, [each[:-size] for each in then], within))
    return sequence(drawn, Maybe(loop(_alternatives(made, then, within))))


def _hidden(made: Grammar, symbols: Symbols) -> bool:
    return any(made.rows.get(each, INLINED).how == "hidden" for each in symbols)


def _alternatives(made: Grammar, each: list[Symbols], within: frozenset[str]) -> Node:
    """The alternatives as one tree: those that begin alike share their beginning."""
    tails: dict[str, list[Symbols]] = {}
    for symbols in each:
        if symbols:
            tails.setdefault(symbols[0], []).append(symbols[1:])
    options = [
        sequence(_symbol(made, head, within), _alternatives(made, rest, within))
        for head, rest in tails.items()
    ]
    return choice([*options, *[NOTHING for symbols in each if not symbols][:1]])


def _symbol(made: Grammar, name: str, within: frozenset[str]) -> Node:
    row = made.rows.get(name, INLINED)
    box = Box(row.label.rpartition("-")[2] or name.lower())
    if name in made.terminals:
        return made.terminals[name] if row.how == "inlined" else box
    if row.how == "inlined" and name not in within:
        return _rule(made, name, within)
    return Maybe(box) if () in made.rules[name] else box


# From a regular expression


_PIECE = re.compile(
    r"\[(?:\\.|[^\]\\])+\]"  # a class
    r"|\(\?!(?:\[[^\]]*\]|[^()])*\)"  # what must not follow
    r"|\(\?:|[()|]"  # groups and alternatives
    r"|[*+?]\+?"  # how often; a second `+` is about speed
    r"|\\."
    r"|(?:[^\\\[\](){}.^$*+?|](?![*+?]))+"  # characters in a row
    r"|.",
    re.DOTALL,
)
_RANGES = {"A-Za-z": "letter", "0-9": "digit"}
_MEMBER = re.compile(r"A-Za-z|0-9|.-.|\\?.", re.DOTALL)


def expression(pieces: deque[str]) -> Node:
    """What a regular expression matches, as far as the grammar's use of them goes."""
    options: list[list[Node]] = [[]]
    while pieces and pieces[0] != ")":
        piece = pieces.popleft()
        parts = options[-1]
        if piece == "|":
            options.append([])
        elif piece in ("(?:", "("):
            parts.append(expression(pieces))
            pieces.popleft()
        elif piece.startswith("(?!"):
            pass  # it says where a word ends, not what it is
        elif piece.startswith("["):
            parts.append(_characters(piece[1:-1]))
        elif piece[0] in "*+?":
            part = parts.pop() if piece[0] == "?" else loop(parts.pop())
            parts.append(part if piece[0] == "+" else Maybe(part))
        else:
            parts.append(Word(piece[1] if piece[0] == "\\" else piece))
    return choice(sequence(*parts) for parts in options)


def _characters(inside: str) -> Node:
    """A class of characters: those few, or words for them."""
    members = [
        _RANGES.get(found, found.removeprefix("\\") or found)
        for found in _MEMBER.findall(inside.removeprefix("^"))
    ]
    if not inside.startswith("^") and max(map(len, members)) == 1:
        return choice(map(Word, members))
    *others, last = members
    listed = f"{', '.join(others)} or {last}" if others else last
    return Box(f"any character but {listed}" if inside.startswith("^") else listed)


# To a drawing


STYLE = """
rect.sheet { fill: #ffffff; stroke: #d0d7de; }
path { fill: none; stroke: #57606a; stroke-width: 2; }
g.terminal rect { fill: #e6f4ea; stroke: #2f6f44; stroke-width: 1.5; }
g.non-terminal rect { fill: #eaf1fb; stroke: #34568b; stroke-width: 1.5; }
text { fill: #1f2328; text-anchor: middle; }
text { font: 14px "DejaVu Sans Mono", Menlo, Consolas, monospace; }
g.terminal text { font-weight: bold; }
"""


def svg(name: str, symbol: str) -> str:
    """The picture of a symbol of a grammar file: one SVG that needs nothing else."""
    made = grammar(name)
    diagram = railroad.Diagram(_drawn(picture(made, symbol)))
    diagram.format(15)
    width, height = diagram.attrs["width"], diagram.attrs["height"]
    diagram.attrs |= {"xmlns": "http://www.w3.org/2000/svg", "role": "img"}
    sheet = {"class": "sheet", "x": ".5", "y": ".5", "rx": "8"}
    sheet |= {"width": f"{float(width) - 1:g}", "height": f"{float(height) - 1:g}"}
    diagram.children[:0] = [
        railroad.DiagramItem("title", text=made.rows[symbol].title),
        railroad.Style(STYLE),
        railroad.DiagramItem("rect", sheet),
    ]
    written: list[str] = []
    diagram.writeSvg(written.append)
    return "".join(written) + "\n"


def _drawn(node: Node) -> Any:
    match node:
        case Word(text):
            return railroad.Terminal(text)
        case Box(label):
            return railroad.NonTerminal(label)
        case Sequence(()):
            return railroad.Skip()
        case Sequence(parts):
            return railroad.Sequence(*map(_drawn, parts))
        case Choice(options):
            return railroad.Choice(0, *map(_drawn, options))
        case Maybe(Loop(part, between)):
            return railroad.ZeroOrMore(_drawn(part), _drawn(between))
        case Maybe(part):
            return railroad.Optional(_drawn(part))
        case Loop(part, between):
            return railroad.OneOrMore(_drawn(part), _drawn(between))
