"""The journal of a bulk write: what was sent, and what became of it, a line of JSON each.

The first line says whose it is: the server, the user, the operation and the module. Then a record has
a line before it is sent, and another one when its answer has come. A line is on the disk before the
next step, so that whatever ends the process, a record whose first line is there may have been sent,
and one without it has not.

A line that was cut off in writing can only be the last; it is removed, because the step after it was
never taken. Anything else that is not a line of a journal is refused, and the file stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from vtql.client.checkpoint import difference
from vtql.errors import JournalError
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
