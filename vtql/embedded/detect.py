"""Which strings of source code are VTQL.

A string that begins with SELECT is a query of something, and mostly of a database: of those that
public code names `contacts`, nearly all are SQL. To take one of them for VTQL would drown people in
findings; to skip a VTQL string only leaves it unchecked, and a comment `vtql` can mark it. So a
string needs a reason to count, and the table `EVIDENCE` has the reasons in order of precedence; the
first that has an opinion decides, and without one the string is skipped.

The rows come from reading public code that talks to Vtiger. Its queries name
modules by the names of a stock server, in their case (113 of 191 Contacts, all but a handful in the
list below), mostly end with `;`, and go to functions named `query`, `doQuery` or `vtws_query`. SQL
next to it goes to `execute`, `prepare`, `mysqli_query` or to a method of something called `db` or
`cursor`, names tables in lower case, and shows itself by joins, aliases, backticks, `?` and
functions, none of which anybody tries in VTQL as often.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

STOCK = frozenset((
    "Accounts", "Assets", "CTAttachments", "Calendar", "Campaigns", "Cases", "CompanyDetails",
    "Contacts", "Currency", "DocumentFolders", "Documents", "Emails", "Events", "Faq", "Groups",
    "HelpDesk", "Invoice", "Leads", "LineItem", "ModComments", "PBXManager", "Potentials",
    "PriceBooks", "ProductTaxes", "Products", "Project", "ProjectMilestone", "ProjectTask",
    "PurchaseOrder", "Quotes", "SMSNotifier", "SalesOrder", "ServiceContracts", "Services", "Tax",
    "Users", "Vendors",
))  # fmt: skip
"""The modules of a stock server, by the names that queries give them."""

OF_VTQL = ("vtql", "vtiger", "vtws")
"""Functions that take only VTQL, by a part of their dotted names."""

ANALYSES = frozenset(("analyze", "analyze_script"))
"""The same by the last of their names."""

OF_QUERIES = re.compile(
    r"(?:^|[._])(?:do_?|run_?|send_?|raw_?|execute_?)?query(?:_all|All|Async)?$", re.IGNORECASE
)
"""Functions that take queries of any kind."""

OF_A_DATABASE = frozenset((
    "execute", "executemany", "execute_sql", "executescript", "exec", "exec_driver_sql", "prepare",
    "pquery", "read_sql", "read_sql_query", "raw", "text", "fetch", "fetchrow", "fetchval", "fetchall",
    "fetchone", "get_results", "get_row", "get_var", "createquery", "createnativequery",
    "getfirstasync",
))  # fmt: skip
"""Functions of databases, by the last of their names in lower case."""

DRIVERS = ("mysql_", "mysqli_", "pg_", "sqlite_", "odbc_", "oci_", "sqlsrv_")
"""Prefixes of functions of databases."""

DATABASES = frozenset((
    "database", "conn", "connection", "con", "cursor", "cur", "pool", "pdo", "mysql", "mysqli",
    "engine", "session", "sequelize", "knex", "prisma", "dbh", "sqlite", "sqlite3", "wpdb", "bigquery",
    "spark", "duckdb",
))  # fmt: skip
"""Names of databases; a name that ends with `db` is one, too. All their methods take SQL."""

OF_SQL = re.compile(
    r"`|\?(?!['\w])|(?<![\w:]):[A-Za-z_]\w*|(?<![\w.'])@\w+|\$[0-9]"
    r"|\b(?:join|group\s+by|having|union|distinct|exists|into|over|with|returning|coalesce|"
    r"information_schema|fetch|for\s+update|vtiger_\w+)\b"
    r"|\bfrom\s+(?:\w+\.\w|\(|[\"\[]|\w+\s*,\s*\w|\w+\s+(?:as\s+)?(?!where\b|order\b|limit\b|orderby\b|group\b|"
    r"and\b|or\b)[a-z]\w*\s*(?:where|,|$))|\b[a-z]\w?\.\w+\s*(?:=|,|from)"
    r"|\bselect\s+(?:[0-9]|[@(])",
    re.IGNORECASE,
)
"""Constructs of SQL outside of literals that nobody tries in VTQL."""

_SENTENCE = re.compile(
    r"\s*[Ss]elect\s+(?:from\b|(?:[a-z]+\s+)*(?:an?|the|one|some|any|all|your|which|what|this|that|each|"
    r"every)\s[^,]*?from\b|[^,]*?from\s+(?:the\s|\w+[.!?]|\w+,?\s+(?!order|limit|where)[a-z]))"
)
"""English sentences that begin like a query; in a query a clause follows the module."""

_MAX_SENTENCE = 300
"""Characters that are matched as a sentence: the time grows with their square."""

_OF_A_QUERY = re.compile(r"\b(?:where|limit|order\s+by)\b|[*=']", re.IGNORECASE)
_BEGINS = re.compile(r"\s*select\b", re.IGNORECASE)
_MODULE = re.compile(r"\bfrom\s+([^\s;,()]+)", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL)
_INDEX = re.compile(r"\[\$?\w+\]")
_JOINT = re.compile(r"[._>]")
_CAPITAL = re.compile(r"[A-Z]\w*")


class Candidate(NamedTuple):
    """A string and its context.

    `text` has `mark` for its placeholders, and `module` is the word after FROM, or the source code of
    the placeholder there. `given_to` are the dotted names of the functions that take it, also through
    a variable; `modules` are those of the catalog; `marked` says whether a marker takes it for VTQL.
    """

    text: str
    mark: str
    module: str
    is_placeholder: bool
    given_to: Collection[str]
    modules: Collection[str]
    marked: bool | None

    @property
    def bare(self) -> str:
        """The text with empty literals."""
        return _LITERAL.sub("''", self.text)

    @property
    def ends(self) -> bool:
        """Whether it ends with a semicolon."""
        return self.text.rstrip().endswith(";")


class Evidence(NamedTuple):
    """A reason: True for VTQL, False for something else, None for no opinion."""

    name: str
    opinion: Callable[[Candidate], bool | None]


def is_vtql(candidate: Candidate) -> bool:
    """Whether a string is VTQL."""
    for evidence in EVIDENCE:
        opinion = evidence.opinion(candidate)
        if opinion is not None:
            return opinion
    return False


def begins_like_a_query(text: str) -> bool:
    """Whether a text begins with SELECT, perhaps after blanks."""
    return _BEGINS.match(text) is not None


def module_of(text: str) -> re.Match[str] | None:
    """The word after FROM, as group 1 of a match."""
    return _MODULE.search(text)


def _marked(candidate: Candidate) -> bool | None:
    return candidate.marked


def _given_to_vtql(candidate: Candidate) -> bool:
    return any(map(_is_of_vtql, candidate.given_to))


def _is_of_vtql(name: str) -> bool:
    lower = name.lower()
    return any(word in lower for word in OF_VTQL) or lower.rpartition(".")[2] in ANALYSES


def _given_to_a_database(candidate: Candidate) -> bool:
    return any(map(_is_of_a_database, candidate.given_to))


def _is_of_a_database(name: str) -> bool:
    before, _, last = name.lower().rpartition(".")
    if last in OF_A_DATABASE or last.startswith(DRIVERS):
        return True
    owner = _JOINT.split(before)[-1]
    return owner in DATABASES or owner.endswith("db")


def _given_to_a_query(candidate: Candidate) -> bool:
    return any(OF_QUERIES.search(name) for name in candidate.given_to)


def _is_a_sentence(candidate: Candidate) -> bool:
    """Whether it is one: `Select a name from Contacts`."""
    return (
        _SENTENCE.match(candidate.text[:_MAX_SENTENCE]) is not None
        and not _OF_A_QUERY.search(candidate.text)
        and not _given_to_a_query(candidate)
    )


def _module_is_known(candidate: Candidate) -> bool:
    return not candidate.is_placeholder and (
        candidate.module in candidate.modules or candidate.module in STOCK
    )


def _looks_like_a_module(candidate: Candidate) -> bool:
    if candidate.is_placeholder:
        named = "module" in _INDEX.sub("", candidate.module).lower()
        return named or _given_to_a_query(candidate)
    if _CAPITAL.fullmatch(candidate.module):
        return candidate.ends or _given_to_a_query(candidate)
    lower = candidate.module.lower()
    same = any(name.lower() == lower for name in (*STOCK, *candidate.modules))
    return same and candidate.ends and _given_to_a_query(candidate)


def _yes(holds: Callable[[Candidate], bool]) -> Callable[[Candidate], bool | None]:
    return lambda candidate: True if holds(candidate) else None


def _no(holds: Callable[[Candidate], bool]) -> Callable[[Candidate], bool | None]:
    return lambda candidate: False if holds(candidate) else None


EVIDENCE: tuple[Evidence, ...] = (
    Evidence("a comment `vtql` or `vtql: ignore` says so", _marked),
    Evidence("it is given to a function of VTQL", _yes(_given_to_vtql)),
    Evidence("it is given to a function of a database", _no(_given_to_a_database)),
    Evidence(
        "it has what only SQL has", _no(lambda candidate: bool(OF_SQL.search(candidate.bare)))
    ),
    Evidence("it is a sentence, and given to no function of queries", _no(_is_a_sentence)),
    Evidence("its module is in the catalog or on a stock server", _yes(_module_is_known)),
    Evidence(
        "its module is written as one, and it ends with `;` or is given to a function `query`",
        _yes(_looks_like_a_module),
    ),
)
"""The reasons, in order of precedence."""
