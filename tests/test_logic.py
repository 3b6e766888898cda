"""The planner against the meaning of its trees: every row, both readings, the fewest chains.

A row gives each field a value or NULL. Trees and chains are evaluated here, by SQL's three truth
values, without any help of the package: what a plan finds has to be what its tree is true of.
"""

from __future__ import annotations

import itertools
import math
import operator
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest

from vtql.ast import (
    Chain,
    Comparison,
    Condition,
    Connective,
    Link,
    Literal,
    Membership,
    Name,
    Operator,
)
from vtql.errors import NotExpressible
from vtql.logic.limits import ALTERNATIVES, CONDITIONS, DEPTH, EXACT, PARTS
from vtql.logic.plan import Precedence, plan, plan_chains
from vtql.logic.semantics import LONGEST, has_one_meaning, meaning, portable_text
from vtql.logic.tree import And, Not, Or, Tree

Row: TypeAlias = Mapping[str, str | None]
Truth: TypeAlias = bool | None
Plan: TypeAlias = tuple[Chain | None, ...]
Evaluator: TypeAlias = Callable[[Chain, Row], Truth]


# The meaning of conditions, trees and chains


COMPARE: Mapping[Operator, Callable[[str | int, str | int], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


def key(text: str) -> str | int:
    """A value as a server compares it: numbers by size, texts without regard to case."""
    return int(text) if text.isdigit() else text.casefold()


def holds(condition: Condition, row: Row) -> Truth:
    value = row[condition.field.text]
    if value is None:
        return None
    if isinstance(condition, Membership):
        return any(key(value) == key(spelling(each)) for each in condition.values)
    return bool(COMPARE[condition.operator](key(value), key(spelling(condition.value))))


def spelling(value: object) -> str:
    assert isinstance(value, Literal)
    return value.value


def all_of(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    return True if True in found else None if None in found else False


def truth(tree: Tree, row: Row) -> Truth:
    match tree:
        case And():
            return all_of(truth(part, row) for part in tree.parts)
        case Or():
            return any_of(truth(part, row) for part in tree.parts)
        case Not():
            inner = truth(tree.part, row)
            return None if inner is None else not inner
        case _:
            return holds(tree, row)


def and_first(chain: Chain, row: Row) -> Truth:
    """The chain as SQL: runs joined by AND, with OR between them."""
    runs = [[holds(chain.first, row)]]
    for link in chain.links:
        if link.connective is Connective.OR:
            runs.append([])
        runs[-1].append(holds(link.condition, row))
    return any_of(all_of(run) for run in runs)


def left_to_right(chain: Chain, row: Row) -> Truth:
    """The chain as the published page has it: one connective after the other."""
    so_far = holds(chain.first, row)
    for link in chain.links:
        join = all_of if link.connective is Connective.AND else any_of
        so_far = join((so_far, holds(link.condition, row)))
    return so_far


READ_BY: Mapping[Precedence, tuple[Evaluator, ...]] = {
    "portable": (and_first, left_to_right),
    "and_first": (and_first,),
    "left_to_right": (left_to_right,),
}


def finds(chains: Plan, row: Row, read: Evaluator) -> bool:
    """Whether one of the queries gives the row; a query without a condition gives all."""
    return any(chain is None or read(chain, row) is True for chain in chains)


def rows(fields: Sequence[str], values: Sequence[str | None] = ("1", "2", None)) -> list[Row]:
    return [
        dict(zip(fields, row, strict=True)) for row in itertools.product(values, repeat=len(fields))
    ]


def check(tree: Tree, every: Sequence[Row]) -> None:
    """Each plan of the tree finds the rows of which the tree is true, and no others."""
    wanted = [truth(tree, row) is True for row in every]
    for reading, evaluators in READ_BY.items():
        chains = plan(tree, reading)
        for read in evaluators:
            found = [finds(chains, row, read) for row in every]
            assert found == wanted, (tree, reading, read.__name__, chains)


# Making trees


def is_(field: str, value: str) -> Comparison:
    return Comparison(Name(field), Operator.EQ, Literal(value))


def is_not(field: str, value: str) -> Comparison:
    return Comparison(Name(field), Operator.NE, Literal(value))


def compared(field: str, sign: str, value: str) -> Comparison:
    return Comparison(Name(field), Operator(sign), Literal(value))


def among(field: str, *values: str) -> Membership:
    return Membership(Name(field), tuple(map(Literal, values)))


FIELDS = ("a", "b", "c", "d", "e", "f")
A, B, C, D, E, F = (is_(field, "1") for field in FIELDS)


def deeper(trees: Sequence[Tree]) -> list[Tree]:
    """The trees, the negation of each, and the conjunction and disjunction of each two."""
    made: list[Tree] = [*trees, *map(Not, trees)]
    for two in itertools.combinations(trees, 2):
        made += [And(two), Or(two)]
    return list(dict.fromkeys(made))


LEAVES: Mapping[str, tuple[Condition, Condition, Condition]] = {
    "three fields": (A, B, C),
    "a field and its opposite": (A, is_not("a", "1"), B),
    "two values of a field": (A, is_("a", "2"), B),
    "a value, a list and another field": (A, among("a", "1", "3"), B),
    "orders of a field": (compared("a", "<", "2"), compared("a", ">=", "2"), B),
    "two opposites and a list": (is_not("a", "1"), is_not("a", "2"), among("a", "2", "3")),
}


@pytest.mark.parametrize("leaves", LEAVES.values(), ids=LEAVES)
def test_every_small_tree_is_planned_to_what_it_means(leaves: tuple[Condition, ...]) -> None:
    names = sorted({condition.field.text for condition in leaves})
    every = rows(names, ("1", "2", "3", None) if len(names) < 3 else ("1", "2", None))
    trees = deeper(deeper(leaves))
    trees += [kind(leaves) for kind in (And, Or)]
    assert len(trees) > 140
    for tree in trees:
        check(tree, every)


@pytest.mark.parametrize("leaves", LEAVES.values(), ids=LEAVES)
def test_trees_one_level_deeper_are_planned_to_what_they_mean(
    leaves: tuple[Condition, ...],
) -> None:
    names = sorted({condition.field.text for condition in leaves})
    every = rows(names, ("1", "2", "3", None) if len(names) < 3 else ("1", "2", None))
    deep = deeper(deeper(leaves))
    drawn = random.Random(3)
    for _ in range(250):
        one, other = drawn.sample(deep, 2)
        kind = drawn.choice((And, Or))
        check(drawn.choice((kind((one, other)), Not(kind((one, other))))), every)


def drawn_tree(draw: random.Random, leaves: Sequence[Condition], depth: int) -> Tree:
    kind = draw.choice(("leaf", "and", "or", "and", "or", "not")) if depth else "leaf"
    match kind:
        case "leaf":
            return draw.choice(leaves)
        case "not":
            return Not(drawn_tree(draw, leaves, depth - 1))
        case _:
            number = draw.choice((0, 1, 2, 2, 2, 3, 3))
            parts = tuple(drawn_tree(draw, leaves, depth - 1) for _ in range(number))
            return And(parts) if kind == "and" else Or(parts)


def drawn_condition(draw: random.Random, field: str) -> Condition:
    if draw.random() < 0.3:
        return among(field, *draw.sample(("1", "2", "3"), draw.choice((1, 2, 3))))
    sign = draw.choice(("=", "=", "=", "!=", "<", "<=", ">", ">="))
    return compared(field, sign, draw.choice(("1", "2", "3")))


@pytest.mark.parametrize("seed", range(60))
def test_random_trees_over_many_conditions_are_planned_to_what_they_mean(seed: int) -> None:
    draw = random.Random(seed)
    fields = FIELDS[: draw.choice((2, 3, 4, 5, 6))]
    leaves = [drawn_condition(draw, draw.choice(fields)) for _ in range(6)]
    every = rows(fields, ("1", "2", "3", None))
    if len(every) > 200:
        every = draw.sample(every, 200)
    for _ in range(5):
        check(drawn_tree(draw, leaves, 3), every)


@pytest.mark.parametrize("seed", range(20))
def test_random_trees_over_six_fields_are_planned_to_what_they_mean(seed: int) -> None:
    draw = random.Random(seed)
    check(drawn_tree(draw, (A, B, C, D, E, F), 4), rows(FIELDS))


Rows: TypeAlias = tuple[int, int]
"""The rows of which something is true, and those of which it is false, as bits; of others, NULL."""


def joined_rows(connective: Connective, one: Rows, other: Rows) -> Rows:
    if connective is Connective.AND:
        return one[0] & other[0], one[1] | other[1]
    return one[0] | other[0], one[1] & other[1]


def rows_of(tree: Tree, known: Mapping[Condition, Rows], all_rows: int) -> Rows:
    match tree:
        case And(parts) | Or(parts):
            conjunct = isinstance(tree, And)
            so_far = (all_rows, 0) if conjunct else (0, all_rows)
            for part in parts:
                found = rows_of(part, known, all_rows)
                so_far = joined_rows(Connective.AND if conjunct else Connective.OR, so_far, found)
            return so_far
        case Not(part):
            true, false = rows_of(part, known, all_rows)
            return false, true
        case _:
            return known[tree]


def found_by(chain: Chain | None, read: str, known: Mapping[Condition, Rows], every: int) -> int:
    """The rows that a query gives under a reading; one without a condition gives all."""
    if chain is None:
        return every
    runs = [known[chain.first]]
    for link in chain.links:
        if read == "and_first" and link.connective is Connective.OR:
            runs.append(known[link.condition])
        else:
            runs[-1] = joined_rows(link.connective, runs[-1], known[link.condition])
    return union_of(true for true, _ in runs)


def union_of(sets: Iterable[int]) -> int:
    found = 0
    for each in sets:
        found |= each
    return found


@pytest.mark.parametrize("count", range(1, 9))
def test_random_trees_to_eight_conditions_under_every_assignment(count: int) -> None:
    """Each condition true, false or NULL beside each state of the others: 3 to the 8th rows."""
    draw = random.Random(count)
    fields = "abcdefgh"[:count]
    every = rows(fields)
    known: dict[Condition, Rows] = {}
    for field, sign in itertools.product(fields, ("=", "!=")):
        condition = compared(field, sign, "1")
        truths = [holds(condition, row) for row in every]
        known[condition] = (
            sum(1 << place for place, each in enumerate(truths) if each is True),
            sum(1 << place for place, each in enumerate(truths) if each is False),
        )
    leaves = [is_(field, "1") for field in fields]
    all_rows = (1 << len(every)) - 1
    for _ in range(150):
        tree = drawn_tree(draw, leaves, draw.choice((2, 3, 4, 5)))
        wanted, _ = rows_of(tree, known, all_rows)
        for reading, read in [
            ("portable", "and_first"), ("portable", "left_to_right"),
            ("and_first", "and_first"), ("left_to_right", "left_to_right"),
        ]:  # fmt: skip
            chains = plan(tree, reading)  # type: ignore[arg-type] # one of the three
            assert union_of(found_by(each, read, known, all_rows) for each in chains) == wanted


def test_of_nothing_no_row_is_found_and_of_everything_each() -> None:
    for nothing in (Or(), Not(And()), And((A, Or()))):
        assert plan(nothing) == ()
    for everything in (And(), Not(Or()), Or((A, And()))):
        assert plan(everything) == (None,)


# How few chains it takes
#
# A function of conditions 0 … n-1 that has no NOT is a table: bit i is its value where exactly the
# conditions in the binary digits of i hold.


def variable(number: int, count: int) -> int:
    return sum(1 << place for place in range(1 << count) if place >> number & 1)


@cache
def sayable(count: int) -> frozenset[int]:
    """The tables that one chain says, read from left to right: found by saying all chains."""
    single = [variable(number, count) for number in range(count)]
    known, new = set(single), list(single)
    while new:
        said = new.pop()
        for table in single:
            for longer in (said & table, said | table):
                if longer not in known:
                    known.add(longer)
                    new.append(longer)
    return frozenset(known)


def table_of(implicants: Iterable[int], count: int) -> int:
    return sum(
        1 << place
        for place in range(1 << count)
        if any(place & implicant == implicant for implicant in implicants)
    )


def antichains(count: int) -> Iterator[tuple[int, ...]]:
    """Every set of sets of conditions of which none contains another; but not the trivial ones."""

    def grow(chosen: tuple[int, ...], after: int) -> Iterator[tuple[int, ...]]:
        if chosen:
            yield chosen
        for each in range(after, 1 << count):
            if all(each & other not in (each, other) for other in chosen):
                yield from grow((*chosen, each), each + 1)

    return grow((), 1)


def partitions(parts: tuple[int, ...]) -> Iterator[list[list[int]]]:
    """Every way to put the parts into groups."""
    if not parts:
        yield []
        return
    first, *rest = parts
    for groups in partitions(tuple(rest)):
        yield [[first], *groups]
        for place, group in enumerate(groups):
            yield [*groups[:place], [first, *group], *groups[place + 1 :]]


def fewest(implicants: tuple[int, ...], count: int) -> int:
    """The smallest number of groups each of which one chain can say, of all partitions."""
    return min(
        len(groups)
        for groups in partitions(implicants)
        if all(table_of(group, count) in sayable(count) for group in groups)
    )


LETTERS = tuple(is_(field, "1") for field in "abcdefghijkl")


def tree_of(implicants: Iterable[int]) -> Tree:
    return Or(
        tuple(
            And(tuple(each for place, each in enumerate(LETTERS) if implicant >> place & 1))
            for implicant in implicants
        )
    )


def test_every_function_of_four_conditions_takes_the_fewest_chains() -> None:
    every = list(antichains(4))
    assert len(every) == 166  # the number of Dedekind, less the two that are constant
    for implicants in every:
        number = fewest(implicants, 4)
        assert len(plan(tree_of(implicants))) == number, implicants
        assert len(plan(tree_of(implicants), "left_to_right")) == number, implicants
        assert len(plan(tree_of(implicants), "and_first")) == 1
        for reading in READ_BY:
            assert plan_chains(tree_of(implicants), reading).fewest


def test_some_functions_of_five_conditions_take_the_fewest_chains() -> None:
    draw = random.Random(5)
    pairs = [each for each in range(32) if each.bit_count() == 2]
    numbers = set()
    for _ in range(120):
        picked = draw.sample(draw.choice((range(1, 32), pairs)), draw.choice((3, 4, 5, 6)))
        implicants = tuple(
            each for each in picked if not any(o & each == o for o in picked if o != each)
        )
        numbers.add(number := fewest(implicants, 5))
        for reading in ("portable", "left_to_right"):
            assert len(plan(tree_of(implicants), reading)) == number, implicants
    assert numbers == {1, 2, 3}


def one_says(implicants: Sequence[int]) -> bool:
    """Whether one chain can say the implicants: some condition of theirs can be its last."""
    if len(implicants) == 1:
        return True
    for last in (1 << place for place in range(max(implicants).bit_length())):
        if all(implicant & last for implicant in implicants):
            return one_says([implicant ^ last for implicant in implicants])
        if last in implicants:
            return one_says([implicant for implicant in implicants if implicant != last])
    return False


def fewest_of(implicants: Sequence[int]) -> int:
    """The smallest number of chains, of all ways to share out the implicants."""
    sayable_sets = [
        chosen
        for chosen in range(1 << len(implicants))
        if chosen and one_says([each for n, each in enumerate(implicants) if chosen >> n & 1])
    ]

    @cache
    def least(left: int) -> int:
        first = left & -left
        return min(
            (
                1 + least(left ^ chosen)
                for chosen in sayable_sets
                if first & chosen and chosen & left == chosen
            ),
            default=0,
        )

    return least((1 << len(implicants)) - 1)


def drawn_antichain(draw: random.Random, count: int, most: int) -> list[int]:
    sizes = range(1, draw.choice((2, 3, 4, 5)) + 1)
    drawn = [
        sum(1 << place for place in draw.sample(range(count), draw.choice(sizes)))
        for _ in range(most)
    ]
    return [
        each
        for each in dict.fromkeys(drawn)
        if not any(other & each == other != each for other in drawn)
    ]


@pytest.mark.parametrize("seed", range(60))
def test_functions_of_eight_conditions_take_the_fewest_chains(seed: int) -> None:
    draw = random.Random(seed)
    implicants = drawn_antichain(draw, draw.choice((6, 7, 8)), 10)
    found = plan_chains(tree_of(implicants))
    assert len(found.chains) == fewest_of(implicants), implicants
    assert found.fewest


@pytest.mark.parametrize("seed", range(40))
def test_many_pairs_of_conditions_take_the_fewest_chains(seed: int) -> None:
    """A chain of pairs has one condition in all of them: the chains are a cover of a graph."""
    draw = random.Random(seed)
    pairs = draw.sample([1 << a | 1 << b for a, b in itertools.combinations(range(9), 2)], 20)
    cover = min(
        chosen.bit_count() for chosen in range(1 << 9) if all(chosen & pair for pair in pairs)
    )
    found = plan_chains(tree_of(pairs))
    assert (len(found.chains), found.fewest) == (cover, True)


@pytest.mark.parametrize("seed", range(8))
def test_a_plan_that_is_not_proven_still_means_its_tree(seed: int) -> None:
    draw = random.Random(seed)
    fields = "abcdefghijkl"
    tree = tree_of(drawn_antichain(draw, 12, 120))
    every = [{field: draw.choice(("1", "1", "2", None)) for field in fields} for _ in range(60)]
    check(tree, every)


def test_beyond_the_exact_search_a_plan_says_whether_it_is_proven() -> None:
    draw = random.Random(1)
    dense = [sum(1 << n for n in draw.sample(range(12), 6)) for _ in range(400)]
    found = plan_chains(tree_of(dense))
    assert not found.fewest
    assert 1 < len(found.chains) < 400
    assert plan_chains(tree_of(dense), "and_first").fewest


SIZES = [(2, 7), (2, 2, 3), (3, 3, 3), (2, 3, 4), (3, 4, 5), (2, 2, 2, 2, 2), (10, 12), (2, 1000)]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_order_of_alternatives_does_not_matter(sizes: tuple[int, ...]) -> None:
    for order in set(itertools.permutations(sizes)):
        found = plan_chains(alternatives(*order))
        assert len(found.chains) == math.prod(sizes) // max(sizes)
        assert found.fewest


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_writing_does_not_matter(seed: int) -> None:
    draw = random.Random(seed)
    implicants = drawn_antichain(draw, 12, 60)
    found = plan_chains(tree_of(implicants))
    assert len(implicants) > EXACT or found.fewest
    for _ in range(3):
        parts = [tree_of([each]) for each in implicants]
        draw.shuffle(parts)
        again = plan_chains(Or(tuple(parts)))
        assert (len(again.chains), again.fewest) == (len(found.chains), found.fewest)


def test_what_one_chain_can_say_takes_one_chain() -> None:
    draw = random.Random(6)
    for _ in range(300):
        first, *others = draw.sample((A, B, C, D, E, F), draw.choice((1, 2, 3, 4, 5, 6)))
        tree: Tree = first
        for other in others:
            tree = draw.choice((And, Or))((tree, other))
        for reading in READ_BY:
            (chain,) = plan(tree, reading)
            assert chain is not None


def test_a_chain_for_the_left_to_right_reading_says_each_condition_once() -> None:
    tree = And((Or((And((Or((A, B)), C)), D)), E))
    (chain,) = plan(tree, "left_to_right")
    assert chain is not None
    assert len(chain.conditions) == 5
    assert set(chain.conditions) == {A, B, C, D, E}


def test_two_alternatives_of_two_take_two_chains() -> None:
    tree = And((Or((A, B)), Or((C, D))))
    assert [len(plan(tree, reading)) for reading in READ_BY] == [2, 1, 2]
    check(tree, rows("abcd"))


def test_a_common_condition_needs_no_further_chain() -> None:
    (chain,) = plan(And((Or((A, B)), C)))
    assert chain is not None
    said = [chain.first, *((link.connective, link.condition) for link in chain.links)]
    assert said == [A, (Connective.AND, C), (Connective.OR, B), (Connective.AND, C)]


# What cannot be said


LIKE = Comparison(Name("a"), Operator.LIKE, Literal("x%"))


@pytest.mark.parametrize(
    "tree",
    [
        Not(LIKE),
        And((B, Not(LIKE))),
        Not(And((B, LIKE))),
        Not(Or((B, LIKE))),
        Or((B, Not(Not(Not(LIKE))))),
    ],
)
@pytest.mark.parametrize("reading", READ_BY)
def test_like_is_not_negated(tree: Tree, reading: Precedence) -> None:
    with pytest.raises(NotExpressible) as caught:
        plan(tree, reading)
    assert "LIKE" in str(caught.value)
    assert "`a`" in str(caught.value)


def test_like_twice_negated_is_like() -> None:
    (chain,) = plan(Not(Or((B, Not(LIKE)))))
    assert chain is not None
    assert set(chain.conditions) == {LIKE, is_not("b", "1")}


def alternatives(*sizes: int) -> Tree:
    """A conjunction of disjunctions of so many conditions, each on a field of its own."""
    numbers = itertools.count()
    return And(
        tuple(Or(tuple(is_(f"f{next(numbers)}", "1") for _ in range(size))) for size in sizes)
    )


def nested_in(levels: int, *kinds: type[And | Or | Not]) -> Tree:
    """A tree so many levels deep, of these kinds by turns."""
    tree: Tree = A
    for level, kind in zip(range(levels), itertools.cycle(kinds), strict=False):
        tree = Not(tree) if issubclass(kind, Not) else kind((tree, is_(f"f{level}", "1")))
    return tree


def lists(*sizes: int) -> tuple[Membership, ...]:
    return tuple(among(f"a{n}", *map(str, range(size))) for n, size in enumerate(sizes))


def drawn_clauses(count: int, among_: int) -> Tree:
    draw = random.Random(7)
    fields = [is_(f"f{number}", "1") for number in range(among_)]
    return And(tuple(Or(tuple(draw.sample(fields, 3))) for _ in range(count)))


PAIRS = tuple(And((is_(f"a{n}", "1"), is_(f"b{n}", "1"))) for n in range(2001))

TOO_MUCH: Mapping[str, tuple[Tree, str]] = {
    "2**40": (
        alternatives(*[2] * 40),
        "a conjunction of alternatives (of `f0`, `f1`, `f2` and 77 more) multiplies out to "
        "1,099,511,627,776 combinations, and 2,000 is the limit; `in` for alternatives of one "
        "field, or several smaller queries, keep it small",
    ),
    "2**11": (alternatives(*[2] * 11), "multiplies out to 2,048 combinations, and 2,000 is"),
    "2**10": (
        alternatives(*[2] * 10),
        "1,024 alternatives (of `f0`, `f1`, `f2` and 17 more) are 10,240 conditions when each is "
        "written out, and 10,000 is the limit",
    ),
    "2**5000": (alternatives(*[2] * 5000), "more than 1,000,000,000,000,000 combinations"),
    "50*50": (alternatives(50, 50), "multiplies out to 2,500 combinations"),
    "3*1000": (alternatives(3, 1000), "multiplies out to 3,000 combinations"),
    "3000*2": (alternatives(3000, 2), "has 3,000 parts, and 2,000 is the limit"),
    "negated": (
        Not(Or((Not(alternatives(2)), Not(alternatives(*[3] * 9))))),
        "multiplies out to 19,683 combinations",
    ),
    "products in a disjunction": (
        Or((alternatives(40, 40), *PAIRS[:401])),
        "a disjunction (of `f0`, `f1`, `f2` and 879 more) has 2,001 alternatives, and 2,000 is the "
        "limit",
    ),
    "pairs": (Or(PAIRS), "a disjunction (of `a0`, `b0`, `a1` and 3,999 more) has 2,001"),
    "clauses": (drawn_clauses(200, 30), "takes more than 500,000 steps, and that is the limit"),
    "50,000 under or": (
        Or(tuple(is_(f"f{n}", "1") for n in range(50_000))),
        "a disjunction (of `f0`, `f1`, `f2` and 49,997 more) has 50,000 parts, and 2,000 is the "
        "limit; `in` for alternatives of one field",
    ),
    "50,000 under and": (
        And(tuple(is_not("a", str(n)) for n in range(50_000))),
        "a conjunction (of `a`) has 50,000 parts, and 10,000 is the limit; ask with a few of them, "
        "and test the records by the others in Python, with `.where(…)` of a query set",
    ),
    "not in": (
        Not(*lists(100_000)),
        "VTQL has no NOT IN, and without it the 100,000 values that `a0` must not have are as many "
        "conditions (`!=`), and 10,000 is the limit; ask for the values that it may have (`in`), "
        "or test the records in Python, with `.where(…)` of a query set",
    ),
    "several not in": (
        Not(Or(lists(5000, 5000, 1))),
        "the condition (of `a0` and `a1`) has more than 10,000 different ones in it, and that is "
        "the limit",
    ),
    "many parts": (
        Or(tuple(And((A, is_("b", str(n)), is_("c", str(n)))) for n in range(25_001))),
        "the condition has 100,004 parts in its AND, OR and NOT, and 100,000 is the limit",
    ),
    "and in or in and": (
        nested_in(50_000, And, Or),
        "the condition has AND, OR and NOT inside one another, 50,000 levels deep, and 300 is the "
        "limit; conditions side by side in one AND or OR are one level",
    ),
    "not in not": (nested_in(50_000, Not), "50,000 levels deep"),
    "not in and": (nested_in(50_000, And, Not), "50,000 levels deep"),
    "and in and": (nested_in(50_000, And), "50,000 levels deep"),
    "a level too deep": (nested_in(DEPTH + 1, Or, And), "301 levels deep, and 300 is the limit"),
}


@pytest.mark.parametrize(("tree", "said"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_refused_with_its_number_and_the_limit(tree: Tree, said: str) -> None:
    for reading in READ_BY:
        with pytest.raises(NotExpressible) as caught:
            plan(tree, reading)
        assert said in str(caught.value)


def test_a_part_that_stands_in_many_places_is_planned_once() -> None:
    same: Tree = A
    for _ in range(DEPTH // 3):
        same = Not(Or((same, And((same, same)))))
    assert single(same) == A
    values = lists(9_000)
    negated = Not(*values)
    tree = Or(tuple(And((negated, is_(f"g{n}", "1"))) for n in range(1_000)))
    with pytest.raises(NotExpressible, match=r"1,000 alternatives .* are 9,001,000 conditions"):
        plan(tree)
    assert (
        single(And(tuple(Or((*values, And((*values, is_(f"g{n}", "1"))))) for n in range(1_000))))
        == values[0]
    )


def test_as_much_as_is_allowed_is_planned() -> None:
    (chain,) = plan(Or(tuple(is_(f"f{n}", "1") for n in range(2_000))))
    assert chain is not None
    assert len(chain.conditions) == 2_000
    (chain,) = plan(Not(*lists(CONDITIONS)))
    assert chain is not None
    assert chain.conditions == tuple(is_not("a0", str(n)) for n in range(CONDITIONS))
    (chain,) = plan(nested_in(DEPTH, Not, Not, Or))
    assert chain is not None
    assert len(plan(alternatives(1000, 2))) == 2
    assert len(plan(alternatives(*[2] * 9))) == 2**8
    assert len(plan(Or(PAIRS[1:]))) == 2_000


def test_long_lists_fold() -> None:
    (values,) = lists(100_000)
    assert single(values) == values
    assert single(Or(tuple(is_("a0", str(n)) for n in range(50_000)))) == lists(50_000)[0]
    further = among("a0", *map(str, range(50_000, 150_000)))
    assert single(And((values, further))) == among("a0", *map(str, range(50_000, 100_000)))
    assert single(Or((values, further))) == among("a0", *map(str, range(150_000)))


def test_rows_that_differ_in_one_value_fold_however_many_there_are() -> None:
    (chain,) = plan(Or(tuple(And((is_("a0", str(n)), B)) for n in range(5_000))))
    assert chain is not None
    assert set(chain.conditions) == {*lists(5_000), B}
    grid = itertools.product(range(40), range(50))
    (chain,) = plan(Or(tuple(And((is_("a0", str(a)), is_("a1", str(b)))) for a, b in grid)))
    assert chain is not None
    assert set(chain.conditions) == set(lists(40, 50))


def test_the_longest_nested_chain_can_be_read_back_and_planned_again() -> None:
    tree, further = nested_in(277, Or, And), nested_in(278, Or, And)
    (chain,) = plan(tree, "left_to_right")
    assert chain is not None
    assert plan(meaning(chain, "left_to_right"), "left_to_right") == (chain,)
    with pytest.raises(NotExpressible, match="10,009 conditions"):
        plan(further)


def test_the_page_about_readings_names_the_limits() -> None:
    page = (Path(__file__).parents[1] / "docs/explanation/precedence.md").read_text("utf-8")
    for limit in (f"{DEPTH} levels", f"{PARTS:,}", f"{ALTERNATIVES:,}", f"{CONDITIONS:,}"):
        assert f"| {limit} |" in page


# Folding


def single(tree: Tree) -> Condition:
    """The one condition that a tree is planned to."""
    (chain,) = plan(tree)
    assert chain is not None
    assert chain.links == ()
    return chain.first


def test_equalities_of_a_field_unite_under_or() -> None:
    assert single(Or((A, is_("a", "2"), among("a", "2", "3")))) == among("a", "1", "2", "3")
    assert single(Or((is_("a", "x"), is_("a", "y"), is_("a", "x")))) == among("a", "x", "y")


def test_equalities_of_two_fields_do_not_unite() -> None:
    (chain,) = plan(Or((A, B)))
    assert chain is not None
    assert chain.conditions == (A, B)


@pytest.mark.parametrize(
    ("one", "other", "third"),
    [
        ("12x1", "12x2", "12x3"),
        ("1", "2", "-3"),
        ("2024-01-31", "2024-02-01", "2024-02-02"),
        ("2024-01-31 00:00:00", "2024-02-01 10:00:00", "2024-02-02 23:59:59"),
    ],
)
def test_equalities_intersect_under_and_where_spellings_are_values(
    one: str, other: str, third: str
) -> None:
    assert plan(And((is_("a", one), is_("a", other)))) == ()
    assert single(And((among("a", one, other), among("a", other, third)))) == is_("a", other)
    assert single(And((among("a", one, other, third), among("a", third, one)))) == among(
        "a", one, third
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("Smith", "smith"), ("1", "1.0"), ("1", "01"), ("2024-01-31", "31-01-2024"), ("a", "ä")],
)
def test_equalities_of_texts_stay_two_under_and(one: str, other: str) -> None:
    (chain,) = plan(And((is_("a", one), is_("a", other))))
    assert chain is not None
    assert chain.conditions == (is_("a", one), is_("a", other))


def test_texts_that_a_server_takes_for_equal_are_found_by_both_spellings() -> None:
    every = rows("a", ("smith", "SMITH", "jones", None))
    check(And((is_("a", "Smith"), is_("a", "smith"))), every)
    check(And((among("a", "Smith", "Jones"), is_("a", "smith"))), every)
    check(Not(Or((is_not("a", "Smith"), is_not("a", "smith")))), every)


def test_folding_comes_before_chains_are_counted() -> None:
    both = And((Or((A, is_("a", "2"))), Or((B, is_("b", "2")))))
    (chain,) = plan(both)
    assert chain is not None
    assert chain.conditions == (among("a", "1", "2"), among("b", "1", "2"))


def test_implicants_that_differ_in_a_value_become_one() -> None:
    (chain,) = plan(Or((And((A, B)), And((is_("a", "2"), B)))))
    assert chain is not None
    assert set(chain.conditions) == {among("a", "1", "2"), B}


def test_a_field_and_its_opposite_are_not_everything() -> None:
    (chain,) = plan(Or((A, is_not("a", "1"))))
    assert chain is not None
    assert set(chain.conditions) == {A, is_not("a", "1")}
    check(Or((A, Not(A))), rows("a"))
    check(And((A, Not(A))), rows("a"))


def test_what_contains_another_alternative_is_left_out() -> None:
    assert single(Or((A, And((A, B))))) == A
    assert single(And((A, Or((A, B))))) == A


def test_what_all_alternatives_share_is_not_multiplied() -> None:
    shared = tuple(is_(f"s{n}", "1") for n in range(1_000))
    (chain,) = plan(And((Or((*shared, A)), Or((*shared, B)))))
    assert chain is not None
    assert len(chain.conditions) == 1_002


def test_lists_of_the_same_values_are_one_condition() -> None:
    tree = Or((And((among("a", "1", "2"), B)), And((among("a", "2", "1"), C))))
    (chain,) = plan(tree)
    assert chain is not None
    assert set(chain.conditions) == {among("a", "1", "2"), B, C}
    check(tree, rows("abc"))


def test_a_list_of_one_value_is_an_equality() -> None:
    assert single(among("a", "1")) == A
    assert single(Or((And((among("a", "1"), B)), And((A, B)), among("a", "1")))) == A


def test_what_is_never_true_of_one_field_is_not_multiplied_out() -> None:
    tree = And((Or((is_("a", "1"), B)), Or((is_("a", "2"), C))))
    chains = plan(tree)
    assert len(chains) == 2
    assert sum(len(chain.conditions) for chain in chains if chain) == 6
    check(tree, rows("abc"))


def test_a_list_that_all_alternatives_share_stays_shared() -> None:
    tree = And((among("a", "1", "2"), Or((And((A, B)), C))))
    (chain,) = plan(tree)
    assert chain is not None
    assert set(chain.conditions) == {among("a", "1", "2"), A, B, C}
    check(tree, rows("abc"))


def test_alternatives_of_one_field_unite_beside_what_they_share() -> None:
    tree = And((is_("a", "x"), Or((And((is_("a", "y"), B)), And((is_("a", "z"), B))))))
    (chain,) = plan(tree)
    assert chain is not None
    assert set(chain.conditions) == {is_("a", "x"), among("a", "y", "z"), B}


def test_a_chain_of_thousands_is_read_alike_only_where_nothing_is_mixed() -> None:
    def chain(*connectives: Connective) -> Chain:
        links = (Link(each, is_(f"f{place}", "1")) for place, each in enumerate(connectives))
        return Chain(is_("a", "1"), tuple(links))

    assert has_one_meaning(chain(*[Connective.AND] * LONGEST))
    assert has_one_meaning(chain(*[Connective.OR] * LONGEST))
    mixed = chain(*[Connective.AND, Connective.OR] * LONGEST)
    assert not has_one_meaning(mixed)
    assert portable_text(mixed) is None
