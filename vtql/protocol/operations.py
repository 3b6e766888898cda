"""The operations of the service: a table, a row each (reference 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SERVERS = ("documented", "5.4", "7", "8.0", "8.4", "cloud")
"""The names of the profiles, which `vtql.profiles` tells the rest of."""

_OPEN = ("documented", "5.4", "7", "8.0", "8.4")
_RELATIONS = ("documented", "7", "8.0", "8.4", "cloud")
_OLD = ("documented", "5.4")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the service (reference 1.2).

    `method`: how it is asked for, GET or POST.
    `parameters`: their names, in the order of the service's own table.
    `session`: whether it needs one.
    `profiles`: where it works; elsewhere it is not registered, or ends in HTTP 500.
    `encoded`: those of its parameters that travel as JSON.
    `refuses`: where it is there, and refuses all that are no browsers.
    `instead`: what to use where it does not work, a phrase.
    `writes`: whether it changes what the server holds, and so must not be sent a second time
    unasked.
    """

    name: str
    method: str
    parameters: tuple[str, ...]
    session: bool = True
    profiles: tuple[str, ...] = SERVERS
    encoded: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    instead: str = ""
    writes: bool = False

    def serves(self, server: str) -> bool:
        """Whether it works for a client, on a server of a profile."""
        return server in self.profiles and server not in self.refuses


