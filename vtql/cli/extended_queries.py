"""Queries in the extended language, for the commands that take them: `compile` and `explain`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FINDINGS
from vtql.cli.terminal import complain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vtql.catalog.catalog import Catalog
    from vtql.cli.source_files import Text
    from vtql.errors import VtqlError
    from vtql.extended.parse import ExtendedQuery
    from vtql.logic.plan import Precedence


def add_precedence(parser: ArgumentParser) -> None:
    """An option for how the server evaluates AND and OR."""
    parser.add_argument(
        "--precedence", choices=["portable", "left_to_right", "and_first"],
        help="how the server evaluates AND and OR; that of the catalog, if left out, or `portable`, which "
        "suits all",
    )  # fmt: skip


def precedence_of(options: Namespace, known: Catalog | None) -> Precedence:
    """The precedence that was asked for, or the one that is known of the catalog's server."""
    option: Precedence | None = options.precedence
    return option or (known.precedence if known else None) or "portable"


def for_each_query(text: Text, work: Callable[[ExtendedQuery], None]) -> int:
    """Do `work` on the one query that `-q` gives, or on each of a file, and give the exit status.

    Of one that is none, or that `work` cannot say, stderr tells why, and the others are still done.
    """
    from vtql.errors import QuerySyntaxError, VtqlError  # noqa: PLC0415 - other commands need it not

    status = CLEAN
    for query in _queries(text):
        try:
            if isinstance(query, VtqlError):
                raise query
            work(query)
        except VtqlError as error:
            if isinstance(error, QuerySyntaxError):
                say(str(error))
            else:
                complain(f"{text.source.name}: {error}")
            status = FINDINGS
    return status


def _queries(text: Text) -> Iterable[ExtendedQuery | VtqlError]:
    from vtql.errors import VtqlError  # noqa: PLC0415 - other commands need it not
    from vtql.extended.compile import parse_script, parse_text  # noqa: PLC0415 - the same

    if text.kind != "query":
        return parse_script(text.source)
    try:
        return [parse_text(text.source.text)]
    except VtqlError as error:
        return [error]
