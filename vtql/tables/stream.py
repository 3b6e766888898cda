"""What all outputs take: fields, and rows with their Python values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from vtql.dataclass import dataclass
from vtql.errors import ArgumentError
from vtql.schema.model import Field

BATCH = 2_000
"""Rows that are made a piece of a table at a time; what is in memory does not grow with the rows."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows on their way: the fields of the columns, by name, and the rows as dictionaries."""

    fields: Mapping[str, Field]
    rows: Iterable[Values]

    def batches(self) -> Iterator[tuple[Values, ...]]:
        """The rows, some at a time."""
        rows = iter(self.rows)
        while batch := tuple(islice(rows, BATCH)):
            yield batch


def missing(library: str) -> ArgumentError:
    """The error that says which extra brings a library."""
    return ArgumentError(f"this needs {library}: `pip install 'vtql[{library}]'`")


@contextmanager
def opened(target: str | Path | TextIO) -> Iterator[TextIO]:
    """A text file to write to: the one of a name, or one that is open already and stays so."""
    if isinstance(target, str | Path):
        with Path(target).open("w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
    else:
        yield target
