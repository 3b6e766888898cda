"""Where a command's queries and their metadata come from."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FAILURE
from vtql.cli.file_kinds import STDIN, VTQL, is_sql, refusal
from vtql.cli.source_files import Text, Unread, decoded, encoded, read, walk
from vtql.cli.terminal import StdoutError, complain, give, give_bytes
from vtql.files import LARGEST
from vtql.source import Source

if TYPE_CHECKING:
    from argparse import _ArgumentGroup

    from vtql.catalog.catalog import Catalog

QUERY = Source("").name


def add_texts(parser: ArgumentParser, languages: Sequence[str] = (VTQL,)) -> None:
    """Options for queries from files in these languages, the command line or stdin."""
    parser.add_argument(
        "files", nargs="*", metavar="FILE",
        help="files of queries, with `-- comments`, or folders of them; `-` is stdin",
    )  # fmt: skip
    parser.add_argument("-q", "--query", action="append", default=[], help="a query, as it is")
    parser.add_argument(
        "--as", dest="language", choices=languages, metavar="LANGUAGE",
        help=f"read the files named here, and stdin, as {' or '.join(languages)}, whatever their "
        "names end with",
    )  # fmt: skip


def for_each_text(
    options: Namespace, work: Callable[[Text], int], leave_out: Callable[[str], bool] = bool
) -> int:
    """Do `work` on each text asked for, and give the gravest of the exit statuses.

    `leave_out` says of a path below a folder whether it is passed over. Of a file that cannot be read a line on stderr says why, and the others are still done.
    """
    status = CLEAN
    for text in texts(options, leave_out=leave_out):
        if isinstance(text, Unread):
            complain(str(text))
            status = FAILURE
        else:
            status = max(status, attempt(work, text))
    return status


def texts(
    options: Namespace,
    suffixes: Sequence[str] = (".vtql",),
    leave_out: Callable[[str], bool] = bool,
) -> Iterator[Text | Unread]:
    """The texts asked for: queries, then files and those of folders; stdin where none is named."""
    yield from queries(options)
    for name in names(options):
        if name == "-":
            yield stdin()
        elif os.path.isdir(name):  # noqa: PTH112 - pathlib costs 4 ms of start-up
            for item in walk(name, suffixes, leave_out):
                yield item if isinstance(item, Unread) else read(item)
        else:
            yield _text_of_file(name, options.language)


def _text_of_file(name: str, language: str | None) -> Text | Unread:
    """The text of a file named on the command line; a file that is not VTQL is not read."""
    why = refusal(name, language, (VTQL,))
    if why:
        return Unread(name, why)
    text = read(name)
    if isinstance(text, Text) and (why := is_sql(name, language, text.source.text)):
        return Unread(name, why)
    return text


def queries(options: Namespace) -> list[Text]:
    """The queries that `-q` gives."""
    return [Text(Source(query, QUERY), "query") for query in options.query]


def names(options: Namespace) -> list[str]:
    """The files and folders asked for, `-` for stdin, which is meant where nothing is."""
    files: list[str] = options.files
    return files or ([] if options.query else ["-"])


def stdin(name: str = STDIN) -> Text | Unread:
    """What comes from stdin."""
    try:
        content = sys.stdin.buffer.read(LARGEST + 1)
    except OSError as error:
        return Unread(name, f"{error.strerror or error}")
    if len(content) > LARGEST:
        return Unread(name, f"larger than {LARGEST // 1_000_000} MB")
    return decoded(content, name, "stdin")


def give_back(text: str, kind: str, encoding: str) -> None:
    """Print a text that was worked on: what came from stdin in the encoding in which it came.

    Raises:
        OSError: the encoding has no such characters.
    """
    if kind != "stdin":
        give(text, end="")
        return
    give_bytes(encoded(STDIN, text, encoding))


def attempt(work: Callable[[Text], int], text: Text) -> int:
    """The exit status of work that may have to write a file, and cannot."""
    try:
        return work(text)
    except (BrokenPipeError, StdoutError):
        raise
    except OSError as error:
        complain(str(error) if error.filename is None else f"{text.source.name}: {error.strerror}")
        return FAILURE


def add_catalog(parser: ArgumentParser | _ArgumentGroup) -> None:
    """An option for metadata from a file."""
    parser.add_argument(
        "--catalog", metavar="FILE", help="metadata, as `vtql describe --save` wrote it"
    )


def catalog(options: Namespace) -> Catalog | None:
    """The catalog of the file asked for."""
    if not options.catalog:
        return None
    from vtql.catalog.catalog import Catalog  # noqa: PLC0415 - only for those who have one

    return Catalog.load(options.catalog)
