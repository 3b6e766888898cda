"""Findings for GitHub Actions: a workflow command for each, which shows it in the changed files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vtql.diagnostics import Diagnostic, Severity
from vtql.render import Findings
from vtql.source import Source

COMMANDS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def render_github(analyses: Sequence[Findings]) -> str:
    """A line for each finding: `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=…::…`."""
    lines = [
        _line(analysis.source, diagnostic)
        for analysis in analyses
        for diagnostic in analysis.diagnostics
    ]
    return "\n".join(lines)


def _line(source: Source, diagnostic: Diagnostic) -> str:
    line, column = source.position(diagnostic.span.start)
    end_line, end_column = source.position(diagnostic.span.end)
    places = {"file": source.name, "line": line, "col": column, "endLine": end_line,
              "endColumn": end_column, "title": f"vtql {diagnostic.code} {diagnostic.slug}"}  # fmt: skip
    message = "; ".join(filter(None, (diagnostic.text, diagnostic.advice)))
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in places.items())
    return f"::{COMMANDS[diagnostic.severity]} {properties}::{_data(message)}"


def _data(text: str) -> str:
    printable = text.encode(errors="backslashreplace").decode()  # a name may be no text
    return printable.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
