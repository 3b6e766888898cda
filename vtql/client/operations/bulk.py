"""Writing many records: a result for each, and a journal with which an interrupted write resumes.

A record that the journal has as sent and without an outcome may be stored or not, and nobody can tell
from here: it is not sent again, and its result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

from vtql.client.checkpoint import owner_of
from vtql.client.operations.calling import record_id
from vtql.client.operations.journal import SENT, Entry, Journal, mark_of, note, open_journal
from vtql.client.operations.writing import Writing
from vtql.errors import (
    ArgumentError,
    BrokenAnswer,
    CreatedIdUnknown,
    JournalError,
    SilentChange,
    TransportError,
    VtqlError,
)
from vtql.suggestions import short_repr

Status = Literal["done", "created", "failed", "uncertain", "checked", "before"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record of many.

    `status` is `done`; `created`, where a record was stored and its id did not come, with the error,
    whose `query` looks for it; `failed`, with the error; `uncertain`, where the server may have
    stored it although no answer came; `checked` in a dry run; `before`, where the journal has it as done.
    `id` is that of the record where it is known, `changes` what the server stores otherwise.
    """

    index: int
    status: Status
    id: str | None = None
    error: VtqlError | None = None
    changes: tuple[str, ...] = ()


class Bulk(Writing):
    """`create`, `revise` and `delete` of many records, one request for each.

    A record that fails keeps no other from being written. With `journal`, a file, the same call
    after an interruption writes what is not written yet. It belongs to the server, the user, the
    operation and the module, and one call at a time has it: JournalError and FileInUse say so before
    anything is sent. With `dry_run` everything is checked and nothing
    is written; `describe` is asked for modules, and `retrieve` for owners.
    """

    __slots__ = ()

    def bulk_create(
        self,
        module: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        dry_run: bool = False,
        journal: str | Path | None = None,
    ) -> list[Result]:
        """Create records; a result for each, in their order."""
        asked = self._module(module)
        _check_many(rows, "records are a list of mappings by field")
        return _all(
            rows,
            lambda row: self.checked(asked, row, "create").changes,
            lambda row: self._created_id(asked.name, row),
            self._owner("create", asked.name),
            dry_run=dry_run,
            journal=journal,
        )

    def _created_id(self, module: str, row: Mapping[str, Any]) -> str:
        found = self.create(module, row).get("id")
        if isinstance(found, str):
            return found
        with self._reported(module, row):
            raise BrokenAnswer("create: the answer has no id")

    def bulk_update(
        self,
        rows: Mapping[str, Mapping[str, Any]],
        *,
        dry_run: bool = False,
        journal: str | Path | None = None,
    ) -> list[Result]:
        """Revise records, given as values by id: `{"12x34": {"phone": "1"}}`."""
        if not isinstance(rows, Mapping):
            raise ArgumentError("records to revise are a mapping of values by id")
        return _all(
            rows.items(),
            lambda row: self.checked(self.module_of(record_id(row[0])), row[1], "revise").changes,
            lambda row: str(self.revise(row[0], row[1]).get("id", row[0])),
            self._owner("revise"),
            dry_run=dry_run,
            journal=journal,
        )

    def bulk_delete(
        self,
        ids: Iterable[str],
        *,
        force: bool = False,
        dry_run: bool = False,
        journal: str | Path | None = None,
    ) -> list[Result]:
        """Move records to the recycle bin; `force` as in `delete`."""
        _check_many(ids, "records to delete are a list of ids")

        def check(each: str) -> tuple[str, ...]:
            self.check_deletion(record_id(each), force=force)
            return ()

        def delete(each: str) -> str:
            self.delete(each, force=force)
            return each

        owner = self._owner("delete")
        return _all(ids, check, delete, owner, dry_run=dry_run, journal=journal)

    def _owner(self, operation: str, module: str | None = None) -> dict[str, Any]:
        """Whose a journal is. Ids name their modules, so that only `create` has one of its own."""
        owner = owner_of(self.server, self.username, module or "")
        return {**owner, "module": module, "operation": operation}


