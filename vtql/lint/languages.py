"""The kinds of files that are linted, by the suffix of their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vtql.analysis import Analysis, analyze_script
from vtql.embedded import HOST_LANGUAGES, HostLanguage, analyze_host_file

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.lint.suppression_comments import Suppression


class Analyser(Protocol):
    """Analyses the queries of a file; spans and edits refer to the text of the file."""

    def __call__(
        self, text: str, catalog: Catalog | None, profile: str | None, *, name: str
    ) -> Analysis:
        """Analyse a text; `name` stands for it in output."""


class Language(NamedTuple):
    """A row: the suffixes of such files, and the functions that analyse and read their text."""

    suffixes: tuple[str, ...]
    analyse: Analyser
    suppressions: Callable[[str], Iterable[Suppression]]


_MARKER = re.compile(r"vtql\s*:", re.IGNORECASE)


def _may_have_suppressions(text: str) -> bool:
    """Whether a text may have a suppression comment; an import of `vtql` alone is none."""
    return "vtql" in text.casefold() and _MARKER.search(text) is not None


def _query_suppressions(text: str) -> Iterable[Suppression]:
    """The suppression comments of a file of queries."""
    if not _may_have_suppressions(text):
        return ()
    from vtql.lint.suppression_comments import suppressions_of_queries  # noqa: PLC0415 - few files have one

    return suppressions_of_queries(text)


def _host_suppressions(language: HostLanguage, text: str) -> Iterable[Suppression]:
    """The suppression comments of a host file."""
    if not _may_have_suppressions(text):
        return ()
    from vtql.lint.suppression_comments import suppressions_of_host_file  # noqa: PLC0415 - see above

    return suppressions_of_host_file(language, text)


VTQL = Language((".vtql",), analyze_script, _query_suppressions)

LANGUAGES: tuple[Language, ...] = (
    VTQL,
    *(
        Language(host.suffixes, partial(analyze_host_file, host), partial(_host_suppressions, host))
        for host in HOST_LANGUAGES
    ),
)

SUFFIXES = tuple(suffix for language in LANGUAGES for suffix in language.suffixes)
"""The suffixes of all files that are linted in a folder."""


def language_of(name: str) -> Language | None:
    """The language of a file by the suffix of its name; None if no language is known for it."""
    lowered = name.lower()
    return next((language for language in LANGUAGES if lowered.endswith(language.suffixes)), None)
