"""`vtql export`: all records of a module in a file; an interrupted export resumes where it stopped.

While it is under way the rows are in `FILE.part`; see `export_checkpoint`. Nothing can be added to a
Parquet file that was interrupted, so its rows are gathered as lines of JSON, and the file is made of
them in the end.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vtql.catalog.server_tables import warn_unread
from vtql.cli.command import CLEAN, Command
from vtql.cli.progress import counted
from vtql.cli.row_output import CSV_SAFE, add_csv_safe, csv_of, errors_named, unread_on_stderr
from vtql.cli.server_options import add_connections, add_server, connection
from vtql.cli.terminal import say
from vtql.errors import ArgumentError
from vtql.files import is_stream, move_into_place, replaceable, write_all
from vtql.sanitize import visible, without_halves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vtql.catalog.model import Field
    from vtql.cli.export_checkpoint import Progress, Unfinished
    from vtql.client.client import Client
    from vtql.query.queryset import QuerySet

FORMATS = {"csv": "csv", "jsonl": "jsonl", "parquet": "jsonl"}
"""The formats of a file, and the one in which its rows are gathered."""

_DEVICES = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10)))
)
"""Names that are no files on Windows, whatever ending they have."""

_LONGEST = 200
"""Bytes of the name of a file, which has to have room for the ending of an unfinished one."""

PAGES = 500
"""Rows between two checkpoints."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("module", metavar="MODULE", help="the module")
    parser.add_argument("--output", metavar="FILE", help="the file to make; default: MODULE.csv")
    parser.add_argument("--format", choices=FORMATS, help="default: that of the file's name")
    parser.add_argument("--fields", metavar="A,B", help="only these fields, and `id`")
    parser.add_argument("--restart", action="store_true", help="begin anew, whatever is there")
    add_csv_safe(parser)
    add_server(parser)
    add_connections(parser)


def _run(options: Namespace) -> int:
    path = Path(options.output or _file_of(options.module, options.format or "csv"))
    kind = options.format or path.suffix[1:]
    if kind not in FORMATS:
        problem = f"`{kind}` is none of them" if kind else f"the name `{path}` tells none of them"
        raise ArgumentError(
            f"an export is csv, jsonl or parquet, and {problem}: `--format` says which"
        )
    form = csv_of(options, kind)
    names = _names(options.fields)
    if not path.parent.is_dir():
        raise ArgumentError(f"there is no folder `{path.parent}` to write {path.name} into")
    if is_stream(str(path)):
        raise ArgumentError(f"an export makes a file, and {path} is none; `vtql run` writes to it")
    replaceable(str(path))
    from vtql.cli.export_checkpoint import checkpoint_of, part_of, unfinished  # noqa: PLC0415 - loads requests

    with connection(options) as client:
        records: QuerySet[Any] = client.model(options.module).objects
        selected = records.only(*names) if names else records
        part, owner = part_of(path), _owner(client, options.module, selected, form)
        if kind == "parquet":
            selected.to_arrow()  # where the library is missing, nothing has been asked yet
        with errors_named(part), unfinished(path, owner, restart=options.restart) as export:
            done = _write_pages(selected, FORMATS.get(form, form), export, options.module)
            with unread_on_stderr():
                if kind == "parquet":
                    _to_parquet(export, path, selected.stream().fields, done.unread)
                else:
                    warn_unread(done.unread, "their text is in the file as it came")
            if os.name != "posix":
                export.file.close()  # Windows renames and removes no file that is open
            if kind == "parquet":
                part.unlink()
            else:
                move_into_place(part, path)
            checkpoint_of(path).unlink(missing_ok=True)
    say(f"{done.rows} {'row' if done.rows == 1 else 'rows'} in {visible(str(path))}")
    return CLEAN


