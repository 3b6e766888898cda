"""`vtql lint`: find what is wrong with queries."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from vtql.cli import lint_options
from vtql.cli.command import CLEAN, FAILURE, FINDINGS, Command
from vtql.cli.configuration import excluded
from vtql.cli.files import Unread
from vtql.cli.inputs import give_back, names, queries, stdin
from vtql.cli.kinds import STDIN
from vtql.cli.look import SHOW, WRITE, Report, Task, forget, look_at, unread
from vtql.cli.many import files_of, look_at_files
from vtql.cli.telling import (
    FOR_A_FOLDER,
    changes,
    findings,
    problems,
    put,
    statistics,
    stderr_or_stdout,
    summary,
)
from vtql.cli.terminal import complain, give, say
from vtql.diagnostics import Applicability
from vtql.errors import SettingsError
from vtql.suggestions import listing


def _run(chosen: Namespace) -> int:
    given = lint_options.given(chosen)
    if chosen.statistics and chosen.format in FOR_A_FOLDER:
        raise SettingsError(
            f"command line: `--statistics` are counts, which `--format {chosen.format}` has no place "
            "for; `text` and `json` have"
        )
    forget()
    reports = list(_reports(chosen, _task(chosen, given)))
    wrong = problems(reports)
    status = _differences(reports, chosen.output) if chosen.diff else _findings(chosen, reports)
    if not chosen.quiet:
        say((changes if chosen.diff else summary)(reports))
    return FAILURE if wrong else CLEAN if chosen.exit_zero else status


def _task(chosen: Namespace, given: dict[str, Any]) -> Task:
    mend = SHOW if chosen.diff else WRITE if chosen.fix else ""
    accept = tuple(Applicability) if chosen.unsafe_fixes else (Applicability.SAFE,)
    config = "" if chosen.isolated else chosen.config
    task = Task(
        given, config, mend, accept, language=chosen.language, named=frozenset(chosen.files)
    )
    if not lint_options.is_live(chosen):
        return task
    from vtql.cli.server import connection  # noqa: PLC0415 - most files are linted without one

    with connection(chosen) as client:
        return task._replace(known=client.catalog(), profile=client.profile.name)


def _reports(chosen: Namespace, task: Task) -> Iterator[Report]:
    """A report of each text: the queries, then files and stdin as they are named."""
    for query in queries(chosen):
        yield look_at(query, task)
    files: list[str] = []
    for name in names(chosen):
        if name == "-":
            yield from look_at_files(files, task, chosen.jobs)
            files = []
            yield _of_stdin(chosen, task)
        else:
            for each in _named(name, chosen, task):
                if isinstance(each, Unread):
                    yield unread(each)
                else:
                    files.append(each)
    once: dict[str, str] = {}
    for path in files:
        once.setdefault(os.path.normpath(path), path)
    yield from look_at_files(list(once.values()), task, chosen.jobs)


def _named(name: str, chosen: Namespace, task: Task) -> Iterator[str | Unread]:
    """The files that a name means: a folder's, or the one of that name."""
    from vtql.lint.languages import SUFFIXES  # noqa: PLC0415 - as everything that analyses

    if os.path.isdir(name):  # noqa: PTH112 - pathlib costs 4 ms of start-up
        found = list(files_of(name, SUFFIXES, task.chosen, task.config))
        if not found:
            complain(f"{name}: no file in this folder ends with {listing(SUFFIXES)}")
        yield from found
    elif not (chosen.force_exclude and excluded(name, task.chosen, task.config)):
        yield name


def _of_stdin(chosen: Namespace, task: Task) -> Report:
    text = stdin(chosen.stdin_filename or STDIN)
    if isinstance(text, Unread):
        return unread(text)
    return look_at(text, task)


def _findings(chosen: Namespace, reports: list[Report]) -> int:
    printed = False
    if chosen.fix:
        for each in reports:
            if each.told is not None and each.kind != "file":
                end = "" if each.text.endswith(("\n", "\r")) else "\n"
                give_back(f"{each.mark}{each.text}{end}", each.kind, each.encoding)
                printed = True
    say = statistics if chosen.statistics else findings
    put(say(reports, chosen.format), chosen.output, stderr_or_stdout(printed=printed))
    return FINDINGS if any(each.failing for each in reports) else CLEAN


def _differences(reports: list[Report], output: str | None) -> int:
    from vtql.cli.diff import diff  # noqa: PLC0415 - loads difflib

    shown = "".join(diff(each.source, each.new) for each in reports if each.new is not None)
    put(shown.removesuffix("\n"), output, give)
    return FINDINGS if shown else CLEAN


command = Command("lint", "find what is wrong with queries", lint_options.configure, _run,
                  lint_options.DETAILS)  # fmt: skip
