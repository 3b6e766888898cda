"""What a remark in the text ignores, and which remarks are of no use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType

from vtql.diagnostics import Applicability, Diagnostic, Edit
from vtql.errors import SettingsError
from vtql.linter import unknown_ignore, unused_ignore
from vtql.linter.codes import codes_of, near_rules
from vtql.linter.remarks import Remark
from vtql.linter.settings import Settings
from vtql.source import Span
from vtql.spelling import suggestion

WORDS = ("ignore", "ignore-file")

_OF_A_CATALOG = ("VT1", "VT2")
"""The families that say little without metadata, so that what ignores them may yet be of use."""


def unignored(
    text: str, told: Sequence[Diagnostic], remarks: Sequence[Remark], settings: Settings, *,
    catalogued: bool,
) -> list[Diagnostic]:  # fmt: skip
    """The findings that no remark ignores, and what is wrong with the remarks, in their order."""
    uses: dict[Remark, set[str]] = {each: set() for each in remarks}
    kept = [each for each in told if not _ignored(each, uses)]
    for each, used in uses.items():
        if not each.watched:
            continue
        wrong = _wrong(text, each, used, settings, catalogued=catalogued)
        kept += [each for each in wrong if each.code not in settings.off]
    return sorted(kept, key=lambda each: each.span.start)


def _ignored(found: Diagnostic, uses: dict[Remark, set[str]]) -> bool:
    """Whether a remark ignores the finding; all that do are of use."""
    ignored = False
    for each, used in uses.items():
        if each.word not in WORDS or not each.holds_at(found.span):
            continue
        hits = {named for named, _ in each.named if found.code in _codes(named)}
        if hits or not each.named:
            used.update(hits or {""})
            ignored = True
    return ignored


def _codes(named: str) -> frozenset[str]:
    try:
        return codes_of(named)
    except SettingsError:
        return frozenset()


def _wrong(
    text: str, remark: Remark, used: set[str], settings: Settings, *, catalogued: bool
) -> Iterator[Diagnostic]:
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
    idle = [
        (named, span) for named, span in remark.named
        if remark.word in WORDS and named not in used
        and _would_be_told(named, settings, catalogued=catalogued)
    ]  # fmt: skip
    for named, span in idle:
        whole = len(idle) == len(remark.named)
        edit = _without(text, remark.span) if whole else _without_code(remark, span)
        yield _unused(named, span, remark, edit) if _codes(named) else _unknown(named, span, edit)


def _would_be_told(named: str, settings: Settings, *, catalogued: bool) -> bool:
    """Whether all that a selector means would be told if it was there, or it means nothing."""
    codes = _codes(named)
    unsure = not catalogued and any(code.startswith(_OF_A_CATALOG) for code in codes)
    return not unsure and not codes & settings.off


def _unused(named: str, span: Span, remark: Remark, edit: Edit) -> Diagnostic:
    return _finding(
        unused_ignore, span, f"`{named}` is not found {_where(remark)}",
        "the comment can go" if edit.span.start <= remark.span.start else
        "it can go from the comment", (edit,),
    )  # fmt: skip


def _unknown(named: str, span: Span, edit: Edit) -> Diagnostic:
    near = near_rules(named)
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


def _without_code(remark: Remark, code: Span) -> Edit:
    """A code taken from a comment, with what parts it from the next, or else from the one before."""
    spans = [span for _, span in remark.named]
    at = spans.index(code)
    if at + 1 < len(spans):
        return Edit(Span(code.start, spans[at + 1].start), "")
    return Edit(Span(spans[at - 1].end, code.end), "")
