"""Rows in files and in tables of other libraries."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from vtql.catalog.describe import read_module
from vtql.export import arrow, duckdb, pandas, polars, texts
from vtql.export.stream import BATCH, Stream
from vtql.sandbox import Sandbox

KINDS = {
    "lastname": "string",
    "age": "integer",
    "amount": "currency",
    "donotcall": "boolean",
    "birthday": "date",
    "createdtime": "datetime",
    "skills": "multipicklist",
}
MODULE = read_module(
    {"name": "People", "fields": [{"name": n, "type": {"name": t}} for n, t in KINDS.items()]}
)
WIRE: list[dict[str, Any]] = [
    {
        "lastname": 'O\'Brien, "Żółć"\nJr',
        "age": "42",
        "amount": "1200.12345678",
        "donotcall": "1",
        "birthday": "1990-02-28",
        "createdtime": "2024-01-02 03:04:05",
        "skills": "a |##| b",
        "id": "12x1",
    },
    dict.fromkeys((*KINDS, "id"), None) | {"id": "12x2"},
]


def people(wire: list[dict[str, Any]] = WIRE) -> Stream:
    fields = MODULE.fields
    return Stream(
        fields, ({name: f.decode(row.get(name)) for name, f in fields.items()} for row in wire)
    )


def test_csv_can_be_read_back() -> None:
    file = io.StringIO()
    assert texts.to_csv(people(), file) == 2
    first, second = csv.DictReader(io.StringIO(file.getvalue()))
    assert first == {
        "lastname": 'O\'Brien, "Żółć"\nJr',
        "age": "42",
        "amount": "1200.12345678",
        "donotcall": "true",
        "birthday": "1990-02-28",
        "createdtime": "2024-01-02T03:04:05+00:00",
        "skills": "a |##| b",
        "id": "12x1",
    }
    assert set(second.values()) == {"", "12x2"}


def test_jsonl_has_an_object_a_line() -> None:
    file = io.StringIO()
    assert texts.to_jsonl(people(), file) == 2
    first, second = map(json.loads, file.getvalue().splitlines())
    assert first["lastname"] == 'O\'Brien, "Żółć"\nJr'
    assert (first["age"], first["amount"], first["donotcall"]) == (42, "1200.12345678", True)
    assert first["skills"] == ["a", "b"]
    assert second["age"] is None


def test_arrow_has_types_and_is_streamed() -> None:
    pytest.importorskip("pyarrow")
    taken: list[int] = []

    def rows() -> Any:
        for number in range(3 * BATCH):
            taken.append(number)
            yield {"age": number}

    reader = arrow.to_arrow(Stream({"age": MODULE.fields["age"]}, rows()))
    assert taken == []
    assert reader.read_next_batch().num_rows == BATCH
    assert len(taken) == BATCH
    first = arrow.to_arrow(people()).read_all().to_pylist()[0]
    assert first["amount"] == Decimal("1200.12345678")
    assert first["birthday"] == date(1990, 2, 28)
    assert isinstance(first["createdtime"], datetime)
    assert (first["donotcall"], first["skills"], first["age"]) == (True, ["a", "b"], 42)


def test_parquet_can_be_read_back(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    file = tmp_path / "people.parquet"
    assert arrow.to_parquet(people(), file) == 2
    read = duckdb.to_duckdb(people(), "people")
    assert read.execute(f"SELECT age FROM '{file}' ORDER BY id").fetchall() == [(42,), (None,)]


def test_pandas_keeps_whole_numbers_beside_none() -> None:
    pytest.importorskip("pandas")
    frame = pandas.to_pandas(people())
    assert frame["age"].iloc[0] == 42
    assert "int64" in str(frame["age"].dtype)
    assert frame["age"].isna().tolist() == [False, True]


def test_polars_has_the_rows() -> None:
    pytest.importorskip("polars")
    frame = polars.to_polars(people())
    assert frame["age"].to_list() == [42, None]
    assert frame["amount"].to_list() == [Decimal("1200.12345678"), None]


def test_duckdb_has_a_table_of_any_name() -> None:
    pytest.importorskip("duckdb")
    made = duckdb.to_duckdb(people(), 'my "people"; --')
    assert made.execute('SELECT count(*) FROM "my ""people""; --"').fetchone() == (2,)


def test_a_query_set_goes_to_all_of_them(demo: Sandbox, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    with demo.client() as client:
        some = client.model("Contacts").objects.only("lastname", "birthday")[:150]
        dicts = list(some.to_dicts())
        assert len(dicts) == 150
        assert list(dicts[0]) == ["lastname", "birthday", "id"]
        assert some.to_csv(tmp_path / "a.csv") == 150
        assert some.to_jsonl(tmp_path / "a.jsonl") == 150
        assert some.to_parquet(tmp_path / "a.parquet") == 150
        assert some.to_arrow().read_all().num_rows == 150
        assert len(some.to_pandas()) == len(some.to_polars()) == 150
        assert some.to_duckdb("c").execute("SELECT count(*) FROM c").fetchone() == (150,)
        lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["id"] for line in lines] == [each["id"] for each in dicts]
