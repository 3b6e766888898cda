r"""What the pieces of any text look like.

The whole pattern knows forty kinds and takes 5 ms to compile, half of what a small file with one
mistake takes to read. So what nearly all of any query consists of has a pattern of its own, which
finds what the whole one would find there: a name that no `@` follows is no address, a `=` that no
`=` follows no other operator. Only what that leaves is for the whole one, from then on compiled.
"""

from __future__ import annotations

import re
import sys
from functools import cache

OFTEN = re.compile(
    r"""
    (?P<BLANK> [ \t\r\n]+)
  | (?P<NAME> [A-Za-z_][A-Za-z0-9_]*+(?! \w | [.+-][\w.+-]{0,64}@ | @))
  | (?P<LITERAL> '[^'\\]{1,200}+'(?=[,);] | (?<![=<>(,eE \t\r\n]')[ \t\r\n]))
  | (?P<QUOTE> ')
  | (?P<COMMA> ,)
  | (?P<EQ> =(?![=<>])) | (?P<NE> !=(?!=)) | (?P<LE> <=(?!>)) | (?P<GE> >=) | (?P<LT> <(?![=>])) | (?P<GT> >)
  | (?P<ID> [0-9]++x[0-9]++(?![\w.+@-]))
  | (?P<NUMBER> [0-9]++(?![\w.+@:/-])) | (?P<DECIMAL> [0-9]++\.[0-9]++(?![\w.+@-]))
  | (?P<OPEN> \() | (?P<CLOSE> \)) | (?P<SEMICOLON> ;) | (?P<STAR> \*)
  | (?P<DOT> \.(?! [0-9] | [\w.+-]{0,64}@))
  | (?P<DOUBLE> "(?:[^"\\]++|\\[^"]|"")*+")
  | (?P<COMMENT> --[^\r\n]*)
    """,
    re.VERBOSE,
)

_WHOLE = r"""
    (?P<BLANK> [ \t\r\n]+)
  | (?P<COMMENT> --[^\r\n]*)
  | (?P<BLOCK> /\*[\s\S]*?(?:\*/|\Z) | \#[^\r\n]*)
  | (?P<LITERAL> '[^'\\]{1,200}+'(?=[,);] | (?<![=<>(,eE \t\r\n]')[ \t\r\n]))
  | (?P<QUOTE> ')
  | (?P<DOUBLE> "(?:[^"\\]++|\\[^"]|"")*+")
  | (?P<ESCAPED> "(?:[^"\\\r\n]|\\.|""){0,2000}+"(?=[ \t\r\n]*(?:[,);=<>!]|\Z
                 |(?i:and|or|order|orderby|limit|group|as|from|in|like|not|is|between)\b)))
  | (?P<BACKTICK> `[^`\r\n]*+`(?:\w*+`[^`\r\n]*+`)*+ | \[[A-Za-z_]\w*\])
  | (?P<CURLY> [‘’‚‛´][^‘’‚‛´'\r\n;]*+[‘’´'] | [“”„«][^“”„«»"\r\n;]*+[“”»"])
  | (?P<CAST> ::[A-Za-z_]\w*)
  | (?P<HOLE> \?+ | %\([A-Za-z_]\w{0,99}\)[sdr] | %[sdr](?!\w) | \$?\{{1,2}[^{}\r\n]{0,200}\}{1,2}
            | (?:[:$]|@{1,2})[A-Za-z_]\w* | \$[0-9]+)
  | (?P<DATE> [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?
              (?![\w+:.-]))
  | (?P<ODDDATE> [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?
                 [ ]?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})(?!\w)
               | [0-9]{1,2}(?P<between>[./-])[0-9]{1,2}(?P=between)(?:[0-9]{4}|[0-9]{2})(?![\w./-])
               | [0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2}(?![\w./-]))
  | (?P<TIME> [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![\w:]))
  | (?P<EMAIL> [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})
  | (?P<DECIMAL> [+-]?(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))
  | (?P<ID> [0-9]+x[0-9]+(?!\w))
  | (?P<NUMBER> [0-9]+(?!\w))
  | (?P<SIGNED> [+-][0-9]+)
  | (?P<NAME> [A-Za-z_][A-Za-z0-9_]*(?!\w))
  | (?P<WORD> \w+)
  | (?P<OPERATOR> <> | <=> | ={2,} | !== | =< | => | !< | !> | ![ \t]+= | && | \|\| | !~\*? | ~\*?
                  | (?<=[ \t\r\n'")])[&|](?=[ \t\r\n'"(]))
  | (?P<NE> !=) | (?P<LE> <=) | (?P<GE> >=) | (?P<EQ> =) | (?P<LT> <) | (?P<GT> >)
  | (?P<STAR> \*) | (?P<OPEN> \() | (?P<CLOSE> \)) | (?P<COMMA> ,) | (?P<SEMICOLON> ;)
  | (?P<DOT> \.) | (?P<BANG> !)
  | (?P<LSQUARE> \[) | (?P<RSQUARE> \])
  | (?P<SIGN> [+\-]) | (?P<ARITHMETIC> [/%^])
  | (?P<ODDBLANK> (?:[^\S \t\r\n]|[\0\u200b\u2060\ufeff])++)
  | (?P<JUNK> (?P<one>[\s\S])(?P=one)*)
    """


@cache
def whole() -> re.Pattern[str]:
    """The pattern that something of every text matches."""
    return re.compile(_WHOLE, re.VERBOSE)


def scan(text: str, at: int, end: int = sys.maxsize) -> re.Match[str]:
    """The piece at an offset, its kind as the last group of the match."""
    found = OFTEN.match(text, at, end) or whole().match(text, at, end)
    assert found is not None
    return found
