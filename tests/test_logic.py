"""The planner against the meaning of its trees: every row, both readings, the fewest chains.

A row gives each field a value or NULL. Trees and chains are evaluated here, by SQL's three truth
values, without any help of the package: what a plan finds has to be what its tree is true of.
"""

from __future__ import annotations

import itertools
import operator
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeAlias

import pytest

from vtql.ast import (
    Chain,
    Comparison,
    Condition,
    Connective,
    Literal,
    Membership,
    Name,
    Operator,
)
from vtql.errors import NotExpressible
from vtql.logic.plan import Reading, plan
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


READ_BY: Mapping[Reading, tuple[Evaluator, ...]] = {
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


def tree_of(implicants: Iterable[int]) -> Tree:
    return Or(
        tuple(
            And(
                tuple(
                    each for place, each in enumerate((A, B, C, D, E, F)) if implicant >> place & 1
                )
            )
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
def test_like_is_not_negated(tree: Tree, reading: Reading) -> None:
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


@pytest.mark.parametrize(
    "tree",
    [
        alternatives(*[2] * 40),
        alternatives(*[2] * 11),
        alternatives(3000, 2),
        alternatives(50, 50),
        Not(Or((Not(alternatives(2)), Not(alternatives(*[3] * 9))))),
        Or(tuple(alternatives(*[2] * 12) for _ in range(4))),
    ],
    ids=["2**40", "2**11", "3000*2", "50*50", "negated", "or"],
)
def test_a_huge_conjunction_of_alternatives_is_refused_at_once(tree: Tree) -> None:
    began = time.monotonic()
    with pytest.raises(NotExpressible) as caught:
        plan(tree)
    assert time.monotonic() - began < 2
    assert "combinations" in str(caught.value)


@pytest.mark.parametrize(
    "sizes", [(2, 2, 3), (3, 4), (2, 6), (2, 2, 2, 2), (10, 10), (2,) * 9], ids=str
)
def test_a_plan_of_many_chains_is_soon_made(sizes: tuple[int, ...]) -> None:
    began = time.monotonic()
    found = plan(alternatives(*sizes))
    assert time.monotonic() - began < 2
    assert len(found) > 1


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
