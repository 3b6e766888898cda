"""Equalities on one field as one condition: fewer, larger conditions make fewer chains.

Under OR they unite: `a = 1 or a in (2, 3)` is `a in (1, 2, 3)`. Under AND they intersect, but only
where different spellings are different values to the server: record ids, whole numbers, dates.
Texts are compared by a collation (`Smith` is `smith`), so two memberships of texts stay two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from vtql.ast import Comparison, Condition, Membership, Name, Operator, Value, text_of
from vtql.logic.tree import FALSE, And, Or, Tree, conjunction, disjunction

_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"[1-9][0-9]*x(0|[1-9][0-9]*)",
        r"0|-?[1-9][0-9]*",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}",
    )
)


def folded(tree: Tree) -> Tree:
    """The same tree, without NOT before and after, with its equalities folded."""
    match tree:
        case And():
            return _folded_and(_unique(map(folded, tree.parts)))
        case Or():
            return _folded_or(_unique(map(folded, tree.parts)))
        case _:
            return tree


def equality(condition: Tree) -> tuple[Name, tuple[Value, ...]] | None:
    """The field and the values of an equality or membership; None of anything else."""
    match condition:
        case Comparison(operator=Operator.EQ):
            return condition.field, (condition.value,)
        case Membership():
            return condition.field, condition.values
        case _:
            return None


def one_of(field: Name, values: Iterable[Value]) -> Condition:
    """The condition that a field has one of the values, at least one; each is said once."""
    unique = tuple({text_of(value): value for value in values}.values())
    if len(unique) == 1:
        return Comparison(field, Operator.EQ, unique[0])
    return Membership(field, unique)


def _folded_or(parts: list[Tree]) -> Tree:
    by_field: dict[Name, list[Value]] = {}
    rest: dict[Tree | Name, Tree | None] = {}  # in the order of the first mention
    for part in _flat(Or, parts):
        found = equality(part)
        if found:
            by_field.setdefault(found[0], []).extend(found[1])
            rest.setdefault(found[0])
        else:
            rest[part] = part
    made = [one_of(key, by_field[key]) if isinstance(key, Name) else key for key in rest]
    return disjunction(*made)


def _folded_and(parts: list[Tree]) -> Tree:
    made: list[Tree] = []
    for part in _flat(And, parts):
        found = equality(part)
        if found:
            for place, other in enumerate(made):
                shared = _intersection(equality(other), found)
                if shared is not None:
                    if not shared:
                        return FALSE
                    made[place] = one_of(found[0], shared)
                    break
            else:
                made.append(part)
        else:
            made.append(part)
    return conjunction(*_unique(made))


def _intersection(
    one: tuple[Name, tuple[Value, ...]] | None, other: tuple[Name, tuple[Value, ...]]
) -> list[Value] | None:
    """The values that both allow; None where only the server can tell."""
    if one is None or one[0] != other[0]:
        return None
    spellings = [text_of(value) for value in (*one[1], *other[1])]
    if not any(all(map(shape.fullmatch, spellings)) for shape in _SHAPES):
        return None
    allowed = {text_of(value) for value in other[1]}
    return [value for value in one[1] if text_of(value) in allowed]


def _flat(kind: type[And | Or], parts: Iterable[Tree]) -> list[Tree]:
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return _unique(flat)


def _unique(parts: Iterable[Tree]) -> list[Tree]:
    return list(dict.fromkeys(parts))
