"""The corpora: text in, text out."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import requests
from corpus import Case, cases, check
from http_caller import HttpCaller

import vtql
from vtql.ast import dump
from vtql.diagnostics import paint
from vtql.extended.compile import parse_text
from vtql.query.from_text import explain_text
from vtql.recovery.syntax_codes import CODES
from vtql.sandbox import Sandbox


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


@pytest.mark.parametrize("case", cases("foreign"), ids=str)
def test_foreign(case: Case, update: bool, demo: Sandbox) -> None:
    def codes_and_fix(text: str) -> str:
        analysis = vtql.analyze(text, demo.catalog)
        codes = ", ".join(f"{found.code} {found.slug}" for found in analysis.diagnostics)
        fixed = analysis.fixed()
        return f"{codes}: {fixed if fixed != text else 'no fix'}"

    check(case, lambda text: "\n".join(map(codes_and_fix, text.splitlines())), update=update)


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


NOW = dt.datetime(2024, 2, 29, 22, 30, tzinfo=dt.UTC)
THINGS = {"name": "Things", "idPrefix": "60", "fields": [
    {"name": "colours", "type": {"name": "multipicklist", "picklistValues": [
        {"value": "Red"}, {"value": "Blue"}, {"value": "Dark Blue"}, {"value": "50%_\\"}]}},
    {"name": "starts", "type": {"name": "time"}},
]}  # fmt: skip


class Colour(Enum):
    RED = "Red"


class Sly(str):
    __slots__ = ()

    def replace(self, *_: object, **__: object) -> Sly:
        return self


def warned(build: Callable[[], object]) -> str:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        built = build()
    for each in found:
        assert each.filename in (__file__, "<string>")
    return "\n".join([*(f"{each.category.__name__}: {each.message}" for each in found), str(built)])


def names(demo: Sandbox) -> dict[str, Any]:
    """The models of the demo data, `Q` and what else the cases name."""
    catalog = demo.catalog.with_describes([THINGS])
    models: dict[str, Any] = {
        name: vtql.model(name, catalog, now=NOW) for name in catalog if name.isidentifier()
    }
    sofia = "Europe/Sofia"
    return models | {
        "Q": vtql.Q, "vtql": vtql, "dt": dt, "UTC": dt.UTC, "Decimal": Decimal, "catalog": catalog,
        "client": demo.client(), "Colour": Colour, "Sly": Sly, "warned": warned,
        "Sofia": vtql.model("Contacts", catalog, now=NOW, zone=sofia),
        "Moved": vtql.model("Contacts", catalog.in_zone(sofia), now=NOW),
        "Clockless": vtql.model("Contacts", catalog),
    }  # fmt: skip


def run(code: str, demo: Sandbox, shown: Any) -> str:
    """What an expression gives, with the models of the demo data and `Q` at hand."""
    known = names(demo)
    try:
        return str(shown(eval(code, known)))
    except (vtql.VtqlError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.fixture(scope="module")
def demo() -> Iterator[Sandbox]:
    """A sandbox that answers every statement of the published page, such as `count(*)`."""
    with Sandbox("documented") as sandbox:
        yield sandbox


@pytest.mark.parametrize("case", cases("query"), ids=str)
def test_query(case: Case, update: bool, demo: Sandbox) -> None:
    check(case, lambda code: run(code, demo, str), update=update)


@pytest.mark.parametrize("case", cases("explain"), ids=str)
def test_explain(case: Case, update: bool, demo: Sandbox) -> None:
    def told(text: str) -> str:
        if case.kind == "python":
            return run(text, demo, lambda found: found.explain())
        try:
            return str(explain_text(parse_text(text), demo.catalog))
        except vtql.VtqlError as error:
            return f"{type(error).__name__}: {error}"

    check(case, told, update=update)


@pytest.mark.parametrize("case", cases("sandbox"), ids=str)
def test_sandbox(case: Case, update: bool, demo: Sandbox) -> None:
    check(case, _told if case.kind == "requests" else _answered(demo), update=update)


def _answered(demo: Sandbox) -> Callable[[str], str]:
    """What a query gives."""

    def answer(text: str) -> str:
        with demo.client() as client:
            try:
                rows = client.query(text)
            except vtql.ServiceError as error:
                return str(error)
        return "\n".join(map(str, rows)) or "no rows"

    return answer


def _told(text: str) -> str:
    """What requests give, one after another: a line each, after one with profile and user."""
    head, *lines = text.splitlines()
    profile, user = head.split()
    told = []
    with Sandbox(profile) as sandbox, sandbox.session() as http:
        caller = HttpCaller(sandbox, http)
        caller.log_in(user)
        for line in lines:
            operation, *given = shlex.split(line)
            fields = dict(each.split("=", 1) for each in given if not each.startswith("only:"))
            only = [each[5:].split(",") for each in given if each.startswith("only:")]
            told.append(_shown(caller.send(operation, fields), only[0] if only else None))
    return "\n".join(told)


def _shown(answer: requests.Response, only: list[str] | None) -> str:
    if not answer.content.startswith(b"{"):
        return f"HTTP {answer.status_code}: {answer.text or 'an empty body'}"
    envelope = answer.json()
    if not envelope["success"]:
        return f"{envelope['error']['code']}: {envelope['error']['message']}"
    result = envelope["result"]
    if only:
        result = {name: result[name] for name in only}
    return json.dumps(result, ensure_ascii=False)
