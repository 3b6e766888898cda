"""`vtql run`: run a query and print all of its rows."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from itertools import chain
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FAILURE, FINDINGS, Command
from vtql.cli.inputs import stdin
from vtql.cli.progress import counted
from vtql.cli.row_output import (
    Rows,
    add_format,
    errors_named,
    format_of,
    target,
    unread_on_stderr,
    write_rows,
)
from vtql.cli.server_options import add_connections, add_server, connection
from vtql.cli.source_files import Text, Unread
from vtql.cli.terminal import complain, say, show
from vtql.source import Source

if TYPE_CHECKING:
    from vtql.ast import Select
    from vtql.catalog.catalog import Catalog
    from vtql.catalog.model import Module


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("query", help="the query, or `-` to read it from stdin")
    add_format(parser)
    add_server(parser)
    add_connections(parser)


def _run(options: Namespace) -> int:
    from vtql.query.from_text import count_of, rows_of  # noqa: PLC0415 - other commands do not need it

    kind = format_of(options)
    given_text = stdin() if options.query == "-" else Text(Source(options.query), "query")
    if isinstance(given_text, Unread):
        complain(str(given_text))
        return FAILURE
    text = given_text.source.text
    select = _only_query(text, None, None)
    if select is None:
        return FINDINGS
    with connection(options) as client:
        known = client.catalog(select.module.text)
        select = _only_query(text, known, client.profile.name)
        if select is None:
            return FINDINGS
        precedence = client.profile.precedence
        number = count_of(select, known, client.fetch, precedence)
        if number is not None:
            show(str(number))
            return CLEAN
        all_rows = counted(rows_of(select, known, client.fetch, precedence), select.module.text)
        number = _write(all_rows, kind, known[select.module.text], options)
    say(f"{number} {'row' if number == 1 else 'rows'}")
    return CLEAN


def _write(all_rows: Rows, kind: str, module: Module, options: Namespace) -> int:
    if kind != "parquet":
        with target(options, kind) as file:
            return write_rows(all_rows, kind, file)
    from vtql.export.arrow import to_parquet  # noqa: PLC0415 - an extra
    from vtql.export.stream import Stream, decoded  # noqa: PLC0415 - the same

    first = next(all_rows, None)
    fields = {name: module.fields[name] for name in first or () if name in module.fields}
    rows = chain(() if first is None else (first,), all_rows)
    unread: dict[str, int] = {}
    with errors_named(options.output), unread_on_stderr():
        return to_parquet(Stream(fields, decoded(fields, rows, unread), unread), options.output)


def _only_query(text: str, known: Catalog | None, profile: str | None) -> Select | None:
    """The one query of a text, findings told on stderr; None where one of them is an error.

    Before there is a server, syntax is all that can be looked at, and told. Findings of limits and
    cost (VT4) are about the text as it would be sent; what is sent here are pages of it.
    """
    from vtql.analysis import analyze_script  # noqa: PLC0415 - other commands do not need it
    from vtql.diagnostics import Severity, paint  # noqa: PLC0415 - the same

    analysis = analyze_script(text, known, profile, name=Source("").name)
    diagnostics = [
        diagnostic for diagnostic in analysis.diagnostics if not diagnostic.code.startswith("VT4")
    ]
    wrong = [diagnostic for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR]
    for diagnostic in wrong if known is None else diagnostics:
        say(paint(analysis.source, diagnostic))
    if not wrong and len(analysis.selects) != 1:
        complain(f"`run` takes one query, and here are {len(analysis.selects) or 'none'}")
    return None if wrong else analysis.select


command = Command(
    "run", "run a query and print all of its rows", _configure, _run,
    "A server gives 100 rows a request; the query is asked page by page until it has given all.",
)  # fmt: skip
