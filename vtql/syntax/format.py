"""Text to text: a query as this package writes it."""

from __future__ import annotations

from vtql.syntax.parse import parse
from vtql.syntax.write import write


def format_query(text: str) -> str:
    """The query as one line in the one spelling: keywords in capitals, one blank between words.

    Raises:
        QuerySyntaxError: the text is not VTQL.
    """
    return write(parse(text))
