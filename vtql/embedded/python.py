"""Python: the strings of a file, as they are concatenated and formatted, and their context."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vtql.embedded.detect import begins_like_a_query
from vtql.embedded.format_strings import FORMAT_STYLES, braces, percent
from vtql.embedded.host import HostString
from vtql.embedded.markers import marker_of_lines, markers_of
from vtql.embedded.python_data_flow import flow_of, is_safe
from vtql.embedded.python_literals import literal_parts
from vtql.embedded.python_symbols import (
    FUNCTIONS,
    NodeSpans,
    Scope,
    ScopeReader,
    SymbolTable,
    assignments_in,
    children,
    dotted,
)
from vtql.embedded.template import Part, Placeholder
from vtql.source import Source

_UNCHANGED_BY = ("strip", "lstrip", "rstrip", "encode", "decode", "dedent", "cleandoc")
"""Methods and functions that leave a text what it is."""


class StringReading:
    """The parts of a string, and the expressions in its placeholders, whose own strings come later.

    `formatted` says that it is a format string, so that nothing else in it is a placeholder.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.formatted = False
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
                name == "format" or name in _UNCHANGED_BY
            ):
                node = first
            case _:
                return False


def is_string(node: ast.AST) -> bool:
    """Whether an expression is a string literal, with or without placeholders."""
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


def read_string(reader: ScopeReader, node: ast.expr) -> StringReading:
    """The parts of the string of an expression; a placeholder where it is not a string."""
    reading = StringReading()
    _read(reader, node, reading)
    return reading


def _read(reader: ScopeReader, node: ast.expr, into: StringReading) -> None:
    match node:
        case ast.Constant(value=str() | bytes()):
            into.parts += literal_parts(reader.places.source.text, *reader.places.span(node))
        case ast.JoinedStr():
            _read_formatted(reader, node, into)
        case ast.BinOp(op=ast.Add()):
            for operand in operands(node):
                _read(reader, operand, into)
        case ast.BinOp(op=ast.Mod()) if _has_literals(node.left):
            _read_format(reader, node.left, into, percent, _percent_values(node.right))
            into.inside.append(node.right)
        case ast.Call(func=ast.Attribute(value=template, attr="format")) if _has_literals(template):
            _read_format(reader, template, into, braces, _format_values(node))
            into.inside += [*node.args, *node.keywords]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()) as link, attr="join"),
                      args=[ast.List(elts=elements) | ast.Tuple(elts=elements)]):  # fmt: skip
            for number, element in enumerate(elements):
                if number:
                    into.parts += literal_parts(
                        reader.places.source.text, *reader.places.span(link)
                    )
                _read(reader, element, into)
        case ast.Call(func=ast.Attribute(value=text, attr=name)) if (
            name in _UNCHANGED_BY and _has_literals(text)
        ):
            _read(reader, text, into)
            into.inside += node.args
        case _:
            span = reader.places.span(node)
            expression = reader.places.source.text[span.start : span.end]
            into.parts.append(Placeholder(span, expression, safe=is_safe(reader, node)))
            into.inside.append(node)


def _has_literals(node: ast.expr) -> bool:
    """Whether an expression has string literals, so that its parts are known."""
    match node:
        case ast.BinOp(op=ast.Add()):
            return any(map(_has_literals, operands(node)))
        case ast.Call(func=ast.Attribute(value=text, attr=name)) if name in _UNCHANGED_BY:
            return _has_literals(text)
        case _:
            return is_string(node)


def _read_formatted(reader: ScopeReader, node: ast.JoinedStr, into: StringReading) -> None:
    parts = list(literal_parts(reader.places.source.text, *reader.places.span(node)))
    values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    into.parts += _with_values(reader, parts, values)
    into.inside += values


def _read_format(
    reader: ScopeReader, template: ast.expr, into: StringReading,
    split: Callable[[Iterable[Part]], Iterator[Part]], values: Sequence[ast.expr | None],
) -> None:  # fmt: skip
    inner = read_string(reader, template)
    into.formatted = True
    inherited = {part.span for part in inner.parts if isinstance(part, Placeholder)}
    parts = list(split(inner.parts))
    fields = [
        part for part in parts if isinstance(part, Placeholder) and part.span not in inherited
    ]
    by_span = dict(
        zip((part.span for part in fields), _with_values(reader, fields, values), strict=True)
    )
    into.parts += [
        by_span.get(part.span, part) if isinstance(part, Placeholder) else part for part in parts
    ]
    into.inside += inner.inside


def _with_values(
    reader: ScopeReader, parts: Sequence[Part], values: Sequence[ast.expr | None]
) -> list[Part]:
    """The parts, with the expressions of the placeholders and whether their values are safe."""
    if sum(isinstance(part, Placeholder) for part in parts) != len(values):
        return list(parts)
    rest = iter(values)
    valued: list[Part] = []
    for part in parts:
        if isinstance(part, Placeholder):
            value = next(rest)
            safe = value is not None and is_safe(reader, value)
            valued.append(part._replace(safe=safe, expression=_expression(reader, part, value)))
        else:
            valued.append(part)
    return valued


def _expression(reader: ScopeReader, placeholder: Placeholder, value: ast.expr | None) -> str:
    if value is None:
        return placeholder.expression
    span = reader.places.span(value)
    return reader.places.source.text[span.start : span.end] or placeholder.expression


