"""`vtql doctor`: what a server is like, and what that means."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from vtql.cli.command import CLEAN, FINDINGS, Command
from vtql.cli.server_options import add_server, connection
from vtql.cli.terminal import give_json, show

SIGNS = {"good": "ok", "note": "note", "problem": "problem"}


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="of the findings"
    )
    add_server(parser)


def _run(options: Namespace) -> int:
    from vtql.client.doctor import examine  # noqa: PLC0415 - loads requests
    from vtql.sanitize import visible  # noqa: PLC0415 - other commands need it not

    findings = []
    with connection(options) as client:
        for finding in examine(client):
            findings.append(finding)
            if options.format == "text":
                show(f"{SIGNS[finding.grade]:8} {finding.title:12} {visible(finding.fact)}")
                if finding.meaning:
                    show(f"{'':22}{visible(finding.meaning)}")
                sys.stdout.flush()
    if options.format == "json":
        give_json(
            json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)
        )
    return FINDINGS if any(finding.grade == "problem" for finding in findings) else CLEAN


command = Command(
    "doctor", "look at a server: version, and/or, clock, limits, operations", _configure, _run,
    "Nothing is written. Exit status 1 means that something was found that is a problem. The clock of "
    "`--sandbox` stands still on the day of its data.",
)  # fmt: skip
