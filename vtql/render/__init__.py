"""Findings as output, a format a file."""

from collections.abc import Callable, Mapping, Sequence

from vtql.analysis import Analysis
from vtql.render.json import render_json
from vtql.render.text import render_text

FORMATS: Mapping[str, Callable[[Sequence[Analysis]], str]] = {
    "text": render_text,
    "json": render_json,
}

__all__ = ["FORMATS"]
