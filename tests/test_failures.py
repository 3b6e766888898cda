"""What goes wrong between the client and a server, over real sockets."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from stub_servers import (
    HTML,
    JSON,
    KEY,
    USERNAME,
    Answer,
    Connect,
    Seen,
    Serve,
    after_login,
    always,
    answering_queries,
    dripping,
    json_answer,
    json_refusal,
    lost,
    refused,
    written,
)

import vtql
from vtql.errors import AnswerTimeout, BrokenAnswer, ForeignAnswer, Redirected, VtqlError
from vtql.protocol import failure, read_answer
from vtql.sandbox.fault_injection import PHP_WARNING

# What the service refuses


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "SOMETHING_NEW", 0, 35])
def test_a_refusal_carries_code_message_and_operation(
    serve: Serve, connect: Connect, code: str | int
) -> None:
    server = serve(after_login(lambda _: json_refusal(code, "Permission to żółć is denied")))
    error = refused(lambda: connect(server).describe("Contacts"))
    assert (error.code, error.message, error.operation) == (
        code,
        "Permission to żółć is denied",
        "describe",
    )
    assert str(error) == f"describe: {code}: Permission to żółć is denied"
    assert isinstance(error, VtqlError)


@pytest.mark.parametrize("code", [None, [], ["ACCESS_DENIED"], {"a": 1}, 1.5, True])
def test_a_code_of_another_kind_is_a_refusal_all_the_same(
    serve: Serve, connect: Connect, code: Any
) -> None:
    server = serve(after_login(lambda _: json_refusal(code, "why")))
    assert refused(lambda: connect(server).query("q;")).message == "why"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_a_refusal_counts_whatever_the_http_status(
    serve: Serve, connect: Connect, status: int
) -> None:
    server = serve(always(status, JSON, failure("ACCESS_DENIED", "no")))
    assert refused(connect(server).list_types).code == "ACCESS_DENIED"


@pytest.mark.parametrize("error", [None, "text", [], 5])
def test_a_refusal_without_an_error_is_lost(serve: Serve, connect: Connect, error: Any) -> None:
    body = json.dumps({"success": False, "error": error}).encode()
    server = serve(always(200, JSON, body))
    assert "neither a result nor an error" in lost(connect(server).list_types)


# What comes instead of an answer


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, b"", "listtypes: the answer is empty (HTTP 200)"),
        (200, b" \r\n\t", "listtypes: the answer is empty (HTTP 200)"),
        (200, b"\xef\xbb\xbf", "listtypes: the answer is empty (HTTP 200)"),
        (500, b"", "listtypes: the answer is empty (HTTP 500)"),
        (404, b"<html><title> Not\n Found </title></html>", "“Not Found”"),
        (200, b"<!DOCTYPE html><TITLE lang=en>Log in</TITLE>", "“Log in”"),
        (200, b"<html><body>no title</body></html>", "web page, not the web service (HTTP 200)"),
        (502, b"Bad gateway", "'Bad gateway' (HTTP 502)"),
        (200, b'{"success":true,"result":{"types":["Cont', "cut off or broken"),
        (200, b'{"success":true', "cut off or broken"),
        (200, b'{"success":', "cut off or broken"),
        (200, b'{"success":true,"result":' + b"[" * 100_000, "cut off or broken"),
        (200, b'{"success":true,"result":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "listtypes: "),
        (200, b'{"success":true,"result":' + b"1" * 5_000 + b"}", "cut off or broken"),
        (200, b"[]", "is not that of a Vtiger web service"),
        (200, b"null", "is not that of a Vtiger web service"),
        (200, b"42", "is not that of a Vtiger web service"),
        (200, b'"success"', "is not that of a Vtiger web service"),
        (200, b'{"message":"hello"}', "is not that of a Vtiger web service"),
        (200, b"\xff\xfe\x00", "is not that of a Vtiger web service"),
        (
            200,
            b"<br />\n<b>Warning</b>:  Undefined array key in <b>/a.php</b> on",
            "PHP says of an err",
        ),
        (200, b'<br />\n<b>Warning</b>:  Undefined <br />\n{"succ', "cut off or broken"),
        (200, b"<br />\n<b>Warning</b>:  Undefined <br />\n{", "cut off or broken"),
        (200, b"Deprecated: Optional parameter in /a.php on line 3", "“Deprecated: Optional param"),
        (200, b"PHP Fatal error:  Uncaught Error: Unknown named parameter", "PHP says of an error"),
        (200, b"<font size='1'><table><th><span>( ! )</span> Warning: Undefined", "PHP says of an"),
        (200, b'{"success"', "cut off or broken"),
        (414, b"<html><title>414 Request-URI Too Long</title></html>", "longer than the server"),
        (414, b"", "longer than the server"),
        (413, b"too much", "longer than the server"),
    ],
)
def test_what_is_no_answer_is_lost_and_the_message_says_what_came(
    serve: Serve, connect: Connect, status: int, body: bytes, says: str
) -> None:
    message = lost(connect(serve(always(status, {}, body))).list_types)
    assert says in message
    assert message.startswith("listtypes: ")


WHOLE = '{"success":true,"result":[{"id":"12x1","lastname":"Żółć"}]}'.encode()


@pytest.mark.parametrize(
    "whole", [PHP_WARNING.encode() + WHOLE, WHOLE], ids=["with a warning", "plain"]
)
def test_an_answer_that_is_cut_off_anywhere_is_a_broken_one(
    serve: Serve, connect: Connect, whole: bytes
) -> None:
    """However little of it came; one that has the whole answer is whole."""
    came = b""
    client = connect(serve(lambda _: (200, {}, came)))
    for end in range(1, len(whole)):
        came = whole[:end]
        with pytest.raises(BrokenAnswer):
            client.get_challenge()


def test_a_long_page_is_told_from_what_php_prints_in_no_time() -> None:
    with pytest.raises(ForeignAnswer):
        read_answer(b"<br>" * 1_000_000, 200, "query")


@pytest.mark.parametrize("step", ["getchallenge", "login"])
@pytest.mark.parametrize("body", [b"", b"<title>Down</title>", b"[]", b'{"success":tr'])
def test_what_is_no_answer_to_a_step_of_the_login_is_lost(
    serve: Serve, connect: Connect, step: str, body: bytes
) -> None:
    working = after_login(lambda _: json_answer([]))
    server = serve(lambda seen: (200, {}, body) if seen.operation == step else working(seen))
    assert lost(connect(server).list_types).startswith(f"{step}: ")


@pytest.mark.parametrize(
    ("body", "lastname"),
    [
        (WHOLE, "Żółć"),
        (b"\xef\xbb\xbf" + WHOLE, "Żółć"),
        (b"\r\n\n  " + WHOLE + b"\n", "Żółć"),
        (WHOLE + b"<html><title>Fatal</title></html>", "Żółć"),
        (WHOLE + b'{"success":false,"error":{"code":"X","message":"y"}}', "Żółć"),
        (b"<br />\n<b>Warning</b>: foreach() in {x} on line <b>3</b><br />\n" + WHOLE, "Żółć"),
        (b'PHP Notice: {"success": oops} in a.php\n' + WHOLE, "Żółć"),
        (
            b'{"success": true, "result": [{"id": "12x1", "lastname": "a\tb\nc\x01"}]}',
            "a\tb\nc\x01",
        ),
        (b'{"success":true,"result":[{"id":"12x1","lastname":"M\xfcller"}]}', "M\ufffdller"),
        (b'{"result":[{"id":"12x1","lastname":"x"}],"success":true}', "x"),
    ],
)
def test_what_php_adds_to_an_answer_does_not_hide_it(
    serve: Serve, connect: Connect, body: bytes, lastname: str
) -> None:
    server = serve(always(200, HTML, body))
    assert connect(server).query("q;") == [{"id": "12x1", "lastname": lastname}]


BAD = "http://crm..example.com:port/%"
"""The address of nothing, which cannot be parsed either."""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_says_where_it_leads(
    serve: Serve, connect: Connect, status: int
) -> None:
    other = serve(after_login(lambda _: json_answer([])))
    to = f"http://someone:hidden@127.0.0.1:{other.server_port}/new/webservice.php"
    server = serve(
        after_login(lambda seen: (status, {"Location": f"{to}?{urlsplit(seen.target).query}"}, b""))
    )
    message = lost(lambda: connect(server).query("q;"))
    assert f"redirects to `http://127.0.0.1:{other.server_port}/new/webservice.php`" in message
    assert "hidden" not in message
    assert other.seen == []


@pytest.mark.parametrize("location", ["/elsewhere", "http://[broken", "", "//other.example", BAD])
@pytest.mark.parametrize("given", [False, True], ids=["own session", "session given"])
def test_a_redirect_to_anything_is_told_once(
    serve: Serve, connect: Connect, location: str, given: bool
) -> None:
    server = serve(always(302, {"Location": location}, b""))
    session = requests.Session() if given else None
    client = connect(server, session=session, retries=2)
    with pytest.raises(Redirected):
        client.list_types()
    said = lost(client.list_types)
    assert "redirects" in said
    assert server.operations.count("listtypes") == 2
    if location == "/elsewhere":
        assert f"`http://127.0.0.1:{server.server_port}/elsewhere`; if the web service is" in said


def test_a_redirect_to_nowhere_is_lost(serve: Serve, connect: Connect) -> None:
    server = serve(always(302, {}, b""))
    assert "redirects without saying where to" in lost(connect(server).list_types)


def test_a_refused_connection_is_lost(connect: Connect) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))  # taken, but nobody listens
        client = connect(f"http://127.0.0.1:{free.getsockname()[1]}")
        assert "getchallenge: no connection to 127.0.0.1" in lost(client.list_types)


def test_a_server_that_goes_away_after_the_login_is_lost(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    client = connect(server)
    client.query("q;")
    server.shutdown()
    server.server_close()
    assert "query: no connection to 127.0.0.1" in lost(lambda: client.query("q;"))


def test_an_unknown_host_is_lost(connect: Connect) -> None:
    message = lost(connect("http://nowhere.invalid").list_types)
    assert message.startswith("getchallenge: ")
    assert "nowhere.invalid" in message


@pytest.mark.parametrize(
    "address",
    [
        " ", "crm.example.com", "//crm", "ftp://crm", "javascript:alert(1)", "http://",
        "http://:80", "http://a..b", "http://.", "http://-", f"http://{'x' * 70}.invalid",
        f"http://{'x.' * 200}invalid", "http://a b/", "http://a\\b", "http://%00", "http://a\0",
        "http://a\nb/", "http://crm/\x1b", "http://crm\u202e/", "http://\udcff", "http://crm/\udcff",
        "http://[", "http://[::1", "http://[zz]", "http://[v1.x]", "http://a:b", "http://a:1:2",
        "http://a:0", "http://a:-1", "http://a:65536", "http://user:pa ss@",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_it_is_asked(connect: Connect, address: str) -> None:
    with pytest.raises(vtql.ArgumentError, match="is not the address of a Vtiger"):
        connect(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8080/my crm/", "https://straße.example", "http://my_host.", "http://[::1]:80",
        "http://[fe80::1%25eth0]/", " https://crm.example.com/webservice.php ",
    ],
)  # fmt: skip
def test_what_may_be_an_address_is_taken(connect: Connect, address: str) -> None:
    connect(address)


def test_an_answer_that_takes_too_long_is_lost(serve: Serve, connect: Connect) -> None:
    over = threading.Event()

    def slow(_: Seen) -> Answer:
        over.wait(2)
        return json_answer([])

    client = connect(serve(after_login(slow)), timeout=0.1)
    client.login_facts  # noqa: B018 - only what comes after the login is slow
    began = time.monotonic()
    message = lost(lambda: client.query("q;"))
    took = time.monotonic() - began
    over.set()
    assert "query: 127.0.0.1 took longer than the timeout to answer" in message
    assert took < 1.5


@pytest.mark.parametrize("sent", [17, 60, 120])
def test_an_answer_that_stops_on_its_way_takes_too_long(sent: int) -> None:
    """In its status, in its headers, or in the middle of its body."""
    whole, over = written((200, JSON, WHOLE)), threading.Event()

    def stalling(_: Seen) -> Iterator[bytes]:
        yield whole[:sent]
        over.wait(5)

    with (
        dripping(stalling) as url,
        vtql.connect(url, USERNAME, KEY, timeout=(5, 0.2), retries=0) as client,
        pytest.raises(AnswerTimeout),
    ):
        client.get_challenge()
    over.set()


@pytest.mark.parametrize(
    "headers", [{"Content-Length": "1000"}, {"Content-Encoding": "gzip"}], ids=["length", "gzip"]
)
def test_an_answer_that_breaks_off_is_lost(
    serve: Serve, connect: Connect, headers: dict[str, str]
) -> None:
    server = serve(always(200, headers, WHOLE))
    assert "broke off or cannot be unpacked" in lost(connect(server).list_types)


def test_an_answer_of_a_size_that_none_has_is_not_read(serve: Serve, connect: Connect) -> None:
    server = serve(always(200, {"Content-Length": str(10**12)}, b"{"))
    assert "larger than 256 MB" in lost(connect(server).list_types)


def test_a_server_that_does_not_speak_http_is_lost(connect: Connect) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def hang_up() -> None:
            with listening.accept()[0] as caller:
                caller.recv(65536)
                caller.sendall(b"220 mail.example.com ESMTP\r\n")

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        client = connect(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=5)
        assert lost(client.list_types) == "getchallenge: what 127.0.0.1 answers is not HTTP"
        thread.join(5)


# Answers of the wrong shape

SHAPES: tuple[Any, ...] = (None, 42, "text", True)


@pytest.mark.parametrize("result", [*SHAPES, {}, {"id": "12x1"}])
def test_rows_that_are_no_list_are_lost(serve: Serve, connect: Connect, result: Any) -> None:
    server = serve(after_login(lambda _: json_answer(result)))
    assert "query: the answer is not a list" in lost(lambda: connect(server).query("q;"))


@pytest.mark.parametrize("result", [*SHAPES, [], [1]])
def test_descriptions_that_are_no_record_are_lost(
    serve: Serve, connect: Connect, result: Any
) -> None:
    client = connect(serve(after_login(lambda _: json_answer(result))))
    assert "describe: the answer is not a record" in lost(lambda: client.describe("Contacts"))
    assert "describe: the answer is not a record" in lost(lambda: client.model("Contacts"))
    assert "listtypes: the answer is not a record" in lost(client.list_types)
    assert "retrieve: the answer is not a record" in lost(lambda: client.retrieve("12x1"))


@pytest.mark.parametrize("result", [{}, {"types": None}, {"types": 5}, {"types": [5]}])
def test_types_that_are_no_names_are_lost(serve: Serve, connect: Connect, result: Any) -> None:
    client = connect(serve(after_login(lambda _: json_answer(result))))
    assert "listtypes" in lost(client.catalog)


@pytest.mark.parametrize("result", [{}, {"name": "Contacts"}, {"name": "Contacts", "fields": 5}])
def test_a_description_without_fields_is_an_error_of_the_package(
    serve: Serve, connect: Connect, result: Any
) -> None:
    client = connect(serve(after_login(lambda _: json_answer(result))))
    with pytest.raises(VtqlError):
        client.model("Contacts")


@pytest.mark.parametrize(
    "rows",
    [
        [None],
        [5],
        ["12x1"],
        [{}],
        [{"lastname": "a"}],
        [{"id": None}, {"id": None}],
        [{"id": "nonsense"}, {"id": "12x"}],
        [{"id": 5}, {"id": 6}],
    ],
)
def test_rows_that_are_no_records_are_lost(serve: Serve, connect: Connect, rows: Any) -> None:
    pages = iter([rows] * 5)  # then empty pages, so that a client that goes on comes to an end
    server = serve(answering_queries(lambda _: next(pages, [])))
    contacts = connect(server).model("Contacts").objects
    assert "query" in lost(lambda: list(contacts.all()))


@pytest.mark.parametrize("count", ["many", None, "", [], {}])
def test_a_count_that_is_no_number_is_lost(serve: Serve, connect: Connect, count: Any) -> None:
    server = serve(answering_queries(lambda _: [{"count": count}]))
    contacts = connect(server).model("Contacts").objects
    assert "query" in lost(contacts.count)


def test_a_server_that_gives_the_same_page_again_is_lost(serve: Serve, connect: Connect) -> None:
    pages = iter([[{"id": "12x1"}, {"id": "12x2"}]] * 5)
    server = serve(answering_queries(lambda _: next(pages, [])))
    contacts = connect(server).model("Contacts").objects
    assert "order of their ids" in lost(lambda: list(contacts.all()))
