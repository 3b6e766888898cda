"""The corpora: text in, text out."""

from __future__ import annotations

from typing import Any

import pytest
from corpus import Case, cases, check

import vtql
from vtql.ast import dump
from vtql.diagnostics import paint
from vtql.sandbox import Sandbox
from vtql.syntax.recovery.codes import CODES


def tree_or_painted(text: str) -> str:
    try:
        tree = vtql.parse(text)
    except vtql.QuerySyntaxError as error:
        return str(error)
    return f"{vtql.write(tree)}\n{dump(tree)}"


@pytest.mark.parametrize("case", cases("syntax"), ids=str)
def test_syntax(case: Case, update: bool) -> None:
    check(case, tree_or_painted, update=update)


@pytest.mark.parametrize("case", cases("rules"), ids=str)
def test_rules(case: Case, update: bool, demo: Sandbox) -> None:
    def findings(text: str) -> str:
        analysis = vtql.analyze(text, demo.catalog)
        painted = [paint(analysis.source, found) for found in analysis.diagnostics]
        return "\n\n".join(painted) or "nothing found"

    check(case, findings, update=update)


@pytest.mark.parametrize("case", cases("compile"), ids=str)
def test_compile(case: Case, update: bool, demo: Sandbox) -> None:
    def compiled(text: str) -> str:
        try:
            return "\n".join(vtql.compile(text, demo.catalog).statements)
        except vtql.QuerySyntaxError as error:
            return str(error)
        except vtql.VtqlError as error:
            return f"{type(error).__name__}: {error}"

    check(case, compiled, update=update)


@pytest.mark.parametrize("case", cases("messages"), ids=str)
def test_messages(case: Case, update: bool, demo: Sandbox) -> None:
    def told(text: str) -> str:
        analysis = vtql.analyze_script(text, demo.catalog)
        painted = [paint(analysis.source, found) for found in analysis.diagnostics]
        fixed = analysis.fixed()
        return "\n\n".join([*painted, f"repaired: {fixed}" if fixed != text else "no repair"])

    check(case, told, update=update)


def test_every_code_of_syntax_has_its_message() -> None:
    pages = "".join(case.output for folder in ("messages", "syntax") for case in cases(folder))
    others = {"VT033", "VT034", "VT099"}  # of a request, and of a great many: test_analysis.py
    assert {code for code in CODES.values() if f"[{code}]" not in pages} - others == set()


@pytest.mark.parametrize("case", cases("format"), ids=str)
def test_format(case: Case, update: bool) -> None:
    def formatted(text: str) -> str:
        try:
            made = vtql.format(text)
        except vtql.QuerySyntaxError as error:
            return str(error)
        assert vtql.format(made) == made
        return made

    check(case, formatted, update=update)


def run(code: str, demo: Sandbox, shown: Any) -> str:
    """What an expression gives, with the models of the demo data and `Q` at hand."""
    names: dict[str, Any] = {
        name: vtql.model(name, demo.catalog) for name in demo.catalog if name.isidentifier()
    }
    names |= {"Q": vtql.Q, "client": demo.client()}
    setup = "import datetime as dt; from decimal import Decimal; UTC = dt.UTC"
    exec(setup, names)
    try:
        return str(shown(eval(code, names)))
    except (vtql.VtqlError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("case", cases("query"), ids=str)
def test_query(case: Case, update: bool, demo: Sandbox) -> None:
    check(case, lambda code: run(code, demo, str), update=update)


@pytest.mark.parametrize("case", cases("sandbox"), ids=str)
def test_sandbox(case: Case, update: bool, demo: Sandbox) -> None:
    def answer(text: str) -> str:
        with demo.client() as client:
            try:
                rows = client.query(text)
            except vtql.ServiceError as error:
                return str(error)
        return "\n".join(map(str, rows)) or "no rows"

    check(case, answer, update=update)
