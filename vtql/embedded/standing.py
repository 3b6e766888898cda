"""Which findings stand whatever a program fills in: those that nothing in a hole could answer.

The fillings of `vtql.embedded.filling` are few, and a hole may hold what none of them tries: `id =`
before a value, the end of one name and the beginning of another. So a finding needs what it is about
to be written out, and the table `BEYOND` has what some are about besides the place they are told at:
that no LIMIT is there can be said only where no hole could hold one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from vtql.diagnostics import Diagnostic
from vtql.embedded.tokens import Token, tokens_of
from vtql.source import Span

COLUMNS, MODULE, WHERE, ORDER, LIMIT = range(5)
"""The clauses, in their order."""

VALUES = ("literal", "value", "number")
"""Roles of holes that leave the clauses as they are written."""

BEYOND: Mapping[str, Sequence[int]] = {
    "hijacked-module": (COLUMNS, MODULE),
    "unjoined-order": (COLUMNS, MODULE, WHERE, ORDER),
    "dropped-nulls": (WHERE,),
    "never-true": (WHERE,),
    "always-true": (WHERE,),
    "duplicate-condition": (WHERE,),
    "or-chain": (WHERE,),
    "filtered-out": (MODULE, WHERE),
    "count-unanswered": (COLUMNS, MODULE),
    "capped-limit": (LIMIT,),
    "unordered-paging": (COLUMNS, ORDER, LIMIT),
    "no-limit": (COLUMNS, MODULE, WHERE, ORDER, LIMIT),
    "zero-limit": (LIMIT,),
    "limited-count": (COLUMNS,),
    "multiplied-rows": (MODULE,),
    "wide-star": (MODULE,),
    "exposed-secret": (MODULE,),
    "implicit-filter": (MODULE, WHERE),
}
"""The clauses that a finding is about besides its own place."""

_BEGINS = {"SELECT": COLUMNS, "FROM": MODULE, "WHERE": WHERE, "ORDER": ORDER, "LIMIT": LIMIT}
_LINKS = (*_BEGINS, "AND", "OR")
_OF_A_MODULE = ("VT1", "VT2")


class Standing:
    """A text with marks for its holes: which of its clauses are written out, and where they are not."""

    def __init__(self, text: str, mark: str, roles: Sequence[str]) -> None:
        self.text, self.mark = text, mark
        self._holes = [at for at, role in zip(_marks(text, mark), roles, strict=True)
                       if role not in VALUES]  # fmt: skip
        tokens = list(tokens_of(text, mark)) if self._holes else []
        self._links = _links(tokens)
        self._unknown = _unknown(tokens, self._holes)

    def stands(self, found: Diagnostic) -> bool:
        """Whether a finding, in a place of this text, is one however the holes are filled."""
        if found.slug == "missing-blank" and self.text.startswith(self.mark, found.span.end):
            return False
        if not self._holes or found.code.startswith("VT0"):
            return True
        needed = (MODULE,) if found.code.startswith(_OF_A_MODULE) else ()
        if not self._unknown.isdisjoint((*needed, *BEYOND.get(found.slug, ()))):
            return False
        return self._is_written_out(found.span)

    def _is_written_out(self, span: Span) -> bool:
        """Whether no hole stands before a place in its condition, or in its item of a list."""
        number = bisect_left(self._links, span.start + 1) - 1
        start = self._links[number] if number >= 0 else 0
        hole = bisect_left(self._holes, start)
        return hole == len(self._holes) or self._holes[hole] >= span.start


def _marks(text: str, mark: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _links(tokens: Sequence[Token]) -> list[int]:
    """Where something new begins: a clause, a condition, an item of a list without brackets."""
    found: list[int] = []
    depth = 0
    for token in tokens:
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if token.kind in _LINKS or (token.kind == "COMMA" and depth < 1):
            found.append(token.span.start)
    return found


def _unknown(tokens: Sequence[Token], holes: Sequence[int]) -> frozenset[int]:
    """The clauses that a hole could be of: from the one written before it to the one behind it."""
    written: list[tuple[int, int]] = []
    last = ""
    for token in tokens:
        if token.kind in _BEGINS:
            written.append((token.span.start, _BEGINS[token.kind]))
        elif token.kind == "NAME" and last == "FROM":
            written.append((token.span.end, WHERE))
        last = token.kind
    unknown: set[int] = set()
    for hole in holes:
        place = bisect_left(written, (hole, -1))
        first = written[place - 1][1] if place else COLUMNS
        behind = written[place][1] if place < len(written) else LIMIT + 1
        unknown.update(range(first, max(behind, first + 1)))
    return frozenset(unknown)
