"""Whether the value of a Python expression does no harm where it is put into a query."""

from __future__ import annotations

import ast

from vtql.embedded.python_places import Reader
from vtql.embedded.python_uses import dotted, key_of

SAFE_CALLS = frozenset(("int", "len", "float", "quote", "round", "ord", "hash", "id"))
"""Functions whose results are no more than a value, by the last of their names."""

_SEVERAL = 8
_DEEP = 40
"""How far a value is followed through variables and calls to see that it does no harm."""


def is_safe(reader: Reader, node: ast.expr, deep: int = 0) -> bool:
    """Whether what an expression gives is a number or has been quoted."""
    if deep > _DEEP:
        return False
    match node:
        case ast.Constant(value=value):
            return not isinstance(value, (str, bytes)) or "'" not in str(value)
        case ast.Call(func=function, args=args):
            last = dotted(function).rpartition(".")[2]
            if last in ("str", "format") and args:
                return is_safe(reader, args[0], deep + 1)
            if last == "join" and len(args) == 1:
                return _elements_are_safe(reader, args[0], deep)
            return last in SAFE_CALLS
        case ast.BinOp(op=ast.Sub() | ast.FloorDiv() | ast.Div() | ast.Mult() | ast.Pow()):
            return True
        case ast.IfExp():
            return is_safe(reader, node.body, deep + 1) and is_safe(reader, node.orelse, deep + 1)
        case ast.Name():
            values = reader.uses.values.get(key_of(node.id, reader.scope), [])
            return 0 < len(values) <= _SEVERAL and all(
                value is not None and is_safe(reader, value, deep + 10) for value in values
            )
        case _:
            return False


def _elements_are_safe(reader: Reader, node: ast.expr, deep: int) -> bool:
    match node:
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element) | ast.SetComp(elt=element):
            return is_safe(reader, element, deep + 1)
        case ast.Call(func=ast.Name(id="map"), args=[function, _]):
            return dotted(function).rpartition(".")[2] in SAFE_CALLS
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return all(is_safe(reader, each, deep + 1) for each in elements)
        case _:
            return False
