"""`vtql lint`: find what is wrong with queries."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from vtql.cli import lint_options
from vtql.cli.command import CLEAN, FAILURE, FINDINGS, Command
from vtql.cli.configuration import excluded
from vtql.cli.file_kinds import STDIN
from vtql.cli.inputs import give_back, names, queries, stdin
from vtql.cli.lint_file import (
    SHOW,
    WRITE,
    FileReport,
    LintTask,
    clear_caches,
    lint_text,
    unread_report,
)
from vtql.cli.lint_files import files_of, lint_files
from vtql.cli.report import (
    changes,
    findings,
    problems,
    put,
    statistics,
    stderr_or_stdout,
    summary,
)
from vtql.cli.source_files import Unread
from vtql.cli.terminal import complain, give, say
from vtql.diagnostics import Applicability
from vtql.errors import SettingsError
from vtql.render import RELATIVE_TO_WORKING_DIRECTORY
from vtql.suggestions import listing


def _run(options: Namespace) -> int:
    settings = lint_options.settings_given(options)
    if options.statistics and options.format in RELATIVE_TO_WORKING_DIRECTORY:
        raise SettingsError(
            f"command line: `--statistics` are counts, which `--format {options.format}` has no place "
            "for; `text` and `json` have"
        )
    clear_caches()
    reports = list(_reports(options, _task(options, settings)))
    wrong = problems(reports)
    status = _differences(reports, options.output) if options.diff else _findings(options, reports)
    if not options.quiet:
        say((changes if options.diff else summary)(reports))
    return FAILURE if wrong else CLEAN if options.exit_zero else status


def _task(options: Namespace, settings: dict[str, Any]) -> LintTask:
    mend = SHOW if options.diff else WRITE if options.fix else ""
    accept = tuple(Applicability) if options.unsafe_fixes else (Applicability.SAFE,)
    config = "" if options.isolated else options.config
    task = LintTask(
        settings, config, mend, accept, language=options.language, named=frozenset(options.files)
    )
    if not lint_options.is_live(options):
        return task
    from vtql.cli.server_options import connection  # noqa: PLC0415 - most files are linted without one

    with connection(options) as client:
        return task._replace(known=client.catalog(), profile=client.profile.name)


def _reports(options: Namespace, task: LintTask) -> Iterator[FileReport]:
    """A report of each text: the queries, then files and stdin as they are named."""
    for query in queries(options):
        yield lint_text(query, task)
    files: list[str] = []
    for name in names(options):
        if name == "-":
            yield from lint_files(files, task, options.jobs)
            files = []
            yield _of_stdin(options, task)
        else:
            for file in _files(name, options, task):
                if isinstance(file, Unread):
                    yield unread_report(file)
                else:
                    files.append(file)
    once: dict[str, str] = {}
    for path in files:
        once.setdefault(os.path.normpath(path), path)
    yield from lint_files(list(once.values()), task, options.jobs)


def _files(name: str, options: Namespace, task: LintTask) -> Iterator[str | Unread]:
    """The files that a name means: a folder's, or the one of that name."""
    from vtql.lint.languages import SUFFIXES  # noqa: PLC0415 - as everything that analyses

    if os.path.isdir(name):  # noqa: PTH112 - pathlib costs 4 ms of start-up
        paths = list(files_of(name, SUFFIXES, task.chosen, task.config))
        if not paths:
            complain(f"{name}: no file in this folder ends with {listing(SUFFIXES)}")
        yield from paths
    elif not (options.force_exclude and excluded(name, task.chosen, task.config)):
        yield name


def _of_stdin(options: Namespace, task: LintTask) -> FileReport:
    text = stdin(options.stdin_filename or STDIN)
    if isinstance(text, Unread):
        return unread_report(text)
    return lint_text(text, task)


def _findings(options: Namespace, reports: list[FileReport]) -> int:
    printed = False
    if options.fix:
        for report in reports:
            if report.result is not None and report.kind != "file":
                end = "" if report.text.endswith(("\n", "\r")) else "\n"
                give_back(f"{report.mark}{report.text}{end}", report.kind, report.encoding)
                printed = True
    say = statistics if options.statistics else findings
    put(say(reports, options.format), options.output, stderr_or_stdout(printed=printed))
    return FINDINGS if any(report.failing for report in reports) else CLEAN


def _differences(reports: list[FileReport], output: str | None) -> int:
    from vtql.cli.diff import diff  # noqa: PLC0415 - loads difflib

    text = "".join(diff(report.source, report.new) for report in reports if report.new is not None)
    put(text.removesuffix("\n"), output, give)
    return FINDINGS if text else CLEAN


command = Command("lint", "find what is wrong with queries", lint_options.configure, _run,
                  lint_options.DETAILS)  # fmt: skip
