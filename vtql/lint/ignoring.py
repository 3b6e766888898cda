"""What a remark in the text ignores, and which remarks are of no use."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from types import ModuleType

from vtql.diagnostics import Applicability, Diagnostic, Edit
from vtql.lint import unknown_ignore, unused_ignore
from vtql.lint.codes import known_codes, near_rules
from vtql.lint.remarks import Remark
from vtql.lint.settings import Settings
from vtql.source import Span
from vtql.suggestions import suggestion

WORDS = ("ignore", "ignore-file")

_OF_A_CATALOG = ("VT1", "VT2")
"""The families that say little without metadata, so that what ignores them may yet be of use."""


def unignored(
    text: str, told: Sequence[Diagnostic], remarks: Sequence[Remark], settings: Settings, *,
    catalogued: bool,
) -> list[Diagnostic]:  # fmt: skip
    """The findings that no remark ignores, and what is wrong with the remarks, in their order.

    The time grows with the number of findings and of codes that remarks name, not with their
    product: of each code the places are kept in order, so that one look tells whether any is met.
    """
    codes = {
        name: known_codes(name) for each in remarks if each.word in WORDS for name, _ in each.named
    }
    found_at: dict[str, list[Span]] = {}
    for each in told:
        last = max(each.span.start, each.span.end - 1)
        found_at.setdefault(each.code, []).append(Span(each.span.start, last))
    places = {code: Places(spans) for code, spans in found_at.items()}
    ignored_at: dict[str, list[Span]] = {}
    uses = [_uses(each, codes, places, ignored_at) for each in remarks]
    ignored = {code: Places(spans) for code, spans in ignored_at.items()}
    kept = [
        each for each in told
        if each.code not in ignored
        or not ignored[each.code].meet(
            Span(each.span.start, max(each.span.start, each.span.end - 1))
        )
    ]  # fmt: skip
    nearest = Nearest()
    for remark, used in zip(remarks, uses, strict=True):
        if remark.watched:
            wrong = _wrong(text, remark, used, codes, settings, nearest, catalogued=catalogued)
            kept += [one for one in wrong if one.code not in settings.off]
    return sorted(kept, key=lambda each: each.span.start)


class Places:
    """Spans whose ends count, asked whether one of them meets another span."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [each.start for each in ordered]
        self._ends = list(accumulate((each.end for each in ordered), max))

    def meet(self, span: Span) -> bool:
        """Whether one of the spans has a character, or an end, in common with this one."""
        before = bisect_right(self._starts, span.end)
        return before > 0 and self._ends[before - 1] >= span.start


def _uses(
    remark: Remark, codes: Mapping[str, frozenset[str]], places: Mapping[str, Places],
    ignored_at: dict[str, list[Span]],
) -> set[str]:  # fmt: skip
    """What a remark names that is found where it holds; the empty text for one that names nothing.

    Where it holds is noted with each code that it ignores there.
    """
    if remark.word not in WORDS or remark.scope is None:
        return set()
    used = set()
    hits: set[str] = set()
    for name in {name for name, _ in remark.named} or {""}:
        named = codes[name] & places.keys() if name else places.keys()
        met = {code for code in named if places[code].meet(remark.scope)}
        if met:
            used.add(name)
            hits |= met
    for code in hits:
        ignored_at.setdefault(code, []).append(remark.scope)
    return used


class Nearest:
    """Offers what an unknown code may have meant, for the first of a text: to look takes a while,
    and who has written more of them has written something else than codes."""

    MOST = 20

    def __init__(self) -> None:
        self._offers: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """A sentence that offers the nearest rules; it may be empty."""
        if name not in self._offers:
            self._offers[name] = near_rules(name) if len(self._offers) < self.MOST else ""
        return self._offers[name]


def _wrong(
    text: str, remark: Remark, used: set[str], codes: Mapping[str, frozenset[str]],
    settings: Settings, nearest: Nearest, *, catalogued: bool,
) -> Iterator[Diagnostic]:  # fmt: skip
    if remark.word not in WORDS:
        near = suggestion(remark.word, WORDS) or "it is `ignore` or `ignore-file`"
        yield _finding(
            unknown_ignore, remark.span, f"a remark to vtql cannot be `{remark.word}`", near
        )
    elif not remark.named and not used and not settings.off:
        yield _finding(
            unused_ignore, remark.span, f"nothing is found {_where(remark)}", "the comment can go",
            (_without(text, remark.span),),
            Applicability.SAFE if catalogued else Applicability.UNSAFE,
        )  # fmt: skip
    if remark.word not in WORDS:
        return
    idle = [
        at for at, (name, _) in enumerate(remark.named)
        if name not in used and _would_be_told(codes[name], settings, catalogued=catalogued)
    ]  # fmt: skip
    whole = len(idle) == len(remark.named)
    for at in idle:
        name, span = remark.named[at]
        edit = _without(text, remark.span) if whole else _without_code(remark, at)
        if codes[name]:
            yield _unused(name, span, remark, edit)
        else:
            yield _unknown(name, span, edit, nearest(name))


def _would_be_told(codes: frozenset[str], settings: Settings, *, catalogued: bool) -> bool:
    """Whether all that a selector means would be told if it was there, or it means nothing."""
    unsure = not catalogued and any(code.startswith(_OF_A_CATALOG) for code in codes)
    return not unsure and not codes & settings.off


def _unused(named: str, span: Span, remark: Remark, edit: Edit) -> Diagnostic:
    return _finding(
        unused_ignore, span, f"`{named}` is not found {_where(remark)}",
        "the comment can go" if edit.span.start <= remark.span.start else
        "it can go from the comment", (edit,),
    )  # fmt: skip


def _unknown(named: str, span: Span, edit: Edit, near: str) -> Diagnostic:
    return _finding(
        unknown_ignore, span, f"`{named}` is no rule",
        near or "a reason stands behind a second `--` or in brackets", (edit,),
        Applicability.UNSAFE,
    )  # fmt: skip


def _where(remark: Remark) -> str:
    if remark.word == "ignore-file":
        return "in this file"
    if remark.scope is None:
        return "here, for no query follows"
    alone = remark.scope.end > remark.span.end
    return "in this query" if alone else "in this line"


def _finding(
    kind: ModuleType, span: Span, message: str, help_: str, edits: tuple[Edit, ...] = (),
    applicability: Applicability = Applicability.SAFE,
) -> Diagnostic:  # fmt: skip
    return Diagnostic(
        kind.CODE, kind.SLUG, kind.SEVERITY, message, span, help_, edits, applicability
    )


def _without(text: str, comment: Span) -> Edit:
    """A comment taken away, its line with it where it has one of its own."""
    start, end = comment
    while start and text[start - 1] in " \t":
        start -= 1
    if not start or text[start - 1] in "\r\n":
        ends = next((each for each in ("\r\n", "\n", "\r") if text.startswith(each, end)), "")
        end += len(ends)
    return Edit(Span(start, end), "")


def _without_code(remark: Remark, at: int) -> Edit:
    """A code taken from a comment, with what parts it from the next, or else from the one before."""
    _, code = remark.named[at]
    if at + 1 < len(remark.named):
        return Edit(Span(code.start, remark.named[at + 1][1].start), "")
    return Edit(Span(remark.named[at - 1][1].end, code.end), "")
