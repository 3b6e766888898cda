"""What a server adds to the conditions of a module without a word (read in the source)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Implicit:
    """The records that queries of a module leave out.

    `left_out` names them and `instead` says where they are. Where the server compares a field that a
    query can have, `field` is that, and a record is found only if the value is among `only`, where
    that has any, and not among `never`; values are in lower case, for the server minds none.
    """

    left_out: str
    instead: str
    field: str = ""
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def finds(self, value: str) -> bool:
        """Whether records with this value of the field are found at all."""
        folded = value.rstrip(" ").lower()
        return folded not in self.never and (not self.only or folded in self.only)


IMPLICIT: Mapping[str, Implicit] = {
    "Leads": Implicit(
        "those that were converted",
        "what became of them is in Accounts, Contacts and Potentials: `isconvertedfromlead = '1'`",
    ),
    "Users": Implicit(
        "those who are not active",
        "an owner that no query of Users gives may be an inactive one",
        field="status", only=("active",),
    ),
    "Calendar": Implicit(
        "all but tasks", "meetings and calls are in Events", field="activitytype", only=("task",)
    ),
    "Events": Implicit(
        "tasks and e-mails", "tasks are in Calendar, e-mails in Emails",
        field="activitytype", never=("task", "emails"),
    ),
}  # fmt: skip
"""By module. Deleted records are left out of every module; Emails are what their name says."""
