"""A condition as queries each of which fits into a URL, and whose rows together are those of the condition.

A plan gives the fewest chains. One that is too long, as its lists of values make it, becomes several: a chain
is true where one of its alternatives is, so the alternatives may be asked for one by one; and an alternative
that has a list is true where it is with one part of the list or with another. Values that a server takes for
the same stay in one part, so that hardly a record comes twice. Excluded ids are divided into ranges of ids,
each with those that lie in it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import quote_plus

from vtql.ast import (
    Chain,
    Comparison,
    Condition,
    Direction,
    Limit,
    Membership,
    Name,
    Operator,
    Value,
    text_of,
)
from vtql.catalog.collation import as_text
from vtql.catalog.model import Module
from vtql.catalog.types import RECORD_ID, Family
from vtql.errors import NotExpressible
from vtql.logic.bitset import numbers
from vtql.logic.dnf import normal_form
from vtql.logic.equality import equality, one_of
from vtql.logic.limits import some
from vtql.logic.plan import plan_chains
from vtql.logic.semantics import meaning
from vtql.logic.tree import TRUE, And, Tree, conjunction, disjunction, side_by_side
from vtql.parser.printer import write, write_condition, write_value
from vtql.query.spec import QuerySpec, beyond, chain_of, select

Groups: TypeAlias = list[tuple[list[Value], int]]
Known: TypeAlias = dict[int, tuple[Membership, Groups]]
"""By the identity of a list, which is kept beside, for many alternatives may have the same."""

_DIGITS = 18
"""A record's number with more does not fit the 64 bits of a database."""


def encoded_bytes(text: str) -> int:
    """How long a query is in a URL."""
    return len(quote_plus(text))


def split_values(
    lists: Sequence[Membership], groups: Sequence[Groups], room: int
) -> list[list[Condition]]:
    """Each list in parts; the room is shared so that short lists stay whole."""
    sizes = {place: sum(size for _, size in group) for place, group in enumerate(groups)}
    parts: dict[int, list[Condition]] = {}
    for left, place in enumerate(sorted(sizes, key=sizes.__getitem__)):
        share = room // (len(lists) - left)
        whole = sizes[place] < share
        name = lists[place].field
        parts[place] = [lists[place]] if whole else list(_parts_of_list(name, groups[place], share))
        room -= min(share, sizes[place])
    return [parts[place] for place in range(len(lists))]


def _parts_of_list(name: Name, groups: Groups, room: int) -> Iterator[Condition]:
    """A list in parts of so many bytes."""
    part: list[Value] = []
    used = 0
    for group, size in groups:
        if part and used + size > room:
            yield one_of(name, part)
            part, used = [], 0
        part += group
        used += size
    yield one_of(name, part)


def excludes_an_id(condition: Condition) -> bool:
    """Whether a condition says of an id that it must not be."""
    return (
        isinstance(condition, Comparison)
        and condition.field.text == "id"
        and condition.operator is Operator.NE
        and RECORD_ID.fullmatch(text_of(condition.value)) is not None
    )


def id_ranges(must_not: Sequence[Comparison], room: int) -> Iterator[list[Condition]]:
    """The conditions that records are none of some, in ranges of ids of so many bytes each.

    A range ends before one of these ids, and the next one begins behind it; so no record is in two,
    and they are in the order of the ids.
    """
    ids = sorted(must_not, key=lambda comparison: int(text_of(comparison.value).partition("x")[2]))
    part: list[Condition] = []
    used = 0
    begin: list[Condition] = []
    for comparison in ids:
        size = encoded_bytes(f" AND {write_condition(comparison)}")
        if part and used + size > room:
            yield [*begin, *part, replace(comparison, operator=Operator.LT)]
            begin, part, used = [replace(comparison, operator=Operator.GT)], [], 0
        else:
            part.append(comparison)
            used += size
    yield [*begin, *part]


def group_equal_values(values: Membership, module: Module, known: Known) -> Groups:
    """The values of a list with their bytes, those together that a server takes for the same."""
    if id(values) not in known:
        key = _equality_key(values, module)
        by_key: dict[Hashable, list[Value]] = {}
        for value in {text_of(item): item for item in values.values}.values():
            by_key.setdefault(key(value), []).append(value)
        groups = list(by_key.values())
        if values.field.text == "id":  # so that the parts come in the order of the ids
            groups = [by_key[item] for item in sorted(by_key, key=_rank)]
        known[id(values)] = values, [(group, sum(map(_bytes, group))) for group in groups]
    return known[id(values)][1]


def _rank(key: Hashable) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, str(key))


def _equality_key(values: Membership, module: Module) -> Callable[[Value], Hashable]:
    """What two values have in common that a server takes for the same."""
    field = module.fields.get(values.field.text)
    family = field.type.family if field else Family.TEXT
    if family is Family.ID:  # the number alone counts (measured)
        return lambda value: _number(text_of(value))
    if family is Family.NUMBER:
        return lambda value: _decimal(text_of(value))
    return lambda value: as_text(text_of(value))


