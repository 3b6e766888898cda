"""`vtql explain`: what a query will ask of a server, before it is asked."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import Command
from vtql.cli.extended_queries import add_precedence, for_each_query, precedence_of
from vtql.cli.inputs import add_catalog, add_texts, catalog, for_each_text
from vtql.cli.terminal import give_json, show

if TYPE_CHECKING:
    from vtql.extended.parse import ExtendedQuery
    from vtql.query.explain import Explanation


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    add_catalog(parser)
    add_precedence(parser)
    parser.add_argument("--format", choices=["text", "json"], default="text", help="of the output")


def _run(options: Namespace) -> int:
    known = catalog(options)
    explanations: list[Explanation] = []

    def explain(query: ExtendedQuery) -> None:
        from vtql.query.from_text import explain_text  # noqa: PLC0415 - other commands need it not

        explanations.append(explain_text(query, known, precedence_of(options, known)))

    status = for_each_text(options, lambda text: for_each_query(text, explain))
    if options.format == "json":
        rows = [explanation.to_dict() for explanation in explanations]
        give_json(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        show("\n\n".join(map(str, explanations)))
    return status


command = Command(
    "explain", "tell what a query will ask: its alternatives, queries, requests, and why", _configure,
    _run,
    "For queries in the extended language, as `compile` takes them. Nothing is asked of a server. The\n"
    "number of requests is that of reading all rows, as `run` and a loop over a query set do.",
)  # fmt: skip
