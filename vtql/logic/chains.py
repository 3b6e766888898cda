"""Implicants as flat chains, the fewest of them.

A chain has no brackets, and servers read it in two ways: AND before OR (the SQL that it becomes),
or from left to right (what the published page says). Which functions of its conditions can one
chain say?

Read from left to right, the last condition `l` rules: the chain is `g and l` or `g or l`. So it
can say exactly the *nested* functions: one conjunction; or `g and C` where all implicants share
the conditions C; or `g or S` where some implicants S are single conditions; g nested again.
Read AND first, it can say everything: write the implicants down.

A nested function has a chain that means the same for both precedences, a *portable* one. Write the
implicants in nesting order: those of g first; for `g and C` append C at the end of each; for
`g or S` append the single conditions. AND first, that is the normal form. From left to right, when
the run `h and C1 and C2` is reached, all that has been gathered so far already implies C1 and C2,
because they were appended to every earlier run, too; so `(gathered or h) and C1 and C2` is
`gathered or (h and C1 and C2)`. Example: `(a or b) and c` becomes `a and c or b and c`.

A function that is not nested, such as `(a or b) and (c or d)`, needs several chains, whose rows are
merged by id: the implicants in groups each of which is nested. Which groups are the fewest is found
in `cover`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from vtql.ast import Chain, Condition, Connective, Link, Membership, Value, text_of
from vtql.logic.bitset import numbers
from vtql.logic.cover import cover
from vtql.logic.dnf import NormalForm

Step: TypeAlias = tuple[Connective, int]
"""The number of a condition, and what joins it to those before."""

Layer: TypeAlias = tuple[Connective, list[int]]
"""What a nested function adds to the one inside it: C by AND, or S by OR."""


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains that mean a form together, and whether fewer are proven not to do."""

    chains: tuple[Chain, ...]
    fewest: bool


def portable_chains(form: NormalForm) -> Chains:
    """Few chains that mean the form together, the same for both precedences."""
    return _in_groups(form, _portable)


def left_to_right_chains(form: NormalForm) -> Chains:
    """Few chains for a server that reads from left to right; each condition stands once."""
    return _in_groups(form, _left_to_right)


def and_first_chains(form: NormalForm) -> Chains:
    """One chain, for a server that reads AND before OR."""
    return Chains((_chain(form, _runs(map(numbers, form.implicants))),), fewest=True)


def _in_groups(form: NormalForm, steps: Callable[[Sequence[Layer]], Iterable[Step]]) -> Chains:
    whole = _layers(form.implicants)
    if whole is not None:
        return Chains((_chain(form, steps(whole)),), fewest=True)
    groups_cover = cover(form.implicants, lambda number: _sort_key(form.conditions[number]))
    groups = ([form.implicants[place] for place in group] for group in groups_cover.groups)
    layers = (nested for group in groups if (nested := _layers(group)) is not None)
    return Chains(tuple(_chain(form, steps(nested)) for nested in layers), groups_cover.fewest)


def _layers(implicants: Sequence[int]) -> list[Layer] | None:
    """How implicants nest, from the inside out; None if they do not."""
    layers: list[Layer] = []
    while implicants:
        shared = -1
        for implicant in implicants:
            shared &= implicant
        rest = [implicant & ~shared for implicant in implicants]
        single = [implicant for implicant in rest if implicant.bit_count() == 1]
        implicants = [implicant for implicant in rest if implicant.bit_count() > 1]
        if shared:
            layers.append((Connective.AND, numbers(shared)))
        if single:
            layers.append((Connective.OR, [implicant.bit_length() - 1 for implicant in single]))
        if not shared and not single:
            return None
    return layers[::-1]


def _portable(layers: Sequence[Layer]) -> Iterable[Step]:
    runs: list[list[int]] = []
    for connective, added in layers:
        if connective is Connective.OR:
            runs += [[number] for number in added]
        else:
            runs = [run + added for run in runs] or [added]
    return _runs(runs)


def _left_to_right(layers: Sequence[Layer]) -> Iterable[Step]:
    return ((connective, number) for connective, added in layers for number in added)


def _runs(runs: Iterable[Sequence[int]]) -> Iterable[Step]:
    """Runs joined by AND, with OR between them."""
    for run in runs:
        for place, number in enumerate(run):
            yield (Connective.AND if place else Connective.OR), number


def _chain(form: NormalForm, steps: Iterable[Step]) -> Chain:
    (_, first), *others = steps
    links = tuple(Link(connective, form.conditions[number]) for connective, number in others)
    return Chain(form.conditions[first], links)


def _sort_key(condition: Condition) -> tuple[str, str, list[tuple[str, str]]]:
    """What conditions are ordered by."""
    values: tuple[Value, ...]
    if isinstance(condition, Membership):
        operator, values = "in", condition.values
    else:
        operator, values = condition.operator.value, (condition.value,)
    texts = sorted((text_of(value), type(value).__name__) for value in values)
    return condition.field.text, operator, texts
