"""What has changed in a module, read by `modifiedtime`: each change once, and none forgotten.

A second is read only when it is over, by the server's own clock and a few seconds more: so no record
can be given a time that was read already. Within that, records are read in the order of time and id.
A record that is changed while others are read leaves the part that is being read, and comes with the
next; so offsets would skip records, and each page asks for what is behind the last one seen: first
for the rest of its second, by id, then for the seconds after it.

The operation `sync` does less: it does not work on 8.x, and gives only the user's own records elsewhere
(measured). Neither it nor a query tells of records that are gone from the recycle bin; ids that are
known here and that no query gives any more are deleted, or hidden from the user.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vtql.errors import ArgumentError
from vtql.models.model import Model

TIME = "modifiedtime"
PAGE_OF_CHANGES = 99
BEGINNING = "1970-01-01 00:00:00"


@dataclass(frozen=True, slots=True)
class Position:
    """How far changes were taken: all before the second, and in it those up to the id.

    `second` is text as the server has it; no `id` means that the whole second was taken.
    """

    second: str = BEGINNING
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A record that was created or changed, raw; or the id of one that is gone."""

    id: str
    record: dict[str, Any] | None = None

    @property
    def deleted(self) -> bool:
        """Whether the record is gone."""
        return self.record is None


class Changes:
    """The changes of a module: an iterable. `position` is behind the last change that was taken.

    A change counts as taken when the next one is asked for. With a file for the state the position
    is written there, page by page and at the end, and never before the changes were taken.
    """

    __slots__ = ("_horizon", "_known", "_model", "_names", "_state", "position")

    def __init__(
        self,
        model: type[Model],
        since: datetime | str | Position | None,
        horizon: Callable[[], datetime],
        names: tuple[str, ...] = (),
        state: Path | None = None,
        known: Iterable[str] | None = None,
    ) -> None:
        if TIME not in model.module.fields:
            raise ArgumentError(
                f"{model.module.name} has no `{TIME}`, so nothing tells what has changed in it"
            )
        for name in names:
            model.module.field(name)
        self._model = model
        self._horizon = horizon
        self._names = names
        self._state = state
        self._known = known
        self.position = (read_state(state) if state else None) or _position(model, since)

    def __iter__(self) -> Iterator[Change]:
        until = self._model.module.field(TIME).encode(self._horizon())
        try:
            for page in self._pages(until):
                for row in page:
                    yield Change(row["id"], row)
                    self.position = Position(str(row[TIME]), row["id"])
                self._save()
            if until > self.position.second:
                self.position = Position(until)
        finally:
            self._save()
        if self._known is not None:
            yield from self._deletions(self._known)

    def _pages(self, until: str) -> Iterator[list[dict[str, Any]]]:
        every = self._model.objects
        if self._names:
            every = every.only(*self._names, TIME)
        while True:
            second, last = self.position.second, self.position.id
            if last is not None:
                rest = every.filter(**{TIME: second, "id__gt": last})
                yield from _in_pages(record.raw for record in rest)
            later = every.filter(**{f"{TIME}__gt": second, f"{TIME}__lte": until})
            page = [each.raw for each in later.order_by(TIME, "id")[:PAGE_OF_CHANGES]]
            if not page:
                return
            yield page

    def _deletions(self, known: Iterable[str]) -> Iterator[Change]:
        """Ids that are known and that no record has any more."""
        missing = dict.fromkeys(known)
        for record in self._model.objects.only("id"):
            missing.pop(record.raw["id"], None)
        yield from map(Change, missing)

    def _save(self) -> None:
        if self._state is not None:
            beside = self._state.with_name(f"{self._state.name}.new")
            beside.write_text(json.dumps(asdict(self.position)), encoding="utf-8")
            beside.replace(self._state)


def read_state(path: Path) -> Position | None:
    """The position in a file; None if there is none.

    Raises:
        ArgumentError: the file is something else.
    """
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_bytes())
        return Position(str(found["second"]), found["id"])
    except (ValueError, KeyError, TypeError):
        raise ArgumentError(f"{path} is not the state of changes; without it all is read") from None


def _position(model: type[Model], since: datetime | str | Position | None) -> Position:
    if since is None:
        return Position()
    if isinstance(since, Position):
        return since
    return Position(model.module.field(TIME).encode(since))


def _in_pages(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for row in rows:
        yield [row]


def at(seconds: int, lag: float) -> datetime:
    """A moment so long before a second since 1970."""
    return datetime.fromtimestamp(seconds, UTC) - timedelta(seconds=lag)
