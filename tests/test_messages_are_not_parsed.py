"""What a finding says is data: nothing in the package searches, splits or replaces its text."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "vtql"

SERVER_ANSWERS = {"client/operations/read.py"}
"""Where `message` is what a server wrote, which says in its text alone what it is about."""

TEXTS = {"message", "server_effect", "equivalent", "advice"}
PARSING = {
    "count", "endswith", "find", "index", "partition", "removeprefix", "removesuffix", "replace",
    "rfind", "rindex", "rpartition", "rsplit", "split", "splitlines", "startswith", "strip",
    "translate",
}  # fmt: skip
MATCHING = {"findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"}


def is_text(node: ast.AST) -> bool:
    """Whether an expression is the text of a finding, perhaps in another case."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in TEXTS
        case ast.Call(func=ast.Attribute(value=value, attr="lower" | "upper" | "casefold")):
            return is_text(value)
        case ast.Subscript(value=value):
            return is_text(value)
    return False


def parses(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=arguments):
            return (name in PARSING and is_text(value)) or (
                name in MATCHING and any(map(is_text, arguments))
            )
        case ast.Compare(ops=operators, comparators=comparators):
            return any(
                isinstance(operator, (ast.In, ast.NotIn)) and is_text(text)
                for operator, text in zip(operators, comparators, strict=True)
            )
        case ast.Subscript(value=value, ctx=ast.Load()):
            return is_text(value)
    return False


def lines_that_parse(text: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.expr) and parses(node)
    ]


def test_parsing_is_seen() -> None:
    for line in (
        "'NOTLIKE' in finding.message", "finding.message.split(';')", "re.sub('a', 'b', message)",
        "finding.message.lower().startswith('a')", "WORD.search(diagnostic.server_effect)",
        "message[:3]",
    ):  # fmt: skip
        assert lines_that_parse(line) == [1], line
    assert lines_that_parse("Diagnostic(message, other.replace('a', 'b'))") == []


def test_no_module_parses_the_text_of_a_finding() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in SERVER_ANSWERS
        for line in lines_that_parse(path.read_text("utf-8"))
    ]
    assert found == []
