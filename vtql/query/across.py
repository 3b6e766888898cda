"""Conditions on the records that references lead to, in either direction.

VTQL has no joins. `account_id__industry="Banking"` is asked in two stages: the ids of the accounts
for which the rest holds, then `account_id IN` those. The other way, `Contacts__account_id__lastname`
names a module and its field that refers back: what stands in that field of the contacts for which
the rest holds, then `id IN` those.

Until it is run such a condition is a list with a single value, `Found`, which stands for ids that are
not yet known; so it combines, negates and plans like any other. Negated, a forward one asks for the
records whose related record does not fulfil the rest: a reference leads to one record, and like any
condition under NULL it is not true where there is none. A backward one is about any of many records,
so its negation is that the id is none of those found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from vtql.ast import Comparison, Condition, Literal, Membership, Name
from vtql.catalog.model import Module
from vtql.logic.negation import opposite, without_not
from vtql.logic.tree import (
    FALSE,
    And,
    Not,
    Or,
    Tree,
    conditions_of,
    conjunction,
    disjunction,
    is_written_in,
)
from vtql.query.steps import Step

BRIEF = 100
"""Parts of a stage that is compared with others."""


@dataclass(frozen=True, slots=True)
class Found(Literal):
    """The ids in a `column` of the records of a module for which a condition holds.

    Only those count that begin with `prefix`, where there is one.
    """

    module: Module
    column: str
    tree: Tree
    prefix: str


class Known(Literal):
    """The id of a record that a stage found, so that it is known to be there."""

    __slots__ = ()


def related(way: Step, rest: Tree) -> Condition:
    """The condition that is a step, and what holds where it leads."""
    said = f"{way.column} of {way.module.name}"
    return Membership(Name(way.field), (Found(said, way.module, way.column, rest, way.prefix),))


def together(parts: Iterable[Tree], join: Callable[..., Tree]) -> list[Tree]:
    """Conditions of one filter, those on the same related record as one: `join` is what joins them.

    So `filter(Contacts__account_id__lastname="A", Contacts__account_id__title="B")` is about one
    contact, as it is in other query builders.
    """
    kept: list[Tree] = []
    places: dict[tuple[str, str, str], int] = {}
    for part in parts:
        found = found_in(part)
        if found is None or not isinstance(part, Membership):
            kept.append(part)
            continue
        way = (part.field.text, found.module.name, found.column)
        if way in places:
            earlier = found_in(kept[places[way]])
            assert earlier is not None
            tree = join(earlier.tree, found.tree)
            kept[places[way]] = replace(part, values=(replace(found, tree=tree),))
        else:
            places[way] = len(kept)
            kept.append(part)
    return kept


def found_in(tree: Tree) -> Found | None:
    """The ids that a condition is about, if they are yet to be found."""
    if isinstance(tree, Membership) and isinstance(tree.values[0], Found):
        return tree.values[0]
    if isinstance(tree, Comparison) and isinstance(tree.value, Found):
        return tree.value
    return None


def pushed(tree: Tree) -> Tree:
    """The same without NOT, those before forward conditions pushed to where they lead.

    Raises:
        NotExpressible: VTQL cannot say a negation.
    """
    if isinstance(tree, Comparison) and not isinstance(tree.value, Found):  # the most of them
        return tree
    tree = without_not(tree)
    if isinstance(tree, (Comparison, Membership)):
        return _positive(tree)
    return mapped(tree, _positive, {}) if stages(tree) else tree


def denied(tree: Tree) -> Tree:
    """What is true where a tree is false, without NOT as `pushed` gives it.

    Raises: as `pushed`.
    """
    if isinstance(tree, Comparison) and not isinstance(tree.value, Found):
        return opposite(tree)
    return pushed(Not(tree))


def _positive(condition: Condition) -> Tree:
    found = found_in(condition)
    if found is None:
        return condition
    if isinstance(condition, Membership) or found.column == "id":
        rest = pushed(found.tree) if isinstance(condition, Membership) else denied(found.tree)
        return Membership(condition.field, (replace(found, tree=rest),))
    return replace(condition, value=replace(found, tree=pushed(found.tree)))


def stages(tree: Tree) -> list[Found]:
    """What has to be found before a tree can be asked for, from left to right."""
    return [found for each in conditions_of(tree) if (found := found_in(each)) is not None]


def stage_of(found: Found) -> object:
    """What equal stages have in common, so that they are asked once; a large one is equal to itself.

    To compare trees is to walk through all that is written in them, however often a part stands
    there.
    """
    return found if _is_brief(found) else id(found)


def _is_brief(found: Found) -> bool:
    return is_written_in(found.tree, BRIEF) and all(map(_is_brief, stages(found.tree)))


def filled(tree: Tree, ids: Callable[[Found], Sequence[str]]) -> Tree:
    """The tree with ids in their places; none are asked for beside an AND that is already false."""
    if not stages(tree):
        return tree
    return mapped(tree, lambda condition: _listed(condition, ids), {})


def filled_with(tree: Tree, word: Callable[[Condition, Found], Condition]) -> Tree:
    """The tree with other conditions in place of those whose ids have to be found."""

    def leaf(condition: Condition) -> Tree:
        found = found_in(condition)
        return condition if found is None else word(condition, found)

    return mapped(tree, leaf, {}) if stages(tree) else tree


def _listed(condition: Condition, ids: Callable[[Found], Sequence[str]]) -> Tree:
    found = found_in(condition)
    if found is None:
        return condition
    values = tuple(map(Known, ids(found)))
    if isinstance(condition, Membership):
        return Membership(condition.field, values) if values else FALSE
    return conjunction(*(replace(condition, value=value) for value in values))


def mapped(tree: Tree, leaf: Callable[[Condition], Tree], known: dict[int, Tree]) -> Tree:
    """The tree with each condition replaced; what stands in many places is replaced once."""
    if id(tree) in known:
        return known[id(tree)]
    if isinstance(tree, (And, Or)):
        made: dict[int, Tree] = {}
        for place in sorted(range(len(tree.parts)), key=lambda place: _effort(tree.parts[place])):
            made[place] = mapped(tree.parts[place], leaf, known)
            if isinstance(tree, And) and made[place] == FALSE:
                made = {0: FALSE}
                break
        join = conjunction if isinstance(tree, And) else disjunction
        known[id(tree)] = join(*(made[place] for place in sorted(made)))
    else:
        assert not isinstance(tree, Not)
        known[id(tree)] = leaf(tree)
    return known[id(tree)]


def _effort(part: Tree) -> int:
    """What comes first, because it may spare the rest: plain conditions, then those to be found."""
    return 2 if isinstance(part, (And, Or)) else int(found_in(part) is not None)
