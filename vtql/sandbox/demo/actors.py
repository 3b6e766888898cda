"""What there is of a server before anybody has customers: users, groups, money, taxes, a folder."""

from __future__ import annotations

from vtql.sandbox.demo.draw import Draw, Row

Rows = list[Row]

USERS = (
    ("admin", "Ada", "Admin", "on", "Active"),
    ("sam", "Sam", "Sales", "off", "Active"),
    ("sue", "Sue", "Support", "off", "Active"),
    ("lea", "Lea", "Gone", "off", "Inactive"),
)
GROUPS = ("Sales Team", "Support Team", "Marketing Team")
TAXES = (("VAT", "4.500"), ("Sales", "10.000"), ("Service", "12.500"))


def actors(draw: Draw) -> dict[str, Rows]:
    """The rows of the modules that have no records of customers."""
    return {
        "Users": _users(draw),
        "Groups": _groups(draw),
        "Currency": _currency(draw),
        "DocumentFolders": _folders(draw),
        "Tax": _taxes(draw),
    }


def _users(draw: Draw) -> Rows:
    draw.last = 0
    rows = draw.rows("Users", len(USERS))
    for row, (name, first, last, admin, status) in zip(rows, USERS, strict=True):
        row |= {
            "user_name": name, "first_name": first, "last_name": last, "is_admin": admin,
            "status": status, "email1": f"{name}@example.com", "time_zone": "UTC",
            "hour_format": "24", "date_format": "yyyy-mm-dd", "currency_id": "21x1",
            "callduration": "5", "othereventduration": "5", "language": "en_us",
        }  # fmt: skip
    for row in rows[1:]:
        row["reports_to_id"] = rows[0]["id"]
    return rows


def _groups(draw: Draw) -> Rows:
    rows = draw.rows("Groups", len(GROUPS))  # numbers go on: an owner's number is one user or group
    for row, name in zip(rows, GROUPS, strict=True):
        row |= {"groupname": name, "description": f"The {name.lower()}"}
    return rows


def _currency(draw: Draw) -> Rows:
    draw.last = 0
    (row,) = draw.rows("Currency", 1)
    return [
        row | {
            "currency_name": "Euro", "currency_code": "EUR", "currency_symbol": "€",
            "conversion_rate": "1.00000", "currency_status": "Active", "defaultid": "-11",
        }
    ]  # fmt: skip


def _folders(draw: Draw) -> Rows:
    draw.last = 0
    (row,) = draw.rows("DocumentFolders", 1)
    return [
        row
        | {
            "foldername": "Default",
            "description": "For documents of no other folder",
            "sequence": "1",
            "createdby": "19x1",
        }
    ]


def _taxes(draw: Draw) -> Rows:
    draw.last = 0
    rows = draw.rows("Tax", len(TAXES))
    for position, (row, (label, percentage)) in enumerate(zip(rows, TAXES, strict=True), 1):
        row |= {
            "taxname": f"tax{position}", "taxlabel": label, "percentage": percentage,
            "method": "Simple", "type": "Fixed", "compoundon": "[]", "regions": "[]",
        }  # fmt: skip
    return rows
