"""Many files linted, in several processes where that is faster, reported in their order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial

from vtql.cli.configuration import excluded
from vtql.cli.lint_file import FileReport, LintTask, lint_file, unread_report, without_unread_parts
from vtql.cli.source_files import Unread, walk
from vtql.sanitize import visible

WORTH = 200_000
"""Bytes of files that are worth a second process, which takes some 30 ms to start."""

CHUNK = 16
"""Files that a process takes at a time."""


def lint_files(
    paths: Sequence[str], task: LintTask, jobs: int | None = None
) -> Iterator[FileReport]:
    """A report of each file, in the order of the paths."""
    workers = min(jobs or _processors(), len(paths))
    if workers < 2 or (jobs is None and sum(map(_size, paths)) < WORTH):
        yield from (_lint_or_report(path, task) for path in paths)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - 20 ms of start-up
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - the same

    chunk = max(1, min(CHUNK, len(paths) // (workers * 4)))
    done = 0
    try:
        with ProcessPoolExecutor(workers) as pool:
            for report in pool.map(partial(_lint_in_process, task), paths, chunksize=chunk):
                yield report
                done += 1
    except BrokenProcessPool:
        yield from _one_by_one(paths[done:], task)


def _one_by_one(paths: Sequence[str], task: LintTask) -> Iterator[FileReport]:
    """Reports of files of which one ends its process: a process a file tells which it is."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - see above
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - see above

    for path in paths:
        try:
            with ProcessPoolExecutor(1) as pool:
                yield pool.submit(_lint_in_process, task, path).result()
        except BrokenProcessPool:
            yield _failed(path, "its process was ended")


def _lint_or_report(path: str, task: LintTask) -> FileReport:
    """A report of a file, also where we fail at it: the others are none the worse for that."""
    try:
        return lint_file(path, task)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return _failed(path, visible(f"{type(error).__name__}: {error}"))


def _failed(path: str, why: str) -> FileReport:
    problem = (
        f"vtql failed at this file ({why}), which is a mistake in vtql; `exclude` passes over it"
    )
    return unread_report(Unread(path, problem))


def files_of(
    folder: str, suffixes: Sequence[str], options: dict[str, object], config: str | None
) -> Iterator[str | Unread]:
    """The files below a folder that its settings do not exclude."""
    return walk(folder, suffixes, lambda path: excluded(path, options, config))


def _lint_in_process(task: LintTask, path: str) -> FileReport:
    return without_unread_parts(_lint_or_report(path, task))


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
