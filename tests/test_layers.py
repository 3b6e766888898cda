"""The architecture, held by its imports: they point down, and each foreign library has one door."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "vtql"

LAYERS = (
    (
        "atomic_write",
        "surrogates",
        "content",
        "dataclass",
        "late",
        "once",
        "source",
        "spelling",
        "undisturbed",
        "visible",
    ),
    ("diagnostics", "mending"),
    ("errors", "ast"),
    ("locked_file",),
    ("syntax",),
    ("profiles", "schema", "protocol", "process"),
    ("address", "logic", "tables"),
    ("generate",),
    ("extended",),
    ("rules",),
    ("scripts", "equivalents"),
    ("analysis",),
    ("embedded",),
    ("linter",),
    ("render", "query", "pages"),
    ("models", "editor"),
    ("client",),
    ("sandbox",),
    ("cli",),
)
"""From the bottom to the top; a module imports from its own layer and those before it."""

DOORS = {
    "lark": ("syntax/grammar.py",),
    "dateutil": ("schema/times/",),
    "requests": ("client/",),
    "urllib3": ("client/",),
    "sqlite3": ("sandbox/",),
    "argparse": ("cli/",),
    "cheroot": ("sandbox/server.py",),
    "pytest": ("sandbox/plugin.py",),
    "keyring": ("client/keychain.py",),
    "pyarrow": ("tables/arrow.py",),
    "pandas": ("tables/pandas.py",),
    "polars": ("tables/polars.py",),
    "duckdb": ("tables/duckdb.py",),
    "rich": ("cli/progress.py",),
}

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def imports(path: Path) -> set[str]:
    """The dotted names that a file imports at run time; `if TYPE_CHECKING` blocks do not count."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                for other in node.orelse:
                    visit(other)
            case ast.Import():
                found.update(alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                found.update(f"{module}.{alias.name}" for alias in node.names)
            case ast.ImportFrom():
                found.add("<relative>")
            case _:
                for child in ast.iter_child_nodes(node):
                    visit(child)

    visit(ast.parse(path.read_text("utf-8")))
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_part_has_a_layer() -> None:
    parts = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    assert parts - {"__init__", "__main__"} == set(LEVEL)


def test_imports_point_down() -> None:
    upward = []
    for path in FILES:
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if part in ("__init__", "__main__"):
            continue
        for name in imports(path):
            assert name != "<relative>", f"{path.name} has a relative import"
            head, *rest = name.split(".")
            if head == "vtql" and rest and rest[0] in LEVEL and LEVEL[rest[0]] > LEVEL[part]:
                upward.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert upward == []


def test_each_foreign_library_has_one_door() -> None:
    strays = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in FILES
        for name in imports(path)
        for library, doors in DOORS.items()
        if name.split(".")[0] == library
        and not path.relative_to(PACKAGE).as_posix().startswith(doors)
    ]
    assert strays == []


LONGER = {"embedded/python_flow.py": 420, "embedded/reader.py": 420, "sandbox/store.py": 350}
"""Files that hold one idea in more lines: a table of what each construct does to a string, or all
that is done with the records."""


def test_files_stay_small() -> None:
    long = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in FILES
        if "made" not in path.parts  # tables are as long as their grammar
        and (lines := len(path.read_text("utf-8").splitlines()))
        > LONGER.get(path.relative_to(PACKAGE).as_posix(), 300)
    }
    assert long == {}


def test_the_core_reads_no_clock_environment_or_folder() -> None:
    # `content` reads files, for `Catalog.load` and the commands, and nothing else of the system.
    rim = {
        "atomic_write", "content", "locked_file", "client", "sandbox", "cli", "process", "__init__",
        "__main__",
    }  # fmt: skip
    worldly = {"os", "time", "socket", "subprocess", "random", "secrets"}
    found = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in FILES
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in rim
        for name in imports(path)
        if name.split(".")[0] in worldly
    ]
    assert found == []
