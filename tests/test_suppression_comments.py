"""Remarks that ignore findings, in any number: which are told, and that time grows with them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import pytest

from vtql import analyze_script
from vtql.diagnostics import Diagnostic
from vtql.lint.runner import apply_settings
from vtql.lint.selectors import matching_codes
from vtql.lint.settings import Settings
from vtql.lint.suppression_comments import suppressions_of_queries
from vtql.rules import unknown_ignore, unused_ignore

UNENDED = "SELECT id FROM Contacts;\n"


def calls(work: Callable[[], object]) -> int:
    """How many functions are called while work is done."""
    number = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize(
    "text",
    [
        lambda n: f"-- vtql: ignore-file {', '.join(['VT301', 'XX9', 'VT4'] * n)}\n{UNENDED * n}",
        lambda n: "-- vtql: ignore-file VT301\n-- vtql: ignore-file XX9\n" * n + UNENDED * n,
        lambda n: "SELECT id FROM Contacts -- vtql: ignore VT301, XX9\n;" * n,
        lambda n: "-- vtql: ignore " + ", ".join(f"XX{each}" for each in range(2 * n)) + "\n",
    ],
    ids=["a list about a file", "remarks about a file", "a remark a line", "unknown codes"],
)
def test_many_codes_in_remarks_take_a_time_that_grows_with_them(text: Callable[[int], str]) -> None:
    few, many = (
        calls(
            partial(
                apply_settings,
                found,
                list(suppressions_of_queries(content)),
                Settings(),
                catalogued=True,
            )
        )
        for content in (text(60), text(120))
        for found in (analyze_script(content),)
    )
    assert many < 3 * few


def test_remarks_ignore_where_they_hold_whatever_their_number_and_order() -> None:
    """As each remark asked about each finding says it, which takes the product of both."""
    text = (
        "-- vtql: ignore-file VT4\nSELECT id FROM Contacts -- vtql: ignore VT301\n;\n"
        "-- vtql: ignore VT002, VT302, unknown\n"
        "SELECT id FROM Contacts WHERE lastname LIKE 'x' -- vtql: ignore like-without-wildcard\n"
        "SELECT id, id FROM Contacts LIMIT 1; -- vtql: ignore\nSELECT id FROM Contacts;\n"
    )
    found, remarks = analyze_script(text), list(suppressions_of_queries(text))
    told = apply_settings(found, remarks, Settings(), catalogued=True).diagnostics

    def ignored(each: Diagnostic) -> bool:
        last = max(each.span.start, each.span.end - 1)
        return any(
            remark.scope is not None
            and remark.scope.start <= last
            and each.span.start <= remark.scope.end
            and (
                not remark.selectors
                or any(each.code in matching_codes(name) for name, _ in remark.selectors)
            )
            for remark in remarks
        )

    own = {unused_ignore.CODE, unknown_ignore.CODE}
    assert [each for each in told if each.code not in own] == [
        each for each in found.diagnostics if not ignored(each)
    ]
    assert any(map(ignored, found.diagnostics))
    assert {each.code for each in told} & own == own
