"""`connect`: where a client comes from."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Literal

import requests

from vtql.catalog.catalog import Catalog
from vtql.catalog.timezones import clock_of
from vtql.client.accounts import DEFAULT, Account, load
from vtql.client.client import Client
from vtql.client.cloud import PATH, RestSession, credentials, is_rest, pair
from vtql.client.deadlines import Timeout
from vtql.client.retry import RetryPolicy, policy_of
from vtql.client.secrets import Secret
from vtql.client.session import Session
from vtql.client.transport import Transport
from vtql.errors import ArgumentError
from vtql.protocol.urls import endpoint, rest_endpoint
from vtql.query.connection import URL_BYTES, url_limit

WANTED = {
    "url": ("VTQL_URL", "the address of the Vtiger, such as https://crm.example.com"),
    "username": ("VTQL_USERNAME", "the name of a user"),
    "access_key": ("VTQL_ACCESS_KEY", "the access key from that user's preferences"),
}
ACCOUNT = "VTQL_ACCOUNT"
Service = Literal["webservice", "rest"]


def connect(
    url: str | None = None,
    username: str | None = None,
    access_key: str | Secret | None = None,
    *,
    account: str | None = None,
    session: requests.Session | None = None,
    timeout: Timeout = (10, 60),
    deadline: float | None = None,
    profile: str | None = None,
    service: Service | None = None,
    connections: int = 1,
    retries: int | RetryPolicy = RetryPolicy(),  # noqa: B008 - a frozen value
    catalog: Catalog | None = None,
    server_zone: str | None = None,
    zone: str | tzinfo | None = None,
    now: Callable[[], datetime] | None = None,
    url_bytes: int = URL_BYTES,
) -> Client:
    """A client of a Vtiger. Nothing is sent before something is asked of it.

    What is left out comes from the environment, then from the account that `vtql login` keeps. An
    account's key goes to that account's server and user only.

    Args:
        url: the installation or its `webservice.php`; else from VTQL_URL.
        username: a user of the CRM; else from VTQL_USERNAME.
        access_key: the user's access key, not the password; else from VTQL_ACCESS_KEY.
        account: the name of an account that is kept; else from VTQL_ACCOUNT, or `default`.
        session: a `requests.Session` to send with, for proxies, certificates and tests.
        timeout: seconds to connect and to wait for an answer, or for more of it.
        deadline: seconds that an answer may take altogether, however steadily it comes; five times
            the wait for an answer if left out. The request is not sent again then.
        profile: the kind of server, a name of `vtql.profiles`; else read off its version.
        service: `rest`, the service of Vtiger Cloud, or `webservice`; else by the address: `rest`
            for a host of vtiger.com or a path with `/restapi/`.
        connections: how many logins a long read is spread over; a server does the requests of one
            login in turn (measured).
        retries: how often a request is sent again after a failure that may pass, a write only where
            the server has not received it; a number, or a `vtql.RetryPolicy`. If
            left out, four times, and for twenty seconds where a server is down.
        catalog: what is known of this server already, from `Catalog.load`: its modules are not
            asked for again, and where it says how the server evaluates AND and OR, nor is that.
        server_zone: the time zone in which the server keeps its datetimes. No answer tells it; it
            is the catalog's if left out, and UTC unless the administrator changed
            `default_timezone`.
        zone: where days begin and end for lookups such as `date` and `today`, `Europe/Sofia` or a
            `tzinfo`; the server's if left out.
        now: what gives the time for lookups such as `today`; the system's clock if left out.
        url_bytes: how long a query may be in a URL, encoded; longer lists become several queries.

    Raises:
        ArgumentError: something is neither given nor kept anywhere, or cannot be right.
    """
    if not isinstance(access_key, str | Secret | None):
        kind = type(access_key).__name__
        del access_key
        raise ArgumentError(f"`access_key` is text, {WANTED['access_key'][1]}, not {kind}")
    key = access_key if isinstance(access_key, Secret) else None
    if isinstance(access_key, str) and access_key:
        key = Secret(access_key)
    del access_key  # so that no traceback has it among its variables
    if connections < 1:
        raise ArgumentError("`connections` is a number of logins: at least 1")
    policy = policy_of(retries)
    _check_timeout(timeout)
    _check_deadline(deadline)
    account_found = find(url, username, key, account)
    if service not in (None, "rest", "webservice"):
        raise ArgumentError("`service` is `rest` or `webservice`")
    if not account_found.access_key.is_unicode:
        raise ArgumentError("the access key is not Unicode text, so it cannot be sent")
    user = (account_found.username, account_found.access_key)
    known = (account_found.access_key, pair(*user))
    if service == "rest" or (service is None and is_rest(account_found.url)):
        address = rest_endpoint(account_found.url, PATH)
        basic = credentials(*user)
        cloud = Transport(address, session, timeout, connections, basic, deadline, known)
        user_session: Session = RestSession(cloud, *user, policy)
        profile = profile or "cloud"
    else:
        service_ = Transport(
            account_found.url, session, timeout, connections, None, deadline, known
        )
        user_session = Session(service_, *user, policy)
    clock = clock_of(now or partial(datetime.now, UTC), zone)
    if not isinstance(catalog, Catalog | None):
        raise ArgumentError("`catalog` is a Catalog, such as `vtql.Catalog.load(path)` gives")
    metadata = Catalog({}) if catalog is None else catalog
    metadata = metadata if server_zone is None else metadata.in_zone(server_zone)
    return Client(
        user_session,
        profile,
        connections,
        catalog=metadata,
        clock=clock,
        url_bytes=url_limit(url_bytes),
    )


def find(url: str | None, username: str | None, key: Secret | None, account: str | None) -> Account:
    """The account to use: what is given, then the environment, then what is kept.

    Raises:
        ArgumentError: something is missing; the variable that can hold it is named.
    """
    account_name = account or os.environ.get(ACCOUNT)
    if not account_name:  # an account that is named goes before the environment
        url = url or os.environ.get(WANTED["url"][0])
        username = username or os.environ.get(WANTED["username"][0])
        key = key or _secret(WANTED["access_key"][0])
    if not (url and username and key):
        entry = load(account_name or DEFAULT)
        if entry is not None and _same(entry, url, username):
            url, username, key = entry.url, entry.username, key or entry.access_key
    for name, value in (("url", url), ("username", username), ("access_key", key)):
        if not value:
            variable, meaning = WANTED[name]
            raise ArgumentError(
                f"`{name}` is missing: {meaning}; {variable} can hold it, and `vtql login` keep it"
            )
    assert url
    assert username
    assert key
    return Account(url, username, key)


def _check_timeout(timeout: Timeout) -> None:
    parts = timeout if isinstance(timeout, tuple) and len(timeout) == 2 else (timeout,)
    for part in parts:
        if not _is_time(part):
            raise ArgumentError(
                "`timeout` is a number of seconds greater than 0, or two of them: to connect, and to "
                "wait for an answer"
            )


def _check_deadline(deadline: float | None) -> None:
    if deadline is not None and not _is_time(deadline):
        raise ArgumentError(
            "`deadline` is a number of seconds greater than 0, which an answer may take altogether"
        )


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _same(entry: Account, url: str | None, username: str | None) -> bool:
    """Whether what is given is the account's own, as far as it is given."""
    return (not url or endpoint(url) == endpoint(entry.url)) and (
        not username or username == entry.username
    )


def _secret(variable: str) -> Secret | None:
    return Secret(os.environ[variable]) if os.environ.get(variable) else None
