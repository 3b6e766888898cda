"""The queries whose rows, put together, are those of a condition; each fits into a URL.

A plan gives the fewest chains. One that is too long, as its lists of values make it, becomes
several: a chain is true where one of its alternatives is, so the alternatives may be asked for one
by one; and an alternative that has a list is true where it is with one part of the list or with
another. Values that a server takes for the same stay in one part, so that hardly a record comes twice.
Ids that must not be are divided into ranges of ids, each with those that lie in it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vtql.ast import (
    Chain,
    Comparison,
    Condition,
    Direction,
    Limit,
    Membership,
    Operator,
    Value,
    text_of,
)
from vtql.errors import NotExpressible
from vtql.logic.bitset import numbers
from vtql.logic.dnf import normal_form
from vtql.logic.equality import equality, one_of
from vtql.logic.limits import some
from vtql.logic.plan import plan_chains
from vtql.logic.semantics import meaning
from vtql.logic.tree import TRUE, And, Tree, conjunction, disjunction, side_by_side
from vtql.parser.printer import write, write_condition
from vtql.query.lists import Known, denied, divided, encoded_bytes, grouped, ranges
from vtql.query.state import State, beyond, chain_of, select

QUERIES = 10_000
"""Queries that a condition may become; more are refused."""

SEVERAL = 500
"""Ids that must not be, beyond which no URL holds them, so that they are divided into ranges at once."""

_SHORTEST = 8
"""Bytes of a value in a list, encoded, with its quotes, comma and blank."""

_WIDEST = 12
"""Bytes of a character at most, encoded: one has four, each written as `%F0`."""

_FAR = 10**12
_PAGING = 60
"""Bytes that `AND id > '12x34'` takes at most in each alternative, encoded; and LIMIT its own."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the queries: its condition as a tree and as a chain; None where there is none."""

    tree: Tree
    chain: Chain | None


@dataclass(frozen=True, slots=True)
class Branches:
    """The queries of a condition. If `disjoint`, no record comes from two, and they are in the order
    of the ids.

    `fewest` says that fewer are proven not to do; `chains` is how many there would be if a URL had
    no end.
    """

    queries: tuple[Branch, ...]
    disjoint: bool = True
    fewest: bool = True
    chains: int = 1


def branches(state: State) -> Branches:
    """The queries of a query set's condition.

    Raises:
        NotExpressible: the condition goes beyond `logic.limits`, becomes more than `QUERIES`, or
            has a part that is too long for a URL and cannot be divided.
    """
    every = side_by_side(state.tree, And)
    must_not = [each for each in every if isinstance(each, Comparison) and denied(each)]
    if len(must_not) > SEVERAL:
        return _without(
            must_not,
            [each for each in every if not (isinstance(each, Comparison) and denied(each))],
            state,
        )
    plan = plan_chains(state.tree, state.read_as)
    if len(plan.chains) == 1:
        found: tuple[Branch, ...] = (Branch(state.tree, plan.chains[0]),)
    else:
        found = tuple(_branch(chain, state) for chain in plan.chains)
    if all(_fits(each, state) for each in found):
        return Branches(found, len(found) < 2, plan.fewest, len(found))
    cut = tuple(_counted(_fitted(state.tree, state, {})))
    alone = len(found) == 1 and len(normal_form(state.tree).implicants) == 1
    return Branches(cut, alone and _apart(cut), fewest=False, chains=len(found))


def _without(must_not: Sequence[Comparison], others: Sequence[Tree], state: State) -> Branches:
    """The queries of many ids that must not be, and of other conditions, which are planned without them.

    As conditions of a plan they would be too many beside others.
    """
    form = normal_form(conjunction(*others))
    known: Known = {}
    ranged = (
        _ranged([form.conditions[number] for number in numbers(each)], must_not, state, known)
        for each in form.implicants
    )
    cut = tuple(_counted(itertools.chain.from_iterable(ranged)))
    alone = len(form.implicants) == 1
    return Branches(cut, alone and _apart(cut), fewest=False, chains=max(1, len(form.implicants)))


def _branch(chain: Chain | None, state: State) -> Branch:
    """A chain and its meaning: of a portable one, either reading."""
    if chain is None:
        return Branch(TRUE, None)
    return Branch(
        meaning(chain, "left_to_right" if state.read_as == "left_to_right" else "and_first"), chain
    )


def _fits(branch: Branch, state: State) -> bool:
    """Whether any page of a query is short enough for a URL."""
    conditions = branch.chain.conditions if branch.chain else ()
    words = [state.module.name, *(state.columns or ()), *state.order, *state.order]
    for each in conditions:
        words.append(each.field.text)
        if isinstance(each, Comparison):
            words.append(text_of(each.value))
        elif len(each.values) * _SHORTEST > state.url_bytes:
            return False
        else:
            words += map(text_of, each.values)
    pieces = len(words) + len(conditions)  # blanks, signs and commas; and for pages
    return surely_fits(sum(map(len, words)), pieces, state) or (
        _longest(branch.tree, state) <= state.url_bytes
    )


def surely_fits(characters: int, pieces: int, state: State) -> bool:
    """Whether a query of so many characters is short enough for a URL whatever they are, and any
    page of it too, for which each of so many pieces may grow by a condition, and ORDER BY by `id`."""
    return _WIDEST * characters + _PAGING * (pieces + 3) <= state.url_bytes


