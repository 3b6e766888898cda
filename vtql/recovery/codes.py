"""The codes of syntax: what keeps a text from being VTQL, by name."""

from __future__ import annotations

from collections.abc import Mapping

from vtql.diagnostics import Diagnostic, Edit, Severity
from vtql.source import Span

CODES: Mapping[str, str] = {
    "unexpected-token": "VT001",
    "missing-semicolon": "VT002",
    "incomplete-query": "VT003",
    "unreadable-text": "VT004",
    "unclosed-literal": "VT005",
    "empty-literal": "VT006",
    "escaped-quote": "VT007",
    "long-literal": "VT008",
    "large-limit": "VT009",
    "brackets": "VT010",
    "negation": "VT011",
    "null-test": "VT012",
    "between": "VT013",
    "not-in": "VT014",
    "not-like": "VT015",
    "other-operator": "VT016",
    "double-quotes": "VT017",
    "quoted-name": "VT018",
    "unquoted-value": "VT019",
    "bare-word": "VT020",
    "alias": "VT021",
    "join": "VT022",
    "qualified-name": "VT023",
    "group-by": "VT024",
    "having": "VT025",
    "distinct": "VT026",
    "function": "VT027",
    "subquery": "VT028",
    "set-operation": "VT029",
    "offset": "VT030",
    "several-directions": "VT031",
    "top": "VT032",
    "comment": "VT033",
    "several-queries": "VT034",
    "other-statement": "VT035",
    "placeholder": "VT036",
    "arithmetic": "VT037",
    "missing-from": "VT038",
    "unclosed-list": "VT039",
    "list-without-brackets": "VT040",
    "stray-order": "VT041",
    "odd-limit": "VT042",
    "star-beside-columns": "VT043",
    "odd-sort-field": "VT044",
    "odd-name": "VT045",
    "odd-blank": "VT046",
    "other-condition": "VT047",
    "undoubled-quote": "VT048",
    "value-without-field": "VT049",
    "clause-order": "VT050",
    "stray-comma": "VT051",
    "empty-list": "VT052",
    "empty-test": "VT053",
    "reversed-comparison": "VT054",
    "missing-token": "VT055",
    "too-many-findings": "VT099",
}


def syntax_finding(
    slug: str, span: Span, message: str, help_: str = "", edits: tuple[Edit, ...] = ()
) -> Diagnostic:
    """A finding of the family VT0, which is always an error: the text is no VTQL."""
    return Diagnostic(CODES[slug], slug, Severity.ERROR, message, span, help_, edits)
