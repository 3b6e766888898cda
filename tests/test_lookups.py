"""Every lookup against a Python comprehension over the same records: the rows are the same.

A comprehension here says of a record whether a lookup holds: True, False, or None where the field
is NULL, which neither `filter` nor `exclude` finds. Texts are compared by the server's collation;
all else is compared as Python's own numbers, dates and moments, by means of its own.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vtql
from vtql.catalog.calendar import RELATIVES
from vtql.catalog.calendar import relative as span
from vtql.catalog.collation import as_text, folded
from vtql.catalog.model import Field
from vtql.query.lookups import LOOKUPS
from vtql.query.lookups.unsupported import UNSUPPORTED
from vtql.sandbox import Sandbox, demo

CHOICES = ["Red", "Reddish", "Blue", "Dark Blue", "50%", "a_b", "Blå", "back\\slash"]
MULTI = " |##| "
LISTED = [{"value": choice} for choice in CHOICES]
THINGS = {"name": "Things", "idPrefix": "40", "fields": [
    {"name": "title", "type": {"name": "string"}},
    {"name": "colour", "type": {"name": "picklist", "picklistValues": LISTED}},
    {"name": "colours", "type": {"name": "multipicklist", "picklistValues": LISTED}},
    {"name": "size", "type": {"name": "integer"}},
    {"name": "price", "type": {"name": "currency"}},
    {"name": "sold", "type": {"name": "boolean"}},
    {"name": "made", "type": {"name": "date"}},
    {"name": "seen", "type": {"name": "datetime"}},
    {"name": "opens", "type": {"name": "time"}},
    {"name": "parent", "type": {"name": "reference", "refersTo": ["Things"]}},
    {"name": "owner", "type": {"name": "owner"}},
]}  # fmt: skip
NOW = dt.datetime(2024, 2, 29, 22, 30, tzinfo=dt.UTC)
DAYS = [dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2024, 2, 22), dt.date(2024, 2, 23),
        dt.date(2024, 2, 25), dt.date(2024, 2, 26), dt.date(2024, 2, 28), dt.date(2024, 2, 29),
        dt.date(2024, 3, 1), dt.date(2024, 3, 2), dt.date(2024, 3, 6), dt.date(2024, 3, 7),
        dt.date(2024, 3, 31), dt.date(2024, 4, 1), dt.date(2024, 6, 30), dt.date(2024, 7, 1),
        dt.date(2024, 10, 27), dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 12, 31),
        dt.date(1999, 12, 31), dt.date(2026, 1, 1)]  # fmt: skip
TIMES = ["00:00:00", "00:00:01", "23:59:59", "12:00:00", "21:59:59", "22:00:00", "20:59:59",
         "21:00:00", "05:00:00", "04:59:59", "06:59:59", "07:00:00"]  # fmt: skip
PIECES = ["a", "A", "á", "b", "%", "_", "\\", "'", " ", "ß", "0", "10", "1e1", "Ж", "ж", "\t", "  "]
ZONES = [("UTC", None), ("UTC", "Europe/Sofia"), ("Europe/Sofia", None),
         ("Europe/Sofia", "America/New_York")]  # fmt: skip
PROFILES = ["documented", "8.4", "8.4", "documented"]
ORDERS: list[tuple[str, ...]] = [(), ("id",), ("-id",), ("size",), ("-size",)]
EACH = 12
DAY = dt.timedelta(days=1)


def text(chance: Random) -> str:
    return "".join(chance.choices(PIECES, k=chance.randrange(5)))


def rows(chance: Random) -> Iterator[dict[str, str | None]]:
    def some(*values: str | None) -> str | None:
        return chance.choice(values)

    for number in range(1, 71):
        picked = chance.sample(CHOICES, chance.randrange(4))
        yield {
            "id": f"40x{number}",
            "title": some(text(chance), text(chance), None),
            "colour": some(*CHOICES, "", "off the list"),
            "colours": some(MULTI.join(picked), MULTI.join(picked), None),
            "size": some(str(chance.randrange(-3, 12)), str(chance.randrange(4)), None),
            "price": some(f"{chance.randrange(-200, 900) / 100:.8f}", "0.00000000", None),
            "sold": some("0", "1", None),
            "made": some(chance.choice(DAYS).isoformat(), "0000-00-00", None),
            "seen": some(*[f"{chance.choice(DAYS)} {chance.choice(TIMES)}"] * 4, None),
            "opens": some(chance.choice(TIMES), chance.choice(TIMES)[:5], None),
            "parent": some(f"40x{chance.randrange(1, 20)}", None),
            "owner": some("19x1", "19x5", "20x2"),
        }


@pytest.fixture(scope="module", params=zip(ZONES, PROFILES, strict=True), ids=str)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    (server_zone, zone), profile = request.param
    chance = Random(f"{server_zone}{zone}")
    catalog = vtql.Catalog.from_describes([THINGS], server_zone)
    records = list(rows(chance))
    with Sandbox(profile, catalog=catalog, records={"Things": records}) as sandbox:
        client = sandbox.client(server_zone=server_zone, zone=zone, now=lambda: NOW)
        yield World(client.model("Things"), records, server_zone, zone or server_zone, chance)


class World:
    """The records, a model that asks for them, and what a field's values are in Python."""

    def __init__(
        self, model: type[vtql.Model], records: Sequence[dict[str, str | None]], server: str,
        zone: str, chance: Random,
    ) -> None:  # fmt: skip
        self.model, self.records, self.chance = model, records, chance
        self.server, self.zone = ZoneInfo(server), ZoneInfo(zone)
        self.today = NOW.astimezone(self.zone).date()

    def in_order(self, ids: list[str], order: tuple[str, ...]) -> list[str]:
        """Ids in the order of a number, NULL first, then in their own, as the last field goes."""
        sizes = {str(row["id"]): Decimal(row["size"] or "-Infinity") for row in self.records}
        falls = order[-1:] in (("-size",), ("-id",))
        by_size = "size" in order or "-size" in order
        return sorted(
            ids, key=lambda each: (sizes[each] if by_size else 0, number(each)), reverse=falls
        )

    def key(self, field: Field, raw: str | None) -> Any:
        """What a stored value is compared by; None for NULL."""
        if raw is None:
            return None
        if field.type.name in ("reference", "owner", "id"):
            return int(raw.split("x")[1])
        match field.type.name:
            case "integer" | "currency":
                return Decimal(raw)
            case "boolean":
                return raw == "1"
            case "date":
                return dt.date.min if raw == "0000-00-00" else dt.date.fromisoformat(raw)
            case "datetime":
                return dt.datetime.fromisoformat(raw).replace(tzinfo=self.server)
            case "time":
                return dt.time.fromisoformat(raw)
            case _:
                return as_text(raw)

    def value(self, field: Field) -> tuple[Any, Any]:
        """A value to ask with, and what it is compared by."""
        chance = self.chance
        match field.type.name:
            case "reference" | "id":
                number = chance.randrange(1, 75)
                return f"40x{number}", number
            case "owner":
                number = chance.randrange(1, 6)
                return f"19x{number}", number
            case "integer":
                number = chance.randrange(-3, 12)
                return chance.choice([number, str(number), Decimal(number)]), number
            case "currency":
                price = Decimal(chance.randrange(-200, 900)) / 100
                return chance.choice([price, float(price), str(price)]), price
            case "boolean":
                truth = chance.random() < 0.5
                return truth, truth
            case "date":
                day = chance.choice(DAYS)
                return chance.choice([day, day.isoformat()]), day
            case "datetime":
                moment = self.moment()
                return moment, moment
            case "time":
                time = dt.time.fromisoformat(chance.choice(TIMES))
                return chance.choice([time, time.isoformat()]), time
            case "multipicklist":
                picked = chance.sample(CHOICES, chance.randrange(3))
                return picked, as_text(MULTI.join(picked))
            case "picklist":
                choice = chance.choice(CHOICES)
                return choice, as_text(choice)
            case _:
                said = text(chance)
                return said, as_text(said)

    def moment(self) -> dt.datetime:
        day, time = self.chance.choice(DAYS), self.chance.choice(TIMES)
        zone = self.chance.choice([dt.UTC, self.server, self.zone])
        return dt.datetime.fromisoformat(f"{day} {time}").replace(tzinfo=zone)

    def day(self, key: dt.date) -> dt.date:
        """The day that a date is, or that a moment is on."""
        return key.astimezone(self.zone).date() if isinstance(key, dt.datetime) else key


