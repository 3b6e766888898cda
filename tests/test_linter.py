"""What makes a lint of findings: settings, remarks that ignore, repairs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus import cases
from fuzz.texts import seeds
from hypothesis import given, settings
from hypothesis import strategies as st

import vtql
from vtql.analysis import analyze_statements
from vtql.diagnostics import Applicability, Edit, Severity, apply_edit_groups
from vtql.embedded import JAVASCRIPT, PHP, PYTHON
from vtql.lint.globs import matches
from vtql.lint.languages import LANGUAGES, VTQL, language_of
from vtql.lint.runner import Linted, LintResult, apply_settings, fix_text
from vtql.lint.selectors import SLUGS, codes_of_selector
from vtql.lint.settings import Settings
from vtql.lint.settings_table import checked_settings as checked
from vtql.lint.settings_table import resolve_settings
from vtql.lint.suppression_comments import suppressions_of_host_file, suppressions_of_queries
from vtql.profiles import profiles
from vtql.recovery.lexer import statements
from vtql.rules.runner import Target
from vtql.source import Source, Span

PLAIN = Settings()
MIXED = "SELECT id FROM A WHERE b = '1' OR c = '2' AND d = '3' LIMIT 5;"


def linted(text: str, settings: Settings = PLAIN, *, catalogued: bool = True) -> LintResult:
    found = vtql.analyze_script(text)
    return apply_settings(found, suppressions_of_queries(text), settings, catalogued=catalogued)


def codes(text: str, settings: Settings = PLAIN, *, catalogued: bool = True) -> list[str]:
    return [each.code for each in linted(text, settings, catalogued=catalogued).diagnostics]


def fixed(text: str, accept: tuple[Applicability, ...] = tuple(Applicability)) -> str:
    def look(content: str) -> Linted:
        return Linted(vtql.analyze_script(content), linted(content))

    return fix_text(look(text), look, accept).last.result.source.text


# Settings


def test_a_selector_is_a_code_a_prefix_or_a_name() -> None:
    assert (
        codes_of_selector("VT002")
        == codes_of_selector("missing-semicolon")
        == codes_of_selector("vt002")
        == {"VT002"}
    )
    assert codes_of_selector("ALL") == codes_of_selector("VT") == set(SLUGS)
    assert {code[:3] for code in codes_of_selector("VT3")} == {"VT3"}
    with pytest.raises(vtql.SettingsError, match=r"`unknown-feild` is no rule.*`unknown-field`"):
        codes_of_selector("unknown-feild")


def test_the_longer_selector_wins_and_a_later_select_starts_anew() -> None:
    def told(*places: dict[str, object]) -> set[str]:
        return set(SLUGS) - resolve_settings([checked(each) for each in places]).off

    assert told() == set(SLUGS)
    assert told({"select": ["VT3"], "ignore": ["VT301"]}) == codes_of_selector("VT3") - {"VT301"}
    assert told({"select": ["VT301"], "ignore": ["VT3"]}) == {"VT301"}
    assert told({"ignore": ["VT3"]}, {"extend-select": ["VT301"]}) >= {"VT301"}
    assert told({"ignore": ["VT301"]}, {"select": ["VT3"]}) == codes_of_selector("VT3")
    assert told({"select": ["VT3"]}, {"ignore": ["VT301"]}) == codes_of_selector("VT3") - {"VT301"}
    assert told({"severity": {"VT": "off", "VT002": "info"}}) == {"VT002"}


def test_weights_are_set_by_code_and_family() -> None:
    levels = resolve_settings([checked({"severity": {"VT002": "info", "VT0": "warning"}})]).levels
    assert (levels["VT001"], levels["VT002"]) == (Severity.WARNING, Severity.INFO)
    (found,) = linted("SELECT id FROM A LIMIT 5", Settings(levels=levels)).diagnostics
    assert found.severity is Severity.INFO


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"selct": ["VT3"]}, "`selct` is no setting; the nearest name is `select`"),
        ({"select": "VT3"}, "`select`: it is a list of codes"),
        ({"select": [3]}, "`select`: it is a list of codes"),
        ({"ignore": ["VT999"]}, "`ignore`: `VT999` is no rule"),
        ({"severity": {"VT301": "fatal"}}, "`severity`: `fatal` is no weight"),
        ({"severity": ["VT301"]}, "`severity`: it is a table"),
        ({"per-file-ignores": {"a": "VT3"}}, "`per-file-ignores`: it is a table"),
        ({"fail-level": "off"}, "`fail-level`: it is `error`, `warning` or `info`"),
        ({"profile": "8.3"}, "`profile`: `8.3` is not a server profile"),
        ({"catalog": 1}, "`catalog`: it is a path"),
        ({"exclude": "old"}, "`exclude`: it is a list of patterns"),
        ([], "the settings are a table"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(values: object, said: str) -> None:
    with pytest.raises(vtql.SettingsError) as refused:
        checked(values)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("tests", "tests/a/b.vtql", True),
        ("tests", "src/tests/b.vtql", True),
        ("*_old.vtql", "a/b_old.vtql", True),
        ("a/*.vtql", "a/b/c.vtql", True),
        ("./a/", "a/b.vtql", True),
        ("a/b", "x/a/b", False),
        ("b", "a/bc", False),
    ],
)
def test_patterns_mean_paths(pattern: str, path: str, meant: bool) -> None:
    assert matches(pattern, path) is meant


def test_some_codes_are_not_told_in_some_files() -> None:
    settings = resolve_settings([checked({"per-file-ignores": {"old/*": ["VT0"]}})])
    assert settings.at("new/a.vtql").off == set()
    assert settings.at("old/a.vtql").off == codes_of_selector("VT0")


# Remarks


def test_a_remark_at_the_end_of_a_line_is_about_that_line() -> None:
    assert codes(f"{MIXED} -- vtql: ignore VT301\n") == []
    assert codes(f"{MIXED} -- VTQL:ignore mixed-connectives -- the page reads it so\n") == []
    assert codes(f"{MIXED} -- vtql: ignore\n{MIXED}") == ["VT301"]
    broken = MIXED.replace("WHERE", "\nWHERE").replace("FROM", "-- vtql: ignore VT301\nFROM")
    assert codes(broken) == ["VT590", "VT301"]


def test_a_remark_on_a_line_of_its_own_is_about_a_query() -> None:
    broken = MIXED.replace("WHERE", "\nWHERE").replace("AND", "\nAND")
    assert codes(f"-- vtql: ignore VT301, VT401\n{broken}\n{MIXED}") == ["VT590", "VT301"]
    assert codes(MIXED.replace("FROM", "\n-- vtql: ignore VT3\nFROM")) == []
    assert codes("SELECT id FROM A LIMIT 5;\n-- vtql: ignore VT301\n") == ["VT590"]


def test_a_remark_may_be_about_the_file() -> None:
    assert codes(f"{MIXED}\n{MIXED}\n-- vtql: ignore-file VT301") == []
    assert codes(f"-- vtql: ignore-file\n{MIXED}\nSELECT") == []
    assert codes("-- vtql: ignore-file\nSELECT id FROM A LIMIT 5;") == ["VT590"]


def test_an_unused_or_unknown_remark_is_a_finding_and_its_repair_takes_it_away() -> None:
    query = "SELECT id FROM A LIMIT 5;"
    for text, code, mended_text in [
        (f"{query} -- vtql: ignore VT301\n", "VT590", f"{query}\n"),
        (f"-- vtql: ignore VT999\n{query}\n", "VT591", f"{query}\n"),
        (f"{query}\r\n  -- vtql: ignore\r\n", "VT590", f"{query}\r\n"),
        (f"{MIXED} -- vtql: ignore VT301, VT401\n", "VT590", f"{MIXED} -- vtql: ignore VT301\n"),
        (f"{MIXED} -- vtql: ignore VT401 VT301\n", "VT590", f"{MIXED} -- vtql: ignore VT301\n"),
    ]:
        assert codes(text) == [code]
        assert fixed(text) == mended_text
    (found,) = linted(f"{query} -- vtql: ingore VT301").diagnostics
    assert (found.slug, found.help) == ("unknown-ignore", "the nearest name is `ignore`")
    (found,) = linted(f"{query} -- vtql: ignore mixed-conectives").diagnostics
    assert "`mixed-connectives`" in found.help
    assert codes(f"{query} -- vtql\n-- about vtql: it ignores\n") == []


def test_a_remark_is_not_unused_where_nobody_looked() -> None:
    text = "SELECT id FROM A LIMIT 5; -- vtql: ignore VT102\n"
    assert codes(text) == ["VT590"]
    assert codes(text, catalogued=False) == []
    assert (
        codes(
            "SELECT id FROM A LIMIT 5; -- vtql: ignore VT301\n",
            Settings(off=codes_of_selector("VT3")),
        )
        == []
    )
    assert codes(text, Settings(off=codes_of_selector("unused-ignore"))) == []
    (bare,) = linted("SELECT id FROM A LIMIT 5; -- vtql: ignore", catalogued=False).diagnostics
    assert bare.applicability is Applicability.UNSAFE


def test_a_remark_in_a_literal_is_none() -> None:
    assert codes("SELECT id FROM A WHERE b = '-- vtql: ignore VT301' LIMIT 5;") == []


# Repairs

TEXTS = st.one_of(
    st.sampled_from([case.input for folder in ("messages", "syntax") for case in cases(folder)]),
    st.lists(
        st.sampled_from(
            [MIXED, "SELECT id FROM A", ";", "-- vtql: ignore VT301", "-- vtql: ignore VT999, VT3",
             "-- vtql: ignore", "\n", "\r\n", " ", "where b == 1", "limit 5", "'", "select",
             "SELECT id FROM A WHERE (b = 1 OR c = 2) AND d <> '3';", "-- vtql: ignore-file VT0"]
        ),
        max_size=12,
    ).map(" ".join),
)  # fmt: skip


@given(TEXTS)
def test_a_second_repair_changes_nothing_and_none_makes_it_worse(text: str) -> None:
    for accept in ((Applicability.SAFE,), tuple(Applicability)):
        once = fixed(text, accept)
        assert fixed(once, accept) == once
        before = [each.code for each in vtql.analyze_script(text).diagnostics]
        after = [each.code for each in vtql.analyze_script(once).diagnostics]
        assert all(
            after.count(code) <= before.count(code) for code in after if code.startswith("VT0")
        )


SEEDS = [text for text in dict.fromkeys(seeds()) if len(text) < 400]


@settings(max_examples=100)
@given(st.sampled_from(SEEDS), st.data())
def test_a_text_that_was_damaged_is_mended_to_the_end(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        more = data.draw(
            st.sampled_from(["", "'", "(", ")", ",", ";", " or ", "=", "x", '"', "--", "\n"])
        )
        text = text[:at] + more + text[at + data.draw(st.integers(0, 3)) :]
    for accept in ((Applicability.SAFE,), tuple(Applicability)):
        before = vtql.analyze_script(text)
        once = before.fixed(accept)
        after = vtql.analyze_script(once)
        assert after.fixed(accept) == once
        assert fixed(text, accept) == once or "vtql" in text.lower()
        broken = [each for each in before.diagnostics if each.code.startswith("VT0")]
        left = [each for each in after.diagnostics if each.code.startswith("VT0")]
        assert not Counter(each.code for each in left) - Counter(each.code for each in broken)
        if all(each.edits and each.applicability in accept for each in broken):
            assert left == [], (text, once)


def test_a_repair_is_made_wholly_or_not_at_all() -> None:
    first = (Edit(Span(0, 1), "A"), Edit(Span(4, 5), "E"))
    second = (Edit(Span(2, 3), "C"), Edit(Span(4, 6), "EF"))
    assert apply_edit_groups("abcdef", [second, first]) == "AbcdEf"
    assert apply_edit_groups("abcdef", [second]) == "abCdEF"
    assert apply_edit_groups("ab", [(Edit(Span(1, 1), "-"),), (Edit(Span(1, 2), "B"),)]) == "a-B"


def test_repairs_without_an_end_are_not_made() -> None:
    def look(text: str) -> Linted:
        other = "b" if text.startswith("a") else "a"
        found = vtql.Diagnostic(
            "VT999", "flip", Severity.INFO, "", Span(0, 1), "", (Edit(Span(0, 1), other),)
        )
        told = LintResult(Source(text), (found,))
        return Linted(vtql.analyze_script(""), told)

    done = fix_text(look("a"), look, tuple(Applicability))
    assert done.last.result.source.text == "a"
    assert "no end of repairs" in done.obstacle


def test_a_repair_that_breaks_a_query_is_not_made() -> None:
    def look(text: str) -> Linted:
        found = vtql.analyze_script(text)
        edits = (Edit(Span(0, 6), "SELEC"),)
        worse = vtql.Diagnostic("VT999", "worse", Severity.INFO, "", Span(0, 6), "", edits)
        return Linted(found, LintResult(found.source, (*found.diagnostics, worse)))

    done = fix_text(look("SELECT id FROM A;"), look, tuple(Applicability))
    assert done.last.result.source.text == "SELECT id FROM A;"
    assert "would break" in done.obstacle


def test_a_repair_that_breaks_a_query_is_in_the_way_of_no_other() -> None:
    def look(text: str) -> Linted:
        found = vtql.analyze_script(text)
        edits = (Edit(Span(0, 6), "SELEC"),)
        worse = vtql.Diagnostic("VT999", "worse", Severity.INFO, "", Span(0, 6), "", edits)
        return Linted(found, LintResult(found.source, (worse, *found.diagnostics)))

    done = fix_text(look("SELECT id FROM A WHERE b == 1 LIMIT 5"), look, tuple(Applicability))
    assert done.last.result.source.text == "SELECT id FROM A WHERE b = 1 LIMIT 5;"
    assert "would break" in done.obstacle


PIECES = (
    "select id, lastname", ", firstname", "from A", "where b = '1'", "or c = '2'", "and d = '3'",
    "or e like 'x'", "and f in ('1', '2', '3',", "'4', '4')", "order by g", "limit 5", ";",
)  # fmt: skip
BREAKS = st.sampled_from(
    [" ", " ", "\n", " -- vtql: ignore VT3\n", " -- other\n", "\n-- vtql: ignore VT2, VT3\n"]
)


@given(st.lists(BREAKS, min_size=len(PIECES), max_size=len(PIECES)), st.integers(10, 120))
def test_what_is_ignored_is_ignored_in_a_formatted_file(breaks: list[str], width: int) -> None:
    text = "".join(map("".join, zip(PIECES, breaks, strict=True)))
    made = vtql.format(text, width=width)
    assert vtql.format(made, width=width) == made
    ignored = [code for code in codes(text) if code != "VT590"]
    assert {code: ignored.count(code) for code in ignored} | {
        code: max(count, ignored.count(code))
        for code, count in Counter(each for each in codes(made) if each != "VT590").items()
    } == {code: ignored.count(code) for code in ignored}


def test_a_remark_before_the_semicolon_goes_before_the_query() -> None:
    text = "SELECT id FROM A WHERE b = '1' OR c = '2' AND d = '3' LIMIT 5\n-- vtql: ignore VT301\n;"
    assert codes(text) == []
    made = vtql.format(text, width=10)
    assert made.startswith("-- vtql: ignore VT301\nSELECT id\n")
    assert codes(made) == []


def test_a_remark_at_the_end_of_its_own_condition_stays_there() -> None:
    made = "SELECT id\nFROM A\nWHERE b = '1'\n  OR c = '2' -- vtql: ignore\n  AND d = '3'\nLIMIT 5;"
    assert vtql.format(made, width=30) == made


# Files


@given(TEXTS)
def test_the_quick_way_through_a_file_finds_what_the_other_does(text: str) -> None:
    quick = vtql.analyze_script(text)
    aim = Target(Source(text), None, profiles(None))
    selects, diagnostics = analyze_statements(aim, statements(text))
    assert list(quick.selects) == selects
    assert list(quick.diagnostics) == sorted(diagnostics, key=lambda each: each.span.start)


def test_a_byte_order_mark_is_no_part_of_a_file() -> None:
    text = "SELECT id FROM A LIMIT 5"
    (marked,) = (analysis := vtql.analyze_script(f"\ufeff{text}")).diagnostics
    (plain,) = vtql.analyze_script(text).diagnostics
    assert analysis.source.position(marked.span.start) == (1, plain.span.start + 1)
    assert analysis.fixed() == f"\ufeff{text};"
    assert vtql.format("\ufeffselect id from A;\n") == "\ufeffSELECT id FROM A;\n"


def test_each_ending_has_one_language() -> None:
    endings = [suffix for language in LANGUAGES for suffix in language.suffixes]
    assert len(endings) == len(set(endings))
    assert language_of("a/B.VTQL") is VTQL
    assert language_of("queries.txt") is None
    assert all(Path(f"x{suffix}").suffix == suffix for suffix in endings)


def test_remarks_of_large_programs_are_read_in_one_go() -> None:
    many = 8_000  # read again for each of them, a file of these would take minutes
    for program, language, count in [
        ("f(\n" + "'a', # vtql: ignore VT301\n" * many + ")\n", PYTHON, many),
        ("# vtql: ignore VT301\nf()\n" * many, PYTHON, many),
        ("x = (\n" + '"""a\n"""# vtql: ignore VT301\n' * many + ")\n", PYTHON, many),
        ("<?php f(" + "\n# vtql: ignore VT301\n'a'," * many + ");", PHP, many),
        ("<?php " + "function f() { /* vtql: ignore VT301 */ " * many, PHP, many),
        ("f(" + "'a', // vtql: ignore VT301\n" * many + ");", JAVASCRIPT, many),
        ("`${" * many + "/* vtql: ignore VT301 */" + "}`" * many, JAVASCRIPT, 1),
    ]:
        found = suppressions_of_host_file(language, program)
        assert len(found) == count
        assert all(each.scope for each in found)
