"""The initial records of a sandbox: checks of given records, and generated records.

Generated values come from the types, picklists and references of any catalog. Each column is drawn
from a small pool, so that 100,000 records take seconds. The same seed gives the same records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.catalog.server_tables import LINE_ITEMS, is_secret, several
from vtql.catalog.types import MULTI, ON_OFF, RECORD_ID, Family
from vtql.errors import ArgumentError
from vtql.sandbox.coerce import WIDTHS, coerce_number, empty_value
from vtql.sandbox.demo import words
from vtql.sandbox.schema import MAX_NUMBER_DIGITS, Given, Row, unequal_lists
from vtql.sandbox.sequences import SERIALS
from vtql.suggestions import suggestion


def check_records(catalog: Catalog, records: Mapping[str, Iterable[Any]]) -> dict[str, list[Given]]:
    """The given rows of every module of the catalog.

    A row may have fields that are not described: `select *` of a server returns some. A
    field whose table has several rows for one record (`contact_id` of an event) may have a list;
    the lists of one table have the same length.

    Raises:
        ArgumentError: a row is invalid; the message names the module, the row and the field.
    """
    if not isinstance(records, Mapping):
        raise ArgumentError("the records of a sandbox are a mapping of modules to rows")
    for name in records:
        if name not in catalog:
            near = suggestion(str(name), catalog)
            raise ArgumentError(
                f"there are records of `{name}`, a module that the catalog does not have"
                + (f"; {near}" if near else "")
            )
    return {name: _check_module(catalog, name, records.get(name, ())) for name in catalog}


def _check_module(catalog: Catalog, name: str, rows: Iterable[Any]) -> list[Given]:
    prefix = catalog[name].id_prefix
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise ArgumentError(f"the records of {name} are not a list of rows")
    records: dict[int, Given] = {}
    for position, row in enumerate(rows):
        place = f"row {position} of {name}"
        if not isinstance(row, Mapping):
            raise ArgumentError(f"{place} is not a mapping of fields to values")
        for field, value in row.items():
            _check_value(name, field, value, place)
        problem = unequal_lists(name, row)
        if problem:
            raise ArgumentError(f"{place}: {problem}")
        number = _check_id(row.get("id"), prefix, place)
        if number in records:
            raise ArgumentError(f"{place} has the `id` of an earlier row: {row['id']}")
        records[number] = row
    return [records[number] for number in sorted(records)]


def _check_id(id_: str | None, prefix: str, place: str) -> int:
    before, _, number = (id_ or "").partition("x")
    if not id_ or not RECORD_ID.fullmatch(id_) or len(number) > MAX_NUMBER_DIGITS:
        raise ArgumentError(f"{place} has no `id` such as '{prefix or 12}x34': {id_!r:.60}")
    if prefix and before != prefix:
        raise ArgumentError(f"{place}: the `id` {id_} does not begin with the module's {prefix}x")
    return int(number)


def _check_value(module: str, field: Any, value: Any, place: str) -> None:
    if not isinstance(field, str):
        raise ArgumentError(f"{place}: the name of a field is text, not {field!r:.60}")
    if value is None or isinstance(value, str):
        return
    if not isinstance(value, list | tuple):
        raise ArgumentError(f"{place}: `{field}` is not text or None: {value!r:.60}")
    if module in LINE_ITEMS and field in several(module):
        raise ArgumentError(
            f"{place}: `{field}` is a list; the lines of {module} are records of LineItem that have "
            "its `id` as `parent_id`"
        )
    if field not in several(module):
        raise ArgumentError(
            f"{place}: `{field}` is a list, and a record of {module} has one value of it: {value!r:.60}"
        )
    wrong = next((item for item in value if item is not None and not isinstance(item, str)), None)
    if wrong is not None:
        raise ArgumentError(
            f"{place}: `{field}` has a value that is not text or None: {wrong!r:.60}"
        )


POOL = 500
"""Size of the pool of values of a column, if its type has that many."""

FIRST = 101
"""The first number of an entity module's records."""

