"""What a hole may be: any walk from the states before it, the cheapest to each state behind it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TypeAlias

from vtql.embedded.filled import Fill, Glue
from vtql.embedded.tokens import SIGNS
from vtql.embedded.walks import Row, leaps, steps

_WHOLE: tuple[Row, ...] = (("NUMBER",), ("SIGNED",))

FILLERS: tuple[Mapping[str, str], ...] = (
    {"NAME": "hole", "LITERAL": "'hole'", "NUMBER": "1", "ID": "12x1", "": "hole"},
    {"NAME": "id", "LITERAL": "'1'", "NUMBER": "100", "ID": "12x2", "": "1"},
    {"NAME": "Groups", "LITERAL": "'2024-01-31'", "NUMBER": "7", "ID": "12x3", "": "2024-01-31"},
)
"""What stands for a token in each filling, and under `""` for a part of a literal."""

Path: TypeAlias = "tuple[Path, Fill] | None"
"""The fillings of the holes so far, the last one first."""

Front: TypeAlias = dict[int, tuple[int, Path]]
"""The states that the parser can be in, each with what the cheapest way there costs and fills in."""


def behind_a_hole(
    front: Front, preference: int, *, whole: bool, frame: tuple[str, str] | None = None
) -> Front:
    """The states behind a hole; `frame` is what stands around its filling inside of a word."""
    if not front:
        return {}
    before, behind = frame or ("", "")
    glue = Glue.NONE if frame is None else Glue.PART
    if whole:
        found: Front = {}
        fill = Fill("1", "number", glue)
        for state, (cost, path) in front.items():
            for row in _WHOLE:
                after = steps(state).get(row[0])
                if after is not None:
                    keep(found, after, cost, (path, fill))
        return found
    least = min(cost for cost, _ in front.values())
    shape = tuple((state, cost - least) for state, (cost, _) in front.items())
    return {
        after: (least + cost, (front[state][1], fill))
        for after, (cost, state, fill) in _cheapest(shape, preference, before, behind, glue).items()
    }


@lru_cache(maxsize=256)
def _cheapest(
    shape: tuple[tuple[int, int], ...], preference: int, before: str, behind: str, glue: Glue
) -> Mapping[int, tuple[int, int, Fill]]:
    """The states behind a hole, each with what it costs, the state that it is reached from, and how.

    A shape has the states before the hole, each with its cost above the least: queries that look
    alike have few of them, so that most holes are looked up.
    """
    found: dict[int, tuple[int, int, Fill]] = {}
    for state, cost in shape:
        for after, more, fill in _leaps(state, preference, before, behind, glue):
            if after not in found or cost + more < found[after][0]:
                found[after] = (cost + more, state, fill)
    return found


@cache
def _leaps(
    state: int, preference: int, before: str, behind: str, glue: Glue
) -> tuple[tuple[int, int, Fill], ...]:
    """The states behind a hole in one state, each with what it costs and what fills the hole."""
    fillers = FILLERS[preference]
    made = []
    for after, (more, row) in leaps(state, preference).items():
        filler = " ".join(fillers.get(kind, _SPELLED.get(kind, kind)) for kind in row)
        made.append((after, more, Fill(f"{before}{filler}{behind}", _role(row), glue)))
    return tuple(made)


def instead(front: Front, holes: int, preference: int) -> Front:
    """The states behind a word and its holes, which together may be anything, as one hole may.

    So they are where there are many holes, or where one holds a part of a keyword.
    """
    made = behind_a_hole(front, preference, whole=False)
    found: Front = {}
    for state, (cost, path) in made.items():
        assert path is not None
        before, fill = path
        text = f" {fill.text} "
        found[state] = (cost, several(before, Fill(text, "clause", Glue.WORD), holes))
    return found


def several(path: Path, fill: Fill, times: int) -> Path:
    """A path on which the next holes, so many of them, are filled in alike."""
    for _ in range(times):
        path = (path, fill)
    return path


def keep(found: Front, state: int, cost: int, path: Path) -> None:
    if state not in found or cost < found[state][0]:
        found[state] = (cost, path)


_SPELLED = {kind: sign for sign, kind in SIGNS.items()} | {"SIGNED": "-1"}


def _role(row: Row) -> str:
    said = row[:-1] if row[-1:] == ("SEMICOLON",) else row
    if said in (("NAME",), ("NUMBER",)):
        return said[0].lower()
    return "value" if "LITERAL" in said and "NAME" not in said else "clause"
