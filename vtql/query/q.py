"""`Q`: conditions that `&`, `|` and `~` combine before a query set is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from vtql.catalog.model import Module
from vtql.errors import FieldError, NotExpressible
from vtql.logic.limits import PARTS, SMALLER
from vtql.logic.tree import (
    TRUE,
    And,
    Not,
    Or,
    Tree,
    conjunction,
    disjunction,
    is_deeper,
    is_written_in,
    parts_of,
    side_by_side,
)
from vtql.query.field_restrictions import refuse_fields
from vtql.query.lookups import lookup
from vtql.query.relations import merge_stages, related, relation_step
from vtql.query.spec import QuerySpec, with_changes
from vtql.query.values import target_of

_LONG = 300
_SHOWN_LEVELS = 30
_SHOWN_PARTS = 1_000


class _Term(NamedTuple):  # one for every condition, and made in half the time of a dataclass
    """A lookup as it was written: `lastname__startswith` and its value."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Q:
    """Conditions, all of which hold: `Q(city="Sofia", lastname__startswith="O'")`.

    Combine with `&`, `|` and `~`. The words `and`, `or` and `not` of Python cannot be taught to
    do the same, and say so. `Q()` has no condition and adds none, so that a loop can begin with it.
    """

    _tree: _Term | And | Or | Not

    def __init__(self, /, *parts: Q, **lookups: Any) -> None:
        trees: list[Any] = [_term(*item) for item in lookups.items()]
        if parts:
            trees[:0] = map(_inside, parts)
        tree = trees[0] if len(trees) == 1 else _small(conjunction(*trees))
        object.__setattr__(self, "_tree", tree)

    def __and__(self, other: Q) -> Q:
        return _wrapped(_joined_with(And, self._tree, _inside(other)))

    def __or__(self, other: Q) -> Q:
        tree = _inside(other)
        if self._tree == TRUE:  # what has no condition is no alternative
            return other
        if tree == TRUE:
            return self
        return _wrapped(_joined_with(Or, self._tree, tree))

    def __invert__(self) -> Q:
        if isinstance(self._tree, Not):
            return _wrapped(self._tree.part)
        if self._tree == TRUE:
            return self
        return _wrapped(Not(self._tree))  # type: ignore[arg-type] # see resolve

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "`and`, `or` and `not` cannot combine Q objects, for Python does not let them; "
            "`&`, `|` and `~` do, with brackets around what they combine"
        )

    def __repr__(self) -> str:
        tree: Any = self._tree
        if is_deeper(tree, _SHOWN_LEVELS):
            return f"<Q of more than {_SHOWN_LEVELS} levels>"
        if not is_written_in(tree, _SHOWN_PARTS):
            return f"<Q of more than {_SHOWN_PARTS:,} parts>"
        return f"<Q: {self._tree!r}>"


def has_conditions(parts: Iterable[object]) -> bool:
    """Whether any of the `Q` objects has a condition."""
    return any(not isinstance(part, Q) or part._tree != TRUE for part in parts)  # noqa: SLF001 - the other half of the class


def resolved(parts: tuple[Q, ...], lookups: dict[str, Any], scope: QuerySpec) -> Tree:
    """The tree of what a method is given, `Q` objects and lookups: all of it holds.

    Raises: as `resolve`.
    """
    if not parts and len(lookups) == 1:  # the most of them, for which no `Q` need be made
        ((key, value),) = lookups.items()
        return _condition(key, value, scope)
    return resolve(Q(*parts, **lookups), scope)


def resolve(q: Q, scope: QuerySpec) -> Tree:
    """The tree of conditions that a `Q` is for the module of a query set: terms become conditions.

    A tree may be of any depth, so this does not call itself; parts that stand in many places are
    looked at once.

    Raises:
        FieldError: the module has no such field, or the field no such lookup.
        FieldValueError: a field does not take a value.
        ArgumentError: a lookup is relative to today, and there is no clock.
        NotExpressible: VTQL cannot say a condition; a value is None, for one.
    """
    root: Any = q._tree  # noqa: SLF001 - the other half of the class
    trees: dict[int, Tree] = {}
    todo = [root]
    while todo:
        node = todo.pop()
        if id(node) in trees:
            continue
        parts = parts_of(node)
        waiting = [part for part in parts if id(part) not in trees]
        if waiting:
            todo += (node, *reversed(waiting))
            continue
        match node:
            case And() | Or():
                join = conjunction if isinstance(node, And) else disjunction
                below = [trees[id(part)] for part in parts]
                _refuse_more(sum(len(side_by_side(part, type(node))) for part in below))
                trees[id(node)] = join(*merge_stages(below, join))
            case Not():
                trees[id(node)] = Not(trees[id(node.part)])
            case _:
                trees[id(node)] = _condition(node.key, node.value, scope)
    return trees[id(root)]


def _condition(key: str, value: Any, scope: QuerySpec) -> Tree:
    cached = scope.lookups.get(key)
    if cached is None:
        module = scope.module
        field, name = module.fields.get(key), "exact"
        if field is None:
            way = relation_step(key, module, scope.related)
            if way is not None:
                other = with_changes(scope, {"module": way.module, "lookups": {}})
                return related(way, _condition(way.rest, value, other))
            field_name, name = _split(key, module)
            field = module.field(field_name)
        if module.unnameable:
            module.queried(field.name)
        refuse_fields(module, (field.name,))
        target = target_of(field, module, scope.catalog, scope.clock, scope.notlike)
        cached = scope.lookups[key] = target, lookup(target, name).build
    target, build = cached
    return build(target, value)


def _split(key: str, module: Module) -> tuple[str, str]:
    """The field and the lookup of `lastname__startswith`: the longest beginning that is a field.

    Field names of add-ons may contain `__` themselves.
    """
    parts = key.split("__")
    for end in range(len(parts) - 1, 0, -1):
        name = "__".join(parts[:end])
        if name in module.fields:
            return name, "__".join(parts[end:])
    if not parts[0]:
        raise FieldError(f"`{key}` names no field of {module.name}")
    return (parts[0] if len(parts) > 1 else key), "exact"


def _inside(q: Any) -> Any:
    if not isinstance(q, Q):
        raise TypeError(f"conditions are `Q` objects or keywords such as `lastname='Smith'`: {q!r}")
    return q._tree  # noqa: SLF001 - the other half of the class


def _wrapped(tree: Any) -> Q:
    wrapper = object.__new__(Q)
    object.__setattr__(wrapper, "_tree", _small(tree))
    return wrapper


def _joined_with(kind: type[And | Or], tree: Any, further: Any) -> Any:
    """Two trees, both or either of which hold.

    A long one becomes a part itself, and `resolve` puts the parts of all side by side: to copy them
    at each step of a loop takes time as the square of the steps.
    """
    if len(side_by_side(tree, kind)) > _LONG >= len(side_by_side(further, kind)):
        return kind((tree, further))
    return conjunction(tree, further) if kind is And else disjunction(tree, further)


def _term(key: str, value: Any) -> _Term:
    """A lookup, with what can be read only once read now: a `Q` may be asked many times."""
    return _Term(key, tuple(value) if hasattr(value, "__next__") else value)


def _small(tree: Any) -> Any:
    """The tree, if its parts side by side are not more than any query can have.

    `q & q` has the parts of both, so that a loop over it would fill the memory.
    """
    if isinstance(tree, (And, Or)):
        _refuse_more(len(tree.parts))
    return tree


def _refuse_more(parts: int) -> None:
    if parts > PARTS:
        raise NotExpressible(
            f"the condition has {parts:,} parts side by side, and {PARTS:,} is the limit; {SMALLER}"
        )