def _file_of(module: str, ending: str) -> str:
    """The file for a module in the folder that one is in, whatever a server calls its modules.

    A character that leads elsewhere, or means something to a system or a shell, is written with `%`,
    so that no two modules have the same file.

    Raises:
        ArgumentError: the module has no name, or one too long for a file.
    """
    if not module:
        raise ArgumentError("the name of a module is needed, and it is empty")
    first = module[0]
    if first == "-" or module.upper() in _DEVICES:
        first = f"%{ord(first):02X}"
    name = "".join(map(_of_a_file, module))
    name = first + name[1:] if first != module[0] else name
    if len(name.encode()) > _LONGEST:
        raise ArgumentError(
            f"the name of the module is too long for a file: `--output` gives the file a name, and "
            f"`{module[:40]}…` has {len(module):,} characters"
        )
    return f"{name}.{ending}"


def _of_a_file(character: str) -> str:
    if character.isalnum() or character in "_- ":
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode(errors="surrogatepass"))


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


def _owner(client: Client, module: str, selected: QuerySet[Any], kind: str) -> dict[str, Any]:
    """Of which server, user, module and query an export is, and what its file looks like."""
    from vtql.client.checkpoint import owner_of  # noqa: PLC0415 - loads requests

    columns = list(selected.stream().fields)
    query = "\n".join(selected.order_by("id").statements())
    owner = owner_of(client.server, client.username, module)
    return {**owner, "query": query, "format": kind, "columns": columns}


def _write_pages(selected: QuerySet[Any], kind: str, export: Unfinished, module: str) -> Progress:
    """Bring all rows into the unfinished file, as lines of CSV or JSON; what is in it then."""
    from vtql.cli.export_checkpoint import Progress, save_progress  # noqa: PLC0415 - loads requests

    columns = list(export.owner["columns"])
    done = export.progress
    if done.rows:
        say(f"resuming after {done.last}, with {done.rows} rows there")
    left = selected.filter(id__gt=done.last) if done.last else selected
    stream, before = left.stream(), done.unread
    rows = counted(map(dict, stream.rows), module, done.rows)
    while batch := list(islice(rows, PAGES)):
        content = _text(batch, kind, columns, head=done.size == 0).encode()
        _append(export, content)
        unread = {name: before.get(name, 0) + n for name, n in stream.unread.items()}
        done = Progress(
            batch[-1]["id"],
            done.rows + len(batch),
            done.size + len(content),
            {**before, **unread},
        )
        save_progress(export, done)
    if kind != "jsonl" and not done.size:
        _append(export, _text([], kind, columns, head=True).encode())
    return done


def _append(export: Unfinished, content: bytes) -> None:
    """Append bytes to the unfinished file, and have them on the disk."""
    write_all(export.file.fileno(), content)
    os.fsync(export.file.fileno())
    export.digest.update(content)


def _text(batch: list[dict[str, Any]], kind: str, columns: list[str], *, head: bool) -> str:
    from vtql.export.texts import cell, line  # noqa: PLC0415 - other commands need it not

    if kind == "jsonl":
        return "".join(map(line, batch))
    from vtql.export.csv_lines import csv_writer  # noqa: PLC0415 - the same

    text = StringIO()
    write = csv_writer(text, safe=kind == CSV_SAFE)
    if head:
        write(map(without_halves, columns))
    for row in batch:
        write([cell(row.get(name)) for name in columns])
    return text.getvalue()


def _to_parquet(
    export: Unfinished, path: Path, fields: Mapping[str, Field], unread: dict[str, int]
) -> None:
    """Write a Parquet file of the gathered lines."""
    from vtql.export.arrow import to_parquet  # noqa: PLC0415 - other commands need it not
    from vtql.export.stream import Stream  # noqa: PLC0415 - the same
    from vtql.export.texts import read_line  # noqa: PLC0415 - the same

    export.file.seek(0)
    with open(os.dup(export.file.fileno()), "rb") as lines:  # noqa: PTH123 - an open file
        rows = (read_line(line, fields) for line in lines)
        to_parquet(Stream(fields, rows, unread), path)


command = Command(
    "export", "write all records of a module to a file", _configure, _run,
    "An interrupted export resumes where it stopped, when the same command is given again.",
)  # fmt: skip
