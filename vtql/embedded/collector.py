"""What a chain of operands comes to at its end: a string that may be a query, or a use of variables."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.embedded.groups import Candidate, Group, Operand, Uses, begun, plain
from vtql.embedded.parts import Hole, Part, Text
from vtql.embedded.program import Found
from vtql.embedded.recognition import begins_like_a_query
from vtql.embedded.scanned import Language
from vtql.embedded.templates import percent
from vtql.late import late
from vtql.source import Span

_LONG = 2_000
"""Characters of an expression that are looked at, which may have other strings inside."""

_NAME = late(r"\$*[A-Za-z_$][\w$\\]*")


class Collector:
    """The strings of a program that may be queries, and what is done with its variables."""

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        self.candidates: list[Candidate] = []
        self.uses = Uses()

    def finish(self, group: Group) -> None:
        """End the chain of a group."""
        chain = group.chain
        if group.operand is not None:
            chain.append(group.operand)
        group.chain, group.operand = [], None
        if not chain:
            return
        self.grow(group, chain)
        called = group.functions
        if len(chain) == 1 and chain[0].parts is None:
            if group.opening == "(" and group.called:
                self.uses.give(group.scope, chain[0].name, plain(group.called))
            return
        first = next((place for place, each in enumerate(chain) if _begins(each)), None)
        if first is None and not any(each.parts is not None for each in chain):
            return
        chain = chain[first or 0 :]
        parts = [part for operand in chain for part in self.parts(operand)]
        filled = any(operand.filled for operand in chain)
        if group.opening == "(" and not group.commas and self.language.formats.search(group.called):
            parts, filled = list(percent(parts)), True
        if first is None and not any(_has_words(part) for part in parts):
            return
        key = (group.key,) if group.key else ()
        tags = [word for operand in chain if operand.parts is not None for word in operand.words]
        found = Found(
            parts, Span(chain[0].start, chain[-1].end), (*called, *key, *tags), filled=filled
        )
        place = begun(group)
        self.candidates.append(Candidate(found, place, group.scope, group.assigned or group.listed))

    def whole(self, group: Group) -> Operand | None:
        """The one string that a bracket is around; None where it is around something else."""
        chain = [*group.chain, *([group.operand] if group.operand else [])]
        if not any(operand.parts is not None for operand in chain):
            return None
        group.chain, group.operand = [], None
        self.grow(group, chain)
        parts = [part for operand in chain for part in self.parts(operand)]
        return Operand(group.start, group.start, parts, filled=any(each.filled for each in chain))

    def grow(self, group: Group, chain: Sequence[Operand]) -> None:
        if len(chain) > 1:
            for operand in chain:
                if operand.parts is None:
                    self.uses.grow(group.scope, operand.name)

    def parts(self, operand: Operand) -> Sequence[Part]:
        if operand.parts is not None:
            return operand.parts
        if operand.end - operand.start > _LONG:
            shown = f"{self.text[operand.start : operand.start + _LONG]}…"
            return (Hole(Span(operand.start, operand.end), shown),)
        shown = self.text[operand.start : operand.end]
        safe = bool(self.language.safe.match(shown))
        return (Hole(Span(operand.start, operand.end), shown, safe=safe),)

    def hole(self, start: int, end: int, group: Group) -> Hole:
        if end - start > _LONG:
            return Hole(Span(start, end), f"{self.text[start : start + _LONG]}…")
        shown = self.text[start:end].removeprefix("${").removesuffix("}").strip()
        if group.assigned == "" and _NAME.fullmatch(shown):
            self.uses.grow(group.scope, shown)
        return Hole(Span(start, end), shown, safe=bool(self.language.safe.match(shown)))


def _begins(operand: Operand) -> bool:
    for part in operand.parts or ():
        if isinstance(part, Hole):
            return False
        if part.value.strip():
            return begins_like_a_query(part.value)
    return False


def _has_words(part: Part) -> bool:
    return isinstance(part, Text) and "from" in part.value.lower()
