"""How a lookup such as `account_id__industry` leads to another module, in either direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vtql.catalog.model import Field, Module
from vtql.catalog.types import Family
from vtql.errors import FieldError, ModuleError
from vtql.query.lookups import LOOKUPS
from vtql.suggestions import listing

OWNERS = ("Users", "Groups")
"""What a field of type owner refers to; `describe` does not say."""

NAMES = 60
"""Names in a lookup; each reference takes some of Python's thousand calls."""

Modules = Callable[[str], Module]
"""The module of a name; ModuleError where there is none."""


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
    related.check_name()
    module.queried(field.name)
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
        related.check_name()
        related.queried(name)
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
