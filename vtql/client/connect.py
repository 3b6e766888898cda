"""`connect`: where a client comes from."""

from __future__ import annotations

import os

import requests

from vtql.client.client import Client
from vtql.client.secrets import Secret
from vtql.client.session import Session
from vtql.client.transport import Timeout, Transport
from vtql.errors import ArgumentError

WANTED = {
    "url": ("VTQL_URL", "the address of the Vtiger, such as https://crm.example.com"),
    "username": ("VTQL_USERNAME", "the name of a user"),
    "access_key": ("VTQL_ACCESS_KEY", "the access key from that user's preferences"),
}


def connect(
    url: str | None = None,
    username: str | None = None,
    access_key: str | None = None,
    *,
    session: requests.Session | None = None,
    timeout: Timeout = (10, 60),
    profile: str | None = None,
) -> Client:
    """A client of a Vtiger. Nothing is sent before something is asked of it.

    Args:
        url: the installation or its `webservice.php`; else from VTQL_URL.
        username: a user of the CRM; else from VTQL_USERNAME.
        access_key: the user's access key, not the password; else from VTQL_ACCESS_KEY.
        session: a `requests.Session` to send with, for proxies, certificates and tests.
        timeout: seconds to connect and to wait for an answer.
        profile: the kind of server, a name of `vtql.profiles`; else read off its version.

    Raises:
        ArgumentError: something is neither given nor in the environment, or cannot be right.
    """
    found = {"url": url, "username": username, "access_key": access_key}
    for name, (variable, meaning) in WANTED.items():
        found[name] = found[name] or os.environ.get(variable)
        if not found[name]:
            raise ArgumentError(f"`{name}` is missing: {meaning}; {variable} can hold it, too")
    transport = Transport(str(found["url"]), session, timeout)
    key = Secret(str(found["access_key"]))
    return Client(Session(transport, str(found["username"]), key), profile)
