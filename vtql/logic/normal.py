"""The minimal disjunctive normal form: which sets of conditions, each as a whole, suffice.

After NOT is gone a tree is a monotone function, uniquely given by its implicants: an antichain of
sets of conditions. A set is kept as the bits of an integer, a bit for each condition in the order
of its first mention, so that union is `|` and "contains" is a comparison.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vtql.ast import Condition
from vtql.errors import NotExpressible
from vtql.logic.folding import equality, folded, one_of
from vtql.logic.negation import without_not
from vtql.logic.tree import And, Or, Tree

MOST = 2000
"""Implicants that a plan may have; a person's condition has a handful."""


@dataclass(frozen=True, slots=True)
class Normal:
    """Implicants over numbered conditions. No implicant: never true; an empty one: always."""

    conditions: tuple[Condition, ...]
    implicants: tuple[int, ...]


def normal_form(tree: Tree) -> Normal:
    """The minimal normal form of a tree.

    Raises:
        NotExpressible: a LIKE is negated, or the form has more than `MOST` implicants.
    """
    tree = folded(without_not(tree))
    number: dict[Condition, int] = {}
    _number(tree, number)
    implicants = _implicants(tree, number)
    return _merged(Normal(tuple(number), tuple(implicants)))


def _number(tree: Tree, number: dict[Condition, int]) -> None:
    match tree:
        case And() | Or():
            for part in tree.parts:
                _number(part, number)
        case _:
            assert not hasattr(tree, "part")
            number.setdefault(tree, len(number))


def _implicants(tree: Tree, number: dict[Condition, int]) -> list[int]:
    match tree:
        case Or():
            return _minimal(
                implicant for part in tree.parts for implicant in _implicants(part, number)
            )
        case And():
            product = [0]
            for part in tree.parts:
                factors = _implicants(part, number)
                if len(product) * len(factors) > MOST * 10:
                    raise _exploded(len(product) * len(factors))
                product = _minimal(one | other for one in product for other in factors)
                if len(product) > MOST:
                    raise _exploded(len(product))
            return product
        case _:
            return [1 << number[tree]]  # type: ignore[index] # no Not is left


def _exploded(count: int) -> NotExpressible:
    return NotExpressible(
        f"a conjunction of alternatives multiplies out to {count} combinations, and {MOST} is the "
        "limit; `in` for alternatives of one field, or several smaller queries, keep it small"
    )


def _minimal(implicants: Iterable[int]) -> list[int]:
    """Without repetitions and without those that contain another: `a or a and b` is `a`."""
    kept: list[int] = []
    unique = dict.fromkeys(implicants)
    for implicant in sorted(unique, key=int.bit_count):
        if not any(smaller & implicant == smaller for smaller in kept):
            kept.append(implicant)
    allowed = set(kept)
    return [implicant for implicant in unique if implicant in allowed]


def _merged(form: Normal) -> Normal:
    """Implicants that differ only in the values of one field as one: `a=1 and c or a=2 and c`."""
    sets = [
        frozenset(c for n, c in enumerate(form.conditions) if implicant >> n & 1)
        for implicant in form.implicants
    ]
    merged = True
    while merged:
        merged = False
        seen: dict[tuple[frozenset[Condition], str], tuple[int, Condition]] = {}
        for place, implicant in enumerate(sets):
            for condition in implicant:
                found = equality(condition)
                if not found:
                    continue
                key = (implicant - {condition}, found[0].text)
                if key not in seen:
                    seen[key] = (place, condition)
                    continue
                other_place, other = seen[key]
                earlier = equality(other)
                assert earlier is not None
                sets[other_place] = key[0] | {one_of(found[0], (*earlier[1], *found[1]))}
                del sets[place]
                merged = True
                break
            if merged:
                break
    order = {condition: n for n, condition in enumerate(form.conditions)}
    for implicant in sets:
        for condition in implicant:
            order.setdefault(condition, len(order))
    used = sorted(
        {condition for implicant in sets for condition in implicant}, key=order.__getitem__
    )
    bit = {condition: 1 << n for n, condition in enumerate(used)}
    return Normal(
        tuple(used),
        tuple(_minimal(sum(bit[condition] for condition in implicant) for implicant in sets)),
    )
