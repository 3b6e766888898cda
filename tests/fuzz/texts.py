"""What holds for any text at all; as a script, the search for a text for which it does not.

    pip install atheris && pip install -e .
    mkdir found && python tests/fuzz/texts.py -max_total_time=1500 -timeout=5 -max_len=4096 found

The arguments are those of libFuzzer. An empty folder is filled with the inputs of the corpora, from
which the search starts; a file instead of a folder is checked once. `tests/test_fuzz.py` checks the
same without atheris.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import vtql
from vtql.ast import Bare, Name, Node, walk
from vtql.diagnostics import paint
from vtql.extended.compile import compile_query, parse_script
from vtql.extended.parse import extended_parser
from vtql.extended.plan import Plan
from vtql.formatter import Keywords
from vtql.logic.plan import Precedence
from vtql.parser.lalr import Stop
from vtql.parser.node_builders import plain_machine
from vtql.profiles import PROFILES
from vtql.recovery.lexer import parse_tokens, statements
from vtql.recovery.syntax_codes import CODES
from vtql.sanitize import visible
from vtql.source import Source
from vtql.statements import SUPPRESSION_COMMENT, ParsedQuery, queries

T = TypeVar("T")

HERE = Path(__file__).parent
FOLDERS = ("compile", "format", "messages", "rules", "sandbox", "syntax")
"""The corpora whose inputs are texts."""

ROUNDS = 4
"""Repairs may show further findings, which have repairs of their own; but not without an end."""

SHOWN = 20
"""Errors of which an exception has all; of more it may leave out some."""

PAINTED = 5
"""Findings that are shown: all are shown in the same way, and each takes the length of its line."""

TYPES = {
    "lastname": "string",
    "amount": "double",
    "employees": "integer",
    "birthday": "date",
    "modifiedtime": "datetime",
    "emailoptout": "boolean",
    "account_id": "reference",
    "validfrom": "time",
}
CATALOG = vtql.Catalog.from_describes(
    {
        "name": name,
        "idPrefix": prefix,
        "fields": [{"name": field, "type": {"name": kind}} for field, kind in TYPES.items()],
    }
    for name, prefix in (("Contacts", "12"), ("Accounts", "11"))
)

_COMMENT = re.compile(r"'(?:[^']|'')*'|(--[^\r\n]*)")
_CODE = re.compile(r"VT[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Looked:
    """A text and what is found in it: as it is sent, as a file, with metadata for some servers.

    `repairs` are, of a text that is sent and of a file, what is found in it and in what it is after
    its repairs, and so on.
    """

    text: str
    asked: vtql.Analysis
    written: vtql.Analysis
    known: vtql.Analysis
    repairs: tuple[list[vtql.Analysis], ...]

    @property
    def all(self) -> tuple[vtql.Analysis, ...]:
        """What is found in each way."""
        return self.asked, self.written, self.known

    def one_of(self, choices: Sequence[T]) -> T:
        """One of several, which depends on nothing but the text."""
        return _one_of(choices, self.text)


def look(text: str) -> Looked:
    """What is found in a text."""
    way = _one_of((vtql.analyze, vtql.analyze_script), text)
    profile = _one_of((None, *PROFILES), text)
    asked = list(_repairs(vtql.analyze, text))
    written = list(_repairs(vtql.analyze_script, text))
    return Looked(text, asked[0], written[0], way(text, CATALOG, profile), (asked, written))


def check(text: str) -> None:
    """Assert what holds for every text."""
    looked = look(text)
    for holds in HOLDS:
        holds(looked)


def findings_are_told_in_their_place(looked: Looked) -> None:
    """They stand in the text, in its order, and can be shown; a query without a tree has one."""
    for analysis in looked.all:
        starts = [found.span.start for found in analysis.diagnostics]
        assert starts == sorted(starts)
        for found in analysis.diagnostics:
            assert _CODE.fullmatch(found.code)
            assert found.slug
            assert found.message
            assert _shows(found.text), found.code
            assert _shows(found.advice), found.code
            for span in (found.span, *(edit.span for edit in found.edits)):
                assert _inside(span, looked.text), found.code


def findings_can_be_shown(looked: Looked) -> None:
    """A terminal shows a finding as it is meant."""
    for analysis in looked.all:
        for found in analysis.diagnostics[:PAINTED]:
            assert all(map(_shows, paint(analysis.source, found).split("\n"))), found.code


def trees_stand_in_their_text(looked: Looked) -> None:
    """A tree's nodes are where their text is, and the tree is written as a text that has it."""
    for analysis in looked.all:
        for select in analysis.selects:
            if select is not None:
                for node in walk(select):
                    assert _placed(node, looked.text), type(node).__name__
                assert vtql.parse(vtql.write(select)) == select


