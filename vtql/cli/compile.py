"""`vtql compile`: queries with brackets and NOT as the plain VTQL that a server runs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from vtql.cli.command import CLEAN, FAILURE, FINDINGS, Command
from vtql.cli.inputs import add_catalog, add_texts, catalog, texts


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    add_catalog(parser)
    parser.add_argument(
        "--reading", choices=["portable", "left_to_right", "and_first"], default="portable",
        help="how the server reads and/or; `portable`, the default, suits all",
    )  # fmt: skip


def _run(chosen: Namespace) -> int:
    from vtql.errors import QuerySyntaxError, VtqlError  # noqa: PLC0415 - other commands need it not
    from vtql.query.compile import compile_text  # noqa: PLC0415 - the same

    known = catalog(chosen)
    status = CLEAN
    for source in texts(chosen):
        if isinstance(source, str):
            print(f"vtql: {source}", file=sys.stderr)
            status = FAILURE
            continue
        try:
            plan = compile_text(source.text, known, chosen.reading)
        except QuerySyntaxError as error:
            print(error, file=sys.stderr)
            status = status or FINDINGS
        except VtqlError as error:
            print(f"vtql: {source.name}: {error}", file=sys.stderr)
            status = status or FINDINGS
        else:
            print("\n".join(plan.statements))
            if len(plan.statements) > 1:
                print(f"{len(plan.statements)} queries; their rows merge by id", file=sys.stderr)
    return status


command = Command(
    "compile", "turn brackets, NOT, BETWEEN and the like into plain VTQL", _configure, _run,
    "AND binds before OR, as in SQL. Where no one query can say it, several are printed.",
)  # fmt: skip
