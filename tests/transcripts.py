"""Recorded HTTP exchanges of a real server, played to a sandbox: what differs, but for ids and times.

Sessions, digests and the ids of records that were made on the way are the sandbox's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from vtql.catalog.catalog import Catalog
from vtql.protocol import OPERATIONS, login_digest
from vtql.sandbox import Sandbox
from vtql.sandbox.access import Access

ENDS = ("SESSION_EXPIRED", "SESSION_LEFT_IDLE")
LIMITED = re.compile("limited|nonadmin|nopermission|no_permission|no_create_permission")
_ID = re.compile(r"\b[0-9]+x[0-9]+\b")

ACCESS = {
    "limited": Access(
        denied=("Campaigns",),
        hidden={"Contacts": ("birthday", "email")},
        readonly=("Invoice",),
        private=("Potentials",),
    ),
    "sales1": Access(private=("Potentials",), groups=("20x2",)),
}
"""What the profiles of the recorded server's users leave them."""


@dataclass(slots=True)
class Player:
    """Plays exchanges to a sandbox, in their order."""

    sandbox: Sandbox
    http: requests.Session
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def play(self, recorded: Mapping[str, Any]) -> list[str]:
        """What the sandbox answers otherwise than the server did."""
        self._enter(recorded)
        fields = {name: self._now(name, value) for name, value in recorded["params"].items()}
        if recorded["operation"] == "login" and "<masked>" not in recorded["params"].values():
            fields = self._digested(fields, recorded)
        name = "params" if recorded["http_method"] in ("GET", "HEAD") else "data"
        url = f"{self.sandbox.url}webservice.php"
        if "query_string" in recorded["name"]:
            name, fields = "params", {"operation": "getchallenge", "username": "admin"}
        place: dict[str, Any] = {name: fields}
        cookies = {"PHPSESSID": next(iter(self.sessions.values()), "")}
        if recorded["name"].endswith("bad_cookie"):
            cookies = {"PHPSESSID": "bogus"}
        if "cookie" not in recorded["name"]:
            cookies = {}
        self.http.cookies.clear()
        answer = self.http.request(
            recorded["http_method"], url, timeout=30, cookies=cookies, **place
        )
        self._learn(recorded, answer, fields)
        return list(differences(recorded, answer))

    def ask(self, operation: str, **fields: str) -> Any:
        """The result, or the error, of a request of the administrator."""
        if not self.sessions:
            self._open("admin", "admin")
        sent = {"operation": operation, "sessionName": self.sessions["admin"], **fields}
        method = OPERATIONS[operation].method
        place: dict[str, Any] = {"params" if method == "GET" else "data": sent}
        url = f"{self.sandbox.url}webservice.php"
        answer = self.http.request(method, url, timeout=30, **place)
        envelope = answer.json()
        return envelope["result"] if envelope["success"] else envelope["error"]

    def _open(self, session: str, user: str) -> None:
        digest = login_digest(self._challenge(user), self.sandbox.access_key)
        fields = {"operation": "login", "username": user, "accessKey": digest}
        answer = self.http.post(f"{self.sandbox.url}webservice.php", data=fields, timeout=30)
        self.sessions[session] = answer.json()["result"]["sessionName"]

    def _enter(self, recorded: Mapping[str, Any]) -> None:
        """Have a session where the recorded one began in an exchange that is not there."""
        session = recorded["params"].get("sessionName", "")
        code = next((code for code in ENDS if code in recorded["body"]), None)
        gone = "INVALID_SESSIONID" in recorded["body"] or session.startswith("bogus")
        if not session or gone or session in self.sessions:
            return
        user = recorded["user"] or ("limited" if LIMITED.search(recorded["name"]) else "admin")
        self._open(session, user)
        if code:
            self.sandbox.expire_sessions(code)
            self.sessions = {session: self.sessions[session]}

    def _now(self, name: str, value: str) -> str:
        if name in ("sessionName", "PHPSESSID"):
            return self.sessions.get(value, value)
        return _ID.sub(lambda id_: self.ids.get(id_.group(), id_.group()), value)

    def _digested(self, fields: dict[str, str], recorded: Mapping[str, Any]) -> dict[str, str]:
        digest = recorded["params"].get("accessKey", "")
        if _succeeded(recorded):
            token = self._challenge(fields["username"])
        elif digest.strip("0") and fields.get("username", "").lower() in self.tokens:
            token = self.tokens[fields["username"].lower()]
        else:
            return fields
        made = login_digest(token, self.sandbox.access_key)
        return fields | {"accessKey": made.upper() if digest.isupper() else made}

    def _challenge(self, username: str) -> str:
        fields = {"operation": "getchallenge", "username": username}
        answer = self.http.get(f"{self.sandbox.url}webservice.php", params=fields, timeout=30)
        token: str = answer.json()["result"]["token"]
        return token

    def _learn(
        self, recorded: Mapping[str, Any], answer: requests.Response, fields: Mapping[str, str]
    ) -> None:
        if not _succeeded(recorded) or not answer.content.startswith(b'{"success":true'):
            return
        was, now = json.loads(recorded["body"])["result"], answer.json()["result"]
        match str(recorded["operation"]).lower():
            case "getchallenge":
                self.tokens[fields["username"].lower()] = now["token"]
            case "login":
                self.sessions[was["sessionName"]] = now["sessionName"]
            case "create":
                self.ids[was["id"]] = now["id"]
            case "convertlead":
                self.ids |= {was[name]: now[name] for name in was if name in now}


