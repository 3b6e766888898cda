"""The page for contributors: it names the places that a change touches, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
