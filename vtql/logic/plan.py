"""A boolean tree to the chains that a server has to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vtql.ast import Chain, Connective, Link, Membership, text_of
from vtql.errors import ArgumentError
from vtql.logic.chains import Chains, and_first_chains, left_to_right_chains, portable_chains
from vtql.logic.dnf import NormalForm, normal_form
from vtql.logic.tree import And, Not, Or, Tree
from vtql.suggestions import listing

Precedence: TypeAlias = Literal["portable", "left_to_right", "and_first"]

PRECEDENCES: Mapping[str, Callable[[NormalForm], Chains]] = {
    "portable": portable_chains,
    "left_to_right": left_to_right_chains,
    "and_first": and_first_chains,
}


def check_precedence(name: str) -> None:
    """Make sure that there is a precedence of that name.

    Raises:
        ArgumentError: there is none.
    """
    if name not in PRECEDENCES:
        raise ArgumentError(f"`{name}` is no precedence; there are {listing(PRECEDENCES, 'and')}")


FEW = 50
"""Conditions side by side that are looked at for being a chain as they are."""


@dataclass(frozen=True, slots=True)
class ChainPlan:
    """Chains that together are true exactly where a tree is.

    No chain means that no row can match; a single None, that every row does. `fewest` says that
    fewer chains of these conditions are proven not to do: always to `EXACT` implicants, and mostly
    beyond.
    """

    chains: tuple[Chain | None, ...]
    fewest: bool


def plan_chains(tree: Tree, precedence: Precedence = "portable") -> ChainPlan:
    """The plan of a tree, and whether its chains are proven to be the fewest.

    With `portable` the chains mean the same to a server that reads AND first and to one that reads
    from left to right.

    Raises:
        NotExpressible: a LIKE is negated, or the tree is deeper, longer or multiplies out further
            than a plan goes; the message says which part of it, how far, and what the limit is.
    """
    simple = _simple_chain(tree)
    if simple is not None:
        return ChainPlan((simple,), fewest=True)
    form = normal_form(tree)
    if not form.implicants:
        return ChainPlan((), fewest=True)
    if 0 in form.implicants:
        return ChainPlan((None,), fewest=True)
    result = PRECEDENCES[precedence](form)
    return ChainPlan(result.chains, result.fewest)


def plan(tree: Tree, precedence: Precedence = "portable") -> tuple[Chain | None, ...]:
    """The chains of `planned`, which raises the same."""
    return plan_chains(tree, precedence).chains


def _simple_chain(tree: Tree) -> Chain | None:
    """The chain of a condition, or of conditions on different fields that all hold, or of which any
    does: most of what is ever asked, which is the chain already, for any precedence. None of others."""
    if not isinstance(tree, (And, Or)):
        return None if isinstance(tree, (Not, Membership)) else Chain(tree)
    parts = tree.parts
    if not 0 < len(parts) <= FEW or len({_field(part) for part in parts} - {None}) < len(parts):
        return None
    first, *others = parts
    connective = Connective.AND if isinstance(tree, And) else Connective.OR
    links = tuple(Link(connective, other) for other in others)  # type: ignore[arg-type] # see _field
    return Chain(first, links)  # type: ignore[arg-type] # the same


def _field(part: Tree) -> str | None:
    """The field of a condition that stands for itself; None of parts and of lists of one value."""
    if isinstance(part, (And, Or, Not)):
        return None
    if isinstance(part, Membership) and len({text_of(value) for value in part.values}) == 1:
        return None
    return part.field.text
