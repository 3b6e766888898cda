"""The queries in the strings of a Python program."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from vtql.analysis import Analysis
from vtql.embedded.comments import marks_of
from vtql.embedded.judging import Purpose
from vtql.embedded.program import Found, analysis_of, may_have_queries
from vtql.embedded.python_expressions import (
    begins,
    is_string,
    operands,
    read_string,
)
from vtql.embedded.python_flow import flow_of
from vtql.embedded.python_places import Places, Reader
from vtql.embedded.python_program import Program
from vtql.embedded.python_uses import (
    FUNCTIONS,
    Scope,
    below,
    dotted,
    uses_of,
)
from vtql.embedded.templates import FILLED
from vtql.embedded.unreadable_source import unreadable
from vtql.source import Source

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog

_CARRIES = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.IfExp, ast.BoolOp, ast.Starred, ast.keyword,
            ast.NamedExpr, ast.Await, ast.BinOp, ast.Call)  # fmt: skip
"""What hands its strings on to the function or variable that it is given to itself."""


def analyze_python(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in the strings of a Python program.

    Args:
        text: the program, any text at all.
        catalog: the metadata to check names and values against; without it, syntax only.
        profile: the kind of server, a name of `vtql.profiles`; None means all of them.
        name: what a message calls the text, a file's path for instance.

    Raises:
        ValueError: there is no profile of that name. No text makes it raise.
    """
    source = Source(text, name)
    purpose = Purpose("Python", catalog, profile)
    again = partial(analyze_python, catalog=catalog, profile=profile, name=name)
    nothing = analysis_of(source, (), purpose, again)
    if not may_have_queries(text):
        return nothing
    marked = text.startswith("\ufeff")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the program's own escapes
            tree = ast.parse(text[marked:])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return replace(nothing, diagnostics=(unreadable(source, error, "Python"),))
    return analysis_of(source, _strings(source, tree, int(marked)), purpose, again)


class Around(NamedTuple):
    """What stands around an expression.

    `given_to` are the functions it is an argument of and the keys it stands under, `line` that of
    its statement; `alone` says that nothing takes it; `row` is what more stands before it in.
    """

    scope: Scope = ()
    given_to: tuple[str, ...] = ()
    line: int = 0
    alone: bool = False
    row: ast.AST | None = None


def _strings(source: Source, tree: ast.AST, shift: int) -> Iterator[Found]:
    """The strings of a program that may be queries, with what is known around them."""
    places, uses, marks = Places(source, shift), uses_of(tree), marks_of(source.text)
    program: Program | None = None
    todo: list[tuple[ast.AST, Around]] = [(tree, Around())]
    while todo:
        node, around = todo.pop()
        marked = _marked(node, around, marks) if marks else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and not begins(node):
            todo += _from_where_it_begins(node, around)
        elif isinstance(node, ast.expr) and (begins(node) or (marked and is_string(node))):
            try:
                string = read_string(Reader(places, uses, around.scope), node)
            except RecursionError:
                continue  # thousands of calls inside each other, which no query is made by
            found = Found(string.parts, places.span(node), marked=marked, filled=string.filled)
            program = program or Program(tree)
            yield _found(found, around, program, node)
            inner = around._replace(given_to=(), row=None)
            todo += ((each, inner) for each in string.inside)
        else:
            todo += _children(node, around)


def _from_where_it_begins(node: ast.BinOp, around: Around) -> Iterator[tuple[ast.AST, Around]]:
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


def _found(found: Found, around: Around, program: Program, node: ast.AST) -> Found:
    """A string with what its way through the program tells of it."""
    flow = flow_of(program, around.row or node, whole=around.row is None)
    parts = found.parts
    for how in sorted(flow.filled):
        parts = list(FILLED[how](parts))
    return found._replace(
        parts=parts, given_to=(*around.given_to, *sorted(flow.given_to)), alone=around.alone,
        filled=found.filled or bool(flow.filled), fate=flow.fate,
    )  # fmt: skip


def _marked(node: ast.AST, around: Around, marks: Mapping[int, bool]) -> bool | None:
    """What a comment says of an expression, on one of its lines or before its statement."""
    if not isinstance(node, ast.expr):
        return None
    lines = (around.line, *range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return next((marks[line] for line in lines if line in marks), None)


def _children(node: ast.AST, around: Around) -> Iterator[tuple[ast.AST, Around]]:
    """The nodes below one, each with what stands around it."""
    around = around._replace(row=None) if around.row is not None else around
    if isinstance(node, FUNCTIONS):
        around = Around((*around.scope, id(node)))
    if isinstance(node, ast.stmt):
        around = Around(around.scope, line=node.lineno,
                        alone=isinstance(node, ast.Expr) and is_string(node.value))  # fmt: skip
    elif (around.given_to or around.alone) and not isinstance(node, _CARRIES):
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
            yield from [(child, around) for child in below(node)]
