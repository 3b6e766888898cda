"""Where a command's server comes from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from vtql.cli.command import whole_number
from vtql.cli.terminal import complain
from vtql.errors import VtqlError

if TYPE_CHECKING:
    from vtql.client.client import Client


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


def add_connections(parser: ArgumentParser) -> None:
    """An option for reading over several logins."""
    parser.add_argument(
        "--connections",
        type=whole_number,
        default=1,
        metavar="N",
        help="logins to read over; default 1",
    )


@contextmanager
def connection(options: Namespace) -> Iterator[Client]:
    """A client of the server asked for, for as long as the command needs it."""
    connections = getattr(options, "connections", 1)
    if options.sandbox:
        from vtql.sandbox import Sandbox  # noqa: PLC0415 - only for those who want one

        with Sandbox() as sandbox, sandbox.client(connections=connections) as client:
            yield client
        return
    from vtql.client.connect import connect  # noqa: PLC0415 - loads requests

    with (
        shown_waits(),
        connect(
            options.url, options.username, account=options.account, connections=connections
        ) as client,
    ):
        try:
            yield client
        finally:
            log_out(client)


@contextmanager
def shown_waits() -> Iterator[None]:
    """Have every wait of a second or more before a request stand on stderr, with its reason."""
    from logging import Handler, LogRecord  # noqa: PLC0415 - only beside a server

    from vtql.client.logging import WAIT, log  # noqa: PLC0415 - loads requests

    class Complaining(Handler):
        def emit(self, record: LogRecord) -> None:
            complain(record.getMessage())

    handler = Complaining()
    handler.addFilter(lambda record: getattr(record, WAIT, 0) >= 1)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def log_out(client: Client) -> None:
    """End the session. One that cannot be ended ends by itself, and spoils nothing that was done."""
    with suppress(VtqlError):
        client.logout()
