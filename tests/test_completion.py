"""What is offered while a query is typed; the cursor is where `|` stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtql.completion import MAX_COMPLETIONS, completions
from vtql.sandbox import demo

CATALOG = demo.catalog()


def offered(marked: str) -> list[str]:
    before, _, after = marked.partition("|")
    return [each.text for each in completions(before + after, len(before), CATALOG)]


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("|", ["SELECT"]),
        ("sel|", ["SELECT"]),
        ("select * |", ["FROM"]),
        ("select * from Con|", ["Contacts"]),
        ("select la| from Contacts;", ["lastname"]),
        ("select lastname, la| from Contacts;", ["lastname"]),
        ("select * from Contacts where leads|", ["leadsource"]),
        ("select * from Contacts where leadsource = 'Emp|", ["'Employee'"]),
        ("select * from Contacts where leadsource in ('Cold Call', 'par|", ["'Partner'"]),
        ("select * from Contacts where lastname = 'x' o|", ["OR", "ORDER BY"]),
        ("select * from Contacts where starred = |", ["'1'", "'0'"]),
        ("select * from Contacts order by lastn|", ["lastname"]),
        ("select * from Contacts; select accountn| from Accounts;", ["accountname"]),
        ("select firstname lastname nonsense !! from Contacts where leads|", ["leadsource"]),
    ],
)
def test_what_could_stand_there_comes_first(marked: str, first: list[str]) -> None:
    assert offered(marked)[: len(first)] == first


@pytest.mark.parametrize(
    "marked",
    [
        "select * from Contacts where lastname = 'Con|",
        "select * from Contacts where lastname = 'a' -- sel|",
        "select * from Nowhere where la|",
        "select * from Contacts limit |",
    ],
)
def test_where_nothing_is_known_nothing_is_offered(marked: str) -> None:
    assert offered(marked) == []


def test_without_a_catalog_the_language_alone_is_offered() -> None:
    found = completions("select * from Contacts where a ", 31)
    assert {each.kind for each in found} == {"keyword", "operator"}


def test_names_that_begin_with_a_word_come_before_those_that_have_it_inside() -> None:
    found = offered("select name| from Contacts;")
    assert found
    assert all("name" in each for each in found)
    found = offered("select phone| from Contacts;")
    assert found[0] == "phone"
    assert "otherphone" in found


TEXTS = st.text() | st.lists(
    st.sampled_from(["select ", "* ", "from ", "Contacts ", "where ", "leadsource ", "= ", "'", "in ", "(", ")", "and ", ";", "\\", "--", "é"])
).map("".join)  # fmt: skip


@given(TEXTS, st.integers(-2, 200))
def test_any_text_and_place_is_answered_and_what_is_replaced_ends_there(text: str, at: int) -> None:
    offset = max(0, min(at, len(text)))
    found = completions(text, at, CATALOG)
    assert len(found) <= MAX_COMPLETIONS
    for each in found:
        assert each.span.end == offset
        assert 0 <= each.span.start <= offset
        assert text[each.span.start : offset].casefold() in each.text.casefold()
