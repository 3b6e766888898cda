"""What has changed in a module: each change once, and none forgotten.

A second is read `lag` seconds after it has ended on the server's clock, so that no record can still be
given a time that was read already. Within that, records are read in the order of time and id. A record that
changes while others are read leaves the part that is being read, and comes with the next; offsets would skip
records then, so each page asks for what comes after the last one seen: first for the rest of its second, by
id, then for the seconds after it.

The operation `sync` is used where it gives everything: to an administrator on Vtiger Cloud. Its pages have
the changes of a module after a second, a hundred and all of the last one's second, oldest first; of deleted
records they have the ids, without times. On open-source servers it does not work on 8.x and gives only the
user's own records before (measured), so there records come by queries, and from `sync` only what no query
tells: which of the user's own records are deleted. Neither tells of records that are gone from the recycle
bin; ids that are known here and that no query gives any more are deleted, or hidden from the user.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeGuard

from vtql.catalog.types import RECORD_ID
from vtql.client.checkpoint import BEGINNING, Position, read_state, write_state
from vtql.errors import ArgumentError, BrokenAnswer, ServerFailed, ServiceError
from vtql.fork import in_one_process
from vtql.models.model import Model
from vtql.protocol import ACCESS_DENIED
from vtql.query.id_paging import number_of

Ask = Callable[[int], Mapping[str, Any]]
"""From a second since 1970 to what `sync` answers for it."""
TIME = "modifiedtime"
LONGEST_ID, SECOND_DIGITS = 50, 11
"""Characters of an id and digits of a second since 1970 at most."""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Page:
    """Records that were changed, ids of those that are gone, and the second up to which that is all."""

    rows: list[dict[str, Any]]
    deleted: list[str]
    last: int


def pages(ask: Ask, since: int) -> Iterator[Page]:
    """All changes behind a second.

    Raises:
        BrokenAnswer: an answer has another shape, or there is no end of them.
    """
    since = max(since, 1)  # 0 is no value to PHP
    while True:
        answer = ask(since)
        page = _page(answer)
        yield page
        if not answer.get("more"):
            return
        if page.last <= since:
            raise BrokenAnswer(
                "sync: the server says that more has changed, and gives the same again"
            )
        since = page.last


def _page(answer: Mapping[str, Any]) -> Page:
    rows, deleted, last = (answer.get(key) for key in ("updated", "deleted", "lastModifiedTime"))
    if (
        not isinstance(rows, list)
        or not isinstance(deleted, list)
        or not all(isinstance(row, dict) and is_id(row.get("id")) for row in rows)
        or not all(is_moment(row.get(TIME)) for row in rows)
        or not all(map(is_id, deleted))
        or not _is_second(last)
    ):
        raise BrokenAnswer("sync: the answer does not tell what has changed")
    return Page(rows, deleted, int(str(last)))


def is_id(value: object) -> TypeGuard[str]:
    """Whether a value of an answer is the id of a record."""
    return isinstance(value, str) and len(value) <= LONGEST_ID and bool(RECORD_ID.fullmatch(value))


def is_moment(value: object) -> TypeGuard[str]:
    """Whether a value of an answer is a moment, to the second."""
    return isinstance(value, str) and bool(_MOMENT.fullmatch(value))


def _is_second(value: object) -> bool:
    text = str(value) if isinstance(value, str | int) else ""
    return text.isascii() and text.isdecimal() and len(text) <= SECOND_DIGITS


PAGE_OF_CHANGES = 99


@dataclass(frozen=True, slots=True)
class Change:
    """A record that was created or changed, raw; or the id of one that is gone."""

    id: str
    record: dict[str, Any] | None = None

    @property
    def deleted(self) -> bool:
        """Whether the record is gone."""
        return self.record is None


Step = tuple[Change, Position]
"""A change, and where one is when it was taken."""


@dataclass(frozen=True, slots=True)
class Syncs:
    """What `sync` gives on a server: everything, or what is the user's own, or nothing."""

    everything: Ask | None = None
    own: Ask | None = None


