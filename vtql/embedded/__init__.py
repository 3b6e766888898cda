"""VTQL in source code: the queries in the string literals of a file, whatever language it is in.

What reads a language is imported with the first file of it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vtql.embedded.host_languages import (
    HOST_LANGUAGES,
    JAVASCRIPT,
    PHP,
    PYTHON,
    HostLanguage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vtql.analysis import Analysis
    from vtql.catalog.catalog import Catalog

__all__ = [
    "HOST_LANGUAGES",
    "JAVASCRIPT",
    "LANGUAGES",
    "PHP",
    "PYTHON",
    "HostLanguage",
    "analyze_host_file",
    "analyze_javascript",
    "analyze_php",
    "analyze_python",
]


def analyze_host_file(
    language: HostLanguage, text: str, catalog: Catalog | None = None, profile: str | None = None, *,
    name: str,
) -> Analysis:  # fmt: skip
    """Find what is wrong with the queries in the string literals of a source file.

    Args:
        language: the row of its language.
        text: the source code, any text at all.
        catalog: the metadata to check names and values against; without it, syntax only.
        profile: the kind of server, a name of `vtql.profiles`; None means all of them.
        name: what a message calls the text, a file's path for instance.

    Raises:
        ValueError: there is no profile of that name. No text makes it raise.
    """
    from vtql.embedded.host import analyze_source  # noqa: PLC0415 - 10 ms of start-up

    return analyze_source(language, text, catalog, profile, name=name)


def analyze_python(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in a Python file: see `analyze_host_file`."""
    return analyze_host_file(PYTHON, text, catalog, profile, name=name)


def analyze_php(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in a PHP file: see `analyze_host_file`."""
    return analyze_host_file(PHP, text, catalog, profile, name=name)


def analyze_javascript(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in a JavaScript or TypeScript file, likewise."""
    return analyze_host_file(JAVASCRIPT, text, catalog, profile, name=name)


LANGUAGES: Mapping[str, Callable[..., Analysis]] = {
    suffix: partial(analyze_host_file, language)
    for language in HOST_LANGUAGES
    for suffix in language.suffixes
}
"""The function that analyzes a file, by the suffix of its name in lower case.

Each takes the text, a catalog or None, the name of a profile or None, and `name`, the file's path.
"""
