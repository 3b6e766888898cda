"""The text of a finding is for people: nothing in the product searches, takes apart or changes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "vtql"

TEXTS = {"message", "help", "server_effect", "equivalent", "advice"}
"""The fields of a finding that are text."""

SERVER_ERRORS = ("client/operations/read.py",)
"""Files that read the `message` of a server's error, which is no finding of this library."""

PATTERNS = {"search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"}
"""Functions of `re` and methods of its patterns."""

HARMLESS = {"join", "encode", "format"}
"""Methods of texts that look at nothing in them."""


def readings(tree: ast.AST) -> Iterator[int]:
    """The lines where the text of a finding is searched, taken apart or changed."""
    functions = [
        node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    names = {
        id(node): _names_of_texts(function) for function in functions for node in ast.walk(function)
    }

    def is_text(node: ast.AST) -> bool:
        match node:
            case ast.Attribute(attr=attr, ctx=ast.Load()):
                return attr in TEXTS
            case ast.Name(id=name, ctx=ast.Load()):
                return name in TEXTS - {"help"} or name in names.get(id(node), ())
            case ast.Call(func=ast.Attribute(value=value, attr="lower" | "upper" | "casefold")):
                return is_text(value)
            case _:
                return False

    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if (
                is_text(value) and hasattr(str, method) and method not in HARMLESS
            ):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr=method), args=arguments) if (
                method in PATTERNS and any(map(is_text, arguments))
            ):
                yield node.lineno
            case ast.Subscript(value=value) if is_text(value):
                yield node.lineno
            case ast.Compare(left=left, ops=operators, comparators=others):
                operands = (left, *others)
                for operator, before, after in zip(operators, operands, others, strict=False):
                    contained = isinstance(operator, (ast.In, ast.NotIn)) and is_text(after)
                    literal = isinstance(before, ast.Constant) or isinstance(after, ast.Constant)
                    compared = isinstance(operator, (ast.Eq, ast.NotEq)) and literal
                    if contained or (compared and (is_text(before) or is_text(after))):
                        yield node.lineno


def _names_of_texts(function: ast.AST) -> set[str]:
    """The locals that are bound to the text of a finding and nothing else done to it."""
    names = set()
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr=attr))
                | ast.NamedExpr(target=ast.Name(id=name), value=ast.Attribute(attr=attr))
            ) if attr in TEXTS:
                names.add(name)
    return names


@pytest.mark.parametrize("code", [
    "diagnostic.message.replace('a', 'b')",
    "diagnostic.message.lower().startswith('a')",
    "diagnostic.help.split('; ')",
    "'a' in diagnostic.message",
    "'a' not in diagnostic.server_effect.lower()",
    "diagnostic.message == 'a'",
    "diagnostic.message[3:]",
    "re.search('a', diagnostic.message)",
    "PATTERN.sub('a', diagnostic.advice)",
    "message[:3]",
    "def f(diagnostic):\n    text = diagnostic.message\n    return text.partition(';')",
    "def f(diagnostic):\n    if (text := diagnostic.message) and 'a' in text:\n        return text",
])  # fmt: skip
def test_reading_a_text_is_noticed(code: str) -> None:
    assert list(readings(ast.parse(code)))


@pytest.mark.parametrize("code", [
    "visible(diagnostic.message)",
    "f'{diagnostic.message}; {diagnostic.help}'",
    "'; '.join((diagnostic.message, diagnostic.help))",
    "replace(diagnostic, message='a')",
    "if diagnostic.help:\n    print(diagnostic.help)",
    "diagnostic.message == other.message",
    "Diagnostic(message, other.replace('a', 'b'))",
])  # fmt: skip
def test_showing_a_text_is_none(code: str) -> None:
    assert not list(readings(ast.parse(code)))


def test_no_text_of_a_finding_is_read() -> None:
    paths = (path for path in sorted(PACKAGE.rglob("*.py")))
    strays = [
        f"{name}:{line}"
        for path in paths
        for name in (path.relative_to(PACKAGE).as_posix(),)
        if name not in SERVER_ERRORS
        for line in readings(ast.parse(path.read_text("utf-8")))
    ]
    assert strays == []
