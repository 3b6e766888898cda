"""The demo records of a firm: users and settings, customers, deals and tickets.

Every reference leads to an existing record.
"""

from __future__ import annotations

import re
from random import Random
from unicodedata import normalize

from vtql.catalog.catalog import Catalog
from vtql.sandbox.demo import words
from vtql.sandbox.demo.random_data import RandomData, Row

Rows = list[Row]

USERS = (
    ("admin", "Ada", "Admin", "on", "Active"),
    ("sam", "Sam", "Sales", "off", "Active"),
    ("sue", "Sue", "Support", "off", "Active"),
    ("lea", "Lea", "Gone", "off", "Inactive"),
)
GROUPS = ("Sales Team", "Support Team", "Marketing Team")
TAXES = (("VAT", "4.500"), ("Sales", "10.000"), ("Service", "12.500"))


def actors(data: RandomData) -> dict[str, Rows]:
    """The rows of users, groups, currency, document folders and taxes."""
    return {
        "Users": _users(data),
        "Groups": _groups(data),
        "Currency": _currency(data),
        "DocumentFolders": _folders(data),
        "Tax": _taxes(data),
    }


def _users(data: RandomData) -> Rows:
    data.last = 0
    rows = data.rows("Users", len(USERS))
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


def _groups(data: RandomData) -> Rows:
    rows = data.rows("Groups", len(GROUPS))  # numbers continue: users and groups share a sequence
    for row, name in zip(rows, GROUPS, strict=True):
        row |= {"groupname": name, "description": f"The {name.lower()}"}
    return rows


def _currency(data: RandomData) -> Rows:
    data.last = 0
    (row,) = data.rows("Currency", 1)
    return [
        row | {
            "currency_name": "Euro", "currency_code": "EUR", "currency_symbol": "€",
            "conversion_rate": "1.00000", "currency_status": "Active", "defaultid": "-11",
        }
    ]  # fmt: skip


def _folders(data: RandomData) -> Rows:
    data.last = 0
    (row,) = data.rows("DocumentFolders", 1)
    return [
        row
        | {
            "foldername": "Default",
            "description": "For documents of no other folder",
            "sequence": "1",
            "createdby": "19x1",
        }
    ]


def _taxes(data: RandomData) -> Rows:
    data.last = 0
    rows = data.rows("Tax", len(TAXES))
    for position, (row, (label, percentage)) in enumerate(zip(rows, TAXES, strict=True), 1):
        row |= {
            "taxname": f"tax{position}", "taxlabel": label, "percentage": percentage,
            "method": "Simple", "type": "Fixed", "compoundon": "[]", "regions": "[]",
        }  # fmt: skip
    return rows


def records(catalog: Catalog, seed: int) -> dict[str, Rows]:
    """The rows of every module of the demo catalog; the same for the same seed."""
    data = RandomData(Random(seed), catalog)  # noqa: S311 - nothing here is a secret
    modules = actors(data)
    data.last = 100
    modules["Vendors"] = _named(data, "Vendors", "vendor", ("Kite Works", "Altmann & Sons"))
    modules["Campaigns"] = _named(data, "Campaigns", "campaign", ("Spring mailing", "Trade fair"))
    modules["Accounts"] = _accounts(data)
    modules["Contacts"] = _contacts(data, modules)
    modules["Leads"] = _leads(data)
    modules["Products"] = _products(data, modules)
    modules["Potentials"] = _potentials(data, modules)
    modules["HelpDesk"] = _tickets(data, modules)
    modules["Calendar"] = _tasks(data, modules)
    modules["Events"] = _events(data, modules)
    owners = [row for row in modules["Users"] if row["status"] == "Active"] + modules["Groups"]
    for rows in modules.values():
        _own(data, rows, owners, modules["Users"])
    return modules


def _own(data: RandomData, rows: Rows, owners: Rows, users: Rows) -> None:
    for row in rows:
        if "assigned_user_id" in row:
            row["assigned_user_id"] = data.reference(owners)
        if "modifiedby" in row:
            row["modifiedby"] = data.reference(users[:3])


def _named(data: RandomData, module: str, word: str, names: tuple[str, ...]) -> Rows:
    rows = data.rows(module, len(names), word[:3].upper(), f"{word}_no")
    for row, name in zip(rows, names, strict=True):
        row[f"{word}name"] = name
    if module == "Campaigns":
        for row in rows:
            row["closingdate"] = data.day().isoformat()
    return rows


