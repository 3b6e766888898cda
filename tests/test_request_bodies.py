"""The bodies of answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vtql.protocol import success
from vtql.sandbox.http_messages import Rows, encode_body

VALUES = st.none() | st.text(st.characters(exclude_categories=()))


@given(st.lists(st.text(), unique=True, max_size=4), st.data())
def test_rows_are_spelled_as_mappings_are(fields: list[str], data: st.DataObject) -> None:
    row = st.tuples(*[VALUES for _ in fields])
    values = data.draw(st.lists(row, max_size=3))
    plain = [dict(zip(fields, row, strict=True)) for row in values]
    assert encode_body(Rows(fields, values)) == success(plain)
