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


def syntax_diagnostic(
    slug: str, span: Span, message: str, help_: str = "", edits: tuple[Edit, ...] = (), effect: str = "",
) -> Diagnostic:  # fmt: skip
    """A diagnostic of the family VT0, which is always an error: the text is no VTQL.

    `effect` is what a server does with it.
    """
    return Diagnostic(
        CODES[slug], slug, Severity.ERROR, message, span, help_, edits, server_effect=effect
    )


_X = "x" * 9000

EXAMPLES: Mapping[str, tuple[str, str]] = {
    "unexpected-token": ("A word or a sign has no place where it stands.", "SELECT id FROM Contacts 5;"),
    "missing-semicolon": (
        "A query does not end with `;`, which every open-source server demands.",
        "SELECT id FROM Contacts LIMIT 10",
    ),
    "incomplete-query": ("A query ends before it is one.", "SELECT id FROM"),
    "unreadable-text": (
        "A character is no part of the language; a server answers INTERNAL_SERVER_ERROR.",
        "SELECT id FROM Contacts WHERE lastname = 'a' €;",
    ),
    "unclosed-literal": ("A literal has no closing quote.", "SELECT id FROM Contacts WHERE lastname = 'Brown;"),
    "empty-literal": (
        "VTQL has no empty literal: a server answers INTERNAL_SERVER_ERROR (measured on 8.4).",
        "SELECT id FROM Contacts WHERE lastname = '';",
    ),
    "escaped-quote": (
        "A backslash before a quote lets the text out of its literal on the server (measured on 8.4).",
        r"SELECT id FROM Contacts WHERE lastname = 'O\'Brien';",
    ),
    "long-literal": (
        "A literal has more than the 8,189 bytes that a server reads (measured on 8.4).",
        "SELECT id FROM Contacts WHERE description = '…';",
    ),
    "large-limit": (
        "An offset is larger than a database can count.",
        "SELECT id FROM Contacts LIMIT 99999999999999999999, 10;",
    ),
    "brackets": (
        "VTQL has no brackets around conditions.",
        "SELECT id FROM Contacts WHERE (lastname = 'a' OR lastname = 'b') AND donotcall = '0';",
    ),
    "negation": ("VTQL has no NOT.", "SELECT id FROM Contacts WHERE NOT lastname = 'Brown';"),
    "null-test": ("VTQL cannot ask for NULL.", "SELECT id FROM Contacts WHERE email IS NULL;"),
    "between": ("VTQL has no BETWEEN.", "SELECT id FROM Potentials WHERE amount BETWEEN 1 AND 5;"),
    "not-in": ("VTQL has no NOT IN.", "SELECT id FROM Contacts WHERE lastname NOT IN ('a', 'b');"),
    "not-like": ("VTQL has no NOT LIKE.", "SELECT id FROM Contacts WHERE lastname NOT LIKE 'a%';"),
    "other-operator": ("An operator is spelled as in another language.", "SELECT id FROM Contacts WHERE lastname <> 'a';"),
    "double-quotes": ("A literal stands in double quotes.", 'SELECT id FROM Contacts WHERE lastname = "a";'),
    "quoted-name": ("A name stands in quotes.", "SELECT `id` FROM Contacts;"),
    "unquoted-value": ("A value that needs quotes has none.", "SELECT id FROM Contacts WHERE birthday = 2024-01-31;"),
    "bare-word": ("A word without quotes is a column to a server; `true` and `false` are 1 and 0.", "SELECT id FROM Contacts WHERE lastname = Brown;"),
    "alias": ("VTQL has no aliases.", "SELECT lastname AS name FROM Contacts;"),
    "join": ("A query is about one module.", "SELECT id FROM Contacts JOIN Accounts ON account_id = id;"),
    "qualified-name": ("The name of a field stands alone.", "SELECT Contacts.id FROM Contacts;"),
    "group-by": ("VTQL has no GROUP BY.", "SELECT lastname FROM Contacts GROUP BY lastname;"),
    "having": ("VTQL has no HAVING.", "SELECT lastname FROM Contacts HAVING lastname = 'a';"),
    "distinct": ("VTQL has no DISTINCT.", "SELECT DISTINCT lastname FROM Contacts;"),
    "function": ("The only function is `count(*)`.", "SELECT max(amount) FROM Potentials;"),
    "subquery": ("A query has no other inside.", "SELECT id FROM Contacts WHERE account_id IN (SELECT id FROM Accounts);"),
    "set-operation": ("VTQL has no UNION and its like.", "SELECT id FROM Contacts UNION SELECT id FROM Leads;"),
    "offset": ("The offset is the first number of LIMIT.", "SELECT id FROM Contacts LIMIT 10 OFFSET 20;"),
    "several-directions": (
        "There is one direction, at the end, and it belongs to the last field (measured on 8.4).",
        "SELECT lastname, id FROM Contacts ORDER BY lastname DESC, id;",
    ),
    "top": ("The number of records is that of LIMIT.", "SELECT TOP 5 id FROM Contacts;"),
    "comment": ("A server knows no comments; a file may have them.", "SELECT id FROM Contacts; -- all"),
    "several-queries": ("A request takes one query; a file may have several.", "SELECT id FROM Contacts; SELECT id FROM Leads;"),
    "other-statement": ("VTQL only reads.", "DELETE FROM Contacts;"),
    "placeholder": ("A server knows no placeholders.", "SELECT id FROM Contacts WHERE lastname = :name;"),
    "arithmetic": ("VTQL does not calculate.", "SELECT id FROM Potentials WHERE amount = 5 + 5;"),
    "missing-from": ("A query says its module behind FROM.", "SELECT id Contacts;"),
    "unclosed-list": ("A list has no closing bracket.", "SELECT id FROM Contacts WHERE lastname IN ('a', 'b';"),
    "list-without-brackets": ("The values of IN stand in brackets.", "SELECT id FROM Contacts WHERE lastname IN 'a', 'b';"),
    "stray-order": ("A server passes over ORDER where no BY follows.", "SELECT id FROM Contacts ORDER WHERE lastname = 'a';"),
    "odd-limit": ("LIMIT takes whole numbers.", "SELECT id FROM Contacts LIMIT 'ten';"),
    "star-beside-columns": ("`*` and `count(*)` stand alone.", "SELECT *, lastname FROM Contacts;"),
    "odd-sort-field": ("ORDER BY takes names of fields.", "SELECT id FROM Contacts ORDER BY 1;"),
    "odd-name": ("A name is of letters, digits and `_`.", "SELECT id FROM 5Contacts;"),
    "odd-blank": ("A character looks like a blank and is none to a server.", "SELECT\u00a0id FROM Contacts;"),
    "other-condition": ("A condition is one of another language.", "SELECT id FROM Contacts WHERE lastname REGEXP 'a';"),
    "undoubled-quote": ("A quote inside a literal is written twice.", "SELECT id FROM Contacts WHERE lastname = 'O'Brien';"),
    "value-without-field": ("A condition begins with a field.", "SELECT id FROM Contacts WHERE lastname = 'a' OR 'b';"),
    "clause-order": ("The order of clauses is WHERE, ORDER BY, LIMIT.", "SELECT id FROM Contacts LIMIT 10 ORDER BY id;"),
    "stray-comma": ("A comma stands between two items.", "SELECT id, FROM Contacts;"),
    "empty-list": ("A list has at least one value.", "SELECT id FROM Contacts WHERE lastname IN ();"),
    "empty-test": ("The empty text equals `' '`.", "SELECT id FROM Contacts WHERE lastname IS EMPTY;"),
    "reversed-comparison": ("The field stands before the value.", "SELECT id FROM Contacts WHERE 'a' = lastname;"),
    "missing-token": ("A word or a sign is missing.", "SELECT id FROM Contacts WHERE lastname 'a';"),
    "too-many-findings": ("A text has so many findings that the rest is not told.", ""),
}  # fmt: skip
"""By name; `…` in a text stands for nine thousand characters."""


def example_of(slug: str) -> str:
    """The text that has a finding, as it would be sent; empty where that would be pages long."""
    return EXAMPLES[slug][1].replace("…", _X)
