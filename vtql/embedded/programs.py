"""The queries in the strings of programs that are scanned rather than read."""

from __future__ import annotations

from vtql.analysis import Analysis
from vtql.embedded.chains import strings
from vtql.embedded.javascript import JAVASCRIPT
from vtql.embedded.judging import Purpose
from vtql.embedded.php import PHP
from vtql.embedded.program import analysis_of, may_have_queries
from vtql.embedded.scanned import Language
from vtql.schema.catalog import Catalog
from vtql.source import Source


def analyze_php(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in the strings of a PHP program.

    Arguments and exceptions are those of `analyze_python`.
    """
    return _analyzed(PHP, Source(text, name), catalog, profile)


def analyze_javascript(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
) -> Analysis:
    """Find what is wrong with the queries in the strings of a JavaScript or TypeScript program.

    Arguments and exceptions are those of `analyze_python`.
    """
    return _analyzed(JAVASCRIPT, Source(text, name), catalog, profile)


def _analyzed(
    language: Language, source: Source, catalog: Catalog | None, profile: str | None
) -> Analysis:
    found = strings(source, language) if may_have_queries(source.text) else ()
    return analysis_of(source, found, Purpose(language.name, catalog, profile))
