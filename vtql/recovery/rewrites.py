"""The tokens that replace a foreign construct: those that were meant, or unknown ones."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.parser.literals import read_literal, too_long_to_write, write_literal
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import Group, Rewrite

_OF_QUOTES = "\"`[]‘’‚‛´“”„«»'"
_MIRRORED = {"LT": ("GT", ">"), "GT": ("LT", "<"), "LE": ("GE", ">="), "GE": ("LE", "<=")}


def nothing(_tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """The construct is left out."""
    return []


def unknown(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """One token that may be anything."""
    return [Token("ANY", "…", (tokens[0].start(), tokens[-1].end()))]


def only_group(name: str) -> Rewrite:
    """Only the tokens of a group of the pattern."""
    return lambda _tokens, group: list(group(name))


def one_token(kind: str, text: str) -> Rewrite:
    """One token: a sign, or with kind NAME a word."""
    return lambda tokens, _group: [Token(kind, text, (tokens[0].start(), tokens[-1].end()))]


def words(*names: str) -> Rewrite:
    """Words in the place of the first token."""
    return lambda tokens, _group: [Token("NAME", name, tokens[0].place) for name in names]


def as_literal(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """One value in single quotes."""
    value = value_of(tokens) or " "
    place = (tokens[0].start(), tokens[-1].end())
    return [Token("LITERAL", "'…'" if too_long_to_write(value) else write_literal(value), place)]


def value_of(tokens: Sequence[Token]) -> str:
    """The text that pieces mean as a value."""
    first = tokens[0]
    match first.kind:
        case "DOUBLE" | "LITERAL":
            return read_literal(first.text)
        case "CURLY" | "BACKTICK":
            return first.text[1:-1]
        case "DATE":
            return first.text.replace("T", " ")
    return " ".join(piece.text for piece in tokens)


def as_checkbox_value(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`true` and `false` as a checkbox is compared: 1 and 0."""
    truth = "'1'" if tokens[0].word == "true" else "'0'"
    return [Token("LITERAL", truth, tokens[0].place)]


def signed_number(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`- 5` as `-5`."""
    return _row(tokens, ("SIGNED", tokens[0].text + tokens[1].text))


def as_checkbox(kind: str, operator: str) -> Rewrite:
    """`is true` and `is false` as a comparison of a checkbox, with this operator."""
    return lambda tokens, group: [
        Token(kind, operator, tokens[0].place), *as_checkbox_value(tokens[-1:], group),
    ]  # fmt: skip


def as_name(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """One name without quotes."""
    text = tokens[0].text.strip(_OF_QUOTES)
    plain = text.isascii() and text.isidentifier()
    return [Token("NAME" if plain else "ANY", text or "…", tokens[0].place)]


def count_star(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`count(*)`."""
    return _row(tokens, ("NAME", "count"), ("OPEN", "("), ("STAR", "*"), ("CLOSE", ")"))


def unknown_condition(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A condition that stands for one that VTQL does not have."""
    return _row(tokens, ("ANY", "…"), ("EQ", "="), ("ANY", "…"))


def unknown_comparison(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """An operator and a value, for what VTQL does not have behind a field."""
    return [Token("EQ", "=", tokens[0].place), Token("ANY", "…", tokens[0].place)]


def bracketed(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """Values in brackets."""
    return [
        Token("OPEN", "(", (tokens[0].start(), tokens[0].start())),
        *tokens,
        Token("CLOSE", ")", (tokens[-1].end(), tokens[-1].end())),
    ]


def closed_list(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A list whose closing bracket was missing."""
    return [*tokens, Token("CLOSE", ")", (tokens[-1].end(), tokens[-1].end()))]


def swapped(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`5 < amount` as `amount > 5`."""
    value, operator, name = tokens
    kind, text = _MIRRORED.get(operator.kind, (operator.kind, operator.text))
    return [name, Token(kind, text, operator.place), value]


def repeat_field(tokens: Sequence[Token], group: Group) -> list[Token]:
    """`or 'y'` behind `city = 'x'` as `or city = 'y'`."""
    repeated = [*group("field"), *group("operator")]
    return [
        piece
        for word, value in zip(tokens[::2], tokens[1::2], strict=True)
        for piece in (word, *repeated, value)
    ]


def as_membership(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`= 'x' or 'y'` as `in ('x', 'y')`."""
    values = tokens[1::2]
    result = [Token("NAME", "IN", tokens[0].place), *bracketed(values)[:1]]
    for value in values:
        result += [value, Token("COMMA", ",", (value.end(), value.end()))]
    return [*result[:-1], *bracketed(values)[-1:]]


def with_commas(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """Names with AND between them as names with commas."""
    return [Token("COMMA", ",", token.place) if token.word == "and" else token for token in tokens]


def round_brackets(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A list in round brackets."""
    first, *values, last = tokens
    return [Token("OPEN", "(", first.place), *values, Token("CLOSE", ")", last.place)]


def complete_names(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """Names with AND and OR between them as conditions that nobody knows."""
    result: list[Token] = []
    for piece in tokens:
        match piece.kind, piece.word:
            case "OPERATOR", _:
                result.append(Token("NAME", "and" if piece.text == "&&" else "or", piece.place))
            case _, "and" | "or" | "not":
                result.append(piece)
            case _:
                result += [piece, *unknown_comparison([piece])]
    return result


def split_range(_tokens: Sequence[Token], group: Group) -> list[Token]:
    """`5 < amount < 10` as `amount > 5 and amount < 10`."""
    (low,), (less,), (field,), (greater,), (high,) = map(
        group, ("low", "less", "field", "more", "high")
    )
    return [
        *swapped([low, less, field]), Token("NAME", "and", greater.place), field, greater, high,
    ]  # fmt: skip


def as_empty_test(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`is [not] null` as `is [not] empty`, the nearest thing."""
    return [*tokens[:-1], Token("NAME", "empty", tokens[-1].place)]


def row_count(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A number that belongs behind LIMIT; `vtql.recovery.constructs.structure` takes it there."""
    number = next((piece.text for piece in tokens if piece.kind == "NUMBER"), "1")
    return [Token("ROWS", number, (tokens[0].start(), tokens[-1].end()))]


def limit_offset(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`offset 5 limit 10` as `limit 10 offset 5`."""
    place = (tokens[0].start(), tokens[-1].end())
    numbers = [piece.text for piece in tokens if piece.kind == "NUMBER"]
    offset, count = (*numbers, "1")[:2]
    return [
        Token("NAME", "LIMIT", place), Token("NUMBER", count, place),
        Token("NAME", "OFFSET", place), Token("NUMBER", offset, place),
    ]  # fmt: skip


def between_and(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`between (1, 2)` as `between 1 and 2`."""
    first, *rest = [piece for piece in tokens if piece.kind not in ("OPEN", "CLOSE")]
    words = [first, *rest]
    joint = len(words) - 2
    return [*words[:joint], Token("NAME", "AND", words[joint].place), *words[joint + 1 :]]


def _row(tokens: Sequence[Token], *parts: tuple[str, str]) -> list[Token]:
    place = (tokens[0].start(), tokens[-1].end())
    return [Token(kind, text, place) for kind, text in parts]
