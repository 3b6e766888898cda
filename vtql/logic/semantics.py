"""What a flat chain means, which depends on the precedence of AND and OR, and the chain that means the same for both."""

from __future__ import annotations

from vtql.ast import Chain, Condition, Connective
from vtql.errors import NotExpressible
from vtql.logic.dnf import normal_form
from vtql.logic.plan import plan
from vtql.logic.tree import Tree, conjunction, disjunction
from vtql.parser.printer import write_chain
from vtql.profiles import ServerPrecedence


def meaning(chain: Chain, precedence: ServerPrecedence) -> Tree:
    """The boolean tree of a chain: AND before OR, or from left to right."""
    return _and_first(chain) if precedence == "and_first" else _left_to_right(chain)


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


LONGEST = 2_000
"""Conditions of a chain that is looked at; more are a program's, and would take seconds."""


def has_one_meaning(chain: Chain) -> bool:
    """Whether a chain, evaluated either way, is one condition; not where that cannot be told."""
    if len(chain.links) >= LONGEST:
        return len({link.connective for link in chain.links}) == 1
    try:
        return _implicants(chain, "and_first") == _implicants(chain, "left_to_right")
    except NotExpressible:
        return False


def portable_text(chain: Chain) -> str | None:
    """The chain that says to all what open-source servers read in this one; None if none can."""
    if len(chain.links) >= LONGEST:
        return None
    try:
        chains = plan(meaning(chain, "and_first"))
    except NotExpressible:
        return None
    only = chains[0] if len(chains) == 1 else None
    return None if only is None else write_chain(only)


def _implicants(chain: Chain, precedence: ServerPrecedence) -> set[frozenset[Condition]]:
    form = normal_form(meaning(chain, precedence))
    return {
        frozenset(c for n, c in enumerate(form.conditions) if implicant >> n & 1)
        for implicant in form.implicants
    }
