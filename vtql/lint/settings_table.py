"""The settings of the linter: a table of them, and how settings of several places are merged.

A place is a configuration file or the command line. Places are merged in order, as ruff does it:
within one place the longer selector wins, so that `select = ["VT3"]` and `ignore = ["VT301"]`
enable all of a family but one rule; a later place builds on the earlier ones, and its `select`
starts anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from vtql.diagnostics import Severity
from vtql.errors import SettingsError
from vtql.lint.selectors import ALL, codes_of_selector, prefix_of
from vtql.lint.settings import Settings
from vtql.profiles import profile
from vtql.suggestions import listing, suggestion

OFF = "off"
LEVELS: Mapping[str, Severity] = {severity.value: severity for severity in Severity}

CheckedSettings: TypeAlias = Mapping[str, Any]
"""The settings of one place by name, with checked values."""


class Setting(NamedTuple):
    """A row: `check` returns the value or raises; `takes` describes valid values."""

    name: str
    takes: str
    example: str
    says: str
    check: Callable[[Any], Any]


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError("")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise SettingsError("")
    return value


def _selectors(value: Any) -> list[str]:
    for selector in _texts(value):
        codes_of_selector(selector)
    return list(value)


def _by_pattern(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        raise SettingsError("")
    return {pattern: _selectors(codes) for pattern, codes in value.items()}


def _levels(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise SettingsError("")
    for selector, level in value.items():
        codes_of_selector(selector)
        if level not in (*LEVELS, OFF):
            raise SettingsError(f"`{level}` is no weight; {listing([*LEVELS, OFF])} is")
    return value


def _level(value: Any) -> Severity:
    if not isinstance(value, str) or value not in LEVELS:
        raise SettingsError("")
    return LEVELS[value]


def _profile(value: Any) -> str:
    try:
        return profile(_text(value)).name
    except ValueError as error:
        raise SettingsError(str(error)) from None


_SELECTORS = "a list of codes (`VT301`), prefixes of codes (`VT3`) or names (`unknown-field`)"

SETTINGS: Mapping[str, Setting] = {
    row.name: row
    for row in (
        Setting("select", _SELECTORS, '["VT0", "VT1"]',
                "The findings that are told, and no others; all of them (`ALL`), if left out.",
                _selectors),
        Setting("extend-select", _SELECTORS, '["VT5"]', "More findings that are told.", _selectors),
        Setting("ignore", _SELECTORS, '["missing-semicolon"]', "Findings that are not told.",
                _selectors),
        Setting("per-file-ignores", "a table from patterns of paths to such lists",
                '{ "migrations/*" = ["VT4"] }', "Findings that are not told in some files.",
                _by_pattern),
        Setting("severity", f"a table from such a code, prefix or name to {listing([*LEVELS, OFF])}",
                '{ VT401 = "error", VT5 = "off" }', "What findings weigh, where not as their rule "
                "says; the longer selector wins.", _levels),
        Setting("fail-level", listing(LEVELS), '"error"', "The least weight of a finding that "
                "makes the exit status 1; `warning`, if left out.", _level),
        Setting("catalog", "a path", '"crm.json"', "The metadata that names and values are checked "
                "against, as `vtql describe --save` wrote it.", _text),
        Setting("profile", "a server profile", '"8.4"', "The kind of server that queries are for; "
                "all of them, if left out.", _profile),
        Setting("exclude", "a list of patterns of paths", '["vendor", "*_old.vtql"]', "Files and "
                "folders that are passed over where a folder is searched.", _texts),
    )
}  # fmt: skip


def checked_settings(values: Any) -> CheckedSettings:
    """Check the settings of one place.

    Raises:
        SettingsError: there is no setting of that name, or it cannot have that value.
    """
    if not isinstance(values, Mapping):
        raise SettingsError(f"the settings are a table; there are {listing(SETTINGS, 'and')}")
    checked = {}
    for name, value in values.items():
        row = SETTINGS.get(name) or SETTINGS.get(name.replace("_", "-"))
        if row is None:
            near = suggestion(name, SETTINGS) or f"there are {listing(SETTINGS, 'and')}"
            raise SettingsError(f"`{name}` is no setting; {near}")
        try:
            checked[row.name] = row.check(value)
        except SettingsError as error:
            why = str(error) or f"it is {row.takes}, such as `{row.example}`"
            raise SettingsError(f"`{row.name}`: {why}") from None
    return checked


def resolve_settings(places: Sequence[CheckedSettings]) -> Settings:
    """Merge the settings of places, given in order."""
    on, all_codes = codes_of_selector(ALL), codes_of_selector(ALL)
    levels: dict[str, str] = {}
    for place in places:
        on = _selected(place, on)
        for selector, level in sorted(place.get("severity", {}).items(), key=_length):
            levels |= dict.fromkeys(codes_of_selector(selector), level)
    last = {name: place[name] for place in places for name in place}
    return Settings(
        off=all_codes - on | {code for code, level in levels.items() if level == OFF},
        levels={code: LEVELS[level] for code, level in levels.items() if level != OFF},
        off_in=tuple(
            (pattern, _codes(selectors))
            for place in places
            for pattern, selectors in place.get("per-file-ignores", {}).items()
        ),
        catalog=last.get("catalog"),
        profile=last.get("profile"),
        exclude=tuple(pattern for place in places for pattern in place.get("exclude", ())),
        fail_level=last.get("fail-level", Severity.WARNING),
    )


def _selected(place: CheckedSettings, before: frozenset[str]) -> frozenset[str]:
    on = before if "select" not in place else frozenset[str]()
    steps = [
        (selector, True) for name in ("select", "extend-select") for selector in place.get(name, ())
    ]
    steps += [(selector, False) for selector in place.get("ignore", ())]
    for selector, selects in sorted(
        steps, key=_length
    ):  # stable: an ignore comes last of its length
        on = on | codes_of_selector(selector) if selects else on - codes_of_selector(selector)
    return on


def _length(row: tuple[str, Any]) -> int:
    return len(prefix_of(row[0]))


def _codes(selectors: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(codes_of_selector, selectors))
