"""What a Python program does with its variables, as far as it matters for a query kept in one."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

Scope: TypeAlias = tuple[int, ...]
"""The functions around a place, the outermost first, each by the id of its node."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SHOWN = 4
_GROWS = ("append", "extend", "insert")


class Uses:
    """By scope and name: what more is done with a variable.

    A use counts for the scope it stands in and all around it. `grown` are those that are put
    together with more text, `filled` how those are filled in that are templates (`percent`,
    `braces`, `dollars`), `given_to` the functions that take them, `values` what is assigned to
    them, None where nobody knows.
    """

    def __init__(self) -> None:
        self.grown: set[tuple[int, str]] = set()
        self.filled: dict[tuple[int, str], set[str]] = defaultdict(set)
        self.given_to: dict[tuple[int, str], set[str]] = defaultdict(set)
        self.values: dict[tuple[int, str], list[ast.expr | None]] = defaultdict(list)


_LEAVES = frozenset((ast.Name, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.alias,
                     *ast.expr_context.__subclasses__(), *ast.operator.__subclasses__(),
                     *ast.unaryop.__subclasses__(), *ast.boolop.__subclasses__(),
                     *ast.cmpop.__subclasses__()))  # fmt: skip
"""Nodes in which nothing can stand that matters here; half of a program is of them."""


def below(node: ast.AST) -> list[ast.AST]:
    """The nodes below one, without leaves."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [
                each for each in value if type(each) not in _LEAVES and isinstance(each, ast.AST)
            ]
        elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
            found.append(value)
    return found


def dotted(node: ast.AST) -> str:
    """The dotted name of a function, the last few of its names; calls in between left out."""
    names: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Call)) and len(names) < _SHOWN:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            node = node.func
    if isinstance(node, ast.Name):
        names.append(node.id)
    return ".".join(reversed(names))


def name_of(node: ast.AST) -> str:
    """The name of a variable or attribute; nothing of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return f".{node.attr}" if isinstance(node, ast.Attribute) else ""


def key_of(name: str, scope: Scope) -> tuple[int, str]:
    """The key of a variable of a scope; one of an object belongs to no function."""
    return (scope[-1] if scope and not name.startswith(".") else 0, name)


def uses_of(tree: ast.AST) -> Uses:
    """What is done with the variables of a program."""
    uses = Uses()
    todo: list[tuple[ast.AST, Scope]] = [(tree, ())]
    while todo:
        node, scope = todo.pop()
        _note(uses, node, scope)
        if isinstance(node, FUNCTIONS):
            scope = (*scope, id(node))
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    uses.values[id(node), argument.arg].append(None)
        todo += [(child, scope) for child in below(node)]
    return uses


def _note(uses: Uses, node: ast.AST, scope: Scope) -> None:
    match node:
        case ast.AugAssign():
            _grow(uses, node.target, scope)
            _bind(uses, node.target, None, scope)
        case ast.BinOp(op=ast.Add()):
            _grow(uses, node.left, scope)
            _grow(uses, node.right, scope)
        case ast.BinOp(op=ast.Mod()):
            _fill(uses, node.left, "percent", scope)
        case ast.FormattedValue():
            _grow(uses, node.value, scope)
        case ast.Assign():
            for target in node.targets:
                _bind(uses, target, node.value, scope)
        case ast.AnnAssign() | ast.NamedExpr():
            _bind(uses, node.target, node.value, scope)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            _bind(uses, node.target, None, scope)
        case ast.withitem(optional_vars=ast.AST() as target):
            _bind(uses, target, None, scope)
        case ast.Call():
            _call(uses, node, scope)


def _call(uses: Uses, node: ast.Call, scope: Scope) -> None:
    function = node.func
    if isinstance(function, ast.Attribute):
        if function.attr in ("format", "format_map"):
            _fill(uses, function.value, "braces", scope)
        elif function.attr in _GROWS or function.attr == "replace":
            _grow(uses, function.value, scope)
    name = dotted(function)
    last = name.rpartition(".")[2]
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if last == "join":
            _grow(uses, argument, scope)
        elif last == "Template":
            _fill(uses, argument, "dollars", scope)
        else:
            for key in _keys(argument, scope):
                uses.given_to[key].add(name)


def _keys(node: ast.AST, scope: Scope) -> Iterator[tuple[int, str]]:
    name = name_of(node)
    if name:
        yield 0, name
        yield from ((function, name) for function in scope)


def _grow(uses: Uses, node: ast.AST, scope: Scope) -> None:
    uses.grown.update(_keys(node, scope))


def _fill(uses: Uses, node: ast.AST, how: str, scope: Scope) -> None:
    for key in _keys(node, scope):
        uses.filled[key].add(how)


def _bind(uses: Uses, target: ast.AST, value: ast.expr | None, scope: Scope) -> None:
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            _bind(uses, each, None, scope)
    elif name := name_of(target):
        uses.values[key_of(name, scope)].append(value)
