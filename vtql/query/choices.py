"""Values that the list of a picklist does not have: a warning, never an error."""

from __future__ import annotations

from vtql.catalog.model import Field
from vtql.catalog.server_tables import warn_caller
from vtql.errors import ChoiceWarning
from vtql.suggestions import listing, short_repr, suggestion


def check_choice(field: Field, value: str) -> None:
    """Warn of a value that the list of a field does not have."""
    message = unlisted(field, value)
    if message:
        warn_caller(message, ChoiceWarning)


def unlisted(field: Field, value: str) -> str | None:
    """That the list of a field does not have a value, as a sentence; None if it has.

    It is no error: a server stores values that are not on the list (measured: Silent changes on
    create), a list can lose values that records keep, and `describe` gives the list of one role.
    """
    if value in field.choices or not value.strip():
        return None
    plain = value.rstrip().casefold()
    if any(plain == choice.rstrip().casefold() for choice in field.choices):
        return None
    listed = field.choices[:10]
    more = len(field.choices) - len(listed)
    known = suggestion(value, field.choices) or (
        f"it has {listing(listed, 'and')}" + (f" and {more} more" if more else "")
    )
    return (
        f"the list of `{field.name}`, as this user sees it, has no {short_repr(value)}; {known}. "
        "Records may have it all the same"
    )
