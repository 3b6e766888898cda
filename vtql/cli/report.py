"""The report of a lint run: findings, how many there are, and the problems on the way."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from vtql.cli.lint_file import FileReport
from vtql.cli.source_files import write
from vtql.cli.terminal import complain, say, show
from vtql.diagnostics import Applicability
from vtql.lint.runner import LintResult
from vtql.render import RELATIVE_TO_WORKING_DIRECTORY, renderer
from vtql.source import Source

if TYPE_CHECKING:
    from vtql.diagnostics import Diagnostic


def findings(reports: Sequence[FileReport], form: str) -> str:
    """The findings in a format."""
    results = [item.result for item in reports if item.result is not None]
    if form in RELATIVE_TO_WORKING_DIRECTORY:
        here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - pathlib costs 4 ms of start-up
        results = [_renamed(item, here) for item in results]
    return renderer(form)(results)


def _renamed(result: LintResult, here: str) -> LintResult:
    """The findings of a file below a folder under its path from there."""
    name = result.source.name
    if not os.path.isabs(name):  # noqa: PTH117 - see above
        name = os.path.normpath(name)
    return LintResult(Source(result.source.text, name.removeprefix(here)), result.diagnostics)


def statistics(reports: Sequence[FileReport], form: str) -> str:
    """How often each code was found, the most frequent first; `*` marks what can be mended."""
    diagnostics = _diagnostics(reports)
    counts = Counter(diagnostic.code for diagnostic in diagnostics)
    rows = [
        {"code": code, "slug": next(diagnostic.slug for diagnostic in diagnostics if diagnostic.code == code),
         "count": count, "fixable": sum(bool(diagnostic.edits) for diagnostic in diagnostics if diagnostic.code == code)}
        for code, count in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    ]  # fmt: skip
    if form == "json":
        import json  # noqa: PLC0415 - only then

        return json.dumps(rows, indent=2)
    width = len(str(max(counts.values(), default=0)))
    return "\n".join(
        f"{row['count']:>{width}}  {row['code']}  {'[*]' if row['fixable'] else '[ ]'} {row['slug']}"
        for row in rows
    )


def put(text: str, path: str | None, write_out: Callable[[str], None]) -> None:
    """Output in a file, or else where `write_out` puts it, where there is some."""
    if path is not None:
        try:
            write(path, f"{text}\n" if text else "")
        except OSError as error:
            raise OSError(
                f"{path}: {error.strerror or error}; `--output` needs a file that can be written"
            ) from None
    elif text:
        write_out(text)


def problems(reports: Sequence[FileReport]) -> int:
    """Say what was in the way, each thing once, and what was not done; how many of the former."""
    sentences = dict.fromkeys(problem for item in reports for problem in item.problems)
    for item in (*sentences, *(item.note for item in reports if item.note)):
        complain(item)
    return len(sentences)


def summary(reports: Sequence[FileReport]) -> str:
    """How many findings there are in how many queries; nothing of texts that were not looked at."""
    linted = [report for report in reports if report.result is not None]
    missed = len(reports) - len(linted)
    if missed and not linted:
        return f"{_number(missed, 'text was', 'texts were')} not looked at"
    diagnostics = _diagnostics(reports)
    fixed = sum(report.fixed_count for report in reports if report.new is not None)
    parts = [
        f"{_number(len(diagnostics), 'finding', 'findings')} in "
        f"{_number(sum(report.queries for report in linted), 'query', 'queries')}"
    ]
    if fixed:
        parts.append(f"{fixed} mended")
    if missed:
        parts.append(f"{_number(missed, 'text was', 'texts were')} not looked at")
    return ", ".join(parts) + _fixable(diagnostics)


def changes(reports: Sequence[FileReport]) -> str:
    """How many texts would change, and what would be left to do by hand."""
    changed = [report for report in reports if report.new is not None]
    return (
        f"{_number(sum(report.fixed_count for report in changed), 'finding', 'findings')} would be mended "
        f"in {_number(len(changed), 'text', 'texts')}, {len(_diagnostics(reports))} would be left"
    )


def _fixable(diagnostics: Sequence[Diagnostic]) -> str:
    kinds = Counter(diagnostic.applicability for diagnostic in diagnostics if diagnostic.edits)
    safe, unsafe = kinds[Applicability.SAFE], kinds[Applicability.UNSAFE]
    offers = [f"{safe} can be mended with `--fix`"] if safe else []
    if unsafe:
        offers.append(f"{unsafe}{' more' if safe else ' can be mended'} with `--unsafe-fixes`")
    return f"; {', '.join(offers)}" if offers else ""


def _diagnostics(reports: Sequence[FileReport]) -> list[Diagnostic]:
    return [
        diagnostic
        for report in reports
        if report.result is not None
        for diagnostic in report.result.diagnostics
    ]


def _number(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"


def stderr_or_stdout(*, printed: bool) -> Callable[[str], None]:
    """Where findings go: to stderr where stdout has a mended text."""
    return say if printed else show
