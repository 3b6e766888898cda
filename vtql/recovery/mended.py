"""What goes on in the place of a construct: pieces as they were meant, or that stand for anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vtql.parser.literals import read_literal, too_long_to_write, write_literal
from vtql.recovery.pieces import Piece

Group = Callable[[str], Sequence[Piece]]

_OF_QUOTES = "\"`[]‘’‚‛´“”„«»'"
_MIRRORED = {"LT": ("GT", ">"), "GT": ("LT", "<"), "LE": ("GE", ">="), "GE": ("LE", "<=")}


def as_literal(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """One value in single quotes."""
    value = value_of(found) or " "
    place = (found[0].start(), found[-1].end())
    return [Piece("LITERAL", "'…'" if too_long_to_write(value) else write_literal(value), place)]


def value_of(found: Sequence[Piece]) -> str:
    """The text that pieces mean as a value."""
    first = found[0]
    match first.kind:
        case "DOUBLE" | "LITERAL":
            return read_literal(first.text)
        case "CURLY" | "BACKTICK":
            return first.text[1:-1]
        case "DATE":
            return first.text.replace("T", " ")
    return " ".join(piece.text for piece in found)


def as_truth(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`true` and `false` as a checkbox is compared: 1 and 0."""
    truth = "'1'" if found[0].word == "true" else "'0'"
    return [Piece("LITERAL", truth, found[0].place)]


def signed(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`- 5` as `-5`."""
    return _row(found, ("SIGNED", found[0].text + found[1].text))


def as_checkbox(
    kind: str, operator: str, truth: int
) -> Callable[[Sequence[Piece], Group], list[Piece]]:
    """What makes `is true` of a checkbox into `= '1'`, with this operator and value."""
    return lambda found, _group: [
        Piece(kind, operator, found[0].place), Piece("LITERAL", f"'{truth}'", found[-1].place),
    ]  # fmt: skip


def as_name(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """One name without quotes."""
    text = found[0].text.strip(_OF_QUOTES)
    plain = text.isascii() and text.isidentifier()
    return [Piece("NAME" if plain else "ANY", text or "…", found[0].place)]


def counted(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`count(*)`."""
    return _row(found, ("NAME", "count"), ("OPEN", "("), ("STAR", "*"), ("CLOSE", ")"))


def condition(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """A condition that stands for one that VTQL does not have."""
    return _row(found, ("ANY", "…"), ("EQ", "="), ("ANY", "…"))


def compared_to_anything(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """An operator and a value, for what VTQL does not have behind a field."""
    return [Piece("EQ", "=", found[0].place), Piece("ANY", "…", found[0].place)]


def listed(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """Values in brackets."""
    return [
        Piece("OPEN", "(", (found[0].start(), found[0].start())),
        *found,
        Piece("CLOSE", ")", (found[-1].end(), found[-1].end())),
    ]


def closed(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """A list whose closing bracket was missing."""
    return [*found, Piece("CLOSE", ")", (found[-1].end(), found[-1].end()))]


def swapped(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`5 < amount` as `amount > 5`."""
    value, operator, name = found
    kind, text = _MIRRORED.get(operator.kind, (operator.kind, operator.text))
    return [name, Piece(kind, text, operator.place), value]


def with_field(found: Sequence[Piece], group: Group) -> list[Piece]:
    """`or 'y'` behind `city = 'x'` as `or city = 'y'`."""
    repeated = [*group("field"), *group("operator")]
    return [
        piece
        for word, value in zip(found[::2], found[1::2], strict=True)
        for piece in (word, *repeated, value)
    ]


def in_a_list(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`= 'x' or 'y'` as `in ('x', 'y')`."""
    values = found[1::2]
    made = [Piece("NAME", "IN", found[0].place), *listed(values)[:1]]
    for value in values:
        made += [value, Piece("COMMA", ",", (value.end(), value.end()))]
    return [*made[:-1], *listed(values)[-1:]]


def with_commas(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """Names with AND between them as names with commas."""
    return [Piece("COMMA", ",", each.place) if each.word == "and" else each for each in found]


def in_brackets(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """A list in round brackets."""
    first, *values, last = found
    return [Piece("OPEN", "(", first.place), *values, Piece("CLOSE", ")", last.place)]


def bare_names(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """Names with AND and OR between them as conditions that nobody knows."""
    made: list[Piece] = []
    for piece in found:
        match piece.kind, piece.word:
            case "OPERATOR", _:
                made.append(Piece("NAME", "and" if piece.text == "&&" else "or", piece.place))
            case _, "and" | "or" | "not":
                made.append(piece)
            case _:
                made += [piece, *compared_to_anything([piece])]
    return made


def both_sides(_found: Sequence[Piece], group: Group) -> list[Piece]:
    """`5 < amount < 10` as `amount > 5 and amount < 10`."""
    (low,), (less,), (field,), (more,), (high,) = map(
        group, ("low", "less", "field", "more", "high")
    )
    return [
        *swapped([low, less, field]), Piece("NAME", "and", more.place), field, more, high,
    ]  # fmt: skip


def nothing_there(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`is [not] null` as `is [not] empty`, the nearest thing."""
    return [*found[:-1], Piece("NAME", "empty", found[-1].place)]


def first_rows(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """A number that belongs behind LIMIT; `vtql.recovery.clauses` takes it there."""
    number = next((piece.text for piece in found if piece.kind == "NUMBER"), "1")
    return [Piece("ROWS", number, (found[0].start(), found[-1].end()))]


def limited(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`offset 5 limit 10` as `limit 10 offset 5`."""
    place = (found[0].start(), found[-1].end())
    numbers = [piece.text for piece in found if piece.kind == "NUMBER"]
    offset, count = (*numbers, "1")[:2]
    return [
        Piece("NAME", "LIMIT", place), Piece("NUMBER", count, place),
        Piece("NAME", "OFFSET", place), Piece("NUMBER", offset, place),
    ]  # fmt: skip


def between(found: Sequence[Piece], _group: object = None) -> list[Piece]:
    """`between (1, 2)` as `between 1 and 2`."""
    first, *rest = [piece for piece in found if piece.kind not in ("OPEN", "CLOSE")]
    words = [first, *rest]
    joint = len(words) - 2
    return [*words[:joint], Piece("NAME", "AND", words[joint].place), *words[joint + 1 :]]


def _row(found: Sequence[Piece], *made: tuple[str, str]) -> list[Piece]:
    place = (found[0].start(), found[-1].end())
    return [Piece(kind, text, place) for kind, text in made]
