"""`vtql format`: write queries in the one spelling."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from functools import partial

from vtql.cli.command import CLEAN, FINDINGS, Command, whole_number
from vtql.cli.configuration import excluded
from vtql.cli.diff import diff
from vtql.cli.inputs import add_texts, for_each_text, give_back
from vtql.cli.source_files import Text, replace
from vtql.cli.terminal import give, say
from vtql.sanitize import visible
from vtql.source import Source


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--check", action="store_true", help="change nothing; 1 if something would be"
    )
    kind.add_argument("--diff", action="store_true", help="change nothing; print what would be")
    parser.add_argument(
        "--force-exclude",
        action="store_true",
        help="what the settings exclude, also where it is named",
    )
    parser.add_argument(
        "--line-width", type=_width, default=100, metavar="N", help="columns of a line; default 100"
    )
    parser.add_argument(
        "--keywords", choices=["upper", "lower"], default="upper", help="their case; default upper"
    )


def _width(text: str) -> int:
    width = whole_number(text)
    if width < 1:
        raise ArgumentTypeError("a line has at least one column")
    return width


def _run(options: Namespace) -> int:
    from vtql.formatter import format_text  # noqa: PLC0415 - other commands need it not

    format_one = partial(format_text, width=options.line_width, keywords=options.keywords)
    give = _check if options.check else _show if options.diff else _write
    leave_out: Callable[[str], bool] = partial(excluded, options={}, config=None)
    if options.force_exclude:
        names = [name for name in options.files if name == "-" or not leave_out(name)]
        if options.files and not names and not options.query:
            return CLEAN  # and nothing comes from stdin
        options.files = names
    return for_each_text(options, lambda text: _formatted(text, format_one, give), leave_out)


def _formatted(
    text: Text, format_one: Callable[[str], str], give: Callable[[Text, str], int]
) -> int:
    from vtql.errors import QuerySyntaxError  # noqa: PLC0415 - other commands need it not

    try:
        new = format_one(text.source.text)
    except QuerySyntaxError as error:
        say(str(error).replace(Source("").name, visible(text.source.name)))
        return FINDINGS
    return give(text, new if not new or new.endswith(("\n", "\r")) else f"{new}\n")


def _write(text: Text, new: str) -> int:
    """A file is rewritten where it changes; a query or stdin is printed."""
    if text.path is None:
        give_back(text.mark + new, text.kind, text.encoding)
    elif new != text.source.text:
        replace(text, new)
        say(f"{visible(text.path)}: formatted")
    return CLEAN


def _check(text: Text, new: str) -> int:
    if _same(text, new):
        return CLEAN
    say(f"{visible(text.source.name)}: would be formatted")
    return FINDINGS


def _show(text: Text, new: str) -> int:
    if _same(text, new):
        return CLEAN
    give(diff(text.source, new), end="")
    return FINDINGS


def _same(text: Text, new: str) -> bool:
    old = text.source.text
    return new == old or (text.kind == "query" and new == f"{old}\n")


command = Command(
    "format", "write queries in the one spelling", _configure, _run,
    "Files are rewritten where they change; a query from `-q` or stdin is printed. Comments and blank\n"
    "lines stay. A query that is longer than a line has a line for each condition.",
)  # fmt: skip
