"""What all tests share: `--update`, the recordings of a real server, a sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from vtql.sandbox import Sandbox

pytest_plugins = ["pytester"]

# No test is timed, and a run is the same everywhere; `--hypothesis-profile=explore` looks further.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite what the corpora expect")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are rewritten rather than compared."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with recordings of a real server; tests that need it are skipped without it."""
    folder = Path(os.environ.get("VTQL_SHARED") or Path(__file__).parents[2] / "shared")
    if not (folder / "conformance").is_dir():
        pytest.skip("the recordings of a real server are not here")
    return folder


@pytest.fixture(scope="session")
def demo() -> Iterator[Sandbox]:
    """A sandbox with demo data, for tests that change nothing in it."""
    with Sandbox() as sandbox:
        yield sandbox
