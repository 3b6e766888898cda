"""What a remark in the text ignores, and which remarks are of no use."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from types import ModuleType

from vtql.diagnostics import Applicability, Diagnostic, Edit
from vtql.lint.selectors import matching_codes, suggest_rules
from vtql.lint.settings import Settings
from vtql.lint.suppression_comments import Suppression
from vtql.rules import unknown_ignore, unused_ignore
from vtql.source import Span
from vtql.suggestions import suggestion

WORDS = ("ignore", "ignore-file")

_OF_A_CATALOG = ("VT1", "VT2")
"""The families that say little without metadata, so that what ignores them may yet be of use."""


def apply_suppressions(
    text: str, diagnostics: Sequence[Diagnostic], suppressions: Sequence[Suppression], settings: Settings, *,
    catalogued: bool,
) -> list[Diagnostic]:  # fmt: skip
    """The findings that no remark ignores, and what is wrong with the remarks, in their order.

    The time grows with the number of findings and of codes that remarks name, not with their
    product: of each code the places are kept in order, so that one look tells whether any is met.
    """
    codes = {
        name: matching_codes(name)
        for each in suppressions
        if each.word in WORDS
        for name, _ in each.selectors
    }
    found_at: dict[str, list[Span]] = {}
    for each in diagnostics:
        last = max(each.span.start, each.span.end - 1)
        found_at.setdefault(each.code, []).append(Span(each.span.start, last))
    places = {code: SpanIndex(spans) for code, spans in found_at.items()}
    ignored_at: dict[str, list[Span]] = {}
    uses = [_uses(each, codes, places, ignored_at) for each in suppressions]
    ignored = {code: SpanIndex(spans) for code, spans in ignored_at.items()}
    remaining = [
        each for each in diagnostics
        if each.code not in ignored
        or not ignored[each.code].meet(
            Span(each.span.start, max(each.span.start, each.span.end - 1))
        )
    ]  # fmt: skip
    nearest = Suggestions()
    for suppression, used in zip(suppressions, uses, strict=True):
        if suppression.report_unused:
            wrong = _faults(
                text, suppression, used, codes, settings, nearest, catalogued=catalogued
            )
            remaining += [one for one in wrong if one.code not in settings.off]
    return sorted(remaining, key=lambda each: each.span.start)


class SpanIndex:
    """Spans whose ends count, asked whether one of them meets another span."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [span.start for span in ordered]
        self._ends = list(accumulate((span.end for span in ordered), max))

    def meet(self, span: Span) -> bool:
        """Whether one of the spans has a character, or an end, in common with this one."""
        before = bisect_right(self._starts, span.end)
        return before > 0 and self._ends[before - 1] >= span.start


def _uses(
    suppression: Suppression, codes: Mapping[str, frozenset[str]], places: Mapping[str, SpanIndex],
    ignored_at: dict[str, list[Span]],
) -> set[str]:  # fmt: skip
    """What a remark names that is found where it holds; the empty text for one that names nothing.

    Where it holds is noted with each code that it ignores there.
    """
    if suppression.word not in WORDS or suppression.scope is None:
        return set()
    used = set()
    hits: set[str] = set()
    for name in {name for name, _ in suppression.selectors} or {""}:
        candidates = codes[name] & places.keys() if name else places.keys()
        met = {code for code in candidates if places[code].meet(suppression.scope)}
        if met:
            used.add(name)
            hits |= met
    for code in hits:
        ignored_at.setdefault(code, []).append(suppression.scope)
    return used


class Suggestions:
    """Offers what an unknown code may have meant, for the first of a text: to look takes a while,
    and who has written more of them has written something else than codes."""

    MOST = 20

    def __init__(self) -> None:
        self._offers: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """A sentence that offers the nearest rules; it may be empty."""
        if name not in self._offers:
            self._offers[name] = suggest_rules(name) if len(self._offers) < self.MOST else ""
        return self._offers[name]


def _faults(
    text: str, suppression: Suppression, used: set[str], codes: Mapping[str, frozenset[str]],
    settings: Settings, nearest: Suggestions, *, catalogued: bool,
) -> Iterator[Diagnostic]:  # fmt: skip
    if suppression.word not in WORDS:
        near = suggestion(suppression.word, WORDS) or "it is `ignore` or `ignore-file`"
        yield _finding(
            unknown_ignore,
            suppression.span,
            f"a remark to vtql cannot be `{suppression.word}`",
            near,
        )
    elif not suppression.selectors and not used and not settings.off:
        yield _finding(
            unused_ignore, suppression.span, f"nothing is found {_where(suppression)}", "the comment can go",
            (_without(text, suppression.span),),
            Applicability.SAFE if catalogued else Applicability.UNSAFE,
        )  # fmt: skip
    if suppression.word not in WORDS:
        return
    idle = [
        at for at, (name, _) in enumerate(suppression.selectors)
        if name not in used and _would_be_reported(codes[name], settings, catalogued=catalogued)
    ]  # fmt: skip
    whole = len(idle) == len(suppression.selectors)
    for at in idle:
        name, span = suppression.selectors[at]
        edit = _without(text, suppression.span) if whole else _without_code(suppression, at)
        if codes[name]:
            yield _unused(name, span, suppression, edit)
        else:
            yield _unknown(name, span, edit, nearest(name))


def _would_be_reported(codes: frozenset[str], settings: Settings, *, catalogued: bool) -> bool:
    """Whether all that a selector means would be told if it was there, or it means nothing."""
    unsure = not catalogued and any(code.startswith(_OF_A_CATALOG) for code in codes)
    return not unsure and not codes & settings.off


def _unused(selector: str, span: Span, suppression: Suppression, edit: Edit) -> Diagnostic:
    return _finding(
        unused_ignore, span, f"`{selector}` is not found {_where(suppression)}",
        "the comment can go" if edit.span.start <= suppression.span.start else
        "it can go from the comment", (edit,),
    )  # fmt: skip


def _unknown(selector: str, span: Span, edit: Edit, near: str) -> Diagnostic:
    return _finding(
        unknown_ignore, span, f"`{selector}` is no rule",
        near or "a reason stands behind a second `--` or in brackets", (edit,),
        Applicability.UNSAFE,
    )  # fmt: skip


def _where(suppression: Suppression) -> str:
    if suppression.word == "ignore-file":
        return "in this file"
    if suppression.scope is None:
        return "here, for no query follows"
    alone = suppression.scope.end > suppression.span.end
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
        ends = next(
            (line_end for line_end in ("\r\n", "\n", "\r") if text.startswith(line_end, end)), ""
        )
        end += len(ends)
    return Edit(Span(start, end), "")


def _without_code(suppression: Suppression, at: int) -> Edit:
    """A code taken from a comment, with what parts it from the next, or else from the one before."""
    _, code = suppression.selectors[at]
    if at + 1 < len(suppression.selectors):
        return Edit(Span(code.start, suppression.selectors[at + 1][1].start), "")
    return Edit(Span(suppression.selectors[at - 1][1].end, code.end), "")