def _accounts(data: RandomData) -> Rows:
    rows = data.rows("Accounts", 60, "ACC", "account_no")
    names = [f"{firm} {trade}" for firm in words.FIRMS for trade in words.TRADES]
    chosen = [*words.ODD_FIRMS, *data.chance.sample(names, len(rows) - len(words.ODD_FIRMS))]
    data.chance.shuffle(chosen)
    for row, name in zip(rows, chosen, strict=True):
        city, country = data.chance.choice(words.CITIES)
        street = f"{data.chance.randrange(1, 200)} {data.choose(words.STREETS)}"
        row |= {
            "accountname": name, "phone": data.phone(), "website": f"https://{_host(name)}",
            "email1": f"office@{_host(name)}", "employees": str(data.chance.randrange(1, 5000)),
            "rating": data.maybe(0.8, data.pick("Accounts", "rating")),
            "industry": data.pick("Accounts", "industry"),
            "accounttype": data.pick("Accounts", "accounttype"),
            "annual_revenue": data.amount(50_000, 9_000_000), "bill_city": city,
            "bill_country": country, "bill_street": street, "emailoptout": data.flag(0.2),
        }  # fmt: skip
    for row in rows[10:20]:
        row["account_id"] = data.reference(rows[:10])
    return rows


def _contacts(data: RandomData, modules: dict[str, Rows]) -> Rows:
    rows = data.rows("Contacts", 432, "CON", "contact_no")
    for at, row in enumerate(rows):
        first, last = data.choose(words.FIRST), data.choose(words.LAST)
        city, country = data.chance.choice(words.CITIES)
        account = data.chance.choice(modules["Accounts"]) if data.chance.random() < 0.85 else None
        host = _host(str(account["accountname"])) if account else "example.com"
        born = f"{data.chance.randrange(1950, 2004)}-{data.chance.randrange(1, 13):02}-15"
        row |= {
            "firstname": data.maybe(0.95, first), "lastname": last,
            "salutationtype": data.maybe(0.5, data.choose(("Mr.", "Ms.", "Dr."))),
            "email": data.maybe(0.9, f"{_plain(first)}.{_plain(last)}{at}@{host}"),
            "phone": data.maybe(0.8, data.phone()), "mobile": data.maybe(0.5, data.phone()),
            "account_id": account["id"] if account else None,
            "leadsource": data.maybe(0.8, data.pick("Contacts", "leadsource")),
            "title": data.choose(words.TITLES), "department": data.choose(words.DEPARTMENTS),
            "birthday": data.maybe(0.6, born) or None, "donotcall": data.flag(0.1),
            "emailoptout": data.flag(0.15), "mailingcity": city, "mailingcountry": country,
            "description": data.maybe(0.1, f"Met {first} at the fair.\nLikes 'fast' answers."),
        }  # fmt: skip
    for row in rows[40:80]:
        row["contact_id"] = data.reference(rows[:40])
    return rows


def _leads(data: RandomData) -> Rows:
    rows = data.rows("Leads", 80, "LEA", "lead_no")
    for row in rows:
        first, last = data.choose(words.FIRST), data.choose(words.LAST)
        company = f"{data.choose(words.FIRMS)} {data.choose(words.TRADES)}"
        city, country = data.chance.choice(words.CITIES)
        row |= {
            "firstname": first, "lastname": last, "company": company, "city": city,
            "country": country, "email": f"{_plain(last)}@{_host(company)}",
            "phone": data.maybe(0.7, data.phone()), "designation": data.choose(words.TITLES),
            "leadsource": data.pick("Leads", "leadsource"),
            "leadstatus": data.maybe(0.9, data.pick("Leads", "leadstatus")),
            "industry": data.pick("Leads", "industry"),
            "annualrevenue": data.amount(10_000, 2_000_000),
            "noofemployees": str(data.chance.randrange(1, 800)),
        }  # fmt: skip
    return rows


