"""Format strings: texts in which an operator or a function interpolates values (`%`, `str.format`)."""

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
"""What looks like a placeholder of a format string."""

_WHOLE = re.compile(r"[<>=^]?[+\- ]?0?[0-9]{0,9}d")


def percent(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of the left operand of `%`, or of the first argument of `sprintf`."""
    return _split(parts, PERCENT, lambda text: text.replace("%", "%%"))


def braces(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of a string whose `format` is called."""
    return _split(parts, BRACES, lambda text: text.replace("{", "{{").replace("}", "}}"))


def dollars(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of an argument of `string.Template`."""
    return _split(parts, DOLLARS, lambda text: text.replace("$", "$$"))


def likely(parts: Iterable[Part]) -> Iterator[Part]:
    """Parts with a placeholder for all that looks like one, though no interpolation is seen."""
    for part in parts:
        if isinstance(part, Placeholder):
            yield part
            continue
        for inner in _fields(part, LIKELY, lambda text: text):
            yield inner._replace(certain=False) if isinstance(inner, Placeholder) else inner


def _split(parts: Iterable[Part], field: str, escape: Callable[[str], str]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Placeholder):
            yield part
        else:
            yield from _fields(part, field, escape)


def _fields(part: Text, field: str, escape: Callable[[str], str]) -> Iterator[Part]:
    base: Escaper = part.escape
    part = part._replace(escape=lambda text: base(escape(text)))
    at = 0
    for match in re.finditer(field, part.value):
        start, end = match.span()
        yield part.part(at, start)
        place = Span(part.starts[start], part.ends[end - 1])
        groups = match.groupdict()
        if groups.get("same"):
            yield Text(groups["same"][0], (place.start,), (place.end,), part.escape)
        else:
            yield Placeholder(place, match.group(), whole=_is_whole(match.group(), groups))
        at = end
    yield part.part(at, len(part.value))


def _is_whole(field: str, groups: dict[str, str | None]) -> bool:
    """Whether the value of a field is formatted as a whole number."""
    if "kind" in groups:
        return groups["kind"] in ("d", "i", "u")
    if "format" in groups:
        return bool(_WHOLE.fullmatch(groups["format"] or ""))
    return field.startswith("%") and field.endswith("d")


FORMAT_STYLES: Mapping[str, Callable[[Iterable[Part]], Iterator[Part]]] = {
    "percent": percent,
    "braces": braces,
    "dollars": dollars,
}
"""The styles of format strings."""
