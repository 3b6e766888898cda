"""The ids of a read, cut into pieces that several logins read at once: what is read by whom, when.

Nobody knows how far the ids of a hundred rows lie apart: records of all modules share one counter, so
those of a module lie close where they were imported, and far where others were. Each page tells of the
place where it is. From what it tells,

* a piece that turns out longer than it was meant to be gives its rest back at once, for others to read;
* a page that reaches beyond its piece gives the rows there to what is not begun, which then begins behind
  them, so that a gap between ids is crossed by one request;
* the next piece is cut by what the nearest page told.

Pieces become shorter towards the end; and when nothing is left to begin, whoever is free takes over the
second half of the longest that is being read. So no login is left with the last of the work.

Memory: a piece is begun only while fewer than `AHEAD` pages for each login are held or meant to be, or
where it is the next to be taken; so whoever takes the rows slowly slows the reading.

Nothing here asks or waits; whoever uses it from several threads holds a lock.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from vtql.protocol import PAGE
from vtql.query.connection import Row
from vtql.query.id_paging import number_of

LONGEST, SPARE = 8, 4
"""Pages that a piece is meant to have at most, and how many more it may turn out to have."""
AHEAD = 16
SHORT = 0.1
"""By how much of a page a piece is cut shorter than it is meant to be: one that is too long by a row
takes a page more."""
WORTH = 0.3
"""What is left of a range is a piece of its own if it is meant to have so much of a page."""

HALVED = 2.4
"""Pages that a piece still has at least, one of them under way, so that two are through with it sooner."""


@dataclass(slots=True)
class UnreadRange:
    """The ids behind `low` up to `high` that nobody reads yet; `spread` is how far apart the first and the
    last id of a page are there."""

    low: int
    high: int
    spread: float


@dataclass(slots=True)
class IdRange:
    """The ids behind `low` up to `high`; `pages` are those not yet taken.

    It is `meant` to have so many pages, and `read` were; `last` is how far. `end` is where it ended when it
    is `over`, None where nothing is left behind it.
    """

    low: int
    high: int
    meant: int
    spread: float
    last: int
    read: int = 0
    pages: deque[list[Row]] = field(default_factory=deque)
    over: bool = False
    end: int | None = None


class IdRanges:
    """What is left to begin, what is begun, and how far the rows were taken.

    Args:
        low: the id behind which all are read.
        top: the highest id there is, which ends the read.
        spread: ids from the first row of a page to the last, as a first guess.
        connections: how many logins read.
    """

    __slots__ = ("_begun", "_connections", "_left", "_reading", "_taken", "top")

    def __init__(self, low: int, top: int, spread: float, connections: int) -> None:
        self._left = [UnreadRange(low, top, max(1.0, spread))]  # by their lower ends
        self._begun: dict[int, IdRange] = {}  # by their lower ends
        self._reading: list[IdRange] = []
        self._taken = low
        self._connections = connections
        self.top = top

    @property
    def over(self) -> bool:
        """Whether there is nothing more to begin, and never will be."""
        return not self._left and not self._reading

    # Who reads

    def begin(self) -> IdRange | None:
        """The next piece to read; None where none may be begun now."""
        if not self._left:
            self._halve()
        if not self._left:
            return None
        rest = self._left[0]
        if self._held() >= AHEAD * self._connections and rest.low != self._taken:
            return None
        meant = max(1, min(LONGEST, math.ceil(self._to_do() / self._connections)))
        cut = rest.low + max(1, round(rest.spread * (meant - SHORT)))
        self._left.pop(0)
        high = rest.high
        if cut + WORTH * rest.spread < rest.high:
            self._left.insert(0, UnreadRange(cut, rest.high, rest.spread))
            high = cut
        piece = IdRange(rest.low, high, meant, rest.spread, rest.low)
        self._begun[rest.low] = piece
        self._reading.append(piece)
        return piece

    def add(self, piece: IdRange, page: list[Row]) -> None:
        """Take a page, in order and not empty, of the rows behind the last one of a piece."""
        first, last = number_of(page[0]["id"]), number_of(page[-1]["id"])
        piece.read += 1
        if 2 * len(page) > PAGE:  # one with many rows hidden tells little
            piece.spread = max(1.0, math.sqrt(piece.spread * (last - first + 1)))
        inside, beyond = _split_at(page, piece.high)
        self._tell(piece.high, piece.spread)
        self._hand_on(piece.high, beyond)
        piece.pages.append(inside)
        piece.last = number_of(inside[-1]["id"]) if inside else piece.last
        if beyond or piece.last == piece.high:
            self._end(piece, piece.high)
        else:
            self._give_back(piece)

    def finish(self, piece: IdRange) -> None:
        """Nothing is left behind the last row of a piece."""
        self._left = [unread for unread in self._left if unread.low < piece.low]
        self._end(piece, None)

    # Who takes

    @property
    def ready(self) -> bool:
        """Whether the next rows are there, or it is known that no more come."""
        piece = self._begun.get(self._taken)
        return piece is not None and (bool(piece.pages) or piece.over)

    def take(self) -> list[Row] | None:
        """The next rows, perhaps none of a piece that had none; None at the end."""
        piece = self._begun[self._taken]
        if piece.pages:
            return piece.pages.popleft()
        del self._begun[piece.low]
        if piece.end is None or piece.end >= self.top:
            return None
        self._taken = piece.end
        return []

    # How

    def _held(self) -> int:
        """Pages that are there or under way."""
        there = sum(len(id_range.pages) for id_range in self._begun.values())
        return there + sum(max(1, id_range.meant - id_range.read) for id_range in self._reading)

    def _to_do(self) -> float:
        """Pages that are still to be asked for, as far as is known."""
        places = [(id_range.low, id_range.high, id_range.spread) for id_range in self._left]
        places += [(id_range.last, id_range.high, id_range.spread) for id_range in self._reading]
        return sum((high - low) / spread for low, high, spread in places)

    def _tell(self, high: int, spread: float) -> None:
        """What is left next behind an id is cut by what was found there."""
        for rest in self._left:
            if rest.low >= high:
                rest.spread = spread
                return

    def _hand_on(self, high: int, rows: list[Row]) -> None:
        """Rows behind the end of a piece, for what begins among them and is not begun."""
        last = number_of(rows[-1]["id"]) if rows else high
        for rest in [unread for unread in self._left if high <= unread.low < last]:
            end = min(last, rest.high)
            _, after = _split_at(rows, rest.low)
            piece = IdRange(rest.low, end, 0, rest.spread, end, over=True, end=end)
            piece.pages.append(_split_at(after, end)[0])
            self._begun[rest.low] = piece
            rest.low = end
            if end == rest.high:
                self._left.remove(rest)

    def _give_back(self, piece: IdRange) -> None:
        """Cut a piece that is longer than it was meant to be."""
        meant = max(0, piece.meant - piece.read)
        if self._expected(piece) <= meant + 1 and piece.read < piece.meant + SPARE:
            return
        cut = piece.last + (round(piece.spread * (meant - SHORT)) if meant else 0)
        self._left.append(UnreadRange(cut, piece.high, piece.spread))
        self._left.sort(key=lambda unread: unread.low)
        piece.high = cut
        if not meant:
            self._end(piece, cut)

    def _halve(self) -> None:
        """Leave to others the second half of the longest piece, behind the page that is under way."""
        longest = max(self._reading, key=self._expected, default=None)
        if longest is None or self._expected(longest) < HALVED:
            return
        own_pages = 1 + int((self._expected(longest) - 1) / 2)
        cut = longest.last + max(1, round(longest.spread * (own_pages - SHORT)))
        self._left.append(UnreadRange(cut, longest.high, longest.spread))
        longest.high, longest.meant = cut, longest.read + own_pages

    def _expected(self, piece: IdRange) -> float:
        """How many pages a piece still has, as far as is known."""
        return (piece.high - piece.last) / piece.spread

    def _end(self, piece: IdRange, end: int | None) -> None:
        piece.end, piece.over = end, True
        self._reading.remove(piece)


def _split_at(rows: list[Row], high: int) -> tuple[list[Row], list[Row]]:
    """The rows up to an id, and those behind it."""
    at = len(rows)
    while at and number_of(rows[at - 1]["id"]) > high:
        at -= 1
    return rows[:at], rows[at:]
