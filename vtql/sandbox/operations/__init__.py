"""The operations of the service. One that is not in the table ends as an unknown one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vtql.protocol import OPERATIONS
from vtql.sandbox.operations import (
    cloud,
    convertlead,
    create,
    delete,
    describe,
    extendsession,
    files_retrieve,
    getchallenge,
    listtypes,
    login,
    logout,
    mobile,
    query,
    related,
    retrieve,
    revise,
    sync,
    update,
    users,
    wsapp,
)
from vtql.sandbox.service import Call

HANDLERS: Mapping[str, Callable[[Call], Any]] = {
    "getchallenge": getchallenge.run,
    "login": login.run,
    "extendsession": extendsession.run,
    "logout": logout.run,
    "listtypes": listtypes.run,
    "describe": describe.run,
    "create": create.run,
    "retrieve": retrieve.run,
    "update": update.run,
    "revise": revise.run,
    "delete": delete.run,
    "query": query.run,
    "sync": sync.run,
    "relatedtypes": related.types,
    "retrieve_related": related.retrieve,
    "query_related": related.query,
    "add_related": related.add,
    "files_retrieve": files_retrieve.run,
    "convertlead": convertlead.run,
    "changePassword": users.change_password,
    "deleteUser": users.delete_user,
    "retrieve_inventory": retrieve.run,
    "me": cloud.me,
    "lookup": cloud.lookup,
    "delete_related": cloud.delete_related,
    "tags_add": cloud.tags_add,
    "tags_retrieve": cloud.tags_retrieve,
    "tags_delete": cloud.tags_delete,
    "wsapp_register": wsapp.register,
    "wsapp_deregister": wsapp.deregister,
    "wsapp_get": wsapp.get,
    "wsapp_put": wsapp.put,
    "wsapp_map": wsapp.map_ids,
    **dict.fromkeys((name for name in OPERATIONS if name.startswith("mobile.")), mobile.refuse),
}
