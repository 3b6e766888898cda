"""The kinds of files that are linted: a table from the ending of a name to what looks at the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vtql.analysis import Analysis, analyze_script
from vtql.linter.remarks import SIGN, Remark, remarks_of_a_script

if TYPE_CHECKING:
    from vtql.schema.catalog import Catalog


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


def _analyser(module: str, function: str) -> Analyser:
    """The function of a module that is loaded when there is such a file."""

    def analyse(text: str, catalog: Catalog | None, profile: str | None, *, name: str) -> Analysis:
        look: Analyser = getattr(import_module(module), function)
        return look(text, catalog, profile, name=name)

    return analyse


def _remarks(function: str) -> Callable[[str], Iterable[Remark]]:
    """The function that reads the remarks of programs, loaded when there may be one."""

    def read(text: str) -> Iterable[Remark]:
        if SIGN not in text.casefold():
            return ()
        found: Iterable[Remark] = getattr(import_module("vtql.linter.program_remarks"), function)(
            text
        )
        return found

    return read


VTQL = Language((".vtql",), analyze_script, remarks_of_a_script)

LANGUAGES: tuple[Language, ...] = (
    VTQL,
    Language(
        (".py", ".pyi", ".pyw"),
        _analyser("vtql.embedded.python", "analyze_python"),
        _remarks("remarks_of_python"),
    ),
    Language(
        (".php", ".phtml", ".inc"),
        _analyser("vtql.embedded.programs", "analyze_php"),
        _remarks("remarks_of_php"),
    ),
    Language(
        (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue"),
        _analyser("vtql.embedded.programs", "analyze_javascript"),
        _remarks("remarks_of_javascript"),
    ),
)

SUFFIXES = tuple(suffix for language in LANGUAGES for suffix in language.suffixes)
"""The endings of all files that a folder is searched for."""


def language_of(name: str) -> Language:
    """The language of a file; one with an ending that is not known is a file of queries."""
    lowered = name.lower()
    return next((each for each in LANGUAGES if lowered.endswith(each.suffixes)), VTQL)
