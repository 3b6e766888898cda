"""What is open while a scanned program is read: brackets, and the operands in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vtql.embedded.parts import Part
from vtql.embedded.program import Found


@dataclass(slots=True)
class Operand:
    """What stands between two pluses; `parts` is None unless it is a string and nothing else."""

    start: int
    end: int
    parts: Sequence[Part] | None = None
    filled: bool = False
    words: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The variable or function that it names, `$this->query` as it stands; or nothing."""
        return "".join(self.words)


@dataclass(slots=True)
class Group:
    """Brackets, a template or a hole, while they are open.

    `functions` are those whose brackets are open up to the block that it stands in, the inmost
    first; `block` is the group of the block, None where it is one itself.
    """

    opening: str
    start: int
    called: str = ""
    scope: tuple[int, ...] = ()
    chain: list[Operand] = field(default_factory=list)
    operand: Operand | None = None
    assigned: str = ""
    key: str = ""
    statement: int = -1
    commas: int = 0
    function: bool = False
    template: list[Part] = field(default_factory=list)
    functions: tuple[str, ...] = ()
    block: Group | None = None

    @property
    def is_block(self) -> bool:
        """Whether statements stand in it."""
        return self.opening in ("", "{")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A string that may be a query, and where it stands."""

    found: Found
    statement: int
    scope: tuple[int, ...]
    assigned: str


class Uses:
    """What is done with variables, by the function they are in and all around it."""

    def __init__(self) -> None:
        self.grown: set[tuple[int, str]] = set()
        self.given: dict[tuple[int, str], set[str]] = defaultdict(set)

    def grow(self, scope: Iterable[int], name: str) -> None:
        """Note that more text is put beside a variable."""
        self.grown.update((place, name) for place in (0, *scope))

    def give(self, scope: Iterable[int], name: str, called: str) -> None:
        """Note that a function takes a variable."""
        for place in (0, *scope):
            self.given[place, name].add(called)
