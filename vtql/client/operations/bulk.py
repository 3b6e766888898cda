"""Writing many records: a result for each, and a journal with which an interrupted write resumes.

The first line of a journal says whose it is: the server, the user, the operation and the module. Then a
record has a line before it is sent, and another one when its answer has come. A line is on the disk before
the next step, so that whatever ends the process, a record whose first line is there may have been sent, and
one without it has not. A record that was sent and has no outcome may be stored or not, and nobody can tell
from here: it is not sent again, and its result says so.

A line that was cut off in writing can only be the last; it is removed, because the step after it was never
taken. Anything else that is not a line of a journal is refused, and the file stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from vtql.client.checkpoint import difference, owner_of
from vtql.client.operations.base import record_id
from vtql.client.operations.write import Write
from vtql.errors import (
    ArgumentError,
    BrokenAnswer,
    CreatedIdUnknown,
    JournalError,
    SilentChange,
    TransportError,
    VtqlError,
)
from vtql.files import locked_file, sync_folder, write_all
from vtql.models.plain_values import plain_text
from vtql.suggestions import listing, short_repr

KIND, VERSION = "bulk", 1
SENT = "sent"
OUTCOMES = ("done", "created", "failed")
MOST_RECORDS = 2**53
LONGEST_ID = 100


class _DamagedLine(Exception):
    """What is wrong with a line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a journal has of a record: which one it was, how far it came, and its id where it is known."""

    mark: str
    status: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """An open journal: its file, locked, and the last entry of each record by its number."""

    path: Path
    file: BinaryIO
    entries: dict[int, Entry]


@contextmanager
def open_journal(path: Path, owner: Mapping[str, Any]) -> Iterator[Journal]:
    """Open and lock a journal, a new one or one that is continued.

    Args:
        path: the file.
        owner: the keys of the first line, with what they have to be.

    Raises:
        JournalError: it is damaged, or belongs to another server, user, operation or module.
        FileInUse: another bulk write has it, in this process or in another one.
        OSError: it cannot be opened or written, or is a symbolic link.
    """
    head = _line({"journal": KIND, "version": VERSION, **owner})
    with locked_file(path) as file:
        entries, end, whole = _read(path, file, owner, head)
        file.truncate(end)
        file.seek(end)
        if not whole:
            _append(file, b"\n")
        if end == 0:
            _append(file, head)
            sync_folder(path)
        yield Journal(path, file, entries)


def note(journal: Journal, index: int, entry: Entry) -> None:
    """Write a line of a record; it is on the disk when this returns.

    Raises:
        OSError: it cannot be written.
    """
    values = {"index": index, "mark": entry.mark, "status": entry.status, "id": entry.id}
    _append(journal.file, _line(values))


def mark_of(row: Any) -> str:
    """What tells a record from another in a journal, without any of its values.

    Raises:
        ArgumentError, FieldValueError: the record has values that cannot travel.
    """
    return hashlib.sha256(plain_text(row).encode()).hexdigest()[:16]


def _line(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values) + "\n").encode()


def _append(file: BinaryIO, content: bytes) -> None:
    write_all(file.fileno(), content)
    os.fsync(file.fileno())


def _read(
    path: Path, file: BinaryIO, owner: Mapping[str, Any], head: bytes
) -> tuple[dict[int, Entry], int, bool]:
    """The entries, where the last whole line ends, and whether that one has its line end."""
    entries: dict[int, Entry] = {}
    end = 0
    with open(os.dup(file.fileno()), "rb") as lines:  # noqa: PTH123 - an open file
        for number, line in enumerate(lines, 1):
            whole = line.endswith(b"\n")
            if number == 1:
                if not whole and head.startswith(line):
                    break  # it was cut off when it was made, and nothing was sent
                _check_head(path, line, owner)
            else:
                try:
                    _add(entries, line)
                except _DamagedLine as error:
                    if not whole:
                        break
                    raise JournalError(
                        f"{path}, line {number}: not a line of a journal: {error}. Nothing was sent",
                        number,
                    ) from None
            end += len(line)
            if not whole:
                return entries, end, False
    return entries, end, True


def _check_head(path: Path, line: bytes, owner: Mapping[str, Any]) -> None:
    try:
        values = _object(line)
        if values.get("journal") != KIND or values.get("version") != VERSION:
            raise _DamagedLine(f"it has not `journal` {KIND} and `version` {VERSION}")
        for key in owner:
            value = values.get(key, ...)
            if not isinstance(value, str | None):
                raise _DamagedLine(f"it has no `{key}`" if value is ... else f"`{key}` is no text")
    except _DamagedLine as error:
        raise JournalError(
            f"{path}, line 1: not a journal of records: {error}. Nothing was sent", 1
        ) from None
    different = difference(values, owner)
    if different:
        raise JournalError(
            f"{path} is the journal of another bulk write: {different}. Nothing was sent; each bulk "
            "write needs a journal of its own"
        )


def _add(entries: dict[int, Entry], line: bytes) -> None:
    """Take a line as the last entry of its record.

    Raises:
        _DamagedLine: it is not a line of a journal, or does not follow from those before it.
    """
    values = _object(line)
    for key in ("index", "mark", "status", "id"):
        if key not in values:
            raise _DamagedLine(f"it has no `{key}`")
    index, mark, status, id_ = (values[key] for key in ("index", "mark", "status", "id"))
    if type(index) is not int or not 0 <= index < MOST_RECORDS:
        raise _DamagedLine(f"`index` is {short_repr(index)}, not the number of a record")
    if not isinstance(mark, str) or len(mark) != 16:
        raise _DamagedLine(f"`mark` is {short_repr(mark)}")
    if status != SENT and status not in OUTCOMES:
        raise _DamagedLine(f"`status` is {short_repr(status)}, not {listing((SENT, *OUTCOMES))}")
    if id_ is not None and (not isinstance(id_, str) or len(id_) > LONGEST_ID):
        raise _DamagedLine(f"`id` is {short_repr(id_)}")
    before = entries.get(index)
    if status == SENT:
        if before is not None and before.status != "failed":
            raise _DamagedLine(f"record {index} is sent, and is `{before.status}` already")
    elif before is None or (before.status, before.mark) != (SENT, mark):
        raise _DamagedLine(f"record {index} is `{status}`, and was not sent before")
    entries[index] = Entry(mark, status, id_)


def _object(line: bytes) -> dict[str, Any]:
    """The JSON object of a line.

    Raises:
        _DamagedLine: it is none.
    """
    try:
        values = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise _DamagedLine(f"byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise _DamagedLine("its JSON is nested too deep") from None
    except ValueError as error:
        raise _DamagedLine(f"not JSON ({short_repr(str(error))})") from None
    if not isinstance(values, dict):
        raise _DamagedLine("not a JSON object")
    return values


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


class Bulk(Write):
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
        described = self._module(module)
        _check_many(rows, "records are a list of mappings by field")
        return _all(
            rows,
            lambda row: self.checked(described, row, "create").changes,
            lambda row: self._created_id(described.name, row),
            self._owner("create", described.name),
            dry_run=dry_run,
            journal=journal,
        )

    def _created_id(self, module: str, row: Mapping[str, Any]) -> str:
        record_id = self.create(module, row).get("id")
        if isinstance(record_id, str):
            return record_id
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

        def check(given_id: str) -> tuple[str, ...]:
            self.check_deletion(record_id(given_id), force=force)
            return ()

        def delete(given_id: str) -> str:
            self.delete(given_id, force=force)
            return given_id

        owner = self._owner("delete")
        return _all(ids, check, delete, owner, dry_run=dry_run, journal=journal)

    def _owner(self, operation: str, module: str | None = None) -> dict[str, Any]:
        """Whose a journal is. Ids name their modules, so that only `create` has one of its own."""
        owner = owner_of(self.server, self.username, module or "")
        return {**owner, "module": module, "operation": operation}


def _check_many(rows: object, label: str) -> None:
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise ArgumentError(f"{label}, not {short_repr(rows)}")


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
        return list(_write_rows(rows, check, write, None))
    with open_journal(Path(journal), owner) as opened:
        return list(_write_rows(rows, check, write, opened))


def _checked(index: int, row: Any, check: Callable[[Any], tuple[str, ...]]) -> Result:
    """The result of a record before it is sent. A bad one is never the end of the others."""
    try:
        mark_of(row)
        return Result(index, "checked", changes=check(row))
    except VtqlError as error:
        return Result(index, "failed", error=error)
    except Exception as error:  # noqa: BLE001 - values are anybody's, and so is what they raise
        return Result(index, "failed", error=_as_vtql_error(error))


def _as_vtql_error(error: Exception) -> VtqlError:
    """An error that a value or a warning filter of the caller raised, as a result can have it."""
    converted = ArgumentError(f"{type(error).__name__}: {error}")
    converted.__cause__ = error
    return converted


def _write_rows(
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
        return Result(index, failed, error=_as_vtql_error(warning), changes=changes)
    except Exception as error:  # noqa: BLE001 - the server may have it, and the others are to be written
        return Result(index, "uncertain", error=_as_vtql_error(error), changes=changes)
