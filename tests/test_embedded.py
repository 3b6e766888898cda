"""VTQL in the strings of programs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial

import pytest
from corpus import Case, cases, check

import vtql
from vtql.diagnostics import paint
from vtql.embedded import (
    HOST_LANGUAGES,
    LANGUAGES,
    analyze_host_file,
    analyze_python,
)
from vtql.lint.selectors import HOST_RULES
from vtql.rule_docs import all_rule_docs
from vtql.rules import too_many_placeholders, unreadable_source
from vtql.rules.too_many_placeholders import MOST
from vtql.sandbox import Sandbox

READERS: Mapping[str, Callable[..., vtql.Analysis]] = {
    language.module: partial(analyze_host_file, language, name=f"a{language.suffixes[0]}")
    for language in HOST_LANGUAGES
}


@pytest.mark.parametrize("case", cases("embedded"), ids=str)
def test_embedded(case: Case, update: bool, demo: Sandbox) -> None:
    def told(text: str) -> str:
        analysis = READERS[case.kind](text, demo.catalog)
        painted = [paint(analysis.source, found) for found in analysis.diagnostics]
        safe, fixed = analysis.fixed(), analysis.fixed(tuple(vtql.Applicability))
        if case.kind == "python" and fixed != text:
            compile(fixed, "a.py", "exec")
        told = painted or ["nothing found"]
        if safe != text:
            told.append(f"repaired:\n{safe}")
        if fixed != safe:
            told.append(f"repaired, with unsafe repairs:\n{fixed}")
        return "\n\n".join(told)

    check(case, told, update=update)


# The findings that only programs have


def code_of(finding: object) -> str:
    return str(getattr(finding, "code", None) or getattr(finding, "CODE", None))


@pytest.mark.parametrize(
    "finding", [*HOST_RULES, unreadable_source, too_many_placeholders], ids=code_of
)
def test_the_examples_of_a_finding_of_programs_are_true(finding: object) -> None:
    code = code_of(finding)
    body = all_rule_docs()[code].body
    wrong, right = (
        re.findall(rf"^## {part}\n\n    (.+)$", body, re.MULTILINE)[0]
        for part in ("Example", "Use instead")
    )
    many = ", ".join(f"{{a{number}}}" for number in range(1, MOST + 2))
    wrong = re.sub(r"\{a1\}.*\}(?= FROM)", many, wrong)
    assert code in [each.code for each in analyze_python(wrong, name="a.py").diagnostics]
    told = analyze_python(right, name="a.py").diagnostics
    assert code not in [each.code for each in told]
    assert {each.severity for each in told} <= {vtql.Severity.INFO}


def test_only_a_string_with_too_many_placeholders_is_skipped() -> None:
    few, many = (
        "".join(f"{{{name}}}, " for _ in range(n)) for n, name in ((MOST, "a"), (MOST + 1, "b"))
    )
    text = "".join(
        f'query(f"SELECT {holes}lastname FROM Contacts LIMIT 500;")\n' for holes in (few, many)
    )
    found = analyze_python(text, name="a.py")
    lines = [(found.source.position(each.span.start)[0], each.code) for each in found.diagnostics]
    assert (1, "VT402") in lines
    assert [code for line, code in lines if line == 2] == ["VT413"]


# What a program needs is loaded when there is one


def loaded(code: str) -> set[str]:
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, sep='\\n')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name for name in answer.stdout.splitlines() if name.startswith(("vtql.", "requests"))}


@pytest.mark.parametrize(
    ("code", "wanted", "unwanted"),
    [
        ("import vtql.embedded as e; e.LANGUAGES['.py']", "vtql.embedded", "vtql.analysis"),
        (
            "from vtql.embedded import LANGUAGES\n"
            "LANGUAGES['.py']('q = \"SELECT id FROM Contacts LIMIT 1;\"', name='a')",
            "vtql.embedded.python", "vtql.embedded.bracket_parser vtql.embedded.placeholders vtql.embedded.php",
        ),
        (
            "from vtql.embedded import LANGUAGES\n"
            "LANGUAGES['.py']('q = f\"SELECT id FROM Contacts LIMIT {n};\"', name='a')",
            "vtql.embedded.placeholders", "vtql.embedded.bracket_parser vtql.catalog.catalog requests",
        ),
        (
            "from vtql.embedded import LANGUAGES\n"
            "LANGUAGES['.php']('<?php $q = \"SELECT id FROM Contacts LIMIT 1;\"', name='a')",
            "vtql.embedded.php", "vtql.embedded.javascript vtql.embedded.placeholders",
        ),
    ],
)  # fmt: skip
def test_a_language_is_loaded_with_its_first_file(code: str, wanted: str, unwanted: str) -> None:
    modules = loaded(code)
    assert wanted in modules
    assert modules & set(unwanted.split()) == set()


# Programs as nobody writes them: what takes the square of their size does not end here


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "javascript",
            "a = () => {" * 20_000 + 'query("SELECT nope FROM Contacts;")' + "}" * 20_000,
        ),
        ("javascript", "f(" * 20_000 + '"SELECT nope FROM Contacts;"' + ")" * 20_000),
        ("php", "<?php " + "f(" * 20_000 + '"SELECT nope FROM Contacts;"' + ")" * 20_000),
        ("javascript", '"SELECT nope FROM Contacts;"; ' + "`${" * 20_000),
    ],
)
def test_a_query_is_found_however_deep_it_is(kind: str, text: str, demo: Sandbox) -> None:
    found = READERS[kind](text, demo.catalog)
    assert [each.code for each in found.diagnostics][:1] == ["VT102"]


def test_a_long_chain_of_calls_is_read_in_one_go() -> None:
    for suffix, text in [
        (".js", "x = a" + '.concat("a")' * 20_000 + '; vtql("SELECT id FROM Contacts");'),
        (".js", 'vtql("SELECT id FROM Contacts "' + '.concat("a")' * 20_000 + ");"),
        (".php", "<?php $x = $a" + "->b($c)" * 20_000 + '; vtql("SELECT id FROM Contacts");'),
    ]:
        assert LANGUAGES[suffix](text, name=suffix).selects
