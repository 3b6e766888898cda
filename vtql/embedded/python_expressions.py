"""The parts of a string that a Python expression makes: concatenated, formatted, filled in."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from vtql.embedded.parts import Hole, Part
from vtql.embedded.python_places import Reader
from vtql.embedded.python_safety import is_safe
from vtql.embedded.python_strings import literal_parts
from vtql.embedded.recognition import begins_like_a_query
from vtql.embedded.templates import braces, percent

_THROUGH = ("strip", "lstrip", "rstrip", "encode", "decode", "dedent", "cleandoc")
"""Methods and functions that leave a text what it is."""


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
            into.parts.append(Hole(span, shown, safe=is_safe(reader, node)))
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
            safe = value is not None and is_safe(reader, value)
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
