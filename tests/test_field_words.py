"""The words of names in `vtql/`: a name says what it holds, and a file name occurs once."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "vtql"

NOT_NAMES = frozenset({
    "told", "said", "made", "found", "each", "what", "gone", "meanwhile", "behind", "beside", "apart",
    "alike", "taking", "saying", "telling", "standing",
})  # fmt: skip
"""Words that do not say what they name, be it a file, function, class, argument, attribute or local."""

SIBLING_ROLES = {
    "authentication.py": "protocol sandbox/operations",
    "cloud.py": "client sandbox/operations",
    "comparison.py": "query/lookups rules",
    "compile.py": "cli extended",
    "dates.py": "catalog query/lookups",
    "describe.py": "catalog cli",
    "doctor.py": "cli client",
    "errors.py": ". sandbox",
    "explain.py": "cli query",
    "files.py": "client/operations .",
    "model.py": "catalog models",
    "plan.py": "extended logic",
    "read.py": "client/operations sandbox/operations",
    "relations.py": "client/operations query sandbox/operations",
    "runner.py": "lint rules",
    "sandbox.py": "cli sandbox",
    "values.py": "query recovery/constructs",
    "write.py": "client/operations sandbox/operations",
    "write_values.py": "models sandbox",
}
"""The folders whose files may share a name."""


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The names that a module binds, with their lines."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.MatchStar(name=str(name)):
                yield node.lineno, name


def test_all_kinds_of_names_are_seen() -> None:
    program = """
def function(argument, *rest, **keywords):
    local, [inner] = [item for item in rest]
    self.attribute = lambda parameter: (walrus := 1)
    with a as context: pass
    try: pass
    except E as error: pass
    match a:
        case [first, *others] as whole: pass
class Thing: field: int
"""
    assert {name for _, name in names(ast.parse(program))} == {
        "function", "argument", "rest", "keywords", "local", "inner", "item", "attribute", "parameter",
        "walrus", "context", "error", "first", "others", "whole", "Thing", "field",
    }  # fmt: skip


def test_names_say_what_they_hold() -> None:
    assert [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, name in [(0, path.stem), *names(ast.parse(path.read_text("utf-8")))]
        if name.strip("_").lower() in NOT_NAMES
    ] == []


def test_file_names_occur_once_but_for_sibling_roles() -> None:
    folders = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "__init__.py":
            folders[path.name].append(path.parent.relative_to(PACKAGE).as_posix())
    assert {
        name: places
        for name, places in folders.items()
        if len(places) > 1 and places != SIBLING_ROLES.get(name, "").split()
    } == {}
