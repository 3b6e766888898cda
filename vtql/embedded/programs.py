"""The queries in the strings of programs that are scanned rather than read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from vtql.analysis import Analysis
from vtql.embedded.chains import strings
from vtql.embedded.judging import Purpose
from vtql.embedded.program import analysis_of, may_have_queries
from vtql.embedded.scanned import Language
from vtql.source import Source

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog


def analyze_php(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in the strings of a PHP program.

    Arguments and exceptions are those of `analyze_python`.
    """
    from vtql.embedded.php import PHP  # noqa: PLC0415 - one language costs 5 ms of start-up

    again = partial(analyze_php, catalog=catalog, profile=profile, name=name)
    return _analyzed(Source(text, name), Purpose(PHP.name, catalog, profile), PHP, again)


def analyze_javascript(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in the strings of a JavaScript or TypeScript program.

    Arguments and exceptions are those of `analyze_python`.
    """
    from vtql.embedded.javascript import JAVASCRIPT  # noqa: PLC0415 - the same

    again = partial(analyze_javascript, catalog=catalog, profile=profile, name=name)
    purpose = Purpose(JAVASCRIPT.name, catalog, profile)
    return _analyzed(Source(text, name), purpose, JAVASCRIPT, again)


def _analyzed(
    source: Source, purpose: Purpose, language: Language, again: Callable[[str], Analysis]
) -> Analysis:
    found = strings(source, language) if may_have_queries(source.text) else ()
    return analysis_of(source, found, purpose, again)
