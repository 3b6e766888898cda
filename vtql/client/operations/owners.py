"""Owners: whether the user or group that a record is given to exists.

A server does not look: 8.4 stores a record with an owner that does not exist, and answers with
plain text in place of the record; the id of another module becomes the group with its number (both
measured on 8.4.0). `retrieve` tells of groups and of active users. Of inactive ones it says the
same as of those that do not exist (the sources ask for `status='Active'`, as queries do), while a
server takes them as owners. Users and groups have their numbers from one sequence (sources), so an
owner with a higher number than all of them is refused, and with a lower one may be inactive.
"""

from __future__ import annotations

from vtql.catalog.catalog import Catalog
from vtql.catalog.types import RECORD_ID
from vtql.client.describing import Describing
from vtql.client.session import Session
from vtql.errors import FieldValueError, ModuleError, ServiceError
from vtql.protocol import ACCESS_DENIED, INVALID_ID_ATTRIBUTE

OWNERS = ("Users", "Groups")
DIGITS = 18
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
            if not self._exists(owner):
                self._refuse(owner, prefixes[prefix], place)
        elif prefix != users and "Groups" in prefixes.values() and users.isdecimal():
            groups = next(each for each, module in prefixes.items() if module == "Groups")
            raise FieldValueError(
                f"{place} is '{owner}', and ids of Users begin with {users}x and those of Groups "
                f"with {groups}x; a server ignores the prefix, and would take another owner with the "
                "same number"
            )

    def _exists(self, owner: str) -> bool:
        """Whether `retrieve` knows an owner, or does not tell."""
        if owner in self._owners:
            return True
        try:
            self.retrieve(owner)
        except ServiceError as error:
            return error.code not in MISSING
        self._owners.add(owner)
        return True

    def _refuse(self, owner: str, module: str, place: str) -> None:
        """Refuse an owner that `retrieve` does not know, but for who may be an inactive user.

        Raises:
            FieldValueError: there is no such user or group.
        """
        number = _number(owner)
        why = f"{module} has no such record"
        if module == "Users" and self._sees("Groups"):
            group = f"{self._catalog['Groups'].id_prefix}x{owner.partition('x')[2]}"
            if self._exists(group):
                why = f"that is the number of the group {group}"
            elif number <= self._highest():
                return
        raise FieldValueError(
            f"{place} is '{owner}', and {why}; a server may store the record all the same, and "
            "answer without it. `client.login_facts['userId']` is your own id, and queries of Users "
            "and Groups give others. `client.call` sends any owner"
        )

    def _highest(self) -> int:
        """The highest number of the active users and the groups."""
        found = 0
        for module in OWNERS:
            rows = self.query(f"SELECT id FROM {module} ORDER BY id DESC LIMIT 1;")  # noqa: S608 - names of ours
            found = max((found, *(_number(row.get("id")) for row in rows)))
        return found

    def _sees(self, module: str) -> bool:
        if module in self._unseen:
            return False
        try:
            self._described(module)
        except (ModuleError, ServiceError):
            self._unseen.add(module)
            return False
        return True


def _number(owner: object) -> int:
    """The number in an id, greater than any of a server where it has too many digits; 0 of no id."""
    if not isinstance(owner, str) or not RECORD_ID.fullmatch(owner):
        return 0
    digits = owner.partition("x")[2]
    return int(digits[: DIGITS + 1])
