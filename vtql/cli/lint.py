"""`vtql lint`: find what is wrong with queries."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from vtql.cli.command import CLEAN, FAILURE, FINDINGS, Command
from vtql.cli.inputs import add_catalog, add_texts, catalog, texts
from vtql.profiles import PROFILES


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
    from vtql.analysis import analyze  # noqa: PLC0415 - other commands do not need it
    from vtql.render import FORMATS  # noqa: PLC0415 - the same

    known = catalog(chosen)
    analyses, status = [], CLEAN
    for source in texts(chosen):
        if isinstance(source, str):
            print(f"vtql: {source}", file=sys.stderr)
            status = FAILURE
            continue
        analyses.append(analyze(source.text, known, chosen.profile, name=source.name))
    found = sum(len(each.diagnostics) for each in analyses)
    output = FORMATS[chosen.format](analyses)
    if output:
        print(output)
    noun = "finding" if found == 1 else "findings"
    queries = "query" if len(analyses) == 1 else "queries"
    print(f"{found} {noun} in {len(analyses)} {queries}", file=sys.stderr)
    return status or (FINDINGS if found else CLEAN)


command = Command("lint", "find what is wrong with queries", _configure, _run)
