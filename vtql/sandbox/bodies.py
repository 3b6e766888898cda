"""The body of an answer that worked; that of a query is spelled by hand, for speed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as spelled
from typing import Any

from vtql.protocol import success


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the same fields, in the order of both; every value is a text or None."""

    fields: Sequence[str]
    values: Sequence[Sequence[str | None]]


def body(result: Any) -> bytes:
    """The body of a result.

    `Rows` give what `success` makes of them as mappings, byte for byte, in less than half the
    time: names are spelled once, and a row is one format.
    """
    if not isinstance(result, Rows):
        return success(result)
    names = (spelled(name).replace("%", "%%") for name in result.fields)
    form = "{" + ",".join([f"{name}:%s" for name in names]) + "}"
    made = [
        form % tuple(["null" if value is None else spelled(value) for value in row])
        for row in result.values
    ]
    return f'{{"success":true,"result":[{",".join(made)}]}}'.encode("utf-8", "replace")
