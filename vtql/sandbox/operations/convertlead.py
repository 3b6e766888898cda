"""`convertlead`: a lead becomes an account, a contact, a potential. What was made stays made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.sandbox.kept import convert, is_converted
from vtql.sandbox.operations.create import made
from vtql.sandbox.operations.delete import discarded
from vtql.sandbox.operations.retrieve import existing
from vtql.sandbox.refusals import Refusal, bad_id
from vtql.sandbox.service import Call
from vtql.sandbox.written import element_of, place_of

ORDER = ("Accounts", "Contacts", "Potentials")
SHARED = {
    "Accounts": {"company": "accountname", "phone": "phone", "email": "email1",
                 "website": "website", "industry": "industry"},
    "Contacts": {"firstname": "firstname", "lastname": "lastname", "email": "email",
                 "phone": "phone", "mobile": "mobile", "leadsource": "leadsource"},
    "Potentials": {"company": "potentialname", "leadsource": "leadsource"},
}  # fmt: skip
"""Which field of the lead goes where, for what the element does not say."""


def run(call: Call) -> dict[str, str]:
    """The ids of the records that were made, by module."""
    element = element_of(call)
    name, number = place_of(call, element.get("leadId"))
    if name != "Leads":
        raise bad_id()
    service = call.service
    if is_converted(service.store, number):
        raise Refusal("LEAD_ALREADY_CONVERTED", "Lead is already converted")
    lead = existing(call, name, number)
    entities = element.get("entities")
    wanted: Mapping[str, Any] = entities if isinstance(entities, Mapping) else {}
    found: dict[str, str] = {}
    for module in ORDER:
        entity = wanted.get(module)
        if isinstance(entity, Mapping) and entity.get("create"):
            row = {"assigned_user_id": element.get("assignedTo") or lead.get("assigned_user_id")}
            row |= {to: lead.get(of) for of, to in SHARED[module].items() if lead.get(of)}
            row |= _references(module, found)
            given = {key: each for key, each in entity.items() if key not in ("create", "name")}
            found[module] = made(call, module, row | given)["id"]
    if not {"Accounts", "Contacts"} & set(found):
        raise Refusal("INVALID_POTENTIAL_FOR_CONVERTLEAD", "Contact or Account is needed")
    discarded(call, name, number, lead.get("assigned_user_id"))
    convert(service.store, number)
    return found


def _references(module: str, made_ids: Mapping[str, str]) -> dict[str, str]:
    account, contact = made_ids.get("Accounts", ""), made_ids.get("Contacts", "")
    match module:
        case "Contacts" if account:
            return {"account_id": account}
        case "Potentials":
            return {"related_to": account, "contact_id": contact}
    return {}
