"""`vtql format`: print queries in the one spelling."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from vtql.cli.command import CLEAN, FAILURE, FINDINGS, Command
from vtql.cli.inputs import add_texts, texts


def _run(chosen: Namespace) -> int:
    from vtql.syntax.parse import read, syntax_error  # noqa: PLC0415 - other commands need it not
    from vtql.syntax.write import write  # noqa: PLC0415 - the same

    status = CLEAN
    for source in texts(chosen):
        if isinstance(source, str):
            print(f"vtql: {source}", file=sys.stderr)
            status = FAILURE
            continue
        parsed = read(source.text)
        if parsed.fault is not None:
            print(syntax_error(source, parsed.fault), file=sys.stderr)
            status = status or FINDINGS
        elif parsed.select is not None:
            print(write(parsed.select))
    return status


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)


command = Command("format", "print queries in the one spelling", _configure, _run)
