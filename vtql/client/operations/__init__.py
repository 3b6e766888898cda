"""The operations of the service as methods, a file a topic: a row in `vtql/protocol/operations.py` and a method."""

from __future__ import annotations

from collections.abc import Mapping

METHODS: Mapping[str, str] = {
    "getchallenge": "get_challenge",
    "login": "login",
    "extendsession": "extend_session",
    "logout": "logout",
    "listtypes": "list_types",
    "describe": "describe",
    "me": "me",
    "create": "create",
    "retrieve": "retrieve",
    "update": "update",
    "revise": "revise",
    "delete": "delete",
    "query": "query",
    "sync": "sync",
    "lookup": "lookup",
    "relatedtypes": "related_types",
    "retrieve_related": "retrieve_related",
    "query_related": "query_related",
    "add_related": "add_related",
    "delete_related": "delete_related",
    "files_retrieve": "files_retrieve",
    "convertlead": "convert_lead",
    "changePassword": "change_password",
    "deleteUser": "delete_user",
    "retrieve_inventory": "retrieve_inventory",
    "reopen": "reopen",
    "tags_add": "tags_add",
    "tags_retrieve": "tags_retrieve",
    "tags_delete": "tags_delete",
    "get_account_hierarchy": "account_hierarchy",
}
"""The method of an operation; the others, of the mobile application and the sync server, go by
`call`."""
