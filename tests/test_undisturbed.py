"""While a long text is read, and only then, nothing searches for garbage."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

import vtql
from vtql.undisturbed import LONG, undisturbed


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.enable()


@undisturbed
def searches(text: str, *, fails: bool = False) -> bool:
    if fails:
        raise ValueError(text[:1])
    return gc.isenabled()


@pytest.mark.parametrize(("length", "found"), [(0, True), (LONG - 1, True), (LONG, False)])
def test_the_search_pauses_for_a_long_text(length: int, found: bool) -> None:
    assert searches("a" * length) is found
    assert searches(text="a" * length) is found
    assert gc.isenabled()


def test_it_goes_on_after_an_exception() -> None:
    with pytest.raises(ValueError, match="a"):
        searches("a" * LONG, fails=True)
    assert gc.isenabled()


def test_a_program_that_has_switched_it_off_is_left_alone() -> None:
    gc.disable()
    assert not searches("a" * LONG)
    assert not gc.isenabled()


def test_what_is_no_text_is_told_as_ever() -> None:
    with pytest.raises(TypeError, match="a query is text"):
        vtql.parse(b"a" * LONG)  # type: ignore[arg-type]


VALUES = ", ".join(["'a'"] * LONG + ["'b'"])
LONG_QUERY = f"SELECT lastname FROM Contacts WHERE lastname IN ({VALUES});"
READERS: list[Callable[[str], object]] = [
    vtql.analyze, vtql.analyze_script, vtql.format, vtql.compile, vtql.parse
]  # fmt: skip


@pytest.mark.parametrize("reader", READERS, ids=lambda each: each.__name__)
def test_every_reader_of_texts_does_so(
    reader: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(gc, "disable", lambda: asked.append("disable"))
    monkeypatch.setattr(gc, "enable", lambda: asked.append("enable"))
    reader("SELECT lastname FROM Contacts;")
    assert asked == []
    reader(LONG_QUERY)
    assert asked == ["disable", "enable"]
