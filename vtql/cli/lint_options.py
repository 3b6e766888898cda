"""The options of `vtql lint`, and which settings they give."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import Any

from vtql.cli.command import whole_number
from vtql.cli.file_kinds import KINDS
from vtql.cli.inputs import add_catalog, add_texts
from vtql.cli.server_options import add_server
from vtql.errors import SettingsError
from vtql.profiles import PROFILES
from vtql.render import FORMATS

DETAILS = """\
A file may have any number of queries, blank lines and `-- comments`; `-q` is one query, as it is
sent. Folders are searched for such files and for programs in Python, PHP, JavaScript and
TypeScript. A file of another kind is refused unless --as says what it is. Without --profile an error is what a server from Vtiger
7 on refuses, a warning what only some answer wrongly.

Settings come from `vtql.toml`, or `[tool.vtql]` in `pyproject.toml`, the nearest above each file;
options go before them. `-- vtql: ignore VT301` at the end of a line, or on a line before a query,
ignores a finding there.

The exit status is 0 if nothing was found that weighs as much as --fail-level, 1 if something was,
2 if something could not be looked at."""

SETTINGS = ("select", "extend-select", "ignore", "per-file-ignores", "severity", "fail-level",
            "profile", "catalog", "exclude")  # fmt: skip
"""The settings that options give."""


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    add_texts(parser, tuple(KINDS))
    parser.add_argument("--stdin-filename", metavar="FILE", help="the file that stdin is of")
    _add_settings(parser)
    _add_repairs(parser)
    _add_output(parser)
    parser.add_argument(
        "--live", action="store_true",
        help="ask a server for metadata, instead of a --catalog; any option for one says so, too",
    )  # fmt: skip
    add_server(parser)


def is_live(options: Namespace) -> bool:
    """Whether a server is asked for metadata."""
    return bool(
        options.live or options.account or options.url or options.username or options.sandbox
    )


def _add_settings(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what is told")
    for name, says in (
        ("--select", "only these: codes, prefixes (VT3) or names"),
        ("--extend-select", "these, too"),
        ("--ignore", "not these"),
    ):
        group.add_argument(name, action="extend", type=_listed, metavar="CODES", help=says)
    group.add_argument("--per-file-ignores", action="append", type=_pair(":"),
                       metavar="PATTERN:CODES", help="not these in some files")  # fmt: skip
    group.add_argument("--severity", action="append", type=_pair("="), metavar="CODE=WEIGHT",
                       help="error, warning, info or off")  # fmt: skip
    group.add_argument("--fail-level", metavar="WEIGHT",
                       help="the least that makes the exit status 1; default warning")  # fmt: skip
    group.add_argument("--exit-zero", action="store_true", help="findings make no exit status 1")
    group.add_argument("--profile", choices=list(PROFILES), help="the kind of server; default all")
    add_catalog(group)
    group.add_argument("--exclude", action="extend", type=_listed, metavar="PATTERNS",
                       help="files and folders to pass over in a folder")  # fmt: skip
    group.add_argument("--force-exclude", action="store_true", help="named files, too")
    group.add_argument(
        "--config", metavar="FILE", help="a configuration file, instead of the nearest"
    )
    group.add_argument("--isolated", action="store_true", help="no configuration file")


def _add_repairs(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("repairs")
    group.add_argument("--fix", action="store_true",
                       help="mend what can be mended and rows stay the same; stdin is printed")  # fmt: skip
    group.add_argument("--unsafe-fixes", action="store_true",
                       help="make repairs that may change rows, too")  # fmt: skip
    group.add_argument("--diff", action="store_true", help="write nothing; print what would change")


def _add_output(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=FORMATS, default="text", help="of the findings")
    group.add_argument("-o", "--output", metavar="FILE", help="where they go; default stdout")
    group.add_argument("--statistics", action="store_true", help="only how often each was found")
    group.add_argument("--quiet", action="store_true", help="no line that sums up")
    group.add_argument(
        "-j", "--jobs", type=_count, metavar="N", help="processes; default as needed"
    )


def settings_given(options: Namespace) -> dict[str, Any]:
    """The settings of the command line, checked.

    Raises:
        SettingsError: an option cannot have its value; it names the option.
    """
    values = {name: getattr(options, name.replace("-", "_")) for name in SETTINGS}
    values = {name: value for name, value in values.items() if value is not None}
    if options.severity:
        values["severity"] = dict(options.severity)
    if options.per_file_ignores:
        patterns: dict[str, list[str]] = {}
        for pattern, codes in options.per_file_ignores:
            patterns.setdefault(pattern, []).extend(_listed(codes))
        values["per-file-ignores"] = patterns
    if not values:
        return {}
    from vtql.lint.settings_table import checked_settings as checked  # noqa: PLC0415 - only who has settings

    try:
        checked(values)
    except SettingsError as error:
        raise SettingsError(f"command line: {error}") from None
    return values


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _pair(sign: str) -> Callable[[str], tuple[str, str]]:
    def pair(text: str) -> tuple[str, str]:
        left, separator, right = text.rpartition(sign)
        if not separator or not left.strip():
            raise ArgumentTypeError(f"`{text}` has no `{sign}`")
        return left.strip(), right.strip()

    return pair


def _count(text: str) -> int:
    number = whole_number(text)
    if number < 1:
        raise ArgumentTypeError("at least one process is needed")
    return number