Truth = bool | None
Holds = Callable[[str | None], Truth]
Oracle = Callable[[World, Field], tuple[Any, Holds]]
"""A value to ask with, and whether the lookup then holds of a stored value."""


def compares(compare: Callable[[Any, Any], bool]) -> Oracle:
    def oracle(world: World, field: Field) -> tuple[Any, Holds]:
        value, other = world.value(field)
        return value, known(lambda key: compare(key, other), world, field)

    return oracle


def known(holds: Callable[[Any], bool], world: World, field: Field) -> Holds:
    def truth(raw: str | None) -> Truth:
        key = world.key(field, raw)
        return None if key is None else holds(key)

    return truth


def one_of(world: World, field: Field) -> tuple[Any, Holds]:
    pairs = [world.value(field) for _ in range(world.chance.randrange(5))]
    values, keys = [value for value, _ in pairs], [key for _, key in pairs]
    if not keys:
        return values, lambda _: False
    return world.chance.choice([values, tuple(values), iter(values)]), known(
        keys.__contains__, world, field
    )


def in_range(world: World, field: Field) -> tuple[Any, Holds]:
    (first, low), (last, high) = world.value(field), world.value(field)
    return (first, last), known(lambda key: low <= key <= high, world, field)


def part(holds: Callable[[str, str], bool]) -> Oracle:
    def oracle(world: World, _: Field) -> tuple[Any, Holds]:
        value = text(world.chance)
        wanted = folded(value)
        return value, lambda raw: None if raw is None else holds(folded(raw), wanted)

    return oracle


