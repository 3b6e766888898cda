"""Apply suppression comments to findings, and report comments that are unused or unknown."""

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

ACTIONS = ("ignore", "ignore-file")

_CATALOG_FAMILIES = ("VT1", "VT2")
"""Families of rules that need a catalog: without one, a comment that suppresses them is not unused."""


def apply_suppressions(
    text: str, diagnostics: Sequence[Diagnostic], suppressions: Sequence[Suppression], settings: Settings, *,
    catalogued: bool,
) -> list[Diagnostic]:  # fmt: skip
    """Remove suppressed findings, add those about the comments themselves, and sort by position.

    Time is linear in findings plus selectors, up to a logarithm: spans are indexed by code.
    """
    codes = {
        name: matching_codes(name)
        for suppression in suppressions
        if suppression.word in ACTIONS
        for name, _ in suppression.selectors
    }
    found_at: dict[str, list[Span]] = {}
    for diagnostic in diagnostics:
        found_at.setdefault(diagnostic.code, []).append(_inclusive(diagnostic.span))
    places = {code: SpanIndex(spans) for code, spans in found_at.items()}
    ignored_at: dict[str, list[Span]] = {}
    uses = [_uses(suppression, codes, places, ignored_at) for suppression in suppressions]
    ignored = {code: SpanIndex(spans) for code, spans in ignored_at.items()}
    remaining = [
        diagnostic for diagnostic in diagnostics
        if diagnostic.code not in ignored
        or not ignored[diagnostic.code].meet(_inclusive(diagnostic.span))
    ]  # fmt: skip
    nearest = Suggestions()
    for suppression, used in zip(suppressions, uses, strict=True):
        if suppression.report_unused:
            faults = _faults(
                text, suppression, used, codes, settings, nearest, catalogued=catalogued
            )
            remaining += [fault for fault in faults if fault.code not in settings.off]
    return sorted(remaining, key=lambda diagnostic: diagnostic.span.start)


def _inclusive(span: Span) -> Span:
    """The span with its last character as its end."""
    return Span(span.start, max(span.start, span.end - 1))


class SpanIndex:
    """An index of spans with inclusive ends, for overlap queries."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [span.start for span in ordered]
        self._ends = list(accumulate((span.end for span in ordered), max))

    def meet(self, span: Span) -> bool:
        """Whether a span of the index overlaps or touches this one."""
        before = bisect_right(self._starts, span.end)
        return before > 0 and self._ends[before - 1] >= span.start


def _uses(
    suppression: Suppression, codes: Mapping[str, frozenset[str]], places: Mapping[str, SpanIndex],
    ignored_at: dict[str, list[Span]],
) -> set[str]:  # fmt: skip
    """The selectors of a comment that match a finding in its scope; "" if it has no selectors.

    The scope is added to `ignored_at` for each code that it suppresses.
    """
    if suppression.word not in ACTIONS or suppression.scope is None:
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
    """Suggestions for unknown selectors, limited to the first of a text: each takes a while."""

    MOST = 20

    def __init__(self) -> None:
        self._offers: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Suggest the nearest rules; the sentence may be empty."""
        if name not in self._offers:
            self._offers[name] = suggest_rules(name) if len(self._offers) < self.MOST else ""
        return self._offers[name]


def _faults(
    text: str, suppression: Suppression, used: set[str], codes: Mapping[str, frozenset[str]],
    settings: Settings, nearest: Suggestions, *, catalogued: bool,
) -> Iterator[Diagnostic]:  # fmt: skip
    if suppression.word not in ACTIONS:
        near = suggestion(suppression.word, ACTIONS) or "it is `ignore` or `ignore-file`"
        yield _finding(
            unknown_ignore,
            suppression.span,
            f"a suppression comment cannot begin with `{suppression.word}`",
            near,
        )
    elif not suppression.selectors and not used and not settings.off:
        yield _finding(
            unused_ignore, suppression.span, f"nothing is found {_where(suppression)}", "the comment can go",
            (_without(text, suppression.span),),
            Applicability.SAFE if catalogued else Applicability.UNSAFE,
        )  # fmt: skip
    if suppression.word not in ACTIONS:
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
    """Whether every code of a selector is enabled and checked; true for a selector without codes."""
    unsure = not catalogued and any(code.startswith(_CATALOG_FAMILIES) for code in codes)
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
    """Remove a comment, and its line if it stands alone on it."""
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
    """Remove a selector from a comment, with its separator."""
    _, code = suppression.selectors[at]
    if at + 1 < len(suppression.selectors):
        return Edit(Span(code.start, suppression.selectors[at + 1][1].start), "")
    return Edit(Span(suppression.selectors[at - 1][1].end, code.end), "")
