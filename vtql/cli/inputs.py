"""Where a command's queries and its server come from."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vtql.source import Source

if TYPE_CHECKING:
    from vtql.client.client import Client
    from vtql.schema.catalog import Catalog


def add_texts(parser: ArgumentParser) -> None:
    """Options for queries from files, the command line or stdin."""
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="files with a query each; `-` is stdin"
    )
    parser.add_argument("-q", "--query", action="append", default=[], help="a query, as it is")


def texts(chosen: Namespace) -> Iterator[Source | str]:
    """The queries asked for; of a file that cannot be read, a line that says why."""
    for query in chosen.query:
        yield Source(query)
    names = chosen.files or ([] if chosen.query else ["-"])
    for name in names:
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            yield Source(content.decode("utf-8-sig"), "<stdin>" if name == "-" else name)
        except OSError as error:
            yield f"{name}: {error.strerror or error}"
        except UnicodeDecodeError as error:
            yield f"{name}: not UTF-8 text, at byte {error.start}"


def add_catalog(parser: ArgumentParser) -> None:
    """An option for metadata from a file."""
    parser.add_argument(
        "--catalog", metavar="FILE", help="metadata, as `vtql describe --save` wrote it"
    )


def catalog(chosen: Namespace) -> Catalog | None:
    """The catalog of the file asked for."""
    if not chosen.catalog:
        return None
    from vtql.schema.catalog import Catalog  # noqa: PLC0415 - only for those who have one

    return Catalog.load(chosen.catalog)


def add_server(parser: ArgumentParser) -> None:
    """Options for a server. The access key comes from the environment: arguments are public."""
    server = parser.add_argument_group(
        "server", "from VTQL_URL, VTQL_USERNAME and VTQL_ACCESS_KEY, or:"
    )
    server.add_argument("--url", help="the Vtiger's address")
    server.add_argument("--username", help="a user of the CRM")
    server.add_argument("--sandbox", action="store_true", help="demo data instead of a server")


@contextmanager
def connection(chosen: Namespace) -> Iterator[Client]:
    """A client of the server asked for, for as long as the command needs it."""
    if chosen.sandbox:
        from vtql.sandbox import Sandbox  # noqa: PLC0415 - only for those who want one

        with Sandbox() as sandbox, sandbox.client() as client:
            yield client
        return
    from vtql.client.connect import connect  # noqa: PLC0415 - loads requests

    with connect(chosen.url, chosen.username) as client:
        try:
            yield client
        finally:
            client.logout()
