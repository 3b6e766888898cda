"""NOT pushed down to single conditions, where the language can say it.

SQL has three truth values, and a row comes back when its chain is *true*. `field != 'x'` is not
true of a row whose field is NULL, so a condition and its negation do not cover all rows. That is
why NOT has to go to the leaves first: afterwards the tree is a monotone function of independent
conditions, for which distribution and absorption hold under three values, too.
"""

from __future__ import annotations

from vtql.ast import Comparison, Condition, Operator, text_of
from vtql.errors import NotExpressible
from vtql.logic.limits import CONDITIONS, DEPTH, PARTS, SMALLER
from vtql.logic.tree import And, Not, Or, Tree, extent, parts_of

OPPOSITES = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
    Operator.NOTLIKE: Operator.LIKE,
}


_LEVELS, _PARTS = 5, 6
"""Of a tree that need not be counted."""


def without_not(tree: Tree) -> Tree:
    """The same tree with no NOT in it; a part that stands in many places is still one part.

    Raises:
        NotExpressible: a LIKE is negated, and VTQL has no NOT LIKE; or the tree is deeper or larger
            than `limits` allow.
    """
    if not isinstance(tree, (And, Or, Not)):
        return tree
    if isinstance(tree, Not) and not isinstance(tree.part, (And, Or, Not)):
        return opposite(tree.part)
    if not _is_small(tree, _LEVELS):
        _check_limits(tree)
    return _NotRemover().affirmed(tree)


def _is_small(tree: Tree, levels: int) -> bool:
    """Whether a tree is within the limits at a glance, as nearly all are."""
    if not isinstance(tree, (And, Or, Not)):
        return True
    parts = parts_of(tree)
    if levels == 0 or len(parts) > _PARTS:
        return False
    return all(_is_small(part, levels - 1) for part in parts)


def _check_limits(tree: Tree) -> None:
    levels, parts = extent(tree)
    if levels > DEPTH:
        raise NotExpressible(
            f"the condition has AND, OR and NOT inside one another, {levels:,} levels deep, and "
            f"{DEPTH} is the limit; conditions side by side in one AND or OR are one level"
        )
    if parts > PARTS:
        raise NotExpressible(
            f"the condition has {parts:,} parts in its AND, OR and NOT, and {PARTS:,} is the limit; "
            f"{SMALLER}"
        )


class _NotRemover:
    """Parts without NOT, by the identity of the part: affirmed and negated."""

    def __init__(self) -> None:
        self._affirmed: dict[int, Tree] = {}
        self._negated: dict[int, Tree] = {}

    def affirmed(self, tree: Tree) -> Tree:
        if isinstance(tree, Not):
            return self.negated(tree.part)
        if not isinstance(tree, (And, Or)):
            return tree
        if id(tree) not in self._affirmed:
            self._affirmed[id(tree)] = type(tree)(tuple(map(self.affirmed, tree.parts)))
        return self._affirmed[id(tree)]

    def negated(self, tree: Tree) -> Tree:
        if isinstance(tree, Not):
            return self.affirmed(tree.part)
        if id(tree) not in self._negated:
            match tree:
                case And():
                    self._negated[id(tree)] = Or(tuple(map(self.negated, tree.parts)))
                case Or():
                    self._negated[id(tree)] = And(tuple(map(self.negated, tree.parts)))
                case _:
                    self._negated[id(tree)] = opposite(tree)
        return self._negated[id(tree)]


def opposite(condition: Condition) -> Tree:
    """What is true where a condition is false.

    Raises:
        NotExpressible: it is a LIKE, or a list that is too long.
    """
    if isinstance(condition, Comparison):
        operator = OPPOSITES.get(condition.operator)
        if operator is None:
            raise NotExpressible(
                f"VTQL has no NOT LIKE, so LIKE on `{condition.field.text}` cannot be negated; "
                "exclude whole values (`!=`), or test the records in Python, with `.where(…)` of a query set"
            )
        return Comparison(condition.field, operator, condition.value)
    field = condition.field
    values = {text_of(value): value for value in condition.values}.values()
    if len(values) > CONDITIONS:
        raise NotExpressible(
            f"VTQL has no NOT IN, and without it the {len(values):,} values that "
            f"`{field.text}` must not have are as many conditions (`!=`), and "
            f"{CONDITIONS:,} is the limit; ask for the values that it may have (`in`), or "
            "test the records in Python, with `.where(…)` of a query set"
        )
    return And(tuple(Comparison(field, Operator.NE, value) for value in values))
