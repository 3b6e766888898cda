"""What is open while a scanned program is read: brackets, and the operands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vtql.embedded.parts import Part
from vtql.embedded.program import Found
from vtql.embedded.scanned_flow import Carried

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


def inside(outer: Group, group: Group) -> Group:
    """A group that is opened in another, which knows what is around it then."""
    group.block = outer if outer.is_block else outer.block
    if not group.is_block:
        names = (plain(group.called),) if group.called else ()
        group.functions = (*names, *outer.functions[: DEEP - len(names)])
    return group


def begun(group: Group) -> int:
    """Where the statement begins that a group is in."""
    block: Group | None = group if group.is_block else group.block
    while block is not None and block.statement < 0:
        block = block.block
    return block.statement if block else -1


def plain(called: str) -> str:
    """The name of a function with a dot for each arrow, as other languages would write it."""
    return _ARROWS.sub(".", called).replace("$", "").replace("[]", "()")


class Candidate(NamedTuple):
    """A string that may be a query, and where its statement begins."""

    found: Found
    statement: int
