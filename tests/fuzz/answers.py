"""What holds for any body of an answer; as a script, the search for a body for which it does not.

    PYTHONPATH=.:tests python -m fuzz.answers [seconds] [seed]

With atheris the search is guided: `python tests/fuzz/answers.py -max_total_time=600 found`. The same is
checked without a search by `tests/test_fuzz_answers.py`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from vtql.client.secrets import Secret, hidden, hidden_in_body
from vtql.errors import ServiceError, TransportError
from vtql.protocol import failure, read_answer, success

SESSION = "b81d5session4e"
HIDE = partial(hidden, secrets=(Secret(SESSION),))
STATUSES = (200, 200, 200, 301, 400, 401, 404, 413, 414, 429, 500, 503)
ATTEMPTS = 2_000
"""Attempts to read a body of at most 64 KB that is no answer."""

WHOLE = (
    success([{"id": "12x1", "lastname": "Żółć"}]),
    success({}),
    failure("ACCESS_DENIED", "Permission denied"),
    failure(0, "a duplicate"),
)
PARTS = (
    b"<title", b"<title>", b"</title>", b'{"success":', b'{"success":true,"result":', b'{"error":',
    b'{"code":', b'"message":', b"[", b"]", b"{", b"}", b'"', b",", b":", b"<br />\n<b>Warning</b>: ",
    b"( ! ) ", b"PHP ", b"<", b">", b"\xef\xbb\xbf", b"\xff", b"\\ud800", b"\\u0000", b"9" * 5_000,
    b"-0", b"1e999", b"NaN", b"Infinity", b"true", b"false", b"null", b" ", b"\0", b"\n", b"[" * 1_500,
    SESSION.encode(), b"%62", b"&#98;", b"\\/",
)  # fmt: skip


def check(body: bytes, status: int = 200) -> None:
    """Assert that a body has a result or a documented error, soon, and shows no session."""
    attempts = 0

    def late() -> bool:
        nonlocal attempts
        attempts += 1
        return False

    clean = hidden_in_body(body, (Secret(SESSION),))
    assert SESSION.encode() not in clean
    outcome = _outcome(clean, status, late)
    if isinstance(outcome, ServiceError | TransportError):
        assert str(outcome).startswith("query: ")
        assert SESSION not in str(outcome)
        assert isinstance(getattr(outcome, "code", 0), int | str)
        assert isinstance(getattr(outcome, "message", ""), str)
    else:
        assert outcome is None or isinstance(outcome, str | int | float | list | dict)
    assert attempts <= max(ATTEMPTS, len(body))


def _outcome(body: bytes, status: int, late: Callable[[], bool]) -> Any:
    """The result in a body, or the documented error that it ends with."""
    try:
        return read_answer(body, status, "query", HIDE, late)
    except (ServiceError, TransportError) as error:
        return error


def made(chance: Random) -> bytes:
    """A body: parts of answers in any order, or an answer that is spoilt."""
    if chance.random() < 0.4:
        body = bytearray(chance.choice(WHOLE))
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(body) + 1)
            body[at : at + chance.randrange(4)] = chance.choice((*PARTS, chance.randbytes(2)))
        return chance.choice((b"", b"<br>", WHOLE[2])) + bytes(body)
    part = chance.choice(PARTS)
    repeated = part * chance.choice((1, 1, 1, 100))
    return b"".join((repeated, *chance.choices(PARTS, k=chance.randrange(12)), repeated))


def main(seconds: float, seed: int) -> None:
    """Check bodies that are made by chance, for some seconds."""
    chance, count, until = Random(seed), 0, time.monotonic() + seconds
    while time.monotonic() < until:
        body, status = made(chance), chance.choice(STATUSES)
        try:
            check(body, status)
        except BaseException:
            sys.stderr.write(f"HTTP {status}: {body[:3000]!r}\n")
            raise
        count += 1
    sys.stdout.write(f"{count:,} bodies\n")


def guided() -> None:
    """Search with atheris, with the arguments of libFuzzer."""
    import atheris  # noqa: PLC0415 - an extra of the search

    atheris.instrument_all()
    atheris.Setup(sys.argv, lambda data: check(data[1:], STATUSES[data[0] % 12] if data else 200))
    atheris.Fuzz()


if __name__ == "__main__":
    if any(each.startswith("-") for each in sys.argv[1:]):
        guided()
    else:
        chosen = [*sys.argv[1:], *("60", "1")[len(sys.argv) - 1 :]]
        main(float(chosen[0]), int(chosen[1]))