def _number(record_id: str) -> Hashable:
    number = record_id.rpartition("x")[2]
    known = number.isascii() and number.isdigit() and len(number) <= _DIGITS
    return int(number) if known else record_id


def _decimal(text: str) -> Hashable:
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _bytes(value: Value) -> int:
    return encoded_bytes(f"{write_value(value)}, ")


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
class SplitQuery:
    """One of the queries: its condition as a tree and as a chain; None where there is none."""

    tree: Tree
    chain: Chain | None


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """The queries of a condition. If `disjoint`, no record comes from two, and they are in the order
    of the ids.

    `fewest` says that fewer are proven not to do; `chains` is how many there would be if a URL had
    no end.
    """

    queries: tuple[SplitQuery, ...]
    disjoint: bool = True
    fewest: bool = True
    chains: int = 1


def split(spec: QuerySpec) -> SplitPlan:
    """The queries of a query set's condition.

    Raises:
        NotExpressible: the condition goes beyond `logic.limits`, becomes more than `QUERIES`, or
            has a part that is too long for a URL and cannot be divided.
    """
    conjuncts = side_by_side(spec.tree, And)
    must_not = [part for part in conjuncts if isinstance(part, Comparison) and excludes_an_id(part)]
    if len(must_not) > SEVERAL:
        return _excluding(
            must_not,
            [
                part
                for part in conjuncts
                if not (isinstance(part, Comparison) and excludes_an_id(part))
            ],
            spec,
        )
    plan = plan_chains(spec.tree, spec.used_precedence)
    if len(plan.chains) == 1:
        queries: tuple[SplitQuery, ...] = (SplitQuery(spec.tree, plan.chains[0]),)
    else:
        queries = tuple(_split_query(chain, spec) for chain in plan.chains)
    if all(_fits(part, spec) for part in queries):
        return SplitPlan(queries, len(queries) < 2, plan.fewest, len(queries))
    cut = tuple(_limited(_fit_tree(spec.tree, spec, {})))
    alone = len(queries) == 1 and len(normal_form(spec.tree).implicants) == 1
    return SplitPlan(cut, alone and _are_disjoint(cut), fewest=False, chains=len(queries))


def _excluding(
    must_not: Sequence[Comparison], others: Sequence[Tree], spec: QuerySpec
) -> SplitPlan:
    """The queries of many ids that must not be, and of other conditions, which are planned without them.

    As conditions of a plan they would be too many beside others.
    """
    form = normal_form(conjunction(*others))
    known: Known = {}
    ranged = (
        _split_by_id_range(
            [form.conditions[number] for number in numbers(implicant)], must_not, spec, known
        )
        for implicant in form.implicants
    )
    cut = tuple(_limited(itertools.chain.from_iterable(ranged)))
    alone = len(form.implicants) == 1
    return SplitPlan(
        cut, alone and _are_disjoint(cut), fewest=False, chains=max(1, len(form.implicants))
    )


def _split_query(chain: Chain | None, spec: QuerySpec) -> SplitQuery:
    """A chain and its meaning: of a portable one, for either precedence."""
    if chain is None:
        return SplitQuery(TRUE, None)
    return SplitQuery(
        meaning(chain, "left_to_right" if spec.used_precedence == "left_to_right" else "and_first"),
        chain,
    )


def _fits(branch: SplitQuery, spec: QuerySpec) -> bool:
    """Whether any page of a query is short enough for a URL."""
    conditions = branch.chain.conditions if branch.chain else ()
    words = [spec.module.name, *(spec.columns or ()), *spec.order, *spec.order]
    for condition in conditions:
        words.append(condition.field.text)
        if isinstance(condition, Comparison):
            words.append(text_of(condition.value))
        elif len(condition.values) * _SHORTEST > spec.url_bytes:
            return False
        else:
            words += map(text_of, condition.values)
    pieces = len(words) + len(conditions)  # blanks, signs and commas; and for pages
    return surely_fits(sum(map(len, words)), pieces, spec) or (
        _longest(branch.tree, spec) <= spec.url_bytes
    )


def surely_fits(characters: int, pieces: int, spec: QuerySpec) -> bool:
    """Whether a query of so many characters is short enough for a URL whatever they are, and any
    page of it too, for which each of so many pieces may grow by a condition, and ORDER BY by `id`."""
    return _WIDEST * characters + _PAGING * (pieces + 3) <= spec.url_bytes


def _longest(tree: Tree, spec: QuerySpec) -> int:
    last = beyond(f"{spec.module.id_prefix or 1}x{_FAR}", Direction.ASC)
    order = spec.order or ("id",)
    chain = chain_of(spec, tree, last)
    return encoded_bytes(write(select(spec, chain, order, Limit(100, _FAR))))


def _limited(queries: Iterator[SplitQuery]) -> Iterator[SplitQuery]:
    for count, query in enumerate(queries):
        if count == QUERIES:
            raise NotExpressible(
                f"the condition becomes more than {QUERIES:,} queries short enough for a URL, and "
                "that is the limit; shorter lists are fewer queries"
            )
        yield query


