"""Owners: whether the user or group that a record is given to exists.

A server does not look: 8.4 stores a record with an owner that does not exist, and answers with
plain text in place of the record; the id of another module becomes the group with its number (both
measured on 8.4.0). `retrieve` tells, of inactive users, too, which no query of `Users` gives.
"""

from __future__ import annotations

from vtql.client.describing import Describing
from vtql.client.session import Session
from vtql.errors import FieldValueError, ModuleError, ServiceError
from vtql.protocol import ACCESS_DENIED, INVALID_ID_ATTRIBUTE
from vtql.schema.catalog import Catalog

OWNERS = ("Users", "Groups")
MISSING = frozenset({ACCESS_DENIED, INVALID_ID_ATTRIBUTE, "RECORD_NOT_FOUND"})
"""What `retrieve` answers where there is no such record, to a user who sees the module."""


class Owning(Describing):
    """The check of owners. Those that exist are remembered; one that is not known is asked for, so
    that no new one is refused."""

    __slots__ = ("_owners", "_unseen")

    def __init__(
        self, session: Session, profile_name: str | None = None, *, catalog: Catalog
    ) -> None:
        super().__init__(session, profile_name, catalog=catalog)
        self._owners: set[str] = set()
        self._unseen: set[str] = set()

    def check_owner(self, owner: str, place: str) -> None:
        """Make sure that a user or a group exists, as far as this user may see that.

        Users who are no administrators do not see the module Users, so only the server can tell
        them of other users. Of Vtiger Cloud nothing was measured, and nothing is asked.

        Args:
            owner: its id.
            place: what the owner is for, for the message.

        Raises:
            FieldValueError: it does not, or the id is that of neither a user nor a group.
        """
        if self.profile.name == "cloud" or owner in self._owners:
            return
        own = str(self.login_facts.get("userId"))
        if owner == own:
            return
        prefix, users = owner.partition("x")[0], own.partition("x")[0]
        wanted = ("Users",) if prefix == users else OWNERS
        prefixes = {self._catalog[each].id_prefix: each for each in wanted if self._sees(each)}
        if prefix in prefixes:
            self._check_exists(owner, prefixes[prefix], place)
        elif prefix != users and "Groups" in prefixes.values() and users.isdecimal():
            groups = next(each for each, module in prefixes.items() if module == "Groups")
            raise FieldValueError(
                f"{place} is '{owner}', and ids of Users begin with {users}x and those of Groups "
                f"with {groups}x; a server ignores the prefix, and would take another owner with the "
                "same number"
            )

    def _check_exists(self, owner: str, module: str, place: str) -> None:
        try:
            self.retrieve(owner)
        except ServiceError as error:
            if error.code not in MISSING:
                return  # the server does not tell
        else:
            self._owners.add(owner)
            return
        raise FieldValueError(
            f"{place} is '{owner}', and {module} has no such record; a server may store the record "
            "all the same, and answer without it. `client.login_facts['userId']` is your own id; "
            "queries of Users and Groups give others"
        )

    def _sees(self, module: str) -> bool:
        if module in self._unseen:
            return False
        try:
            self._described(module)
        except (ModuleError, ServiceError):
            self._unseen.add(module)
            return False
        return True
