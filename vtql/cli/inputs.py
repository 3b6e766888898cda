"""Where a command's queries and its server come from."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FAILURE
from vtql.source import Source

STDIN = "<stdin>"

if TYPE_CHECKING:
    from vtql.client.client import Client
    from vtql.schema.catalog import Catalog


def add_texts(parser: ArgumentParser) -> None:
    """Options for queries from files, the command line or stdin."""
    parser.add_argument(
        "files", nargs="*", metavar="FILE",
        help="files of queries, with `-- comments`; `-` is stdin",
    )  # fmt: skip
    parser.add_argument("-q", "--query", action="append", default=[], help="a query, as it is")


def for_each_text(chosen: Namespace, work: Callable[[Source], int]) -> int:
    """Do `work` on each text asked for, and give the gravest of the exit statuses.

    Of a file that cannot be read a line on stderr says why, and the others are still done.
    """
    status = max((work(Source(query)) for query in chosen.query), default=CLEAN)
    names = chosen.files or ([] if chosen.query else ["-"])
    for name in names:
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            source = Source(content.decode("utf-8-sig"), STDIN if name == "-" else name)
        except OSError as error:
            print(f"vtql: {name}: {error.strerror or error}", file=sys.stderr)
            status = FAILURE
        except UnicodeDecodeError as error:
            print(f"vtql: {name}: not UTF-8 text, at byte {error.start}", file=sys.stderr)
            status = FAILURE
        else:
            status = max(status, work(source))
    return status


def is_query(source: Source) -> bool:
    """Whether a text was given as a query, `-q`, and not as a file of them."""
    return source.name == Source("").name


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
    """Options for a server. The access key comes from elsewhere: arguments are public."""
    server = parser.add_argument_group(
        "server",
        "from VTQL_URL, VTQL_USERNAME and VTQL_ACCESS_KEY, or what `vtql login` keeps, or:",
    )
    server.add_argument("--account", metavar="NAME", help="one that `vtql login` keeps")
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

    with connect(chosen.url, chosen.username, account=chosen.account) as client:
        try:
            yield client
        finally:
            client.logout()