def differences(recorded: Mapping[str, Any], answer: requests.Response) -> Iterator[str]:
    """Status, type of the body, success, code, message, and the shape of the result."""
    if answer.status_code != recorded["http_status"]:
        yield f"HTTP {answer.status_code}, not {recorded['http_status']}"
        return
    if answer.headers["Content-Type"] != recorded["content_type"]:
        yield f"{answer.headers['Content-Type']}, not {recorded['content_type']}"
    told = recorded["response_headers"].get("cache-control")
    if answer.headers.get("Cache-Control") != told:
        yield f"Cache-Control {answer.headers.get('Cache-Control')}, not {told}"
    if not recorded["body"].startswith("{"):
        if answer.text != recorded["body"]:
            yield f"body {answer.text[:80]!r}, not {recorded['body'][:80]!r}"
        return
    was, now = json.loads(recorded["body"]), answer.json()
    if was["success"] is not now["success"]:
        yield f"{str(now)[:150]}, not {str(was)[:150]}"
    elif not was["success"]:
        if was["error"] != now["error"]:
            yield f"{now['error']}, not {was['error']}"
    else:
        yield from shapes(was["result"], now["result"], "result")


def shapes(was: Any, now: Any, place: str) -> Iterator[str]:
    """Where two results are not made alike: kinds of values, the keys of maps, rows at all."""
    if isinstance(was, str | None) and isinstance(now, str | None):
        return
    if type(was) is not type(now):
        yield f"{place} is {str(now)[:60]}, not {str(was)[:60]}"
    elif isinstance(was, dict):
        for key in was.keys() ^ now.keys():
            yield f"{place} has {'no ' if key in was else ''}{key}"
        for key in was.keys() & now.keys():
            yield from shapes(was[key], now[key], f"{place}.{key}")
    elif isinstance(was, list):
        if bool(was) is not bool(now):
            yield f"{place} has {len(now)} rows, not {len(was)}"
        elif was:
            yield from shapes(was[0], now[0], f"{place}[0]")


def recorded_sandbox(folder: Path, profile: str) -> Sandbox:
    """A sandbox with what the recorded server had."""
    described = json.loads((folder / "describe_8.4.json").read_text("utf-8"))
    records = json.loads((folder / "records_8.4.json").read_text("utf-8"))
    catalog = Catalog.from_describes(list(described.values()))
    return Sandbox(profile, catalog, records, access=ACCESS)


def _succeeded(recorded: Mapping[str, Any]) -> bool:
    return str(recorded["body"]).startswith('{"success":true')
