"""What a Python program assigns to its variables."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from vtql.source import Source, Span

Scope: TypeAlias = tuple[int, ...]
"""The functions around a place, the outermost first, each by the id of its node."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SHOWN = 4


class Assignments:
    """By scope and name: what is assigned to a variable, None where nobody knows."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, str], list[ast.expr | None]] = defaultdict(list)


_LEAVES = frozenset((ast.Name, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.alias,
                     *ast.expr_context.__subclasses__(), *ast.operator.__subclasses__(),
                     *ast.unaryop.__subclasses__(), *ast.boolop.__subclasses__(),
                     *ast.cmpop.__subclasses__()))  # fmt: skip
"""Nodes in which nothing can stand that matters here; half of a program is of them."""


def children(node: ast.AST) -> list[ast.AST]:
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


def assignments_in(tree: ast.AST) -> Assignments:
    """What the variables of a program are assigned."""
    uses = Assignments()
    todo: list[tuple[ast.AST, Scope]] = [(tree, ())]
    while todo:
        node, scope = todo.pop()
        _note(uses, node, scope)
        if isinstance(node, FUNCTIONS):
            scope = (*scope, id(node))
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    uses.values[id(node), argument.arg].append(None)
        todo += [(child, scope) for child in children(node)]
    return uses


def _note(uses: Assignments, node: ast.AST, scope: Scope) -> None:
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


def _bind(uses: Assignments, target: ast.AST, value: ast.expr | None, scope: Scope) -> None:
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            _bind(uses, each, None, scope)
    elif name := name_of(target):
        uses.values[key_of(name, scope)].append(value)


_ESCAPES = (ast.Break, ast.Continue)


class SymbolTable:
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


class NodeSpans:
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


class ScopeReader(NamedTuple):
    """What it takes to read the expressions of a scope."""

    places: NodeSpans
    uses: Assignments
    scope: Scope
