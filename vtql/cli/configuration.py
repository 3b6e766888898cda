"""Configuration files: `vtql.toml`, or `[tool.vtql]` in `pyproject.toml`, the nearest above a file."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, NamedTuple

from vtql.errors import SettingsError
from vtql.files import content_of
from vtql.lint.settings import Settings

NAMES = ("vtql.toml", "pyproject.toml")
LARGEST = 5_000_000
"""Bytes of a configuration: to read more of them as TOML takes longer than to lint what they are for."""

_TABLE = b"vtql"  # a file without this word has no table of that name


class Place(NamedTuple):
    """A configuration file's settings, and the folder that its paths and patterns begin at."""

    folder: str
    values: dict[str, Any]


def settings_of(folder: str, options: dict[str, Any], config: str | None) -> tuple[Settings, str]:
    """The settings for the files of a folder, and the folder that patterns begin at.

    `chosen` are those of the command line, `config` the file that it names, the empty text for none.

    Raises:
        SettingsError: a file cannot be read, or something in it cannot be; it names the file.
    """
    place = nearest(folder) if config is None else read(config) if config else None
    if place is None and not options:
        return Settings(), os.getcwd()  # noqa: PTH109 - pathlib costs 4 ms of start-up
    from vtql.lint.settings_table import checked_settings, resolve_settings  # noqa: PLC0415 - only who has settings

    places = [place.values] if place else []
    return resolve_settings(
        [*places, checked_settings(options)]
    ), place.folder if place else os.getcwd()  # noqa: PTH109 - see above


def excluded(path: str, options: dict[str, object], config: str | None) -> bool:
    """Whether the settings of a path's folder exclude it; broken ones are told of with its files."""
    whole = os.path.abspath(path)  # noqa: PTH100 - pathlib costs 4 ms of start-up
    try:
        settings, root = settings_of(os.path.dirname(whole), options, config)  # noqa: PTH120 - the same
    except SettingsError:
        return False
    if not settings.exclude:
        return False
    from vtql.lint.globs import matches  # noqa: PLC0415 - few have patterns

    inside = os.path.relpath(whole, root).replace(os.sep, "/")
    return any(matches(pattern, inside) for pattern in settings.exclude)


@cache
def nearest(folder: str) -> Place | None:
    """The place for the files of a folder, by its absolute path; a file nearer by hides one above."""
    for name in NAMES:
        path = os.path.join(folder, name)  # noqa: PTH118 - pathlib costs 4 ms of start-up
        if os.path.isfile(path):  # noqa: PTH113 - the same
            place = read(path)
            if place is not None:
                return place
    above = os.path.dirname(folder)  # noqa: PTH120 - the same
    return None if above == folder else nearest(above)


@cache
def read(path: str) -> Place | None:
    """The place that a file is; None for a `pyproject.toml` without a table `[tool.vtql]`."""
    try:
        content = content_of(path, LARGEST)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from None
    own = not path.endswith("pyproject.toml")
    if not own and _TABLE not in content:
        return None
    import tomllib  # noqa: PLC0415 - most files are linted without a configuration

    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: this is no TOML: {error}") from None
    if not own:
        tools = table.get("tool", {})
        if not isinstance(tools, dict) or "vtql" not in tools:
            return None
        table = tools["vtql"]
    return _place(path, table)


def _place(path: str, table: Any) -> Place:
    from vtql.lint.settings_table import checked_settings  # noqa: PLC0415 - see above

    folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - see above
    try:
        values = dict(checked_settings(table))
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None
    if "catalog" in values:
        values["catalog"] = os.path.join(folder, values["catalog"])  # noqa: PTH118 - see above
    return Place(folder, values)
