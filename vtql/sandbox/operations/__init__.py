"""The operations of the service. An operation without a handler is unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from vtql.protocol import OPERATIONS
from vtql.sandbox.errors import Refusal
from vtql.sandbox.operations.authentication import extend_session, get_challenge, log_in, log_out
from vtql.sandbox.operations.cloud import (
    delete_related,
    lookup,
    me,
    tags_add,
    tags_delete,
    tags_retrieve,
)
from vtql.sandbox.operations.metadata import describe, list_types
from vtql.sandbox.operations.read import query, retrieve, retrieve_file
from vtql.sandbox.operations.relations import (
    add_related,
    query_related,
    related_types,
    retrieve_related,
)
from vtql.sandbox.operations.sync import (
    sync,
    wsapp_deregister,
    wsapp_get,
    wsapp_map,
    wsapp_put,
    wsapp_register,
)
from vtql.sandbox.operations.write import (
    change_password,
    convert_lead,
    create,
    delete,
    delete_user,
    revise,
    update,
)
from vtql.sandbox.service import Call


def refuse_mobile(_call: Call) -> NoReturn:
    """The operations of the mobile application, on a server where its module is not active.

    They are of use to that application alone, and none of their answers was recorded (the message
    was read in the source).
    """
    raise Refusal("1501", "Service not available")


HANDLERS: Mapping[str, Callable[[Call], Any]] = {
    "getchallenge": get_challenge,
    "login": log_in,
    "extendsession": extend_session,
    "logout": log_out,
    "listtypes": list_types,
    "describe": describe,
    "create": create,
    "retrieve": retrieve,
    "update": update,
    "revise": revise,
    "delete": delete,
    "query": query,
    "sync": sync,
    "relatedtypes": related_types,
    "retrieve_related": retrieve_related,
    "query_related": query_related,
    "add_related": add_related,
    "files_retrieve": retrieve_file,
    "convertlead": convert_lead,
    "changePassword": change_password,
    "deleteUser": delete_user,
    "retrieve_inventory": retrieve,
    "me": me,
    "lookup": lookup,
    "delete_related": delete_related,
    "tags_add": tags_add,
    "tags_retrieve": tags_retrieve,
    "tags_delete": tags_delete,
    "wsapp_register": wsapp_register,
    "wsapp_deregister": wsapp_deregister,
    "wsapp_get": wsapp_get,
    "wsapp_put": wsapp_put,
    "wsapp_map": wsapp_map,
    **dict.fromkeys((name for name in OPERATIONS if name.startswith("mobile.")), refuse_mobile),
}
