"""Sessions: what the client does by itself, for who wants to do it by hand."""

from __future__ import annotations

from typing import Any

from vtql.client.operations.calling import Calling, mapping
from vtql.protocol import OPERATIONS


class Sessions(Calling):
    """`getchallenge`, `login`, `extendsession`, `logout`."""

    __slots__ = ()

    def get_challenge(self, username: str | None = None) -> dict[str, Any]:
        """A challenge for a user, this client's where none is named: `token`, `serverTime`,
        `expireTime`, the times in seconds since 1970.

        It replaces the challenge of a login that is under way elsewhere. Vtiger Cloud has none.
        """
        asked = username or self._session.username
        return mapping(self._call("getchallenge", username=asked), "getchallenge")

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