def _check_many(rows: object, what: str) -> None:
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise ArgumentError(f"{what}, not {short_repr(rows)}")


def _all(
    rows: Iterable[Any],
    check: Callable[[Any], tuple[str, ...]],
    write: Callable[[Any], str],
    owner: Mapping[str, Any],
    *,
    dry_run: bool,
    journal: str | Path | None,
) -> list[Result]:
    if dry_run:
        return [_checked(index, row, check) for index, row in enumerate(rows)]
    if not journal:
        return list(_written(rows, check, write, None))
    with open_journal(Path(journal), owner) as opened:
        return list(_written(rows, check, write, opened))


def _checked(index: int, row: Any, check: Callable[[Any], tuple[str, ...]]) -> Result:
    """The result of a record before it is sent. A bad one is never the end of the others."""
    try:
        mark_of(row)
        return Result(index, "checked", changes=check(row))
    except VtqlError as error:
        return Result(index, "failed", error=error)
    except Exception as error:  # noqa: BLE001 - values are anybody's, and so is what they raise
        return Result(index, "failed", error=_foreign(error))


def _foreign(error: Exception) -> VtqlError:
    """An error that a value or a warning filter of the caller raised, as a result can have it."""
    found = ArgumentError(f"{type(error).__name__}: {error}")
    found.__cause__ = error
    return found


def _written(
    rows: Iterable[Any],
    check: Callable[[Any], tuple[str, ...]],
    write: Callable[[Any], str],
    journal: Journal | None,
) -> Iterator[Result]:
    numbered = enumerate(rows)
    entries = journal.entries if journal else {}
    # The records that the journal knows are compared before the first one is sent.
    known = list(islice(numbered, max(entries, default=-1) + 1))
    for index, row in known:
        if journal and index in entries:
            _check_same(journal, index, row)
    for index, row in chain(known, numbered):
        entry = entries.get(index)
        result = _before(index, entry) or _checked(index, row, check)
        if result.status == "checked":
            mark = mark_of(row) if journal else ""
            _note(journal, index, Entry(mark, SENT))
            result = _sent(index, row, write, result.changes)
            if result.status != "uncertain":
                _note(journal, index, Entry(mark, result.status, result.id))
        yield result


def _check_same(journal: Journal, index: int, row: Any) -> None:
    """Make sure that a record is the one that the journal has; one that failed may be corrected.

    Raises:
        JournalError: it is another one.
    """
    entry = journal.entries[index]
    with suppress(VtqlError):
        if entry.status == "failed" or mark_of(row) == entry.mark:
            return
    raise JournalError(
        f"{journal.path} is a journal of other records: record {index} is not the one that it has "
        "there. Nothing was sent"
    )


def _before(index: int, entry: Entry | None) -> Result | None:
    """The result of a record that an earlier call has sent; None where it is to be sent."""
    match entry:
        case Entry(status="done"):
            return Result(index, "before", entry.id)
        case Entry(status="created"):
            return Result(index, "created")
        case Entry(status="sent"):
            return Result(index, "uncertain")
    return None


def _note(journal: Journal | None, index: int, entry: Entry) -> None:
    if journal is not None:
        note(journal, index, entry)


def _sent(index: int, row: Any, write: Callable[[Any], str], changes: tuple[str, ...]) -> Result:
    try:
        return Result(index, "done", write(row), changes=changes)
    except CreatedIdUnknown as error:
        stored: Status = "created" if error.certain else "uncertain"
        return Result(index, stored, error=error, changes=changes)
    except TransportError as error:
        status: Status = "uncertain" if error.received else "failed"
        return Result(index, status, error=error, changes=changes)
    except VtqlError as error:
        return Result(index, "failed", error=error, changes=changes)
    except SilentChange as warning:  # an error by the caller's filter
        # What is known before is warned of before it is sent, and else when the answer has come.
        failed: Status = "failed" if changes else "uncertain"
        return Result(index, failed, error=_foreign(warning), changes=changes)
    except Exception as error:  # noqa: BLE001 - the server may have it, and the others are to be written
        return Result(index, "uncertain", error=_foreign(error), changes=changes)
