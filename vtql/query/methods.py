"""Methods that query sets of other ORMs have and these have not, and what does the same here."""

from __future__ import annotations

from collections.abc import Mapping

_ONE = '`first()` and `last()` give a row of an order: `qs.order_by("createdtime").last()`'
_GROUPS = "VTQL has no functions and no groups; read the rows and add them up in Python"
_WHOLE = "what a server sends is read in full; conditions across references need nothing more"

METHODS: Mapping[str, str] = {
    "aggregate": _GROUPS,
    "annotate": _GROUPS,
    "bulk_create": "`client.bulk_create(…)` makes records, with a result for each",
    "bulk_update": "`client.bulk_update(…)` changes records, with a result for each",
    "create": "`client.create(…)` makes a record",
    "defer": "`only(…)` names the fields that are wanted",
    "delete": '`client.bulk_delete(…)` deletes the records of ids, `qs.values_list("id", flat=True)`',
    "distinct": "each record comes once as it is; `set(qs.values_list(…))` gives different values",
    "earliest": _ONE,
    "get_or_create": "`client.upsert(…)` changes the record of a key, or makes it",
    "latest": _ONE,
    "limit": "a slice does that: `qs[:10]`",
    "offset": "a slice does that: `qs[20:30]`",
    "prefetch_related": _WHOLE,
    "select_related": _WHOLE,
    "sort": "`order_by(…)` does that",
    "union": "`|` between `Q` objects does that, in one query set",
    "update": "`client.bulk_update(…)` changes records, with a result for each",
    "update_or_create": "`client.upsert(…)` changes the record of a key, or makes it",
}
