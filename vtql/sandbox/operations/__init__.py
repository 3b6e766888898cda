"""The operations of the service. One that is not in the table ends as an unknown one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from vtql.protocol import OPERATIONS
from vtql.sandbox.operations.cloud import (
    delete_related,
    lookup,
    me,
    tags_add,
    tags_delete,
    tags_retrieve,
)
from vtql.sandbox.operations.convertlead import run as convert_lead
from vtql.sandbox.operations.create import run as create
from vtql.sandbox.operations.delete import run as delete
from vtql.sandbox.operations.describe import run as describe
from vtql.sandbox.operations.extendsession import run as extend_session
from vtql.sandbox.operations.files_retrieve import run as retrieve_file
from vtql.sandbox.operations.getchallenge import run as get_challenge
from vtql.sandbox.operations.listtypes import run as list_types
from vtql.sandbox.operations.login import run as log_in
from vtql.sandbox.operations.logout import run as log_out
from vtql.sandbox.operations.query import run as query
from vtql.sandbox.operations.related import add as add_related
from vtql.sandbox.operations.related import query as query_related
from vtql.sandbox.operations.related import retrieve as retrieve_related
from vtql.sandbox.operations.related import types as related_types
from vtql.sandbox.operations.retrieve import run as retrieve
from vtql.sandbox.operations.revise import run as revise
from vtql.sandbox.operations.sync import run as sync
from vtql.sandbox.operations.update import run as update
from vtql.sandbox.operations.users import change_password, delete_user
from vtql.sandbox.operations.wsapp import deregister as wsapp_deregister
from vtql.sandbox.operations.wsapp import get as wsapp_get
from vtql.sandbox.operations.wsapp import map_ids as wsapp_map
from vtql.sandbox.operations.wsapp import put as wsapp_put
from vtql.sandbox.operations.wsapp import register as wsapp_register
from vtql.sandbox.refusals import Refusal
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