_ALWAYS = ("createdtime", "modifiedtime", "modifiedby", "assigned_user_id")
"""Fields that are never empty, though they are not mandatory."""

_ACTORS = {"Users": 4, "Groups": 2, "Currency": 1, "DocumentFolders": 1}
_FIRST_DAY = date(2021, 1, 4)
_WORDS = (*words.FIRMS, *words.GOODS, *words.TASKS, *words.TROUBLES, *words.ODD_FIRMS)
_TEXTS: Mapping[str, Sequence[str]] = {
    "firstname": words.FIRST, "first_name": words.FIRST, "lastname": words.LAST,
    "last_name": words.LAST, "title": words.TITLES, "department": words.DEPARTMENTS,
}  # fmt: skip
_PARTS: Mapping[str, Sequence[str]] = {
    "city": [city for city, _ in words.CITIES],
    "country": [country for _, country in words.CITIES],
    "street": words.STREETS,
    "zip": ("1000", "10115", "30-001"),
    "pobox": ("",),
    "state": ("",),
    "salutation": ("Mr.", "Ms.", "Dr."),
    "tags": ("",),
    "source": ("CRM",),
}
"""Words by a part of the field name."""


def generate_records(
    catalog: Catalog, rows: int | Mapping[str, int], seed: int
) -> dict[str, list[Row]]:
    """Generate records for a catalog.

    `rows` is the total, distributed evenly over the entity modules, or the number for each module.
    Users, groups, a currency and a folder are added.

    Raises:
        ArgumentError: a module is unknown, or a number is negative.
    """
    counts = _counts(catalog, rows)
    ids, last, owners = {}, FIRST, 1
    for name, count in counts.items():
        module = catalog[name]
        if name in ("Users", "Groups"):  # they share a sequence
            first, owners = owners, owners + count
        elif module.is_entity:
            first, last = last, last + count
        else:
            first = 1
        ids[name] = [f"{module.id_prefix}x{number}" for number in range(first, first + count)]
    chance = Random(seed)  # noqa: S311 - nothing here is a secret
    return {name: _generate_module(catalog[name], ids, chance) for name in counts}


def _counts(catalog: Catalog, rows: int | Mapping[str, int]) -> dict[str, int]:
    actors = {name: count for name, count in _ACTORS.items() if name in catalog}
    if isinstance(rows, Mapping):
        for name in rows:
            if name not in catalog:
                near = suggestion(name, catalog)
                raise ArgumentError(
                    f"the catalog has no module `{name}`" + (f"; {near}" if near else "")
                )
        counts = dict(rows)
    else:
        entities = [name for name in catalog if catalog[name].is_entity and name != "Users"]
        share, rest = divmod(rows, len(entities)) if entities else (0, 0)
        counts = {name: share + (at < rest) for at, name in enumerate(entities)}
    for name, count in counts.items():
        if count < 0:
            raise ArgumentError(f"there cannot be {count} records of {name}")
    return actors | counts