def _longest(tree: Tree, state: State) -> int:
    last = beyond(f"{state.module.id_prefix or 1}x{_FAR}", Direction.ASC)
    order = state.order or ("id",)
    chain = chain_of(state, tree, last)
    return encoded_bytes(write(select(state, chain, order, Limit(100, _FAR))))


def _counted(found: Iterator[Branch]) -> Iterator[Branch]:
    for count, each in enumerate(found):
        if count == QUERIES:
            raise NotExpressible(
                f"the condition becomes more than {QUERIES:,} queries short enough for a URL, and "
                "that is the limit; shorter lists are fewer queries"
            )
        yield each


def _fitted(tree: Tree, state: State, known: Known) -> Iterator[Branch]:
    """The queries of a tree, as few to a chain as fit: alternatives are halved until they do."""
    for chain in plan_chains(tree, state.read_as).chains:
        branch = _branch(chain, state)
        if _fits(branch, state):
            yield branch
            continue
        form = normal_form(branch.tree)
        alternatives = [
            conjunction(*(form.conditions[number] for number in numbers(each)))
            for each in form.implicants
        ]
        if len(alternatives) == 1:
            together = [form.conditions[number] for number in numbers(form.implicants[0])]
            yield from _cut(together, state, known)
            continue
        half = len(alternatives) // 2
        for part in (alternatives[:half], alternatives[half:]):
            yield from _fitted(disjunction(*part), state, known)


def _cut(conditions: Sequence[Condition], state: State, known: Known) -> Iterator[Branch]:
    """Conditions that all hold, with their lists in parts: each part of one with each of another.

    Ids that must not be are divided first, into ranges.
    """
    must_not = [each for each in conditions if isinstance(each, Comparison) and denied(each)]
    if len(must_not) < 2:
        yield from _divided(conditions, state, known)
        return
    others = [each for each in conditions if not denied(each)]
    yield from _ranged(others, must_not, state, known)


def _divided(conditions: Sequence[Condition], state: State, known: Known) -> Iterator[Branch]:
    lists = [each for each in conditions if isinstance(each, Membership)]
    others = [each for each in conditions if not isinstance(each, Membership)]
    shortest = [one_of(each.field, each.values[:1]) for each in lists]
    room = state.url_bytes - _longest(conjunction(*others, *shortest), state)
    if not lists or room < 0:
        raise _refused(conditions, state)
    groups = [grouped(each, state.module, known) for each in lists]
    parts = divided(lists, groups, room)
    count = math.prod(map(len, parts))
    if count > QUERIES:
        raise NotExpressible(
            f"the lists for {some([each.field.text for each in lists])} become {count:,} queries "
            f"short enough for a URL, and {QUERIES:,} is the limit; shorter lists are fewer queries"
        )
    for chosen in itertools.product(*parts):
        tree = conjunction(*others, *chosen)
        yield Branch(tree, chain_of(state, tree))


def _refused(conditions: Sequence[Condition], state: State) -> NotExpressible:
    if not conditions:
        return NotExpressible(
            f"the query is longer than the {state.url_bytes:,} bytes that a URL may have without "
            "any condition: ask for fewer fields"
        )
    long = max(conditions, key=lambda each: len(write_condition(each)))
    if len(conditions) == 1:
        return NotExpressible(
            f"a condition on `{long.field.text}` makes a query longer than the {state.url_bytes:,} "
            "bytes that a URL may have: ask for a part of its value, and filter by the whole with "
            "`.where(…)`"
        )
    return NotExpressible(
        f"{len(conditions):,} conditions that all hold (on "
        f"{some(list(dict.fromkeys(each.field.text for each in conditions)))}) make a query "
        f"longer than the {state.url_bytes:,} bytes that a URL may have, and only lists (`in`) "
        f"and ids that must not be can be divided; the longest of them is about `{long.field.text}`: ask with fewer, and "
        "filter by the others with `.where(…)`"
    )


def _ranged(
    others: Sequence[Condition], must_not: Sequence[Comparison], state: State, known: Known
) -> Iterator[Branch]:
    """Conditions that all hold, and ids that must not be, in ranges of ids; see `lists.ranges`."""
    lists = [each for each in others if isinstance(each, Membership)]
    plain = [each for each in others if not isinstance(each, Membership)]
    shortest = [one_of(each.field, each.values[:1]) for each in lists]
    widest = max(must_not, key=lambda each: len(text_of(each.value)))
    ends = [replace(widest, operator=sign) for sign in (Operator.GT, Operator.LT)]
    room = state.url_bytes - _longest(conjunction(*plain, *shortest, *ends), state)
    # the lists, which are divided inside each range, have half of the room
    for part in ranges(must_not, room // 2 if lists else room):
        together = [*others, *part]
        branch = _branch(chain_of(state, conjunction(*together)), state)
        if _fits(branch, state):
            yield branch
        else:
            yield from _divided(together, state, known)


def _apart(cut: Sequence[Branch]) -> bool:
    """Whether nothing but a list of ids was divided, or ids that must not be.

    A record has one id, and ranges have none in common. Of other fields it may have several, those of its line items.
    """
    variants: dict[str, set[tuple[Value, ...]]] = {}
    for branch in cut:
        for condition in branch.chain.conditions if branch.chain else ():
            found = equality(condition)
            if found:
                variants.setdefault(found[0].text, set()).add(found[1])
    return {name for name, values in variants.items() if len(values) > 1} <= {"id"}
