"""What a Python program assigns to its variables."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TypeAlias

Scope: TypeAlias = tuple[int, ...]
"""The functions around a place, the outermost first, each by the id of its node."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SHOWN = 4


class Uses:
    """By scope and name: what is assigned to a variable, None where nobody knows."""

    def __init__(self) -> None:
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
    """What the variables of a program are assigned."""
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
            _bind(uses, node.target, None, scope)
        case ast.Assign():
            for target in node.targets:
                _bind(uses, target, node.value, scope)
        case ast.AnnAssign() | ast.NamedExpr():
            _bind(uses, node.target, node.value, scope)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            _bind(uses, node.target, None, scope)
        case ast.withitem(optional_vars=ast.AST() as target):
            _bind(uses, target, None, scope)


def _bind(uses: Uses, target: ast.AST, value: ast.expr | None, scope: Scope) -> None:
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            _bind(uses, each, None, scope)
    elif name := name_of(target):
        uses.values[key_of(name, scope)].append(value)