def _generate_module(module: Module, ids: Mapping[str, Sequence[str]], chance: Random) -> list[Row]:
    count = len(ids[module.name])
    columns = {
        name: _column(module, field, count, ids, chance)
        for name, field in module.fields.items()
        if name != "id"
    }
    columns["id"] = list(ids[module.name])
    if {"createdtime", "modifiedtime"} <= columns.keys():
        pairs = zip(columns["createdtime"], columns["modifiedtime"], strict=True)
        columns["modifiedtime"] = [max(str(created), str(modified)) for created, modified in pairs]
    names = list(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _column(
    module: Module, field: Field, count: int, ids: Mapping[str, Sequence[str]], chance: Random
) -> list[str | None]:
    name = field.name
    serial, before = SERIALS.get(module.name, ("", ""))
    if name == serial:
        return [f"{before}{at}" for at in range(1, count + 1)]
    if is_secret(module, name):
        return [""] * count
    fixed = _FIXED.get((module.name, name))
    if fixed is not None:
        return [fixed[min(at, len(fixed) - 1)].format(at + 1) for at in range(count)]
    if field.type.name == "email":
        return [f"{_plain(word)}{at}@example.com" for at, word in _numbered_words(chance, count)]
    if name in module.label_fields and name not in _TEXTS:
        return [f"{word} {at}" for at, word in _numbered_words(chance, count)]
    return chance.choices(_pool(field, ids, chance), k=count)


_FIXED: Mapping[tuple[str, str], Sequence[str]] = {
    ("Users", "user_name"): ("admin", "user{}"),
    ("Users", "is_admin"): ("on", "off"),
    ("Users", "status"): ("Active",),
    ("Users", "last_name"): ("Admin", "User {}"),
    ("Groups", "groupname"): ("Group {}",),
    ("DocumentFolders", "foldername"): ("Default", "Folder {}"),
    ("Documents", "filelocationtype"): ("E",),
    ("Calendar", "activitytype"): ("Task",),
    ("Events", "activitytype"): ("Meeting", "Call", "Meeting"),
    ("Leads", "converted"): ("0",),
}
"""Values by position; the last one repeats."""


def _numbered_words(chance: Random, count: int) -> list[tuple[int, str]]:
    return list(enumerate(chance.choices(_WORDS, k=count), 1))


def _pool(field: Field, ids: Mapping[str, Sequence[str]], chance: Random) -> list[str | None]:
    """The pool of values of a field, with some empty ones if it is optional."""
    values = _values(field, ids, chance)
    if values and (field.mandatory or field.name in _ALWAYS):
        return values
    return [*values, *([empty_value(field)] * max(1, len(values) // 4))]


def _values(field: Field, ids: Mapping[str, Sequence[str]], chance: Random) -> list[str | None]:
    match field.type.name:
        case "picklist":
            return list(field.choices)
        case "multipicklist":
            pairs = zip(field.choices, field.choices[1:], strict=False)
            return [*field.choices, *(MULTI.join(pair) for pair in pairs)]
        case "owner":
            return [*ids.get("Users", ()), *ids.get("Groups", ())]
        case "reference":
            # `describe` does not say that the creator of a folder is a user.
            modules = [name for name in field.refers_to or ("Users",) if ids.get(name)]
            return (
                [chance.choice(ids[chance.choice(modules)]) for _ in range(POOL)] if modules else []
            )
        case "boolean":
            return ["on", "off"] if field.type is ON_OFF else ["0", "0", "1"]
        case "integer":
            return [str(chance.randrange(-20, 5000)) for _ in range(POOL)]
        case "double" | "currency":
            cents = (chance.randrange(100_000) for _ in range(POOL))
            return [
                coerce_number(f"{amount // 100}.{amount % 100:02}", field, None) for amount in cents
            ]
        case "date":
            return [_day(chance).isoformat() for _ in range(POOL)]
        case "time":
            return [_time(chance) for _ in range(POOL)]
        case "datetime":
            return [f"{_day(chance)} {_time(chance)}" for _ in range(POOL)]
        case "phone":
            return [f"+00 555 {chance.randrange(10**6):06}" for _ in range(POOL)]
        case "url":
            return [f"https://{_plain(firm)}.example.com" for firm in words.FIRMS]
    if field.type.family is Family.ID:
        return []
    width = WIDTHS.get(field.name)
    return [word[:width] for word in _texts(field.name)]


def _texts(name: str) -> Sequence[str]:
    """The words for a field, by its name."""
    for part, texts in _PARTS.items():
        if part in name:
            return texts
    return _TEXTS.get(name, _WORDS)


def _day(chance: Random) -> date:
    return _FIRST_DAY + timedelta(days=chance.randrange(1500))


def _time(chance: Random) -> str:
    return f"{chance.randrange(7, 20):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"


def _plain(text: str) -> str:
    return (
        "".join(
            character for character in text.lower() if character.isascii() and character.isalnum()
        )
        or "mail"
    )
