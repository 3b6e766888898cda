"""What is secret is nowhere to be seen."""

from __future__ import annotations

import io
import json
import logging
import os
import pickle
import re
import socket
import subprocess
import sys
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from stub_servers import (
    DIGEST,
    HANG_UP,
    KEY,
    RESET,
    SECRETS,
    SESSION,
    TOKEN,
    USERNAME,
    Answer,
    Connect,
    Seen,
    Serve,
    after_login,
    json_answer,
    lost,
    raw,
    shown,
    written,
)
from urllib3.util.retry import Retry

import vtql
from vtql.client.accounts import accounts_file
from vtql.client.secrets import Secret, digest
from vtql.client.session import Login
from vtql.errors import ArgumentError, TransportError
from vtql.protocol import login_digest
from vtql.sandbox import Sandbox

# Secrets


def test_no_secret_is_in_what_a_client_shows_of_itself(serve: Serve, connect: Connect) -> None:
    client = connect(serve(after_login(lambda _: json_answer([]))))
    client.query("q;")
    everything = f"{client!r} {client} {client.login_facts} {vars(type(client))}"
    assert [secret for secret in SECRETS if secret in everything] == []
    assert re.fullmatch(rf"<Client of {USERNAME} at http://127\.0\.0\.1:\d+/crm>", repr(client))


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    shows = (repr(secret), str(secret), f"{secret}", "%s" % secret, repr(Login(secret, {})))  # noqa: UP031 - a log record does so
    assert [text for text in shows if KEY in text] == []
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    "page",
    [
        "Cannot GET {target}",
        "<title>No {target}</title>",
        "{form}",
        '{{"success":true,"result":"{target}"}}',
    ],
)
@pytest.mark.parametrize("step", ["login", "listtypes"])
def test_a_page_that_repeats_the_request_gives_no_secret_away(
    serve: Serve, connect: Connect, step: str, page: str
) -> None:
    working = after_login(lambda _: json_answer([]))

    def answering(seen: Seen) -> Answer:
        if seen.operation != step:
            return working(seen)
        said = page.format(target=f"{seen.target} {seen.body}", form=seen.body or seen.target)
        return 200, {}, said.encode()

    lost(connect(serve(answering)).list_types)


@pytest.mark.parametrize("page", ["{}", "<title>{}</title>"])
def test_a_message_that_is_cut_off_shows_no_beginning_of_a_secret(
    serve: Serve, connect: Connect, page: str
) -> None:
    padding = iter(range(60))

    def answering(seen: Seen) -> Answer:
        return 200, {}, page.format("." * next(padding) + seen.target).encode()

    client = connect(serve(after_login(answering)))
    for _ in range(60):
        assert SESSION[:6] not in lost(client.list_types)


