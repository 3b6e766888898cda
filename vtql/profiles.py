"""Server profiles: a table of what differs between the servers that speak VTQL.

A profile is a fact sheet, not a switch: parser, rules, planner and sandbox read it. With none
named, a text is meant for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vtql.spelling import listing, suggestion

Reading: TypeAlias = Literal["left_to_right", "and_first"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of server does.

    `reading`: how it reads a chain of and/or: as the published page says, or as SQL does.
    `counts`: whether `count(*)` of an entity module is answered; 8.4 answers an empty list.
    `hides_sql_errors`: whether SQL that fails is answered with an empty list, not an error.
    """

    name: str
    title: str
    reading: Reading
    counts: bool
    hides_sql_errors: bool


PROFILES: Mapping[str, Profile] = {
    row.name: row
    for row in (
        Profile("documented", "the published API page", "left_to_right", counts=True, hides_sql_errors=False),
        Profile("5.4", "Vtiger CRM 5.4", "and_first", counts=True, hides_sql_errors=False),
        Profile("7", "Vtiger CRM 6.0 to 7.5", "and_first", counts=True, hides_sql_errors=False),
        Profile("8.0", "Vtiger CRM 8.0 to 8.3", "and_first", counts=True, hides_sql_errors=True),
        Profile("8.4", "Vtiger CRM 8.4", "and_first", counts=False, hides_sql_errors=True),
        Profile("cloud", "Vtiger Cloud", "and_first", counts=True, hides_sql_errors=False),
    )
}  # fmt: skip


def profile(name: str) -> Profile:
    """The profile of a name.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return PROFILES[name]
    except KeyError:
        near = suggestion(name, PROFILES) or f"the profiles are {listing(PROFILES, 'and')}"
        raise ValueError(f"`{name}` is not a server profile; {near}") from None


def profile_of_version(version: str) -> str:
    """The name of the profile of a server that calls itself `8.4.0` in its login answer."""
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    if not major.isdigit():
        return "documented"
    if int(major) >= 8:
        return "8.4" if int(major) > 8 or (minor.isdigit() and int(minor) >= 4) else "8.0"
    return "5.4" if int(major) <= 5 else "7"
