"""The page for contributors: it names the places that a change touches, and they are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from vtql.cli import COMMANDS
from vtql.embedded import HOST_LANGUAGES
from vtql.render import FORMATS
from vtql.rules.registry import RULES

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "contributing.md").read_text("utf-8")

_PATH = re.compile(r"`((?:vtql|tests|docs|grammar|\.ci)(?:/[\w.*-]+)*/?|\.[\w.-]+\.ya?ml)`")

PATHS = sorted({match[1] for match in _PATH.finditer(PAGE)})

CHANGES = {
    "A host language": ("vtql/embedded/host_languages.py", ".pre-commit-hooks.yaml"),
    "A rule": ("vtql/rules/", "vtql/rules/registry.py"),
    "A profile": ("vtql/profiles.py",),
    "An output format": ("vtql/render/", "vtql/render/__init__.py"),
    "A command": ("vtql/cli/", "vtql/cli/__init__.py"),
}
"""The changes with a section of their own, and places that it names in any case."""


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_the_page_exists(path: str) -> None:
    found = ROOT / path
    assert found.is_dir() if path.endswith("/") else found.exists()


def test_the_page_names_paths() -> None:
    assert len(PATHS) > 20


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_has_a_section_with_its_places(change: str) -> None:
    _, _, rest = PAGE.partition(f"\n### {change}\n")
    section, _, _ = rest.partition("\n#")
    assert {*CHANGES[change]} <= {match[1] for match in _PATH.finditer(section)}


def mentions(path: Path) -> set[str]:
    """The texts of a file that are a value, and the modules that it imports."""
    texts: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Constant(value=str(text)):
                texts.add(text)
            case ast.Import(names=names):
                texts |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                texts |= {module, *(f"{module}.{alias.name}" for alias in names)}
    return texts


MENTIONS = {
    path.relative_to(ROOT).as_posix(): mentions(path) for path in (ROOT / "vtql").rglob("*.py")
}

ROWS = (
    *(("A rule", f"vtql.rules.{rule.slug.replace('-', '_')}", rule.slug) for rule in RULES),
    *(("An output format", f"vtql.render.{name}", "") for name in FORMATS),
    *(("A command", f"vtql.cli.{name}", "") for name in COMMANDS),
    *(("A host language", f"vtql.embedded.{row.module}", "") for row in HOST_LANGUAGES),
)
"""The change that a row of a table was, the row's module, and a name that nothing else has."""


@pytest.mark.parametrize(("change", "module", "name"), ROWS)
def test_nothing_else_names_what_a_change_adds(change: str, module: str, name: str) -> None:
    _, _, rest = PAGE.partition(f"\n### {change}\n")
    section, _, _ = rest.partition("\n#")
    places = {match[1] for match in _PATH.finditer(section)} | {f"{module.replace('.', '/')}.py"}
    strays = {
        path
        for path, texts in MENTIONS.items()
        if path not in places and (module in texts or (name and name in texts))
    }
    assert strays == set()
