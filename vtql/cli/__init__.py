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
from typing import Any, NoReturn

from vtql import __version__
from vtql.cli.command import CLEAN, FAILURE, Command
from vtql.cli.terminal import complain, discard, lost, open_closed_streams, say, show
from vtql.errors import ArgumentError, QuerySyntaxError, VtqlError
from vtql.sanitize import visible

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

PATHS = frozenset({
    "files", "output", "save", "catalog", "config", "records", "file", "stdin_filename", "exclude",
    "per_file_ignores",
})  # fmt: skip
"""The arguments that are about names of files, which may be of any bytes."""


def command(name: str) -> Command:
    """The command of a name in the table."""
    command_of_module: Command = import_module(f"vtql.cli.{name}").command
    return command_of_module


def program() -> int:
    """`main` in a process of its own: most are so short that looking for garbage is all in vain."""
    gc.set_threshold(100_000)
    open_closed_streams()
    try:
        status = main()
    except SystemExit as stopped:  # help, or a usage error
        status = stopped.code if isinstance(stopped.code, int) else CLEAN
    why = lost()
    if why:
        complain(why)
        status = FAILURE
    gc.freeze()  # the end of the process need not look for it either
    return status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        options = parsed(given)
        must_be_texts(options)
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `vtql … | head` does
        discard(sys.stdout)
        return CLEAN
    except KeyboardInterrupt:
        return 130
    except QuerySyntaxError as error:  # which shows its place in several lines
        say(str(error))
        return FAILURE
    except UnicodeEncodeError as error:
        complain(f"{error.encoding} has no {error.object[error.start]!a}, and it cannot be written")
        return FAILURE
    except OSError as error:
        complain(lost() or _os_error_text(error))
        return FAILURE
    except VtqlError as error:
        complain(str(error))
        return FAILURE
    return status


def parsed(given: Sequence[str]) -> Namespace:
    """The options and files that the arguments give, files before, between and behind options."""
    top = parser([given[0]] if given and given[0] in COMMANDS else COMMANDS)
    options, rest = top.parse_known_args(given)
    if rest and (
        not hasattr(options, "files") or any(argument.startswith("-") for argument in rest)
    ):
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        options.files += rest
    return options


def must_be_texts(options: Namespace) -> None:
    """Make sure that what is no name of a file is text.

    Raises:
        ArgumentError: an argument has bytes that are no UTF-8, or the name of a file a NUL.
    """
    for name, argument in vars(options).items():
        for value in argument if isinstance(argument, list) else [argument]:
            if name in PATHS and isinstance(value, str) and "\0" in value:
                raise ArgumentError(f"no file can have the name `{value}`")
            if isinstance(value, str) and not value.isascii() and name not in PATHS:
                try:
                    value.encode()
                except UnicodeEncodeError as error:
                    at = len(os.fsencode(value[: error.start]))
                    raise ArgumentError(
                        f"the argument `{value}` is not UTF-8 text, at byte {at}"
                    ) from None


def _os_error_text(error: OSError) -> str:
    """An error as people read it: a file that cannot be used without the number of its reason."""
    if error.filename is not None:
        return f"{error.filename!s}: {error.strerror}"
    return str(error.strerror or error)


class _Parser(ArgumentParser):
    """A parser of arguments whose messages a terminal can be given."""

    def error(self, message: str) -> NoReturn:
        super().error(visible(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        """Help goes the way of all that people read, where argparse would not tell what is lost."""
        (show if file is sys.stdout else say)(message or "", end="")


def parser(names: Iterable[str] = COMMANDS) -> ArgumentParser:
    """The parser of these commands."""
    top = _Parser(
        prog="vtql", description="Compile, lint and run VTQL, Vtiger's query language.",
        formatter_class=_help,
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"vtql {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", prog="vtql")
    for row in map(command, names):
        sub = commands.add_parser(
            row.name,
            help=row.summary,
            description=f"{row.summary[0].upper()}{row.summary[1:]}.\n\n{row.details}",
            formatter_class=_help,
        )
        row.configure(sub)
        sub.set_defaults(run=row.run)
    return top


def _help(prog: str) -> RawDescriptionHelpFormatter:
    """The painter of help. Asked for the width itself, argparse loads an archiver to tell it."""
    try:
        width = int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except (OSError, ValueError):
        width = 80
    return RawDescriptionHelpFormatter(prog, width=max(width, 40) - 2)
