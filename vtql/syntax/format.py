"""Text to text: queries as this package writes them, with their comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

from vtql.diagnostics import Diagnostic
from vtql.source import Source
from vtql.syntax.layout import Comment, laid_out
from vtql.syntax.recovery.pieces import Piece
from vtql.syntax.script import SHOWN, judged, syntax_error
from vtql.syntax.write import Spell, write_parts

Keywords: TypeAlias = Literal["upper", "lower"]

WIDTH = 100
KEYWORDS: Mapping[str, Spell] = {"upper": str, "lower": str.lower}

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def format_text(text: str, *, width: int = WIDTH, keywords: Keywords = "upper") -> str:
    """Queries in the one spelling: keywords in one case, one blank between words, one line if it fits.

    Comments (`-- …`) and single blank lines stay. The tree of each query stays the same, and a
    formatted text is not changed again.

    Args:
        text: queries, each with its semicolon; the text ends with a line end if it did before.
        width: columns that a line may have; a longer query has a line for each condition.
        keywords: the case of the words of the language, `upper` or `lower`.

    Raises:
        QuerySyntaxError: one of them is not VTQL; the exception has the findings of all.
        ValueError: there is no such case of keywords.
    """
    if keywords not in KEYWORDS:
        raise ValueError(f"`{keywords}` is no case of keywords; they are `upper` or `lower`")
    lines: list[str] = []
    wrong: list[Diagnostic] = []
    end, commented = 0, False
    for statement, select, faults in judged(text):
        wrong += faults
        if len(wrong) > SHOWN:
            break
        if wrong:
            continue
        inside = statement.inside if select else ()
        before = statement.comments[: len(statement.comments) - len(inside)]
        for piece in before:
            comment = _comment(text, piece)
            if comment.follows and lines and not commented:
                lines[-1] += f" {comment.text}"
            else:
                lines += [*_blank_line(text, end, piece.start(), lines), comment.text]
            end, commented = piece.end(), True
        if select is None:
            continue
        lines += _blank_line(text, end, statement.span.start, lines)
        parts = write_parts(select, KEYWORDS[keywords])
        lines += laid_out(parts, [_comment(text, piece) for piece in inside], width)
        end = statement.span.end
        commented = bool(inside) and lines[-1].endswith(inside[-1].text.rstrip())
    if wrong:
        raise syntax_error(Source(text), tuple(wrong))
    line_end = _LINE_ENDS.search(text)
    newline = line_end.group() if line_end else "\n"
    ended = bool(lines) and text.rstrip(" \t").endswith(("\r", "\n"))
    return newline.join(lines) + (newline if ended else "")


def _comment(text: str, piece: Piece) -> Comment:
    line = text.rfind("\n", 0, piece.start()) + 1
    line = max(line, text.rfind("\r", line, piece.start()) + 1)
    follows = bool(text[line : piece.start()].strip(" \t"))
    return Comment(piece.text.rstrip(), piece.start(), follows)


def _blank_line(text: str, end: int, start: int, lines: list[str]) -> list[str]:
    """One blank line where there were some, but none at the beginning."""
    return [""] if lines and len(_LINE_ENDS.findall(text, end, start)) > 1 else []
