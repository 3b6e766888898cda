"""CSV that a spreadsheet opens without running it, and exports that stay in the folder named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import vtql
from vtql.catalog.catalog import Catalog
from vtql.cli import main
from vtql.export.csv_lines import csv_writer, safe_cell
from vtql.sandbox import Sandbox

Capture = pytest.CaptureFixture[str]

RUN = [
    "=1+1", "=cmd|' /C calc'!A0", "+1-2", "+49 30 123", "-2+3", "- 5", "-", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "\tx", " =1", "\xa0=1", "'=1", '"=1', '" =1', "\ufeff=1", "＝1", "＋1", "－1", "＠x", "\x00=1",
    "=", "-5\n", "-5;=1",
]  # fmt: skip
KEPT = ["", "a=1", "1+1", "a@b.example", "-5", "+5", "-5.25", "5", "-1.5e-10", "2024-01-31", "12x5", "'", "O'Brien",
        "true", "é", "(=1)"]  # fmt: skip


@pytest.mark.parametrize("cell", RUN, ids=ascii)
def test_a_cell_that_a_spreadsheet_would_run_begins_with_a_quote(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", KEPT, ids=ascii)
def test_other_cells_stay_what_they_are(cell: str) -> None:
    assert safe_cell(cell) == cell


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_begins_behind_another_separator(delimiter: str) -> None:
    """A spreadsheet of another country cuts at semicolons or tabs, and looks at each piece."""
    text = io.StringIO()
    write = csv_writer(text, safe=True)
    cells = [*RUN, *KEPT, "a;=1", "a,=1", "a\t=1", 'a",=1', "a\n=1", "a\r=1", " a ", 'b"']
    for cell in cells:
        write([cell])
    read = list(csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=delimiter))
    assert read == [[safe_cell(cell)] for cell in cells]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    with Sandbox() as demo:
        return {name: dict(demo.catalog.describe(name)) for name in ("Contacts", "Users", "Groups")}


FORMULA = "=HYPERLINK(\"http://x\",'y')"


@pytest.fixture
def spiteful(described: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A server with formulas in its records."""
    records = {
        "Contacts": [{"id": "12x1", "lastname": FORMULA, "firstname": "-5", "phone": "+1-2"}]
    }
    with Sandbox(catalog=Catalog.from_describes(described), records=records) as sandbox:
        monkeypatch.setenv("VTQL_URL", sandbox.serve())
        monkeypatch.setenv("VTQL_USERNAME", sandbox.username)
        monkeypatch.setenv("VTQL_ACCESS_KEY", sandbox.access_key)
        yield sandbox


def test_every_way_to_csv_can_be_safe(spiteful: Sandbox, tmp_path: Path, capsys: Capture) -> None:
    query = "SELECT lastname, firstname, phone FROM Contacts;"
    ways: dict[str, str] = {}
    for way, option in (("plain", []), ("safe", ["--csv-safe"])):
        assert main(["run", query, "--format", "csv", *option]) == 0
        ways[f"{way} run"] = capsys.readouterr().out
        output = tmp_path / f"{way} run.csv"
        assert main(["run", query, "--output", str(output), *option]) == 0
        ways[f"{way} run to a file"] = output.read_text()
        output = tmp_path / f"{way} export.csv"
        fields = ["--fields", "lastname,firstname,phone"]
        assert main(["export", "Contacts", "--output", str(output), *fields, *option]) == 0
        ways[f"{way} export"] = output.read_text()
    contacts = spiteful.client().model("Contacts").objects.only("lastname", "firstname", "phone")
    for way, safe in (("plain", False), ("safe", True)):
        file = io.StringIO()
        assert contacts.to_csv(file, csv_safe=safe) == 1
        ways[f"{way} to_csv"] = file.getvalue()
    for way, text in ways.items():
        (row,) = csv.DictReader(io.StringIO(text))
        before = "'" if way.startswith("safe") else ""
        assert (row["lastname"], row["phone"], row["firstname"]) == (
            before + FORMULA, f"{before}+1-2", "-5",
        ), way  # fmt: skip


def test_a_safe_export_is_not_continued_by_another(
    spiteful: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert spiteful
    monkeypatch.chdir(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "vtql.cli.export.move_into_place", lambda *_: (_ for _ in ()).throw(OSError("x"))
        )
        assert main(["export", "Contacts", "--csv-safe"]) == 2
    capsys.readouterr()
    assert main(["export", "Contacts"]) == 2
    assert "--restart" in capsys.readouterr().err
    assert main(["export", "Contacts", "--csv-safe"]) == 0
    assert (
        f"'{FORMULA.split(',', maxsplit=1)[0]}".replace('"', '""')
        in Path("Contacts.csv").read_text()
    )


@pytest.mark.usefixtures("spiteful")
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "SELECT id FROM Contacts;"],
        ["run", "SELECT id FROM Contacts;", "--format", "jsonl"],
        ["export", "Contacts", "--format", "jsonl"],
    ],
)
def test_what_is_not_csv_cannot_be_safe_csv(arguments: list[str], capsys: Capture) -> None:
    assert main([*arguments, "--csv-safe"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "`--csv-safe` is about CSV" in said.err


# Modules with names that lead elsewhere

MODULES = [
    "../../x", "..", ".", "/tmp/vtql-x", "a/b", "a\\b", "C:\\x", "CON", "nul", "com1", "-rf", ".hidden", "a\nb",
    "a\x1bb", "$(id)", "*", "a%2Fb", "~", "a b", "é", "\u202ex",
]  # fmt: skip


@pytest.mark.parametrize("name", MODULES, ids=ascii)
def test_an_export_makes_its_file_where_it_is_asked(
    name: str,
    described: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    here = tmp_path / "a" / "b" / "c"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    odd = {**json.loads(json.dumps(described["Contacts"])), "name": name, "idPrefix": "77"}
    with Sandbox(catalog=Catalog.from_describes([*described.values(), odd])) as sandbox:
        monkeypatch.setenv("VTQL_ACCESS_KEY", sandbox.access_key)
        url, user = sandbox.serve(), sandbox.username
        status = main(["export", "--url", url, "--username", user, "--", name])
    err = capsys.readouterr().err
    made = [each for each in tmp_path.rglob("*") if each.is_file() and "config" not in each.parts]
    assert all(each.parent == here for each in made)
    assert all(set("/\\:*\n\x1b$(~\u202e").isdisjoint(each.name) for each in made)
    assert not Path("/tmp/vtql-x.csv").exists()
    assert (status, len(made)) == (0, 1) or status == 2, err
    assert err.count("\n") == 1


def test_each_module_has_a_file_of_its_own() -> None:
    from vtql.cli.export import _file_of  # noqa: PLC0415

    names = [_file_of(name, "csv") for name in (*MODULES, "a_b", "a%b", "Con", "acon", "x")]
    assert len({each.lower() for each in names}) == len(names) - 1  # CON and Con
    assert not {each.split(".")[0].upper() for each in names} & {"CON", "NUL", "COM1"}
    assert _file_of("Contacts", "csv") == "Contacts.csv"
    for name in ("", "x" * 300, "é" * 150):
        with pytest.raises(vtql.ArgumentError):
            _file_of(name, "csv")
