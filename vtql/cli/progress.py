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


def counted(rows: Iterable[R], label: str, before: int = 0) -> Iterator[R]:
    """The same rows, told as they pass; `before` were there already."""
    label = visible(label)
    bar = _bar(label, before) if sys.stderr.isatty() else None
    return _lines(rows, label, before) if bar is None else _with(bar, rows)


def _lines(rows: Iterable[R], label: str, before: int) -> Iterator[R]:
    last_line = time.monotonic()
    for number, row in enumerate(rows, before + 1):
        yield row
        if time.monotonic() - last_line >= SECONDS:
            last_line = time.monotonic()
            say(f"{label}: {number} rows")


def _bar(label: str, before: int) -> Any:
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
    bar.add_task(label, total=None, completed=before)
    return bar


def _with(bar: Any, rows: Iterable[R]) -> Iterator[R]:
    with bar:
        (task,) = bar.task_ids
        for row in rows:
            bar.advance(task)
            yield row