def trees_are_of_texts_without_errors(looked: Looked) -> None:
    """A text that is one query has a tree or an error, not both; so has each query of a file."""
    assert (None in looked.asked.selects) == bool(_errors(looked.asked)), _codes(looked.asked)
    if None in looked.written.selects:
        assert _errors(looked.written)


def parsing_agrees(looked: Looked) -> None:
    """A text has a tree where nothing keeps it from being VTQL, the same tree for everybody."""
    errors = _errors(looked.asked)
    tree, refusal = _made(lambda: vtql.parse(looked.text))
    assert looked.asked.select == tree
    assert bool(refusal) == bool(errors)
    if isinstance(refusal, vtql.QuerySyntaxError) and len(errors) <= SHOWN:
        told = {(found.code, found.span) for found in refusal.diagnostics}
        assert told == {(found.code, found.span) for found in errors}


def what_is_forgiven_is_a_semicolon(looked: Looked) -> None:
    """What some servers take, all of them take with a semicolon behind it."""
    select = looked.known.select
    if select is not None and not _errors(looked.known):
        before, behind = looked.text[: select.span.end], looked.text[select.span.end :]
        texts = (looked.text, f"{before};{behind}")
        assert select in [vtql.analyze_script(each).select for each in texts]


def repairs_come_to_an_end(looked: Looked) -> None:
    """A repaired text is repaired for good after some more repairs."""
    for repairs in looked.repairs:
        assert len(repairs) <= ROUNDS


def repairs_break_nothing(looked: Looked) -> None:
    """What is VTQL still is when it is repaired."""
    for first, *others in looked.repairs:
        if not _errors(first):
            assert not any(map(_errors, others))


def formatting_keeps_all(looked: Looked) -> None:
    """It keeps trees and comments, and changes nothing the second time."""
    cases: tuple[Keywords, ...] = ("upper", "lower")
    keywords = looked.one_of(cases)
    width = looked.one_of((0, 20, 100))
    formatted, refusal = _made(lambda: vtql.format(looked.text, width=width, keywords=keywords))
    assert bool(refusal) == bool(_errors(looked.written))
    if formatted is not None:
        assert vtql.format(formatted, width=width, keywords=keywords) == formatted
        assert vtql.analyze_script(formatted).selects == looked.written.selects
        was, now = _comments(looked.text), _comments(formatted)
        assert sorted(now) == sorted(was)
        # A remark to the linter may go before its query, the others stay in their order.
        plain = [
            [each for each in said if not SUPPRESSION_COMMENT.match(each)] for said in (was, now)
        ]
        assert plain[0] == plain[1]


def what_is_compiled_is_vtql(looked: Looked) -> None:
    """Its statements are parsed to its trees."""
    catalog = looked.one_of((None, CATALOG))
    readings: tuple[Precedence, ...] = ("portable", "left_to_right", "and_first")
    plan, _ = _made(lambda: vtql.compile(looked.text, catalog, looked.one_of(readings)))
    for each in (plan, *_plans(looked.text)):
        if isinstance(each, vtql.VtqlError):
            assert _refused_well(each)
        elif each is not None:
            assert each.statements
            assert list(map(vtql.parse, each.statements)) == list(each.selects)


def the_quick_way_reads_the_same(looked: Looked) -> None:
    """Statements that the parser reads by itself are those that are found piece by piece."""
    machine = looked.one_of((plain_machine(), extended_parser()))
    whole = list(statements(looked.text))
    read = list(queries(looked.text, machine))
    assert len(read) == len(whole)
    for each, statement in zip(read, whole, strict=True):
        if isinstance(each, ParsedQuery):
            assert each.span == statement.span
            piecewise = parse_tokens(machine, statement.tokens)
            if machine is plain_machine() or not isinstance(piecewise, Stop):
                assert repr(each.tree) == repr(
                    piecewise
                )  # a bare decimal takes recovery to compile
            comments = [*each.before, *each.inside]
            assert comments == [piece.place for piece in statement.comments]
            assert len(each.inside) == len(statement.inside)
        else:
            assert each == statement


HOLDS: tuple[Callable[[Looked], None], ...] = (
    findings_are_told_in_their_place,
    findings_can_be_shown,
    trees_stand_in_their_text,
    trees_are_of_texts_without_errors,
    parsing_agrees,
    what_is_forgiven_is_a_semicolon,
    repairs_come_to_an_end,
    repairs_break_nothing,
    formatting_keeps_all,
    what_is_compiled_is_vtql,
    the_quick_way_reads_the_same,
)
"""What holds for every text."""


