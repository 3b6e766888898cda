"""The minimal disjunctive normal form: which sets of conditions, each as a whole, suffice.

After NOT is gone a tree is a monotone function, uniquely given by its implicants: an antichain of sets of
conditions. They are found from the inside out, part by part. A part is known by its identity: comparing
trees would go as deep as they are, and a part may stand in many places.

Under OR the implicants of the parts come together, under AND each of one part is joined to each of the next;
what contains another is left out at once. Two alternatives and two and two more multiply, so both may end in
a refusal, which names the part that was too much.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from vtql.ast import Condition
from vtql.errors import NotExpressible
from vtql.logic.bitset import minimal, numbers, union
from vtql.logic.condition_index import ConditionIndex
from vtql.logic.equality import equality, one_of
from vtql.logic.limits import ALTERNATIVES, CONDITIONS, FEWER, SMALLER, STEPS, counted, some
from vtql.logic.negation import without_not
from vtql.logic.tree import And, Not, Or, Tree

Implicants: TypeAlias = Sequence[int]


@dataclass(slots=True)
class Expansion:
    """The conditions of a tree, what is being made of them, and the steps that it has taken."""

    table: ConditionIndex = field(default_factory=ConditionIndex)
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


def any_of(parts: Sequence[Implicants], work: Expansion) -> Implicants:
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
        unique = dict.fromkeys(itertools.chain(left, *others))
        left = minimal(work.table.united(unique, work.spend), work.spend)
    elif others:
        left = [*left, *(implicant for implicant in others[0] if not implicant & single)]
    if len(left) > ALTERNATIVES:
        raise NotExpressible(
            f"a disjunction (of {work.fields()}) has {len(left):,} alternatives, "
            f"and {ALTERNATIVES:,} is the limit; {SMALLER}"
        )
    return left


def _is_single(part: Implicants) -> bool:
    return len(part) == 1 and part[0].bit_count() == 1


def all_of(parts: Sequence[Implicants], work: Expansion) -> Implicants:
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
        old = [implicant for implicant in product if implicant not in both]
        new = [implicant for implicant in factor if implicant not in both]
        clashes = work.table.clashes(union(old), union(new), work.spend)
        final = not both and not clashes and not union(old) & union(new)
        count = len(old) * len(new)
        if count <= (ALTERNATIVES if final else 10 * ALTERNATIVES):
            product = [*both, *_product(old, new, clashes, work)]
            product = product if final else minimal(product, work.spend)
            count = len(product)
        if count > ALTERNATIVES:
            count *= math.prod(map(len, factors[place + 1 :]))
            raise NotExpressible(
                f"a conjunction of alternatives (of {work.fields()}) multiplies out to "
                f"{counted(count)} combinations, and {ALTERNATIVES:,} is the limit; {SMALLER}"
            )
    return product


def _product(
    first: Implicants, second: Implicants, clashes: Sequence[int], work: Expansion
) -> Implicants:
    """Each implicant of one part with each of the other, those that can ever be true.

    Their equalities stay several: one in their place would no longer be shared with the others.
    """
    work.spend(len(first) * len(second) * (1 + len(clashes)))
    joined = [implicant | further for implicant in first for further in second]
    if not clashes:
        return joined
    return [
        implicant for implicant in joined if work.table.possible(implicant, clashes, work.spend)
    ]


@dataclass(frozen=True, slots=True)
class NormalForm:
    """Implicants over numbered conditions. No implicant: never true; an empty one: always.

    Conditions stand in the order of their first mention, implicants in that of their conditions.
    """

    conditions: tuple[Condition, ...]
    implicants: tuple[int, ...]


def normal_form(tree: Tree) -> NormalForm:
    """The minimal normal form of a tree.

    Raises:
        NotExpressible: a LIKE is negated, or the tree or its form goes beyond `limits`.
    """
    tree = without_not(tree)
    work = Expansion()
    implicants, table = _expand(tree, work), work.table
    if table.contested:
        implicants = any_of([implicants], work)
    length = sum(map(int.bit_count, implicants))
    if length > CONDITIONS:
        raise NotExpressible(
            f"{len(implicants):,} alternatives (of {some(table.fields(union(implicants)))}) are {length:,} "
            f"conditions when each is written out, and {CONDITIONS:,} is the limit; {SMALLER}"
        )
    used = sorted(numbers(union(implicants)), key=table.ranks.__getitem__)
    if used != list(range(len(used))):
        bit = {number: 1 << place for place, number in enumerate(used)}
        implicants = [
            union(bit[number] for number in numbers(implicant)) for implicant in implicants
        ]
    return NormalForm(
        tuple(table.conditions[number] for number in used),
        tuple(
            sorted(
                implicants, key=lambda implicant: f"{implicant:0{len(used)}b}"[::-1], reverse=True
            )
        ),
    )


def _expand(tree: Tree, work: Expansion) -> Implicants:
    """The implicants of a part. Under OR the equalities of a field become one before that."""
    assert not isinstance(tree, Not)
    if not isinstance(tree, (And, Or)):
        return (work.bit(0, tree),)
    parts: list[Implicants] = []
    single: list[tuple[int, Condition]] = []
    equalities: dict[str, list[tuple[int, Condition]]] = {}
    for part in {id(part): part for part in tree.parts}.values():
        if isinstance(part, (And, Or, Not)):
            if id(part) not in work.known:
                work.known[id(part)] = _expand(part, work)
            parts.append(work.known[id(part)])
        elif isinstance(tree, Or) and equality(part):
            equalities.setdefault(part.field.text, []).append((work.mention(part), part))
        else:
            single.append((work.mention(part), part))
    _check_width(tree, single, equalities)
    parts += [(work.bit(rank, condition),) for rank, condition in single]
    parts += [(_fold(mentions, work),) for mentions in equalities.values()]
    return any_of(parts, work) if isinstance(tree, Or) else all_of(parts, work)


def _check_width(
    tree: And | Or, single: Sequence[tuple[int, Condition]], equalities: Collection[str]
) -> None:
    """Makes sure that not too many conditions stand side by side, before each has a number."""
    limit = ALTERNATIVES if isinstance(tree, Or) else CONDITIONS
    if len(single) + len(equalities) <= limit:
        return
    unique = dict.fromkeys(condition for _, condition in single)
    count = len(unique) + len(equalities)
    if count > limit:
        names = some(
            list(dict.fromkeys((*(condition.field.text for condition in unique), *equalities)))
        )
        kind, advice = ("dis", SMALLER) if isinstance(tree, Or) else ("con", FEWER)
        raise NotExpressible(
            f"a {kind}junction (of {names}) has {count:,} parts, and {limit:,} is the limit; "
            f"{advice}"
        )


def _fold(mentions: Sequence[tuple[int, Condition]], work: Expansion) -> int:
    """The bit of the equality that several on one field are under OR."""
    rank, condition = mentions[0]
    if len(mentions) == 1:
        return work.bit(rank, condition)
    values = [value for _, mention in mentions if (pair := equality(mention)) for value in pair[1]]
    work.spend(len(values))
    return work.table.bit(one_of(condition.field, values), rank)
