"""Queries for other tools: whatever a value is, what they send is the query."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

import vtql
from vtql.cli import main
from vtql.generate import FORMS
from vtql.protocol import login_digest
from vtql.sandbox import Sandbox

BASE = "https://crm.example.com/crm"
ENDPOINT = f"{BASE}/webservice.php"
THINGS = {"name": "Things", "idPrefix": "40", "fields": [
    {"name": "title", "type": {"name": "string"}}, {"name": "size", "type": {"name": "integer"}},
]}  # fmt: skip
CATALOG = vtql.Catalog.from_describes([THINGS])
things = vtql.model("Things", CATALOG).objects
NASTY = ["O'Neil", "a&b=c#d?e+f%20", "\\' or 1=1 --", "$(id) `id` ${HOME} !x", "{{sessionName}}",
         "[1-3]{a,b}", "line\r\nGET http://evil\n\n### x", "\"';|>", "é 日本 😀", "~", "\t\x01"]  # fmt: skip


def sent(url: str) -> dict[str, str]:
    """The parameters that a server makes of a URL."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))


@given(st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(NASTY)))
@example("\0")
def test_what_is_sent_is_the_query(value: str) -> None:
    asked = things.filter(title=value)
    (statement,) = asked.statements()
    wanted = {"operation": "query", "query": statement, "sessionName": "{{sessionName}}"}
    assert asked.to_params() == wanted

    url = asked.to_url(BASE)
    assert sent(url) == wanted
    assert url.isascii()
    assert url.isprintable()
    fields = {"operation": "query", "query": statement}
    prepared = requests.Request("GET", ENDPOINT, params=fields).prepare()
    assert url == f"{prepared.url}&sessionName={{{{sessionName}}}}"  # as the client encodes it

    *_, last = arguments = shlex.split(asked.to_curl(BASE))
    assert arguments[0] == "curl"
    assert sent(last) == wanted | {"sessionName": "$VTQL_SESSION"}
    assert asked.to_curl(BASE).endswith("""='"$VTQL_SESSION\"""")

    heading, get, accept = asked.to_http(BASE).split("\n")
    assert heading.startswith("### SELECT * FROM Things")
    assert get == f"GET {url}"
    assert accept == "Accept: application/json"

    collection = json.loads(asked.to_postman(BASE))
    (item,) = collection["item"]
    assert item["request"]["url"]["raw"] == url.replace(ENDPOINT, "{{endpoint}}")
    pairs = [f"{each['key']}={each['value']}" for each in item["request"]["url"]["query"]]
    assert "&".join(pairs) == urlsplit(url).query
    assert collection["variable"][0] == {"key": "endpoint", "value": ENDPOINT}


def test_several_queries_are_several_requests() -> None:
    asked = things.filter(vtql.Q(title="a") | vtql.Q(size=1), vtql.Q(title="b") | vtql.Q(size=2))
    statements = asked.precedence("portable").statements()
    assert len(statements) > 1
    params = asked.to_params()
    assert isinstance(params, list)
    assert [each["query"] for each in params] == statements
    assert [sent(line)["query"] for line in asked.to_url(BASE).splitlines()] == statements
    lines = asked.to_curl(BASE).splitlines()
    assert [sent(shlex.split(line)[-1])["query"] for line in lines] == statements
    assert [each["name"] for each in json.loads(asked.to_postman())["item"]] == statements
    blocks = asked.to_http().split("\n\n")
    assert [block.partition("\n")[0] for block in blocks] == [f"### {each}" for each in statements]


def test_without_an_address_there_is_a_variable() -> None:
    asked = things.only("title")
    assert asked.to_url().startswith("{{url}}/webservice.php?operation=query&")
    assert "\nGET {{url}}/webservice.php?operation=query&" in asked.to_http()
    assert ' "$VTQL_URL"\'/webservice.php?operation=query&' in asked.to_curl()
    assert json.loads(asked.to_postman())["variable"][0] == {"key": "endpoint", "value": ""}


@pytest.mark.parametrize(
    "base",
    ["https://admin:secret@crm.example.com", "crm.example.com", "https://crm.example.com/a b",
     "https://crm.example.com/'; id #", "ftp://crm.example.com", ""],
)  # fmt: skip
def test_an_address_that_cannot_be_handed_on_is_refused(base: str) -> None:
    for make in (things.to_url, things.to_curl, things.to_http, things.to_postman):
        with pytest.raises(vtql.ArgumentError) as refused:
            make(base)
        assert "secret" not in str(refused.value)


def test_a_query_in_an_address_is_not_handed_on() -> None:
    assert "secret" not in things.to_url("https://crm.example.com/?sessionName=secret")


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, str, vtql.Client]]:
    """The address of a sandbox over a socket, a session there, and a client."""
    rows = [{"id": f"40x{number}", "title": title} for number, title in enumerate(NASTY, 1)]
    with Sandbox(catalog=CATALOG, records={"Things": rows}) as sandbox:
        base = sandbox.serve()
        endpoint = f"{base.rstrip('/')}/webservice.php"
        asked = {"operation": "getchallenge", "username": sandbox.username}
        token = requests.get(endpoint, params=asked, timeout=10).json()["result"]["token"]
        digest = login_digest(token, sandbox.access_key)
        login = {"operation": "login", "username": sandbox.username, "accessKey": digest}
        answer = requests.post(endpoint, data=login, timeout=10).json()
        with vtql.connect(base, sandbox.username, sandbox.access_key) as client:
            yield base, answer["result"]["sessionName"], client


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("named", [True, False], ids=["address", "variable"])
def test_curl_in_a_shell_gives_the_rows(
    served: tuple[str, str, vtql.Client], value: str, named: bool
) -> None:
    base, session, client = served
    asked = client.model("Things").objects.filter(title=value)
    line = asked.to_curl(base if named else None)
    assert session not in line
    environment = {**os.environ, "VTQL_SESSION": session, "VTQL_URL": base.rstrip("/")}
    ran = subprocess.run(
        ["sh", "-c", line], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    (row,) = json.loads(ran.stdout)["result"]
    assert row["title"] == value


@pytest.mark.parametrize("name", FORMS)
def test_the_command_line_prints_each(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["SELECT id FROM Things WHERE NOT title = 'a'", "SELECT id FROM Things LIMIT 5;"]
    plans = [vtql.compile(text) for text in texts]
    status = main(
        ["compile", "--format", name, "--url", BASE, *(f"--query={text}" for text in texts)]
    )
    assert status == 0
    statements = [statement for plan in plans for statement in plan.statements]
    assert capsys.readouterr().out == FORMS[name](statements, BASE) + "\n"


def test_the_command_line_prints_what_compiles_and_tells_of_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["compile", "--format=url", "-q", "SELECT id FROM", "-q", "SELECT id FROM A"]) == 1
    told = capsys.readouterr()
    assert sent(told.out.strip())["query"] == "SELECT id FROM A;"
    assert "error" in told.err
    assert main(["compile", "--format=curl", "--url=nowhere", "-q", "SELECT id FROM A"]) == 2