def pattern(world: World, _: Field) -> tuple[Any, Holds]:
    value = "".join(world.chance.choices(["%", "_", "\\%", "\\_", "a", "B", "Blue", " "], k=3))
    return value, lambda raw: None if raw is None else like(folded(raw), folded(value))


def like(said: str, wanted: str) -> bool:
    if not wanted:
        return not said
    if wanted[0] == "%":
        return any(like(said[at:], wanted[1:]) for at in range(len(said) + 1))
    escaped = wanted[0] == "\\" and len(wanted) > 1
    if escaped:
        wanted = wanted[1:]
    meets = said[:1] == wanted[0] or (wanted[0] == "_" and not escaped and bool(said))
    return meets and like(said[1:], wanted[1:])


def emptiness(*, empty: bool) -> Oracle:
    def oracle(world: World, field: Field) -> tuple[Any, Holds]:
        wanted = world.chance.random() < 0.5
        if field.type.name == "reference":  # None is no reference, whatever is stored
            return wanted, lambda raw: (raw is None) is (wanted is empty)
        return wanted, known(lambda key: (key in (0, " ")) is (wanted is empty), world, field)

    return oracle


def included(world: World, _: Field) -> tuple[Any, Holds]:
    choice = world.chance.choice(CHOICES)
    wanted = as_text(choice)
    return choice, lambda raw: None if raw is None else wanted in map(as_text, raw.split(MULTI))


def day_is(asked: Callable[[World], tuple[Any, Callable[[dt.date], bool]]]) -> Oracle:
    """Whether the day of a date or moment is as asked for; the zero date is no day."""

    def oracle(world: World, field: Field) -> tuple[Any, Holds]:
        value, holds = asked(world)
        zero = dt.date.min
        return value, known(lambda key: key != zero and holds(world.day(key)), world, field)

    return oracle


def one_day(world: World) -> tuple[Any, Callable[[dt.date], bool]]:
    day = world.chance.choice(DAYS)
    return world.chance.choice([day, day.isoformat()]), day.__eq__


def day_of_moment(world: World) -> tuple[Any, Callable[[dt.date], bool]]:
    moment = world.moment()
    return moment, moment.astimezone(world.zone).date().__eq__


