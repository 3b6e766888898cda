"""`vtql export`: all records of a module in a file, going on where an earlier export was broken off.

While it is under way the rows are in `FILE.part`, and beside it `FILE.part.json` says which records
are in there: the last id, how many rows and how many bytes. It is written only after the rows it
tells of, so whatever was written behind that is cut off when the export goes on.

Nothing can be added to a Parquet file that was broken off, so its rows are gathered as lines of
JSON, and the file is made of them in the end.
"""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vtql.cli.command import CLEAN, Command
from vtql.cli.progress import counted
from vtql.cli.rows import named, unread_on_stderr
from vtql.cli.server import add_connections, add_server, connection
from vtql.cli.terminal import say
from vtql.dataclass import dataclass, field
from vtql.errors import ArgumentError
from vtql.schema.unread import warn_unread
from vtql.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vtql.query.queryset import QuerySet
    from vtql.schema.model import Field

FORMATS = {"csv": "csv", "jsonl": "jsonl", "parquet": "jsonl"}
"""The formats of a file, and the one in which its rows are gathered."""

PAGES = 500
"""Rows between two notes of how far it is."""


@dataclass(frozen=True, slots=True)
class Done:
    """What is in the unfinished file: of what, up to which record, rows and bytes.

    `unread` counts the values that their fields' types cannot read, by field.
    """

    module: str
    kind: str
    columns: list[str]
    last: str | None = None
    rows: int = 0
    size: int = 0
    unread: dict[str, int] = field(default_factory=dict)


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("module", metavar="MODULE", help="the module")
    parser.add_argument("--output", metavar="FILE", help="the file to make; default: MODULE.csv")
    parser.add_argument("--format", choices=FORMATS, help="default: that of the file's name")
    parser.add_argument("--fields", metavar="A,B", help="only these fields, and `id`")
    parser.add_argument("--restart", action="store_true", help="begin anew, whatever is there")
    add_server(parser)
    add_connections(parser)


def _run(chosen: Namespace) -> int:
    path = Path(chosen.output or f"{chosen.module}.{chosen.format or 'csv'}")
    kind = chosen.format or path.suffix[1:]
    if kind not in FORMATS:
        found = f"`{kind}` is none of them" if kind else f"the name `{path}` tells none of them"
        raise ArgumentError(
            f"an export is csv, jsonl or parquet, and {found}: `--format` says which"
        )
    names = _names(chosen.fields)
    if not path.parent.is_dir():
        raise ArgumentError(f"there is no folder `{path.parent}` to write {path.name} into")
    with connection(chosen) as client:
        every: QuerySet[Any] = client.model(chosen.module).objects
        wanted = every.only(*names) if names else every
        part, note = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")
        if kind == "parquet":
            wanted.to_arrow()  # where the library is missing, nothing has been asked yet
        with named(part):
            done = _gathered(wanted, FORMATS[kind], part, note, chosen)
            with unread_on_stderr():
                if kind == "parquet":
                    _as_parquet(part, wanted.stream().fields, done.unread)
                else:
                    warn_unread(done.unread, "their text is in the file as it came")
    note.unlink(missing_ok=True)
    part.replace(path)
    say(f"{done.rows} {'row' if done.rows == 1 else 'rows'} in {visible(str(path))}")
    return CLEAN


def _names(fields: str | None) -> list[str]:
    """The fields to export; none for all of them.

    Raises:
        ArgumentError: names were meant to be there and are not, as where a variable of a shell is empty;
            then all fields are not what is wanted.
    """
    names = [name.strip() for name in (fields or "").split(",") if name.strip()]
    if fields is not None and not names:
        raise ArgumentError("`--fields` names no field; without it all fields are exported")
    return names


def _gathered(wanted: QuerySet[Any], kind: str, part: Path, note: Path, chosen: Namespace) -> Done:
    """Bring all rows into the unfinished file, as lines of CSV or JSON; what is in it then."""
    columns = list(wanted.stream().fields)
    done = None if chosen.restart else _read(note, part)
    if done is None:
        done = Done(chosen.module, kind, columns)
    elif (done.module, done.kind, done.columns) != (chosen.module, kind, columns):
        raise ArgumentError(
            f"{part} is of {done.module} with other fields, or in another format; `--restart` "
            "begins anew"
        )
    else:
        say(f"going on behind {done.last}, with {done.rows} rows there")
    left = wanted.filter(id__gt=done.last) if done.last else wanted
    stream, before = left.stream(), done.unread
    rows = counted(map(dict, stream.rows), chosen.module, done.rows)
    with part.open("r+b" if done.size else "wb") as file:
        file.truncate(done.size)
        file.seek(done.size)
        while batch := list(islice(rows, PAGES)):
            head = done.size == 0
            file.write(_text(batch, kind, columns, head=head).encode())
            file.flush()
            os.fsync(file.fileno())
            last, number = batch[-1]["id"], done.rows + len(batch)
            unread = {name: before.get(name, 0) + n for name, n in stream.unread.items()}
            done = Done(done.module, kind, columns, last, number, file.tell(), {**before, **unread})
            _write(note, done)
        if kind == "csv" and not done.size:
            file.write(_text([], kind, columns, head=True).encode())
    return done


def _text(batch: list[dict[str, Any]], kind: str, columns: list[str], *, head: bool) -> str:
    from vtql.tables.texts import cell, line  # noqa: PLC0415 - other commands need it not

    if kind == "jsonl":
        return "".join(map(line, batch))
    import csv  # noqa: PLC0415 - the same

    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if head:
        writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in batch)
    return text.getvalue()


def _as_parquet(part: Path, fields: Mapping[str, Field], unread: dict[str, int]) -> None:
    """Put a Parquet file in the place of the gathered lines."""
    from vtql.tables.arrow import to_parquet  # noqa: PLC0415 - other commands need it not
    from vtql.tables.stream import Stream  # noqa: PLC0415 - the same
    from vtql.tables.texts import read_line  # noqa: PLC0415 - the same

    beside = part.with_name(f"{part.name}.new")
    with part.open("rb") as lines:
        rows = (read_line(line, fields) for line in lines)
        to_parquet(Stream(fields, rows, unread), beside)
    beside.replace(part)


def _read(note: Path, part: Path) -> Done | None:
    """What is there of an earlier export; None where nothing is, or nothing that can be used."""
    try:
        done = Done(**json.loads(note.read_bytes()))
        return done if part.stat().st_size >= done.size else None
    except (OSError, ValueError, TypeError):
        return None


def _write(note: Path, done: Done) -> None:
    beside = note.with_name(f"{note.name}.new")
    beside.write_text(json.dumps(asdict(done)), encoding="utf-8")
    beside.replace(note)


command = Command(
    "export", "write all records of a module to a file", _configure, _run,
    "An export that was broken off goes on where it was, when the same command is given again.",
)  # fmt: skip
