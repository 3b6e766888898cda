"""Hiding secrets in what a server sends, in every spelling in which it may repeat them.

A server, a proxy or an error page repeats a request as it came (percent-encoded), in JSON, in HTML or
with its header Authorization (Base64 of `user:key`), and sometimes one inside the other. So a text is
decoded, round by round, and where a secret stands in what comes of it, the place in the text that it
came from is hidden. Each round takes time in proportion to the text, whatever the text is.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections.abc import Iterable
from html import unescape

HIDDEN = "<secret>"
ROUNDS = 6
"""How many encodings inside each other are undone."""
CORE = 8
"""Characters that a part of Base64 has at least to be looked for inside a longer one."""

_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NUMBER_OR_NAME = rb"#0*+[0-9]{1,7};?|#[xX]0*+[0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};"
_ENTITY = rb"&(?:(?:amp;)++(?:%b)?|%b)" % (_NUMBER_OR_NAME, _NUMBER_OR_NAME)
_BACKSLASHES = rb"\\\\{0,15}+"
_OF_ASCII = (
    rb"%%(?:25)*[2-7][0-9a-fA-F]"
    rb"|%b(?:u00[2-7][0-9a-fA-F]|x[2-7][0-9a-fA-F]|u\{0*+[2-7][0-9a-fA-F]\})" % _BACKSLASHES
)
_WORD = re.compile(rb"[A-Za-z0-9+/=_-]*")
"""What a session, a digest or Base64 is made of."""
_OF_WORDS = re.compile(
    _OF_ASCII
    + rb"|&(?:(?:amp;)++%b|%b)"
    % ((rb"(?:#0*+[0-9]{1,7};?|#[xX]0*+[0-9a-fA-F]{1,6};?|(?:plus|equals|sol|lowbar);)",) * 2)
)
"""The escapes in which such a word may be spelled, but for `\\/`, which is in many an answer."""
_ASCII = re.compile(_OF_ASCII + rb"|%b/|" % _BACKSLASHES + _ENTITY)
"""The escapes of printable ASCII. Those of other characters, which are in many an answer, are passed."""
_ANY = re.compile(
    rb"%(?:25)*[0-9a-fA-F]{2}|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|u\{0*+[0-9a-fA-F]{1,6}\}|[\\/\"'nrtbf])|" + _ENTITY
)
_PLAIN = re.compile(rb"[ !#-&(-\[\]-~]*")
"""What needs only the escapes of printable ASCII to be found."""
_MOST = 0x10FFFF


def forms_of(secret: str) -> tuple[bytes, ...]:
    """A secret and its Base64, standard and URL-safe, also where that has it inside a longer text."""
    if not secret:
        return ()
    content = secret.encode("utf-8", "surrogatepass")
    forms = [content]
    if " " in secret:
        forms.append(content.replace(b" ", b"+"))  # as forms are encoded
    if not secret.isascii():
        forms.append(secret.encode("latin-1", "replace"))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(content)
        forms += [whole, whole.rstrip(b"=")]
        for before in range(3):
            padded = encode(b"\0" * before + content).rstrip(b"=")
            # Of the characters at its ends, those that depend on what stands around it are left out.
            core = padded[-(-8 * before // 6) : 8 * (before + len(content)) // 6]
            if len(core) >= CORE:
                forms.append(core)
    return tuple(dict.fromkeys(forms))


def hide(text: str, forms: Iterable[bytes]) -> str:
    """The text with `<secret>` in place of each of the forms, however it is spelled."""
    return hide_bytes(text.encode("utf-8", "surrogatepass"), forms).decode("utf-8", "replace")


def hide_bytes(content: bytes, forms: Iterable[bytes]) -> bytes:
    """The same of bytes."""
    remaining = [*forms]
    escapes = _escapes(content, remaining)
    if escapes is None:
        for form in remaining:
            content = content.replace(form, HIDDEN.encode())
        return content
    parts, end = list[bytes](), 0
    for start, stop in sorted(_places(content, remaining, escapes)):
        if start >= end:
            parts += content[end:start], HIDDEN.encode()
        end = max(end, stop)
    return b"".join((*parts, content[end:]))


def _escapes(content: bytes, forms: list[bytes]) -> re.Pattern[bytes] | None:
    """The escapes to decode; None where it is not worth it, as of most answers, which are long."""
    if not all(map(_WORD.fullmatch, forms)):
        escapes = _ASCII if all(map(_PLAIN.fullmatch, forms)) else _ANY
        return escapes if escapes.search(content) else None
    slashed = b"\\/" in content and any(b"/" in form for form in forms)
    if not slashed:
        return _OF_WORDS if _OF_WORDS.search(content) else None
    return _ASCII if _places(content.replace(b"\\/", b"/"), forms, _OF_WORDS) else None


def _places(
    content: bytes, forms: Iterable[bytes], escapes: re.Pattern[bytes]
) -> set[tuple[int, int]]:
    """Where in the content a form stands, as it is or when it is decoded."""
    rounds, places = list[_Round](), set[tuple[int, int]]()
    while True:
        for form in forms:
            at = content.find(form)
            while at >= 0:
                span = at, at + len(form)
                for round_ in reversed(rounds):
                    span = round_.source(*span)
                places.add(span)
                at = content.find(form, at + len(form))
        next_round = _Round(content, escapes)
        if next_round.content == content or len(rounds) == ROUNDS:
            return places
        rounds.append(next_round)
        content = next_round.content


class _Round:
    """A content with its escapes decoded once, and where each part of it comes from."""

    def __init__(self, content: bytes, escapes: re.Pattern[bytes]) -> None:
        parts, end, size = list[bytes](), 0, 0
        self._starts, self._ends = list[int](), list[int]()
        self._sources = list[tuple[int, int]]()
        known: dict[bytes, bytes] = {}
        for escape in escapes.finditer(content):
            text = escape[0]
            meant = known.get(text)
            if meant is None:
                meant = known[text] = _decoded(text)
            parts += content[end : escape.start()], meant
            size += escape.start() - end
            self._starts.append(size)
            size += len(meant)
            self._ends.append(size)
            end = escape.end()
            self._sources.append((escape.start(), end))
        self.content = b"".join((*parts, content[end:]))

    def source(self, start: int, stop: int) -> tuple[int, int]:
        """Where in what was decoded a part comes from."""
        return self._place(start)[0], self._place(stop - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        """The place of one byte."""
        number = bisect_right(self._starts, at) - 1
        while number >= 0 and self._starts[number] == self._ends[number]:
            number -= 1
        if number < 0:
            return at, at + 1
        if at < self._ends[number]:
            return self._sources[number]
        source = self._sources[number][1] + at - self._ends[number]
        return source, source + 1


def _decoded(escape: bytes) -> bytes:
    """What an escape means, in UTF-8."""
    if escape[:1] == b"%":
        return bytes((int(escape[-2:], 16),))
    if escape[:1] == b"&":
        entity = f"&{escape.decode('ascii').rpartition('amp;')[2].removeprefix('&')}"
        return unescape(entity).encode("utf-8", "surrogatepass")
    if escape[-1:] in b"/\"'\\":
        return escape[-1:]
    if escape[-1:] in _CONTROLS and len(escape) == 2:
        return _CONTROLS[escape[-1:]]
    units = [int(unit, 16) for unit in re.findall(rb"[ux]\{?([0-9a-fA-F]+)", escape)]
    if len(units) == 2:
        pair = b"".join(unit.to_bytes(2, "big") for unit in units)
        return pair.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
    return chr(min(units[0], _MOST)).encode("utf-8", "surrogatepass")
