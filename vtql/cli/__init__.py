"""The command line: a file a command, and a tuple of commands.

The payload goes to stdout and everything else to stderr. Exit status: 0 clean, 1 findings, 2 a
usage error or a failure.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence

from vtql import __version__
from vtql.cli.command import CLEAN, FAILURE, Command
from vtql.cli.compile import command as compile_command
from vtql.cli.demo import command as demo_command
from vtql.cli.describe import command as describe_command
from vtql.cli.format import command as format_command
from vtql.cli.lint import command as lint_command
from vtql.cli.run import command as run_command
from vtql.cli.sandbox import command as sandbox_command
from vtql.errors import VtqlError

COMMANDS: tuple[Command, ...] = (
    demo_command,
    lint_command,
    format_command,
    compile_command,
    run_command,
    describe_command,
    sandbox_command,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; the exit status."""
    chosen = parser().parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `vtql … | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return 130
    except (VtqlError, OSError) as error:
        print(f"vtql: {error}", file=sys.stderr)
        return FAILURE
    return status


def parser() -> ArgumentParser:
    """The parser of all commands, from their table."""
    top = ArgumentParser(
        prog="vtql", description="Compile, lint and run VTQL, Vtiger's query language."
    )
    top.add_argument("--version", action="version", version=f"vtql {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for each in COMMANDS:
        sub = commands.add_parser(
            each.name,
            help=each.summary,
            description=f"{each.summary[0].upper()}{each.summary[1:]}.\n\n{each.details}",
            formatter_class=RawDescriptionHelpFormatter,
        )
        each.configure(sub)
        sub.set_defaults(run=each.run)
    return top
