"""The symbols of a Python file: what is assigned to its names, where they are read, and its nodes' places."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from vtql.source import Source, Span

Scope: TypeAlias = tuple[int, ...]
"""The functions around a node, the outermost first, by the ids of their nodes."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_MAX_NAMES = 4


Assignments: TypeAlias = dict[tuple[int, str], list[ast.expr | None]]
"""By scope and name, the values that are assigned to a variable; None for an unknown one."""


_LEAVES = frozenset((ast.Name, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.alias,
                     *ast.expr_context.__subclasses__(), *ast.operator.__subclasses__(),
                     *ast.unaryop.__subclasses__(), *ast.boolop.__subclasses__(),
                     *ast.cmpop.__subclasses__()))  # fmt: skip
"""Nodes without children that matter here; they are half of a tree."""


def children(node: ast.AST) -> list[ast.AST]:
    """The children of a node, without leaves."""
    nodes: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            nodes += [
                node for node in value if type(node) not in _LEAVES and isinstance(node, ast.AST)
            ]
        elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
            nodes.append(value)
    return nodes


def dotted(node: ast.AST) -> str:
    """The last names of the dotted name of a function, without the calls between them."""
    names: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Call)) and len(names) < _MAX_NAMES:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            node = node.func
    if isinstance(node, ast.Name):
        names.append(node.id)
    return ".".join(reversed(names))


def name_of(node: ast.AST) -> str:
    """The name of a variable or attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return f".{node.attr}" if isinstance(node, ast.Attribute) else ""


def key_of(name: str, scope: Scope) -> tuple[int, str]:
    """The key of a variable in a scope; an attribute belongs to no function."""
    return (scope[-1] if scope and not name.startswith(".") else 0, name)


def assignments_in(tree: ast.AST) -> Assignments:
    """The assignments of a file."""
    assignments: Assignments = defaultdict(list)
    todo: list[tuple[ast.AST, Scope]] = [(tree, ())]
    while todo:
        node, scope = todo.pop()
        _note(assignments, node, scope)
        if isinstance(node, FUNCTIONS):
            scope = (*scope, id(node))
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    assignments[id(node), argument.arg].append(None)
        todo += [(child, scope) for child in children(node)]
    return assignments


def _note(assignments: Assignments, node: ast.AST, scope: Scope) -> None:
    match node:
        case ast.AugAssign():
            _bind(assignments, node.target, None, scope)
        case ast.Assign():
            for target in node.targets:
                _bind(assignments, target, node.value, scope)
        case ast.AnnAssign() | ast.NamedExpr():
            _bind(assignments, node.target, node.value, scope)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            _bind(assignments, node.target, None, scope)
        case ast.withitem(optional_vars=ast.AST() as target):
            _bind(assignments, target, None, scope)


def _bind(assignments: Assignments, target: ast.AST, value: ast.expr | None, scope: Scope) -> None:
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            _bind(assignments, element, None, scope)
    elif name := name_of(target):
        assignments[key_of(name, scope)].append(value)


_ESCAPES = (ast.Break, ast.Continue)


class SymbolTable:
    """The parents of the nodes of a tree, and where its names are read and its functions called.

    `reads` has the nodes that read a variable, `members` those that read an attribute, both with
    augmented assignments; `functions` and `calls` are by the last of the function's names.
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
        """The parent of a node; None for the root."""
        return self.parents.get(id(node))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The ancestors of a node, the inmost first."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def function(self, node: ast.AST) -> ast.AST | None:
        """The function or class that a node is in; None where there is none."""
        key = id(node)
        if key not in self._homes:
            self._homes[key] = self._function(node)
        return self._homes[key]

    def _function(self, node: ast.AST) -> ast.AST | None:
        inside = node
        for ancestor in self.above(node):
            if isinstance(ancestor, ast.ClassDef):
                return ancestor
            if isinstance(ancestor, FUNCTIONS) and not _is_outside(ancestor, inside):
                return ancestor
            inside = ancestor
        return None

    def reads_in(self, name: str, home: ast.AST | None) -> Reads:
        """The nodes in a function, however deep, that read a variable."""
        if name not in self._reads:
            self._reads[name] = self._by_home(name)
        return self._reads[name].get(id(home), _NO_READS)

    def _by_home(self, name: str) -> dict[int, Reads]:
        """The nodes that read a variable, for each function around any of them, and for none."""
        reads: dict[int, list[ast.AST]] = defaultdict(list)
        far: set[int] = set()
        for node in sorted(self.reads[name], key=place):
            own = self.function(node)
            homes = [around for around in self.above(node) if isinstance(around, _HOMES)]
            for home in {id(own), *map(id, homes), id(None)}:
                reads[home].append(node)
                if home != id(own):
                    far.add(home)
        return {home: Reads(places, home not in far) for home, places in reads.items()}

    def until(self, name: str, statement: ast.AST) -> tuple[int, int] | None:
        """The end of the next statement that certainly assigns to a variable again, if there is one.

        Only statements of the same block are certain, and only if nothing between them leaves it.
        """
        block, at = self._blocks.get(id(statement), ((), 0))
        places = self._assigned.get((name, id(block)), ())
        number = bisect_right(places, at)
        if number == len(places):
            return None
        if any(isinstance(node, (ast.Try, ast.TryStar)) for node in self.above(statement)):
            return None
        between = block[at + 1 : places[number] + 1]
        if any(isinstance(node, _ESCAPES) for later in between for node in ast.walk(later)):
            return None
        return (between[-1].end_lineno or 0, between[-1].end_col_offset or 0)


class Reads(NamedTuple):
    """Nodes that read a variable, in their order; `near` if none is in a nested function."""

    places: list[ast.AST]
    near: bool

    def between(self, start: tuple[int, int] | None, end: tuple[int, int] | None) -> list[ast.AST]:
        """The nodes from one place to another, or from the first or to the last."""
        first = 0 if start is None else bisect_left(self.places, start, key=place)
        last = len(self.places) if end is None else bisect_right(self.places, end, key=place)
        return self.places[first:last]


_NO_READS = Reads([], near=True)
_HOMES = (*FUNCTIONS, ast.ClassDef)


def _assigned(statement: ast.stmt) -> list[str]:
    """The variables that a statement certainly assigns to."""
    match statement:
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
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


class NodeSpans:
    """The places of nodes in a file: `ast` counts columns in bytes of UTF-8."""

    def __init__(self, source: Source, shift: int) -> None:
        self.source, self.shift = source, shift
        self.wide: dict[int, list[int]] = {}

    def span(self, node: ast.expr) -> Span:
        """The place of a node."""
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
    numbers = [
        number
        for number, character in enumerate(line)
        for _ in range(len(character.encode("utf-8", "surrogatepass")))
    ]
    return [*numbers, len(line)]


class ScopeReader(NamedTuple):
    """What reading the expressions of a scope needs."""

    places: NodeSpans
    assignments: Assignments
    scope: Scope
