"""The parts of a string that a Python expression makes: concatenated, formatted, filled in."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from vtql.embedded.parts import Hole, Part
from vtql.embedded.python_strings import literal_parts
from vtql.embedded.python_uses import Scope, Uses, dotted, key_of
from vtql.embedded.recognition import begins_like_a_query
from vtql.embedded.templates import braces, percent
from vtql.source import Source, Span

SAFE_CALLS = frozenset(("int", "len", "float", "quote", "round", "ord", "hash", "id"))
"""Functions whose results are no more than a value, by the last of their names."""

_THROUGH = ("strip", "lstrip", "rstrip", "encode", "decode", "dedent", "cleandoc")
"""Methods and functions that leave a text what it is."""

_SEVERAL = 8
_DEEP = 40
"""How far a value is followed through variables and calls to see that it does no harm."""


class Places:
    """Where the nodes of a program stand: `ast` counts columns in bytes of UTF-8."""

    def __init__(self, source: Source, shift: int) -> None:
        self.source, self.shift = source, shift
        self.wide: dict[int, list[int]] = {}

    def span(self, node: ast.expr) -> Span:
        """Where a node stands."""
        return Span(
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def _offset(self, line: int, column: int) -> int:
        start = self.source.offset(line, 0) + (self.shift if line == 1 else 0)
        characters = self.wide.get(line)
        if characters is None:
            text = self.source.line(line)[self.shift if line == 1 else 0 :]
            characters = self.wide[line] = [] if text.isascii() else _characters(text)
        if not characters:
            return min(start + column, len(self.source.text))
        return start + characters[min(column, len(characters) - 1)]


def _characters(line: str) -> list[int]:
    """For each byte of a line the number of its character."""
    counted = [
        number
        for number, character in enumerate(line)
        for _ in range(len(character.encode("utf-8", "surrogatepass")))
    ]
    return [*counted, len(line)]


class Reader(NamedTuple):
    """What it takes to read the expressions of a scope."""

    places: Places
    uses: Uses
    scope: Scope


class Reading:
    """The parts of a string, and the expressions in its holes, whose own strings come later.

    `filled` says that it is seen how the string is filled in, so that nothing else in it is a hole.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.filled = False
        self.inside: list[ast.AST] = []


def begins(node: ast.AST) -> bool:
    """Whether an expression makes a string that begins with SELECT."""
    while True:
        match node:
            case ast.Constant(value=str(text)):
                return begins_like_a_query(text)
            case ast.Constant(value=bytes(data)):
                return begins_like_a_query(data[:100].decode("latin-1"))
            case (
                ast.JoinedStr(values=[first, *_]) | ast.BinOp(left=first, op=ast.Add() | ast.Mod())
            ):
                node = first
            case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join"),
                          args=[ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_])]):  # fmt: skip
                node = first
            case ast.Call(func=ast.Attribute(value=first, attr=name)) if (
                name == "format" or name in _THROUGH
            ):
                node = first
            case _:
                return False


