"""The JSON API of the page: catalog, analysis of a text, rows of its queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.analysis import Analysis, analyze
from vtql.catalog.server_tables import SECRETS, is_secret
from vtql.completion import completions
from vtql.errors import QuerySyntaxError, VtqlError
from vtql.extended.compile import compile_text
from vtql.sandbox.errors import Crash, PlainText, Refusal
from vtql.sandbox.operations.read import query_rows
from vtql.sandbox.service import Call, Service

STATEMENTS = 20
"""The number of queries of a text that are run."""

EXAMPLES = (
    "select * from {module} order by id limit 10;",
    "select {name} from {module} where {name} like 'A%' order by {name};",
    "select {name} from {module} where ({name} like 'A%' or {name} like 'B%') and {name} != 'B';",
)
"""Templates of example queries, with a module and its label field."""

NO_QUERY = "Nothing yet: the findings say what the text lacks to be a query."


def catalog_summary(service: Service) -> dict[str, Any]:
    """The server profile, the modules with fields and numbers of records, and example queries."""
    modules = [service.catalog[name] for name in service.catalog]
    with service.record_lock:
        counts = {name: service.store.count(name) for name in service.catalog}
    return {
        "profile": service.profile.title,
        "examples": _examples(service, counts),
        "modules": [
            {
                "name": module.name,
                "label": module.label,
                "records": counts[module.name],
                "fields": [
                    {"name": field.name, "label": field.label, "type": field.type.name,
                     "refers": list(field.refers_to)}
                    for field in module.fields.values()
                ],
            }
            for module in modules
        ],
    }  # fmt: skip


def inspect_text(service: Service, text: str, offset: int) -> dict[str, Any]:
    """The findings in a text, the queries it compiles to, and completions at the cursor."""
    offered = [
        {"text": item.text, "kind": item.kind, "detail": item.detail,
         "start": item.span.start, "end": item.span.end}
        for item in completions(text, offset, service.catalog)
    ]  # fmt: skip
    if not text.strip():
        return {"findings": [], "statements": [], "trouble": "", "completions": offered}
    analysis = analyze(text, service.catalog, service.profile.name)
    statements, trouble = _statements(service, text, analysis)
    findings = [
        {"code": item.code, "severity": item.severity.value, "message": item.text,
         "help": item.advice, "start": item.span.start, "end": item.span.end,
         "edits": [(edit.span.start, edit.span.end, edit.text) for edit in item.edits]}
        for item in analysis.diagnostics
    ]  # fmt: skip
    return {
        "findings": findings,
        "statements": statements,
        "trouble": trouble,
        "completions": offered,
    }


def run_text(service: Service, text: str) -> dict[str, Any]:
    """The distinct rows of a text, and the answer to each of its queries."""
    analysis = analyze(text, service.catalog, service.profile.name)
    statements, trouble = _statements(service, text, analysis)
    secrets = secrets_of(service)
    rows: dict[Any, dict[str, Any]] = {}
    answers = []
    for statement in statements[:STATEMENTS]:
        try:
            with service.record_lock:
                result = query_rows(Call(service, {"query": statement}, ""), statement)
        except Refusal as refusal:
            answers.append(_refused(statement, f"{refusal.code}: {refusal.message}"))
            continue
        except (Crash, PlainText):
            answers.append(_refused(statement, "HTTP 500"))
            continue
        answers.append(
            {"text": statement, "answer": "1 row" if len(result) == 1 else f"{len(result)} rows"}
        )
        for row in result:
            public = {name: value for name, value in row.items() if name.lower() not in secrets}
            rows.setdefault(row.get("id") or ("", len(rows)), public)
    fields = list(dict.fromkeys(name for row in rows.values() for name in row))
    left = len(statements) - len(answers)
    if left > 0:
        trouble = f"{left} more queries were not run: the page runs {STATEMENTS}"
    return {"answers": answers, "fields": fields, "rows": list(rows.values()), "trouble": trouble}


def _refused(statement: str, answer: str) -> dict[str, Any]:
    return {"text": statement, "answer": answer, "refused": True}


def _examples(service: Service, counts: Mapping[str, int]) -> list[str]:
    """Example queries on the module with most records; the last has brackets."""
    entities = (name for name in service.catalog if service.catalog[name].label_fields)
    name = max(entities, key=lambda module: counts[module], default=None)
    if name is None:
        return []
    label = service.catalog[name].label_fields[-1]
    return [example.format(module=name, name=label) for example in EXAMPLES]


def _statements(service: Service, text: str, analysis: Analysis) -> tuple[list[str], str]:
    """The queries that a text compiles to, or the reason why not; VTQL is not changed."""
    if analysis.select is not None:
        return [text.strip()], ""
    try:
        plan = compile_text(text, service.catalog, service.profile.precedence)
    except QuerySyntaxError:
        return [], NO_QUERY
    except VtqlError as error:
        return [], str(error)
    return plan.statements, ""


def secrets_of(service: Service) -> frozenset[str]:
    """The names of all fields with a password or a key, in lower case."""
    modules = [service.catalog[name] for name in service.catalog]
    names = (name for module in modules for name in module.fields if is_secret(module, name))
    return frozenset(name.lower() for name in names) | SECRETS
