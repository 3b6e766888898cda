"""Rows as a polars data frame. The door to polars."""

from __future__ import annotations

from typing import Any

from vtql.export.arrow import to_arrow
from vtql.export.stream import Stream, missing


def to_polars(stream: Stream) -> Any:
    """A `polars.DataFrame`.

    Raises:
        ArgumentError: polars or pyarrow is not installed.
    """
    try:
        import polars  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("polars") from None
    return polars.from_arrow(to_arrow(stream).read_all())
