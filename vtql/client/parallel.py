"""All rows of a query over several logins at once, in the order of their ids.

A server does the requests of one session in turn (measured), so a read is as fast as there are
logins. The ids behind the first page are cut into pieces, each read as one login reads all: by
`id > last ORDER BY id`. A piece has no upper bound in its query; it ends with the first row behind
it, so that nothing is asked only to hear that there is no more. What ends a read, and that neither a
short page nor an empty one does, stands in `vtql/query/pages.py`, and holds here.

How far the ids of a hundred rows lie apart differs, and is guessed from the pieces that are read. A
piece that turns out longer than it should gives its rest back, to be cut again. Pieces become shorter
towards the end, so that no login is left with the last of the work.

Memory: a piece is begun only while fewer than `AHEAD` for each login are begun and not yet taken,
and none holds more than `LONGEST + SPARE` pages; so whoever takes the rows slowly slows the reading.
"""

from __future__ import annotations

import math
import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from vtql.ast import Direction
from vtql.client.operations.reading import run_query
from vtql.client.session import Session
from vtql.client.wanted import NotWanted, wanted_until
from vtql.protocol import PAGE
from vtql.query.pages import PATIENCE, Beyond, by_id, ending, number_of, unique
from vtql.query.server import Row

LONGEST, SPARE = 8, 2
"""Pages that a piece is meant to have at most, and how many more it may turn out to have."""
AHEAD = 2
ANEW = 9
"""How often a session may be gone again under one request; each time it is sent in a new one. While
a login waits for its turn among many, what was made for it may have ended."""
FEW = 3 * PAGE
"""A slice of so many rows is not worth several logins."""


class Spread:
    """The way to a server over several logins: a function from VTQL to its rows, one page, and
    all rows by id. No more requests are under way at any time than there are logins."""

    __slots__ = ("_idle", "connections")

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.connections = len(sessions)
        self._idle: queue.LifoQueue[Session] = queue.LifoQueue()
        for session in reversed(sessions):
            self._idle.put(session)

    def __call__(self, text: str) -> list[Row]:
        """The rows of one query, over whichever login is idle."""
        session = self._idle.get()
        try:
            return run_query(session, text, ANEW)
        finally:
            self._idle.put(session)

    def by_id(self, ask: Beyond, most: int | None) -> Iterator[Row]:
        """All rows in the order of their ids, `most` of them. `ask` asks through this object."""
        if most is not None and most <= FEW:
            return by_id(ask, most)
        return islice(self._all(ask), most)

    def _all(self, ask: Beyond) -> Iterator[Row]:
        first = unique(ask(None, 0, PAGE, Direction.ASC), None, Direction.ASC)
        yield from first  # who stops here has asked once
        if not first:
            yield from ending(ask, None, Direction.ASC)
            return
        last = first[-1]["id"]
        highest = ask(last, 0, 1, Direction.DESC) or ask(last, 0, PAGE, Direction.DESC)
        if not highest:
            return
        low, top = number_of(last), number_of(highest[0]["id"])
        spread = float(low - number_of(first[0]["id"]) + 1)
        yield from Reading(ask, last.partition("x")[0], spread).rows(low, top, self.connections)


@dataclass(slots=True)
class Piece:
    """The ids behind `low` up to `high`, or all behind it; `pages` are those not yet taken.

    `end` is where it ended when it is `over`, None for the end of everything.
    """

    low: int
    high: int | None
    longest: int
    pages: deque[list[Row]] = field(default_factory=deque)
    over: bool = False
    end: int | None = None

    def holds(self, number: int) -> bool:
        """Whether a record is in it."""
        return self.high is None or number <= self.high


