"""Random values and rows, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from vtql.catalog.catalog import Catalog
from vtql.catalog.types import Family

Row = dict[str, str | None]

FIRST_DAY = date(2021, 1, 4)
DAYS = 1500

_ZEROS = {"integer": "0", "double": "0.000", "currency": "0.00000000", "boolean": "0"}


@dataclass(slots=True)
class RandomData:
    """A source of random values and of ids; entity modules share a sequence."""

    chance: Random
    catalog: Catalog
    last: int = 100

    def rows(self, module: str, count: int, serial: str = "", field: str = "") -> list[Row]:
        """Rows with empty values and ids.

        `field` is the field with the serial number, `serial` its prefix.
        """
        empty = self._empty(module)
        prefix = self.catalog[module].id_prefix
        rows = []
        for position in range(1, count + 1):
            self.last += 1
            row = empty | {"id": f"{prefix}x{self.last}"}
            if field:
                row[field] = f"{serial}{position}"
            rows.append(row | self._stamps(row))
        return rows

    def _empty(self, module: str) -> Row:
        row: Row = {}
        for field in self.catalog[module].fields.values():
            null = field.type.family in (Family.MOMENT, Family.TIME, Family.ID)
            row[field.name] = None if null else _ZEROS.get(field.type.name, "")
        return row | ({"source": "CRM"} if "source" in row else {})

    def _stamps(self, row: Row) -> Row:
        if "createdtime" not in row:
            return {}
        created = self.day()
        changed = created + timedelta(days=self.chance.randrange(60))
        first = f"{created} {self.time(7, 19)}"
        later = f"{changed} {self.time(7, 19)}"
        return {"createdtime": first, "modifiedtime": max(first, later)}

    def pick(self, module: str, field: str) -> str:
        """A value of a picklist."""
        return self.chance.choice(self.catalog[module].fields[field].choices)

    def choose(self, values: Sequence[str]) -> str:
        """One of the values."""
        return self.chance.choice(values)

    def maybe(self, share: float, value: str) -> str:
        """The value with that probability, else the empty text."""
        return value if self.chance.random() < share else ""

    def flag(self, share: float) -> str:
        """A checkbox, ticked with that probability."""
        return "1" if self.chance.random() < share else "0"

    def reference(self, rows: Sequence[Row], share: float = 1) -> str | None:
        """The id of one of the rows with that probability, else None."""
        return self.chance.choice(rows)["id"] if self.chance.random() < share else None

    def day(self) -> date:
        """A day in the years of the demo."""
        return FIRST_DAY + timedelta(days=self.chance.randrange(DAYS))

    def time(self, first: int, last: int) -> str:
        """A time of day between two hours."""
        hour = self.chance.randrange(first, last)
        return f"{hour:02}:{self.chance.randrange(60):02}:{self.chance.randrange(60):02}"

    def amount(self, least: int, most: int) -> str:
        """An amount of money with cents."""
        cents = self.chance.randrange(least * 100, most * 100)
        return f"{cents // 100}.{cents % 100:02}000000"

    def phone(self) -> str:
        """A fictitious phone number."""
        return f"+00 555 {self.chance.randrange(10**6):06}"
