"""The wheel: it holds the grammar, and parses from it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def test_a_wheel_parses_by_its_own_grammar(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        packed.extractall(installed)
    grammars = {f"vtql/grammar/{path.name}" for path in (PROJECT / "grammar").glob("*.lark")}
    assert grammars <= names
    assert {"vtql/py.typed", "vtql/sandbox/demo/catalog.json", "vtql/sandbox/page/page.js"} <= names
    assert not [name for name in names if not name.startswith("vtql")]
    answer = subprocess.run(
        [sys.executable, "-c", "import vtql; print(vtql.__file__); print(vtql.format('select * from A;'))"],
        cwd=tmp_path, env={"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    where, formatted = answer.stdout.splitlines()
    assert Path(where).is_relative_to(installed)
    assert formatted == "SELECT * FROM A;"
