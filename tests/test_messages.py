"""What messages claim of a server, it does; what a repair puts in, leaves nothing worse."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from corpus import Case, cases
from fuzz.texts import seeds
from server import verdict

import vtql
from vtql.diagnostics import Applicability, Severity

CLAIMS = {
    "QUERY_SYNTAX_ERROR": "QUERY_SYNTAX_ERROR",
    "INTERNAL_SERVER_ERROR": "INTERNAL_SERVER_ERROR",
    "ACCESS_DENIED": "ACCESS_DENIED",
    "HANG": "time limit",
}
"""What a message says for each answer of the model; for a text that is taken, none of these."""


def untrue(text: str) -> str | None:
    """The one claim about a text that the model of a server does not bear out."""
    told = [each for each in vtql.analyze(text).diagnostics if each.severity is Severity.ERROR]
    claims = (*CLAIMS.values(), "DATABASE_QUERY_ERROR")
    if len(told) != 1 or not any(claim in told[0].text for claim in claims):
        return None
    words = sorted({*re.findall(r"\b[A-Za-z_]\w*", text, re.ASCII), "id"})
    fields = [{"name": word, "type": {"name": "string"}} for word in words]
    judged = verdict(text, {word: {"name": word, "fields": fields} for word in words})
    said = {code for code, claim in CLAIMS.items() if claim in told[0].text}
    true = not said if judged.ok else judged.code in said
    return None if true else f"{told[0].text} ({judged.code}: {judged.message})"


def worse(text: str) -> str | None:
    """What is wrong with the text after its repairs that was not before, or was to be repaired."""
    found = vtql.analyze_script(text)
    fixed = found.fixed()
    left = Counter(
        each.code
        for each in found.diagnostics
        if not each.edits or each.applicability is Applicability.UNSAFE
    )
    after = Counter(each.code for each in vtql.analyze_script(fixed).diagnostics)
    added = {code: count for code, count in (after - left).items() if code.startswith("VT0")}
    hole = "…" in fixed and "…" not in text
    return f"{fixed} has {added}" if added or hole else None


@pytest.mark.parametrize("case", [*cases("messages"), *cases("syntax")], ids=str)
def test_claims_are_true(case: Case) -> None:
    assert untrue(case.input.removesuffix("\n")) is None


FOUND = [
    "SELECT lastname FROM Contacts) ",
    "SELECT TOP 5 a FROM Contacts WHERE b order  , 'Sofia';",
    "select a from Contacts where a = ' and b like 'x';",
    "select a from Contacts where a = 'x' and b = '\n2024-01-31;",
    "select ``ect``a`` from Contacts;",
    "select count * from Contacts;",
]
"""Texts that repairs once made worse, or for which something else did not hold."""


@pytest.mark.parametrize("text", [*dict.fromkeys([*seeds(), *FOUND])])
def test_repairs_leave_nothing_worse(text: str) -> None:
    assert worse(text) is None
