"""Implicants as flat chains, the fewest of them.

A chain has no brackets, and servers read it in two ways: AND before OR (the SQL that it becomes),
or from left to right (what the published page says). Which functions of its conditions can one
chain say?

Read from left to right, the last condition `l` rules: the chain is `g and l` or `g or l`. So it
can say exactly the *nested* functions: one conjunction; or `g and C` where all implicants share
the conditions C; or `g or S` where some implicants S are single conditions; g nested again.
Read AND first, it can say everything: write the implicants down.

A nested function has a chain that means the same in both readings, a *portable* one. Write the
implicants in nesting order: those of g first; for `g and C` append C at the end of each; for
`g or S` append the single conditions. AND first, that is the normal form. From left to right, when
the run `h and C1 and C2` is reached, all that has been gathered so far already implies C1 and C2,
because they were appended to every earlier run, too; so `(gathered or h) and C1 and C2` is
`gathered or (h and C1 and C2)`. Example: `(a or b) and c` becomes `a and c or b and c`.

A function that is not nested, such as `(a or b) and (c or d)`, needs several chains, whose rows are
merged by id: the fewest groups of implicants such that each group is nested. A part of a nested
antichain is nested, so a search can give up a group as soon as it stops being nested. To `EXACT`
implicants the search is exact; beyond, each implicant joins the first group that stays nested,
which may take more chains than are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from vtql.ast import Chain, Condition, Connective, Link
from vtql.logic.normal import Normal

EXACT = 12

Run = list[int]
"""Numbers of conditions, joined by AND."""


def portable_chains(form: Normal) -> list[Chain]:
    """The fewest chains that mean the form together, the same in both readings."""
    return [_written(form, runs) for runs in _groups(form)]


def and_first_chains(form: Normal) -> list[Chain]:
    """One chain, for a server that reads AND before OR."""
    return [_written(form, [_numbers(implicant) for implicant in form.implicants])]


def left_to_right_chains(form: Normal) -> list[Chain]:
    """The fewest chains for a server that reads from left to right; each condition stands once."""
    made = []
    for runs in _groups(form):
        implicants = [sum(1 << number for number in run) for run in runs]
        steps = _steps(implicants)
        assert steps is not None
        made.append(_chained(form.conditions, steps))
    return made


def nested(implicants: Sequence[int]) -> list[Run] | None:
    """The implicants in nesting order, each in the order to write it; None if they do not nest."""
    if len(implicants) == 1:
        return [_numbers(implicants[0])]
    shared = implicants[0]
    for implicant in implicants:
        shared &= implicant
    if shared:
        inner = nested([implicant & ~shared for implicant in implicants])
        return None if inner is None else [run + _numbers(shared) for run in inner]
    singles = [implicant for implicant in implicants if implicant.bit_count() == 1]
    others = [implicant for implicant in implicants if implicant.bit_count() > 1]
    if not singles:
        return None
    inner = nested(others) if others else []
    return None if inner is None else inner + [_numbers(single) for single in singles]


def _steps(implicants: Sequence[int]) -> list[tuple[Connective, int]] | None:
    """The same nesting as a chain for the left-to-right reading: connective and condition."""
    if len(implicants) == 1:
        return [(Connective.AND, number) for number in _numbers(implicants[0])]
    shared = implicants[0]
    for implicant in implicants:
        shared &= implicant
    if shared:
        inner = _steps([implicant & ~shared for implicant in implicants])
        tail = [(Connective.AND, number) for number in _numbers(shared)]
        return None if inner is None else inner + tail
    singles = [implicant for implicant in implicants if implicant.bit_count() == 1]
    others = [implicant for implicant in implicants if implicant.bit_count() > 1]
    inner = _steps(others) if others else []
    tail = [(Connective.OR, number) for single in singles for number in _numbers(single)]
    return None if inner is None or not singles else inner + tail


def _groups(form: Normal) -> list[list[Run]]:
    whole = nested(form.implicants)
    if whole is not None:
        return [whole]
    search = _fewest if len(form.implicants) <= EXACT else _greedy
    found = [nested(group) for group in search(form.implicants)]
    return [runs for runs in found if runs is not None]


def _greedy(implicants: Sequence[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for implicant in implicants:
        for group in groups:
            if nested([*group, implicant]) is not None:
                group.append(implicant)
                break
        else:
            groups.append([implicant])
    return groups


def _fewest(implicants: Sequence[int]) -> list[list[int]]:
    """Branch and bound over the ways to put each implicant into a group or into a new one."""
    best = _greedy(implicants)

    def place(position: int, groups: list[list[int]]) -> None:
        nonlocal best
        if len(groups) >= len(best):
            return
        if position == len(implicants):
            best = [list(group) for group in groups]
            return
        for group in groups:
            group.append(implicants[position])
            if nested(group) is not None:
                place(position + 1, groups)
            group.pop()
        groups.append([implicants[position]])
        place(position + 1, groups)
        groups.pop()

    place(0, [])
    return best


def _written(form: Normal, runs: list[Run]) -> Chain:
    steps = [
        (Connective.AND if place else Connective.OR, number)
        for run in runs
        for place, number in enumerate(run)
    ]
    return _chained(form.conditions, steps)


def _chained(conditions: Sequence[Condition], steps: list[tuple[Connective, int]]) -> Chain:
    (_, first), *rest = steps
    return Chain(
        conditions[first],
        tuple(Link(connective, conditions[number]) for connective, number in rest),
    )


def _numbers(implicant: int) -> Run:
    return [number for number in range(implicant.bit_length()) if implicant >> number & 1]