class Changes:
    """The changes of a module: an iterable. `position` is behind the last change that was taken.

    A change counts as taken when the next one is asked for. With a file for the state the position
    is written there, page by page and at the end, and never before the changes were taken.
    """

    __slots__ = ("_horizon", "_known", "_model", "_names", "_owner", "_state", "_syncs", "position")

    def __init__(
        self,
        model: type[Model],
        since: datetime | str | Position | None,
        horizon: Callable[[], datetime],
        names: tuple[str, ...] = (),
        state: Path | None = None,
        known: Iterable[str] | None = None,
        syncs: Syncs = Syncs(),
        owner: Mapping[str, Any] | None = None,
    ) -> None:
        if TIME not in model.module.fields:
            raise ArgumentError(
                f"{model.module.name} has no `{TIME}`, so nothing tells what has changed in it"
            )
        for name in names:
            model.module.queried(name)
        self._model = model
        self._horizon = horizon
        self._names = names
        self._state = state
        self._known = known
        self._syncs = syncs
        self._owner = owner or {}
        position = (read_state(state, self._owner) if state else None) or _position(model, since)
        self.position = replace(position, swept=position.swept or position.second)

    def __iter__(self) -> Iterator[Change]:
        return in_one_process(self._taken())

    def _taken(self) -> Iterator[Change]:
        process = os.getpid()
        until = self._text(self._horizon())
        deleted_ids = set[str]()
        try:
            for steps in self._steps(until):
                for change, position in steps:
                    yield change
                    self.position = position
                    if change.deleted:
                        deleted_ids.add(change.id)
                self._save()
        finally:
            if os.getpid() == process:  # the position is the parent's to write
                self._save()
        if self._known is not None:
            yield from self._missing(self._known, deleted_ids)

    def _steps(self, until: str) -> Iterator[list[Step]]:
        if self._syncs.everything is not None:
            try:
                yield from self._synced(pages(self._syncs.everything, self._sync_from()), until)
            except ServiceError as error:
                if error.code != ACCESS_DENIED:  # who is no administrator gets no page of it
                    raise
            else:
                return
        yield from self._queried(until)
        if self._syncs.own is not None:
            yield from self._swept(self._syncs.own, until)

    # By queries

    def _queried(self, until: str) -> Iterator[list[Step]]:
        records = self._model.objects
        if self._names:
            records = records.only(*self._names, TIME)
        while True:
            second, last = self.position.second, self.position.id
            if last is not None:
                rest = records.filter(**{TIME: second, "id__gt": last})
                yield from ([self._step(record.raw)] for record in rest)
            later = records.filter(**{f"{TIME}__gt": second, f"{TIME}__lte": until})
            page = [record.raw for record in later.order_by(TIME, "id")[:PAGE_OF_CHANGES]]
            if not page:
                break
            yield [self._step(row) for row in page]
        if until > self.position.second:
            self.position = replace(self.position, second=until, id=None)

    def _step(self, row: dict[str, Any]) -> Step:
        second, record = row.get(TIME), row.get("id")
        if not is_moment(second) or not is_id(record):
            raise BrokenAnswer(
                f"query: a row of {self._model.module.name} has no id or no `{TIME}`, which were asked "
                "for"
            )
        return Change(record, row), replace(self.position, second=second, id=record)

    def _swept(self, ask: Ask, until: str) -> Iterator[list[Step]]:
        """The user's own records that are deleted; nothing where `sync` turns out not to work."""
        swept = self.position.swept or BEGINNING
        try:
            if swept != BEGINNING:  # else nothing was taken that could be gone
                for page in pages(ask, self._seconds(swept)):
                    yield self._deletions(page, self.position)
                    if not self._passed(page, until):
                        return
        except (ServiceError, ServerFailed):
            return
        self.position = replace(self.position, swept=until, deleted=())

    def _passed(self, page: Page, until: str) -> bool:
        """Record that deletions are read up to the end of a page; whether that is before the horizon."""
        end = self._text(datetime.fromtimestamp(page.last, UTC))
        if end <= until:
            self.position = replace(self.position, swept=end)
            return True
        self.position = replace(self.position, swept=until, deleted=tuple(page.deleted))
        return False

    # By sync

    def _synced(self, pages_of_changes: Iterator[Page], until: str) -> Iterator[list[Step]]:
        for page in pages_of_changes:
            at, steps = self.position, list[Step]()
            for row in sorted(page.rows, key=lambda row: (row[TIME], number_of(row["id"]))):
                second, number = str(row[TIME]), number_of(row["id"])
                if second > until or not _is_after(second, number, self.position):
                    continue
                at = replace(at, second=second, id=row["id"], swept=second)
                steps.append((Change(row["id"], self._shown(row)), at))
            yield steps + self._deletions(page, at)
            if not self._passed(page, until):
                break
            if self.position.swept and self.position.swept > self.position.second:
                self.position = replace(self.position, second=self.position.swept, id=None)
        else:
            self.position = replace(self.position, swept=until, deleted=())
        if until > self.position.second:
            self.position = replace(self.position, second=until, id=None)

    def _deletions(self, page: Page, at: Position) -> list[Step]:
        """Deletions on a page, without those already reported; they carry no modification time."""
        steps = list[Step]()
        for record_id in page.deleted:
            if record_id not in at.deleted:
                at = replace(at, deleted=(*at.deleted, record_id))
                steps.append((Change(record_id), at))
        return steps

    def _sync_from(self) -> int:
        """The second to `sync` from: one earlier where the last second was read only in part."""
        return self._seconds(self.position.second) - (self.position.id is not None)

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        names = (*self._names, TIME, "id")
        return {name: row[name] for name in names if name in row} if self._names else row

    # What was known

    def _missing(self, known: Iterable[str], seen: set[str]) -> Iterator[Change]:
        """Ids that are known and that no record has any more."""
        missing = {record_id: None for record_id in known if record_id not in seen}
        for record in self._model.objects.only("id"):
            missing.pop(record.raw.get("id"), None)
        yield from map(Change, missing)

    # Times

    def _text(self, moment: datetime) -> str:
        return self._model.module.field(TIME).encode(moment)

    def _seconds(self, text: str) -> int:
        return int(self._model.module.field(TIME).decode(text).timestamp())

    def _save(self) -> None:
        if self._state is not None:
            write_state(self._state, self._owner, self.position)


def _is_after(second: str, number: int, at: Position) -> bool:
    if second != at.second:
        return second > at.second
    return at.id is not None and number > number_of(at.id)


def _position(model: type[Model], since: datetime | str | Position | None) -> Position:
    if since is None:
        return Position()
    if isinstance(since, Position):
        return since
    return Position(model.module.field(TIME).encode(since))


def position_at(seconds: int, lag: float) -> datetime:
    """A moment so long before a second since 1970."""
    return datetime.fromtimestamp(seconds, UTC) - timedelta(seconds=lag)
