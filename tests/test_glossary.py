"""The names of the source are the field's words, and a file's name says which file it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "vtql"

NOT_NAMES = frozenset(
    [
        "told",
        "said",
        "made",
        "found",
        "each",
        "what",
        "gone",
        "meanwhile",
        "behind",
        "beside",
        "apart",
        "alike",
        "taking",
        "saying",
        "telling",
        "standing",
    ]
)
"""Words that say nothing of what a name holds."""

SIBLINGS = (
    {"cli"},  # the file of a command has the name of the command
    {"client/operations", "sandbox/operations"},  # both ends of an operation
    {"client", "sandbox/operations"},
    {"protocol", "sandbox/operations"},
    {"models", "sandbox"},  # values as they are written, on both ends
    {".", "sandbox"},
    {".", "client/operations"},  # files on a disk, files of documents
    {"catalog", "models"},  # a module's description, and its class
    {"catalog", "query/lookups"},
    {"extended", "logic"},
    {"lint", "rules"},
    {"query", "client/operations", "sandbox/operations"},
    {"query", "recovery/constructs"},
    {"query/lookups", "rules"},
)
"""Folders whose files of one name play the same role."""


def names_of(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The names of functions, classes, arguments and variables that a file gives, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node.lineno


def test_no_name_is_one_of_the_words_that_say_nothing() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for name, line in names_of(ast.parse(path.read_text("utf-8")))
        if name.strip("_").lower() in NOT_NAMES
    ]
    wrong += [str(path) for path in PACKAGE.rglob("*.py") if path.stem in NOT_NAMES]
    assert wrong == []


def test_a_name_of_a_file_stands_for_one_role() -> None:
    folders = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if path.stem not in ("__init__", "__main__"):
            folders[path.name].add(path.parent.relative_to(PACKAGE).as_posix())
    wrong = {
        name: sorted(places)
        for name, places in folders.items()
        if len(places - {"cli"}) > 1 and not any(places - {"cli"} <= roles for roles in SIBLINGS)
    }
    assert wrong == {}