class Reading:
    """One read: what is left to begin, what is begun, and how far the rows were taken.

    Args:
        ask: gives the rows behind an id.
        prefix: of the ids.
        spread: ids from the first row of a page to the last, as a first guess.
    """

    def __init__(self, ask: Beyond, prefix: str, spread: float) -> None:
        self._ask = ask
        self._prefix = prefix
        self._spread = spread
        self._changed = threading.Condition()
        self._left: list[tuple[int, int | None]] = []  # by their lower ends; None has no upper one
        self._begun: dict[int, Piece] = {}
        self._reading = 0
        self._taken = 0
        self._top = 0
        self._most = 0
        self._error: BaseException | None = None
        self._stopped = threading.Event()

    def rows(self, low: int, top: int, connections: int) -> Iterator[Row]:
        """The rows behind an id, in order, `top` being the highest that is known of."""
        self._left, self._taken, self._top = [(low, None)], low, top
        self._most = connections * AHEAD
        for number in range(connections):
            name = f"vtql-{number}"
            threading.Thread(target=self._work, args=(connections,), name=name, daemon=True).start()
        try:
            yield from self._in_turn()
        finally:
            self._stop(None)

    def _in_turn(self) -> Iterator[Row]:
        while True:
            with self._changed:
                while not self._ready():
                    self._changed.wait()
                piece = self._begun.get(self._taken)
                page = piece.pages.popleft() if piece and piece.pages else None
                if page is None:
                    if piece is None or not piece.over:
                        assert self._error is not None
                        raise self._error
                    del self._begun[piece.low]
                    if piece.end is None:
                        return
                    self._taken = piece.end
                    self._changed.notify_all()
            if page is not None:
                yield from page

    def _ready(self) -> bool:
        """Whether the next rows are there, or will never be."""
        piece = self._begun.get(self._taken)
        return self._stopped.is_set() or (piece is not None and (bool(piece.pages) or piece.over))

    def _work(self, connections: int) -> None:
        with wanted_until(self._stopped):
            while (piece := self._begin(connections)) is not None:
                try:
                    self._read(piece)
                except NotWanted:
                    return
                except BaseException as error:  # noqa: BLE001 - raised again where the rows are taken
                    self._stop(error)

    def _begin(self, connections: int) -> Piece | None:
        """The next piece to read; None when there will be none."""
        with self._changed:
            while not self._stopped.is_set() and not self._may_begin():
                if not self._left and not self._reading:
                    return None
                self._changed.wait()
            if self._stopped.is_set():
                return None
            low, high = self._left.pop(0)
            pages = max(1, min(LONGEST, self._pages_left(low) // (2 * connections)))
            cut = low + max(1, round(self._spread * pages))
            if cut < (self._top if high is None else high):
                self._left.insert(0, (cut, high))
                high = cut
            piece = Piece(low, high, LONGEST + SPARE)
            self._begun[low] = piece
            self._reading += 1
            self._changed.notify_all()
            return piece

    def _may_begin(self) -> bool:
        # What is next to be taken must be begun, however much is begun behind it.
        return bool(self._left) and (
            len(self._begun) < self._most or self._left[0][0] == self._taken
        )

    def _pages_left(self, low: int) -> int:
        bounded = sum((high or max(self._top, begin)) - begin for begin, high in self._left)
        return int((max(self._top - low, 0) if not self._left else bounded) / self._spread) + 1

    def _read(self, piece: Piece) -> None:
        last, offset, pages = piece.low, 0, 0
        while True:
            behind = f"{self._prefix}x{last}"
            page = unique(self._ask(behind, offset, PAGE, Direction.ASC), behind, Direction.ASC)
            pages += 1
            if piece.high is None and len(page) < PAGE:
                rest = ending(self._ask, page[-1]["id"] if page else behind, Direction.ASC)
                self._finish(piece, [page, *iter(partial(_some, rest), [])])
                return
            if not page:  # a hundred rows that nobody may see, or the end
                if offset % (PATIENCE * PAGE) == 0 and not self._ask(
                    behind, 0, PAGE, Direction.DESC
                ):
                    self._finish(piece, [])
                    return
                offset += PAGE
                continue
            offset = 0
            kept = [row for row in page if piece.holds(number_of(row["id"]))]
            beyond = number_of(page[-1]["id"])
            last = number_of(kept[-1]["id"]) if kept else last
            done = len(kept) < len(page) or last == piece.high
            with self._changed:
                piece.pages.append(kept)
                self._changed.notify_all()
                if done or pages >= piece.longest or self._stopped.is_set():
                    guess = (beyond - piece.low) / pages
                    self._spread = max(1.0, math.sqrt(self._spread * guess))
                    self._end(piece, piece.high if done else last)
                    return

    def _finish(self, piece: Piece, pages: Iterable[list[Row]]) -> None:
        """A piece that goes to the end of everything, and its last pages."""
        with self._changed:
            piece.pages.extend(pages)
            piece.high = None
            self._left = [each for each in self._left if each[0] < piece.low]
            self._end(piece, None)

    def _end(self, piece: Piece, end: int | None) -> None:
        """A piece is over; what was not read of it is left to begin again."""
        self._reading -= 1
        if end != piece.high:
            assert end is not None
            self._left.append((end, piece.high))
            self._left.sort(key=lambda each: each[0])
        piece.end = end
        piece.over = True
        self._changed.notify_all()

    def _stop(self, error: BaseException | None) -> None:
        """Ask for nothing more. Requests that are under way end by themselves, unheard."""
        with self._changed:
            self._error = self._error or error
            self._stopped.set()
            self._changed.notify_all()


def _some(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, PAGE))
