"""Rows as a pandas data frame. The door to pandas."""

from __future__ import annotations

from typing import Any

from vtql.export.arrow import to_arrow
from vtql.export.stream import Stream, missing


def to_pandas(stream: Stream) -> Any:
    """A `pandas.DataFrame` with the types of Arrow, in which None is not zero.

    Raises:
        ArgumentError: pandas or pyarrow is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("pandas") from None
    return to_arrow(stream).read_all().to_pandas(types_mapper=pd.ArrowDtype)