OPERATIONS: Mapping[str, Operation] = {
    row.name: row
    for row in (
        # Sessions. Vtiger Cloud has none: each request carries name and key.
        Operation("getchallenge", "GET", ("username",), session=False, profiles=_OPEN,
                  instead="each request carries the name and the access key there"),
        Operation("login", "POST", ("username", "accessKey"), session=False, profiles=_OPEN,
                  instead="each request carries the name and the access key there"),
        Operation("extendsession", "POST", (), session=False, profiles=_OPEN,
                  refuses=("5.4", "7"),  # it knows only the sessions of browsers there
                  instead="any request keeps a session alive, and one that is gone is renewed"),
        Operation("logout", "POST", ("sessionName",), profiles=("documented", "5.4", "7", "8.4"),
                  instead="a session that is not used ends by itself"),
        # What there is.
        Operation("listtypes", "GET", ("fieldTypeList",), encoded=("fieldTypeList",)),
        Operation("describe", "GET", ("elementType",)),
        Operation("me", "GET", (), profiles=("cloud",),
                  instead="the login answer tells of the user: `client.login_facts`"),
        # Records.
        Operation("create", "POST", ("elementType", "element"), encoded=("element",), writes=True),
        Operation("retrieve", "GET", ("id",)),
        Operation("update", "POST", ("element",), encoded=("element",), writes=True),
        Operation("revise", "POST", ("element",), encoded=("element",), writes=True),
        Operation("delete", "POST", ("id",), writes=True),
        Operation("query", "GET", ("query",)),
        Operation("sync", "GET", ("modifiedTime", "elementType", "syncType"),
                  profiles=("documented", "5.4", "7", "cloud"),
                  instead="`client.changes(module, since)` reads the records by `modifiedtime`"),
        Operation("lookup", "GET", ("type", "value", "searchIn"), profiles=("cloud",),
                  encoded=("searchIn",),
                  instead="a query with `IN` or `LIKE` on the fields of type phone or email"),
        # Relations.
        Operation("relatedtypes", "GET", ("elementType",), profiles=_RELATIONS,
                  instead="`describe` tells what the references of a module point at"),
        Operation("retrieve_related", "GET", ("id", "relatedType", "relatedLabel"),
                  profiles=_RELATIONS,
                  instead="a query of the related module with a condition on its reference"),
        Operation("query_related", "GET", ("query", "id", "relatedLabel"), profiles=_RELATIONS,
                  instead="a query of the related module with a condition on its reference"),
        Operation("add_related", "POST", ("sourceRecordId", "relatedRecordId", "relationIdLabel"),
                  profiles=_RELATIONS, writes=True,
                  instead="`revise` of the reference on the related record"),
        Operation("delete_related", "POST", ("sourceRecordId", "relatedRecordId"),
                  profiles=("cloud",), writes=True,
                  instead="no operation removes a relation there; `revise` clears a reference"),
        # Files.
        Operation("files_retrieve", "GET", ("id",), profiles=("documented", "7", "8.4", "cloud"),
                  instead="the record's download link in the browser; 8.4 has it mended"),
        # Leads and users.
        Operation("convertlead", "POST", ("element",), encoded=("element",), writes=True,
                  profiles=("documented", "7", "8.4", "cloud"),
                  instead="`create` an account and a contact, then `revise` the lead"),
        Operation("changePassword", "POST",
                  ("id", "oldPassword", "newPassword", "confirmPassword"),
                  profiles=_OLD, writes=True, instead="the user's own preferences in the browser"),
        Operation("deleteUser", "POST", ("id", "newOwnerId"), profiles=_OLD, writes=True,
                  instead="the settings in the browser, or `revise` the user's `status`"),
        Operation("retrieve_inventory", "GET", ("id",), profiles=("documented", "7"),
                  instead="`retrieve`, which gives the same record with its lines"),
        # What Vtiger Cloud alone has.
        Operation("reopen", "POST", ("id",), profiles=("cloud",), writes=True,
                  instead="`revise` of the record's status"),
        Operation("tags_add", "POST", ("id", "tags"), profiles=("cloud",), encoded=("tags",),
                  writes=True, instead="tags are kept in the browser there"),
        Operation("tags_retrieve", "GET", ("id",), profiles=("cloud",),
                  instead="a query that selects `tags`"),
        Operation("tags_delete", "POST", ("id", "tags"), profiles=("cloud",), encoded=("tags",),
                  writes=True, instead="tags are kept in the browser there"),
        Operation("get_account_hierarchy", "GET", ("id",), profiles=("cloud",),
                  instead="queries with a condition on the reference to the parent account"),
        # The change feed of the sync server, and what the mobile application asks for.
        Operation("wsapp_register", "POST", ("type", "synctype"), profiles=_OPEN, writes=True),
        Operation("wsapp_deregister", "POST", ("type", "key"), profiles=_OPEN, writes=True),
        Operation("wsapp_get", "POST", ("key", "module", "token"), profiles=_OPEN, writes=True),
        Operation("wsapp_put", "POST", ("key", "element"), profiles=_OPEN, encoded=("element",),
                  writes=True),
        Operation("wsapp_map", "POST", ("key", "element"), profiles=_OPEN, encoded=("element",),
                  writes=True),
        Operation("mobile.fetchallalerts", "POST", (), profiles=_OPEN),
        Operation("mobile.alertdetailswithmessage", "POST", ("alertid",), profiles=_OPEN),
        Operation("mobile.fetchmodulefilters", "POST", ("module",), profiles=_OPEN),
        Operation("mobile.fetchrecord", "POST", ("record",), profiles=_OPEN),
        Operation("mobile.fetchrecordwithgrouping", "POST", ("record",), profiles=_OPEN),
        Operation("mobile.filterdetailswithcount", "POST", ("filterid",), profiles=_OPEN),
        Operation("mobile.listmodulerecords", "POST", ("elements",), profiles=_OPEN,
                  encoded=("elements",)),
        Operation("mobile.saverecord", "POST", ("module", "record", "values"), profiles=_OPEN,
                  encoded=("values",), writes=True),
        Operation("mobile.syncModuleRecords", "POST", ("module", "syncToken", "page"),
                  profiles=_OPEN),
        Operation("mobile.query", "POST", ("module", "query", "page"), profiles=_OPEN),
        Operation("mobile.querywithgrouping", "POST", ("module", "query", "page"), profiles=_OPEN),
    )
}  # fmt: skip
"""By lower-case name but for those that are written otherwise; a server looks a name up by a
collation without case."""
