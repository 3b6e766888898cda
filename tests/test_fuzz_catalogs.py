"""Any description and any saved catalog, without the search."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from fuzz.catalogs import LEAVES, NAMES, check, check_file, file, made
from hypothesis import given, settings
from hypothesis import strategies as st

GOOD: dict[str, Any] = {
    "name": "Contacts", "label": "Contacts", "idPrefix": "12", "isEntity": True, "labelFields": "lastname",
    "fields": [{"name": "lastname", "label": "Name", "type": {"name": "string"}}],
}  # fmt: skip
FOUND = [
    b"", b"\xff", b"[" * 100_000, b'{"modules":' * 2_000, b"9" * 5_000, b"null", b"NaN", b'"x"',
    b'{"server_zone":"\\u0000","modules":{}}', b'{"server_zone":"../x","modules":{}}',
    b'{"reading":[],"modules":{}}', b'{"modules":{"a":{"name":"a","fields":[]},"b":{"name":"a","fields":[]}}}',
]  # fmt: skip
"""Contents of files for which something did not hold once, or might not."""


@pytest.mark.parametrize("content", FOUND, ids=range(len(FOUND)))
def test_it_holds_for_what_was_found(content: bytes) -> None:
    check_file(content)


@pytest.mark.parametrize("key", [*GOOD, "vtql"])
def test_it_holds_with_anything_in_a_place_of_a_module(key: str) -> None:
    for leaf in LEAVES:
        check([{**GOOD, key: leaf}])
        check_file(json.dumps([{**GOOD, key: leaf}]).encode())


@pytest.mark.parametrize(
    "key", ["name", "label", "type", "default", "mandatory", "editable", "nullable", "isunique"]
)
def test_it_holds_with_anything_in_a_place_of_a_field(key: str) -> None:
    for leaf in (*LEAVES, *NAMES):
        check([{**GOOD, "fields": [{**GOOD["fields"][0], key: leaf}]}])


@pytest.mark.parametrize("key", ["name", "refersTo", "picklistValues", "format"])
@pytest.mark.parametrize("kind", ["reference", "picklist", "multipicklist", "owner", "datetime"])
def test_it_holds_with_anything_in_a_type(key: str, kind: str) -> None:
    for leaf in (*LEAVES, [*NAMES], [{"value": name} for name in NAMES]):
        type_ = {"name": kind, key: leaf}
        check([{**GOOD, "fields": [{**GOOD["fields"][0], "type": type_}]}])


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_it_holds_for_descriptions_that_are_spoilt(seed: int) -> None:
    check(made(Random(seed)))


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_it_holds_for_files_that_are_spoilt(seed: int) -> None:
    check_file(file(Random(seed)))


@settings(max_examples=40)
@given(content=st.binary(max_size=60))
def test_it_holds_for_any_bytes(content: bytes) -> None:
    check_file(content)
