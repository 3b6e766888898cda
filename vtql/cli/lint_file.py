"""One text linted as it was asked: read, checked by the settings it belongs to, fixed."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vtql.analysis import analyze
from vtql.cli import configuration
from vtql.cli.configuration import settings_of
from vtql.cli.file_kinds import KINDS, STDIN, is_sql, of_no_language, refusal
from vtql.cli.source_files import Text, Unread, read, replace
from vtql.diagnostics import Applicability
from vtql.errors import CatalogError, SettingsError
from vtql.fixes import FixResult
from vtql.lint.languages import VTQL, Language, language_of
from vtql.lint.runner import Linted, LintResult, apply_settings, fix_text
from vtql.lint.settings import Settings
from vtql.source import Source

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog

WRITE, SHOW = "write", "show"

UNREADABLE = "unreadable-source"
"""The finding of a program that cannot be read: it is told as a file that cannot be."""


class LintTask(NamedTuple):
    """What is to be done with each text: `mend` is `write`, `show` or nothing.

    `language` is the one that `--as` names for stdin and the files in `named`; `chosen` are the settings of the command line, `config` the configuration file that it names;
    `known` the metadata and `profile` the kind of a live server.
    """

    chosen: dict[str, Any]
    config: str | None = None
    mend: str = ""
    accept: tuple[Applicability, ...] = ()
    known: Catalog | None = None
    profile: str | None = None
    language: str | None = None
    named: frozenset[str] = frozenset()

    def language_for(self, text: Text) -> str | None:
        """The language that `--as` names, for a text that it is about."""
        return self.language if text.path is None or text.path in self.named else None


class FileReport(NamedTuple):
    """What came of a text: the findings to tell, None where it was not looked at.

    `source` is the text as it was, `new` what it is after its repairs, None where there were none;
    `failing` how many findings weigh enough for the exit status; `problems` what was in the way, a
    line each, and `note` what was not done.
    """

    source: Source
    result: LintResult | None
    queries: int = 0
    failing: int = 0
    fixed_count: int = 0
    new: str | None = None
    problems: tuple[str, ...] = ()
    note: str = ""
    kind: str = "file"
    mark: str = ""
    encoding: str = "utf-8"

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self.source.text if self.new is None else self.new


def lint_file(path: str, task: LintTask) -> FileReport:
    """Read a file and look at it; one whose language is not known is not read."""
    why = refusal(path, task.language if path in task.named else None, tuple(KINDS))
    text = Unread(path, why) if why else read(path)
    return unread_report(text) if isinstance(text, Unread) else lint_text(text, task)


def unread_report(text: Unread) -> FileReport:
    """The report of what cannot be looked at."""
    return FileReport(Source("", text.name), None, problems=(str(text),))


def lint_text(text: Text, task: LintTask) -> FileReport:
    """Look at a text and mend it if that was asked for; a file is written where it changes."""
    source = text.source
    options = task.language_for(text)
    why = "" if text.kind == "query" else _not_read(text, options)
    if why:
        return unread_report(Unread(source.name, why))
    try:
        settings = _settings(text, task)
    except SettingsError as error:
        return FileReport(source, None, problems=(str(error),))
    known, problems = _catalog(settings, task)
    profile = settings.profile or task.profile
    language = VTQL if text.kind == "query" else _language(text, options)

    def look(content: str) -> Linted:
        return _lint(text, language, content, known, profile, settings)

    first = look(source.text)
    broken = next(
        (diagnostic for diagnostic in first.analysis.diagnostics if diagnostic.slug == UNREADABLE),
        None,
    )
    if broken is not None:
        line, column = source.position(broken.span.start)
        why = f"{source.name}:{line}:{column}: {broken.message}; {broken.help}"
        return FileReport(source, None, problems=() if broken.code in settings.off else (why,))
    done = fix_text(first, look, task.accept) if task.mend else FixResult(first, 0)
    note = f"{source.name}: {done.obstacle}" if done.obstacle else ""
    if task.mend == WRITE and done.fixed_count and text.path is not None:
        why = _unwritten(text, done.last.result.source.text)
        if why:
            problems += (why,)
            done = FixResult(first, 0)
    result = done.last.result
    return FileReport(
        source, result, len(done.last.analysis.selects),
        sum(settings.fails(diagnostic.severity) for diagnostic in result.diagnostics),
        done.fixed_count, result.source.text if done.fixed_count else None, problems, note, text.kind, text.mark,
        text.encoding,
    )  # fmt: skip


def _not_read(text: Text, options: str | None) -> str:
    """Why a text is not looked at: its language is not known, or it may be SQL."""
    name = text.source.name
    if text.kind == "stdin" and name == STDIN:
        return ""
    return of_no_language(name, options, tuple(KINDS)) or is_sql(name, options, text.source.text)


def _language(text: Text, options: str | None) -> Language:
    suffix = KINDS[options][0] if options else text.source.name
    return language_of(suffix) or VTQL  # stdin, a stream, and `.sql` with a comment


def _unwritten(text: Text, new: str) -> str:
    try:
        replace(text, new)
    except OSError as error:
        return str(error) if error.filename is None else f"{text.path}: {error.strerror}"
    return ""


def _lint(
    text: Text, language: Language, content: str, known: Catalog | None, profile: str | None,
    settings: Settings,
) -> Linted:  # fmt: skip
    name = text.source.name
    if text.kind == "query":
        analysis = analyze(content, known, profile, name=name)
        return Linted(
            analysis, apply_settings(analysis, (), settings, catalogued=known is not None)
        )
    analysis = language.analyse(content, known, profile, name=name)
    suppressions = language.suppressions(content)
    return Linted(
        analysis, apply_settings(analysis, suppressions, settings, catalogued=known is not None)
    )


def _settings(text: Text, task: LintTask) -> Settings:
    path = os.path.abspath(text.source.name) if text.kind != "query" else os.getcwd()  # noqa: PTH100, PTH109 - pathlib costs 4 ms of start-up
    folder = os.path.dirname(path) if text.kind != "query" else path  # noqa: PTH120 - the same
    settings, root = settings_of(folder, task.chosen, task.config)
    return settings.at(os.path.relpath(path, root).replace(os.sep, "/"))


def _catalog(settings: Settings, task: LintTask) -> tuple[Catalog | None, tuple[str, ...]]:
    """The metadata, or none and why; what needs none of it is still looked at."""
    if task.known is not None or settings.catalog is None:
        return task.known, ()
    return _loaded(settings.catalog)


@cache
def _loaded(path: str) -> tuple[Catalog | None, tuple[str, ...]]:
    from vtql.catalog.catalog import Catalog  # noqa: PLC0415 - only for those who have one

    try:
        return Catalog.load(path), ()
    except CatalogError as error:
        why = str(error)
    except OSError as error:
        why = f"{path}: {error.strerror or error}"
    return None, (f"{why}; linted without metadata, which `vtql describe --save` writes",)


def clear_caches() -> None:
    """Read catalogs and configurations anew: a run reads each file once, and the next one again."""
    for cached in (_loaded, configuration.nearest, configuration.read):
        cached.cache_clear()


def without_unread_parts(report: FileReport) -> FileReport:
    """A report without what nobody asks for any more, for its way from one process to another."""
    result = report.result
    if result is None:
        return report
    if result.diagnostics or report.new is not None:
        return report
    source = Source("", report.source.name)
    return report._replace(source=source, result=LintResult(source, ()))
