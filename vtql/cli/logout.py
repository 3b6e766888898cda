"""`vtql logout`: keep an account no longer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vtql.cli.command import CLEAN, FAILURE, Command
from vtql.cli.terminal import complain, say
from vtql.sanitize import visible


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "account", nargs="?", default="default", metavar="ACCOUNT", help="its name; else `default`"
    )


def _run(options: Namespace) -> int:
    from vtql.client.accounts import forget, names  # noqa: PLC0415 - loads requests
    from vtql.suggestions import suggestion  # noqa: PLC0415 - the same

    if forget(options.account):
        say(f"the account `{visible(options.account)}` is forgotten")
        return CLEAN
    near = suggestion(options.account, names())
    complain(f"no account `{options.account}` is kept{f'; {near}' if near else ''}")
    return FAILURE


command = Command("logout", "keep an account no longer", _configure, _run)
