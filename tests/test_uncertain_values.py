"""Orders by values that a server compares otherwise than it shows them: each record comes once.

References hold NULL, 0 or the id of a record that is gone, and are all shown as null; 8.0 shows NULL as the
empty text; entities of HTML are decoded; a text may be too long to be compared in a query.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

import vtql
from vtql.sandbox import Sandbox

CATALOG = vtql.Catalog.from_describes(
    [
        {
            "name": "Contacts", "idPrefix": "12", "isEntity": True, "labelFields": "lastname",
            "fields": [
                {"name": "lastname", "type": {"name": "string"}},
                {"name": "mailingcity", "type": {"name": "string"}},
                {"name": "account_id", "type": {"name": "reference", "refersTo": ["Accounts"]}},
            ],
        },
        {
            "name": "Accounts", "idPrefix": "11", "isEntity": True, "labelFields": "accountname",
            "fields": [{"name": "accountname", "type": {"name": "string"}}],
        },
    ]
)  # fmt: skip
TEXTS = ["a", "O'Brien", "Tom & Jerry", "<b>", None, "é", "x" * 300, ""]
REFERENCES = ["NULL", "NULL", "11x0", "11x0", "11x1", "11x2", "11x99", "11x3"]
ORDERS: list[tuple[str, ...]] = [
    ("account_id",), ("-account_id",), ("lastname",), ("-lastname",), ("mailingcity", "account_id"),
    ("account_id", "lastname"), ("account_id", "-lastname"), ("-mailingcity",),
    ("mailingcity", "-id"), ("account_id", "-id"),
]  # fmt: skip
RECORDS = 460


def records(seed: int) -> dict[str, list[Any]]:
    draw = random.Random(seed)
    contacts = [
        {
            "id": f"12x{number + 100}",
            "lastname": draw.choice(TEXTS),
            "mailingcity": draw.choice(["", None, "x"]),
            "account_id": draw.choice(REFERENCES),
        }
        for number in range(RECORDS)
    ]
    accounts = [{"id": f"11x{number}", "accountname": "a"} for number in range(1, 4)]
    return {"Contacts": contacts, "Accounts": accounts}


@pytest.mark.parametrize("profile", ["8.4", "8.0", "7"])
@pytest.mark.parametrize("seed", [1, 2])
def test_each_record_comes_once_in_any_order(profile: str, seed: int) -> None:
    with Sandbox(profile, CATALOG, records(seed)) as sandbox, sandbox.client() as client:
        contacts = client.model("Contacts").objects.only("lastname")
        for order in ORDERS:
            for part in (slice(None), slice(0, 50), slice(130, 260), slice(455, 480)):
                ids = [row.raw["id"] for row in contacts.order_by(*order)[part]]
                assert len(ids) == len(set(ids)) == len(range(RECORDS)[part]), (order, part)


def test_a_change_beside_uncertain_values_hides_no_record() -> None:
    """Contacts without an account are deleted in front of a page, and others come once all the same."""
    made = records(3)
    kept = {each["id"] for each in made["Contacts"][1::2]}
    passing = [each["id"] for each in made["Contacts"][::2]]
    for order in [("account_id",), ("-account_id",), ("lastname",), ("-mailingcity",)]:
        with Sandbox("8.4", CATALOG, made) as sandbox, sandbox.client() as client:
            ids = []
            left = iter(passing)
            for place, row in enumerate(client.model("Contacts").objects.order_by(*order)):
                ids.append(row.raw["id"])
                if place % 20 == 0:
                    for gone in itertools.islice(left, 8):
                        client.delete(gone)
            assert len(ids) == len(set(ids))
            assert kept <= set(ids), order
