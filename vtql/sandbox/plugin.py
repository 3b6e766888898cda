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
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def vtiger_options() -> dict[str, Any]:
    """Options of the sandbox; a project overrides this fixture for all its tests."""
    return {}


@pytest.fixture
def vtiger_sandbox(
    request: pytest.FixtureRequest, vtiger_options: dict[str, Any]
) -> Iterator[Sandbox]:
    """A fresh `vtql.sandbox.Sandbox`, with the options of the marker `vtiger`."""
    # Imported on use, so that the plugin loads nothing otherwise.
    from vtql.sandbox.sandbox import Sandbox  # noqa: PLC0415

    marks = list(request.node.iter_markers("vtiger"))
    options = vtiger_options
    for mark in reversed(marks):  # the nearest marker has precedence
        if mark.args:
            pytest.fail(f"{MARKER}: by name, not {mark.args!r}", pytrace=False)
        options = options | mark.kwargs
    sandbox = _make_sandbox(Sandbox, options)
    if isinstance(sandbox, str):
        pytest.fail(f"the sandbox of this test cannot be made: {sandbox}", pytrace=False)
    with sandbox:
        yield sandbox


def _make_sandbox(kind: type[Sandbox], options: dict[str, Any]) -> Sandbox | str:
    """A sandbox with the options, or the reason why they are wrong."""
    from inspect import signature  # noqa: PLC0415 - see vtiger_sandbox

    from vtql.suggestions import listing, suggestion  # noqa: PLC0415 - likewise

    parameters = signature(kind).parameters
    for name in options:
        if name not in parameters:
            near = suggestion(name, parameters) or f"there are {listing(parameters, 'and')}"
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
