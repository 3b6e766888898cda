"""What servers take by accident: texts that are not VTQL and are answered all the same.

The server's parser looks at little more than the order of words. A word as a value goes to SQL as
a column, IN does without brackets at the end, `limit abc` limits nothing. Such a text is mended
here: written anew as VTQL that the parser reads, with a note of what stood there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n]+)|(?P<word>\w+)|(?P<literal>'(?:[^']++|'')++')|(?P<signed>[+-][0-9]+)"
    r"|(?P<sign>[()]|,|\*|=|<(?!=)|>(?!=)|<=|>=|!=|;)", re.ASCII,
)  # fmt: skip
"""What the server's lexer knows."""

_KEYWORDS = frozenset({"and", "or", "in", "like", "where", "limit", "order", "orderby"})
"""Words that the server never takes for a value or a field of a condition."""

_WHOLE = re.compile(r"[0-9]+(?:x[0-9]+)?")
_OPEN_ENDED = re.compile(r"(?<!\\)(?:\\\\)*\\'")
"""A backslash that takes a quote with it when the database reads the literal."""


@dataclass(slots=True)
class Mended:
    """A text the parser can read; what stood where it differs, by offset; whether SQL will fail."""

    originals: dict[int, str] = field(default_factory=dict)
    fails: bool = False
    text: str = ""

    def add(self, piece: str, original: str | None = None) -> None:
        """Write a token, and what it stands for if that is something else."""
        if original is not None:
            self.originals[len(self.text)] = original
        self.text += piece + " "


def mended(text: str) -> Mended | None:
    """The text as VTQL; None where the server's own lexer knows no way either."""
    tokens = []
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            return None
        if token.lastgroup != "blank":
            tokens.append((str(token.lastgroup), token.group()))
        at = token.end()
    made = Mended()
    _mend(tokens, made)
    return made


def _mend(tokens: list[tuple[str, str]], made: Mended) -> None:
    words = [text.lower() for _, text in tokens]
    behind = words.index("from") + 2 if "from" in words else len(tokens)
    _mend_head([text for _, text in tokens[:behind]], made)
    _mend_rest(tokens[behind:], made)


def _mend_head(words: list[str], made: Mended) -> None:
    """Up to the module. Columns behind `count(*)` do not count."""
    if [word.lower() for word in words[1:6]] == ["count", "(", "*", ")", ","]:
        words = words[:5] + words[-2:]
    for word in words:
        made.add(word)


def _mend_rest(tokens: list[tuple[str, str]], made: Mended) -> None:
    """Behind the module; `state` is what the server expects, going from left to right."""
    state, listing = "named", False
    following = [text.lower() for _, text in tokens[1:]] + [""]
    for (kind, text), after in zip(tokens, following, strict=False):
        word = text.lower() if kind == "word" else ""
        if listing and (word in ("order", "orderby", "limit") or text == ";"):
            made.add(")")
            made.fails, listing = made.fails or state == "brackets", False
        if word == "order" and after != "by":
            continue  # wherever it stands
        if word in ("where", "order", "orderby", "limit"):
            made.add(text)
            state = "field" if word == "where" else word
        elif state == "field":
            _field(kind, text, made)
            state = "operator"
        elif state == "operator":
            made.add(text)
            listing = word == "in"
            state = "brackets" if listing and after == "(" else "value"
            if listing and state == "value":
                made.add("(")
        elif word in ("and", "or"):
            made.add(text)
            state = "field"
        elif state in ("value", "brackets"):
            _value(kind, text, made)
            listing = listing and text != ")"
        elif state in ("order", "orderby"):
            _sort_field(kind, text, made)
        elif state == "limit":
            _limit(kind, text, after, made)
        else:
            made.add(text)


def _field(kind: str, token: str, made: Mended) -> None:
    """Anything but a keyword or a sign is the name of a field, and refused later for being none."""
    if kind in ("literal", "signed") or token[0].isdigit():
        made.add("nothing", token)
    else:
        made.add(token)


def _value(kind: str, token: str, made: Mended) -> None:
    if kind == "literal" and _OPEN_ENDED.search(token):
        made.fails = True
        made.add("'open'")
    elif kind == "word" and token.lower() not in _KEYWORDS and not _WHOLE.fullmatch(token):
        made.add(f"'{token}'", token)
    else:
        made.add(token)


def _sort_field(kind: str, token: str, made: Mended) -> None:
    if kind in ("literal", "signed"):
        made.fails = True
        made.add("id")
    else:
        made.add(token)


def _limit(kind: str, token: str, after: str, made: Mended) -> None:
    """PHP compares a limit that is no number with 100 as texts: a word is more, a quote less."""
    if kind == "sign" or token.isdigit():
        made.add(token)
    elif kind == "word" and not token[0].isdigit():
        made.fails = made.fails or after == ","
        made.add("100")
    else:
        made.fails = True
        made.add("1")
