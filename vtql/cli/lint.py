"""`vtql lint`: find what is wrong with queries."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FINDINGS, Command
from vtql.cli.inputs import add_catalog, add_texts, catalog, for_each_text, is_query
from vtql.profiles import PROFILES

if TYPE_CHECKING:
    from vtql.analysis import Analysis
    from vtql.source import Source


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    add_catalog(parser)
    parser.add_argument(
        "--profile", choices=list(PROFILES), help="the kind of server; all, if left out"
    )
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="of the findings"
    )


def _run(chosen: Namespace) -> int:
    from vtql.analysis import analyze, analyze_script  # noqa: PLC0415 - other commands need it not
    from vtql.diagnostics import Severity  # noqa: PLC0415 - the same
    from vtql.render import FORMATS  # noqa: PLC0415 - the same

    known = catalog(chosen)
    analyses: list[Analysis] = []

    def look(source: Source) -> int:
        find = analyze if is_query(source) else analyze_script
        analyses.append(find(source.text, known, chosen.profile, name=source.name))
        graver = (each.severity is not Severity.INFO for each in analyses[-1].diagnostics)
        return FINDINGS if any(graver) else CLEAN

    status = for_each_text(chosen, look)
    output = FORMATS[chosen.format](analyses)
    if output:
        print(output)
    found = sum(len(each.diagnostics) for each in analyses)
    queries = sum(len(each.selects) for each in analyses)
    print(
        f"{found} {'finding' if found == 1 else 'findings'} in "
        f"{queries} {'query' if queries == 1 else 'queries'}", file=sys.stderr,
    )  # fmt: skip
    return status


command = Command(
    "lint", "find what is wrong with queries", _configure, _run,
    "A file may have any number of queries, blank lines and `-- comments`; `-q` is one query, as it is\n"
    "sent. Without --profile an error is what a server from Vtiger 7 on refuses, a warning what only\n"
    "some answer wrongly, and an info, which leaves the exit status 0, what is worth knowing.",
)  # fmt: skip
