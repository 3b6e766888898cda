"""`Q`: conditions that `&`, `|` and `~` combine before a query set is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from vtql.errors import FieldError
from vtql.logic.tree import And, Not, Or, Tree, conjunction, disjunction
from vtql.query.lookups import lookup
from vtql.query.values import Target
from vtql.schema.catalog import Catalog
from vtql.schema.model import Module


@dataclass(frozen=True, slots=True)
class _Term:
    """A lookup as it was written: `lastname__startswith` and its value."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True, init=False)
class Q:
    """Conditions, all of which hold: `Q(city="Sofia", lastname__startswith="O'")`.

    Combine with `&`, `|` and `~`. The words `and`, `or` and `not` of Python cannot be taught to
    do the same, and say so.
    """

    _tree: _Term | And | Or | Not

    def __init__(self, *parts: Q, **lookups: Any) -> None:
        trees = [*map(_inside, parts), *(_Term(key, value) for key, value in lookups.items())]
        object.__setattr__(self, "_tree", conjunction(*trees))

    def __and__(self, other: Q) -> Q:
        return _wrapped(conjunction(self._tree, _inside(other)))  # type: ignore[arg-type] # see resolve

    def __or__(self, other: Q) -> Q:
        return _wrapped(disjunction(self._tree, _inside(other)))  # type: ignore[arg-type] # see resolve

    def __invert__(self) -> Q:
        return _wrapped(Not(self._tree))  # type: ignore[arg-type] # see resolve

    def __bool__(self) -> NoReturn:
        raise TypeError("`and`, `or` and `not` cannot combine Q objects; `&`, `|` and `~` do")


def resolve(q: Q, module: Module, catalog: Catalog) -> Tree:
    """The tree of conditions that a `Q` is for a module: terms become conditions.

    Raises:
        FieldError: the module has no such field, or the field no such lookup.
        FieldValueError: a field does not take a value.
        NotExpressible: a value is None.
    """
    return _resolved(q._tree, module, catalog)  # noqa: SLF001 - the other half of the class


def _resolved(tree: Any, module: Module, catalog: Catalog) -> Tree:
    match tree:
        case And():
            return conjunction(*(_resolved(part, module, catalog) for part in tree.parts))
        case Or():
            return disjunction(*(_resolved(part, module, catalog) for part in tree.parts))
        case Not():
            return Not(_resolved(tree.part, module, catalog))
        case _:
            return _condition(tree, module, catalog)


def _condition(term: _Term, module: Module, catalog: Catalog) -> Tree:
    name, lookup_name = _split(term.key, module)
    target = Target(module.field(name), module, catalog)
    return lookup(target, lookup_name).build(target, term.value)


def _split(key: str, module: Module) -> tuple[str, str]:
    """The field and the lookup of `lastname__startswith`: the longest beginning that is a field.

    Field names of add-ons may contain `__` themselves.
    """
    if key in module.fields:
        return key, "exact"
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
    made = object.__new__(Q)
    object.__setattr__(made, "_tree", tree)
    return made
