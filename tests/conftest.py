"""What all tests share: `--update`, the recordings of a real server, a sandbox."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from stub_servers import KEY, USERNAME, Answering, Connect, Listening, Serve

import vtql
from vtql.client import Client
from vtql.sandbox import Sandbox

pytest_plugins = ["pytester"]

# A run that was started in the background ignores Ctrl-C, and so would the commands that are sent it.
signal.signal(signal.SIGINT, signal.default_int_handler)

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


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy on the way, and no server in the environment or among kept accounts."""
    for name in ("VTQL_URL", "VTQL_USERNAME", "VTQL_ACCESS_KEY", "VTQL_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers, and stops them at the end."""
    started: list[tuple[Listening, threading.Thread]] = []

    def start(answering: Answering) -> Listening:
        server = Listening(answering)
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        started.append((server, thread))
        return server

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects clients, and closes them at the end. They ask once, unless a test says otherwise."""
    made: list[Client] = []

    def start(server: Listening | str, **options: Any) -> Client:
        url = server if isinstance(server, str) else server.url
        made.append(vtql.connect(url, USERNAME, KEY, **{"retries": 0, **options}))
        return made[-1]

    yield start
    for client in made:
        client.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of this test alone, so that it can look at the requests."""
    with Sandbox() as made:
        yield made


@pytest.fixture(params=["in process", "over HTTP"])
def client(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Client]:
    """A client of the sandbox, either way."""
    if request.param == "in process":
        made = sandbox.client()
    else:
        made = vtql.connect(sandbox.serve(), sandbox.username, sandbox.access_key)
    with made:
        yield made
