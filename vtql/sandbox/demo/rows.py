"""What there is of a server before anybody has customers: users, groups, money, taxes, a folder."""

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


def actors(draw: RandomData) -> dict[str, Rows]:
    """The rows of the modules that have no records of customers."""
    return {
        "Users": _users(draw),
        "Groups": _groups(draw),
        "Currency": _currency(draw),
        "DocumentFolders": _folders(draw),
        "Tax": _taxes(draw),
    }


def _users(draw: RandomData) -> Rows:
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


def _groups(draw: RandomData) -> Rows:
    rows = draw.rows("Groups", len(GROUPS))  # numbers go on: an owner's number is one user or group
    for row, name in zip(rows, GROUPS, strict=True):
        row |= {"groupname": name, "description": f"The {name.lower()}"}
    return rows


def _currency(draw: RandomData) -> Rows:
    draw.last = 0
    (row,) = draw.rows("Currency", 1)
    return [
        row | {
            "currency_name": "Euro", "currency_code": "EUR", "currency_symbol": "€",
            "conversion_rate": "1.00000", "currency_status": "Active", "defaultid": "-11",
        }
    ]  # fmt: skip


def _folders(draw: RandomData) -> Rows:
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


def _taxes(draw: RandomData) -> Rows:
    draw.last = 0
    rows = draw.rows("Tax", len(TAXES))
    for position, (row, (label, percentage)) in enumerate(zip(rows, TAXES, strict=True), 1):
        row |= {
            "taxname": f"tax{position}", "taxlabel": label, "percentage": percentage,
            "method": "Simple", "type": "Fixed", "compoundon": "[]", "regions": "[]",
        }  # fmt: skip
    return rows


def records(catalog: Catalog, seed: int) -> dict[str, Rows]:
    """The rows of every module of the demo catalog; the same for the same seed."""
    draw = RandomData(Random(seed), catalog)  # noqa: S311 - nothing here is a secret
    made = actors(draw)
    draw.last = 100
    made["Vendors"] = _named(draw, "Vendors", "vendor", ("Kite Works", "Altmann & Sons"))
    made["Campaigns"] = _named(draw, "Campaigns", "campaign", ("Spring mailing", "Trade fair"))
    made["Accounts"] = _accounts(draw)
    made["Contacts"] = _contacts(draw, made)
    made["Leads"] = _leads(draw)
    made["Products"] = _products(draw, made)
    made["Potentials"] = _potentials(draw, made)
    made["HelpDesk"] = _tickets(draw, made)
    made["Calendar"] = _tasks(draw, made)
    made["Events"] = _events(draw, made)
    owners = [row for row in made["Users"] if row["status"] == "Active"] + made["Groups"]
    for rows in made.values():
        _own(draw, rows, owners, made["Users"])
    return made


def _own(draw: RandomData, rows: Rows, owners: Rows, users: Rows) -> None:
    for row in rows:
        if "assigned_user_id" in row:
            row["assigned_user_id"] = draw.of(owners)
        if "modifiedby" in row:
            row["modifiedby"] = draw.of(users[:3])


def _named(draw: RandomData, module: str, word: str, names: tuple[str, ...]) -> Rows:
    rows = draw.rows(module, len(names), word[:3].upper(), f"{word}_no")
    for row, name in zip(rows, names, strict=True):
        row[f"{word}name"] = name
    if module == "Campaigns":
        for row in rows:
            row["closingdate"] = draw.day().isoformat()
    return rows


