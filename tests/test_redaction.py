"""A secret that a server repeats is hidden in every spelling."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub_servers import (
    JSON,
    KEY,
    SECRETS,
    SESSION,
    USERNAME,
    Answering,
    Connect,
    Seen,
    Serve,
    after_login,
    json_answer,
    json_refusal,
    lost,
    refused,
    shown,
)

import vtql
from vtql.client.redaction import HIDDEN, ROUNDS, forms_of, hide, hide_bytes
from vtql.errors import TransportError

Spelling = Callable[[str], str]


def escaped(text: str) -> str:
    r"""All of a text as `\u0041`."""
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def basic(text: str) -> str:
    return base64.b64encode(f"{USERNAME}:{text}".encode()).decode()


SPELLINGS: dict[str, Spelling] = {
    "plain": str,
    "JSON escapes": escaped,
    "JSON escapes in capitals": lambda text: escaped(text).upper().replace("\\U", "\\u"),
    "JSON": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda text: json.dumps(escaped(text))[1:-1],
    "of JavaScript": lambda text: "".join(f"\\u{{{ord(each):x}}}" for each in text),
    "a URL": lambda text: quote(text, safe=""),
    "a form": quote_plus,
    "percent": percent,
    "percent in capitals": lambda text: percent(text).upper(),
    "percent of percent": lambda text: percent(percent(text)),
    "HTML": html.escape,
    "HTML of a URL in HTML": lambda text: html.escape(html.escape(quote(text, safe=""))),
    "HTML numbers": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "HTML hexadecimal": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "HTML numbers without ends": lambda text: "".join(f"&#{ord(each):07}" for each in text),
    "HTML in JSON": lambda text: escaped("".join(f"&#{ord(each)};" for each in text)),
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "Base64 without its end": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "Basic": basic,
    "Basic in a URL": lambda text: quote(basic(text), safe=""),
    "Basic in JSON": lambda text: json.dumps(basic(text))[1:-1].replace("/", "\\/"),
}
PASSWORD = "hiddenword"
LONG = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=8, max_size=20)


@given(secret=LONG, name=st.sampled_from([*SPELLINGS]), around=st.sampled_from(["", " ", "=", "≥"]))
def test_every_spelling_is_hidden(secret: str, name: str, around: str) -> None:
    text = f"key{around}{SPELLINGS[name](secret)}{around}."
    found = hide(text, forms_of(secret))
    assert HIDDEN in found
    assert SPELLINGS[name](secret) not in found
    if "B" not in name or "HTML" in name:  # of Base64, what stands in front of the key is left
        assert found == f"key{around}{HIDDEN}{around}."


@given(
    secret=st.text("abcXYZ019+/=_-.&%\\\"' é漢😀", min_size=1, max_size=12),
    names=st.data(),
)
def test_each_character_may_be_spelled_in_another_way(secret: str, names: st.DataObject) -> None:
    ways = [
        SPELLINGS[name] for name in ("JSON escapes", "percent", "HTML numbers", "of JavaScript")
    ]
    text = "".join(names.draw(st.sampled_from(ways))(each) for each in secret)
    assert hide(f"({text})", forms_of(secret)) == f"({HIDDEN})"


@given(st.binary(max_size=200), st.text(min_size=1, max_size=5))
def test_what_does_not_have_the_secret_stays(content: bytes, secret: str) -> None:
    found = hide_bytes(content, forms_of(secret))
    if HIDDEN.encode() not in found:
        assert found == content


@given(st.lists(st.sampled_from(["%25", "%", "&amp;", "&", "#", "\\", "u0062", "62", "b", "é"])))
def test_any_escapes_come_to_an_end(parts: list[str]) -> None:
    text = "".join(parts)
    found = hide(text, forms_of("bbb"))
    assert len(found) <= len(text) * len(HIDDEN)
    assert found == text or HIDDEN in found


@pytest.mark.parametrize("part", ["\\", "&amp;", "%25", "%2562", "&#", "\\x2f", "b", "&#98", "%62"])
def test_a_megabyte_of_escapes_comes_to_an_end(part: str) -> None:
    """Not timed: what takes more than linear time on these would not end within a test run."""
    content = part.encode() * (200_000 // len(part))
    assert hide_bytes(content, forms_of(SESSION)) == content
    assert ROUNDS < 10


# What a server sends

ECHOES = ("{}", "<title>{}</title>", "<html><body>{}", "{{{}", "Warning: {}")


@pytest.mark.parametrize("session", [SESSION, "s/+=~ é&%\\'session", "Q7z"])
@pytest.mark.parametrize("name", SPELLINGS)
def test_a_session_that_is_repeated_is_in_no_message(
    serve: Serve, connect: Connect, name: str, session: str
) -> None:
    said = SPELLINGS[name](session)
    pages = iter([page.format(said) for page in ECHOES])
    client = connect(serve(after_login(lambda _: (200, {}, next(pages).encode()), session)))
    for _ in ECHOES:
        assert_hidden(lambda: client.call("listtypes"), said, session)


@pytest.mark.parametrize("session", [SESSION, "Q7z"])
@pytest.mark.parametrize("name", SPELLINGS)
def test_a_refusal_that_repeats_the_session_is_told_without_it(
    serve: Serve, connect: Connect, name: str, session: str
) -> None:
    said = SPELLINGS[name](session)
    bodies = [json_refusal("NO", f"no {said}.")[2], b'{"success":false,"error":{"code":"N %b"}}']
    sent = iter([bodies[0], bodies[1].replace(b"%b", json.dumps(said)[1:-1].encode())])
    client = connect(serve(after_login(lambda _: (200, JSON, next(sent)), session)))
    for _ in bodies:
        error = refused(lambda: client.call("listtypes"))
        assert HIDDEN in f"{error.message}{error.code}"
        assert said not in shown(error)


@pytest.mark.parametrize("session", [SESSION, "Q7z"])
@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("place", ["/login/{}/x", "https://elsewhere.invalid/{}", "//{}.invalid/x"])
def test_a_redirect_that_repeats_the_session_is_told_without_it(
    serve: Serve, connect: Connect, name: str, session: str, place: str
) -> None:
    said = SPELLINGS[name](session)
    headers = {"Location": place.format(said)}
    client = connect(serve(after_login(lambda _: (302, headers, b""), session)))
    assert_hidden(lambda: client.call("listtypes"), said, session)


def test_a_result_keeps_a_value_that_is_as_short_as_the_session(
    serve: Serve, connect: Connect
) -> None:
    client = connect(serve(after_login(lambda _: json_answer([{"a": "Q7z"}]), "Q7z")))
    assert client.query("q;") == [{"a": "Q7z"}]


@pytest.mark.parametrize("name", SPELLINGS)
def test_an_access_key_that_a_server_knows_is_in_no_message(
    serve: Serve, connect: Connect, name: str
) -> None:
    """It is not sent, but stands in the database of the server."""
    said = SPELLINGS[name](KEY)
    client = connect(serve(after_login(lambda _: (500, {}, f"<title>{said}".encode()))))
    assert_hidden(lambda: client.call("listtypes"), said, KEY)


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("key", [KEY, "k3y"])
def test_credentials_of_the_cloud_that_are_repeated_are_in_no_message(
    serve: Serve, name: str, key: str
) -> None:
    said = SPELLINGS[name](key)
    server = serve(lambda seen: (500, {}, f"{said} {seen.authorization}".encode()))
    with vtql.connect(server.url, USERNAME, key, service="rest", retries=0) as client:
        assert_hidden(lambda: client.call("me"), said, key)
        assert_hidden(lambda: client.call("me"), basic(key), key)


def test_a_password_in_the_address_that_is_repeated_is_in_no_message(serve: Serve) -> None:
    def answering(seen: Seen) -> tuple[int, dict[str, str], bytes]:
        return 500, {}, f"<title>{PASSWORD} {seen.authorization}".encode()

    url = serve(answering).url.replace("http://", f"http://{USERNAME}:{PASSWORD}@")
    with vtql.connect(url, USERNAME, KEY, retries=0) as client:
        assert_hidden(lambda: client.call("listtypes"), basic(PASSWORD), PASSWORD)


def assert_hidden(call: Callable[[], object], said: str, secret: str) -> str:
    """The message of the error that a call ends with, which has the secret in no spelling."""
    with pytest.raises(TransportError) as caught:
        call()
    everything = shown(caught.value)
    assert said not in everything
    assert secret not in everything
    assert [each for each in SECRETS if each in everything] == []
    return everything


def test_a_session_that_no_request_can_carry_is_lost(serve: Serve, connect: Connect) -> None:
    for session in ("\ud800session", "x" * 5_000):
        assert "session" in lost(connect(serve(answering_login(session))).list_types)


def answering_login(session: str) -> Answering:
    """A server whose login names a session, spelled with escapes where UTF-8 has no bytes for it."""
    working = after_login(lambda _: json_answer([]))

    def answer(seen: Seen) -> tuple[int, dict[str, str], bytes]:
        if seen.operation != "login":
            status, headers, body = working(seen)
            return status, {**headers}, body
        told = {"success": True, "result": {"sessionName": session}}
        return 200, {}, json.dumps(told).encode()

    return answer
