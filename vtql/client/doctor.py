"""What to know about a server before relying on it: a table of checks.

Nothing is written. A check makes a few requests, and its result says what it means; one that fails keeps no
other from running. The speed of parallel reads is measured with the same pages over 1, 2 and 4 logins: a
server answers the requests of one login in turn, so a second one helps, but its processors are shared.
Measured on two cores, a parallel read took 0.38 of the time of a loop over 2 logins and 0.42 over 8 with all
fields, 0.54 and 0.69 with two fields.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from vtql.client.changes import is_id
from vtql.client.client import Client
from vtql.errors import ServiceError, TransportError, VtqlError
from vtql.parser.names import unwritable_name_reason
from vtql.protocol import OPERATIONS, PAGE
from vtql.query.connection import Fetch
from vtql.suggestions import listing

LOGINS = (1, 2, 4)
PAGES = 8
"""Requests for each number of logins."""
GAIN = 0.8
"""The part of the time that a read must take at most for more logins to be worth it."""
LONG = 4.0
"""Seconds after which pages are not asked for a second time to be sure."""


@dataclass(frozen=True, slots=True)
class Speed:
    """The seconds that the same pages took, by the number of logins."""

    seconds: Mapping[int, float]

    @property
    def best(self) -> int:
        """The fewest logins of which more do not make the read faster by a fifth."""
        best = min(self.seconds)
        for logins in sorted(self.seconds):
            if self.seconds[logins] <= GAIN * self.seconds[best]:
                best = logins
        return best


def measured(
    fetch_over: Callable[[int], Fetch], text: str, clock: Callable[[], float] = time.perf_counter
) -> Speed:
    """Ask for the page of a query several times, over each number of logins.

    Every login is made before the clock runs.

    Args:
        fetch_over: gives what asks over so many logins.
        text: the query.
        clock: gives seconds.

    Raises:
        VtqlError: what a request ends with.
    """
    return Speed(
        {logins: _seconds_of_reads(fetch_over(logins), logins, text, clock) for logins in LOGINS}
    )


def _seconds_of_reads(fetch: Fetch, logins: int, text: str, clock: Callable[[], float]) -> float:
    with ThreadPoolExecutor(logins, "vtql-speed") as pool:

        def fetch_times(times: int) -> float:
            began = clock()
            list(pool.map(fetch, [text] * times))
            return clock() - began

        fetch_times(logins)
        first = fetch_times(PAGES)
        return first if first > LONG else min(first, fetch_times(PAGES))


Grade = Literal["good", "note", "problem"]

CLOCK_SECONDS = 5
SLOW_SECONDS = 1.0
LEAST_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found: its title, how good it is, the fact, and what that means."""

    title: str
    grade: Grade
    fact: str
    meaning: str = ""


def examine(client: Client) -> Iterator[Finding]:
    """What is found about a server, look by look.

    Raises:
        VtqlError: there is no login, without which there is nothing to find.
    """
    yield _login(client)
    for title, look in LOOKS.items():
        try:
            yield look(client)
        except VtqlError as error:
            yield Finding(title, "problem", str(error), "this look could not be made")


def _login(client: Client) -> Finding:
    facts, profile = client.login_facts, client.profile
    version = facts.get("vtigerVersion") or "of a version that it does not tell"
    who = f"user {facts['userId']}" if "userId" in facts else "a user"
    return Finding(
        "login", "good", f"{who}, on Vtiger {version}", f"treated as {profile.title} (`{profile.name}`)"
    )  # fmt: skip


def _reading(client: Client) -> Finding:
    """One condition that holds, or it and one that does not: the precedences differ in the answer."""
    module, known = _record(client)
    never = f"{known.partition('x')[0]}x0"
    text = f"SELECT id FROM {module} WHERE id = '{known}' OR id = '{known}' AND id = '{never}';"  # noqa: S608 - names and ids are the server's own
    precedence = "and_first" if client.query(text) else "left_to_right"
    phrase = "`and` before `or`" if precedence == "and_first" else "from left to right"
    if precedence == client.profile.precedence:
        return Finding("and/or", "good", f"conditions are read {phrase}", "as the profile has it")
    return Finding(
        "and/or", "problem", f"conditions are read {phrase}",
        f"the profile `{client.profile.name}` has it otherwise; only chains that mean the same "
        "either way are safe, which is what is compiled unless a precedence is named",
    )  # fmt: skip


