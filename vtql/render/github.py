"""Findings for GitHub Actions: a workflow command for each, which shows it in the changed files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vtql.diagnostics import Diagnostic, Severity
from vtql.render import Found
from vtql.source import Source

COMMANDS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def render_github(analyses: Sequence[Found]) -> str:
    """A line for each finding: `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=…::…`."""
    lines = [_line(each.source, found) for each in analyses for found in each.diagnostics]
    return "\n".join(lines)


def _line(source: Source, found: Diagnostic) -> str:
    line, column = source.position(found.span.start)
    end_line, end_column = source.position(found.span.end)
    places = {"file": source.name, "line": line, "col": column, "endLine": end_line,
              "endColumn": end_column, "title": f"vtql {found.code} {found.slug}"}  # fmt: skip
    told = f"{found.message}; {found.help}" if found.help else found.message
    named = ",".join(f"{name}={_property(str(value))}" for name, value in places.items())
    return f"::{COMMANDS[found.severity]} {named}::{_data(told)}"


def _data(text: str) -> str:
    shown = text.encode(errors="backslashreplace").decode()  # a name may be no text
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