def _percent_values(node: ast.expr) -> Sequence[ast.expr | None]:
    match node:
        case ast.Tuple(elts=elements):
            return elements
        case ast.Dict():
            return ()  # by name, in any order
        case _:
            return (node,)


def _format_values(call: ast.Call) -> Sequence[ast.expr | None]:
    """The values of automatic fields; others have an order of their own."""
    return () if call.keywords else call.args


_TRANSPARENT = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.IfExp, ast.BoolOp, ast.Starred, ast.keyword,
            ast.NamedExpr, ast.Await, ast.BinOp, ast.Call)  # fmt: skip
"""Nodes whose strings go to the function or variable that they go to themselves."""


def strings(source: Source) -> Iterator[HostString]:
    """The strings of a Python file that may be queries.

    Raises:
        SyntaxError: it is no Python; `ast.parse` raises ValueError, RecursionError or MemoryError, too.
    """
    has_byte_order_mark = source.text.startswith("\ufeff")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the program's own escapes
        tree = ast.parse(source.text[has_byte_order_mark:])
    return _strings(source, tree, int(has_byte_order_mark))


class Surroundings(NamedTuple):
    """The surroundings of an expression.

    `given_to` are the functions it is an argument of and its keys, `line` that of its statement;
    `alone` says that nothing takes it; `row` is the concatenation that it is not the beginning of.
    """

    scope: Scope = ()
    given_to: tuple[str, ...] = ()
    line: int = 0
    alone: bool = False
    row: ast.AST | None = None


def _strings(source: Source, tree: ast.AST, shift: int) -> Iterator[HostString]:
    """The strings of a tree that may be queries, with their context."""
    places, assignments = NodeSpans(source, shift), assignments_in(tree)
    markers = markers_of(source.text)
    symbols: SymbolTable | None = None
    todo: list[tuple[ast.AST, Surroundings]] = [(tree, Surroundings())]
    while todo:
        node, around = todo.pop()
        marked = _marked(node, around, markers) if markers else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and not begins(node):
            todo += _split_at_query(node, around)
        elif isinstance(node, ast.expr) and (begins(node) or (marked and is_string(node))):
            try:
                reading = read_string(ScopeReader(places, assignments, around.scope), node)
            except RecursionError:
                continue  # thousands of nested calls, which is no query
            string = HostString(
                reading.parts, places.span(node), marked=marked, formatted=reading.formatted
            )
            symbols = symbols or SymbolTable(tree)
            yield _with_flow(string, around, symbols, node)
            inner = around._replace(given_to=(), row=None)
            todo += ((expression, inner) for expression in reading.inside)
        else:
            todo += _children(node, around)


def _split_at_query(
    node: ast.BinOp, around: Surroundings
) -> Iterator[tuple[ast.AST, Surroundings]]:
    """The operands of a concatenation; those from the one that begins a query stay together."""
    row = operands(node)
    first = next((number for number, operand in enumerate(row) if begins(operand)), len(row))
    yield from ((operand, around) for operand in row[:first])
    if first < len(row):
        query = row[first]
        for operand in row[first + 1 :]:
            query = ast.copy_location(ast.BinOp(query, ast.Add(), operand), query)
            query.end_lineno, query.end_col_offset = operand.end_lineno, operand.end_col_offset
        yield query, around._replace(row=node)


def _with_flow(
    string: HostString, around: Surroundings, symbols: SymbolTable, node: ast.AST
) -> HostString:
    """A string with where it goes."""
    flow = flow_of(symbols, around.row or node, whole=around.row is None)
    parts = string.parts
    for style in sorted(flow.format_styles):
        parts = list(FORMAT_STYLES[style](parts))
    return string._replace(
        parts=parts, given_to=(*around.given_to, *sorted(flow.given_to)), alone=around.alone,
        formatted=string.formatted or bool(flow.format_styles), fate=flow.fate,
    )  # fmt: skip


def _marked(node: ast.AST, around: Surroundings, markers: Mapping[int, bool]) -> bool | None:
    """The marker of an expression, on one of its lines or before its statement."""
    if not isinstance(node, ast.expr):
        return None
    lines = (around.line, *range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return marker_of_lines(markers, lines)


def _children(node: ast.AST, around: Surroundings) -> Iterator[tuple[ast.AST, Surroundings]]:
    """The children of a node, each with its surroundings."""
    around = around._replace(row=None) if around.row is not None else around
    if isinstance(node, FUNCTIONS):
        around = Surroundings((*around.scope, id(node)))
    if isinstance(node, ast.stmt):
        around = Surroundings(around.scope, line=node.lineno,
                        alone=isinstance(node, ast.Expr) and is_string(node.value))  # fmt: skip
    elif (around.given_to or around.alone) and not isinstance(node, _TRANSPARENT):
        around = around._replace(given_to=(), alone=False)
    match node:
        case ast.Call():
            name = dotted(node.func)
            yield node.func, around
            inner = around._replace(given_to=(*around.given_to, name), alone=False)
            yield from ((argument, inner) for argument in (*node.args, *node.keywords))
        case ast.keyword(arg=str(name)):
            yield node.value, around._replace(given_to=(*around.given_to, name))
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                given = around.given_to
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    given = (*given, key.value)
                yield value, around._replace(given_to=given)
                if key is not None:
                    yield key, around._replace(given_to=())
        case _:
            yield from [(child, around) for child in children(node)]
