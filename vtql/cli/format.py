"""`vtql format`: write queries in the one spelling."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from difflib import unified_diff
from functools import partial
from pathlib import Path

from vtql.cli.command import CLEAN, FINDINGS, Command
from vtql.cli.inputs import STDIN, add_texts, for_each_text, is_query
from vtql.source import Source

BOM = "\ufeff".encode()


def _configure(parser: ArgumentParser) -> None:
    add_texts(parser)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--check", action="store_true", help="change nothing; 1 if something would be"
    )
    kind.add_argument("--diff", action="store_true", help="change nothing; print what would be")
    parser.add_argument(
        "--line-width", type=_width, default=100, metavar="N", help="columns of a line; default 100"
    )
    parser.add_argument(
        "--keywords", choices=["upper", "lower"], default="upper", help="their case; default upper"
    )


def _width(text: str) -> int:
    width = int(text)
    if width < 1:
        raise ArgumentTypeError("a line has at least one column")
    return width


def _run(chosen: Namespace) -> int:
    from vtql.syntax.format import format_text  # noqa: PLC0415 - other commands need it not

    made = partial(format_text, width=chosen.line_width, keywords=chosen.keywords)
    give = _check if chosen.check else _show if chosen.diff else _write
    return for_each_text(chosen, lambda source: _formatted(source, made, give))


def _formatted(
    source: Source, made: Callable[[str], str], give: Callable[[Source, str], int]
) -> int:
    from vtql.errors import QuerySyntaxError  # noqa: PLC0415 - other commands need it not

    try:
        text = made(source.text)
    except QuerySyntaxError as error:
        print(str(error).replace(Source("").name, source.name), file=sys.stderr)
        return FINDINGS
    return give(source, text if not text or text.endswith(("\n", "\r")) else f"{text}\n")


def _write(source: Source, text: str) -> int:
    """A file is rewritten where it changes; a query or stdin is printed."""
    if source.name == STDIN or is_query(source):
        print(text, end="")
        return CLEAN
    if text != source.text:
        _replace(Path(source.name), text)
        print(f"{source.name}: formatted", file=sys.stderr)
    return CLEAN


def _check(source: Source, text: str) -> int:
    if _same(source, text):
        return CLEAN
    print(f"{source.name}: would be formatted", file=sys.stderr)
    return FINDINGS


def _show(source: Source, text: str) -> int:
    if _same(source, text):
        return CLEAN
    old, new = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    for line in unified_diff(old, new, source.name, source.name):
        print(line, end="" if line.endswith("\n") else "\n\\ No newline at end of file\n")
    return FINDINGS


def _same(source: Source, text: str) -> bool:
    return text == source.text or (is_query(source) and text == f"{source.text}\n")


def _replace(path: Path, text: str) -> None:
    """The file with another text, whole at every moment, its byte order mark and mode kept."""
    target = path.resolve()
    marked = target.read_bytes().startswith(BOM)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes((BOM if marked else b"") + text.encode())
        beside.chmod(target.stat().st_mode)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


command = Command(
    "format", "write queries in the one spelling", _configure, _run,
    "Files are rewritten where they change; a query from `-q` or stdin is printed. Comments and blank\n"
    "lines stay. A query that is longer than a line has a line for each condition.",
)  # fmt: skip
