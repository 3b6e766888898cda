"""What a lint run says: its findings, how many there are, and what was in the way."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from vtql.cli.files import write
from vtql.cli.look import Report
from vtql.cli.terminal import complain, say, show
from vtql.diagnostics import Applicability
from vtql.lint.judge import Told
from vtql.render import renderer
from vtql.source import Source

if TYPE_CHECKING:
    from vtql.diagnostics import Diagnostic

FOR_A_FOLDER = ("sarif", "github")
"""The formats whose readers look for files from the folder that the program runs in."""


def findings(reports: Sequence[Report], form: str) -> str:
    """The findings in a format."""
    told = [each.told for each in reports if each.told is not None]
    if form in FOR_A_FOLDER:
        here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - pathlib costs 4 ms of start-up
        told = [_renamed(each, here) for each in told]
    return renderer(form)(told)


def _renamed(told: Told, here: str) -> Told:
    """The findings of a file below a folder under its path from there."""
    name = told.source.name
    if not os.path.isabs(name):  # noqa: PTH117 - see above
        name = os.path.normpath(name)
    return Told(Source(told.source.text, name.removeprefix(here)), told.diagnostics)


def statistics(reports: Sequence[Report], form: str) -> str:
    """How often each code was found, the most frequent first; `*` marks what can be mended."""
    told = _told(reports)
    counts = Counter(each.code for each in told)
    rows = [
        {"code": code, "slug": next(each.slug for each in told if each.code == code),
         "count": count, "fixable": sum(bool(each.edits) for each in told if each.code == code)}
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


def problems(reports: Sequence[Report]) -> int:
    """Say what was in the way, each thing once, and what was not done; how many of the former."""
    said = dict.fromkeys(problem for each in reports for problem in each.problems)
    for each in (*said, *(each.note for each in reports if each.note)):
        complain(each)
    return len(said)


def summary(reports: Sequence[Report]) -> str:
    """How many findings there are in how many queries; nothing of texts that were not looked at."""
    looked = [each for each in reports if each.told is not None]
    missed = len(reports) - len(looked)
    if missed and not looked:
        return f"{_number(missed, 'text was', 'texts were')} not looked at"
    told = _told(reports)
    mended = sum(each.repairs for each in reports if each.new is not None)
    parts = [
        f"{_number(len(told), 'finding', 'findings')} in "
        f"{_number(sum(each.queries for each in looked), 'query', 'queries')}"
    ]
    if mended:
        parts.append(f"{mended} mended")
    if missed:
        parts.append(f"{_number(missed, 'text was', 'texts were')} not looked at")
    return ", ".join(parts) + _mendable(told)


def changes(reports: Sequence[Report]) -> str:
    """How many texts would change, and what would be left to do by hand."""
    changed = [each for each in reports if each.new is not None]
    return (
        f"{_number(sum(each.repairs for each in changed), 'finding', 'findings')} would be mended "
        f"in {_number(len(changed), 'text', 'texts')}, {len(_told(reports))} would be left"
    )


def _mendable(told: Sequence[Diagnostic]) -> str:
    kinds = Counter(each.applicability for each in told if each.edits)
    safe, unsafe = kinds[Applicability.SAFE], kinds[Applicability.UNSAFE]
    offers = [f"{safe} can be mended with `--fix`"] if safe else []
    if unsafe:
        offers.append(f"{unsafe}{' more' if safe else ' can be mended'} with `--unsafe-fixes`")
    return f"; {', '.join(offers)}" if offers else ""


def _told(reports: Sequence[Report]) -> list[Diagnostic]:
    return [one for each in reports if each.told is not None for one in each.told.diagnostics]


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def stderr_or_stdout(*, printed: bool) -> Callable[[str], None]:
    """Where findings go: to stderr where stdout has a mended text."""
    return say if printed else show