def _accounts(draw: RandomData) -> Rows:
    rows = draw.rows("Accounts", 60, "ACC", "account_no")
    names = [f"{firm} {trade}" for firm in words.FIRMS for trade in words.TRADES]
    chosen = [*words.ODD_FIRMS, *draw.chance.sample(names, len(rows) - len(words.ODD_FIRMS))]
    draw.chance.shuffle(chosen)
    for row, name in zip(rows, chosen, strict=True):
        city, country = draw.chance.choice(words.CITIES)
        street = f"{draw.chance.randrange(1, 200)} {draw.one(words.STREETS)}"
        row |= {
            "accountname": name, "phone": draw.phone(), "website": f"https://{_host(name)}",
            "email1": f"office@{_host(name)}", "employees": str(draw.chance.randrange(1, 5000)),
            "rating": draw.maybe(0.8, draw.pick("Accounts", "rating")),
            "industry": draw.pick("Accounts", "industry"),
            "accounttype": draw.pick("Accounts", "accounttype"),
            "annual_revenue": draw.amount(50_000, 9_000_000), "bill_city": city,
            "bill_country": country, "bill_street": street, "emailoptout": draw.flag(0.2),
        }  # fmt: skip
    for row in rows[10:20]:
        row["account_id"] = draw.of(rows[:10])
    return rows


def _contacts(draw: RandomData, made: dict[str, Rows]) -> Rows:
    rows = draw.rows("Contacts", 432, "CON", "contact_no")
    for at, row in enumerate(rows):
        first, last = draw.one(words.FIRST), draw.one(words.LAST)
        city, country = draw.chance.choice(words.CITIES)
        account = draw.chance.choice(made["Accounts"]) if draw.chance.random() < 0.85 else None
        host = _host(str(account["accountname"])) if account else "example.com"
        born = f"{draw.chance.randrange(1950, 2004)}-{draw.chance.randrange(1, 13):02}-15"
        row |= {
            "firstname": draw.maybe(0.95, first), "lastname": last,
            "salutationtype": draw.maybe(0.5, draw.one(("Mr.", "Ms.", "Dr."))),
            "email": draw.maybe(0.9, f"{_plain(first)}.{_plain(last)}{at}@{host}"),
            "phone": draw.maybe(0.8, draw.phone()), "mobile": draw.maybe(0.5, draw.phone()),
            "account_id": account["id"] if account else None,
            "leadsource": draw.maybe(0.8, draw.pick("Contacts", "leadsource")),
            "title": draw.one(words.TITLES), "department": draw.one(words.DEPARTMENTS),
            "birthday": draw.maybe(0.6, born) or None, "donotcall": draw.flag(0.1),
            "emailoptout": draw.flag(0.15), "mailingcity": city, "mailingcountry": country,
            "description": draw.maybe(0.1, f"Met {first} at the fair.\nLikes 'fast' answers."),
        }  # fmt: skip
    for row in rows[40:80]:
        row["contact_id"] = draw.of(rows[:40])
    return rows


def _leads(draw: RandomData) -> Rows:
    rows = draw.rows("Leads", 80, "LEA", "lead_no")
    for row in rows:
        first, last = draw.one(words.FIRST), draw.one(words.LAST)
        company = f"{draw.one(words.FIRMS)} {draw.one(words.TRADES)}"
        city, country = draw.chance.choice(words.CITIES)
        row |= {
            "firstname": first, "lastname": last, "company": company, "city": city,
            "country": country, "email": f"{_plain(last)}@{_host(company)}",
            "phone": draw.maybe(0.7, draw.phone()), "designation": draw.one(words.TITLES),
            "leadsource": draw.pick("Leads", "leadsource"),
            "leadstatus": draw.maybe(0.9, draw.pick("Leads", "leadstatus")),
            "industry": draw.pick("Leads", "industry"),
            "annualrevenue": draw.amount(10_000, 2_000_000),
            "noofemployees": str(draw.chance.randrange(1, 800)),
        }  # fmt: skip
    return rows


def _products(draw: RandomData, made: dict[str, Rows]) -> Rows:
    names = [f"{good} {size}" for good in words.GOODS for size in words.SIZES]
    rows = draw.rows("Products", len(names), "PRO", "product_no")
    for row, name in zip(rows, names, strict=True):
        row |= {
            "productname": name, "productcode": _plain(name).upper(),
            "discontinued": draw.flag(0.9), "unit_price": draw.amount(2, 900),
            "productcategory": draw.pick("Products", "productcategory"),
            "manufacturer": draw.pick("Products", "manufacturer"),
            "usageunit": draw.pick("Products", "usageunit"),
            "qtyinstock": f"{draw.chance.randrange(-5, 400)}.000",
            "reorderlevel": str(draw.chance.randrange(50)),
            "vendor_id": draw.of(made["Vendors"], 0.7),
            "sales_start_date": draw.day().isoformat(),
        }  # fmt: skip
    return rows


