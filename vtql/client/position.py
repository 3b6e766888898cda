"""How far the changes of a module were taken, and the checkpoint that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vtql.client.checkpoint import (
    is_list_of,
    is_record_id,
    or_none,
    read_checkpoint,
    write_checkpoint,
)

BEGINNING = "1970-01-01 00:00:00"
KIND = "changes"
WAY_OUT = "with another file as `state`, or without this one, all is read again"


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


def read_state(path: Path, owner: Mapping[str, Any]) -> Position | None:
    """The position in a checkpoint; None if there is none.

    The columns are not part of it: what was taken up to a moment does not depend on them.

    Raises:
        CheckpointError: it is damaged, or belongs to another server, user or module.
        OSError: it cannot be read.
    """
    values = read_checkpoint(
        path, KIND, owner, _CHECKS, name="the state of changes", way_out=WAY_OUT
    )
    return None if values is None else Position(**{**values, "gone": tuple(values["gone"])})


def write_state(path: Path, owner: Mapping[str, Any], position: Position) -> None:
    """Put a position in a checkpoint, at once or not at all.

    Raises:
        OSError: it cannot be written.
    """
    write_checkpoint(path, KIND, owner, asdict(position))


def _is_second(value: Any) -> bool:
    """Whether a value is a moment as a server has it; one that it sets to zeros is, too."""
    if not isinstance(value, str) or len(value) != len(BEGINNING):
        return False
    try:
        datetime.strptime(value, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - only its form
    except ValueError:
        return value == "0000-00-00 00:00:00"
    return True


_CHECKS = {
    "second": _is_second,
    "id": or_none(is_record_id),
    "swept": or_none(_is_second),
    "gone": is_list_of(is_record_id),
}
