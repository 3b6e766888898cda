"""Our dataclasses against those of the standard library, which they must not differ from."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any, get_type_hints

import pytest

import vtql
from vtql import dataclass as ours

Library = Any  # the standard one, or ours


def kinds(library: Library) -> dict[str, Any]:
    """A class of each sort that the package has."""

    @library.dataclass(frozen=True, slots=True)
    class Point:
        """A point."""

        x: int
        y: int = 2
        label: str = library.field(default="", kw_only=True, compare=False, repr=False)

        def __post_init__(self) -> None:
            if self.x < 0:
                raise ValueError("negative")

    @library.dataclass(frozen=True, slots=True)
    class Solid(Point):
        """A point in space."""

        z: int = 3

    @library.dataclass(slots=True)
    class Bag:
        """What changes."""

        things: list[int] = library.field(default_factory=list)
        name: str = "bag"

    @library.dataclass(frozen=True)
    class Wide:
        """With a dictionary."""

        text: str
        size: int = 4

        @cached_property
        def twice(self) -> str:
            return self.text * 2

    @library.dataclass(frozen=True, slots=True)
    class Nothing:
        """Without parts."""

    @library.dataclass(frozen=True, slots=True, eq=False)
    class Same:
        """Equal to itself alone."""

        x: int

    @library.dataclass(frozen=True, slots=True, init=False, repr=False)
    class Own:
        """Makes and shows itself."""

        x: int

        def __init__(self, *parts: int) -> None:
            object.__setattr__(self, "x", sum(parts))

        def __repr__(self) -> str:
            return "own"

    found = (Point, Solid, Bag, Wide, Nothing, Same, Own)
    for kind in found:
        kind.__qualname__ = kind.__name__
    return {kind.__name__: kind for kind in found}


STANDARD, OURS = kinds(dataclasses), kinds(ours)


def more(kind: Any, **body: object) -> Any:
    """A class that inherits from one of them."""
    return type("More", (kind,), body)


Asked = Callable[[dict[str, Any]], Any]

ANSWERS: dict[str, Asked] = {
    "repr": lambda of: repr((of["Point"](1, label="p"), of["Solid"](1), of["Bag"](), of["Nothing"]())),
    "repr of own": lambda of: repr((of["Own"](1, 2), of["Wide"]("a"))),
    "equal": lambda of: of["Point"](1) == of["Point"](1, 2, label="other"),
    "not equal": lambda of: of["Point"](1) == of["Point"](2),
    "equal to another kind": lambda of: of["Point"](1) == of["Solid"](1),
    "equal, changeable": lambda of: of["Bag"]([1]) == of["Bag"]([1]),
    "equal, without parts": lambda of: of["Nothing"]() == of["Nothing"](),
    "equal to itself alone": lambda of: of["Same"](1) == of["Same"](1),
    "hash": lambda of: hash(of["Point"](1)) == hash(of["Point"](1, label="other")),
    "hash, distinct": lambda of: len({of["Point"](1), of["Point"](1), of["Solid"](1), of["Nothing"]()}),
    "hash, changeable": lambda of: hash(of["Bag"]()),
    "set": lambda of: setattr(of["Point"](1), "x", 2),
    "set what is not there": lambda of: setattr(of["Wide"]("a"), "q", 2),
    "delete": lambda of: delattr(of["Point"](1), "x"),
    "set, changeable": lambda of: setattr(of["Bag"](), "name", "b"),
    "no dictionary": lambda of: vars(of["Point"](1)),
    "dictionary": lambda of: vars(of["Wide"]("a")),
    "cached": lambda of: of["Wide"]("a").twice,
    "defaults of a class": lambda of: of["Wide"].size,
    "factory": lambda of: of["Bag"]().things is of["Bag"]().things,
    "post": lambda of: of["Point"](-1),
    "post, inherited": lambda of: of["Solid"](-1),
    "too few": lambda of: of["Point"](),
    "too many": lambda of: of["Point"](1, 2, "p"),
    "unknown": lambda of: of["Point"](1, z=3),
    "replace": lambda of: repr(dataclasses.replace(of["Point"](1, label="p"), y=5).label),
    "replace, post": lambda of: dataclasses.replace(of["Point"](1), x=-1),
    "replace, unknown": lambda of: dataclasses.replace(of["Point"](1), q=1),
    "asdict": lambda of: dataclasses.asdict(of["Solid"](1)),
    "astuple": lambda of: dataclasses.astuple(of["Bag"]([1])),
    "fields": lambda of: [(f.name, f.type, f.compare, f.kw_only) for f in dataclasses.fields(of["Solid"])],
    "is one": lambda of: dataclasses.is_dataclass(of["Nothing"]),
    "match": lambda of: [of[name].__match_args__ for name in ("Point", "Solid", "Bag", "Nothing")],
    "slots": lambda of: [of[name].__slots__ for name in ("Point", "Solid", "Bag", "Nothing")],
    "signature": lambda of: [str(inspect.signature(kind)) for kind in of.values()],
    "hints": lambda of: get_type_hints(of["Point"].__init__),
    "doc": lambda of: [kind.__doc__ for kind in of.values()],
    "copy": lambda of: copy.copy(of["Point"](1, label="p")).label,
    "deep copy": lambda of: copy.deepcopy(of["Bag"]([1])).things,
    "inherit": lambda of: repr(
        dataclasses.dataclass(frozen=True)(more(of["Point"], __annotations__={"z": int}, z=1))(1, z=4)
    ),
    "inherit, changeable": lambda of: dataclasses.dataclass(more(of["Point"])),
}  # fmt: skip


def answer(of: dict[str, Any], asked: Asked) -> Any:
    """What comes of it, an exception by its kind."""
    try:
        return asked(of)
    except Exception as error:  # noqa: BLE001 - whichever it is
        return type(error)


@pytest.mark.parametrize("name", ANSWERS)
def test_ours_answer_as_those_of_the_standard_library(name: str) -> None:
    assert answer(kinds(ours), ANSWERS[name]) == answer(kinds(dataclasses), ANSWERS[name])


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_what_was_pickled_comes_back(protocol: int) -> None:
    query = vtql.parse("SELECT a FROM b WHERE c = 'd' AND e IN ('f') ORDER BY g LIMIT 1, 2;")
    back = pickle.loads(pickle.dumps(query, protocol))
    assert back == query
    assert back.module.span == query.module.span


@pytest.mark.skipif(sys.version_info < (3, 13), reason="`copy.replace` is of Python 3.13")
def test_copy_replaces() -> None:
    assert copy.replace(OURS["Point"](1, label="p"), y=5).label == "p"  # type: ignore[attr-defined]
