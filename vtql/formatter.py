"""Text to text: queries as this package writes them, with their comments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vtql.ast import Select
from vtql.diagnostics import Diagnostic
from vtql.parser.node_builders import plain_machine
from vtql.parser.printer import Part, Spell, write, write_parts
from vtql.recovery.lexer import Statement, Token
from vtql.recovery.recover import SHOWN, parse_or_diagnose, syntax_error
from vtql.sanitize import columns
from vtql.source import MARK, Source, Span, must_be_text
from vtql.statements import SUPPRESSION_COMMENT, ParsedQuery, queries

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text from `--` on, its offset, whether something stands before it on its line."""

    text: str
    start: int
    follows: bool


def layout(parts: Sequence[Part], comments: Sequence[Comment], width: int) -> list[str]:
    """The lines of a query, its semicolon and the comments inside it among them."""
    comments_after = _comments_after(parts, comments)
    line = _line(parts)
    if not any(comments_after[:-1]) and columns(line) <= width:
        return _commented([line], comments_after[-1])
    lines = []
    for number in range(len(parts)):
        lines += _commented(_broken(parts, number, width), comments_after[number])
    return lines


def is_split(
    parts: Sequence[Part], comments: Sequence[Comment], width: int, together: Sequence[int]
) -> bool:
    """Whether parts that stood together in a line, by their numbers, are on several when laid out."""
    comments_after = _comments_after(parts, comments)
    if not any(comments_after[:-1]) and columns(_line(parts)) <= width:
        return False
    return len(together) > 1 or any(len(_broken(parts, number, width)) > 1 for number in together)


def _comments_after(parts: Sequence[Part], comments: Sequence[Comment]) -> list[list[Comment]]:
    """The comments that follow each part."""
    comments_of_part: list[list[Comment]] = [[] for _ in parts]
    starts = [part.start for part in parts]
    for comment in comments:
        comments_of_part[max(0, bisect_left(starts, comment.start) - 1)].append(comment)
    return comments_of_part


def _line(parts: Sequence[Part]) -> str:
    return " ".join(part.text for part in parts) + ";"


def _broken(parts: Sequence[Part], number: int, width: int) -> list[str]:
    """The lines of a part of a query that has a line for each."""
    part = parts[number]
    indent = INDENT if part.head.split(" ", 1)[0].upper() in ("AND", "OR") else ""
    return _wrapped(part, indent, ";" if number == len(parts) - 1 else "", width)


def _wrapped(part: Part, indent: str, end: str, width: int) -> list[str]:
    if columns(indent + part.text + end) <= width or len(part.items) < 2:
        return [indent + part.text + end]
    deeper = indent + INDENT * 2
    lines, current = [], indent + part.head
    for number, item in enumerate(part.items):
        last = number == len(part.items) - 1
        text = item + (part.tail + end if last else ",")
        blank = "" if current.endswith(("(", " ")) else " "
        if number and columns(current + blank + text) > width:
            lines.append(current)
            current, blank = deeper, ""
        current += blank + text
    return [*lines, current]


def _commented(lines: list[str], comments: Sequence[Comment]) -> list[str]:
    if not comments or not comments[0].follows:
        return [*lines, *(comment.text for comment in comments)]
    first, *others = comments
    return [*lines[:-1], f"{lines[-1]} {first.text}", *(comment.text for comment in others)]


Keywords: TypeAlias = Literal["upper", "lower"]

WIDTH = 100
KEYWORDS: Mapping[str, Spell] = {"upper": str, "lower": str.lower}

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_BLANK = re.compile(r"(?:\s|--[^\r\n]*)*")
_LINE_COMMENT = re.compile(r"[ \t]*(--[^\r\n]*)")


