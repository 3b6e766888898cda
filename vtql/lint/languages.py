"""The kinds of files that are linted: a table from the ending of a name to what looks at the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vtql.analysis import Analysis, analyze_script
from vtql.embedded import HOST_LANGUAGES, HostLanguage, analyze_host_file
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


def _suppressions(language: HostLanguage) -> Callable[[str], Iterable[Remark]]:
    """The function that reads the remarks of a host file, loaded when there may be one."""

    def read(text: str) -> Iterable[Remark]:
        if not may_have_remarks(text):
            return ()
        from vtql.lint.program_remarks import remarks_of  # noqa: PLC0415 - most files have none

        return remarks_of(language, text)

    return read


VTQL = Language((".vtql",), analyze_script, remarks_of_a_script)

LANGUAGES: tuple[Language, ...] = (
    VTQL,
    *(
        Language(host.suffixes, partial(analyze_host_file, host), _suppressions(host))
        for host in HOST_LANGUAGES
    ),
)

SUFFIXES = tuple(suffix for language in LANGUAGES for suffix in language.suffixes)
"""The endings of all files that a folder is searched for."""


def language_of(name: str) -> Language | None:
    """The language of a file by the suffix of its name; None if no language is known for it."""
    lowered = name.lower()
    return next((each for each in LANGUAGES if lowered.endswith(each.suffixes)), None)
