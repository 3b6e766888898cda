"""What is open while a scanned program is read: brackets, and the operands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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

DEEP = 30
"""Functions around a string that are known; no program that somebody wrote has as many."""

NAMES = 20
"""Names, arrows and calls of a chain of calls that tell what it is."""

_ARROWS = re.compile(r"\??->|::|\?\.")


class Operand:
    """What stands between two pluses; `parts` is None unless it is a string and nothing else."""

    __slots__ = ("base", "end", "filled", "parts", "start", "words")

    def __init__(
        self, start: int, end: int, parts: Sequence[Part] | None = None, *, filled: bool = False,
        words: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self.start, self.end, self.parts, self.filled = start, end, parts, filled
        self.words = list(words)
        self.base: list[Carried] = []  # what a bracket at its beginning has the value of

    @property
    def name(self) -> str:
        """The variable or function that it names, `$this->query` as it stands; or nothing.

        Of a long chain of calls, its last names.
        """
        return "".join(self.words[-NAMES:])


class Group:
    """Brackets, a template or a hole, while they are open.

    `functions` are those whose brackets are open up to the block that it stands in, the inmost
    first; `block` is the group of the block, None where it is one itself. `carried` has what the
    value of a bracket is, `elements` what a list or an object holds, by their keys, `parameters` the
    names in it, by their places, and `defaults` their values.
    `returns`, `shows` and `declares` say what the statement does; `iterates`, that a loop's list
    and variable are read.
    """

    __slots__ = ("also", "appends", "asked", "assigned", "block", "called", "carried", "chain", "commas", "condition", "declared", "declares", "defaults",
                 "elements", "equals", "function", "functions", "holds_members", "iterates", "key", "keys", "names_class",
                 "opening", "operand", "parameters", "returns", "scope", "shows", "start", "statement",
                 "targets", "template")  # fmt: skip

    def __init__(
        self, opening: str, start: int, called: str = "", scope: tuple[int, ...] = (), *,
        statement: int = -1,
    ) -> None:  # fmt: skip
        self.opening, self.start, self.called, self.scope = opening, start, called, scope
        self.statement = statement
        self.chain: list[Operand] = []
        self.operand: Operand | None = None
        self.assigned = self.key = self.declared = ""
        self.commas = self.equals = 0
        self.also: list[str] = []
        self.function = self.returns = self.shows = self.declares = self.iterates = False
        self.appends = self.asked = False
        self.names_class = self.holds_members = False
        self.carried: list[Carried] = []
        self.targets: list[Carried] = []
        self.condition: Operand | None = None
        self.elements: list[tuple[str, Carried]] = []
        self.keys: set[str] = set()
        self.parameters: dict[int, str] = {}
        self.defaults: list[tuple[str, Carried]] = []
        self.template: list[Part] = []
        self.functions: tuple[str, ...] = ()
        self.block: Group | None = None

    @property
    def is_block(self) -> bool:
        """Whether statements stand in it."""
        return self.opening in ("", "{")


def nested(outer: Group, group: Group) -> Group:
    """A group that is opened in another, which knows what is around it then."""
    group.block = outer if outer.is_block else outer.block
    if not group.is_block:
        names = (dotted_name(group.called),) if group.called else ()
        group.functions = (*names, *outer.functions[: DEEP - len(names)])
    return group


def statement_start(group: Group) -> int:
    """Where the statement begins that a group is in."""
    block: Group | None = group if group.is_block else group.block
    while block is not None and block.statement < 0:
        block = block.block
    return block.statement if block else -1


def dotted_name(called: str) -> str:
    """The name of a function with a dot for each arrow, as other languages would write it."""
    return _ARROWS.sub(".", called).replace("$", "").replace("[]", "()")


class CandidateString(NamedTuple):
    """A string that may be a query, and where its statement begins."""

    found: HostString
    statement: int


_LONG = 2_000
"""Characters of an expression that are looked at, which may have other strings inside."""

_LONG_CHAIN = 60
"""Names and signs of a chain of calls that is followed."""

CONTROL = frozenset(
    ("if", "for", "foreach", "while", "switch", "catch", "elseif", "with", "match", "use")
)
"""What stands before brackets and is no function."""

_LOOPS = ("for", "foreach")
_MEMBER = re.compile(r"[{]?\$[{]?(?P<name>\w+)(?P<members>(?:\??->\w+)*)(?P<index>\[)?")
_QUERY, _OPERATION = "query", "operation"


class Collector:
    """The strings of a program that may be queries, and what is done with its variables."""

    def __init__(self, text: str, language: Syntax) -> None:
        self.text, self.language = text, language
        self.candidates: list[CandidateString] = []
        self.graph = Graph()

    def finish(self, group: Group) -> None:
        """End the chain of a group."""
        chain = group.chain
        if group.operand is not None:
            chain.append(group.operand)
        group.chain, group.operand = [], None
        if not chain:
            return
        if group.opening == "(" and len(chain) == 1 and chain[0].parts is None:
            known = group.parameters.get(group.commas, "")
            if not known or (chain[0].name.startswith("$") and not known.startswith("$")):
                group.parameters[group.commas] = chain[0].name
        carried = self._values(group, chain)
        called = group.functions
        first = next((place for place, each in enumerate(chain) if _begins(each)), None)
        if first is None and not any(each.parts is not None for each in chain):
            self._place_all(group, carried)
            return
        whole = not first
        chain = chain[first or 0 :]
        parts = [part for operand in chain for part in self.parts(operand)]
        filled = any(operand.filled for operand in chain)
        if group.opening == "(" and not group.commas and self.language.formats.search(group.called):
            parts, filled = list(percent(parts)), True
        if first is None and not any(_has_words(part) for part in parts):
            return
        key = (group.key,) if group.key else ()
        tags = [word for operand in chain if operand.parts is not None for word in operand.words]
        found = HostString(
            parts, Span(chain[0].start, chain[-1].end), (*called, *key, *tags), filled=filled
        )
        value = Carried(((string_origin(len(self.candidates)), True),))
        self.candidates.append(CandidateString(found, statement_start(group)))
        if not CHANGES.isdisjoint(tags):
            self.graph.add(value, Fate.COMPLETED)
        elif not (whole and KEEPS.issuperset(tags)):
            self.graph.add(value, Fate.UNKNOWN)
        self._place_all(group, [value])
        if group.is_block and not (group.assigned or group.returns):
            self.graph.add(value, Fate.UNKNOWN)

    def whole(self, group: Group) -> Operand | None:
        """The one string that a bracket is around; None where it is around something else."""
        chain = [*group.chain, *([group.operand] if group.operand else [])]
        if not any(operand.parts is not None for operand in chain):
            return None
        group.chain, group.operand = [], None
        self._values(group, chain)
        parts = [part for operand in chain for part in self.parts(operand)]
        return Operand(group.start, group.start, parts, filled=any(each.filled for each in chain))

    def _values(self, group: Group, chain: Sequence[Operand]) -> list[Carried]:
        """What the value of a chain is; several operands are put together."""
        values = [each for operand in chain for each in self.carried(group, operand)]
        if len(chain) == 1:
            return values
        for each in values:
            self.complete(group, each)
        return []

    def complete(self, group: Group, value: Carried) -> None:
        """Note that more is put beside a value, unless the text is only shown."""
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
        """The variables whose value an operand has; what its methods do is noted."""
        words = operand.words
        if operand.parts is not None or not words:
            return []
        based = bool(operand.base) or words[0] == "()"
        values, name, at = list(operand.base), "" if based else words[0], 1

        def here() -> list[Carried]:
            return [self.value_of(group, name)] if name else values

        while at < len(words):
            word = words[at]
            method = words[at + 1] if word in self.language.member and at + 1 < len(words) else ""
            called = words[at + 2 : at + 3] == ["()"]
            if word == "[]":
                values, name = [each._replace(indexed=True) for each in here()], ""
                at += 1
            elif method in KEEPS and called:
                at += 3
            elif (method in CHANGES or method in JOINS) and called:
                for each in here():
                    self._joined(group, each, method)
                return []
            elif method in LOOKS and called:
                return []
            elif word != "()" and (not method or at > _LONG_CHAIN):
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
        """Note that nobody knows where values go."""
        for each in values:
            self.graph.add(each, Fate.UNKNOWN)

    def _joined(self, group: Group, value: Carried, method: str) -> None:
        if method in JOINS:
            self.graph.add(value, Joined())
        else:
            self.complete(group, value)

    def interpolated(self, group: Group, parts: Sequence[Part]) -> None:
        """Note the variables that are put into a string."""
        for part in parts:
            found = _MEMBER.match(part.shown) if isinstance(part, Placeholder) else None
            if found:
                member = found["members"].rpartition(">")[2]
                name = f".{member}" if member else f"${found['name']}"
                value = self.value_of(group, name)._replace(indexed=bool(found["index"]))
                self.complete(group, value)

    def _place_all(self, group: Group, values: Sequence[Carried]) -> None:
        for each in values:
            self._place(group, each)

    def _place(self, group: Group, value: Carried) -> None:
        """Note where the value of a whole expression goes, by the bracket or statement it is in."""
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
        """Give a value to a function, or let a bracket have it."""
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
        elif self.language.formats.search(called):
            if group.commas:
                self.complete(group, value)
            else:
                group.carried.append(value)
        elif called.rpartition(".")[2] in ("push", "unshift", "append", "array_push"):
            self._push(group, called, value)
        else:
            self.graph.add(value, Argument(called, group.commas, group.key))

    def _push(self, group: Group, called: str, value: Carried) -> None:
        """Put a value into a list that a method is called of."""
        owner = called.rpartition(".")[0]
        name = f".{owner.rpartition('.')[2]}" if "." in owner else owner
        if not owner or self.language.plus == ".":  # of an object, not of a list
            self.graph.add(value, Argument(called, group.commas, group.key))
        else:
            self.graph.add(value._replace(lists=True), self.variable(group, name))

    def parts(self, operand: Operand) -> Sequence[Part]:
        if operand.parts is not None:
            return operand.parts
        if operand.end - operand.start > _LONG:
            shown = f"{self.text[operand.start : operand.start + _LONG]}…"
            return (Placeholder(Span(operand.start, operand.end), shown),)
        shown = self.text[operand.start : operand.end]
        safe = bool(self.language.safe.match(shown))
        return (Placeholder(Span(operand.start, operand.end), shown, safe=safe),)

    def hole(self, start: int, end: int) -> Placeholder:
        if end - start > _LONG:
            return Placeholder(Span(start, end), f"{self.text[start : start + _LONG]}…")
        shown = self.text[start:end].removeprefix("${").removesuffix("}").strip()
        return Placeholder(Span(start, end), shown, safe=bool(self.language.safe.match(shown)))


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
