"""Any body of an answer, without the search: spoilt answers, bytes, big bodies; and a deadline."""

from __future__ import annotations

import json
from random import Random

import pytest
from fuzz.answers import PARTS, STATUSES, WHOLE, check, made
from hypothesis import given, settings
from hypothesis import strategies as st

from vtql.errors import BrokenAnswer, DeadlinePassed, ServiceError, TransportError
from vtql.protocol import read_answer

FOUND = [
    b'{"success":false,"error":{"code":false,"message":["' + b"[" * 900 + b'"]}}',
    b'{"success":false,"error":{"message":' + b"[" * 950 + b"]" * 950 + b"}}",
    b'{"success":false,"error":{"code":1e999,"message":NaN}}',
    b'{"success":false,"error":{"code":"\\ud800","message":"\\udfff"}}',
    b'{"success":false,"error":[]}',
    b'{"success":1,"result":2}',
]
"""Bodies for which something did not hold once, or might not."""


@pytest.mark.parametrize("status", sorted(set(STATUSES)))
def test_it_holds_for_what_was_found(status: int) -> None:
    for body in (*FOUND, *WHOLE, *PARTS):
        check(body, status)


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32), status=st.sampled_from(STATUSES))
def test_it_holds_for_spoilt_answers(seed: int, status: int) -> None:
    check(made(Random(seed)), status)


@settings(max_examples=60)
@given(body=st.binary(max_size=80), status=st.sampled_from(STATUSES))
def test_it_holds_for_any_bytes(body: bytes, status: int) -> None:
    check(body, status)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(
    result=JSON, before=st.sampled_from(["", "\ufeff", "<br />\n<b>Notice</b>: x\n", "{", '{"a":'])
)
def test_a_result_is_what_was_sent_whatever_stands_around_it(result: object, before: str) -> None:
    text = json.dumps({"success": True, "result": result})
    read = read_answer(f"{before}{text}<html>".encode("utf-8", "surrogatepass"), 200, "query")
    assert json.dumps(read) == json.dumps(result)


@given(code=JSON, message=JSON)
def test_a_refusal_has_a_code_and_a_text_whatever_was_sent(code: object, message: object) -> None:
    body = json.dumps({"success": False, "error": {"code": code, "message": message}}).encode()
    with pytest.raises(ServiceError) as caught:
        read_answer(body, 200, "query")
    assert type(caught.value.code) in (int, str)
    assert isinstance(caught.value.message, str)


REPEATED = (
    "<title", "<title>", '{"success":', '{"success":[', '{"success":true,"result":"', '{"error":{"a":1},',
    '{"success":9', '{"a":{"success":1,', '{"success":true "x":', "{", "{ ", '{"', '{"success" ', "<",
    "<br>", "<br ", "<font><b>", "( ! ) ", "<br />\n<b>Warning</b>:", "PHP Warning: ", "\\", '"', " ",
    "[", "9", "&amp;", "%62",
)  # fmt: skip


@pytest.mark.parametrize("part", REPEATED)
def test_a_megabyte_of_anything_comes_to_an_end(part: str) -> None:
    """Not timed: what takes more than linear time on these would not end within a test run."""
    attempts = 0

    def late() -> bool:
        nonlocal attempts
        attempts += 1
        return False

    body = part.encode() * (1_000_000 // len(part))
    with pytest.raises((TransportError, ServiceError)):
        read_answer(body, 200, "query", late=late)
    assert attempts <= 30_000


@pytest.mark.parametrize("part", ['{"success":', '{"success":9', '{"error":{"a":1},'])
def test_what_is_still_read_at_the_deadline_is_read_no_further(part: str) -> None:
    asked = iter([False, False, True, True])
    with pytest.raises(DeadlinePassed):
        read_answer(part.encode() * 10_000, 200, "query", late=lambda: next(asked))
    assert list(asked) == []


def test_what_was_read_at_its_deadline_is_given() -> None:
    assert read_answer(WHOLE[1], 200, "query", late=lambda: True) == {}
    with pytest.raises(BrokenAnswer):
        read_answer(WHOLE[1][:-1], 200, "query", late=lambda: False)
