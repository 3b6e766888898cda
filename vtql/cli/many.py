"""Many files looked at, in several processes where that is faster, told in their order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vtql.cli.configuration import excluded
from vtql.cli.files import Unread, walk
from vtql.cli.look import Report, Task, look_at_file, slim, unread
from vtql.sanitize import visible

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

WORTH = 200_000
"""Bytes of files that are worth a second process, which takes some 30 ms to start."""

CHUNK = 16
"""Files that a process takes at a time."""

_task = Task({})


def look_at_files(paths: Sequence[str], task: Task, jobs: int | None = None) -> Iterator[Report]:
    """A report of each file, in the order of the paths."""
    workers = min(jobs or _processors(), len(paths))
    if workers < 2 or (jobs is None and sum(map(_size, paths)) < WORTH):
        yield from (_looked_at(path, task) for path in paths)
        return
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - 20 ms of start-up

    chunk = max(1, min(CHUNK, len(paths) // (workers * 4)))
    done = 0
    try:
        with _pool(workers, task) as pool:
            for report in pool.map(_look, paths, chunksize=chunk):
                yield report
                done += 1
    except BrokenProcessPool:
        yield from _one_by_one(paths[done:], task)


def _one_by_one(paths: Sequence[str], task: Task) -> Iterator[Report]:
    """Reports of files of which one ends its process: a process a file tells which it is."""
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - see above

    for path in paths:
        try:
            with _pool(1, task) as pool:
                yield pool.submit(_look, path).result()
        except BrokenProcessPool:
            yield _failed(path, "its process was ended")


def _pool(workers: int, task: Task) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - see above

    return ProcessPoolExecutor(workers, initializer=_start, initargs=(task,))


def _looked_at(path: str, task: Task) -> Report:
    """A report of a file, also where we fail at it: the others are none the worse for that."""
    try:
        return look_at_file(path, task)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return _failed(path, visible(f"{type(error).__name__}: {error}"))


def _failed(path: str, why: str) -> Report:
    said = f"vtql failed at this file ({why}), which is a mistake in vtql; `exclude` passes over it"
    return unread(Unread(path, said))


def files_of(
    folder: str, suffixes: Sequence[str], chosen: dict[str, object], config: str | None
) -> Iterator[str | Unread]:
    """The files below a folder that its settings do not exclude."""
    return walk(folder, suffixes, lambda path: excluded(path, chosen, config))


def _start(task: Task) -> None:
    global _task  # noqa: PLW0603 - a process of a pool is given its task once, when it starts
    _task = task


def _look(path: str) -> Report:
    return slim(_looked_at(path, _task))


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
