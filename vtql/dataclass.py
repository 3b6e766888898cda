"""Dataclasses that cost nothing until they are used.

A linter that people put into their hooks starts for every file anew, and it starts with some
fifty dataclasses. Those of the standard library each write four functions as text and have them
compiled, 0.6 ms a class, and load `inspect` first, which is another 8 ms: together a third of the
whole start, for classes of which such a run makes a dozen.

So these are the same from outside, and late inside. What need not be quick, such as `repr` and pickling,
is one function for all classes. What has to be compiled to be quick (`__init__`, `__eq__`, `__hash__`) is
compiled when it is first called; and `__init__` fills the slots directly, which takes half as long as
what the standard one does. What only others ask for (`dataclasses.fields`, `asdict`, `is_dataclass`, a
dataclass that inherits) is taken from a twin of the standard library, made when it is asked for.

The client, which loads requests and with it all of that, has the standard library's own.

A type checker sees the standard library's, whose rules it knows. Of these, only what this package
uses is here: `frozen`, `slots`, `eq`, `init` and `repr` of a class, `default`, `default_factory`,
`repr`, `compare` and `kw_only` of a part; and no `ClassVar`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

__all__ = ["dataclass", "field", "parts", "replace"]

_Class: TypeAlias = Any  # a class with what is put into it here

_fill = object.__setattr__
_NOTHING: Mapping[str, object] = MappingProxyType({})
_ANEW = ("__dict__", "__weakref__")  # what a class made of the body of another gets of its own


class _None:
    """What stands for a default where there is none: in a signature, for what a factory makes."""

    def __repr__(self) -> str:
        return "<factory>"


_NONE: Any = _None()


class _Part:
    """What is said of a part of a class behind its name and type: as `dataclasses.field`."""

    __slots__ = ("compare", "default", "default_factory", "kw_only", "repr", "type")

    def __init__(
        self, *, default: Any = _NONE, default_factory: Any = _NONE, repr: bool = True,  # noqa: A002
        compare: bool = True, kw_only: bool = False,
    ) -> None:  # fmt: skip
        self.type: Any = None
        self.default, self.default_factory = default, default_factory
        self.repr, self.compare, self.kw_only = repr, compare, kw_only


class _Late:
    """What a class has from when it is asked for: made by a function of the class, and left there."""

    __slots__ = ("make", "name", "owner")

    def __init__(self, make: Callable[[_Class], Any]) -> None:
        self.make = make

    def __set_name__(self, owner: _Class, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, instance: Any, owner: _Class) -> Any:
        setattr(self.owner, self.name, self.make(self.owner))
        return getattr(owner if instance is None else instance, self.name)


def _dataclass(
    *, frozen: bool = False, slots: bool = False, eq: bool = True, init: bool = True, repr: bool = True  # noqa: A002
) -> Callable[[_Class], _Class]:  # fmt: skip
    def make(kind: _Class) -> _Class:
        own = _parts_of(kind)
        known = {**getattr(kind, "__parts__", {}), **own}
        names = tuple(known)
        given: dict[str, Any] = {
            "__parts__": known,
            "__match_args__": tuple(name for name in names if not known[name].kw_only),
            "__replace__": _replaced,
            "__dataclass_fields__": _Late(lambda kind: _twin(kind, frozen).__dataclass_fields__),
            "__dataclass_params__": _Late(lambda kind: _twin(kind, frozen).__dataclass_params__),
        }
        if init:
            given["__init__"] = _Late(lambda kind: _init(kind, frozen=frozen, slots=slots))
        if repr:
            given["__repr__"] = _shown(tuple(name for name in names if known[name].repr))
        if eq:
            given |= {"__eq__": _Late(_equal), "__hash__": _Late(_hash) if frozen else None}
        if frozen:
            given |= {"__setattr__": _refused, "__delattr__": _refused}
        if frozen and slots:
            given |= {"__getstate__": _state, "__setstate__": _set_state}
        body = {name: value for name, value in kind.__dict__.items() if name not in _ANEW}
        for name, part in own.items():
            body.pop(name, None)
            if not slots and part.default is not _NONE:
                body[name] = part.default
        if slots:
            body["__slots__"] = tuple(own)
        same: _Class = type(kind)(kind.__name__, kind.__bases__, {**given, **body})
        same.__qualname__ = kind.__qualname__
        return same

    return make


def _parts_of(kind: _Class) -> dict[str, _Part]:
    parts = {}
    for name, annotation in kind.__annotations__.items():
        said = kind.__dict__.get(name, _NONE)
        part = said if isinstance(said, _Part) else _Part(default=said)
        part.type = annotation
        parts[name] = part
    return parts


def _init(kind: _Class, *, frozen: bool, slots: bool) -> Callable[..., None]:
    parts: dict[str, _Part] = kind.__parts__
    known: dict[str, Any] = {"_none": _NONE, "_fill": _fill}
    parameters, keywords, lines = ["self"], list[str](), list[str]()
    for name, part in parts.items():
        parameter = value = name
        if part.default is not _NONE:
            known[f"_default_{name}"] = part.default
            parameter += f"=_default_{name}"
        elif part.default_factory is not _NONE:
            known[f"_factory_{name}"] = part.default_factory
            parameter += "=_none"
            value = f"_factory_{name}() if {name} is _none else {name}"
        (keywords if part.kw_only else parameters).append(parameter)
        if not frozen:
            lines.append(f"self.{name} = {value}")
        elif slots:
            known[f"_set_{name}"] = getattr(kind, name).__set__
            lines.append(f"_set_{name}(self, {value})")
        else:
            lines.append(f"_fill(self, {name!r}, {value})")
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    head = ", ".join([*parameters, *(["*", *keywords] if keywords else [])])
    made = _compiled(kind, f"__init__({head})", lines or ["pass"], known)
    made.__annotations__ = {name: part.type for name, part in parts.items()} | {"return": None}
    return made


def _equal(kind: _Class) -> Callable[..., bool]:
    same = " and ".join(f"self.{name} == other.{name}" for name in _compared(kind))
    return _compiled(kind, "__eq__(self, other)", [
        "if other.__class__ is not self.__class__:",
        "  return NotImplemented",
        f"return self is other or {same or True}",
    ])  # fmt: skip


def _hash(kind: _Class) -> Callable[..., int]:
    said = "".join(f"self.{name}, " for name in _compared(kind))
    return _compiled(kind, "__hash__(self)", [f"return hash(({said}))"])


def _compared(kind: _Class) -> list[str]:
    return [name for name, part in kind.__parts__.items() if part.compare]


def _compiled(
    kind: _Class, head: str, lines: Sequence[str], known: Mapping[str, object] = _NOTHING
) -> Callable[..., Any]:
    """A method of a class, where its module is, so that the names in its annotations have a meaning."""
    text = "\n  ".join([f"def make({', '.join(known)}):\n def {head}:", *lines])
    name = head.partition("(")[0]
    done: dict[str, Any] = {}
    exec(f"{text}\n return {name}", vars(sys.modules[kind.__module__]), done)  # noqa: S102
    method: Callable[..., Any] = done["make"](**known)
    method.__qualname__ = f"{kind.__qualname__}.{name}"
    return method


def _shown(names: tuple[str, ...]) -> Callable[[Any], str]:
    said = ", ".join(f"{name}={{0.{name}!r}}" for name in names)
    form = f"{{0.__class__.__qualname__}}({said})"

    def shown(self: Any) -> str:
        return form.format(self)

    return shown


def _refused(self: Any, name: str, _value: object = None) -> None:
    error: type[AttributeError] = import_module("dataclasses").FrozenInstanceError
    raise error(
        f"a {type(self).__name__} does not change, so its `{name}` cannot be set or deleted"
    )


def _state(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__parts__)


def _set_state(self: Any, state: tuple[Any, ...]) -> None:
    for name, value in zip(self.__parts__, state, strict=True):
        _fill(self, name, value)


def _twin(kind: _Class, frozen: bool) -> Any:  # noqa: FBT001
    """The same parts as a dataclass of the standard library."""
    library = import_module("dataclasses")
    said = ("default", "default_factory", "repr", "compare", "kw_only")
    parts = [
        (name, part.type, library.field(**{
            each: value for each in said if (value := getattr(part, each)) is not _NONE
        }))
        for name, part in kind.__parts__.items()
    ]  # fmt: skip
    return library.make_dataclass(kind.__name__, parts, frozen=frozen)


def parts(value: object) -> tuple[str, ...]:
    """The names of the parts of what is an instance of a class of ours; of anything else, none."""
    return tuple(getattr(type(value), "__parts__", ()))


def _replaced(value: Any, /, **changes: Any) -> Any:
    for name in value.__parts__:
        if name not in changes:
            changes[name] = getattr(value, name)
    return value.__class__(**changes)


if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    dataclass, field, replace = _dataclass, _Part, _replaced
