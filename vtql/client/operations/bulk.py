"""Writing many records: a result for each, and a journal with which it goes on after a break.

The journal has a line before a record is sent and another when its answer has come. So a record
whose first line has no second one may be stored or not, and nobody can tell from here: it is not
sent again, and its result says so.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Literal, TextIO

from vtql.client.operations.calling import record_id
from vtql.client.operations.writing import Writing
from vtql.errors import ArgumentError, BrokenAnswer, CreatedIdUnknown, TransportError, VtqlError
from vtql.spelling import shown

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
    after a break writes what is not written yet. With `dry_run` everything is checked and nothing
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

        return _all(ids, check, delete, dry_run=dry_run, journal=journal)


def _check_many(rows: object, what: str) -> None:
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise ArgumentError(f"{what}, not {shown(rows)}")


def _all(
    rows: Iterable[Any],
    check: Callable[[Any], tuple[str, ...]],
    write: Callable[[Any], str],
    *,
    dry_run: bool,
    journal: str | Path | None,
) -> list[Result]:
    if dry_run:
        return [_checked(index, row, check) for index, row in enumerate(rows)]
    before = _read(Path(journal)) if journal else {}
    with ExitStack() as stack:
        file = stack.enter_context(_open(Path(journal))) if journal else None
        return list(_written(rows, check, write, before, file))


def _checked(index: int, row: Any, check: Callable[[Any], tuple[str, ...]]) -> Result:
    try:
        return Result(index, "checked", changes=check(row))
    except VtqlError as error:
        return Result(index, "failed", error=error)


def _written(
    rows: Iterable[Any],
    check: Callable[[Any], tuple[str, ...]],
    write: Callable[[Any], str],
    before: Mapping[int, dict[str, Any]],
    file: TextIO | None,
) -> Iterator[Result]:
    for index, row in enumerate(rows):
        mark, known = _mark(row), before.get(index)
        if known and known["mark"] != mark:
            raise ArgumentError(
                f"the journal is of other records: record {index} is not the one that it has there"
            )
        if known and known["status"] == "done":
            yield Result(index, "before", known.get("id"))
            continue
        if known and known["status"] == "created":
            yield Result(index, "created")
            continue
        if known and known["status"] == "sent":
            yield Result(index, "uncertain")
            continue
        result = _checked(index, row, check)
        if result.error is None:
            _note(file, index, mark, "sent")
            result = _sent(index, row, write, result.changes)
            if result.status != "uncertain":
                _note(file, index, mark, result.status, result.id)
        yield result


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


def _mark(row: Any) -> str:
    """What tells a record from another in a journal, without any of its values."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _note(
    file: TextIO | None, index: int, mark: str, status: str, found: str | None = None
) -> None:
    if file is not None:
        line = {"index": index, "mark": mark, "status": status, "id": found}
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _open(path: Path) -> TextIO:
    """The journal to write on in; behind a line that was cut off in writing, in a new one."""
    file = path.open("a+b")
    if file.tell():
        file.seek(-1, os.SEEK_END)
        if file.read() != b"\n":
            file.write(b"\n")
    return TextIOWrapper(file, "utf-8")


def _read(path: Path) -> dict[int, dict[str, Any]]:
    """The last line of each record; a line that was cut off in writing is none."""
    found: dict[int, dict[str, Any]] = {}
    if not path.exists():
        return found
    for number, text in enumerate(path.read_text("utf-8").splitlines()):
        try:
            line = json.loads(text)
            found[int(line["index"])] = {**line, "mark": str(line["mark"])}
        except (ValueError, KeyError, TypeError):
            if number == 0:
                raise ArgumentError(f"{path} is not a journal of records") from None
    return found
