"""One value quoted: it comes back as it was, and never gets out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vtql
from vtql.ast import Comparison, Literal
from vtql.parser.literals import LITERAL_BYTES

SAYABLE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(SAYABLE)
def test_a_quoted_value_is_read_as_it_was(value: str) -> None:
    select = vtql.parse(f"SELECT id FROM Contacts WHERE lastname = {vtql.quote(value)};")
    assert select.where is not None
    condition = select.where.first
    assert isinstance(condition, Comparison)
    assert isinstance(condition.value, Literal)
    assert condition.value.value == value
    assert not select.where.links


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("Brown", "'Brown'"),
        ("O'Brien", "'O''Brien'"),
        ("' OR id != '", "''' OR id != '''"),
        ("\\' or 1=1 --", "'\\\\'' or 1=1 --'"),
    ],
)
def test_it_doubles_quotes_and_backslashes(value: str, spelled: str) -> None:
    assert vtql.quote(value) == spelled


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "no empty literal; `' '` equals the empty text"),
        ("\ud800", "half a surrogate pair"),
        ("x" * (LITERAL_BYTES + 1), "longer than"),
        (5, "a literal holds a text, and this is int: 5"),
        (None, "this is NoneType"),
    ],
)
def test_what_no_literal_holds_is_refused(value: str, why: str) -> None:
    with pytest.raises(vtql.ArgumentError, match=why):
        vtql.quote(value)
