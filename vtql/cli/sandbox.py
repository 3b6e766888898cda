"""`vtql sandbox`: a Vtiger to try things on."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from vtql.cli.command import CLEAN, Command, whole_number
from vtql.cli.inputs import add_catalog, catalog
from vtql.cli.terminal import say, show
from vtql.errors import ArgumentError
from vtql.files import content_of
from vtql.profiles import NEWEST_SERVER, PROFILES

LARGEST = 500_000_000
"""Bytes of a file of records, which is read into memory."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=whole_number, default=8080, help="0 takes a free one; default 8080"
    )
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1: this machine only")
    parser.add_argument(
        "--allow-host", metavar="NAME", action="append", default=[],
        help="answer for this name of the machine, too, beside localhost; may come again",
    )  # fmt: skip
    parser.add_argument(
        "--profile", choices=list(PROFILES), default=NEWEST_SERVER, help="what it imitates"
    )
    parser.add_argument(
        "--seed", type=whole_number, default=1, help="of the demo data and of --rows"
    )
    add_catalog(parser)
    parser.add_argument("--records", metavar="FILE", help="JSON: rows by module, for a --catalog")
    parser.add_argument(
        "--rows", metavar="N", action="append", default=[],
        help="generate that many records in all, or `Contacts=N` of a module; may come again",
    )  # fmt: skip
    parser.add_argument(
        "--file", metavar="FILE",
        help="keep the records there, and go on with those that are; else in memory",
    )  # fmt: skip


def _run(options: Namespace) -> int:
    from vtql.sandbox import Sandbox  # noqa: PLC0415 - loads sqlite3

    with Sandbox(
        options.profile, catalog(options), _records(options.records), options.seed,
        rows=_rows(options.rows), file=options.file, clock=time.time,
    ) as box:  # fmt: skip
        url = box.serve(options.port, options.host, options.allow_host)
        try:
            # Whoever has read the address may stop it at once, so all else is done before.
            signal.signal(signal.SIGTERM, _interrupt)
            say("Ctrl-C stops it")
            show(f"url         {url}\nusername    {box.username}\naccess key  {box.access_key}")
            sys.stdout.flush()
            box.wait()
        except KeyboardInterrupt:
            # Closing waits for requests that have begun; a second signal ends the process at once.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            say("stopped")
    return CLEAN


def _interrupt(*_: object) -> None:
    """Be stopped by a supervisor as by Ctrl-C."""
    raise KeyboardInterrupt


def _records(path: str | None) -> Mapping[str, Any] | None:
    """The records in a file; their shape is the sandbox's to look at."""
    if not path:
        return None
    try:
        records = json.loads(content_of(path, LARGEST))
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"{path} is not JSON: {error}") from None
    if not isinstance(records, dict):
        raise ArgumentError(f"{path} is not a mapping of modules to rows")
    return records


def _rows(texts: list[str]) -> int | dict[str, int] | None:
    """How many records to generate: one number, or one for each of some modules."""
    rows: dict[str, int] = {}
    for text in texts:
        module, _, number = text.rpartition("=")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise ArgumentError(
                f"`--rows` takes a number such as 1000 or Contacts=1000, not {text}"
            )
        if not module:
            return int(number)
        rows[module] = int(number)
    return rows or None


command = Command("sandbox", "serve a Vtiger with demo data over HTTP", _configure, _run)
