"""Server profiles: a table of what differs between the servers that speak VTQL.

A profile is a fact sheet, not a switch: parser, rules, planner and sandbox read it. With none
named, a text is meant for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from vtql.suggestions import listing, suggestion

ServerPrecedence: TypeAlias = Literal["left_to_right", "and_first"]


PAGE = 100
"""Records that a server gives at most, whatever LIMIT says."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of server does.

    `precedence`: how it evaluates a chain of and/or: as the published page says, or as SQL does.
    `semicolon`: whether a query without one is refused; the page does not mention it.
    `counts`: whether `count(*)` of an entity module is answered; 8.4 answers an empty list.
    `joins_order`: whether ORDER BY finds fields that are not selected; open-source servers do not
    join their tables.
    `folds_modules`: whether `contacts` is Contacts.
    `notlike`: whether there is an operator NOTLIKE (a field report of Vtiger Cloud).
    `hides_secrets`: whether passwords and access keys of Users are denied to everybody.
    `hides_sql_errors`: whether SQL that fails is answered with an empty list, not an error.
    `version`: the version in the answer of `login`, where the server was measured or read.
    `rest`: whether there is a REST service with HTTP Basic (Vtiger Cloud), and `sync` has types.
    `lenient_ids`: whether any value with an x is an id, and administrators read passwords and keys.
    `login_user`: whether `login` returns fields of the user.
    `extends_by_cookie`: whether `extendsession` takes the session only from the cookie.
    `serves_files`: whether the web service has the files of records.
    `nulls_as_text`: whether null is returned as the empty text everywhere.
    `stores_null`: whether null is stored for a field that is written as null.
    `hides_malformed_references`: whether a reference without an x is refused like a missing record.
    `clears_omitted_fields`: whether `update` clears the fields that the element omits.
    `filters_calendar`: whether entries of others are removed from the calendar after LIMIT.
    `breaks_line_items`: whether writing a record with lines fails after or before it is stored.
    `breaks_group_owners`: whether creating contacts and potentials of a group ends in HTTP 500.
    `prints_unknown_owners`: whether an unknown owner gets plain text after the record is stored.
    """

    name: str
    title: str
    precedence: ServerPrecedence
    semicolon: bool
    counts: bool
    joins_order: bool
    folds_modules: bool
    notlike: bool
    hides_secrets: bool
    hides_sql_errors: bool
    version: str = ""
    rest: bool = False
    lenient_ids: bool = False
    login_user: bool = True
    extends_by_cookie: bool = False
    serves_files: bool = True
    nulls_as_text: bool = False
    stores_null: bool = False
    hides_malformed_references: bool = False
    clears_omitted_fields: bool = False
    filters_calendar: bool = False
    breaks_line_items: bool = False
    breaks_group_owners: bool = False
    prints_unknown_owners: bool = False

    @property
    def is_open_source(self) -> bool:
        """Whether it is a server whose source was read: not the page, and not Vtiger Cloud."""
        return self.name not in ("documented", "cloud")


_PAGE = Profile(
    "documented", "the published API page", "left_to_right", semicolon=False, counts=True,
    joins_order=True, folds_modules=False, notlike=False, hides_secrets=False,
    hides_sql_errors=False,
)  # fmt: skip
_OPEN_SOURCE = replace(_PAGE, precedence="and_first", semicolon=True, joins_order=False)

PROFILES: Mapping[str, Profile] = {
    row.name: row
    for row in (
        _PAGE,
        replace(_OPEN_SOURCE, name="5.4", title="Vtiger CRM 5.4", folds_modules=True,
                version="5.4.0", lenient_ids=True, login_user=False, serves_files=False,
                clears_omitted_fields=True),
        replace(_OPEN_SOURCE, name="7", title="Vtiger CRM 6.0 to 7.5", version="7.5.0",
                lenient_ids=True, extends_by_cookie=True),
        replace(_OPEN_SOURCE, name="8.0", title="Vtiger CRM 8.0 to 8.3", hides_sql_errors=True,
                version="8.0.0", lenient_ids=True, nulls_as_text=True, hides_malformed_references=True),
        replace(_OPEN_SOURCE, name="8.4", title="Vtiger CRM 8.4", counts=False,
                hides_secrets=True, hides_sql_errors=True, version="8.4.0", stores_null=True,
                filters_calendar=True, breaks_line_items=True, breaks_group_owners=True,
                prints_unknown_owners=True),
        replace(_PAGE, name="cloud", title="Vtiger Cloud", precedence="and_first", notlike=True,
                rest=True),
    )
}  # fmt: skip

NEWEST_SERVER = "8.4"
"""The profile of the newest server whose source was read; a sandbox imitates it by default."""


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


def profiles(name: str | None) -> tuple[Profile, ...]:
    """The profile of a name, or all of them where none is named.

    Raises:
        ValueError: there is none of that name.
    """
    return tuple(PROFILES.values()) if name is None else (profile(name),)


def titles(rows: Iterable[Profile]) -> str:
    """The servers of some profiles as a phrase."""
    names = [row.title for row in rows]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def profile_of_version(version: str) -> str:
    """The name of the profile of a server that calls itself `8.4.0` in its login answer."""
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    if not major.isdigit():
        return "documented"
    if int(major) >= 8:
        return "8.4" if int(major) > 8 or (minor.isdigit() and int(minor) >= 4) else "8.0"
    return "5.4" if int(major) <= 5 else "7"
