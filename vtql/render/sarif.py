"""Findings for code scanning: SARIF 2.1.0, the OASIS standard's Static Analysis Results Interchange Format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from vtql import __version__
from vtql.diagnostics import Diagnostic, Edit, Severity
from vtql.render import Findings
from vtql.rule_docs import rule_docs
from vtql.source import Source, Span

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def render_sarif(analyses: Sequence[Findings]) -> str:
    """A log of one run, with the rules that found something and the repairs of each finding.

    Lines and columns count from 1, offsets from 0, both in UTF-16 code units, as `columnKind` says.
    A relative path becomes a relative URI, which a reader resolves from the folder it starts at.
    """
    results = [
        (analysis.source, diagnostic)
        for analysis in analyses
        for diagnostic in analysis.diagnostics
    ]
    rules = list({diagnostic.code: diagnostic for _, diagnostic in results}.values())
    index = {diagnostic.code: number for number, diagnostic in enumerate(rules)}
    driver = {
        "name": "vtql",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(diagnostic) for diagnostic in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "results": [
            _result(source, diagnostic, index[diagnostic.code]) for source, diagnostic in results
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(diagnostic: Diagnostic) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": diagnostic.code,
        "name": "".join(word.capitalize() for word in diagnostic.slug.split("-")),
    }
    documentation = rule_docs(diagnostic.code)
    if documentation is None:
        return rule
    return rule | {
        "shortDescription": {"text": documentation.sentence},
        "help": {"text": documentation.text, "markdown": documentation.text},
        "defaultConfiguration": {"level": LEVELS[documentation.severity]},
        "properties": {"tags": [documentation.family]},
    }


def _result(source: Source, diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": "; ".join(filter(None, (diagnostic.text, diagnostic.advice)))},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": _uri(source.name)}, "region": _region(source, diagnostic.span),
            }
        }],
    }  # fmt: skip
    if diagnostic.edits:
        result["fixes"] = [_fix(source, diagnostic)]
    return result


def _fix(source: Source, diagnostic: Diagnostic) -> dict[str, Any]:
    def replacement(edit: Edit) -> dict[str, Any]:
        return {
            "deletedRegion": _region(source, edit.span),
            "insertedContent": {"text": edit.text},
        }

    change = {
        "artifactLocation": {"uri": _uri(source.name)},
        "replacements": [replacement(edit) for edit in diagnostic.edits],
    }
    return {
        "description": {"text": diagnostic.advice or diagnostic.text},
        "artifactChanges": [change],
        "properties": {"applicability": diagnostic.applicability.value},
    }


def _region(source: Source, span: Span) -> dict[str, int]:
    """A span as lines, columns and offsets."""
    start_line, start_column = _position(source, span.start)
    end_line, end_column = _position(source, span.end)
    return {
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": _units(source.text, 0, span.start),
        "charLength": _units(source.text, span.start, span.end),
    }


def _position(source: Source, offset: int) -> tuple[int, int]:
    line, column = source.position(offset)
    return line, _units(source.text, offset - column + 1, offset) + 1


def _units(text: str, start: int, end: int) -> int:
    if text.isascii():
        return end - start
    return len(text[start:end].encode("utf-16-le", "surrogatepass")) // 2


def _uri(name: str) -> str:
    path = name.replace("\\", "/")
    if path.startswith("/"):
        return f"file://{_quoted(path)}"
    if path[1:3] == ":/":
        return f"file:///{path[0]}:{_quoted(path[2:])}"
    return _quoted(path)


def _quoted(path: str) -> str:
    return quote(
        path, errors="surrogateescape"
    )  # a name of bytes that are no text stays what it is
