"""`vtql compile`: queries with brackets and NOT as the plain VTQL that a server runs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FINDINGS, Command
from vtql.cli.inputs import add_catalog, add_texts, catalog, for_each_text, is_query

if TYPE_CHECKING:
    from vtql.source import Source


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    add_catalog(parser)
    parser.add_argument(
        "--reading", choices=["portable", "left_to_right", "and_first"], default="portable",
        help="how the server reads and/or; `portable`, the default, suits all",
    )  # fmt: skip


def _run(chosen: Namespace) -> int:
    from vtql.errors import QuerySyntaxError, VtqlError  # noqa: PLC0415 - other commands need it not
    from vtql.extended.compile import compile_request, compile_script  # noqa: PLC0415 - the same

    known = catalog(chosen)

    def compiled(source: Source) -> int:
        status = CLEAN
        compile_ = compile_request if is_query(source) else compile_script
        for plan in compile_(source, known, chosen.reading):
            if isinstance(plan, QuerySyntaxError):
                print(plan, file=sys.stderr)
                status = FINDINGS
            elif isinstance(plan, VtqlError):
                print(f"vtql: {source.name}: {plan}", file=sys.stderr)
                status = FINDINGS
            else:
                print("\n".join(plan.statements))
                if len(plan.statements) > 1:
                    number = len(plan.statements)
                    print(f"{number} queries; their rows merge by id", file=sys.stderr)
        return status

    return for_each_text(chosen, compiled)


command = Command(
    "compile", "turn brackets, NOT, BETWEEN and the like into plain VTQL", _configure, _run,
    "AND binds before OR, as in SQL. Where no one query can say it, several are printed. A file may\n"
    "have any number of queries and `-- comments`, which are not printed.",
)  # fmt: skip
