"""The kinds of files that are linted: a table from the ending of a name to what looks at the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vtql.analysis import Analysis, analyze_script
from vtql.embedded import LANGUAGES as PROGRAMS
from vtql.embedded import Reader
from vtql.lint.remarks import Remark, may_have_remarks, remarks_of_a_script

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog


class Analyser(Protocol):
    """Finds what is wrong with the queries of a text; spans and edits are places in that text."""

    def __call__(
        self, text: str, catalog: Catalog | None, profile: str | None, *, name: str
    ) -> Analysis:
        """What is found; `name` is what messages call the text."""


class Language(NamedTuple):
    """A row: the endings of the names of such files, and the functions that look at their text."""

    suffixes: tuple[str, ...]
    analyse: Analyser
    remarks: Callable[[str], Iterable[Remark]]


def _of_programs(reader: Reader, remarks: str) -> Language:
    """The row of a language whose programs have queries in their strings."""
    suffixes = tuple(suffix for suffix, each in PROGRAMS.items() if each is reader)
    return Language(suffixes, reader, _remarks(remarks))


def _remarks(function: str) -> Callable[[str], Iterable[Remark]]:
    """The function that reads the remarks of programs, loaded when there may be one."""

    def read(text: str) -> Iterable[Remark]:
        if not may_have_remarks(text):
            return ()
        found: Iterable[Remark] = getattr(import_module("vtql.lint.program_remarks"), function)(
            text
        )
        return found

    return read


VTQL = Language((".vtql",), analyze_script, remarks_of_a_script)

LANGUAGES: tuple[Language, ...] = (
    VTQL,
    _of_programs(PROGRAMS[".py"], "remarks_of_python"),
    _of_programs(PROGRAMS[".php"], "remarks_of_php"),
    _of_programs(PROGRAMS[".js"], "remarks_of_javascript"),
)

SUFFIXES = tuple(suffix for language in LANGUAGES for suffix in language.suffixes)
"""The endings of all files that a folder is searched for."""


def language_of(name: str) -> Language | None:
    """The language of a file by the suffix of its name; None if no language is known for it."""
    lowered = name.lower()
    return next((each for each in LANGUAGES if lowered.endswith(each.suffixes)), None)
