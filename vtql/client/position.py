"""How far the changes of a module were taken, and the file that keeps it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from vtql.errors import ArgumentError

BEGINNING = "1970-01-01 00:00:00"


@dataclass(frozen=True, slots=True)
class Position:
    """How far changes were taken: all before the second, and in it those up to the id.

    `second` is text as the server has it; no `id` means that the whole second was taken. Up to `swept`
    it is known which records are gone; those of `gone` were told, though they may come once more.
    """

    second: str = BEGINNING
    id: str | None = None
    swept: str | None = None
    gone: tuple[str, ...] = ()


def read_state(path: Path) -> Position | None:
    """The position in a file; None if there is none.

    Raises:
        ArgumentError: the file is something else.
    """
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_bytes())
        last, swept = found["id"], found.get("swept")
        return Position(
            str(found["second"]),
            None if last is None else str(last),
            None if swept is None else str(swept),
            tuple(map(str, found.get("gone", ()))),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ArgumentError(f"{path} is not the state of changes; without it all is read") from None


def write_state(path: Path, position: Position) -> None:
    """Put a position in a file, at once or not at all."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps(asdict(position)), encoding="utf-8")
    beside.replace(path)
