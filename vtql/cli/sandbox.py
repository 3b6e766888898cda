"""`vtql sandbox`: a Vtiger to try things on."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from vtql.cli.command import CLEAN, Command
from vtql.cli.inputs import add_catalog, catalog
from vtql.errors import CatalogError
from vtql.profiles import PROFILES


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one; default 8080")
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1: this machine only")
    parser.add_argument(
        "--profile", choices=list(PROFILES), default="documented", help="what it imitates"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the demo data")
    parser.add_argument("--records", metavar="FILE", help="JSON: rows by module, for a --catalog")
    add_catalog(parser)


def _run(chosen: Namespace) -> int:
    from vtql.sandbox import Sandbox  # noqa: PLC0415 - loads sqlite3 and requests

    records = None
    if chosen.records:
        try:
            records = json.loads(Path(chosen.records).read_bytes())
        except ValueError as error:
            raise CatalogError(f"{chosen.records} is not JSON: {error}") from None
    with Sandbox(chosen.profile, catalog(chosen), records, chosen.seed, clock=time.time) as box:
        url = box.serve(chosen.port, chosen.host)
        print(
            f"url         {url}\nusername    {box.username}\naccess key  {box.access_key}",
            flush=True,
        )
        print("Ctrl-C stops it", file=sys.stderr)
        try:
            box.wait()
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
    return CLEAN


command = Command("sandbox", "serve a Vtiger with demo data over HTTP", _configure, _run)
