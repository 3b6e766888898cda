"""VTQL in the strings of programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pytest
from corpus import Case, cases, check

import vtql
from vtql.diagnostics import paint
from vtql.embedded import analyze_javascript, analyze_php, analyze_python
from vtql.sandbox import Sandbox

READERS: Mapping[str, Callable[..., vtql.Analysis]] = {
    "python": partial(analyze_python, name="a.py"),
    "php": partial(analyze_php, name="a.php"),
    "javascript": partial(analyze_javascript, name="a.ts"),
}


@pytest.mark.parametrize("case", cases("embedded"), ids=str)
def test_embedded(case: Case, update: bool, demo: Sandbox) -> None:
    def told(text: str) -> str:
        analysis = READERS[case.kind](text, demo.catalog)
        painted = [paint(analysis.source, found) for found in analysis.diagnostics]
        fixed = analysis.fixed(tuple(vtql.Applicability))
        if case.kind == "python" and fixed != text:
            compile(fixed, "a.py", "exec")
        told = painted or ["nothing found"]
        return "\n\n".join([*told, f"repaired:\n{fixed}"] if fixed != text else told)

    check(case, told, update=update)
