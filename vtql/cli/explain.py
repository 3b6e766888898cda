"""`vtql explain`: what a query will ask of a server, before it is asked."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FINDINGS, Command
from vtql.cli.inputs import add_catalog, add_texts, catalog, for_each_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vtql.cli.files import Text
    from vtql.errors import VtqlError
    from vtql.extended.reduce import Extended
    from vtql.logic.plan import Reading
    from vtql.query.explain import Explanation
    from vtql.schema.catalog import Catalog
    from vtql.source import Source


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    add_catalog(parser)
    parser.add_argument(
        "--reading", choices=["portable", "left_to_right", "and_first"], default="portable",
        help="how the server reads and/or; `portable`, the default, suits all",
    )  # fmt: skip
    parser.add_argument("--format", choices=["text", "json"], default="text", help="of the output")


def _run(chosen: Namespace) -> int:
    known = catalog(chosen)
    made: list[Explanation] = []

    def explained(text: Text) -> int:
        outcomes = [_explained(each, known, chosen.reading) for each in _queries(text)]
        return max((_kept(text.source, outcome, made) for outcome in outcomes), default=CLEAN)

    status = for_each_text(chosen, explained)
    if chosen.format == "json":
        found = [each.to_dict() for each in made]
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(map(str, made)))
    return status


def _queries(text: Text) -> Iterable[Extended | VtqlError]:
    """The one query that `-q` gives, or each of a file."""
    from vtql.errors import VtqlError  # noqa: PLC0415 - other commands need it not
    from vtql.extended.compile import read_script, read_text  # noqa: PLC0415 - the same

    if text.kind != "query":
        return read_script(text.source)
    try:
        return [read_text(text.source.text)]
    except VtqlError as error:
        return [error]


def _explained(
    made: Extended | VtqlError, known: Catalog | None, reading: Reading
) -> Explanation | VtqlError:
    from vtql.errors import VtqlError  # noqa: PLC0415 - other commands need it not
    from vtql.query.text import explained_text  # noqa: PLC0415 - the same

    if isinstance(made, VtqlError):
        return made
    try:
        return explained_text(made, known, reading)
    except VtqlError as error:
        return error


def _kept(source: Source, outcome: Explanation | VtqlError, made: list[Explanation]) -> int:
    from vtql.errors import QuerySyntaxError, VtqlError  # noqa: PLC0415 - other commands need it not

    if not isinstance(outcome, VtqlError):
        made.append(outcome)
        return CLEAN
    painted = isinstance(outcome, QuerySyntaxError)
    print(outcome if painted else f"vtql: {source.name}: {outcome}", file=sys.stderr)
    return FINDINGS


command = Command(
    "explain", "tell what a query will ask: its alternatives, queries, requests, and why", _configure,
    _run,
    "For queries in the extended language, as `compile` takes them. Nothing is asked of a server. The\n"
    "number of requests is that of reading all rows, as `run` and a loop over a query set do.",
)  # fmt: skip
