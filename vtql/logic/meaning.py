"""What a flat chain means, which depends on who reads it."""

from __future__ import annotations

from vtql.ast import Chain, Connective
from vtql.logic.tree import Tree, conjunction, disjunction
from vtql.profiles import Reading


def meaning(chain: Chain, reading: Reading) -> Tree:
    """The boolean tree of a chain: AND before OR, or from left to right."""
    return _and_first(chain) if reading == "and_first" else _left_to_right(chain)


def _and_first(chain: Chain) -> Tree:
    runs: list[list[Tree]] = [[chain.first]]
    for link in chain.links:
        if link.connective is Connective.AND:
            runs[-1].append(link.condition)
        else:
            runs.append([link.condition])
    return disjunction(*(conjunction(*run) for run in runs))


def _left_to_right(chain: Chain) -> Tree:
    tree: Tree = chain.first
    for link in chain.links:
        join = conjunction if link.connective is Connective.AND else disjunction
        tree = join(tree, link.condition)
    return tree
