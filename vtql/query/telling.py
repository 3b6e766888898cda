"""What is told of a query set beforehand, as values and as a text for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from vtql.logic.plan import Reading

SHOWN = 10
"""Alternatives and statements that the text shows; the value has all of them."""

WIDTH = 200
"""Characters of each that the text shows."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of what is asked: the queries over one module.

    `condition` is the tree with brackets, or that of the alternatives where it would be written with
    more than ten thousand conditions; `alternatives` are its minimal normal form, one condition that
    suffices each. `statements` are the first requests of the queries; where `ids` are not known
    before an earlier stage has found them, a word in ⟨⟩ stands for them, and `waits_for` has the
    numbers of these stages, from 1. `tests` say what is decided here, on the records that come. `requests` is how many there are, at least, and for a slice that is filled; `more` says what they grow with. `why` says
    why one query is not enough, and is empty where it is. `fewest` is whether fewer queries are proven not to do.
    """

    module: str
    gives: str
    condition: str
    alternatives: tuple[str, ...]
    statements: tuple[str, ...]
    fewest: bool
    why: str
    way: str
    requests: int
    more: str
    waits_for: tuple[int, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """All stages in the order in which they are asked; the last one gives the rows.

    `reading` is what the queries are made for. `notes` tells of what happens here, and of what may
    still change. `str()` is a text for people, `to_dict()` the same as plain data.
    """

    stages: tuple[Stage, ...]
    reading: Reading
    notes: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """How many requests there are at least, for a slice that is filled."""
        return sum(stage.requests for stage in self.stages)

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain data, for JSON."""
        return {**asdict(self), "requests": self.requests}

    def __str__(self) -> str:
        return "\n".join(_told(self))


def _told(explanation: Explanation) -> Iterator[str]:
    for number, stage in enumerate(explanation.stages, start=1):
        if len(explanation.stages) > 1:
            yield f"stage {number}: {stage.gives} from {stage.module}"
        yield f"condition     {_cut(stage.condition)}"
        if len(stage.alternatives) > 1:
            yield f"alternatives  {len(stage.alternatives):,}"
            yield from _some(stage.alternatives)
        count = len(stage.statements)
        yield f"queries       {count:,}{', proven the fewest' if stage.fewest and count > 1 else ''}"
        yield from _some(stage.statements)
        if stage.why:
            yield f"why several   {stage.why}"
        yield f"way           {stage.way}"
        yield f"requests      {f'{stage.requests:,} {stage.more}' if count else 'none'}"
        yield ""
    yield f"reading       {explanation.reading}"
    for note in explanation.notes:
        yield f"note          {note}"


def _some(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines[:SHOWN]:
        yield f"  {_cut(line)}"
    if len(lines) > SHOWN:
        yield f"  … and {len(lines) - SHOWN:,} more"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[:WIDTH]} … ({len(line):,} characters)"