def _made(make: Callable[[], T]) -> tuple[T | None, vtql.VtqlError | None]:
    """What is made, or the one kind of exception that may come instead, which says why."""
    try:
        return make(), None
    except vtql.VtqlError as error:
        refusal = error
    assert _refused_well(refusal)
    return None, refusal


def _refused_well(error: vtql.VtqlError) -> bool:
    told = not isinstance(error, vtql.QuerySyntaxError) or bool(error.diagnostics)
    return told and bool(str(error)) and all(map(_shows, str(error).split("\n")))


def _one_of(choices: Sequence[T], text: str) -> T:
    return choices[zlib.crc32(text.encode("utf-8", "surrogatepass")) % len(choices)]


def _shows(text: str) -> bool:
    """Whether a text has no characters that a terminal obeys or does not show."""
    return visible(text) == text


def _inside(span: vtql.Span, text: str) -> bool:
    return 0 <= span.start <= span.end <= len(text)


def _placed(node: Node, text: str) -> bool:
    span = getattr(node, "span", None)
    if span is None:
        return True
    said = text[span.start : span.end]
    match node:
        case Name(name):
            return said == name
        case Bare(value):
            return value in said
        case _:
            return _inside(span, text) and bool(said)


def _errors(analysis: vtql.Analysis) -> list[vtql.Diagnostic]:
    """The findings that a text is no VTQL."""
    return [found for found in analysis.diagnostics if found.code.startswith("VT0")]


def _codes(analysis: vtql.Analysis) -> str:
    return " ".join(dict.fromkeys(found.code for found in analysis.diagnostics))


def _repairs(again: Callable[[str], vtql.Analysis], text: str) -> Iterator[vtql.Analysis]:
    """What is found in a text, in the text after its repairs, and so on; more than enough of them."""
    for _ in range(ROUNDS + 1):
        analysis = again(text)
        yield analysis
        if analysis.fixed() == text:
            return
        text = analysis.fixed()


def _plans(text: str) -> Iterator[Plan | vtql.VtqlError]:
    """The plan of each query of a file, or what is in its way."""
    for made in parse_script(Source(text)):
        try:
            yield made if isinstance(made, vtql.VtqlError) else compile_query(made, None)
        except vtql.VtqlError as error:
            yield error


def _comments(text: str) -> list[str]:
    return [found[1].rstrip() for found in _COMMENT.finditer(text) if found[1]]


def texts_of(data: bytes) -> list[str]:
    """What bytes are as text: each one that is no UTF-8 as half a surrogate pair, and replaced."""
    return list(
        dict.fromkeys(data.decode("utf-8", errors) for errors in ("surrogateescape", "replace"))
    )


def seeds() -> list[str]:
    """The inputs of the corpora."""
    cases: Callable[[str], Iterable[Any]] = import_module("corpus").cases
    return [case.input.removesuffix("\n") for folder in FOLDERS for case in cases(folder)]


def main() -> None:
    """Search until libFuzzer's options say that it is enough, or until a check fails."""
    import atheris  # noqa: PLC0415 - not there where this is a module of the tests

    sys.path.insert(0, str(HERE.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "vtql"]:
        del sys.modules[name]  # loaded again, each branch with its counter
    with atheris.instrument_imports(include=["vtql", "fuzz"]):
        target = import_module("fuzz.texts")
        target.check("")  # loads what is loaded when it is used
    marked = atheris.instrument_func(_marks())

    def one_input(data: bytes) -> None:
        for text in target.texts_of(data):
            target.check(text)
            marked({found.code for found in target.vtql.analyze_script(text).diagnostics})

    folders = [Path(each) for each in sys.argv[1:] if not each.startswith("-")]
    if folders and folders[0].is_dir() and not any(folders[0].iterdir()):
        for number, seed in enumerate(target.seeds()):
            (folders[0] / f"seed-{number}").write_text(seed, "utf-8")
    atheris.Setup([sys.argv[0], f"-dict={HERE / 'vtql.dict'}", *sys.argv[1:]], one_input)
    atheris.Fuzz()


def _marks() -> Callable[[set[str]], None]:
    """A function with a branch for each code, so that a text with a new one counts as progress."""
    branches = "".join(f"    if {code!r} in told: seen = 1\n" for code in CODES.values())
    made: dict[str, Any] = {}
    exec(f"def marks(told):\n    seen = 0\n{branches}", made)
    marks: Callable[[set[str]], None] = made["marks"]
    return marks


if __name__ == "__main__":
    main()
