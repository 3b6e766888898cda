"""Requests made by chance: most lead somewhere, some are broken on the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from urllib.parse import quote, quote_plus, urlencode

from vtql.protocol import OPERATIONS

IDS = ["12x170", "11x107", "19x1", "20x5", "10x600", "14x680", "9x900", "22x1", "12x", "x", "12x0",
       "99x1", "12x999999999999999999999", "²x²", "12x170x1", "-1", ""]  # fmt: skip
MODULES = ["Contacts", "Accounts", "Users", "Groups", "Events", "Calendar", "Invoice", "Documents",
           "LineItem", "Nope", "contacts", ""]  # fmt: skip
FIELDS = ["id", "lastname", "firstname", "assigned_user_id", "account_id", "birthday", "donotcall",
          "accountname", "annual_revenue", "employees", "leadId", "assignedTo", "entities",
          "LineItems", "createdtime", "subject", "activitytype", "time_start", "productid",
          "quantity", "filename", "filelocationtype", "notes_title", "hdnDiscountPercent"]  # fmt: skip
WORDS = ["select", "*", "count(*)", "from", "where", "and", "or", "in", "like", "order by", "limit",
         "asc", "desc", "(", ")", ",", "=", "<", ">=", "!=", ";", "'a'", "'O''Brien'", "'%'", "1",
         "0", "-1", "null", "'12x170'", "lastname", "id", "Contacts", "\\", "'\\'"]  # fmt: skip
ODD = ["\0", "\n", "'", '"', "\\", "%", "_", "€", "😀", "\xff", "{", "[", "<script>"]
METHODS = ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "BREW", "get", ""]
PATHS = ["/", "/webservice.php", "/crm/webservice.php", "/.vtql/", "/.vtql/catalog", "/.vtql/look",
         "/.vtql/run", "/.vtql/requests", "/x", "//", "/%00", "/%ff", "/../x", "*", ""]  # fmt: skip
KINDS = ["application/json", "text/plain", "multipart/form-data", "", "x" * 99]
HEADERS = ["X: \x00", "Cookie: =;;", "Transfer-Encoding: chunked", "Expect: 100-continue", ": x",
           "Range: bytes=0-1", "Host: [", "Origin: null", "Content-Length: x"]  # fmt: skip
FILES = ["a.pdf", "a.php", "", "ü.txt", '\\"', "../../x", "x" * 300, "\0"]
FORM = "application/x-www-form-urlencoded"


def request(chance: Random, session: str) -> bytes:
    """A request, with the session in most cases."""
    operation = chance.choice([*OPERATIONS, "frob", "", text(chance)])
    if operation == "logout" and chance.random() < 0.9:
        operation = "query"
    row = OPERATIONS.get(operation)
    method = row.method if row and chance.random() < 0.8 else chance.choice(METHODS)
    fields = {"operation": operation, **parameters(chance, operation)}
    if operation not in ("login", "getchallenge", "logout") and chance.random() < 0.9:
        fields["sessionName"] = session
    form = urlencode(fields, quote_via=chance.choice([quote, quote_plus]), errors="replace")
    path = "/webservice.php" if chance.random() < 0.8 else chance.choice(PATHS)
    target, headers, body = f"{path}?{form}", ["Host: 127.0.0.1", "Connection: close"], b""
    if method == "POST":
        many = chance.random() < 0.3
        target, (kind, body) = path, multipart(chance, fields) if many else (FORM, form.encode())
        kind = chance.choice(KINDS) if chance.random() < 0.1 else kind
        length = len(body) if chance.random() < 0.95 else chance.choice([0, 1, 10**9, -1])
        headers += [f"Content-Type: {kind}", f"Content-Length: {length}"]
    if chance.random() < 0.1:
        headers.append(chance.choice([*HEADERS, f"Cookie: PHPSESSID={session}"]))
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *headers, "", ""])
    made = head.encode("latin-1", "replace") + body
    return made if chance.random() > 0.07 else spoilt(chance, made)


def parameters(chance: Random, operation: str) -> dict[str, str]:
    """Values for the parameters of an operation; one may be left out."""
    row = OPERATIONS.get(operation)
    names = row.parameters if row else chance.sample(["id", "query", "element", "elementType"], 2)
    made = {name: parameter(chance, name) for name in names}
    if made and chance.random() < 0.1:
        made.pop(chance.choice(list(made)))
    return made


def parameter(chance: Random, name: str) -> str:
    """A value for a parameter, one that leads somewhere more often than not."""
    match name:
        case "query":
            return query(chance)
        case "element" | "values" | "elements" | "fieldTypeList":
            named = chance.sample(FIELDS, chance.randrange(8))
            made = {field: value(chance) for field in named}
            return json.dumps(made, ensure_ascii=chance.random() < 0.5)
        case "elementType" | "relatedType" | "module":
            return chance.choice(MODULES)
        case "modifiedTime" | "token" | "page":
            return chance.choice(["0", "1", "1767600000", "x", "-1"])
    return chance.choice([*IDS, text(chance), "admin", "user", "Outlook"])


def query(chance: Random) -> str:
    """Words of a query in any order, or a query."""
    if chance.random() < 0.5:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randrange(14)))
    field, other = chance.sample(FIELDS, 2)
    literal = chance.choice([*IDS, text(chance), "a"]).replace("'", "''") or "x"
    sign = chance.choice(["=", "like", "<", "!="])
    module, limit = chance.choice(MODULES), chance.randrange(200)
    return f"select {field} from {module} where {other} {sign} '{literal}' limit {limit};"


def value(chance: Random, depth: int = 0) -> object:
    """A value of JSON."""
    if depth < 3 and chance.random() < 0.3:
        if chance.random() < 0.5:
            return [value(chance, depth + 1) for _ in range(chance.randrange(3))]
        named = (chance.choice(FIELDS) for _ in range(chance.randrange(4)))
        return {field: value(chance, depth + 1) for field in named}
    plain = [None, True, 0, 1, -1.5, 1e308, 10**30, "2024-02-30", "I", "Task", "x" * 5000]
    return chance.choice([*plain, chance.choice(IDS), text(chance)])


def text(chance: Random) -> str:
    """A short text of odd characters."""
    return "".join(chance.choice([*ODD, "a", "1", " "]) for _ in range(chance.randrange(8)))


def multipart(chance: Random, fields: Mapping[str, str]) -> tuple[str, bytes]:
    """The type and the body of a form in parts, with a file in half of the cases."""
    border = chance.choice(["b", "----x", "a b", '"q"'])
    stated = "Content-Disposition: form-data; name="
    parts = [f'{stated}"{name}"\r\n\r\n{each}' for name, each in fields.items()]
    if chance.random() < 0.5:
        named = f'{stated}"filename"; filename="{chance.choice(FILES)}"'
        parts.append(f"{named}\r\nContent-Type: text/plain\r\n\r\n{text(chance)}")
    body = "".join(f"--{border}\r\n{part}\r\n" for part in parts) + f"--{border}--\r\n"
    return f"multipart/form-data; boundary={border}", body.encode("utf-8", "replace")


def spoilt(chance: Random, made: bytes) -> bytes:
    """The request with some bytes lost, changed or added."""
    found = bytearray(made)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(found))
        found[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(found)