def _clock(client: Client) -> Finding:
    zone = f"the user's zone is {client.login_facts.get('time_zone') or 'not told'}"
    if not OPERATIONS["getchallenge"].serves(client.profile.name):
        return Finding("clock", "note", f"{client.profile.title} does not tell its time", zone)
    server_time = client.get_challenge().get("serverTime")
    if not isinstance(server_time, int):
        return Finding("clock", "note", "the server does not tell its time", zone)
    difference = server_time - round(time.time())
    if abs(difference) <= CLOCK_SECONDS:
        return Finding("clock", "good", f"{difference:+d} s from this machine's", zone)
    side = "ahead of" if difference > 0 else "behind"
    return Finding(
        "clock", "note", f"{_span(abs(difference))} {side} this machine's",
        "`changes` goes by the server's and forgets nothing; a condition such as `today` goes by this "
        f"machine's, and may mean another day than the server's; {zone}",
    )  # fmt: skip


def _page(client: Client) -> Finding:
    for module in _modules(client):
        rows = len(client.query(f"SELECT id FROM {module} LIMIT {2 * PAGE};"))  # noqa: S608 - names and ids are the server's own
        if rows > PAGE:
            return Finding("page", "good", f"{module} gave {rows} rows at once", "more than usual")
        if rows == PAGE:
            return Finding("page", "good", f"{PAGE} rows a request, whatever LIMIT says")
    return Finding("page", "note", f"no module that was looked at has {PAGE} records")


def _count(client: Client) -> Finding:
    module, _ = _record(client)
    answer = client.query(f"SELECT count(*) FROM {module};")  # noqa: S608 - names and ids are the server's own
    if answer and "count" in answer[0]:
        return Finding("count(*)", "good", f"{module}: {answer[0]['count']}", "one request counts")
    return Finding(
        "count(*)", "note", "is answered with nothing",
        "as 8.4 does; `count()` searches over pages of ids instead, in a logarithm of requests",
    )  # fmt: skip


def _failing(client: Client) -> Finding:
    module, _ = _record(client)
    try:
        client.query(f"SELECT id FROM {module} ORDER BY no_such_field_here;")  # noqa: S608 - names and ids are the server's own
    except ServiceError as error:
        return Finding("failing SQL", "good", f"is told: {error.code}")
    return Finding(
        "failing SQL", "note", "is answered with an empty list",
        "as 8.x does: a query that cannot run looks like a module without records, so lint it first",
    )  # fmt: skip


def _operations(client: Client) -> Finding:
    module, known = _record(client)
    looks: dict[str, dict[str, str]] = {
        "listtypes": {},
        "describe": {"elementType": module},
        "retrieve": {"id": known},
        "query": {"query": f"SELECT id FROM {module} LIMIT 1;"},  # noqa: S608 - names and ids are the server's own
        "relatedtypes": {"elementType": module},
        "sync": {"modifiedTime": str(int(time.time())), "elementType": module},
    }
    works, fails = list[str](), list[str]()
    for name, parameters in looks.items():
        try:
            client.call(name, **parameters)
        except (ServiceError, TransportError):
            fails.append(name)
        else:
            works.append(name)
    server = client.profile.name
    odd = [name for name in works if not OPERATIONS[name].serves(server)]
    odd += [name for name in fails if OPERATIONS[name].serves(server)]
    fact = f"{listing(works, 'and')} {'answers' if len(works) == 1 else 'answer'}"
    fact += f"; {listing(fails, 'and')} {'does' if len(fails) == 1 else 'do'} not" if fails else ""
    meaning = f"others that do not work on {client.profile.title}: {_lacking(server, fails)}"
    if odd:
        sentence = (
            f"otherwise than is known of {client.profile.title}: {listing(odd, 'and')}; {meaning}"
        )
        return Finding("operations", "note", fact, sentence)
    return Finding("operations", "good", fact, meaning)


def _lacking(server: str, names: list[str]) -> str:
    """The operations that are known not to work; those that only Vtiger Cloud has, as that."""
    lacking = [row for row in OPERATIONS.values() if not row.serves(server)]
    others = [row.name for row in lacking if row.profiles != ("cloud",) and row.name not in names]
    only = (
        "what Vtiger Cloud alone has" if any(row.profiles == ("cloud",) for row in lacking) else ""
    )
    return ", ".join((*others, *filter(None, [only]))) or "none"


