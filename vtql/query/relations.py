"""Conditions across references: how a lookup leads to another module, and the stages it takes.

VTQL has no joins. `account_id__industry="Banking"` is asked in two stages: the ids of the accounts for which
the rest holds, then `account_id IN` those. The other way, `Contacts__account_id__lastname` names a module
and its field that refers back: what that field holds in the contacts for which the rest holds, then `id IN`
those.

Until it is run such a condition has `StageValues` for its value, which stand for ids that are not yet known;
so it combines, negates and plans like any other. Negated, a forward one asks for the records whose related
record does not fulfil the rest: a reference leads to one record, and like any condition under NULL it is not
true where there is none. A backward one is about any of many records, so its negation is that the id is none
of those found.

A server compares the number of an id alone and ignores what stands before the `x` (measured): with
`account_id = '99x4'` it finds the records of account `11x4`. Where a catalog has the modules that a field
refers to, the lookup refuses such an id; where it does not, `check_ids` has them described once, before
anything is asked with the id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from vtql.ast import (
    Comparison,
    Condition,
    Literal,
    Membership,
    Name,
    StageValues,
    text_of,
    values_of,
)
from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.catalog.types import RECORD_ID, Family
from vtql.errors import FieldError, ModuleError, ServiceError
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
from vtql.query.lookups import LOOKUPS
from vtql.query.spec import QuerySpec
from vtql.query.values import check_prefix, modules_of, target_of
from vtql.suggestions import listing

OWNERS = ("Users", "Groups")
"""What a field of type owner refers to; `describe` does not say."""

NAMES = 60
"""Names in a lookup; each reference takes some of Python's thousand calls."""

Modules = Callable[[str], Module]
"""The module of a name; ModuleError where there is none."""


@dataclass(frozen=True, slots=True)
class RelationStep:
    """The beginning of a lookup that leads to another module, and the rest, which is about that."""

    field: str
    module: Module
    column: str
    prefix: str
    rest: str


