"""The command line: a file a command, and a tuple of commands.

The payload goes to stdout and everything else to stderr. Exit status: 0 clean, 1 findings, 2 a
usage error or a failure.
"""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Sequence
from importlib import import_module

from vtql import __version__
from vtql.cli.command import CLEAN, FAILURE, Command
from vtql.errors import VtqlError

COMMANDS: tuple[str, ...] = (
    "demo",
    "lint",
    "format",
    "compile",
    "explain",
    "run",
    "export",
    "describe",
    "doctor",
    "login",
    "logout",
    "sandbox",
    "rule",
)
"""Each is a file of this package, loaded only when it is asked for: the others cost start-up time."""


def command(name: str) -> Command:
    """The command of a name in the table."""
    found: Command = import_module(f"vtql.cli.{name}").command
    return found


def program() -> int:
    """`main` in a process of its own: most are so short that looking for garbage is all in vain."""
    gc.set_threshold(100_000)
    status = main()
    gc.freeze()  # the end of the process need not look for it either
    return status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    chosen = parsed(given)
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `vtql … | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return 130
    except (VtqlError, OSError) as error:
        print(f"vtql: {_said(error)}", file=sys.stderr)
        return FAILURE
    return status


def parsed(given: Sequence[str]) -> Namespace:
    """The options and files that the arguments give, files before, between and behind options."""
    top = parser([given[0]] if given and given[0] in COMMANDS else COMMANDS)
    chosen, rest = top.parse_known_args(given)
    if rest and (not hasattr(chosen, "files") or any(each.startswith("-") for each in rest)):
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        chosen.files += rest
    return chosen


def _said(error: Exception) -> str:
    """An error as people read it: a file that cannot be used without the number of its reason."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def parser(names: Iterable[str] = COMMANDS) -> ArgumentParser:
    """The parser of these commands."""
    top = ArgumentParser(
        prog="vtql", description="Compile, lint and run VTQL, Vtiger's query language.",
        formatter_class=_help,
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"vtql {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", prog="vtql")
    for each in map(command, names):
        sub = commands.add_parser(
            each.name,
            help=each.summary,
            description=f"{each.summary[0].upper()}{each.summary[1:]}.\n\n{each.details}",
            formatter_class=_help,
        )
        each.configure(sub)
        sub.set_defaults(run=each.run)
    return top


def _help(prog: str) -> RawDescriptionHelpFormatter:
    """The painter of help. Asked for the width itself, argparse loads an archiver to tell it."""
    try:
        width = int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except (OSError, ValueError):
        width = 80
    return RawDescriptionHelpFormatter(prog, width=max(width, 40) - 2)
