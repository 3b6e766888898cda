"""A Python program as its parents, its functions, and the places that read its names."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from vtql.embedded.python_uses import FUNCTIONS, dotted, name_of

_ESCAPES = (ast.Break, ast.Continue)


class Program:
    """A program with the parent of each node, and where its names are read and its functions called.

    `reads` has the places that read a variable, `members` those that read an attribute, both with
    those that add to it; `functions` and `calls` are by the last of the function's names.
    """

    def __init__(self, tree: ast.AST) -> None:
        self.parents: dict[int, ast.AST] = {}
        self._homes: dict[int, ast.AST | None] = {}
        self._reads: dict[str, dict[int, Reads]] = {}
        self._blocks: dict[int, tuple[list[ast.stmt], int]] = {}
        self._assigned: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.reads: dict[str, list[ast.AST]] = defaultdict(list)
        self.members: dict[str, list[ast.AST]] = defaultdict(list)
        self.functions: dict[str, list[ast.AST]] = defaultdict(list)
        self.calls: dict[str, list[ast.AST]] = defaultdict(list)
        self.shared: set[str] = set()
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parents[id(child)] = node
            self._note(node)

    def _note(self, node: ast.AST) -> None:
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                for at, statement in enumerate(block):
                    self._blocks[id(statement)] = block, at
                    for name in _assigned(statement):
                        self._assigned[name, id(block)].append(at)
        match node:
            case ast.Name(ctx=ast.Load()):
                self.reads[node.id].append(node)
            case ast.Attribute(ctx=ast.Load()):
                self.members[node.attr].append(node)
            case ast.AugAssign(target=ast.Name() as variable):
                self.reads[variable.id].append(variable)
            case ast.AugAssign(target=ast.Attribute() as member):
                self.members[member.attr].append(member)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions[node.name].append(node)
            case ast.Assign(targets=[target], value=ast.Lambda() as function) if name_of(target):
                self.functions[name_of(target).removeprefix(".")].append(function)
            case ast.Call():
                self.calls[dotted(node.func).rpartition(".")[2]].append(node)
            case ast.Global() | ast.Nonlocal():
                self.shared.update(node.names)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that a node is a part of; None of the root."""
        return self.parents.get(id(node))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, the inmost first."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def function(self, node: ast.AST) -> ast.AST | None:
        """The function or class that a node stands in; None in none."""
        key = id(node)
        if key not in self._homes:
            self._homes[key] = self._function(node)
        return self._homes[key]

    def _function(self, node: ast.AST) -> ast.AST | None:
        inside = node
        for each in self.above(node):
            if isinstance(each, ast.ClassDef):
                return each
            if isinstance(each, FUNCTIONS) and not _is_outside(each, inside):
                return each
            inside = each
        return None

    def reads_in(self, name: str, home: ast.AST | None) -> Reads:
        """The places in a function, however deep, that read a variable."""
        if name not in self._reads:
            self._reads[name] = self._by_home(name)
        return self._reads[name].get(id(home), _NO_READS)

    def _by_home(self, name: str) -> dict[int, Reads]:
        """The places that read a variable, for each function around any of them, and for none."""
        found: dict[int, list[ast.AST]] = defaultdict(list)
        far: set[int] = set()
        for each in sorted(self.reads[name], key=place):
            own = self.function(each)
            homes = [around for around in self.above(each) if isinstance(around, _HOMES)]
            for home in {id(own), *map(id, homes), id(None)}:
                found[home].append(each)
                if home != id(own):
                    far.add(home)
        return {home: Reads(places, home not in far) for home, places in found.items()}

    def until(self, name: str, statement: ast.AST) -> tuple[int, int] | None:
        """Where the next statement ends that certainly assigns a variable anew, if there is one.

        Only statements of the same block are certain, and only if nothing between them leaves it.
        """
        block, at = self._blocks.get(id(statement), ((), 0))
        places = self._assigned.get((name, id(block)), ())
        number = bisect_right(places, at)
        if number == len(places):
            return None
        if any(isinstance(each, (ast.Try, ast.TryStar)) for each in self.above(statement)):
            return None
        between = block[at + 1 : places[number] + 1]
        if any(isinstance(node, _ESCAPES) for each in between for node in ast.walk(each)):
            return None
        return (between[-1].end_lineno or 0, between[-1].end_col_offset or 0)


class Reads(NamedTuple):
    """Places that read a variable, in their order; `near` if none is in a function inside."""

    places: list[ast.AST]
    near: bool

    def between(self, start: tuple[int, int] | None, end: tuple[int, int] | None) -> list[ast.AST]:
        """The places from one to another, or from the first or to the last."""
        first = 0 if start is None else bisect_left(self.places, start, key=place)
        last = len(self.places) if end is None else bisect_right(self.places, end, key=place)
        return self.places[first:last]


_NO_READS = Reads([], near=True)
_HOMES = (*FUNCTIONS, ast.ClassDef)


def _assigned(statement: ast.stmt) -> list[str]:
    """The variables that a statement assigns to, whatever happens before."""
    match statement:
        case ast.Assign(targets=targets):
            return [each.id for each in targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return [name]
        case _:
            return []


def place(node: ast.AST) -> tuple[int, int]:
    """The line and column at which a node begins, 0 where it has none."""
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _is_outside(function: ast.AST, part: ast.AST) -> bool:
    """Whether a direct part of a function is evaluated outside of it: a default or a decorator."""
    return isinstance(part, ast.arguments) or part in getattr(function, "decorator_list", ())
