"""Many files looked at, in several processes where that is faster, told in their order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from vtql.cli.configuration import excluded
from vtql.cli.files import Unread, walk
from vtql.cli.look import Report, Task, look_at_file, slim

WORTH = 200_000
"""Bytes of files that are worth a second process, which takes some 30 ms to start."""

CHUNK = 16
"""Files that a process takes at a time."""

_task = Task({})


def look_at_files(paths: Sequence[str], task: Task, jobs: int | None = None) -> Iterator[Report]:
    """A report of each file, in the order of the paths."""
    workers = min(jobs or _processors(), len(paths))
    if workers < 2 or (jobs is None and sum(map(_size, paths)) < WORTH):
        yield from (look_at_file(path, task) for path in paths)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - 20 ms of start-up

    chunk = max(1, min(CHUNK, len(paths) // (workers * 4)))
    with ProcessPoolExecutor(workers, initializer=_start, initargs=(task,)) as pool:
        yield from pool.map(_look, paths, chunksize=chunk)


def files_of(
    folder: str, suffixes: Sequence[str], chosen: dict[str, object], config: str | None
) -> Iterator[str | Unread]:
    """The files below a folder that its settings do not exclude."""
    return walk(folder, suffixes, lambda path: excluded(path, chosen, config))


def _start(task: Task) -> None:
    global _task  # noqa: PLW0603 - a process of a pool is given its task once, when it starts
    _task = task


def _look(path: str) -> Report:
    return slim(look_at_file(path, _task))


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - pathlib costs 4 ms of start-up
    except OSError:
        return 0
