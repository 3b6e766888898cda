"""`vtql login`: keep an account, so that no other command needs its access key."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from getpass import getpass
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FAILURE, Command
from vtql.cli.server_options import log_out, shown_waits
from vtql.cli.terminal import complain, say
from vtql.errors import ArgumentError
from vtql.sanitize import visible

if TYPE_CHECKING:
    from vtql.client.secrets import Secret

_LONGEST = 4096
"""Characters of a line that is read as an access key; one has sixteen."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "account", nargs="?", default="default", metavar="ACCOUNT",
        help="a name for it; left out, it is the one that is used where none is named",
    )  # fmt: skip
    parser.add_argument("--url", help="the Vtiger's address; else VTQL_URL")
    parser.add_argument("--username", help="a user of the CRM; else VTQL_USERNAME")
    parser.add_argument(
        "--keyring", action="store_true", help="keep the key in the system's keyring"
    )


def _run(options: Namespace) -> int:
    from vtql.client.accounts import Account, save  # noqa: PLC0415 - loads requests
    from vtql.client.connect import connect, find  # noqa: PLC0415 - the same
    from vtql.client.secrets import Secret  # noqa: PLC0415 - the same

    url = options.url or os.environ.get("VTQL_URL") or _prompt("url")
    username = options.username or os.environ.get("VTQL_USERNAME") or _prompt("username")
    connect(url, username, Secret("not asked for yet")).close()  # is there a server to ask it for?
    key = _key()
    if key is None:
        complain("no access key came; it is read from the terminal or stdin")
        return FAILURE
    account = find(url, username, key, None)
    with shown_waits(), connect(account.url, account.username, account.access_key) as client:
        facts = client.login_facts
        log_out(client)
    path = save(
        options.account, Account(account.url, account.username, key), in_keyring=options.keyring
    )
    version = facts.get("vtigerVersion")
    known = f", Vtiger {version}" if version else ""
    keyring = ", and its key in the keyring" if options.keyring else ""
    say(
        visible(
            f"{username} is logged in to {url}{known}; the account `{options.account}` is kept in "
            f"{path}{keyring}"
        )
    )
    return CLEAN


def _prompt(label: str) -> str:
    """What a person types; nothing where there is nobody to ask."""
    if not sys.stdin.isatty():
        return ""
    say(f"{label}: ", end="")
    return sys.stdin.readline().strip()


def _key() -> Secret | None:
    """The access key, typed without being shown, or the first line of stdin."""
    from vtql.client.secrets import Secret  # noqa: PLC0415 - loads requests

    typed = None
    with suppress(UnicodeDecodeError):  # which has all that was read
        typed = (
            getpass("access key: ") if sys.stdin.isatty() else sys.stdin.readline(_LONGEST)
        ).strip()
    if typed is None:
        raise ArgumentError("the access key is not Unicode text, so it cannot be sent")
    return Secret(typed) if typed else None


command = Command(
    "login", "keep an account, so that other commands find it", _configure, _run,
    "The access key is asked for, or read from stdin, and tried before it is kept. It is kept in a file\n"
    "that only its owner can read, or with --keyring in the system's keyring.",
)  # fmt: skip
