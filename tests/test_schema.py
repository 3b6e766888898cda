"""The catalog and the field types: from `describe` to Python values and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import vtql
from vtql.catalog.types import TYPES, field_type
from vtql.sandbox import Sandbox


def field(type_name: str) -> Any:
    described = {"name": "M", "fields": [{"name": "f", "type": {"name": type_name}}]}
    return vtql.Catalog.from_describes([described])["M"].field("f")


PAIRS: list[tuple[str, Any, Any]] = [
    ("string", "text", "text"),
    ("integer", "12", 12),
    ("double", "12.50", Decimal("12.50")),
    ("currency", "1200.00000000", Decimal("1200.00000000")),
    ("boolean", "1", True),
    ("boolean", "0", False),
    ("date", "2024-02-29", date(2024, 2, 29)),
    ("datetime", "2024-02-29 10:20:30", datetime(2024, 2, 29, 10, 20, 30, tzinfo=UTC)),
    ("time", "10:20:30", time(10, 20, 30)),
    ("reference", "11x5", "11x5"),
    ("owner", "19x1", "19x1"),
    ("multipicklist", "a |##| b", ("a", "b")),
]


@pytest.mark.parametrize(("name", "wire", "value"), PAIRS)
def test_a_value_travels_both_ways(name: str, wire: str, value: Any) -> None:
    assert field(name).decode(wire) == value
    assert field(name).encode(value) == wire


@pytest.mark.parametrize("name", TYPES)
def test_null_is_none_and_the_empty_text_never_fails(name: str) -> None:
    assert field(name).decode(None) is None
    assert field(name).decode("") in (None, "", ())


def test_an_unknown_type_is_text() -> None:
    assert field_type("hologram").name == "hologram"
    assert field("hologram").decode("whatever") == "whatever"
    assert field("hologram").encode("whatever") == "whatever"


def test_a_date_that_mysql_could_not_keep_is_none() -> None:
    assert field("date").decode("0000-00-00") is None
    assert field("datetime").decode("0000-00-00 00:00:00") is None


def test_what_cannot_be_read_names_field_and_value() -> None:
    with pytest.raises(vtql.DecodeError, match=r"`f` .* integer .* 'many'"):
        field("integer").decode("many")


def test_a_naive_datetime_is_refused_with_two_ways_out() -> None:
    with pytest.raises(vtql.FieldValueError, match=r"replace\(tzinfo=UTC\).*as text"):
        field("datetime").encode(datetime(2024, 1, 1))  # noqa: DTZ001 - the point of the test
    assert field("datetime").encode("2024-01-01T02:00:00+02:00") == "2024-01-01 00:00:00"


def test_a_catalog_survives_its_file(tmp_path: Path, demo: Sandbox) -> None:
    path = tmp_path / "crm.json"
    demo.catalog.save(path)
    loaded = vtql.Catalog.load(path)
    assert loaded == demo.catalog
    assert list(loaded) == list(demo.catalog)
    assert loaded["Contacts"].fields == demo.catalog["Contacts"].fields


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("nonsense", "is not JSON"),
        ("5", "a list of them, or a mapping"),
        ("[5]", "entry 0"),
        ('[{"name": "A"}]', "A has no list of `fields`"),
        ('[{"name": "A", "fields": [{}]}]', "field 0 of A has no `name`"),
        ('[{"name": "A", "fields": [{"name": "b"}]}]', "`b` of A has no `type`"),
        (
            '[{"name": "A", "fields": [{"name": "b", "type": {"name": "reference", "refersTo": 1}}]}]',
            "`refersTo` of field `b` of A is no list",
        ),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_file_of_another_shape_says_where(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "crm.json"
    path.write_text(content)
    with pytest.raises(vtql.CatalogError) as error:
        vtql.Catalog.load(path)
    assert reason in str(error.value)
    assert str(path) in str(error.value)


def test_every_recorded_value_is_read(shared: Path) -> None:
    recordings = shared / "recordings"
    catalog = vtql.Catalog.from_describes(
        json.loads((recordings / "describe_8.4.json").read_bytes())
    )
    read = 0
    for module, rows in json.loads((recordings / "records_8.4.json").read_bytes()).items():
        for row in rows:
            for name, wire in row.items():
                if name in catalog[module].fields:
                    catalog[module].field(name).decode(wire)
                    read += 1
    assert read > 10_000
