"""Expressions of a scanned file: concatenations of operands in groups of brackets.

At its end a concatenation is either a string that may be a query, or a use of variables, which goes
into the graph of the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from vtql.embedded.detect import begins_like_a_query
from vtql.embedded.format_strings import percent
from vtql.embedded.host import Fate, HostString, shows
from vtql.embedded.scanned_data_flow import (
    CHANGES,
    JOINS,
    KEEP,
    KEEPS,
    LOOKS,
    Argument,
    Carried,
    Graph,
    Joined,
    Variable,
    string_origin,
)
from vtql.embedded.scanners import Syntax
from vtql.embedded.template import Part, Placeholder, Text
from vtql.source import Span

MAX_FUNCTIONS = 30
"""Functions around a string that are kept; no source code that somebody wrote has as many."""

MAX_NAMES = 20
"""Names, arrows and calls at the end of a chain of calls that name it."""

_ARROWS = re.compile(r"\??->|::|\?\.")


@dataclass(slots=True, eq=False)
class Operand:
    """An operand of a concatenation; `parts` is None unless it is a string and nothing else.

    `words` are the names and signs of a chain of calls, and `base` the values of a bracket that it
    begins with.
    """

    start: int
    end: int
    parts: Sequence[Part] | None = None
    words: list[str] = field(default_factory=list)
    base: list[Carried] = field(default_factory=list)
    formatted: bool = False

    @property
    def name(self) -> str:
        """The variable or function that it names, `$this->query` as it stands; or nothing.

        Of a long chain of calls, its last names.
        """
        return "".join(self.words[-MAX_NAMES:])


@dataclass(slots=True, eq=False)
class Group:
    """Brackets, a template or a placeholder of one, while they are open.

    `statement` is the offset of the current statement, -1 before it begins. `chain` has the operands
    of the current concatenation but for the last, `operand`.

    `assigned` is the variable that is assigned to, `appends` whether as an element of it, and `also`
    those of `a = b = …` before it; `equals` is the offset after the last `=`. `key` is the key or
    parameter before the current value, `keys` has all, and `declared` is the name before a type.

    `functions` are those whose brackets are open up to the block, the inmost first; `block` is the
    group of the block around it, None where it is one itself.

    `carried` are the values of a bracket, `elements` those of a list or an object by their keys,
    `targets` the variables of a loop, `parameters` the names in it by their places, and `defaults`
    their values.

    `returns`, `shows` and `declares` say what the statement does, and `function` that it has a
    function; `iterates`, that the list of a loop has been read. `names_class` says that a class was
    named, and `holds_members` that it is the body of one. `in_conditional` is true after `?`, whose
    `condition` it keeps.
    """

    opening: str
    start: int
    called: str = ""
    scope: tuple[int, ...] = ()
    statement: int = -1
    chain: list[Operand] = field(default_factory=list)
    operand: Operand | None = None
    condition: Operand | None = None
    assigned: str = ""
    key: str = ""
    declared: str = ""
    commas: int = 0
    equals: int = 0
    also: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    function: bool = False
    returns: bool = False
    shows: bool = False
    declares: bool = False
    iterates: bool = False
    appends: bool = False
    in_conditional: bool = False
    names_class: bool = False
    holds_members: bool = False
    carried: list[Carried] = field(default_factory=list)
    targets: list[Carried] = field(default_factory=list)
    elements: list[tuple[str, Carried]] = field(default_factory=list)
    parameters: dict[int, str] = field(default_factory=dict)
    defaults: list[tuple[str, Carried]] = field(default_factory=list)
    template: list[Part] = field(default_factory=list)
    functions: tuple[str, ...] = ()
    block: Group | None = None

    @property
    def is_block(self) -> bool:
        """Whether it has statements."""
        return self.opening in ("", "{")


def nested(outer: Group, group: Group) -> Group:
    """A group that is opened in another one."""
    group.block = outer if outer.is_block else outer.block
    if not group.is_block:
        names = (dotted_name(group.called),) if group.called else ()
        group.functions = (*names, *outer.functions[: MAX_FUNCTIONS - len(names)])
    return group


def statement_start(group: Group) -> int:
    """The offset of the statement that a group is in."""
    block: Group | None = group if group.is_block else group.block
    while block is not None and block.statement < 0:
        block = block.block
    return block.statement if block else -1


def dotted_name(called: str) -> str:
    """The name of a function with a dot for each arrow."""
    return _ARROWS.sub(".", called).replace("$", "").replace("[]", "()")


class CandidateString(NamedTuple):
    """A string that may be a query, and the offset of its statement."""

    string: HostString
    statement: int


_MAX_EXPRESSION = 2_000
"""Characters of an expression that are kept; there may be other strings in it."""

_MAX_CHAIN = 60
"""Names and signs of a chain of calls that is followed."""

CONTROL = frozenset(
    ("if", "for", "foreach", "while", "switch", "catch", "elseif", "with", "match", "use")
)
"""Keywords before brackets, which are no functions."""

_LOOPS = ("for", "foreach")
_MEMBER = re.compile(r"[{]?\$[{]?(?P<name>\w+)(?P<members>(?:\??->\w+)*)(?P<index>\[)?")
_QUERY, _OPERATION = "query", "operation"


class Collector:
    """Collects the strings that may be queries, and what is done with variables."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self.text, self.syntax = text, syntax
        self.candidates: list[CandidateString] = []
        self.graph = Graph()

    def finish(self, group: Group) -> None:
        """End the concatenation of a group."""
        chain = group.chain
        if group.operand is not None:
            chain.append(group.operand)
        group.chain, group.operand = [], None
        if not chain:
            return
        if group.opening == "(" and len(chain) == 1 and chain[0].parts is None:
            parameter = group.parameters.get(group.commas, "")
            if not parameter or (chain[0].name.startswith("$") and not parameter.startswith("$")):
                group.parameters[group.commas] = chain[0].name
        carried = self._values(group, chain)
        called = group.functions
        first = next((place for place, operand in enumerate(chain) if _begins(operand)), None)
        if first is None and not any(operand.parts is not None for operand in chain):
            self._place_all(group, carried)
            return
        whole = not first
        chain = chain[first or 0 :]
        parts = [part for operand in chain for part in self.parts(operand)]
        formatted = any(operand.formatted for operand in chain)
        if group.opening == "(" and not group.commas and self.syntax.formats.search(group.called):
            parts, formatted = list(percent(parts)), True
        if first is None and not any(_has_words(part) for part in parts):
            return
        key = (group.key,) if group.key else ()
        tags = [word for operand in chain if operand.parts is not None for word in operand.words]
        string = HostString(
            parts, Span(chain[0].start, chain[-1].end), (*called, *key, *tags), formatted=formatted
        )
        value = Carried(((string_origin(len(self.candidates)), True),))
        self.candidates.append(CandidateString(string, statement_start(group)))
        if not CHANGES.isdisjoint(tags):
            self.graph.add(value, Fate.COMPLETED)
        elif not (whole and KEEPS.issuperset(tags)):
            self.graph.add(value, Fate.UNKNOWN)
        self._place_all(group, [value])
        if group.is_block and not (group.assigned or group.returns):
            self.graph.add(value, Fate.UNKNOWN)

    def whole(self, group: Group) -> Operand | None:
        """The string in a bracket that has nothing else; None where it has."""
        chain = [*group.chain, *([group.operand] if group.operand else [])]
        if not any(operand.parts is not None for operand in chain):
            return None
        group.chain, group.operand = [], None
        self._values(group, chain)
        parts = [part for operand in chain for part in self.parts(operand)]
        return Operand(
            group.start, group.start, parts, formatted=any(operand.formatted for operand in chain)
        )

    def _values(self, group: Group, chain: Sequence[Operand]) -> list[Carried]:
        """The values of a concatenation; those of several operands become a part of a text."""
        values = [value for operand in chain for value in self.carried(group, operand)]
        if len(chain) == 1:
            return values
        for value in values:
            self.complete(group, value)
        return []

    def complete(self, group: Group, value: Carried) -> None:
        """Note that a value is concatenated with more, unless the text is only shown."""
        block = group if group.is_block else group.block
        if not (any(map(shows, group.functions)) or (block is not None and block.shows)):
            self.graph.add(value, Fate.COMPLETED)

    def value_of(self, group: Group, name: str) -> Carried:
        """The value of a variable, read in a group."""
        if name.startswith("."):
            return Carried((((0, name), False),))
        here = group.scope[-1] if group.scope else 0
        return Carried(tuple(((scope, name), scope == here) for scope in (0, *group.scope)))

    def variable(self, group: Group, name: str) -> Variable:
        """The variable of a name that is assigned in a group; one of an object is a member."""
        block = group if group.is_block else group.block
        if block is not None and block.holds_members:
            return Variable((0, f".{name.lstrip('$')}"))
        if name.startswith("."):
            return Variable((0, name))
        return Variable((group.scope[-1] if group.scope else 0, name))

    def carried(self, group: Group, operand: Operand) -> list[Carried]:
        """The variables whose value an operand has; calls of their methods go into the graph."""
        words = operand.words
        if operand.parts is not None or not words:
            return []
        based = bool(operand.base) or words[0] == "()"
        values, name, at = list(operand.base), "" if based else words[0], 1

        def here() -> list[Carried]:
            return [self.value_of(group, name)] if name else values

        while at < len(words):
            word = words[at]
            method = words[at + 1] if word in self.syntax.member and at + 1 < len(words) else ""
            called = words[at + 2 : at + 3] == ["()"]
            if word == "[]":
                values, name = [value._replace(indexed=True) for value in here()], ""
                at += 1
            elif method in KEEPS and called:
                at += 3
            elif (method in CHANGES or method in JOINS) and called:
                for value in here():
                    self._joined(group, value, method)
                return []
            elif method in LOOKS and called:
                return []
            elif word != "()" and (not method or at > _MAX_CHAIN):
                self._lose(here())
                return []
            else:
                if not name or called:
                    self._lose(here())
                if word == "()":
                    name, values = (f"{name}()" if name else ""), []
                    at += 1
                else:
                    name = f".{method}()" if called else f".{method.lstrip('$')}"
                    values = []
                    at += 3 if called else 2
        return here()

    def _lose(self, values: Sequence[Carried]) -> None:
        """Note that it is unknown where values go."""
        for value in values:
            self.graph.add(value, Fate.UNKNOWN)

    def _joined(self, group: Group, value: Carried, method: str) -> None:
        if method in JOINS:
            self.graph.add(value, Joined())
        else:
            self.complete(group, value)

    def interpolated(self, group: Group, parts: Sequence[Part]) -> None:
        """Note the variables that are interpolated in a string."""
        for part in parts:
            match = _MEMBER.match(part.expression) if isinstance(part, Placeholder) else None
            if match:
                member = match["members"].rpartition(">")[2]
                name = f".{member}" if member else f"${match['name']}"
                value = self.value_of(group, name)._replace(indexed=bool(match["index"]))
                self.complete(group, value)

    def _place_all(self, group: Group, values: Sequence[Carried]) -> None:
        for value in values:
            self._place(group, value)

    def _place(self, group: Group, value: Carried) -> None:
        """Note where the value of a whole expression goes, by its bracket or statement."""
        called = dotted_name(group.called)
        if group.opening in ("[", "{}") or called == "array":
            if group.opening == "[" and called:
                self.graph.add(value, Fate.UNKNOWN)  # an index
            else:
                self._put(group, value)
        elif group.opening == "${":
            self.complete(group, value)
        elif group.opening == "(":
            self._give(group, called, value)
        elif group.assigned:
            for name in group.also:
                self.graph.add(value, self.variable(group, name))
            value = value._replace(lists=value.lists or group.appends)
            self.graph.add(value, self.variable(group, group.assigned))
            if group.assigned.startswith(".") or group.holds_members:
                self.graph.add(value, Fate.UNKNOWN)
        elif group.returns:
            self.graph.add(value, Fate.UNKNOWN)
            for name in self.graph.names.get(group.scope[-1] if group.scope else 0, ()):
                self.graph.add(value, Variable((0, f"{name}()")))
                self.graph.add(value, Variable((0, f".{name}()")))

    def _put(self, group: Group, value: Carried) -> None:
        """Put a value into a list or an object."""
        key = group.key or value.sources[-1][0][1].lstrip("$.")
        group.elements.append((key, value))

    def _give(self, group: Group, called: str, value: Carried) -> None:
        """Give a value to a function, or to the bracket around it."""
        if group.assigned:
            self.graph.add(value, self.variable(group, group.assigned))
            if called not in CONTROL:
                self.graph.add(value, Fate.UNKNOWN)
                group.defaults.append((group.assigned, value))
        elif not called:
            group.carried.append(value)
        elif called in _LOOPS:
            (group.carried if group.iterates else group.targets).append(value)
        elif called in CONTROL:
            return
        elif KEEP.search(called) and not group.commas:
            group.carried.append(value)
        elif self.syntax.formats.search(called):
            if group.commas:
                self.complete(group, value)
            else:
                group.carried.append(value)
        elif called.rpartition(".")[2] in ("push", "unshift", "append", "array_push"):
            self._push(group, called, value)
        else:
            self.graph.add(value, Argument(called, group.commas, group.key))

    def _push(self, group: Group, called: str, value: Carried) -> None:
        """Put a value into the list whose method is called."""
        owner = called.rpartition(".")[0]
        name = f".{owner.rpartition('.')[2]}" if "." in owner else owner
        if not owner or not self.syntax.lists_are_objects:
            self.graph.add(value, Argument(called, group.commas, group.key))
        else:
            self.graph.add(value._replace(lists=True), self.variable(group, name))

    def parts(self, operand: Operand) -> Sequence[Part]:
        """The parts of an operand; one that is not a string is a placeholder."""
        if operand.parts is not None:
            return operand.parts
        source = self.text[operand.start : operand.end]
        return (self._placeholder(operand.start, operand.end, source),)

    def placeholder(self, start: int, end: int) -> Placeholder:
        """The placeholder of a template, with its braces."""
        source = self.text[start:end]
        return self._placeholder(start, end, source.removeprefix("${").removesuffix("}").strip())

    def _placeholder(self, start: int, end: int, source: str) -> Placeholder:
        if end - start > _MAX_EXPRESSION:
            return Placeholder(Span(start, end), f"{self.text[start : start + _MAX_EXPRESSION]}…")
        return Placeholder(Span(start, end), source, safe=bool(self.syntax.safe.match(source)))


def is_request(keys: set[str], key: str) -> bool:
    """Whether a value under a key is the query of the parameters of a request."""
    return key == _QUERY and _OPERATION in keys


def _begins(operand: Operand) -> bool:
    for part in operand.parts or ():
        if isinstance(part, Placeholder):
            return False
        if part.value.strip():
            return begins_like_a_query(part.value)
    return False


def _has_words(part: Part) -> bool:
    return isinstance(part, Text) and "from" in part.value.lower()
