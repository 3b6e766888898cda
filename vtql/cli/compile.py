"""`vtql compile`: queries with brackets and NOT as the plain VTQL that a server runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import Command
from vtql.cli.extended_queries import add_precedence, for_each_query, precedence_of
from vtql.cli.inputs import add_catalog, add_texts, catalog, for_each_text
from vtql.cli.terminal import give, say
from vtql.generate import FORMS

if TYPE_CHECKING:
    from vtql.extended.parse import ExtendedQuery


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    add_catalog(parser)
    add_precedence(parser)
    parser.add_argument(
        "--format", choices=list(FORMS), default="vtql",
        help="of the queries: text, the parameters of their requests as JSON, URLs, commands for a "
        "shell, a file of requests, a collection for Postman",
    )  # fmt: skip
    parser.add_argument("--url", help="the Vtiger's address, for requests; a variable, if left out")


def _run(options: Namespace) -> int:
    known = catalog(options)
    statements: list[str] = []

    def collect(query: ExtendedQuery) -> None:
        from vtql.extended.compile import compile_query  # noqa: PLC0415 - other commands need it not

        compiled = compile_query(query, known, precedence_of(options, known)).statements
        statements.extend(compiled)
        if len(compiled) > 1:
            say(f"{len(compiled)} queries; their rows merge by id")

    status = for_each_text(options, lambda text: for_each_query(text, collect))
    if statements:
        give(FORMS[options.format](statements, options.url))
    return status


command = Command(
    "compile", "turn brackets, NOT, BETWEEN and the like into plain VTQL", _configure, _run,
    "AND binds before OR, as in SQL. Where no one query can say it, several are printed. A file may\n"
    "have any number of queries and `-- comments`, which are not printed. In a request a placeholder or\n"
    "$VTQL_SESSION says where the session belongs.",
)  # fmt: skip
