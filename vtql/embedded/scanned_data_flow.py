"""Where a string of a scanned file goes: the graph of its variables, calls and containers.

A scanner knows no types and sees functions only by their braces, so a variable is identified by its
name and the function around it, in whatever order it is read and written: what any of its uses does
to it counts for all of its strings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from vtql.embedded.host import Fate, Flow, sends, shows

Origin: TypeAlias = tuple[int, str]
"""A variable: the offset of its function, or 0, and its name; for a string see `string_origin`."""

MAX_STEPS = 500
"""Edges that one string is followed along; if there are more, its fate is unknown."""

MAX_NAMESAKES = 50
"""Functions of one name that are followed."""

KEEPS = frozenset(("trim", "trimEnd", "trimStart", "toString", "valueOf", "__toString"))
"""Methods that do not change a text."""

CHANGES = frozenset((
    "concat", "replace", "replaceAll", "slice", "substring", "substr", "padEnd", "padStart", "repeat",
    "append", "prepend", "finish",
))  # fmt: skip
"""Methods that append to a text, or change it."""

JOINS = frozenset(("join", "implode"))
"""Methods that join the elements of a list."""

LOOKS = frozenset((
    "endsWith", "startsWith", "includes", "indexOf", "lastIndexOf", "match", "test", "search", "charAt",
))  # fmt: skip
"""Methods that only look at a text."""

KEEP = re.compile(r"^(?:trim|rtrim|ltrim|strval|String)\Z")
"""Functions that do not change a text, if it is their only argument."""

CONCATENATES = re.compile(
    r"(?:^|\.)(?:implode|join|concat|array_merge|array_push|substr|mb_substr|str_replace|substr_replace|"
    r"preg_replace|str_pad|rtrim|trim|ltrim|strtr|v?s?printf|util\.format)\Z"
)
"""Functions that concatenate their arguments, or change them."""


class Variable(NamedTuple):
    """A variable that a string is assigned to."""

    source: Origin


class Argument(NamedTuple):
    """An argument of a call, by its place or, if it has one, its name."""

    function: str
    place: int
    name: str = ""


class Joined(NamedTuple):
    """A list is joined to one text."""


class Edge(NamedTuple):
    """Where a string goes.

    `near` says that this is in the function of the variable, `lists` that the string becomes an
    element of a list, and `indexed` that it is an element of a list; `sent`, that the string is
    certainly sent, unless it is completed before.
    """

    target: Fate | Variable | Argument | Joined
    near: bool = True
    lists: bool = False
    indexed: bool = False
    sent: bool = False


class Carried(NamedTuple):
    """The strings and variables whose value an expression has; see `Edge`."""

    sources: Sequence[tuple[Origin, bool]]
    lists: bool = False
    indexed: bool = False
    sent: bool = False


class Function(NamedTuple):
    """A function of the file: its parameters, and the scope in which they are variables."""

    parameters: Sequence[str]
    scope: int


def string_origin(number: int) -> Origin:
    """The source of a string, by its number."""
    return (-1 - number, "")


class Graph:
    """The edges of all strings and variables of a file, and its functions by their names."""

    def __init__(self) -> None:
        self.edges: dict[Origin, list[Edge]] = defaultdict(list)
        self.functions: dict[str, list[Function]] = defaultdict(list)
        self.names: dict[int, list[str]] = defaultdict(list)

    def define(
        self,
        name: str,
        parameters: Sequence[str],
        scope: int,
        defaults: Sequence[tuple[str, Carried]],
    ) -> None:
        """Note a function of the file, whose parameters are variables of a scope."""
        if name:
            self.functions[name].append(Function(parameters, scope))
            if scope:
                self.names[scope].append(name)
        for parameter, value in defaults:
            self.add(value, Variable((scope, parameter)))

    def add(self, carried: Carried, target: Fate | Variable | Argument | Joined) -> None:
        """Note where the value of an expression goes."""
        for source, near in carried.sources:
            self.edges[source].append(
                Edge(target, near, carried.lists, carried.indexed, carried.sent)
            )

    def flow(self, start: Origin) -> Flow:
        """Where a string goes."""
        flow = Flow()
        todo: list[tuple[Origin, bool, bool, bool]] = [(start, False, True, False)]
        seen: set[tuple[Origin, bool, bool]] = set()
        steps = 0
        while todo:
            source, element, near, sent = todo.pop()
            if (source, element, sent) in seen:
                continue
            seen.add((source, element, sent))
            edges = self.edges.get(source, ())
            steps += 1 + len(edges)
            if steps > MAX_STEPS:
                flow.fates.add(Fate.UNKNOWN)
                break
            if not edges and not sent:
                flow.fates.add(Fate.UNKNOWN)
            for edge in edges:
                is_near = near and edge.near
                for following in self._next(flow, edge, element=element):
                    if not isinstance(following, Fate):
                        todo.append((*following, is_near, sent or edge.sent))
                    elif (sent or edge.sent) and following is not Fate.COMPLETED:
                        continue
                    elif following is not Fate.SENT or is_near:
                        flow.fates.add(following)
                    else:
                        flow.fates.add(Fate.UNKNOWN)
        return flow

    def _next(
        self, flow: Flow, edge: Edge, *, element: bool
    ) -> Iterator[Fate | tuple[Origin, bool]]:
        """The next sources, each with whether it has the string as an element, or a fate."""
        if edge.indexed:
            if not element:
                return
            element = False
        if edge.lists and element:
            yield Fate.UNKNOWN
            return
        element = element or edge.lists
        match edge.target:
            case Fate():
                yield Fate.UNKNOWN if element and edge.target is Fate.COMPLETED else edge.target
            case Joined():
                if element:
                    yield Fate.COMPLETED
            case Variable(source=source):
                yield source, element
            case Argument():
                yield from self._given(flow, edge.target, element=element)

    def _given(
        self, flow: Flow, argument: Argument, *, element: bool
    ) -> Iterator[Fate | tuple[Origin, bool]]:
        name = argument.function
        flow.given_to.add(name)
        if CONCATENATES.search(name):
            yield Fate.COMPLETED
        elif functions := self.functions.get(name.rpartition(".")[2]):
            if len(functions) > MAX_NAMESAKES:
                yield Fate.UNKNOWN
                return
            for function in functions:
                parameter = _parameter(function, argument)
                yield ((function.scope, parameter), element) if parameter else Fate.UNKNOWN
        elif shows(name):
            return
        elif sends(name) and not element:
            yield Fate.SENT
        else:
            yield Fate.UNKNOWN


def _parameter(function: Function, argument: Argument) -> str:
    if argument.name:
        names = [f"${argument.name}", argument.name]
        return next((name for name in names if name in function.parameters), "")
    if argument.place < len(function.parameters):
        return function.parameters[argument.place]
    return ""
