"""`vtql compile`: queries with brackets and NOT as the plain VTQL that a server runs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FINDINGS, Command
from vtql.cli.inputs import add_catalog, add_texts, catalog, for_each_text
from vtql.generate import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vtql.cli.files import Text
    from vtql.errors import VtqlError
    from vtql.extended.plan import Plan
    from vtql.logic.plan import Reading
    from vtql.schema.catalog import Catalog
    from vtql.source import Source


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    add_catalog(parser)
    parser.add_argument(
        "--reading", choices=["portable", "left_to_right", "and_first"], default="portable",
        help="how the server reads and/or; `portable`, the default, suits all",
    )  # fmt: skip
    parser.add_argument(
        "--format", choices=list(FORMS), default="vtql",
        help="of the queries: text, the parameters of their requests as JSON, URLs, commands for a "
        "shell, a file of requests, a collection for Postman",
    )  # fmt: skip
    parser.add_argument("--url", help="the Vtiger's address, for requests; a variable, if left out")


def _run(chosen: Namespace) -> int:
    known = catalog(chosen)
    statements: list[str] = []

    def compiled(text: Text) -> int:
        plans = _plans(text, known, chosen.reading)
        return max((_collect(text.source, plan, statements) for plan in plans), default=CLEAN)

    status = for_each_text(chosen, compiled)
    if statements:
        print(FORMS[chosen.format](statements, chosen.url))
    return status


def _plans(text: Text, known: Catalog | None, reading: Reading) -> Iterator[Plan | VtqlError]:
    """The plan, or what is in its way, of the one query that `-q` gives or of each of a file."""
    from vtql.errors import VtqlError  # noqa: PLC0415 - other commands need it not
    from vtql.extended.compile import compile_script, compile_text  # noqa: PLC0415 - the same

    if text.kind != "query":
        yield from compile_script(text.source, known, reading)
        return
    try:
        yield compile_text(text.source.text, known, reading)
    except VtqlError as error:
        yield error


def _collect(source: Source, plan: Plan | VtqlError, statements: list[str]) -> int:
    from vtql.errors import QuerySyntaxError, VtqlError  # noqa: PLC0415 - other commands need it not

    if isinstance(plan, VtqlError):
        shown = plan if isinstance(plan, QuerySyntaxError) else f"vtql: {source.name}: {plan}"
        print(shown, file=sys.stderr)
        return FINDINGS
    statements += plan.statements
    if len(plan.statements) > 1:
        print(f"{len(plan.statements)} queries; their rows merge by id", file=sys.stderr)
    return CLEAN


command = Command(
    "compile", "turn brackets, NOT, BETWEEN and the like into plain VTQL", _configure, _run,
    "AND binds before OR, as in SQL. Where no one query can say it, several are printed. A file may\n"
    "have any number of queries and `-- comments`, which are not printed. In a request a placeholder or\n"
    "$VTQL_SESSION says where the session belongs.",
)  # fmt: skip
