"""The minimal disjunctive normal form: which sets of conditions, each as a whole, suffice.

After NOT is gone a tree is a monotone function, uniquely given by its implicants: an antichain of
sets of conditions. They are found from the inside out, part by part. A part is known by its
identity: comparing trees would go as deep as they are, and a part may stand in many places.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vtql.ast import Condition
from vtql.errors import NotExpressible
from vtql.logic.bits import numbers, union
from vtql.logic.folding import equality, one_of
from vtql.logic.implicants import Implicants, Work, all_of, any_of
from vtql.logic.limits import ALTERNATIVES, CONDITIONS, FEWER, SMALLER, some
from vtql.logic.negation import without_not
from vtql.logic.tree import And, Not, Or, Tree


@dataclass(frozen=True, slots=True)
class Normal:
    """Implicants over numbered conditions. No implicant: never true; an empty one: always.

    Conditions stand in the order of their first mention, implicants in that of their conditions.
    """

    conditions: tuple[Condition, ...]
    implicants: tuple[int, ...]


def normal_form(tree: Tree) -> Normal:
    """The minimal normal form of a tree.

    Raises:
        NotExpressible: a LIKE is negated, or the tree or its form goes beyond `limits`.
    """
    tree = without_not(tree)
    work = Work()
    found, table = _implicants(tree, work), work.table
    if table.contested:
        found = any_of([found], work)
    written = sum(map(int.bit_count, found))
    if written > CONDITIONS:
        raise NotExpressible(
            f"{len(found):,} alternatives (of {some(table.fields(union(found)))}) are {written:,} "
            f"conditions when each is written out, and {CONDITIONS:,} is the limit; {SMALLER}"
        )
    used = sorted(numbers(union(found)), key=table.ranks.__getitem__)
    if used != list(range(len(used))):
        bit = {number: 1 << place for place, number in enumerate(used)}
        found = [union(bit[number] for number in numbers(each)) for each in found]
    return Normal(
        tuple(table.conditions[number] for number in used),
        tuple(sorted(found, key=lambda each: f"{each:0{len(used)}b}"[::-1], reverse=True)),
    )


def _implicants(tree: Tree, work: Work) -> Implicants:
    """The implicants of a part. Under OR the equalities of a field become one before that."""
    assert not isinstance(tree, Not)
    if not isinstance(tree, (And, Or)):
        return (work.bit(0, tree),)
    parts: list[Implicants] = []
    single: list[tuple[int, Condition]] = []
    alike: dict[str, list[tuple[int, Condition]]] = {}
    for part in {id(part): part for part in tree.parts}.values():
        if isinstance(part, (And, Or, Not)):
            if id(part) not in work.known:
                work.known[id(part)] = _implicants(part, work)
            parts.append(work.known[id(part)])
        elif isinstance(tree, Or) and equality(part):
            alike.setdefault(part.field.text, []).append((work.mention(part), part))
        else:
            single.append((work.mention(part), part))
    _uncrowded(tree, single, alike)
    parts += [(work.bit(rank, condition),) for rank, condition in single]
    parts += [(_folded(mentions, work),) for mentions in alike.values()]
    return any_of(parts, work) if isinstance(tree, Or) else all_of(parts, work)


def _uncrowded(
    tree: And | Or, single: Sequence[tuple[int, Condition]], alike: Collection[str]
) -> None:
    """Makes sure that not too many conditions stand side by side, before each has a number."""
    limit = ALTERNATIVES if isinstance(tree, Or) else CONDITIONS
    if len(single) + len(alike) <= limit:
        return
    unique = dict.fromkeys(condition for _, condition in single)
    count = len(unique) + len(alike)
    if count > limit:
        names = some(list(dict.fromkeys((*(each.field.text for each in unique), *alike))))
        kind, advice = ("dis", SMALLER) if isinstance(tree, Or) else ("con", FEWER)
        raise NotExpressible(
            f"a {kind}junction (of {names}) has {count:,} parts, and {limit:,} is the limit; "
            f"{advice}"
        )


def _folded(mentions: Sequence[tuple[int, Condition]], work: Work) -> int:
    """The bit of the equality that several on one field are under OR."""
    rank, condition = mentions[0]
    if len(mentions) == 1:
        return work.bit(rank, condition)
    values = [value for _, each in mentions if (pair := equality(each)) for value in pair[1]]
    work.spend(len(values))
    return work.table.bit(one_of(condition.field, values), rank)
