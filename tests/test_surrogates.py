"""Half a surrogate pair, which a server may send and no file can hold, is written as U+FFFD."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stub_servers import Connect, Seen, Serve, after_login

import vtql
from vtql.cli import main
from vtql.errors import ArgumentError
from vtql.query.queryset import QuerySet

HALF, WHOLE = "a\ud800b😀", "a\ufffdb😀"
FIELDS = [
    {"name": "lastname", "label": HALF, "type": {"name": "string"}},
    {"name": "tags", "type": {"name": "multipicklist", "picklistValues": [{"value": HALF}]}},
    {"name": HALF, "type": {"name": "string"}},
    {"name": "amount", "type": {"name": "double"}},
]
ROW = {"id": "12x1", "lastname": HALF, "tags": f"{HALF} |##| b", HALF: HALF, "amount": HALF}
DESCRIBED = {"name": "Contacts", "label": HALF, "idPrefix": "12", "fields": FIELDS}


def answer(seen: Seen) -> tuple[int, dict[str, str], bytes]:
    result: Any = DESCRIBED
    if seen.operation == "query":
        result = [] if "> '12x1'" in seen.url["query"] else [ROW]
    return 200, {}, json.dumps({"success": True, "result": result}).encode()


@pytest.fixture
def every(serve: Serve, connect: Connect) -> QuerySet[Any]:
    return connect(serve(after_login(answer))).model("Contacts").objects


@pytest.fixture(autouse=True)
def _unread(recwarn: pytest.WarningsRecorder) -> None:
    """The amount cannot be read, and is warned of."""


def test_a_record_has_what_was_sent(every: QuerySet[Any]) -> None:
    (record,) = every
    assert record.lastname == HALF
    assert record.raw == ROW


@pytest.mark.parametrize("to_file", [True, False])
def test_csv_has_the_replacement_character(
    every: QuerySet[Any], tmp_path: Path, *, to_file: bool
) -> None:
    path = tmp_path / "rows.csv"
    if to_file:
        every.to_csv(path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            every.to_csv(file)
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    assert (row["lastname"], row[WHOLE], row["tags"]) == (WHOLE, WHOLE, f"{WHOLE} |##| b")


@pytest.mark.parametrize("to_file", [True, False])
def test_json_has_the_replacement_character(
    every: QuerySet[Any], tmp_path: Path, *, to_file: bool
) -> None:
    path = tmp_path / "rows.jsonl"
    if to_file:
        every.to_jsonl(path)
    else:
        with path.open("w", encoding="utf-8") as file:
            every.to_jsonl(file)
    row = json.loads(path.read_text("utf-8"))
    assert (row["lastname"], row[WHOLE], row["tags"]) == (WHOLE, WHOLE, [WHOLE, "b"])


def parquet(every: QuerySet[Any], folder: Path) -> Any:
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    every.to_parquet(folder / "rows.parquet")
    return parquet.read_table(folder / "rows.parquet").to_pylist()


def duckdb_rows(found: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


TABLES: dict[str, Callable[[QuerySet[Any], Path], Any]] = {
    "pyarrow": lambda every, _: every.to_arrow().read_all().to_pylist(),
    "pyarrow.parquet": parquet,
    "pandas": lambda every, _: every.to_pandas().to_dict("records"),
    "polars": lambda every, _: every.to_polars().to_dicts(),
    "duckdb": lambda every, _: duckdb_rows(every.to_duckdb("rows").execute("FROM rows")),
}  # fmt: skip


@pytest.mark.parametrize("library", TABLES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tables_have_the_replacement_character(
    every: QuerySet[Any], tmp_path: Path, library: str
) -> None:
    pytest.importorskip(library)
    (row,) = TABLES[library](every, tmp_path)
    assert (row["lastname"], row[WHOLE], [*row["tags"]]) == (WHOLE, WHOLE, [WHOLE, "b"])


def test_a_table_of_such_a_name_is_refused(every: QuerySet[Any]) -> None:
    pytest.importorskip("duckdb")
    with pytest.raises(ArgumentError):
        every.to_duckdb(HALF)


def test_a_catalog_has_the_replacement_character(tmp_path: Path) -> None:
    path = tmp_path / "catalog.json"
    catalog = vtql.Catalog.from_describes([DESCRIBED])
    catalog.save(path)
    module = vtql.Catalog.load(path)["Contacts"]
    assert module.label == module.fields["lastname"].label == WHOLE
    assert module.fields["tags"].choices == (WHOLE,)
    assert catalog["Contacts"].label == HALF


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.parquet"])
def test_an_export_has_the_replacement_character(
    serve: Serve, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    monkeypatch.setenv("VTQL_ACCESS_KEY", "key")
    url = serve(after_login(answer)).url
    arguments = ["--url", url, "--username", "admin"]
    assert main(["export", "Contacts", "--output", str(tmp_path / name), *arguments]) == 0
    content = (tmp_path / name).read_bytes()
    assert WHOLE.encode() in content
    for kind in ("table", "json", "csv", "jsonl"):
        query = ["run", "SELECT * FROM Contacts;", "--format", kind, *arguments]
        assert main([*query, "--output", str(tmp_path / kind)]) == 0
        assert (tmp_path / kind).read_bytes()
        assert main(query) == 0
    assert main(["describe", "Contacts", "--save", str(tmp_path / "c.json"), *arguments]) == 0
    for kind in ("text", "json"):
        assert main(["describe", "Contacts", "--format", kind, *arguments]) == 0