def one_month(world: World) -> tuple[Any, Callable[[dt.date], bool]]:
    day = world.chance.choice(DAYS)
    if world.zone == world.server and world.chance.random() < 0.5:
        return day.month, lambda other: other.month == day.month
    value = world.chance.choice([day, f"{day:%Y-%m}"])
    return value, lambda other: (other.year, other.month) == (day.year, day.month)


def one_year(world: World) -> tuple[Any, Callable[[dt.date], bool]]:
    day = world.chance.choice(DAYS)
    return day.year, lambda other: other.year == day.year


def relative(unit: str, shift: int) -> Oracle:
    def asked(world: World) -> tuple[Any, Callable[[dt.date], bool]]:
        wanted = numbered(unit, world.today) + shift
        return True, lambda day: numbered(unit, day) == wanted

    return day_is(asked)


def numbered(unit: str, day: dt.date) -> int:
    """The number of the day, week, month, quarter or year that a day is in."""
    months = day.year * 12 + day.month - 1
    weeks = (day - dt.date(1970, 1, 5)).days // 7  # that was a Monday
    numbers = {"day": day.toordinal(), "week": weeks, "month": months, "quarter": months // 3}
    return numbers.get(unit, day.year)


def so_many(first: Callable[[int], int], last: Callable[[int], int]) -> Oracle:
    def asked(world: World) -> tuple[Any, Callable[[dt.date], bool]]:
        count = world.chance.randrange(1, 40)
        return count, lambda day: first(count) <= (day - world.today).days <= last(count)

    return day_is(asked)


ORACLES: dict[str, Oracle] = {
    "exact": compares(operator.eq),
    "ne": compares(operator.ne),
    "lt": compares(operator.lt),
    "lte": compares(operator.le),
    "gt": compares(operator.gt),
    "gte": compares(operator.ge),
    "in": one_of,
    "range": in_range,
    "like": pattern,
    "contains": part(lambda said, wanted: wanted in said),
    "startswith": part(str.startswith),
    "endswith": part(str.endswith),
    "isempty": emptiness(empty=True),
    "notempty": emptiness(empty=False),
    "includes": included,
    "date": day_is(one_day),
    "day_of": day_is(day_of_moment),
    "month": day_is(one_month),
    "year": day_is(one_year),
    "today": relative("day", 0),
    "yesterday": relative("day", -1),
    "tomorrow": relative("day", 1),
    **{
        f"{word}_{unit}": relative(unit, shift)
        for unit in ("week", "month", "quarter", "year")
        for word, shift in (("this", 0), ("last", -1), ("next", 1))
    },
    "last_n_days": so_many(lambda count: 1 - count, lambda _: 0),
    "next_n_days": so_many(lambda _: 0, lambda count: count - 1),
}
ONLY_CLOUD = {"notlike"}  # whose servers nobody has here


@pytest.mark.parametrize("name", ORACLES)
def test_the_rows_are_those_of_the_comprehension(world: World, name: str) -> None:
    families = LOOKUPS[name].families
    fields = [each for each in world.model.module.fields.values() if each.type.family in families]
    assert fields
    ids = world.model.objects.values_list("id", flat=True)
    for _ in range(EACH if len(fields) < 5 else EACH // 3):
        for field in fields:
            value, holds = ORACLES[name](world, field)
            asked = vtql.Q(**{f"{field.name}__{name}": value})
            truths = {str(row["id"]): holds(row.get(field.name)) for row in world.records}
            found = ids.filter(asked)
            wanted = [each for each, truth in truths.items() if truth]
            assert list(found) == wanted, str(found)
            order = world.chance.choice(ORDERS)
            part = slice(world.chance.randrange(4), world.chance.choice((1, 5, 60, None)))
            in_order = world.in_order(wanted, order)[part]
            assert list(found.order_by(*order)[part]) == in_order, (str(found), order, part)
            try:
                others = ids.exclude(asked)
            except vtql.NotExpressible:
                assert " LIKE " in str(found)
            else:
                wanted = [each for each, truth in truths.items() if truth is False]
                assert sorted(others, key=number) == wanted, str(others)


def number(record_id: str) -> int:
    return int(record_id.partition("x")[2])


@given(today=st.dates(dt.date(2, 1, 1), dt.date(9997, 12, 31)))
def test_a_relative_span_is_all_of_its_unit(today: dt.date) -> None:
    for row in RELATIVES.values():
        first, behind = span(row, today)
        assert behind is not None
        wanted = numbered(row.unit, today) + row.shift
        units = [numbered(row.unit, day) for day in (first - DAY, first, behind - DAY, behind)]
        assert units == [wanted - 1, wanted, wanted, wanted + 1], row.name


def test_every_lookup_is_tried_shown_and_documented() -> None:
    assert set(ORACLES) == set(LOOKUPS) - ONLY_CLOUD
    folder = Path(__file__).parents[1]
    shown = (folder / "tests" / "corpus" / "query" / "lookups.md").read_text("utf-8")
    assert [name for name in LOOKUPS if f"\n## {name}\n" not in shown] == []
    page = (folder / "docs" / "reference" / "lookups.md").read_text("utf-8")
    assert [name for name in (*LOOKUPS, *UNSUPPORTED) if f"\n| `{name}` |" not in page] == []


def test_what_has_another_name_is_refused_with_it() -> None:
    things = vtql.model("Things", vtql.Catalog.from_describes([THINGS])).objects
    assert not set(UNSUPPORTED) & set(LOOKUPS)
    for name, habit in UNSUPPORTED.items():
        with pytest.raises(habit.error, match=re.escape(f"`title__{name}` {habit.why}")):
            things.filter(**{f"title__{name}": "x"})
        named = set(re.findall(r"`(\w+)`", habit.why)) - {"exclude", "_"}
        assert named <= set(LOOKUPS), name


def test_not_like_is_for_servers_that_have_it() -> None:
    def objects(profile: str | None) -> Any:
        return vtql.model("Contacts", demo.catalog(), profile=profile).objects

    some = objects("cloud").filter(lastname__notlike="O'%")
    assert str(some) == "SELECT * FROM Contacts WHERE lastname NOTLIKE 'O''%';"
    like = objects("cloud").exclude(lastname__notlike="O'%")
    assert str(like) == "SELECT * FROM Contacts WHERE lastname LIKE 'O''%';"
    for profile in (None, "8.4", "documented"):
        with pytest.raises(vtql.NotExpressible, match="Vtiger Cloud"):
            objects(profile).filter(lastname__notlike="O'%")
    with pytest.raises(ValueError, match="`clod` is not a server profile; the nearest"):
        objects("clod")


@pytest.mark.parametrize("lookup", ["gt", "gte", "lt", "lte"])
def test_the_last_moment_of_all_is_no_accident(lookup: str) -> None:
    things = vtql.model("Things", vtql.Catalog.from_describes([THINGS])).objects
    last = dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    with pytest.raises(vtql.FieldValueError, match=r"`seen` .*(range|years 1 to 9999)"):
        things.filter(**{f"seen__{lookup}": last})


@pytest.mark.parametrize("text", ["9:5", "25:00", "noon", "::"])
def test_a_text_that_is_no_time_is_told_what_is(text: str) -> None:
    things = vtql.model("Things", vtql.Catalog.from_describes([THINGS])).objects
    with pytest.raises(vtql.FieldValueError, match="text such as '10:20:30', not "):
        things.filter(opens=text)


class Colour(Enum):
    RED = "Red"
    FIFTY = "50%"
    NONE = 3


@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith", "like"])
@pytest.mark.parametrize("member", [Colour.RED, Colour.FIFTY, StrEnum("Own", {"A": "Dark"}).A])  # type: ignore[attr-defined]
def test_a_member_of_an_enum_is_looked_for_as_its_text(lookup: str, member: Enum) -> None:
    things = vtql.model("Things", vtql.Catalog.from_describes([THINGS])).objects
    by_member = things.filter(**{f"title__{lookup}": member})
    assert by_member.vtql == things.filter(**{f"title__{lookup}": member.value}).vtql


def test_a_member_of_an_enum_that_is_no_text_is_none() -> None:
    things = vtql.model("Things", vtql.Catalog.from_describes([THINGS])).objects
    with pytest.raises(vtql.FieldValueError, match="`title__contains` takes text, not <Colour"):
        things.filter(title__contains=Colour.NONE)