def _potentials(draw: RandomData, made: dict[str, Rows]) -> Rows:
    rows = draw.rows("Potentials", 120, "POT", "potential_no")
    for row in rows:
        contact = draw.chance.choice(made["Contacts"])
        stage = draw.pick("Potentials", "sales_stage")
        row |= {
            "potentialname": f"{draw.one(words.DEALS)} {draw.one(words.GOODS).lower()}",
            "amount": draw.amount(500, 90_000), "related_to": contact["account_id"],
            "contact_id": contact["id"], "closingdate": draw.day().isoformat(),
            "sales_stage": stage, "probability": f"{draw.chance.randrange(0, 101, 10)}.000",
            "opportunity_type": draw.pick("Potentials", "opportunity_type"),
            "leadsource": draw.maybe(0.6, draw.pick("Potentials", "leadsource")),
            "nextstep": draw.maybe(0.5, draw.one(words.TASKS)),
            "campaignid": draw.of(made["Campaigns"], 0.2),
        }  # fmt: skip
    return rows


def _tickets(draw: RandomData, made: dict[str, Rows]) -> Rows:
    rows = draw.rows("HelpDesk", 150, "TT", "ticket_no")
    for row in rows:
        contact = draw.chance.choice(made["Contacts"])
        row |= {
            "ticket_title": draw.one(words.TROUBLES), "contact_id": contact["id"],
            "parent_id": contact["account_id"], "product_id": draw.of(made["Products"], 0.5),
            "ticketstatus": draw.pick("HelpDesk", "ticketstatus"),
            "ticketpriorities": draw.pick("HelpDesk", "ticketpriorities"),
            "ticketseverities": draw.pick("HelpDesk", "ticketseverities"),
            "ticketcategories": draw.maybe(0.7, draw.pick("HelpDesk", "ticketcategories")),
            "hours": f"{draw.chance.randrange(0, 80) / 4:.3f}",
            "description": draw.maybe(0.5, "It worked yesterday, it doesn't today."),
        }  # fmt: skip
    return rows


def _tasks(draw: RandomData, made: dict[str, Rows]) -> Rows:
    rows = draw.rows("Calendar", 25)
    for row in rows:
        day = draw.day().isoformat()
        row |= {
            "subject": draw.one(words.TASKS), "activitytype": "Task", "date_start": day,
            "time_start": draw.time(8, 18), "due_date": day,
            "taskstatus": draw.pick("Calendar", "taskstatus"),
            "taskpriority": draw.pick("Calendar", "taskpriority"),
            "contact_id": draw.of(made["Contacts"], 0.6),
            "parent_id": draw.of(made["Accounts"], 0.4),
        }  # fmt: skip
    return rows


def _events(draw: RandomData, made: dict[str, Rows]) -> Rows:
    rows = draw.rows("Events", 35)
    for row in rows:
        day, hour = draw.day().isoformat(), draw.chance.randrange(8, 17)
        row |= {
            "subject": draw.one(words.MEETINGS), "date_start": day, "due_date": day,
            "activitytype": draw.pick("Events", "activitytype"),
            "time_start": f"{hour:02}:00:00", "time_end": f"{hour + 1:02}:00:00",
            "duration_hours": "1", "eventstatus": draw.pick("Events", "eventstatus"),
            "location": draw.maybe(0.5, draw.chance.choice(words.CITIES)[0]),
            "contact_id": draw.of(made["Contacts"], 0.8),
            "parent_id": draw.of(made["Potentials"], 0.4), "visibility": "Public",
        }  # fmt: skip
    return rows


def _plain(text: str) -> str:
    """The ASCII letters of a name, for an address."""
    return re.sub(r"[^a-z0-9]+", "", normalize("NFKD", text).lower()) or "mail"


def _host(firm: str) -> str:
    return f"{_plain(firm)}.example.com"