def is_string(node: ast.AST) -> bool:
    """Whether an expression is a string that is written out, with or without holes."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    )


def operands(node: ast.BinOp) -> list[ast.expr]:
    """What a row of `+` puts together."""
    row: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        row.append(left.right)
        left = left.left
    return [left, *reversed(row)]


def read_string(reader: Reader, node: ast.expr) -> Reading:
    """The parts of the string that an expression makes; one hole where it is no string."""
    reading = Reading()
    _read(reader, node, reading)
    return reading


def _read(reader: Reader, node: ast.expr, into: Reading) -> None:
    match node:
        case ast.Constant(value=str() | bytes()):
            into.parts += literal_parts(reader.places.source.text, *reader.places.span(node))
        case ast.JoinedStr():
            _read_formatted(reader, node, into)
        case ast.BinOp(op=ast.Add()):
            for each in operands(node):
                _read(reader, each, into)
        case ast.BinOp(op=ast.Mod()) if _first(node.left):
            _read_filled(reader, node.left, into, percent, _percent_values(node.right))
            into.inside.append(node.right)
        case ast.Call(func=ast.Attribute(value=template, attr="format")) if _first(template):
            _read_filled(reader, template, into, braces, _format_values(node))
            into.inside += [*node.args, *node.keywords]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()) as link, attr="join"),
                      args=[ast.List(elts=elements) | ast.Tuple(elts=elements)]):  # fmt: skip
            for number, each in enumerate(elements):
                if number:
                    into.parts += literal_parts(
                        reader.places.source.text, *reader.places.span(link)
                    )
                _read(reader, each, into)
        case ast.Call(func=ast.Attribute(value=text, attr=name)) if name in _THROUGH and _first(
            text
        ):
            _read(reader, text, into)
            into.inside += node.args
        case _:
            span = reader.places.span(node)
            shown = reader.places.source.text[span.start : span.end]
            into.parts.append(Hole(span, shown, safe=_is_safe(reader, node)))
            into.inside.append(node)


def _first(node: ast.expr) -> bool:
    """Whether an expression is made of strings that are written out, so that its parts are known."""
    match node:
        case ast.BinOp(op=ast.Add()):
            return any(map(_first, operands(node)))
        case ast.Call(func=ast.Attribute(value=text, attr=name)) if name in _THROUGH:
            return _first(text)
        case _:
            return is_string(node)


def _read_formatted(reader: Reader, node: ast.JoinedStr, into: Reading) -> None:
    parts = list(literal_parts(reader.places.source.text, *reader.places.span(node)))
    fields = [each for each in node.values if isinstance(each, ast.FormattedValue)]
    into.parts += _with_values(reader, parts, [each.value for each in fields])
    into.inside += [each.value for each in fields]


def _read_filled(
    reader: Reader, template: ast.expr, into: Reading,
    split: Callable[[Iterable[Part]], Iterator[Part]], values: Sequence[ast.expr | None],
) -> None:  # fmt: skip
    inner = read_string(reader, template)
    into.filled = True
    given = {part.span for part in inner.parts if isinstance(part, Hole)}
    parts = list(split(inner.parts))
    filled = [part for part in parts if isinstance(part, Hole) and part.span not in given]
    known = dict(
        zip((part.span for part in filled), _with_values(reader, filled, values), strict=True)
    )
    into.parts += [known.get(part.span, part) if isinstance(part, Hole) else part for part in parts]
    into.inside += inner.inside


def _with_values(
    reader: Reader, parts: Sequence[Part], values: Sequence[ast.expr | None]
) -> list[Part]:
    """The parts, their holes knowing whether what fills them is harmless."""
    if sum(isinstance(part, Hole) for part in parts) != len(values):
        return list(parts)
    rest = iter(values)
    made: list[Part] = []
    for part in parts:
        if isinstance(part, Hole):
            value = next(rest)
            safe = value is not None and _is_safe(reader, value)
            made.append(part._replace(safe=safe, shown=_shown(reader, part, value)))
        else:
            made.append(part)
    return made


def _shown(reader: Reader, hole: Hole, value: ast.expr | None) -> str:
    if value is None:
        return hole.shown
    span = reader.places.span(value)
    return reader.places.source.text[span.start : span.end] or hole.shown


def _percent_values(node: ast.expr) -> Sequence[ast.expr | None]:
    match node:
        case ast.Tuple(elts=elements):
            return elements
        case ast.Dict():
            return ()  # by name, in any order
        case _:
            return (node,)


def _format_values(call: ast.Call) -> Sequence[ast.expr | None]:
    """The values of automatic fields; others are filled in in an order of their own."""
    return () if call.keywords else call.args


def _is_safe(reader: Reader, node: ast.expr, deep: int = 0) -> bool:
    """Whether what an expression gives is a number or has been quoted."""
    if deep > _DEEP:
        return False
    match node:
        case ast.Constant(value=value):
            return not isinstance(value, (str, bytes)) or "'" not in str(value)
        case ast.Call(func=function, args=args):
            last = dotted(function).rpartition(".")[2]
            if last in ("str", "format") and args:
                return _is_safe(reader, args[0], deep + 1)
            if last == "join" and len(args) == 1:
                return _elements_are_safe(reader, args[0], deep)
            return last in SAFE_CALLS
        case ast.BinOp(op=ast.Sub() | ast.FloorDiv() | ast.Div() | ast.Mult() | ast.Pow()):
            return True
        case ast.IfExp():
            return _is_safe(reader, node.body, deep + 1) and _is_safe(reader, node.orelse, deep + 1)
        case ast.Name():
            values = reader.uses.values.get(key_of(node.id, reader.scope), [])
            return 0 < len(values) <= _SEVERAL and all(
                value is not None and _is_safe(reader, value, deep + 10) for value in values
            )
        case _:
            return False


def _elements_are_safe(reader: Reader, node: ast.expr, deep: int) -> bool:
    match node:
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element) | ast.SetComp(elt=element):
            return _is_safe(reader, element, deep + 1)
        case ast.Call(func=ast.Name(id="map"), args=[function, _]):
            return dotted(function).rpartition(".")[2] in SAFE_CALLS
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return all(_is_safe(reader, each, deep + 1) for each in elements)
        case _:
            return False
