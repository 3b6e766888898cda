"""One value for a query that is written by hand."""

from __future__ import annotations

from vtql.errors import ArgumentError
from vtql.syntax import literals


def quote(value: str) -> str:
    r"""The literal that means a text, with its quotes: `O'Brien` gives `'O''Brien'`.

    A quote and a backslash inside are doubled, so that no text gets out of its literal. It stands
    where a value stands: `f"SELECT id FROM Contacts WHERE lastname = {vtql.quote(name)};"`. In a LIKE
    pattern `%`, `_` and `\` keep their meaning.

    Args:
        value: any text that a literal can hold.

    Raises:
        ArgumentError: it is no text, or none that a literal can hold: empty, half a surrogate pair,
            or longer than a server reads.
    """
    if not isinstance(value, str):
        raise ArgumentError(
            f"a literal holds a text, and this is {type(value).__name__}: {value!r:.80}"
        )
    reason = literals.unsayable(value)
    if reason:
        more = "; `' '` equals the empty text" if not value else ""
        raise ArgumentError(f"no literal holds this value: {reason}{more}")
    return literals.quote(value)
