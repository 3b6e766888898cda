"""The parts of a string that a Python expression makes: concatenated, formatted, filled in."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vtql.embedded.detect import begins_like_a_query
from vtql.embedded.format_strings import FORMAT_STYLES, braces, percent
from vtql.embedded.host import HostString
from vtql.embedded.markers import markers_of
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

_UNCHANGING = ("strip", "lstrip", "rstrip", "encode", "decode", "dedent", "cleandoc")
"""Methods and functions that leave a text what it is."""


class StringReading:
    """The parts of a string, and the expressions in its holes, whose own strings come later.

    `formatted` says that it is seen how the string is filled in, so that nothing else in it is a hole.
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
                name == "format" or name in _UNCHANGING
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


def read_string(reader: ScopeReader, node: ast.expr) -> StringReading:
    """The parts of the string that an expression makes; one hole where it is no string."""
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
        case ast.Call(func=ast.Attribute(value=text, attr=name)) if name in _UNCHANGING and _first(
            text
        ):
            _read(reader, text, into)
            into.inside += node.args
        case _:
            span = reader.places.span(node)
            shown = reader.places.source.text[span.start : span.end]
            into.parts.append(Placeholder(span, shown, safe=is_safe(reader, node)))
            into.inside.append(node)


def _first(node: ast.expr) -> bool:
    """Whether an expression is made of strings that are written out, so that its parts are known."""
    match node:
        case ast.BinOp(op=ast.Add()):
            return any(map(_first, operands(node)))
        case ast.Call(func=ast.Attribute(value=text, attr=name)) if name in _UNCHANGING:
            return _first(text)
        case _:
            return is_string(node)


def _read_formatted(reader: ScopeReader, node: ast.JoinedStr, into: StringReading) -> None:
    parts = list(literal_parts(reader.places.source.text, *reader.places.span(node)))
    fields = [each for each in node.values if isinstance(each, ast.FormattedValue)]
    into.parts += _with_values(reader, parts, [each.value for each in fields])
    into.inside += [each.value for each in fields]


def _read_filled(
    reader: ScopeReader, template: ast.expr, into: StringReading,
    split: Callable[[Iterable[Part]], Iterator[Part]], values: Sequence[ast.expr | None],
) -> None:  # fmt: skip
    inner = read_string(reader, template)
    into.formatted = True
    given = {part.span for part in inner.parts if isinstance(part, Placeholder)}
    parts = list(split(inner.parts))
    filled = [part for part in parts if isinstance(part, Placeholder) and part.span not in given]
    known = dict(
        zip((part.span for part in filled), _with_values(reader, filled, values), strict=True)
    )
    into.parts += [
        known.get(part.span, part) if isinstance(part, Placeholder) else part for part in parts
    ]
    into.inside += inner.inside


def _with_values(
    reader: ScopeReader, parts: Sequence[Part], values: Sequence[ast.expr | None]
) -> list[Part]:
    """The parts, their holes knowing whether what fills them is harmless."""
    if sum(isinstance(part, Placeholder) for part in parts) != len(values):
        return list(parts)
    rest = iter(values)
    made: list[Part] = []
    for part in parts:
        if isinstance(part, Placeholder):
            value = next(rest)
            safe = value is not None and is_safe(reader, value)
            made.append(part._replace(safe=safe, expression=_shown(reader, part, value)))
        else:
            made.append(part)
    return made


def _shown(reader: ScopeReader, hole: Placeholder, value: ast.expr | None) -> str:
    if value is None:
        return hole.expression
    span = reader.places.span(value)
    return reader.places.source.text[span.start : span.end] or hole.expression


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


_TRANSPARENT = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.IfExp, ast.BoolOp, ast.Starred, ast.keyword,
            ast.NamedExpr, ast.Await, ast.BinOp, ast.Call)  # fmt: skip
"""What hands its strings on to the function or variable that it is given to itself."""


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
    """What stands around an expression.

    `given_to` are the functions it is an argument of and the keys it stands under, `line` that of
    its statement; `alone` says that nothing takes it; `row` is what more stands before it in.
    """

    scope: Scope = ()
    given_to: tuple[str, ...] = ()
    line: int = 0
    alone: bool = False
    row: ast.AST | None = None


def _strings(source: Source, tree: ast.AST, shift: int) -> Iterator[HostString]:
    """The strings of a program that may be queries, with what is known around them."""
    places, uses, marks = NodeSpans(source, shift), assignments_in(tree), markers_of(source.text)
    program: SymbolTable | None = None
    todo: list[tuple[ast.AST, Surroundings]] = [(tree, Surroundings())]
    while todo:
        node, around = todo.pop()
        marked = _marked(node, around, marks) if marks else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and not begins(node):
            todo += _from_where_it_begins(node, around)
        elif isinstance(node, ast.expr) and (begins(node) or (marked and is_string(node))):
            try:
                string = read_string(ScopeReader(places, uses, around.scope), node)
            except RecursionError:
                continue  # thousands of calls inside each other, which no query is made by
            found = HostString(
                string.parts, places.span(node), marked=marked, formatted=string.formatted
            )
            program = program or SymbolTable(tree)
            yield _with_flow(found, around, program, node)
            inner = around._replace(given_to=(), row=None)
            todo += ((each, inner) for each in string.inside)
        else:
            todo += _children(node, around)


def _from_where_it_begins(
    node: ast.BinOp, around: Surroundings
) -> Iterator[tuple[ast.AST, Surroundings]]:
    """The operands of a row of `+`; those from one that begins a query stay together."""
    row = operands(node)
    first = next((number for number, each in enumerate(row) if begins(each)), len(row))
    yield from ((each, around) for each in row[:first])
    if first < len(row):
        made = row[first]
        for each in row[first + 1 :]:
            made = ast.copy_location(ast.BinOp(made, ast.Add(), each), made)
            made.end_lineno, made.end_col_offset = each.end_lineno, each.end_col_offset
        yield made, around._replace(row=node)


def _with_flow(
    found: HostString, around: Surroundings, program: SymbolTable, node: ast.AST
) -> HostString:
    """A string with what its way through the program tells of it."""
    flow = flow_of(program, around.row or node, whole=around.row is None)
    parts = found.parts
    for how in sorted(flow.format_styles):
        parts = list(FORMAT_STYLES[how](parts))
    return found._replace(
        parts=parts, given_to=(*around.given_to, *sorted(flow.given_to)), alone=around.alone,
        formatted=found.formatted or bool(flow.format_styles), fate=flow.fate,
    )  # fmt: skip


def _marked(node: ast.AST, around: Surroundings, marks: Mapping[int, bool]) -> bool | None:
    """What a comment says of an expression, on one of its lines or before its statement."""
    if not isinstance(node, ast.expr):
        return None
    lines = (around.line, *range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return next((marks[line] for line in lines if line in marks), None)


def _children(node: ast.AST, around: Surroundings) -> Iterator[tuple[ast.AST, Surroundings]]:
    """The nodes below one, each with what stands around it."""
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
            yield from ((each, inner) for each in (*node.args, *node.keywords))
        case ast.keyword(arg=str(key)):
            yield node.value, around._replace(given_to=(*around.given_to, key))
        case ast.Dict():
            for under, value in zip(node.keys, node.values, strict=True):
                given = around.given_to
                if isinstance(under, ast.Constant) and isinstance(under.value, str):
                    given = (*given, under.value)
                yield value, around._replace(given_to=given)
                if under is not None:
                    yield under, around._replace(given_to=())
        case _:
            yield from [(child, around) for child in children(node)]
