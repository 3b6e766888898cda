"""A boolean tree to the chains that a server has to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from vtql.ast import Chain
from vtql.logic.chains import and_first_chains, left_to_right_chains, portable_chains
from vtql.logic.normal import Normal, normal_form
from vtql.logic.tree import Tree

Reading: TypeAlias = Literal["portable", "left_to_right", "and_first"]

READINGS: Mapping[str, Callable[[Normal], list[Chain]]] = {
    "portable": portable_chains,
    "left_to_right": left_to_right_chains,
    "and_first": and_first_chains,
}


def plan(tree: Tree, reading: Reading = "portable") -> tuple[Chain | None, ...]:
    """Chains that together are true exactly where the tree is: the fewest, to `EXACT` implicants.

    No chain means that no row can match; a single None, that every row does. With `portable` the
    chains mean the same to a server that reads AND first and to one that reads left to right.

    Raises:
        NotExpressible: a LIKE is negated, or the tree multiplies out too far.
    """
    form = normal_form(tree)
    if not form.implicants:
        return ()
    if 0 in form.implicants:
        return (None,)
    return tuple(READINGS[reading](form))
