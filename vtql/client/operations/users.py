"""Leads that become accounts and contacts; users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.client.operations.base import mapping, record_id
from vtql.client.operations.write import Write
from vtql.client.secrets import Secret
from vtql.errors import ArgumentError
from vtql.protocol import OPERATIONS

ENTITIES = ("Accounts", "Contacts", "Potentials")


class Users(Write):
    """`convertlead`, `changePassword`, `deleteUser`, `reopen`."""

    __slots__ = ()

    def convert_lead(
        self,
        lead: str,
        owner: str,
        entities: Mapping[str, Mapping[str, Any]],
        transfer_to: str = "Contacts",
    ) -> dict[str, str]:
        """Make an account, a contact and a potential of a lead; the ids of what was made.

        Not all or nothing: what was made before a refusal stays (reference 6). Works on 6.0 to 7.5
        and from 8.4 on.

        Args:
            lead: the id of the lead.
            owner: the id of the user or group that the records are assigned to.
            entities: the fields of each record to make, by module:
                `{"Accounts": {"accountname": "Acme"}, "Contacts": {"lastname": "Ray"}}`.
            transfer_to: the module whose record takes over what is related to the lead.

        Raises:
            FieldValueError: there is no such owner.
        """
        strange = [module for module in entities if module not in ENTITIES]
        if strange or not entities:
            raise ArgumentError(
                "a lead becomes a record of Accounts, Contacts or Potentials"
                + (f", not of {strange[0]}" if strange else "")
            )
        if transfer_to not in entities:
            raise ArgumentError(f"`transfer_to` is {transfer_to}, which is not among the entities")
        self._check(OPERATIONS["convertlead"], self.profile)
        self.check_owner(record_id(owner), "the owner")
        element = {
            "leadId": record_id(lead),
            "assignedTo": record_id(owner),
            "transferRelatedRecordsTo": transfer_to,
            "entities": {
                module: {"create": True, "name": module, **values}
                for module, values in entities.items()
            },
        }
        answer = self._call("convertlead", element=element)
        return mapping(answer or {}, "convertlead")  # PHP makes [] of a map with nothing in it

    def change_password(self, user: str, old: str, new: str) -> dict[str, Any]:
        """Give a user another password, on 5.4."""
        if not isinstance(old, str) or not isinstance(new, str):
            del old, new
            raise ArgumentError("`old` and `new` are passwords, texts")
        secret, new_secret = Secret(old), Secret(new)
        del old, new
        answer = self._call(
            "changePassword",
            id=record_id(user),
            oldPassword=secret,
            newPassword=new_secret,
            confirmPassword=new_secret,
        )
        return mapping(answer, "changePassword")

    def delete_user(self, user: str, new_owner: str) -> dict[str, Any]:
        """Delete a user, whose records another one gets, on 5.4."""
        answer = self._call("deleteUser", id=record_id(user), newOwnerId=record_id(new_owner))
        return mapping(answer, "deleteUser")

    def reopen(self, record: str) -> Any:
        """Open a closed record again, on Vtiger Cloud."""
        return self._call("reopen", id=record_id(record))