def _products(data: RandomData, modules: dict[str, Rows]) -> Rows:
    names = [f"{good} {size}" for good in words.GOODS for size in words.SIZES]
    rows = data.rows("Products", len(names), "PRO", "product_no")
    for row, name in zip(rows, names, strict=True):
        row |= {
            "productname": name, "productcode": _plain(name).upper(),
            "discontinued": data.flag(0.9), "unit_price": data.amount(2, 900),
            "productcategory": data.pick("Products", "productcategory"),
            "manufacturer": data.pick("Products", "manufacturer"),
            "usageunit": data.pick("Products", "usageunit"),
            "qtyinstock": f"{data.chance.randrange(-5, 400)}.000",
            "reorderlevel": str(data.chance.randrange(50)),
            "vendor_id": data.reference(modules["Vendors"], 0.7),
            "sales_start_date": data.day().isoformat(),
        }  # fmt: skip
    return rows


def _potentials(data: RandomData, modules: dict[str, Rows]) -> Rows:
    rows = data.rows("Potentials", 120, "POT", "potential_no")
    for row in rows:
        contact = data.chance.choice(modules["Contacts"])
        stage = data.pick("Potentials", "sales_stage")
        row |= {
            "potentialname": f"{data.choose(words.DEALS)} {data.choose(words.GOODS).lower()}",
            "amount": data.amount(500, 90_000), "related_to": contact["account_id"],
            "contact_id": contact["id"], "closingdate": data.day().isoformat(),
            "sales_stage": stage, "probability": f"{data.chance.randrange(0, 101, 10)}.000",
            "opportunity_type": data.pick("Potentials", "opportunity_type"),
            "leadsource": data.maybe(0.6, data.pick("Potentials", "leadsource")),
            "nextstep": data.maybe(0.5, data.choose(words.TASKS)),
            "campaignid": data.reference(modules["Campaigns"], 0.2),
        }  # fmt: skip
    return rows


def _tickets(data: RandomData, modules: dict[str, Rows]) -> Rows:
    rows = data.rows("HelpDesk", 150, "TT", "ticket_no")
    for row in rows:
        contact = data.chance.choice(modules["Contacts"])
        row |= {
            "ticket_title": data.choose(words.TROUBLES), "contact_id": contact["id"],
            "parent_id": contact["account_id"], "product_id": data.reference(modules["Products"], 0.5),
            "ticketstatus": data.pick("HelpDesk", "ticketstatus"),
            "ticketpriorities": data.pick("HelpDesk", "ticketpriorities"),
            "ticketseverities": data.pick("HelpDesk", "ticketseverities"),
            "ticketcategories": data.maybe(0.7, data.pick("HelpDesk", "ticketcategories")),
            "hours": f"{data.chance.randrange(0, 80) / 4:.3f}",
            "description": data.maybe(0.5, "It worked yesterday, it doesn't today."),
        }  # fmt: skip
    return rows


def _tasks(data: RandomData, modules: dict[str, Rows]) -> Rows:
    rows = data.rows("Calendar", 25)
    for row in rows:
        day = data.day().isoformat()
        row |= {
            "subject": data.choose(words.TASKS), "activitytype": "Task", "date_start": day,
            "time_start": data.time(8, 18), "due_date": day,
            "taskstatus": data.pick("Calendar", "taskstatus"),
            "taskpriority": data.pick("Calendar", "taskpriority"),
            "contact_id": data.reference(modules["Contacts"], 0.6),
            "parent_id": data.reference(modules["Accounts"], 0.4),
        }  # fmt: skip
    return rows


def _events(data: RandomData, modules: dict[str, Rows]) -> Rows:
    rows = data.rows("Events", 35)
    for row in rows:
        day, hour = data.day().isoformat(), data.chance.randrange(8, 17)
        row |= {
            "subject": data.choose(words.MEETINGS), "date_start": day, "due_date": day,
            "activitytype": data.pick("Events", "activitytype"),
            "time_start": f"{hour:02}:00:00", "time_end": f"{hour + 1:02}:00:00",
            "duration_hours": "1", "eventstatus": data.pick("Events", "eventstatus"),
            "location": data.maybe(0.5, data.chance.choice(words.CITIES)[0]),
            "contact_id": data.reference(modules["Contacts"], 0.8),
            "parent_id": data.reference(modules["Potentials"], 0.4), "visibility": "Public",
        }  # fmt: skip
    return rows


def _plain(text: str) -> str:
    """The ASCII letters and digits of a name, for an e-mail address."""
    return re.sub(r"[^a-z0-9]+", "", normalize("NFKD", text).lower()) or "mail"


def _host(firm: str) -> str:
    return f"{_plain(firm)}.example.com"
