"""Shapes of long texts: what makes one of a name and a size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

SIZE = 1_000_000
"""Characters of a whole text."""

Unit: TypeAlias = str | Callable[[int], str]
"""What is repeated: a text with `{n}` for its number, or what makes it of that."""


def _said(unit: Unit, number: int) -> str:
    return unit.replace("{n}", str(number)) if isinstance(unit, str) else unit(number)


def _row(unit: Unit, count: int) -> Iterator[str]:
    return (_said(unit, number) for number in range(count))


def _query(where: str) -> str:
    return f"SELECT lastname FROM Contacts WHERE {where};"


def _in(values: Unit, name: str = "lastname", operator: str = "IN") -> Callable[[int], str]:
    """A list of as many different values as a size has place for."""

    def made(size: int) -> str:
        count = max(1, size // (len(_said(values, 1234)) + 2))
        return _query(f"{name} {operator} ({', '.join(_row(values, count))})")

    return made


def _chain(condition: Unit, joint: str) -> Callable[[int], str]:
    def made(size: int) -> str:
        count = max(1, size // (len(_said(condition, 1234)) + len(joint) + 2))
        return _query(f" {joint} ".join(_row(condition, count)))

    return made


def _times(unit: str, before: str = "", behind: str = "") -> Callable[[int], str]:
    return lambda size: before + unit * (size // len(unit)) + behind


def _statements(statement: Unit, count: int = 0) -> Callable[[int], str]:
    def made(size: int) -> str:
        many = count * size // SIZE if count else max(1, size // (len(_said(statement, 1234)) + 1))
        return "\n".join(_row(statement, many))

    return made


def _nested(
    size: int, opening: str = "(", closing: str = ")", inner: str = "lastname = 'a'"
) -> str:
    depth = size // 20
    return _query(opening * depth + inner + closing * depth)


HEAD = "SELECT lastname FROM Contacts WHERE "

SHAPES: dict[str, Callable[[int], str]] = {
    "in: texts": _in("'value {n}'"),
    "in: one text again and again": _in("'a'"),
    "in: two texts": _in(lambda n: f"'{'ab'[n % 2]}'"),
    "in: ids": _in("'12x{n}'", "id"),
    "in: ids of another module": _in("'99x{n}'", "account_id"),
    "in: no ids": _in("'{n}'", "id"),
    "in: no ids, on a reference": _in("'{n}'", "account_id"),
    "in: a picklist": _in("'Mr{n}.'", "salutationtype"),
    "in: near a picklist": _in(lambda n: f"'Public Relationz{n % 9}'", "leadsource"),
    "in: dates": _in(lambda n: f"'2024-01-{n % 31 + 1:02}'", "birthday"),
    "in: odd dates": _in(lambda n: f"'{n % 31}.01.2024'", "birthday"),
    "in: checkbox": _in("'yes'", "emailoptout"),
    "in: datetime": _in(lambda n: f"'2024-01-{n % 31 + 1:02}'", "modifiedtime"),
    "in: numbers": _in(str),
    "in: zero first, no quotes": _in("0"),
    "in: decimals": _in("{n}.5"),
    "in: words": _in("w{n}"),
    "in: null": _in("'null'"),
    "in: double quotes": _in(lambda n: f'"v{n}"'),
    "in: backslashes": _in("'v{n}\\\\'"),
    "in: single backslashes": _in("'v\\x{n}'"),
    "in: percents": _in("'v{n}%'"),
    "in: unknown field": _in("'v{n}'", "lastnam"),
    "in: empty literals": _in("''"),
    "in: dates without quotes": _in(lambda n: f"2024-01-{n % 28 + 1}", "birthday"),
    "not in": _in("'v{n}'", operator="NOT IN"),
    "not in: quotes doubled": _in("'v''{n}'", operator="NOT IN"),
    "in: missing commas": lambda size: _query("lastname IN (" + "'a' " * (size // 4) + ")"),
    "in: two commas": lambda size: _query("lastname IN (" + "'a',, " * (size // 6) + ")"),
    "in: brackets in brackets": lambda size: _query(
        "lastname IN (" + "('a'), " * (size // 7) + "'b')"
    ),
    "in: no brackets": lambda size: _query("lastname IN " + "'a', " * (size // 5) + "'b'"),
    "in: many lists": _chain("lastname IN ('a{n}', 'b', 'b')", "AND"),
    "in: of one, many": _chain("lastname IN ('a{n}')", "AND"),
    "or: one field": _chain("lastname = 'a{n}'", "OR"),
    "or: one condition": _chain("lastname = 'a'", "OR"),
    "or: ids": _chain("id = '12x{n}'", "OR"),
    "or: many fields": _chain("f{n} = 'a'", "OR"),
    "or: like": _chain("lastname LIKE '%a{n}'", "OR"),
    "or: like without wildcards": _chain("lastname LIKE 'a{n}'", "OR"),
    "or: not like": _chain("lastname NOT LIKE 'a{n}'", "OR"),
    "or: differs": _chain("lastname != 'a{n}'", "OR"),
    "or: numbers compared": _chain("numberofemployees > {n}", "OR"),
    "and: one field": _chain("lastname = 'a{n}'", "AND"),
    "and: one condition": _chain("lastname = 'a'", "AND"),
    "and: differs": _chain("lastname != 'a{n}'", "AND"),
    "and: below and above": _chain(lambda n: f"id {'<>'[n % 2]} '12x{n}'", "AND"),
    "and: datetimes": _chain(lambda n: f"modifiedtime = '2024-01-{n % 28 + 1:02}'", "AND"),
    "and: lists that share a value": _chain("lastname IN ('a', 'b{n}')", "AND"),
    "and, or: alternating": lambda size: (
        HEAD + "lastname = 'a' AND firstname = 'b' OR " * (size // 40) + "city = 'c';"
    ),
    "or, and: left to right": lambda size: (
        HEAD + "lastname = 'a' OR firstname = 'b' AND " * (size // 40) + "city = 'c';"
    ),
    "or, and: different": _chain("f{n} = 'a' AND g{n} = 'b'", "OR"),
    "and: subtraction": _chain("b = 1-1", "AND"),
    "and: sums": _chain("b = {n}+1", "AND"),
    "and: functions": _chain("upper(lastname) = 'a'", "AND"),
    "and: backticks": _chain("`lastname` = 'a'", "AND"),
    "and: dots": _chain("c.lastname = 'a'", "AND"),
    "and: many dots": _chain("a.b.c.d.e.f = 'a'", "AND"),
    "and: ==": _chain("lastname == 'a'", "AND"),
    "and: <>": _chain("lastname <> 'a{n}'", "AND"),
    "or: <>": _chain("lastname <> 'a{n}'", "OR"),
    "and: is null": _chain("f{n} IS NULL", "AND"),
    "and: is not null": _chain("lastname IS NOT NULL", "AND"),
    "and: is not empty": _chain("lastname IS NOT EMPTY", "AND"),
    "and: between": _chain("a{n} BETWEEN 1 AND 2", "AND"),
    "or: between": _chain("a{n} BETWEEN 1 AND 2", "OR"),
    "and: not between": _chain("a{n} NOT BETWEEN 1 AND 2", "AND"),
    "and: not": _chain("NOT a{n} = 'a'", "AND"),
    "and: brackets": _chain("(a{n} = 'a' OR b = 'b')", "AND"),
    "or: brackets": _chain("(a{n} = 'a' OR b = 'b')", "OR"),
    "and: brackets of one": _chain("(a{n} = 'a')", "AND"),
    "and: value in brackets": _chain("a{n} = ('a')", "AND"),
    "and: bare words": _chain("lastname = Smith{n}", "AND"),
    "and: two bare words": _chain("lastname = John Smith", "AND"),
    "and: decimals": _chain("amount = 1.5", "AND"),
    "and: dates": _chain("birthday = 2024-01-02", "AND"),
    "and: times": _chain("time_start = 10:20:30", "AND"),
    "and: no value": _chain("lastname =", "AND"),
    "and: no field": _chain("= 'a'", "AND"),
    "and: no operator": _chain("lastname 'a'", "AND"),
    "and: two joints": _chain("lastname = 'a' AND", "AND"),
    "and: no joint": _chain("lastname = 'a'", ""),
    "and: comma": _chain("lastname = 'a'", ","),
    "and: &&": _chain("lastname = 'a'", "&&"),
    "and: ||": _chain("lastname = 'a'", "||"),
    "and: subqueries": _chain("id IN (SELECT id FROM Accounts)", "AND"),
    "and: semicolons in it": _chain("lastname = 'a';", "AND"),
    "and: missing quotes": _chain("lastname = 'a", "AND"),
    "and: missing opening quotes": _chain("lastname = a'", "AND"),
    "and: escaped quotes": _chain(r"lastname = 'O\'Brien'", "AND"),
    "and: apostrophes": _chain("lastname = 'O'Brien'", "AND"),
    "and: curly quotes": _chain("lastname = ‘a’", "AND"),
    "and: hard blanks": _chain("lastname\u00a0= 'a'", "AND"),
    "and: mistyped": _chain("lastname = 'a'", "ADN"),
    "and: mistyped fields": _chain("lastnam{n} = 'a'", "AND"),
    "and: keywords as values": _chain("lastname = limit", "AND"),
    "and: comparisons chained": _chain("1 < employees < 2", "AND"),
    "and: casts": _chain("a::text = 'b'", "AND"),
    "and: parameters": _chain("a = ?", "AND"),
    "and: named parameters": _chain("a = :p{n}", "AND"),
    "and: braces": _chain("a = {{name}}", "AND"),
    "brackets: nested": _nested,
    "brackets: only opened": lambda size: _query("(" * (size // 20)),
    "brackets: only closed": lambda size: _query("a = 'b'" + ")" * (size // 20)),
    "brackets: a megabyte of opened": _times("(", HEAD),
    "brackets: a megabyte of closed": _times(")", HEAD + "a = 'b'"),
    "brackets: not": lambda size: _query("NOT (" * (size // 20) + "a = 'b'" + ")" * (size // 20)),
    "brackets: growing or": lambda size: _query(
        "(a = 'b' OR " * (size // 30) + "a = 'b'" + ")" * (size // 30)
    ),
    "brackets: and, or": lambda size: _query(
        "(a = 'b' OR (c = 'd' AND " * (size // 30) + "a = 'b'" + "))" * (size // 30)
    ),
    "brackets: around a value": lambda size: _query(
        "a = " + "(" * (size // 20) + "'b'" + ")" * (size // 20)
    ),
    "brackets: pairs": _times("()", HEAD),
    "brackets: functions": lambda size: _query(
        "f(" * (size // 20) + "a" + ")" * (size // 20) + " = 'b'"
    ),
    "brackets: subqueries": lambda size: (
        "SELECT id FROM A WHERE id IN (" * (size // 30) + ")" * (size // 30)
    ),
    "columns": lambda size: f"SELECT {', '.join(f'c{n}' for n in range(size // 8))} FROM Contacts;",
    "columns: one": lambda size: f"SELECT {', '.join(['lastname'] * (size // 10))} FROM Contacts;",
    "columns: no commas": lambda size: f"SELECT {'lastname ' * (size // 9)} FROM Contacts;",
    "columns: a a a": lambda size: f"SELECT {'a ' * (size // 2)} FROM Contacts;",
    "columns: aliases": lambda size: (
        f"SELECT {', '.join(f'c{n} AS d{n}' for n in range(size // 16))} FROM C;"
    ),
    "columns: functions": lambda size: (
        f"SELECT {', '.join(['max(a)'] * (size // 8))} FROM Contacts;"
    ),
    "columns: stars": lambda size: f"SELECT {', '.join('*' * (size // 3))} FROM Contacts;",
    "columns: dots": lambda size: (
        f"SELECT {', '.join(['c.lastname'] * (size // 12))} FROM Contacts c;"
    ),
    "columns: brackets": lambda size: (
        f"SELECT ({', '.join(['lastname'] * (size // 10))}) FROM Contacts;"
    ),
    "columns: distinct": _times("DISTINCT ", "SELECT ", "a FROM Contacts;"),
    "columns: commas": _times(",", "SELECT a", " FROM Contacts;"),
    "columns: comma and blank": _times(", ", "SELECT a", " FROM Contacts;"),
    "columns: long name": lambda size: f"SELECT {'a' * size} FROM Contacts;",
    "columns: mistyped": lambda size: (
        f"SELECT {', '.join(f'lastnam{n}' for n in range(size // 15))} FROM Contacts;"
    ),
    "module: long name": lambda size: f"SELECT a FROM {'a' * size};",
    "modules: many": lambda size: f"SELECT a FROM {', '.join(f'm{n}' for n in range(size // 8))};",
    "modules: joins": _times("JOIN b ON a.x = b.x ", "SELECT a FROM m ", ";"),
    "modules: from": _times("FROM Contacts ", "SELECT a ", ";"),
    "order: many": lambda size: (
        f"SELECT a FROM Contacts ORDER BY {', '.join(f'c{n}' for n in range(size // 8))};"
    ),
    "order: directions": lambda size: (
        "SELECT a FROM Contacts ORDER BY " + ", ".join(["a DESC"] * (size // 8)) + ";"
    ),
    "order: desc desc": _times("DESC ", "SELECT a FROM Contacts ORDER BY a ", ";"),
    "order: order order": _times("ORDER ", "SELECT a FROM Contacts ", ";"),
    "order: order by": _times("ORDER BY a ", "SELECT a FROM Contacts ", ";"),
    "order: conditions behind": _times("ORDER BY a AND b = 'c' ", "SELECT a FROM Contacts ", ";"),
    "limit: again": _times("LIMIT 1 ", "SELECT a FROM Contacts ", ";"),
    "limit: numbers": _times("1, ", "SELECT a FROM Contacts LIMIT ", "1;"),
    "limit: digits": _times("1", "SELECT a FROM Contacts LIMIT ", ";"),
    "limit: offset": _times("LIMIT 1 OFFSET 2 ", "SELECT a FROM Contacts ", ";"),
    "where: again": _times("WHERE a = 'b' ", "SELECT a FROM Contacts ", ";"),
    "group by": _times("GROUP BY a HAVING b = 'c' ", "SELECT a FROM Contacts ", ";"),
    "union": _times("SELECT a FROM Contacts UNION "),
    "literal: long": lambda size: _query(f"lastname = '{'a' * size}'"),
    "literal: quotes": lambda size: _query(f"lastname = '{chr(39) * (size // 2 * 2)}'"),
    "literal: percents": lambda size: _query(f"lastname LIKE '{'%' * size}'"),
    "literal: underscores": lambda size: _query(f"lastname LIKE '{'_' * size}'"),
    "literal: backslashes": lambda size: _query(f"lastname = '{chr(92) * size}'"),
    "literal: digits": lambda size: _query(f"numberofemployees = '{'1' * size}'"),
    "literal: digits, no quotes": lambda size: _query(f"numberofemployees = {'1' * size}"),
    "literal: date": lambda size: _query(f"birthday = '{'1' * size}'"),
    "literal: moment": lambda size: _query(f"modifiedtime = '2024-01-01 {'1' * size}'"),
    "literal: id": lambda size: _query(f"id = '{'1' * size}x1'"),
    "literal: id's record": lambda size: _query(f"id = '12x{'1' * size}'"),
    "literal: near a picklist": lambda size: _query(f"leadsource = 'Cold Call{'l' * size}'"),
    "literal: not closed": lambda size: f"{HEAD}lastname = '{'a ' * (size // 2)};",
    "literal: not closed, of lines": lambda size: f"{HEAD}lastname = '" + "a = b\n" * (size // 6),
    "literal: line feeds": lambda size: _query(f"lastname = '{chr(10) * size}'"),
    "literal: not ascii": lambda size: _query(f"lastname = '{'é' * size}'"),
    "literal: blanks": lambda size: _query(f"lastname = '{' ' * size}'"),
    "literal: sql": lambda size: _query(
        "lastname = '" + "; SELECT a FROM b WHERE " * (size // 24) + "'"
    ),
    "literal: controls": lambda size: _query("lastname = '" + "\x00\x1b" * (size // 2) + "'"),
    "statements: right": _statements(
        "SELECT lastname FROM Contacts WHERE lastname = 'a{n}' ORDER BY id LIMIT 10;"
    ),
    "statements: 10,000": _statements("SELECT lastname FROM Contacts WHERE id = '12x{n}';", 10_000),
    "statements: short": _statements("SELECT id FROM C;"),
    "statements: without a semicolon": _statements(
        "SELECT lastname FROM Contacts WHERE a = 'b{n}'"
    ),
    "statements: on one line": lambda size: "SELECT a FROM b WHERE c = 'd' " * (size // 30),
    "statements: on one line, ;": lambda size: "SELECT a FROM b WHERE c = 'd'; " * (size // 31),
    "statements: with comments": _statements(
        "-- {n}\nSELECT lastname -- of {n}\nFROM Contacts WHERE id = '12x{n}' LIMIT 1;"
    ),
    "statements: remarks": _statements(
        lambda n: (
            f"-- vtql: allow VT2{n % 40:02}\nSELECT lastname FROM Contacts WHERE id = '12x{n}' LIMIT 1;"
        )
    ),
    "statements: one broken": lambda size: (
        "SELECT lastname FROM Contacts LIMIT 1;\n" * (size // 39) + "SELECT FROM;"
    ),
    "statements: broken": _statements("SELECT a FROM b WHERE (c = 'd{n}';"),
    "statements: extended": _statements("SELECT a FROM b WHERE c <> 'd{n}' LIMIT 1 OFFSET 2;"),
    "statements: mistyped": _statements("SELEKT a FORM b WERE c = 'd{n}';"),
    "statements: other languages'": _statements("UPDATE a SET b = 'd{n}';"),
    "statements: words": _statements("lorem ipsum dolor sit amet;"),
    "select select": _times("SELECT "),
    "select backticks": _times("``", "select ", "a;"),
    "semicolons": _times(";"),
    "commas": _times(","),
    "dots": _times("."),
    "quotes": _times("'"),
    "double quotes": _times('"'),
    "backticks": _times("`"),
    "backticks: one more": _times("`", "`"),
    "backticks: and blanks": _times("` "),
    "backticks: and line ends": _times("`\n"),
    "backticks: three": _times("``` "),
    "backticks: before words": _times("select `"),
    "brackets: alone": _times("("),
    "brackets: square": _times("["),
    "brackets: curly": _times("{"),
    "brackets: before columns": _times("(", "SELECT ", "a FROM b;"),
    "brackets: before a module": _times("(", "SELECT a FROM ", "b;"),
    "brackets: before values": _times("(", HEAD + "a IN ", ";"),
    "backslashes": _times("\\"),
    "equals": _times("="),
    "minus": _times("-"),
    "comments": _times("-- a\n"),
    "comments: of a block": _times("/* a */ ", "SELECT a FROM b ", ";"),
    "comments: of a block, not closed": _times("/*", "SELECT a FROM b "),
    "comments: number sign": _times("# a\n", "SELECT a FROM b;\n"),
    "comment: long": _times("-", "--"),
    "comments inside": _times("-- a\n", "SELECT a\n", "FROM b;"),
    "blanks": _times(" "),
    "blanks inside": _times(" ", "SELECT a", "FROM b;"),
    "line feeds inside": _times("\n", "SELECT a FROM b WHERE", "c = 'd';"),
    "letters": _times("a"),
    "digits": _times("1"),
    "words": _times("word "),
    "keywords": _times("select from where and or not in like order by limit "),
    "not not": _times("NOT ", HEAD, "a = 'b';"),
    "from from": _times("from ", "select a "),
    "zeros": _times("\x00"),
    "surrogates": _times("\udc80"),
    "not ascii": _times("é"),
    "emoji": _times("😀 "),
    "combining": _times("e\u0301"),
    "every byte": _times(bytes(range(256)).decode("latin-1")),
    "punctuation": _times("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "),
    "json": _times('{"a": [1, 2, {"b": "c"}]}, '),
    "html": _times("<p class='a'>it's &amp; b</p>\n"),
    "prose": _times("It's the customers' own fault; don't ask where from they select. "),
    "like like": _times("LIKE 'a' ", HEAD + "a "),
    "in in": _times("IN ", HEAD + "a ", "('b');"),
    "case when": _times("CASE WHEN a THEN b END ", "SELECT ", "FROM c;"),
}
