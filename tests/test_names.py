"""Names that no query can have: known, listed, read with all fields, and refused in queries."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from stub_servers import Connect, Seen, Serve, after_login, json_answer, queries

import vtql
from vtql.client.doctor import examine
from vtql.completion import completions
from vtql.errors import ArgumentError, BrokenAnswer, NotExpressible, VtqlError
from vtql.models.model import Model
from vtql.parser.lalr import tables
from vtql.parser.names import LONGEST_NAME, WORDS, unwritable_name_reason
from vtql.sandbox import Sandbox

ODD = (
    "or", "AND", "Limit", "1x", "é ñ", "é", "a b", "a;b", "a'b", "a,b", "x)", "*", "count(*)", "-", "-x",
    "x\0y", "x\n", "a.b", "shipping_&_handling", "x" * 10_000, "\ud800", "\N{KELVIN SIGN}", "²",
)  # fmt: skip
"""Names that no query can have."""

PYTHON = (
    "__qualname__", "__del__", "__class__", "__init__", "__slots__", "__module__", "__dict__", "__len__",
    "__bool__", "__getattribute__", "__set_name__", "mro", "objects", "raw", "module", "catalog", "self",
    "to_dict", "DoesNotExist", "lambda", "None", "class",
)  # fmt: skip
"""Names that a query can have, and that have a meaning in Python."""

NAMES = ("lastname", "amount", *ODD, *PYTHON)
DESCRIBED: dict[str, Any] = {
    "name": "Contacts", "label": "Contacts", "idPrefix": "12", "labelFields": "lastname",
    "fields": [{"name": name, "type": {"name": "string"}} for name in NAMES],
}  # fmt: skip
CATALOG = vtql.Catalog.from_describes([DESCRIBED])
Contacts = vtql.model("Contacts", CATALOG)
ROW = {"id": "12x1", **{name: f"value of {name!r}"[:40] for name in NAMES}}


def test_the_words_are_those_of_the_grammar() -> None:
    assert set(tables("vtql").keywords) == WORDS


@pytest.mark.parametrize("name", [*NAMES, "a" * LONGEST_NAME, "a" * (LONGEST_NAME + 1)], ids=ascii)
def test_what_can_be_named_is_what_the_parser_takes_everywhere(name: str) -> None:
    texts = (
        f"SELECT {name} FROM Contacts;",
        f"SELECT id FROM {name};",
        f"SELECT id FROM Contacts WHERE {name} = 'a';",
        f"SELECT {name} FROM Contacts ORDER BY {name};",
    )
    if unwritable_name_reason(name) is None:
        for text in texts:
            assert name in names_in(text)
    elif len(name) <= LONGEST_NAME:
        assert not all(name in names_in(text) for text in texts)


def names_in(text: str) -> set[str]:
    """The names in a query; none in what is no query."""
    try:
        select = vtql.parse(text)
    except vtql.QuerySyntaxError:
        return set()
    return {node.text for node in vtql.ast.walk(select) if isinstance(node, vtql.ast.Name)}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_field_of_any_name_is_known_and_read_with_all_fields(name: str) -> None:
    record = Contacts(dict(ROW))
    assert name in Contacts.module.fields
    assert record[name] == ROW[name]
    assert record.to_dict()[name] == ROW[name]
    assert str(Contacts.objects.all()) == "SELECT * FROM Contacts;"


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_a_field_that_cannot_be_named_is_refused_in_a_query_with_the_reason(name: str) -> None:
    every = Contacts.objects
    calls = (
        lambda: every.filter(**{name: "a"}),
        lambda: every.exclude(**{f"{name}__startswith": "a"}),
        lambda: every.filter(vtql.Q(**{name: "a"}) | vtql.Q(lastname="a")),
        lambda: every.order_by(name),
        lambda: every.only("lastname", name),
        lambda: every.values(name),
        lambda: every.values_list(name),
    )
    why = unwritable_name_reason(name)
    assert why
    for call in calls:
        with pytest.raises(NotExpressible) as caught:
            call()
        assert why in str(caught.value)
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", PYTHON)
def test_a_field_with_a_name_of_python_can_be_asked_for(name: str) -> None:
    asked = Contacts.objects.filter(**{name: "a"}).only(name).order_by(name)
    assert name in names_in(str(asked))


def test_a_record_with_fields_of_pythons_names_is_a_record_as_any(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = Contacts(dict(ROW))
    assert isinstance(record, Model)
    assert record.id == "12x1"
    assert bool(record)
    assert record.raw == ROW
    assert record.__class__ is Contacts
    assert type(Contacts).__name__ == "type"
    assert Contacts.__qualname__ == "Contacts"
    assert repr(record).startswith("<Contacts 12x1")
    del record
    gc.collect()
    assert capsys.readouterr().err == ""


MODULES = ("Contacts; DROP", "or", "x" * 10_000, "a\0b", "é", "\ud800", "Contacts WHERE id", "1")


@pytest.mark.parametrize("name", MODULES, ids=ascii)
def test_a_module_that_cannot_be_named_is_known_and_never_asked(name: str) -> None:
    catalog = vtql.Catalog.from_describes([{**DESCRIBED, "name": name}])
    assert catalog[name].name == name
    assert list(catalog) == [name]
    with pytest.raises(NotExpressible, match="no query can name the module"):
        vtql.model(name, catalog)


@pytest.mark.parametrize("name", ["Contacts; DROP", "or"])
def test_a_reference_to_a_module_that_cannot_be_named_is_refused(name: str) -> None:
    reference = {"name": "account_id", "type": {"name": "reference", "refersTo": [name]}}
    fields = [*DESCRIBED["fields"][:2], reference]
    catalog = vtql.Catalog.from_describes(
        [{**DESCRIBED, "fields": fields}, {**DESCRIBED, "name": name, "idPrefix": "11"}]
    )
    for lookup in ("account_id__lastname", f"account_id__{name}__lastname"):
        with pytest.raises(NotExpressible, match="no query can name the module"):
            vtql.model("Contacts", catalog).objects.filter(**{lookup: "a"})


@pytest.mark.parametrize("prefix", ["12'", "x", "1" * 100, "\ud800", " 12", [], {}, None, True])
def test_a_prefix_of_ids_is_a_number(prefix: Any) -> None:
    catalog = vtql.Catalog.from_describes([{**DESCRIBED, "idPrefix": prefix}])
    assert catalog["Contacts"].id_prefix == ""


def test_completions_have_no_name_that_cannot_be_written() -> None:
    catalog = CATALOG.with_describes([{**DESCRIBED, "name": "Contacts; DROP"}])
    text = "SELECT  FROM Contacts;"
    found = {each.text for each in completions(text, 7, catalog)}
    assert "lastname" in found
    assert not found & set(ODD) - {"count(*)", "*"}
    modules = {each.text for each in completions("SELECT id FROM ", 15, catalog)}
    assert "Contacts; DROP" not in modules


# From a server


def odd_server(seen: Seen) -> Any:
    match seen.operation:
        case "listtypes":
            return json_answer({"types": ["Contacts; DROP", "or", "Contacts"]})
        case "describe":
            return json_answer({**DESCRIBED, "name": seen.url["elementType"]})
        case _:
            return json_answer([ROW] if "> '12x1'" not in seen.url["query"] else [])


def test_a_server_with_odd_names_is_described_and_read(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    server = serve(after_login(odd_server))
    client = connect(server)
    catalog = client.catalog()
    assert list(catalog) == ["Contacts; DROP", "or", "Contacts"]
    with pytest.raises(NotExpressible):
        client.model("Contacts; DROP")
    with pytest.raises(NotExpressible):
        client.precedence("or")
    (record,) = client.model("Contacts").objects
    assert {name: record[name] for name in NAMES if name != "\ud800"}.items() <= ROW.items()
    catalog.save(tmp_path / "catalog.json")
    assert len(vtql.Catalog.load(tmp_path / "catalog.json")["Contacts"].fields) == len(NAMES) + 1
    asked = [seen.url["query"] for seen in server.seen if seen.operation == "query"]
    assert asked
    assert [text for text in asked if "FROM Contacts " not in text or "DROP" in text] == []


def test_a_description_of_another_module_replaces_none(serve: Serve, connect: Connect) -> None:
    described = {**DESCRIBED, "name": "Accounts"}
    client = connect(serve(after_login(lambda _: json_answer(described))))
    with pytest.raises(BrokenAnswer, match="'Accounts'"):
        client.catalog("Contacts")
    assert len(client.catalog("Accounts")) == 1


@pytest.mark.parametrize("names", [["or"], ["Contacts; DROP"], []])
def test_a_doctor_asks_no_module_that_cannot_be_named(
    serve: Serve, connect: Connect, names: list[str]
) -> None:
    def answering(seen: Seen) -> Any:
        return json_answer({"types": names} if seen.operation == "listtypes" else [])

    server = serve(after_login(answering))
    list(examine(connect(server)))
    assert "query" not in server.operations


def test_a_sandbox_of_odd_names_keeps_its_records() -> None:
    with Sandbox(
        catalog=vtql.Catalog.from_describes([{**DESCRIBED, "name": "Odd"}]), records={}
    ) as sandbox:
        with sandbox.client() as client:
            values = dict.fromkeys((name for name in NAMES if name != "\ud800"), "v")
            made = client.create("Odd", values)
            assert {name: made[name] for name in values} == values
            (record,) = client.model("Odd").objects
            assert record["or"] == "v"
        assert all("FROM Odd" in text for text in queries(sandbox))


@pytest.mark.parametrize(
    "row",
    [
        {"id": "12x1"},
        {"modifiedtime": "2026-01-01 00:00:00"},
        {"id": "12x1", "modifiedtime": None},
        {"id": "12x1", "modifiedtime": ""},
        {"id": "12x1", "modifiedtime": "x"},
        {"id": "12x1", "modifiedtime": ["2026-01-01 00:00:00"]},
        {"id": "x", "modifiedtime": "2026-01-01 00:00:00"},
    ],
)
def test_a_row_of_changes_without_its_time_or_id_is_a_broken_answer(
    serve: Serve, connect: Connect, row: dict[str, Any]
) -> None:
    fields = [{"name": "modifiedtime", "type": {"name": "datetime"}}]

    def answering(seen: Seen) -> Any:
        if seen.operation == "describe":
            return json_answer({**DESCRIBED, "fields": fields})
        return json_answer([row])

    working = after_login(answering)

    def telling_the_time(seen: Seen) -> Any:
        if seen.operation == "getchallenge":
            return json_answer({"token": "t", "serverTime": 1_800_000_000})
        return working(seen)

    client = connect(serve(telling_the_time), profile="8.4")
    with pytest.raises(BrokenAnswer):
        list(client.changes("Contacts", "2026-01-01 00:00:00"))


@pytest.mark.parametrize(
    "answer",
    [
        {"updated": [{"id": "12x1"}], "deleted": [], "lastModifiedTime": 5},
        {"updated": [{"id": "12x1", "modifiedtime": 5}], "deleted": [], "lastModifiedTime": 5},
        {"updated": [], "deleted": [["12x1"]], "lastModifiedTime": 5},
        {"updated": [], "deleted": [], "lastModifiedTime": "9" * 5_000},
        {"updated": [], "deleted": [], "lastModifiedTime": "²"},
        {"updated": [], "deleted": [], "lastModifiedTime": 10**18},
        {"updated": [], "deleted": [], "lastModifiedTime": True},
    ],
)
def test_a_sync_of_another_shape_is_a_broken_answer(
    serve: Serve, connect: Connect, answer: Any
) -> None:
    fields = [{"name": "modifiedtime", "type": {"name": "datetime"}}]

    def answering(seen: Seen) -> Any:
        if seen.operation == "describe":
            return json_answer({**DESCRIBED, "fields": fields})
        return json_answer(answer)

    client = connect(serve(answering), service="rest")
    with pytest.raises(BrokenAnswer):
        list(client.changes("Contacts", "2026-01-01 00:00:00"))


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"modules":' * 20_000, '{"x":' * 900 + "1" + "}" * 900, "9" * 5_000]
)
def test_deep_json_in_a_catalog_is_its_own_error_in_a_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "catalog.json"
    path.write_text(content, "utf-8")
    with pytest.raises(VtqlError) as caught:
        vtql.Catalog.load(path)
    assert "\n" not in str(caught.value)


def test_a_description_that_is_nested_too_deeply_is_not_saved_over_a_good_file(
    tmp_path: Path,
) -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    path = tmp_path / "catalog.json"
    CATALOG.save(path)
    before = path.read_bytes()
    for label in (deep, {1, 2}, object()):
        with pytest.raises((vtql.CatalogError, ArgumentError)):
            vtql.Catalog.from_describes([{**DESCRIBED, "label": label}]).save(path)
        assert path.read_bytes() == before
    assert json.loads(before)
