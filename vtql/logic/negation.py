"""NOT pushed down to single conditions, where the language can say it.

SQL has three truth values, and a row comes back when its chain is *true*. `field != 'x'` is not
true of a row whose field is NULL, so a condition and its negation do not cover all rows. That is
why NOT has to go to the leaves first: afterwards the tree is a monotone function of independent
conditions, for which distribution and absorption hold under three values, too.
"""

from __future__ import annotations

from vtql.ast import Comparison, Condition, Membership, Operator
from vtql.errors import NotExpressible
from vtql.logic.tree import And, Not, Or, Tree

OPPOSITES = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
}


def without_not(tree: Tree) -> Tree:
    """The same tree with no NOT in it.

    Raises:
        NotExpressible: a LIKE is negated; VTQL has no NOT LIKE.
    """
    match tree:
        case Not():
            return _negated(tree.part)
        case And():
            return And(tuple(map(without_not, tree.parts)))
        case Or():
            return Or(tuple(map(without_not, tree.parts)))
        case _:
            return tree


def _negated(tree: Tree) -> Tree:
    match tree:
        case Not():
            return without_not(tree.part)
        case And():
            return Or(tuple(map(_negated, tree.parts)))
        case Or():
            return And(tuple(map(_negated, tree.parts)))
        case _:
            return _opposite(tree)


def _opposite(condition: Condition) -> Tree:
    match condition:
        case Membership():
            return And(
                tuple(Comparison(condition.field, Operator.NE, value) for value in condition.values)
            )
        case Comparison(operator=Operator.LIKE):
            raise NotExpressible(
                f"VTQL has no NOT LIKE, so LIKE on `{condition.field.text}` cannot be negated; "
                "exclude whole values (`!=`), or filter the records in Python"
            )
        case Comparison():
            opposite = OPPOSITES[condition.operator]
            return Comparison(condition.field, opposite, condition.value)
