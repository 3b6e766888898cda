"""A plugin for pytest: a fresh sandbox for each test, as a client, as itself, or as a URL.

pytest loads this file wherever the package is installed, so it imports nothing but pytest before
a fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from vtql.client.client import Client
    from vtql.sandbox.sandbox import Sandbox

MARKER = "vtiger(**options): what the sandbox of this test is made with, such as profile='8.4'"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def vtiger_options() -> dict[str, Any]:
    """What the sandbox is made with, for all tests of a project that overrides this fixture."""
    return {}


@pytest.fixture
def vtiger_sandbox(
    request: pytest.FixtureRequest, vtiger_options: dict[str, Any]
) -> Iterator[Sandbox]:
    """A fresh `vtql.sandbox.Sandbox`, with the options of the marker `vtiger`."""
    # Only for those who use it.
    from vtql.sandbox.sandbox import Sandbox  # noqa: PLC0415

    marks = list(request.node.iter_markers("vtiger"))
    options = vtiger_options
    for mark in reversed(marks):  # the nearest counts most
        if mark.args:
            pytest.fail(f"{MARKER}: by name, not {mark.args!r}", pytrace=False)
        options = options | mark.kwargs
    sandbox = _make_sandbox(Sandbox, options)
    if isinstance(sandbox, str):
        pytest.fail(f"the sandbox of this test cannot be made: {sandbox}", pytrace=False)
    with sandbox:
        yield sandbox


def _make_sandbox(kind: type[Sandbox], options: dict[str, Any]) -> Sandbox | str:
    """A sandbox with the options, or why there is none."""
    from inspect import signature  # noqa: PLC0415 - only for those who use it

    from vtql.suggestions import listing, suggestion  # noqa: PLC0415 - likewise

    known = signature(kind).parameters
    for name in options:
        if name not in known:
            near = suggestion(name, known) or f"there are {listing(known, 'and')}"
            return f"it has no option `{name}`; {near}"
    try:
        return kind(**options)
    except (ValueError, OSError) as error:
        return str(error)


@pytest.fixture
def vtiger(vtiger_sandbox: Sandbox) -> Iterator[Client]:
    """A client of the test's sandbox, in process."""
    with vtiger_sandbox.client() as client:
        yield client


@pytest.fixture
def vtiger_server(vtiger_sandbox: Sandbox) -> str:
    """The URL of the test's sandbox over HTTP, for clients in any language.

    Its user and access key are `vtiger_sandbox.username` and `vtiger_sandbox.access_key`.
    """
    return vtiger_sandbox.serve()
