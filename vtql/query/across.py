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
from vtql.errors import FieldError, ModuleError
from vtql.logic.negation import opposite, without_not
from vtql.logic.tree import FALSE, And, Not, Or, Tree, conditions_of, conjunction, disjunction
from vtql.query.lookups import LOOKUPS
from vtql.schema.model import Field, Module
from vtql.schema.types import Family
from vtql.spelling import listing

OWNERS = ("Users", "Groups")
"""What a field of type owner refers to; `describe` does not say."""

NAMES = 60
"""Names in a lookup; each reference takes some of Python's thousand calls."""

Modules = Callable[[str], Module]
"""The module of a name; ModuleError where there is none."""


@dataclass(frozen=True, slots=True)
class Found(Literal):
    """The ids in a `column` of the records of a module for which a condition holds.

    Only those count that begin with `prefix`, where there is one.
    """

    module: Module
    column: str
    tree: Tree
    prefix: str


@dataclass(frozen=True, slots=True)
class Step:
    """The beginning of a lookup that leads to another module, and the rest, which is about that."""

    field: str
    module: Module
    column: str
    prefix: str
    rest: str


def step(key: str, module: Module, modules: Modules) -> Step | None:
    """How a lookup such as `account_id__industry` leaves its module; None if it does not.

    Raises:
        FieldError: a field refers to several modules, and none of them is named; or the way is
            longer than `NAMES`.
        ModuleError: a module that a field refers to is not known.
    """
    parts = key.split("__")
    if len(parts) > NAMES:
        raise FieldError(
            f"the lookup `{key:.40}…` has {len(parts):,} names in a row, and {NAMES} is the limit; "
            "the ids that a part of it finds can be asked for first, and given to `__in`"
        )
    for end in range(len(parts) - 1, 0, -1):
        field = module.fields.get("__".join(parts[:end]))
        if field is not None:
            return _forward(field, parts[end:], module, modules)
    return _backward(parts, module, modules) if len(parts) > 2 else None


def _forward(field: Field, rest: Sequence[str], module: Module, modules: Modules) -> Step | None:
    if rest[0] in LOOKUPS or field.type.family is not Family.ID or field.name == "id":
        return None
    targets = OWNERS if field.type.name == "owner" else field.refers_to
    if rest[0] in targets:
        target, rest = rest[0], rest[1:] or ["id"]
    elif len(targets) == 1:
        target = targets[0]
    else:
        raise FieldError(
            f"`{field.name}` of {module.name} refers to {listing(targets, 'or')}; "
            f"`{field.name}__{targets[0]}__{'__'.join(rest)}` names the one that is meant"
            if targets
            else f"`{field.name}` of {module.name} does not tell which module it refers to"
        )
    related = modules(target)
    return Step(field.name, related, "id", related.id_prefix, "__".join(rest))


def _backward(parts: Sequence[str], module: Module, modules: Modules) -> Step | None:
    try:
        related = modules(parts[0])
    except ModuleError:
        return None
    for end in range(len(parts) - 1, 1, -1):
        name = "__".join(parts[1:end])
        field = related.fields.get(name)
        if field is None:
            continue
        targets = OWNERS if field.type.name == "owner" else field.refers_to
        if module.name not in targets:
            raise FieldError(f"`{name}` of {related.name} does not refer to {module.name}")
        return Step("id", related, name, module.id_prefix, "__".join(parts[end:]))
    fields = [
        each.name
        for each in related.fields.values()
        if module.name in (OWNERS if each.type.name == "owner" else each.refers_to)
    ]
    known = f"; {listing(fields)} does" if fields else ""
    raise FieldError(
        f"`{parts[1]}` is no field of {related.name} that refers to {module.name}{known}"
    )


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
    plain = tree.part if isinstance(tree, Not) else tree
    if isinstance(plain, Comparison) and not isinstance(plain.value, Found):  # the most of them
        return opposite(plain) if plain is not tree else plain
    tree = without_not(tree)
    if isinstance(tree, (Comparison, Membership)):
        return _positive(tree)
    return _mapped(tree, _positive, {}) if stages(tree) else tree


def _positive(condition: Condition) -> Tree:
    found = found_in(condition)
    if found is None:
        return condition
    if isinstance(condition, Membership) or found.column == "id":
        denied = not isinstance(condition, Membership)
        rest = pushed(Not(found.tree) if denied else found.tree)
        return Membership(condition.field, (replace(found, tree=rest),))
    return replace(condition, value=replace(found, tree=pushed(found.tree)))


def stages(tree: Tree) -> list[Found]:
    """What has to be found before a tree can be asked for, from left to right."""
    return [found for each in conditions_of(tree) if (found := found_in(each)) is not None]


def filled(tree: Tree, ids: Callable[[Found], Sequence[str]]) -> Tree:
    """The tree with ids in their places; none are asked for beside an AND that is already false."""
    if not stages(tree):
        return tree
    return _mapped(tree, lambda condition: _listed(condition, ids), {})


def filled_with(tree: Tree, word: Callable[[Condition, Found], Condition]) -> Tree:
    """The tree with other conditions in place of those whose ids have to be found."""

    def leaf(condition: Condition) -> Tree:
        found = found_in(condition)
        return condition if found is None else word(condition, found)

    return _mapped(tree, leaf, {}) if stages(tree) else tree


def _listed(condition: Condition, ids: Callable[[Found], Sequence[str]]) -> Tree:
    found = found_in(condition)
    if found is None:
        return condition
    values = tuple(map(Literal, ids(found)))
    if isinstance(condition, Membership):
        return Membership(condition.field, values) if values else FALSE
    return conjunction(*(replace(condition, value=value) for value in values))


def _mapped(tree: Tree, leaf: Callable[[Condition], Tree], known: dict[int, Tree]) -> Tree:
    """The tree with each condition replaced; what stands in many places is replaced once."""
    if id(tree) in known:
        return known[id(tree)]
    if isinstance(tree, (And, Or)):
        made: dict[int, Tree] = {}
        for place in sorted(range(len(tree.parts)), key=lambda place: _effort(tree.parts[place])):
            made[place] = _mapped(tree.parts[place], leaf, known)
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
