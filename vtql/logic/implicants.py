"""Sets of implicants under OR and AND, within limits.

Under OR the implicants of the parts come together, under AND each of one part is joined to each of
the next; what contains another is left out at once. Two alternatives and two and two more multiply,
so both may end in a refusal, which names the part that was too much.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from vtql.ast import Condition
from vtql.errors import NotExpressible
from vtql.logic.bits import minimal, numbers, union
from vtql.logic.limits import ALTERNATIVES, CONDITIONS, SMALLER, STEPS, counted, some
from vtql.logic.numbering import Numbering

Implicants: TypeAlias = Sequence[int]


@dataclass(slots=True)
class Work:
    """The conditions of a tree, what is being made of them, and the steps that it has taken."""

    table: Numbering = field(default_factory=Numbering)
    parts: Sequence[Implicants] = ()
    spent: int = 0
    known: dict[int, Implicants] = field(default_factory=dict)
    """What has been made of a part, by its identity: equality would go as deep as the tree."""
    _ranks: dict[int, int] = field(default_factory=dict)
    _bits: dict[int, int] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        """Count steps; NotExpressible where they are more than `STEPS`."""
        self.spent += steps
        if self.spent > STEPS:
            raise NotExpressible(
                f"putting together conditions (of {self.fields()}) takes more than {STEPS:,} "
                f"steps, and that is the limit; {SMALLER}"
            )

    def mention(self, condition: Condition) -> int:
        """The rank of a condition of the tree, by where it was mentioned first."""
        return self._ranks.setdefault(id(condition), len(self._ranks))

    def bit(self, rank: int, condition: Condition) -> int:
        """The bit of a condition of the tree; NotExpressible where there are too many."""
        if id(condition) not in self._bits:
            count = len(self.table.conditions)
            if count >= CONDITIONS:
                raise NotExpressible(
                    f"the condition (of {some(self.table.fields((1 << count) - 1))}) has more than "
                    f"{CONDITIONS:,} different ones in it, and that is the limit; {SMALLER}"
                )
            self._bits[id(condition)] = self.table.bit(condition, rank)
        return self._bits[id(condition)]

    def fields(self) -> str:
        """The fields that the parts are about, as a phrase."""
        return some(self.table.fields(union(map(union, self.parts))))


def any_of(parts: Sequence[Implicants], work: Work) -> Implicants:
    """The implicants of a disjunction of parts.

    Raises:
        NotExpressible: there are more than `ALTERNATIVES`, or finding them takes more than `STEPS`.
    """
    work.parts = parts
    work.spend(sum(map(len, parts)))
    single = union(part[0] for part in parts if _is_single(part))
    others = [part for part in parts if part and not _is_single(part)]
    left: Implicants = [1 << number for number in numbers(single)]
    if len(others) > 1 or work.table.contested or any(not part[0] for part in others):
        found = dict.fromkeys(itertools.chain(left, *others))
        left = minimal(work.table.united(found, work.spend), work.spend)
    elif others:
        left = [*left, *(each for each in others[0] if not each & single)]
    if len(left) > ALTERNATIVES:
        raise NotExpressible(
            f"a disjunction (of {work.fields()}) has {len(left):,} alternatives, "
            f"and {ALTERNATIVES:,} is the limit; {SMALLER}"
        )
    return left


def _is_single(part: Implicants) -> bool:
    return len(part) == 1 and part[0].bit_count() == 1


def all_of(parts: Sequence[Implicants], work: Work) -> Implicants:
    """The implicants of a conjunction of parts.

    Raises:
        NotExpressible: there are more than `ALTERNATIVES`, or finding them takes more than `STEPS`.
    """
    work.parts = parts
    if not all(parts):
        return ()
    common = union(part[0] for part in parts if len(part) == 1)
    met = work.table.met(common, work.spend)
    if met is None:
        return ()
    product: Implicants = (met,)
    factors = sorted({tuple(part) for part in parts if len(part) > 1}, key=lambda f: (len(f), f))
    for place, factor in enumerate(factors):
        both = set(product).intersection(factor)  # (a or x) and (a or y) is a or x and y
        one = [each for each in product if each not in both]
        other = [each for each in factor if each not in both]
        clashes = work.table.clashes(union(one), union(other), work.spend)
        final = not both and not clashes and not union(one) & union(other)
        count = len(one) * len(other)
        if count <= (ALTERNATIVES if final else 10 * ALTERNATIVES):
            product = [*both, *_joined(one, other, clashes, work)]
            product = product if final else minimal(product, work.spend)
            count = len(product)
        if count > ALTERNATIVES:
            count *= math.prod(map(len, factors[place + 1 :]))
            raise NotExpressible(
                f"a conjunction of alternatives (of {work.fields()}) multiplies out to "
                f"{counted(count)} combinations, and {ALTERNATIVES:,} is the limit; {SMALLER}"
            )
    return product


def _joined(one: Implicants, other: Implicants, clashes: Sequence[int], work: Work) -> Implicants:
    """Each implicant of one part with each of the other, those that can ever be true.

    Their equalities stay several: one in their place would no longer be shared with the others.
    """
    work.spend(len(one) * len(other) * (1 + len(clashes)))
    joined = [each | further for each in one for further in other]
    if not clashes:
        return joined
    return [each for each in joined if work.table.possible(each, clashes, work.spend)]
