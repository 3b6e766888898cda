"""Queries checked against metadata with every rule: seconds for a thousand distinct ones.

    python tests/bench/lint.py

The queries are made of the demo data's modules and fields, in the shapes that programs have: a
lookup, a list of ids, a chain, an order, a page. Each is checked anew; the figure is the best of the
rounds, which is the one that other programs disturbed least.
"""

from __future__ import annotations

import time
from collections import Counter

import vtql
from vtql.catalog.model import Field
from vtql.catalog.types import Family
from vtql.sandbox.demo import catalog as demo_catalog

COUNT, ROUNDS = 1000, 15


def main() -> None:
    """Print the time, and what was found."""
    catalog = demo_catalog()
    texts = queries(catalog, COUNT)
    assert len(set(texts)) == COUNT
    best, found = float("inf"), Counter[str]()
    for _ in range(ROUNDS):
        start = time.process_time()
        analyses = [vtql.analyze(text, catalog) for text in texts]
        best = min(best, time.process_time() - start)
        found = Counter(each.code for analysis in analyses for each in analysis.diagnostics)
    print(f"{COUNT} queries, {sum(map(len, texts)):,} characters: {best * 1000:.0f} ms")
    print(", ".join(f"{code} {count}" for code, count in sorted(found.items())))


def queries(catalog: vtql.Catalog, count: int) -> list[str]:
    """Well-formed queries, no two alike, with values of their fields' types."""
    modules = [module for module in catalog.values() if len(module.fields) > 12]
    made = []
    for number in range(count):
        module = modules[number % len(modules)]
        plain = [
            field for name, field in module.fields.items() if name != "id" and not field.choices
        ]
        one, two, three = (plain[(number + step) % len(plain)] for step in (0, 3, 7))
        ids = ", ".join(f"'{module.id_prefix}x{number + n}'" for n in range(5))
        last = f"id > '{module.id_prefix}x{number}'"
        where = (
            f"{one.name} = {value(one, number)} AND {last}",
            f"id IN ({ids})",
            f"{one.name} > {value(one, number)} AND {two.name} < {value(two, number)} AND "
            f"{three.name} >= {value(three, number)} AND {last}",
            f"{one.name} = {value(one, number)} AND {two.name} = {value(two, number)} OR "
            f"{three.name} = {value(three, number)} OR {last}",
            f"{last} AND {two.name} = {value(two, number)}",
        )[number % 5]
        names = f"{one.name}, {two.name}, {three.name}"
        made.append(
            f"SELECT {names} FROM {module.name} WHERE {where} ORDER BY {two.name}, id LIMIT 100;"
        )
    return made


def value(field: Field, number: int) -> str:
    """A literal that the field can hold."""
    match field.type.family:
        case Family.NUMBER:
            return f"'{number}'"
        case Family.TRUTH:
            return f"'{number % 2}'"
        case Family.ID:
            return f"'11x{number}'"
        case Family.TIME:
            return "'10:20:30'"
        case Family.MOMENT:
            return f"'2024-01-{1 + number % 28:02} 00:00:00'"
        case _:
            return f"'value {number}'"


if __name__ == "__main__":
    main()
