"""How far a long command is: a bar on a terminal, where rich is installed, else lines. The door to
rich, an extra: `pip install 'vtql[progress]'`. All of it goes to stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from vtql.cli.terminal import say
from vtql.sanitize import visible

R = TypeVar("R")

SECONDS = 5.0
"""Between two lines."""


def counted(rows: Iterable[R], what: str, before: int = 0) -> Iterator[R]:
    """The same rows, told as they pass; `before` were there already."""
    what = visible(what)
    bar = _bar(what, before) if sys.stderr.isatty() else None
    return _lines(rows, what, before) if bar is None else _with(bar, rows)


def _lines(rows: Iterable[R], what: str, before: int) -> Iterator[R]:
    told = time.monotonic()
    for number, row in enumerate(rows, before + 1):
        yield row
        if time.monotonic() - told >= SECONDS:
            told = time.monotonic()
            say(f"{what}: {number} rows")


def _bar(what: str, before: int) -> Any:
    try:
        from rich import console, progress  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    bar = progress.Progress(
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}: {task.completed} rows", markup=False),
        progress.TimeElapsedColumn(),
        console=console.Console(stderr=True),
        transient=True,
    )
    bar.add_task(what, total=None, completed=before)
    return bar


def _with(bar: Any, rows: Iterable[R]) -> Iterator[R]:
    with bar:
        (task,) = bar.task_ids
        for row in rows:
            bar.advance(task)
            yield row
