"""`vtql logout`: keep an account no longer."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from vtql.cli.command import CLEAN, FAILURE, Command


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "account", nargs="?", default="default", metavar="ACCOUNT", help="its name; else `default`"
    )


def _run(chosen: Namespace) -> int:
    from vtql.client.accounts import forget, names  # noqa: PLC0415 - loads requests
    from vtql.spelling import suggestion  # noqa: PLC0415 - the same

    if forget(chosen.account):
        print(f"the account `{chosen.account}` is forgotten", file=sys.stderr)
        return CLEAN
    near = suggestion(chosen.account, names())
    print(
        f"vtql: no account `{chosen.account}` is kept{f'; {near}' if near else ''}",
        file=sys.stderr,
    )
    return FAILURE


command = Command("logout", "keep an account no longer", _configure, _run)