def test_the_access_key_and_its_digest_are_in_no_url(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    client = connect(server)
    client.query("q;")
    client.logout()
    sent = " ".join(seen.target for seen in server.seen)
    assert (KEY in sent, DIGEST in sent, TOKEN in sent) == (False, False, False)
    assert KEY not in " ".join(seen.body for seen in server.seen)


def test_a_password_in_the_address_is_not_shown(connect: Connect) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        client = connect(f"http://someone:hidden@127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(TransportError) as caught:
            client.list_types()
    assert "hidden" not in shown(caught.value) + repr(client)


class Failing(BaseAdapter):
    """A way to a server that is not one: it raises what it is given, and shows the request."""

    def __init__(self, kind: type[BaseException]) -> None:
        super().__init__()
        self.kind = kind
        self.logged_in = False

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        text = f"{request.url} {request.body!r}"
        found = after_login(lambda _: json_answer([]))(
            Seen(str(request.method), str(request.url).partition(BASE)[2], "", str(request.body))
        )
        if "operation=query" not in text:
            answer = requests.Response()
            answer.status_code, answer.raw = 200, io.BytesIO(found[2])
            return answer
        raise self.kind(text)

    def close(self) -> None:
        """Nothing is held."""


BASE = "http://nowhere.invalid"


def failing(kind: type[BaseException]) -> BaseException:
    """What a query ends with over a way that raises an exception."""
    http = requests.Session()
    http.mount(BASE, Failing(kind))
    with vtql.connect(BASE, USERNAME, KEY, session=http, retries=0) as client:
        try:
            client.query("SELECT id FROM Contacts;")
        except BaseException as error:  # noqa: BLE001 - it is looked at
            return error
    raise AssertionError


class OurOwn(AttributeError):
    """A mistake with a name."""


@pytest.mark.parametrize(
    "kind", [NameError, TypeError, KeyError, ValueError, AssertionError, OurOwn]
)
def test_a_mistake_in_a_program_is_told_as_what_it_is(kind: type[Exception]) -> None:
    """An application in the same process, such as the sandbox, may have one."""
    error = failing(kind)
    assert isinstance(error, AttributeError if kind is OurOwn else kind)
    assert "sessionName=<secret>" in str(error)
    assert "raise self.kind(text)" in "".join(error.__notes__)
    assert SESSION not in everything_of(error)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_who_stops_a_request_sees_no_secret(kind: type[BaseException]) -> None:
    error = failing(kind)
    assert isinstance(error, kind)
    error.args = ()  # the text is this test's own
    assert SESSION not in everything_of(error)


@pytest.mark.parametrize("kind", [OSError, EOFError, Exception, requests.Timeout])
def test_what_a_way_to_a_server_raises_is_lost(kind: type[Exception]) -> None:
    error = failing(kind)
    assert isinstance(error, TransportError)
    assert SESSION not in everything_of(error)


@pytest.mark.parametrize("kind", [KeyError, TypeError, ValueError, AttributeError])
def test_what_a_library_stumbles_over_on_a_socket_is_lost(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may send what no library was tried with."""

    def stumble(*_: object, **__: object) -> None:
        raise kind

    monkeypatch.setattr(HTTPAdapter, "build_response", stumble)
    with Sandbox() as sandbox, vtql.connect(sandbox.serve(), USERNAME, KEY, retries=0) as client:
        assert lost(client.list_types).startswith(
            "getchallenge: the request to 127.0.0.1 failed"
            if kind is not ValueError
            else "getchallenge: "
        )


def everything_of(error: BaseException) -> str:
    """All that can be printed of an error, the variables of its frames, too."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    for each in found.stack:
        if each.filename == __file__:
            each.locals = None
    return "".join(found.format()) + shown(error)


def test_a_log_at_its_most_talkative_shows_no_session(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Sandbox() as sandbox, caplog.at_level("DEBUG"):
        url = sandbox.serve()
        with vtql.connect(url, sandbox.username, sandbox.access_key) as client:
            client.query("SELECT groupname FROM Groups;")
        assert '"GET /webservice.php?… HTTP/1.1" 200' in caplog.text  # what is asked is in no log
        assert not re.search(r"sessionName|SELECT", caplog.text)
        given = requests.Session()
        with vtql.connect(url, sandbox.username, sandbox.access_key, session=given) as client:
            client.query("SELECT groupname FROM Groups;")
    assert "webservice.php?…" in caplog.text
    assert not re.search(r"sessionName=\w", caplog.text)
    assert sandbox.access_key not in caplog.text


@pytest.mark.parametrize(
    "given",
    [
        ("not an address", USERNAME, KEY),
        ("https://[", USERNAME, KEY),
        ("http://nowhere.invalid", "", KEY),
        ("http://nowhere.invalid", USERNAME, f"{KEY}\udc80"),
    ],
)
def test_a_client_that_cannot_be_made_shows_no_key(given: tuple[str, str, str]) -> None:
    with pytest.raises(ArgumentError) as caught:
        vtql.connect(*given)
    assert KEY not in shown(caught.value)


def test_a_program_that_sets_up_no_log_prints_none() -> None:
    program = (
        "import contextlib, vtql\n"
        "from vtql.sandbox import Sandbox\n"
        "with Sandbox() as sandbox, contextlib.suppress(vtql.ServiceError):\n"
        "    sandbox.client().query('no query')\n"
        "    raise AssertionError\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


# What a secret is handed to


TOKENS = ["\ud800token", "tok\udfffen", "with\nline", "é", "漢", "\0", "x" * 5_000]


@pytest.mark.parametrize("token", ["", *TOKENS])
def test_a_challenge_that_no_server_gives_is_refused_before_a_digest_is_made(
    serve: Serve, connect: Connect, token: str
) -> None:
    told = json.dumps({"success": True, "result": {"token": token}}).encode()
    server = serve(lambda _: (200, {}, told))
    assert lost(connect(server).list_types).startswith("getchallenge: the answer")
    assert set(server.operations) == {"getchallenge"}


@pytest.mark.parametrize("token", TOKENS)
def test_a_digest_of_anything_else_than_a_token_shows_neither(token: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        digest(Secret(token), Secret(KEY))
    assert KEY not in shown(caught.value) + everything_of(caught.value)
    assert token not in str(caught.value.args)


@pytest.mark.parametrize("key", [f"{KEY}\udc80", KEY.encode(), None])
def test_a_digest_of_a_key_that_is_no_text_shows_no_key(key: Any) -> None:
    with pytest.raises(ArgumentError) as caught:
        login_digest(TOKEN, key)
    assert KEY not in shown(caught.value) + everything_of(caught.value)


class NotText:
    """A key of another kind, which shows itself."""

    def __repr__(self) -> str:
        return KEY

    __str__ = __repr__


@pytest.mark.parametrize(
    "key", [None, "", KEY.encode(), b"", 0, 17, 1.5, True, [KEY], {"key": KEY}, NotText()]
)
def test_a_key_that_is_no_text_is_refused_without_it(key: Any) -> None:
    services: tuple[Literal["rest", "webservice"], ...] = ("rest", "webservice")
    for service in services:
        with pytest.raises(ArgumentError, match="access_key") as caught:
            vtql.connect(BASE, USERNAME, key, service=service)
        assert KEY not in shown(caught.value) + everything_of(caught.value)
    if key not in (None, ""):
        with pytest.raises(ArgumentError) as caught:
            Secret(key)
        assert KEY not in shown(caught.value) + everything_of(caught.value)


@pytest.mark.parametrize("old", [KEY.encode(), None])
def test_a_password_that_is_no_text_is_refused_without_it(old: Any) -> None:
    with Sandbox() as sandbox, sandbox.client(profile="5.4") as client:
        for given in ((old, KEY), (KEY, old)):
            with pytest.raises(ArgumentError) as caught:
                client.change_password("19x1", *given)
            assert KEY not in shown(caught.value) + everything_of(caught.value)


def test_a_text_with_a_mind_of_its_own_is_kept_as_its_bare_text() -> None:
    class Talkative(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "something else"

    assert type(Secret(Talkative(KEY)).reveal()) is str
    assert Secret(Talkative(KEY)) == Secret(KEY)


@pytest.mark.parametrize("kind", [UnicodeEncodeError, UnicodeDecodeError])
def test_an_application_that_cannot_encode_shows_no_session(kind: type[UnicodeError]) -> None:
    def made(text: str) -> UnicodeError:
        content: Any = text if kind is UnicodeEncodeError else text.encode()
        return kind("ascii", content, 0, 1, f"because of {text}")

    error = failing(made)  # type: ignore[arg-type] # called like a class
    assert isinstance(error, ValueError | TransportError)
    assert SESSION not in everything_of(error) + shown(error)


# What urllib3 logs over a session that was given


def given_session(retries: int) -> requests.Session:
    http = requests.Session()
    policy = Retry(total=retries, backoff_factor=0, raise_on_status=False, status_forcelist=[500])
    http.mount("http://", HTTPAdapter(max_retries=policy))
    return http


@pytest.mark.parametrize("way", ["hang up", "reset", "status", "headers"])
def test_no_log_of_urllib3_shows_a_session_of_a_session_that_was_given(
    caplog: pytest.LogCaptureFixture, way: str
) -> None:
    working, left = after_login(lambda _: json_answer([])), iter(range(2))

    def answering(seen: Seen) -> bytes:
        if seen.operation != "query" or next(left, None) is None:
            return written(working(seen))
        match way:
            case "hang up":
                return HANG_UP
            case "reset":
                return RESET
            case "status":
                return written((500, {}, b""))
        return written(json_answer([])).replace(b"\r\n", f"\r\nno header {SESSION}\r\n".encode(), 1)

    with (
        raw(answering) as server,
        caplog.at_level("DEBUG"),
        vtql.connect(server.url, USERNAME, KEY, session=given_session(5)) as client,
    ):
        assert client.query("q;") == []
    assert "webservice.php?…" in caplog.text
    assert [secret for secret in SECRETS if secret in caplog.text] == []


def test_a_log_of_urllib3_about_other_addresses_stays_as_it_is(
    caplog: pytest.LogCaptureFixture, connect: Connect
) -> None:
    connect("http://127.0.0.1:9")  # from now on addresses are redacted
    log = logging.getLogger("urllib3.connectionpool")
    with caplog.at_level("DEBUG"):
        log.debug("%s: %s", "http://elsewhere.invalid/?q=1", ValueError("why"))
    assert "http://elsewhere.invalid/?q=1: why" in caplog.text


# What a command is given


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8:surrogateescape"])
def test_a_key_from_stdin_that_is_no_text_is_refused_in_a_line(
    encoding: str, tmp_path: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "vtql", "login", "--url", BASE, "--username", USERNAME],
        input=KEY.encode() + b"\xff\n", capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "XDG_CONFIG_HOME": str(tmp_path)},
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert re.fullmatch(rb"vtql: the access key is not Unicode text.*\n", ran.stderr)
    assert KEY.encode() not in ran.stderr


@pytest.mark.parametrize(
    "content",
    [
        b'{"default":' * 10_000,
        b"[" * 100_000,
        b'{"default": {"url": "http://x.invalid", "username": "u", "access_key": 17}}',
        b'{"default": {"url": "http://x.invalid", "username": "u", "access_key": ["k"]}}',
        b'{"default": {"url": 5, "username": "u", "access_key": "k"}}',
        b'{"default": ' + b"9" * 5_000 + b"}",
        b"\xff",
        b"",
    ],
)
def test_a_file_that_is_none_of_accounts_is_refused_in_a_line(content: bytes) -> None:
    path = accounts_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ArgumentError, match="is not a file of accounts") as caught:
        vtql.connect()
    assert "\n" not in str(caught.value)
