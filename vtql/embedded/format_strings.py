"""Texts that are filled in by an operator or a function: `%`, `str.format`, and such."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from vtql.embedded.template import Escaper, Part, Placeholder, Text
from vtql.source import Span

PERCENT = (
    r"%(?:(?P<same>%)|(?:\([^()]{0,200}\))?[#0\- +']*(?:\*|[0-9]+\$?)?[#0\- +']*[0-9]*"
    r"(?:\.(?:\*|[0-9]+))?[hlL]?(?P<kind>[diouxXeEfFgGcrsab]))"
)
"""A conversion of `%` and `sprintf`."""

BRACES = (
    r"(?P<same>\{\{|\}\})|\{(?P<name>[^{}!:]*)(?:![rsa])?(?::(?P<format>(?:[^{}]|\{[^{}]*\})*))?\}"
)
"""A field of `str.format`."""

DOLLARS = r"(?P<same>\$\$)|\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})"
"""A name of `string.Template`."""

LIKELY = (
    r"%(?:\([A-Za-z_]\w{0,99}\))?[sdr](?!\w)|\{[A-Za-z_]?[\w.\[\]]{0,99}\}|\$\{?[A-Za-z_]\w*\}?"
)
"""What looks as if another place filled it in."""

_WHOLE = re.compile(r"[<>=^]?[+\- ]?0?[0-9]{0,9}d")


def percent(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of what stands before `%` or is the first argument of `sprintf`."""
    return _split(parts, PERCENT, lambda text: text.replace("%", "%%"))


def braces(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of what `.format` is called of."""
    return _split(parts, BRACES, lambda text: text.replace("{", "{{").replace("}", "}}"))


def dollars(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of what is given to `string.Template`."""
    return _split(parts, DOLLARS, lambda text: text.replace("$", "$$"))


def likely(parts: Iterable[Part]) -> Iterator[Part]:
    """Parts with a hole for each thing that looks like one; nobody sees them filled in."""
    for part in parts:
        if isinstance(part, Placeholder):
            yield part
            continue
        for each in _fields(part, LIKELY, lambda text: text):
            yield each._replace(seen=False) if isinstance(each, Placeholder) else each


def _split(parts: Iterable[Part], field: str, escape: Callable[[str], str]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Placeholder):
            yield part
        else:
            yield from _fields(part, field, escape)


def _fields(part: Text, field: str, escape: Callable[[str], str]) -> Iterator[Part]:
    base: Escaper = part.spell
    part = part._replace(spell=lambda text: base(escape(text)))
    at = 0
    for found in re.finditer(field, part.value):
        start, end = found.span()
        yield part.part(at, start)
        place = Span(part.starts[start], part.ends[end - 1])
        groups = found.groupdict()
        if groups.get("same"):
            yield Text(groups["same"][0], (place.start,), (place.end,), part.spell)
        else:
            yield Placeholder(place, found.group(), whole=_is_whole(found.group(), groups))
        at = end
    yield part.part(at, len(part.value))


def _is_whole(spelled: str, groups: dict[str, str | None]) -> bool:
    """Whether what is filled in is written as a whole number."""
    if "kind" in groups:
        return groups["kind"] in ("d", "i", "u")
    if "format" in groups:
        return bool(_WHOLE.fullmatch(groups["format"] or ""))
    return spelled.startswith("%") and spelled.endswith("d")


FORMAT_STYLES: Mapping[str, Callable[[Iterable[Part]], Iterator[Part]]] = {
    "percent": percent,
    "braces": braces,
    "dollars": dollars,
}
"""The ways in which a text is filled in."""
