"""Findings for a program: a JSON list, an object for each finding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from vtql.diagnostics import Diagnostic
from vtql.render import Findings
from vtql.source import Source


def render_json(analyses: Sequence[Findings]) -> str:
    """A list of objects: file, code, slug, severity, message, help, place, edits and their
    applicability.

    Lines and columns count from 1 and in characters, offsets from 0; `end` is exclusive.
    """
    rows = [
        _row(analysis.source, diagnostic)
        for analysis in analyses
        for diagnostic in analysis.diagnostics
    ]
    return json.dumps(rows, ensure_ascii=True, indent=2)


def _row(source: Source, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "file": source.name,
        "code": diagnostic.code,
        "slug": diagnostic.slug,
        "severity": diagnostic.severity.value,
        "message": diagnostic.text,
        "help": diagnostic.advice,
        "start": _place(source, diagnostic.span.start),
        "end": _place(source, diagnostic.span.end),
        "applicability": diagnostic.applicability.value if diagnostic.edits else None,
        "edits": [
            {"start": edit.span.start, "end": edit.span.end, "text": edit.text}
            for edit in diagnostic.edits
        ],
    }


def _place(source: Source, offset: int) -> dict[str, int]:
    line, column = source.position(offset)
    return {"offset": offset, "line": line, "column": column}
