"""Suggestions: the nearest names to one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names closest to `name`, best first, at most `most`; often none.

    A name that differs only in case or underscores is always first.
    """
    from difflib import SequenceMatcher  # noqa: PLC0415 - most names are right

    target = _plain(name)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(target)
    scored = []
    for candidate in names:
        plain = _plain(candidate)
        matcher.set_seq1(plain)
        if plain == target:
            score = 2.0
        elif matcher.real_quick_ratio() < 0.6 or matcher.quick_ratio() < 0.6:
            continue
        else:
            score = matcher.ratio()
        if score >= 0.6:
            scored.append((-score, candidate))
    return [candidate for _, candidate in sorted(scored)[:most]]


def suggestion(name: str, names: Iterable[str]) -> str:
    """A sentence that offers the nearest names, or the empty string."""
    return nearest_names(nearest(name, names))


def nearest_names(names: list[str]) -> str:
    """A sentence that offers `names`, best first, or the empty string."""
    if not names:
        return ""
    noun = "the nearest name is" if len(names) == 1 else "the nearest names are"
    return f"{noun} {listing(names, 'and')}"


def listing(names: Iterable[str], joint: str = "or") -> str:
    """Names in backticks as a phrase: `a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"


def short_repr(value: object) -> str:
    """A value as a message quotes it: not all of a long one."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a foreign `repr` must not hide what was wrong with the value
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}…"


def _plain(name: str) -> str:
    return name.casefold().replace("_", "")
