"""What every operation needs: whether the server has it, its parameters as text, its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from vtql.catalog.types import RECORD_ID
from vtql.client.secrets import Secret
from vtql.client.session import Session
from vtql.client.transport import Files
from vtql.errors import ArgumentError, BrokenAnswer, NotAvailable
from vtql.profiles import Profile, profile, profile_of_version
from vtql.protocol import OPERATIONS, Operation
from vtql.suggestions import short_repr, suggestion

_NAME = re.compile(r"\w+(\.\w+)?", re.ASCII)


class Base:
    """A session, the kind of server that it leads to, and `call`."""

    __slots__ = ("_profile", "_session")

    def __init__(self, session: Session, profile_name: str | None = None) -> None:
        self._session = session
        self._profile = profile(profile_name) if profile_name else None

    @property
    def login_facts(self) -> dict[str, Any]:
        """What the server told at login: `vtigerVersion`, `userId`, `time_zone` and others."""
        return self._session.facts

    @property
    def server(self) -> str:
        """The address of the server, without what may be secret in it."""
        return self._session.server

    @property
    def username(self) -> str:
        """The user whose requests these are."""
        return self._session.username

    @property
    def profile(self) -> Profile:
        """The kind of server: the one named to `connect`, else read off its version."""
        if self._profile is None:
            self._profile = profile(profile_of_version(str(self.login_facts.get("vtigerVersion"))))
        return self._profile

    def call(self, operation: str, method: str | None = None, **parameters: Any) -> Any:
        """The raw result of any operation, of an add-on's, too, whether or not it is known here.

        Args:
            operation: its name, such as `mobile.fetchrecord`.
            method: GET or POST, for an operation that is not in the table.
            parameters: by the names of the service; what is no text travels as JSON, None not.

        Raises:
            ArgumentError: the operation is not known and no method is given.
            ServiceError: the service refused.
            TransportError: no answer came, or not one of a web service.
        """
        row = OPERATIONS.get(operation)
        if row is None:
            row = _foreign(operation, method, tuple(parameters))
        return self._session.call(row, _texts(row, parameters))

    def _call(self, operation: str, files: Files | None = None, /, **parameters: Any) -> Any:
        """The result of an operation that this kind of server has.

        Raises:
            NotAvailable: it is known not to.
        """
        row = OPERATIONS[operation]
        self._check(
            row, self.profile if row.session else self._profile
        )  # a challenge needs no login
        return self._session.call(row, _texts(row, parameters), files)

    def _check(self, row: Operation, server: Profile | None) -> None:
        if server is not None and not row.serves(server.name):
            raise NotAvailable(_missing(row, server))


def mapping(answer: Any, operation: str) -> dict[str, Any]:
    """The answer, a record.

    Raises:
        BrokenAnswer: it is none.
    """
    if not isinstance(answer, dict):
        raise BrokenAnswer(f"{operation}: the answer is not a record")
    return answer


def listing(answer: Any, operation: str) -> list[dict[str, Any]]:
    """The answer, a list of rows.

    Raises:
        BrokenAnswer: it is none.
    """
    if not isinstance(answer, list) or set(map(type, answer)) - {dict}:
        raise BrokenAnswer(f"{operation}: the answer is not a list of rows")
    return answer


def record_id(value: object) -> str:
    """A record id, of a record or as text.

    Raises:
        ArgumentError: it is none.
    """
    text = getattr(value, "id", value)
    if not isinstance(text, str) or not RECORD_ID.fullmatch(text):
        raise ArgumentError(f"a record id looks like `12x34`, not {short_repr(text)}")
    return text


def name(value: object, label: str) -> str:
    """A name that is not empty, such as a module's.

    Raises:
        ArgumentError: it is none.
    """
    if not isinstance(value, str) or not value.strip():
        raise ArgumentError(f"{label} is a text that is not empty, not {short_repr(value)}")
    return value


def _missing(row: Operation, server: Profile) -> str:
    instead = f"; instead: {row.instead}" if row.instead else ""
    return (
        f"`{row.name}` does not work on {server.title}{instead}. "
        f"`client.call({row.name!r}, …)` asks for it all the same"
    )


def _foreign(operation: str, method: str | None, parameters: tuple[str, ...]) -> Operation:
    if not _NAME.fullmatch(operation):
        raise ArgumentError(f"an operation has a name of letters, not {short_repr(operation)}")
    if method not in ("GET", "POST"):
        near = suggestion(operation, OPERATIONS)
        raise ArgumentError(
            f"`{operation}` is not an operation that is known here{f'; {near}' if near else ''}; "
            "one of an add-on takes `method`, GET or POST"
        )
    return Operation(operation, method, parameters, writes=method == "POST")


def _texts(row: Operation, parameters: Mapping[str, Any]) -> dict[str, str | Secret]:
    given = {key: value for key, value in parameters.items() if value is not None}
    return {key: _text(value, key, row) for key, value in given.items()}


def _text(value: Any, key: str, row: Operation) -> str | Secret:
    if isinstance(value, str | Secret) and key not in row.encoded:
        return value
    if isinstance(value, str) and row.encoded and value[:1] in ("[", "{"):
        return value  # it is JSON already
    try:
        # Raw UTF-8: the decoder of 8.4 breaks on surrogate pairs (reference 1.1).
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        raise ArgumentError(f"`{key}` has a value that JSON cannot hold") from None


class Sessions(Base):
    """`getchallenge`, `login`, `extendsession`, `logout`."""

    __slots__ = ()

    def get_challenge(self, username: str | None = None) -> dict[str, Any]:
        """A challenge for a user, this client's where none is named: `token`, `serverTime`,
        `expireTime`, the times in seconds since 1970.

        It replaces the challenge of a login that is under way elsewhere. Vtiger Cloud has none.
        """
        user = username or self._session.username
        return mapping(self._call("getchallenge", username=user), "getchallenge")

    def login(self) -> dict[str, Any]:
        """Begin a new session; what the server told, as `login_facts` has it.

        Vtiger Cloud has no sessions; there it is what `me` tells.
        """
        self._session.forget()
        return self.login_facts

    def extend_session(self) -> dict[str, Any]:
        """What `extendsession` tells: `userId`, `version`, `vtigerVersion`.

        It keeps nothing alive: any request does (reference 2.3). Works from 8.0 on; a server up to
        7.5 knows only the sessions of browsers here.
        """
        row = OPERATIONS["extendsession"]
        self._check(row, self.profile)
        return self._session.extend(row)

    def logout(self) -> None:
        """End the session, if there is one. A later request begins a new one.

        Where the server's `logout` does not work, from 8.0 to 8.3, the session is left to end by
        itself.
        """
        if self._session.alive and self.profile.name in OPERATIONS["logout"].profiles:
            self._session.logout()
        else:
            self._session.forget()
