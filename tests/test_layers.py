"""The architecture, held by its imports: they point down, and each foreign library has one door."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "vtql"

LAYERS = (
    ("sanitize", "source", "suggestions"),
    ("diagnostics", "fixes"),
    ("errors", "ast"),
    ("files",),
    ("parser",),
    ("recovery",),
    ("statements", "formatter"),
    ("profiles", "catalog", "protocol", "fork"),
    ("logic", "export"),
    ("generate",),
    ("extended",),
    ("rules",),
    ("analysis",),
    ("embedded",),
    ("lint",),
    ("render", "query", "rule_docs"),
    ("models", "completion"),
    ("client",),
    ("sandbox",),
    ("cli",),
)
"""From the bottom to the top; a module imports from its own layer and those before it."""

DOORS = {
    "lark": ("parser/grammar.py",),
    "dateutil": ("catalog/",),
    "requests": ("client/",),
    "urllib3": ("client/",),
    "sqlite3": ("sandbox/",),
    "argparse": ("cli/",),
    "cheroot": ("sandbox/server.py",),
    "pytest": ("sandbox/plugin.py",),
    "keyring": ("client/accounts.py",),
    "pyarrow": ("export/arrow.py",),
    "pandas": ("export/pandas.py",),
    "polars": ("export/polars.py",),
    "duckdb": ("export/duckdb.py",),
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


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other, by Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for imported in graph.get(module, ()):
            if imported not in index:
                visit(imported)
                low[module] = min(low[module], low[imported])
            elif imported in stack:
                low[module] = min(low[module], index[imported])
        if low[module] == index[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for module in graph:
        if module not in index:
            visit(module)
    return groups


def test_cycles_are_found() -> None:
    assert cycles({"a": {"b"}, "b": {"c", "a"}, "c": {"d"}, "d": set()}) == [["a", "b"]]


def test_no_modules_import_each_other() -> None:
    # An import inside a function counts: it hides a cycle, it does not remove it.
    names = {}
    for path in FILES:
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    graph = {
        module: {
            target
            for name in imports(path)
            for target in (name if name in names else name.rpartition(".")[0],)
            if target in names and target != module
        }
        for module, path in names.items()
    }
    assert cycles(graph) == []


def test_only_the_table_of_profiles_compares_their_names() -> None:
    # What a server does is a field of its profile; what operations it has is in their table.
    compared = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}"
        for path in FILES
        if path != PACKAGE / "profiles.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        for sides in ([node.left, *node.comparators],)
        if any(ast.unparse(side).endswith("profile.name") for side in sides)
        and not ast.unparse(sides[-1]).endswith(".profiles")
    ]
    assert compared == []


def test_the_core_reads_no_clock_environment_or_folder() -> None:
    # `files` reads and writes for `Catalog.load` and the commands; `fork` sees a process to its child.
    rim = {"files", "fork", "client", "sandbox", "cli", "__init__", "__main__"}
    worldly = {"os", "time", "socket", "subprocess", "random", "secrets"}
    found = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in FILES
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in rim
        for name in imports(path)
        if name.split(".")[0] in worldly
    ]
    assert found == []