def _fit_tree(tree: Tree, spec: QuerySpec, known: Known) -> Iterator[SplitQuery]:
    """The queries of a tree, as few to a chain as fit: alternatives are halved until they do."""
    for chain in plan_chains(tree, spec.used_precedence).chains:
        branch = _split_query(chain, spec)
        if _fits(branch, spec):
            yield branch
            continue
        form = normal_form(branch.tree)
        alternatives = [
            conjunction(*(form.conditions[number] for number in numbers(implicant)))
            for implicant in form.implicants
        ]
        if len(alternatives) == 1:
            together = [form.conditions[number] for number in numbers(form.implicants[0])]
            yield from _fit_conjunction(together, spec, known)
            continue
        half = len(alternatives) // 2
        for part in (alternatives[:half], alternatives[half:]):
            yield from _fit_tree(disjunction(*part), spec, known)


def _fit_conjunction(
    conditions: Sequence[Condition], spec: QuerySpec, known: Known
) -> Iterator[SplitQuery]:
    """Conditions that all hold, with their lists in parts: each part of one with each of another.

    Ids that must not be are divided first, into ranges.
    """
    must_not = [
        condition
        for condition in conditions
        if isinstance(condition, Comparison) and excludes_an_id(condition)
    ]
    if len(must_not) < 2:
        yield from _split_lists(conditions, spec, known)
        return
    others = [condition for condition in conditions if not excludes_an_id(condition)]
    yield from _split_by_id_range(others, must_not, spec, known)


def _split_lists(
    conditions: Sequence[Condition], spec: QuerySpec, known: Known
) -> Iterator[SplitQuery]:
    lists = [condition for condition in conditions if isinstance(condition, Membership)]
    others = [condition for condition in conditions if not isinstance(condition, Membership)]
    shortest = [one_of(condition.field, condition.values[:1]) for condition in lists]
    room = spec.url_bytes - _longest(conjunction(*others, *shortest), spec)
    if not lists or room < 0:
        raise _too_long(conditions, spec)
    groups = [group_equal_values(condition, spec.module, known) for condition in lists]
    parts = split_values(lists, groups, room)
    count = math.prod(map(len, parts))
    if count > QUERIES:
        raise NotExpressible(
            f"the lists for {some([condition.field.text for condition in lists])} become {count:,} queries "
            f"short enough for a URL, and {QUERIES:,} is the limit; shorter lists are fewer queries"
        )
    for combination in itertools.product(*parts):
        tree = conjunction(*others, *combination)
        yield SplitQuery(tree, chain_of(spec, tree))


def _too_long(conditions: Sequence[Condition], spec: QuerySpec) -> NotExpressible:
    if not conditions:
        return NotExpressible(
            f"the query is longer than the {spec.url_bytes:,} bytes that a URL may have without "
            "any condition: ask for fewer fields"
        )
    long = max(conditions, key=lambda condition: len(write_condition(condition)))
    if len(conditions) == 1:
        return NotExpressible(
            f"a condition on `{long.field.text}` makes a query longer than the {spec.url_bytes:,} "
            "bytes that a URL may have: ask for a part of its value, and filter by the whole with "
            "`.where(…)`"
        )
    return NotExpressible(
        f"{len(conditions):,} conditions that all hold (on "
        f"{some(list(dict.fromkeys(condition.field.text for condition in conditions)))}) make a query "
        f"longer than the {spec.url_bytes:,} bytes that a URL may have, and only lists (`in`) "
        f"and ids that must not be can be divided; the longest of them is about `{long.field.text}`: ask with fewer, and "
        "filter by the others with `.where(…)`"
    )


def _split_by_id_range(
    others: Sequence[Condition], must_not: Sequence[Comparison], spec: QuerySpec, known: Known
) -> Iterator[SplitQuery]:
    """Conditions that all hold, and ids that must not be, in ranges of ids; see `lists.ranges`."""
    lists = [condition for condition in others if isinstance(condition, Membership)]
    plain = [condition for condition in others if not isinstance(condition, Membership)]
    shortest = [one_of(condition.field, condition.values[:1]) for condition in lists]
    widest = max(must_not, key=lambda condition: len(text_of(condition.value)))
    ends = [replace(widest, operator=sign) for sign in (Operator.GT, Operator.LT)]
    room = spec.url_bytes - _longest(conjunction(*plain, *shortest, *ends), spec)
    # the lists, which are divided inside each range, have half of the room
    for part in id_ranges(must_not, room // 2 if lists else room):
        together = [*others, *part]
        branch = _split_query(chain_of(spec, conjunction(*together)), spec)
        if _fits(branch, spec):
            yield branch
        else:
            yield from _split_lists(together, spec, known)


def _are_disjoint(cut: Sequence[SplitQuery]) -> bool:
    """Whether nothing but a list of ids was divided, or ids that must not be.

    A record has one id, and ranges have none in common. Of other fields it may have several, those of its line items.
    """
    variants: dict[str, set[tuple[Value, ...]]] = {}
    for branch in cut:
        for condition in branch.chain.conditions if branch.chain else ():
            pair = equality(condition)
            if pair:
                variants.setdefault(pair[0].text, set()).add(pair[1])
    return {name for name, values in variants.items() if len(values) > 1} <= {"id"}