def format_text(text: str, *, width: int = WIDTH, keywords: Keywords = "upper") -> str:
    """Format queries: keywords in one case, one blank between words, one line if it fits.

    Comments (`-- …`) and single blank lines stay; a suppression comment moves
    before the query where it would otherwise apply to something else. A byte order mark stays, too.
    The tree of each query stays the same, and a formatted text is not changed again.

    Args:
        text: queries, each with its semicolon; the text ends with a line end if it did before.
        width: columns that a line may have; a longer query has a line for each condition.
        keywords: the case of the words of the language, `upper` or `lower`.

    Raises:
        QuerySyntaxError: one of them is not VTQL; the exception has the findings of all.
        ValueError: there is no such case of keywords.
    """
    must_be_text(text)
    if keywords not in KEYWORDS:
        raise ValueError(f"`{keywords}` is no case of keywords; they are `upper` or `lower`")
    if text.startswith(MARK):
        return MARK + format_text(text[1:], width=width, keywords=keywords)
    lines: list[str] = []
    wrong: list[Diagnostic] = []
    end, commented = 0, False
    moved: set[int] = set()
    for statement in queries(text, plain_machine()):
        query = (
            statement if isinstance(statement, ParsedQuery) else _recovered(text, statement, wrong)
        )
        if len(wrong) > SHOWN:
            break
        if wrong or query is None:
            continue
        for place in query.before:
            comment = _comment(text, place)
            if comment.start in moved:
                end = place.end
                continue
            if comment.follows and lines and not commented:
                lines[-1] += f" {comment.text}"
            else:
                lines += [*_blank_line(text, end, place.start, lines), comment.text]
            end, commented = place.end, True
        if query.tree is None:
            continue
        lines += _blank_line(text, end, query.span.start, lines)
        end = query.span.end
        is_alone = not query.inside and not _LINE_COMMENT.match(text, end)
        if is_alone and keywords == "upper" and columns(line := write(query.tree)) <= width:
            lines.append(line)
            commented = False
            continue
        parts = write_parts(query.tree, KEYWORDS[keywords])
        comments = [_comment(text, place) for place in query.inside]
        before_it = _moved_comments(text, query.span, parts, comments, width)
        moved |= {statement.start for statement in before_it}
        lines += [statement.text for statement in before_it]
        lines += layout(
            parts, [statement for statement in comments if statement.start not in moved], width
        )
        commented = (
            bool(comments)
            and comments[-1].start not in moved
            and lines[-1].endswith(comments[-1].text)
        )
    if wrong:
        raise syntax_error(Source(text), tuple(wrong))
    line_end = _LINE_ENDS.search(text)
    newline = line_end.group() if line_end else "\n"
    ended = bool(lines) and text.rstrip(" \t").endswith(("\r", "\n"))
    return newline.join(lines) + (newline if ended else "")


def _recovered(
    text: str, statement: Statement, wrong: list[Diagnostic]
) -> ParsedQuery[Select | None] | None:
    """A statement that is no query at first sight, as one; what keeps it from being one goes to `wrong`."""
    select, faults = parse_or_diagnose(text, statement)
    wrong += faults
    if wrong:
        return None
    inside = statement.inside if select else ()
    before = statement.comments[: len(statement.comments) - len(inside)]
    span = statement.span if select else Span(0, 0)
    return ParsedQuery(select, span, _places(before), _places(inside))


def _places(tokens: Sequence[Token]) -> tuple[Span, ...]:
    return tuple(Span(*token.place) for token in tokens)


def _moved_comments(
    text: str, query: Span, parts: Sequence[Part], comments: Sequence[Comment], width: int
) -> list[Comment]:
    """The suppression comments that would apply to something else after formatting.

    One at the end of a line applies to that line, which may be several now; one on a line of its own
    applies to the query around it, and would follow the query. Both move before the query, where
    they apply to all of it.
    """
    line_comment = _LINE_COMMENT.match(text, query.end)
    last = (
        [Comment(line_comment[1].rstrip(), line_comment.start(1), follows=True)]
        if line_comment
        else []
    )
    suppressions = [
        comment for comment in (*comments, *last) if SUPPRESSION_COMMENT.match(comment.text)
    ]
    if not suppressions:
        return []
    starts = _starts(text, parts)
    ends = [*starts[1:], query.end + 1]
    moved_comments: list[Comment] = []
    for comment in suppressions:
        if not comment.follows:
            moved_comments += [comment] if comment.start > parts[-1].start else []
            continue
        line = max(text.rfind("\n", 0, comment.start), text.rfind("\r", 0, comment.start)) + 1
        together = [
            number
            for number, (start, end) in enumerate(zip(starts, ends, strict=True))
            if start < comment.start
            and not _BLANK.fullmatch(text, max(start, line), max(line, min(end, comment.start)))
        ]
        if is_split(parts, comments, width, together):
            moved_comments.append(comment)
    return moved_comments


def _starts(text: str, parts: Sequence[Part]) -> list[int]:
    """Where the parts of a query begin in its text, each with its own AND, WHERE or the like."""
    starts: list[int] = []
    for part in parts:
        word = part.head.split(" ", 1)[0]
        before = text[starts[-1] : part.start] if starts else ""
        own = re.search(rf"\b{word}{_BLANK.pattern}\Z", before, re.IGNORECASE)
        starts.append(starts[-1] + own.start() if own else part.start)
    return starts


def _comment(text: str, place: Span) -> Comment:
    line = text.rfind("\n", 0, place.start) + 1
    line = max(line, text.rfind("\r", line, place.start) + 1)
    follows = bool(text[line : place.start].strip(" \t"))
    return Comment(text[slice(*place)].rstrip(), place.start, follows)


def _blank_line(text: str, end: int, start: int, lines: list[str]) -> list[str]:
    """One blank line where there were some, but none at the beginning."""
    return [""] if lines and len(_LINE_ENDS.findall(text, end, start)) > 1 else []