def _permissions(client: Client) -> Finding:
    modules = client.list_types()["types"]
    admin = client.login_facts.get("is_admin")
    who = {"on": "an administrator", "off": "no administrator"}.get(str(admin), "a user")
    fact = f"{who}, who sees {len(modules)} modules"
    if admin == "on":
        return Finding("permissions", "good", fact, "all records of these are there to be read")
    return Finding(
        "permissions", "good", fact,
        "records may be hidden, from 8.4 on after LIMIT: a page that is short is not the last",
    )  # fmt: skip


def _latency(client: Client) -> Finding:
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        client.call("listtypes")
        taken.append(time.perf_counter() - began)
    middle = statistics.median(taken)
    if middle < LEAST_SECONDS:
        return Finding("latency", "good", "less than a millisecond a request")
    fact = f"{1000 * middle:.0f} ms a request"
    hour = float(f"{3600 / middle * PAGE:.1e}")  # two digits: it is no promise
    meaning = f"up to {hour:,.0f} rows an hour over one login; `connections=` takes several"
    if middle < SLOW_SECONDS:
        return Finding("latency", "good", fact, meaning)
    return Finding("latency", "problem", fact, f"the server or the way to it is slow: {meaning}")


def _connections(client: Client) -> Finding:
    if client.profile.rest:
        return Finding(
            "connections", "note", "not measured",
            "the requests that would take count against the limits of Vtiger Cloud",
        )  # fmt: skip
    module, rows = _fullest(client)
    speed = measured(client.fetch_over, f"SELECT * FROM {module} LIMIT {PAGE};")  # noqa: S608 - names and ids are the server's own
    times = ", ".join(
        f"{_seconds(seconds)} over {logins}" for logins, seconds in speed.seconds.items()
    )
    fact = f"{PAGES} pages of {rows} rows of {module} took {times}"
    if speed.best == 1:
        return Finding(
            "connections", "note", fact, "further logins do not pay off: the server does its requests "
            "one after another, or one login keeps all of its processors busy",
        )  # fmt: skip
    meaning = f"`connections={speed.best}` pays off"
    if speed.best < max(speed.seconds):
        meaning += "; more logins only share the server's processors"
    else:
        meaning += "; more may, where the way to the server and not its work takes the time"
    return Finding("connections", "good", fact, meaning)


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"


def _span(seconds: int) -> str:
    """How long something is, in seconds, and in the unit that a person would use."""
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds:,} s ({seconds / size:.0f} {unit})"
    return f"{seconds} s"


def _modules(client: Client) -> list[str]:
    """Modules that mostly have many records, and then the others."""
    seen = [name for name in client.list_types()["types"] if not unwritable_name_reason(name)]
    usual = ("Contacts", "Accounts", "Leads", "HelpDesk", "Potentials", "Products", "Users")
    return [name for name in usual if name in seen] or seen[:5]


def _fullest(client: Client) -> tuple[str, int]:
    """The first module that has a full page, else the one with the most rows, and their number."""
    rows: dict[str, int] = {}
    for module in _modules(client):
        rows[module] = len(client.query(f"SELECT id FROM {module} LIMIT {PAGE};"))  # noqa: S608 - names and ids are the server's own
        if rows[module] >= PAGE:
            return module, rows[module]
    module = max(rows, key=rows.__getitem__, default="")
    if not rows.get(module):
        raise TransportError("no module that was looked at has a record")
    return module, rows[module]


def _record(client: Client) -> tuple[str, str]:
    """A module and the id of a record in it."""
    for module in _modules(client):
        rows = client.query(f"SELECT id FROM {module} LIMIT 1;")  # noqa: S608 - names and ids are the server's own
        if rows and is_id(known := rows[0].get("id")):
            return module, known
    raise TransportError("no module that was looked at has a record")


LOOKS: dict[str, Callable[[Client], Finding]] = {
    "and/or": _reading,
    "clock": _clock,
    "page": _page,
    "count(*)": _count,
    "failing SQL": _failing,
    "operations": _operations,
    "permissions": _permissions,
    "latency": _latency,
    "connections": _connections,
}