def relation_step(key: str, module: Module, modules: Modules) -> RelationStep | None:
    """How a lookup such as `account_id__industry` leaves its module; None if it does not.

    Raises:
        FieldError: a field refers to several modules, and none of them is named; or the way is
            longer than `NAMES`.
        ModuleError: a module that a field refers to is not known.
        NotExpressible: no query can name the field or the module.
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
            return _to_referenced(field, parts[end:], module, modules)
    return _to_referencing(parts, module, modules) if len(parts) > 2 else None


def _to_referenced(
    field: Field, rest: Sequence[str], module: Module, modules: Modules
) -> RelationStep | None:
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
    related.check_name()
    module.queried(field.name)
    return RelationStep(field.name, related, "id", related.id_prefix, "__".join(rest))


def _to_referencing(parts: Sequence[str], module: Module, modules: Modules) -> RelationStep | None:
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
        related.check_name()
        related.queried(name)
        return RelationStep("id", related, name, module.id_prefix, "__".join(parts[end:]))
    fields = [
        field.name
        for field in related.fields.values()
        if module.name in (OWNERS if field.type.name == "owner" else field.refers_to)
    ]
    known = f"; {listing(fields)} does" if fields else ""
    raise FieldError(
        f"`{parts[1]}` is no field of {related.name} that refers to {module.name}{known}"
    )


BRIEF = 100
"""Parts of a stage that is compared with others."""


@dataclass(frozen=True, slots=True)
class RelatedIds:
    """The ids in a `column` of the records of a module for which a condition holds.

    Only those count that begin with `prefix`, where there is one.
    """

    module: Module
    column: str
    tree: Tree
    prefix: str

    @property
    def values(self) -> StageValues:
        """The ids as a value of a condition, until they have been read."""
        return StageValues(f"{self.column} of {self.module.name}", self)


class ExistingId(Literal):
    """The id of a record that a stage has found, so that the record is known to exist."""

    __slots__ = ()


def related(way: RelationStep, rest: Tree) -> Condition:
    """The condition that is a step, and what holds where it leads."""
    ids = RelatedIds(way.module, way.column, rest, way.prefix)
    return Membership(Name(way.field), (ids.values,))


def merge_stages(parts: Iterable[Tree], join: Callable[..., Tree]) -> list[Tree]:
    """Conditions of one filter, those on the same related record as one: `join` is what joins them.

    So `filter(Contacts__account_id__lastname="A", Contacts__account_id__title="B")` is about one
    contact, as it is in other query builders.
    """
    merged: list[Tree] = []
    places: dict[tuple[str, str, str], int] = {}
    for part in parts:
        ids = related_ids_of(part)
        if ids is None or not isinstance(part, Membership):
            merged.append(part)
            continue
        way = (part.field.text, ids.module.name, ids.column)
        if way in places:
            earlier = related_ids_of(merged[places[way]])
            assert earlier is not None
            tree = join(earlier.tree, ids.tree)
            merged[places[way]] = replace(part, values=(replace(ids, tree=tree).values,))
        else:
            places[way] = len(merged)
            merged.append(part)
    return merged


def related_ids_of(tree: Tree) -> RelatedIds | None:
    """The ids that a condition is about, if they are yet to be found."""
    if not isinstance(tree, (Comparison, Membership)):
        return None
    value = tree.value if isinstance(tree, Comparison) else tree.values[0]
    stage = value.stage if isinstance(value, StageValues) else None
    return stage if isinstance(stage, RelatedIds) else None


def with_relations(tree: Tree) -> Tree:
    """The same without NOT, those before forward conditions pushed to where they lead.

    Raises:
        NotExpressible: VTQL cannot say a negation.
    """
    if isinstance(tree, Comparison) and not isinstance(tree.value, StageValues):  # the most of them
        return tree
    tree = without_not(tree)
    if isinstance(tree, (Comparison, Membership)):
        return _positive(tree)
    return map_conditions(tree, _positive, {}) if stages(tree) else tree


def denied_with_relations(tree: Tree) -> Tree:
    """What is true where a tree is false, without NOT as `with_relations` gives it.

    Raises: as `with_relations`.
    """
    if isinstance(tree, Comparison) and not isinstance(tree.value, StageValues):
        return opposite(tree)
    return with_relations(Not(tree))


def _positive(condition: Condition) -> Tree:
    ids = related_ids_of(condition)
    if ids is None:
        return condition
    if isinstance(condition, Membership) or ids.column == "id":
        rest = (
            with_relations(ids.tree)
            if isinstance(condition, Membership)
            else denied_with_relations(ids.tree)
        )
        return Membership(condition.field, (replace(ids, tree=rest).values,))
    return replace(condition, value=replace(ids, tree=with_relations(ids.tree)).values)


def stages(tree: Tree) -> list[RelatedIds]:
    """What has to be found before a tree can be asked for, from left to right."""
    return [
        ids for condition in conditions_of(tree) if (ids := related_ids_of(condition)) is not None
    ]


def stage_of(ids: RelatedIds) -> object:
    """What equal stages have in common, so that they are asked once; a large one is equal to itself.

    To compare trees is to walk through all that is written in them, however often a part stands
    there.
    """
    return ids if _is_brief(ids) else id(ids)


def _is_brief(ids: RelatedIds) -> bool:
    return is_written_in(ids.tree, BRIEF) and all(map(_is_brief, stages(ids.tree)))


def with_ids(tree: Tree, ids: Callable[[RelatedIds], Sequence[str]]) -> Tree:
    """The tree with ids in their places; none are asked for beside an AND that is already false."""
    if not stages(tree):
        return tree
    return map_conditions(tree, lambda condition: _with_ids(condition, ids), {})


def with_placeholders(tree: Tree, word: Callable[[Condition, RelatedIds], Condition]) -> Tree:
    """The tree with other conditions in place of those whose ids have to be found."""

    def leaf(condition: Condition) -> Tree:
        needed = related_ids_of(condition)
        return condition if needed is None else word(condition, needed)

    return map_conditions(tree, leaf, {}) if stages(tree) else tree


def _with_ids(condition: Condition, ids: Callable[[RelatedIds], Sequence[str]]) -> Tree:
    needed = related_ids_of(condition)
    if needed is None:
        return condition
    values = tuple(map(ExistingId, ids(needed)))
    if isinstance(condition, Membership):
        return Membership(condition.field, values) if values else FALSE
    return conjunction(*(replace(condition, value=value) for value in values))


def map_conditions(tree: Tree, leaf: Callable[[Condition], Tree], known: dict[int, Tree]) -> Tree:
    """The tree with each condition replaced; what stands in many places is replaced once."""
    if id(tree) in known:
        return known[id(tree)]
    if isinstance(tree, (And, Or)):
        results: dict[int, Tree] = {}
        for place in sorted(range(len(tree.parts)), key=lambda place: _effort(tree.parts[place])):
            results[place] = map_conditions(tree.parts[place], leaf, known)
            if isinstance(tree, And) and results[place] == FALSE:
                results = {0: FALSE}
                break
        join = conjunction if isinstance(tree, And) else disjunction
        known[id(tree)] = join(*(results[place] for place in sorted(results)))
    else:
        assert not isinstance(tree, Not)
        known[id(tree)] = leaf(tree)
    return known[id(tree)]


def _effort(part: Tree) -> int:
    """What comes first, because it may spare the rest: plain conditions, then those to be found."""
    return 2 if isinstance(part, (And, Or)) else int(related_ids_of(part) is not None)


def check_ids(spec: QuerySpec) -> None:
    """Refuse ids of modules that their fields do not refer to, as far as the server tells of them.

    Raises:
        FieldValueError: there is one.
    """
    for condition in conditions_of(spec.tree):
        field = spec.module.fields.get(condition.field.text)
        if field is None or field.type.family is not Family.ID:
            continue
        target = target_of(field, spec.module, spec.catalog, spec.clock)
        missing = [name for name in modules_of(target) if name not in spec.catalog]
        examples = _by_prefix(condition) if missing else {}  # the lookup has seen to the others
        if examples:
            target = target._replace(catalog=_catalog_with(spec, missing))
            for record_id in examples.values():
                check_prefix(target, record_id)


def _by_prefix(condition: Condition) -> dict[str, str]:
    """An id for each prefix. Record 0 is none, of any module; ids that a stage finds are right."""
    texts = (text_of(text) for text in values_of(condition) if not isinstance(text, StageValues))
    ids = (text for text in texts if RECORD_ID.fullmatch(text) and int(text.partition("x")[2]))
    return {text.partition("x")[0]: text for text in ids}


def _catalog_with(spec: QuerySpec, missing: Sequence[str]) -> Catalog:
    """A catalog with these modules too, or the one there is where this user may not see one."""
    catalog = spec.catalog
    if spec.server is not None and spec.server.described is not None:
        try:
            for name in missing:
                catalog = spec.server.described(name)
        except (ModuleError, ServiceError):
            return spec.catalog
    return catalog
