"""`vtql run`: run a query and print all of its rows."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace

from vtql.cli.command import CLEAN, FINDINGS, Command
from vtql.cli.inputs import add_server, connection


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("query", help="the query, or `-` to read it from stdin")
    parser.add_argument("--format", choices=["table", "json"], default="table", help="of the rows")
    add_server(parser)


def _run(chosen: Namespace) -> int:
    from vtql.analysis import analyze  # noqa: PLC0415 - other commands do not need it
    from vtql.cli.table import table  # noqa: PLC0415 - the same
    from vtql.diagnostics import Severity, paint  # noqa: PLC0415 - the same
    from vtql.query.text import count_of, rows_of  # noqa: PLC0415 - the same

    text = sys.stdin.read() if chosen.query == "-" else chosen.query
    found = analyze(text)
    with connection(chosen) as client:
        if found.select is not None:
            # only now is there a module to ask the server about
            client.model(found.select.module.text)
            found = analyze(text, client.catalog(found.select.module.text))
        wrong = [each for each in found.diagnostics if each.severity is Severity.ERROR]
        for each in found.diagnostics:
            print(paint(found.source, each), file=sys.stderr)
        if wrong or found.select is None:
            return FINDINGS
        number = count_of(found.select, client.catalog(found.select.module.text), client.query,
                          client.profile.reading)  # fmt: skip
        if number is not None:
            print(number)
            return CLEAN
        rows = list(rows_of(found.select, client.catalog(found.select.module.text), client.query,
                            client.profile.reading))  # fmt: skip
    if chosen.format == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        print(table(list(rows[0]), [[row.get(name) for name in rows[0]] for row in rows]))
    print(f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}", file=sys.stderr)
    return CLEAN


command = Command(
    "run", "run a query and print all of its rows", _configure, _run,
    "A server gives 100 rows a request; the query is asked page by page until it has given all.",
)  # fmt: skip
