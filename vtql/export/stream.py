"""What all outputs take: fields, and rows with their Python values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from vtql.catalog.model import Field
from vtql.catalog.server_tables import UnreadText, count_unread, decode_or_text
from vtql.errors import ArgumentError
from vtql.files import replacing

BATCH = 2_000
"""Rows that are made a piece of a table at a time; what is in memory does not grow with the rows."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows on their way: the fields of the columns, by name, and the rows as dictionaries.

    A value that its field's type cannot read is an `UnreadText`. `unread` counts them by field; the counts
    are complete when the rows have been read.
    """

    fields: Mapping[str, Field]
    rows: Iterable[Values]
    unread: dict[str, int] = field(default_factory=dict)

    def batches(self) -> Iterator[tuple[Values, ...]]:
        """The rows, some at a time."""
        rows = iter(self.rows)
        while batch := tuple(islice(rows, BATCH)):
            yield batch


def decoded(
    fields: Mapping[str, Field], wire: Iterable[Values], unread: dict[str, int]
) -> Iterator[Values]:
    """Rows with the Python values of some fields; values that cannot be read stay text, and are counted."""
    for row in wire:
        values = {}
        for name, described in fields.items():
            value = values[name] = decode_or_text(described, row.get(name))
            if type(value) is UnreadText:
                count_unread(unread, name)
        yield values


def missing(library: str) -> ArgumentError:
    """The error that says which extra brings a library."""
    return ArgumentError(f"this needs {library}: `pip install 'vtql[{library}]'`")


@contextmanager
def opened(target: str | Path | TextIO) -> Iterator[TextIO]:
    """A text file to write to: the one of a name, or one that is open already and stays so.

    A file of that name is replaced at the end; it stays as it is where writing fails.
    """
    if isinstance(target, str | Path):
        with replacing(target) as file:
            text = TextIOWrapper(file, "utf-8", "replace", newline="")
            yield text
            text.detach()  # the file is closed by the one who opened it
    else:
        yield target
