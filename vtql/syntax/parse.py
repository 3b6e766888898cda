"""Text to tree: the front door of the language."""

from __future__ import annotations

from vtql.ast import Select
from vtql.source import Source, must_be_text
from vtql.syntax.drive import Stop
from vtql.syntax.reduce import read


def parse(text: str) -> Select:
    """The tree of a query.

    Raises:
        QuerySyntaxError: the text is not VTQL; the exception's text shows where and why, for each
            of its errors.
    """
    must_be_text(text)
    made = read(text)
    if isinstance(made, Stop):
        from vtql.syntax.script import faults_of_a_query, syntax_error  # noqa: PLC0415 - only then

        raise syntax_error(Source(text), faults_of_a_query(text))
    return made
