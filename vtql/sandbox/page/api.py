"""What the page shows, as JSON: the catalog, what there is to say of a text, rows, requests."""

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
"""Queries that are run of those which a text becomes."""

EXAMPLES = (
    "select * from {module} order by id limit 10;",
    "select {name} from {module} where {name} like 'A%' order by {name};",
    "select {name} from {module} where ({name} like 'A%' or {name} like 'B%') and {name} != 'B';",
)
"""Queries to begin with, of a module and the field that names its records."""

NO_QUERY = "Nothing yet: the findings say what the text lacks to be a query."


def catalog_summary(service: Service) -> dict[str, Any]:
    """The kind of server, each module with its fields and the number of its records, and queries
    to begin with."""
    modules = [service.catalog[name] for name in service.catalog]
    with service.turn:
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
                    {"name": each.name, "label": each.label, "type": each.type.name,
                     "refers": list(each.refers_to)}
                    for each in module.fields.values()
                ],
            }
            for module in modules
        ],
    }  # fmt: skip


def inspect_text(service: Service, text: str, offset: int) -> dict[str, Any]:
    """What is found in a text, what it becomes, and what could stand at the cursor."""
    offered = [
        {"text": each.text, "kind": each.kind, "detail": each.detail,
         "start": each.span.start, "end": each.span.end}
        for each in completions(text, offset, service.catalog)
    ]  # fmt: skip
    if not text.strip():
        return {"findings": [], "statements": [], "trouble": "", "completions": offered}
    analysis = analyze(text, service.catalog, service.profile.name)
    statements, trouble = _statements(service, text, analysis)
    findings = [
        {"code": each.code, "severity": each.severity.value, "message": each.text,
         "help": each.advice, "start": each.span.start, "end": each.span.end,
         "edits": [(edit.span.start, edit.span.end, edit.text) for edit in each.edits]}
        for each in analysis.diagnostics
    ]  # fmt: skip
    return {
        "findings": findings,
        "statements": statements,
        "trouble": trouble,
        "completions": offered,
    }


def run_text(service: Service, text: str) -> dict[str, Any]:
    """The rows of a text, each once, and how each of its queries was answered."""
    analysis = analyze(text, service.catalog, service.profile.name)
    statements, trouble = _statements(service, text, analysis)
    secrets = secrets_of(service)
    rows: dict[Any, dict[str, Any]] = {}
    answers = []
    for statement in statements[:STATEMENTS]:
        try:
            with service.turn:
                found = query_rows(Call(service, {"query": statement}, ""), statement)
        except Refusal as refusal:
            answers.append(_refused(statement, f"{refusal.code}: {refusal.message}"))
            continue
        except (Crash, PlainText):
            answers.append(_refused(statement, "HTTP 500"))
            continue
        answers.append(
            {"text": statement, "answer": "1 row" if len(found) == 1 else f"{len(found)} rows"}
        )
        for row in found:
            told = {name: value for name, value in row.items() if name.lower() not in secrets}
            rows.setdefault(row.get("id") or ("", len(rows)), told)
    fields = list(dict.fromkeys(name for row in rows.values() for name in row))
    left = len(statements) - len(answers)
    if left > 0:
        trouble = f"{left} more queries were not run: the page runs {STATEMENTS}"
    return {"answers": answers, "fields": fields, "rows": list(rows.values()), "trouble": trouble}


def _refused(statement: str, answer: str) -> dict[str, Any]:
    return {"text": statement, "answer": answer, "refused": True}


def _examples(service: Service, counts: Mapping[str, int]) -> list[str]:
    """Queries of a module that has records, the last with brackets."""
    entities = (name for name in service.catalog if service.catalog[name].label_fields)
    name = max(entities, key=lambda each: counts[each], default=None)
    if name is None:
        return []
    label = service.catalog[name].label_fields[-1]
    return [each.format(module=name, name=label) for each in EXAMPLES]


def _statements(service: Service, text: str, analysis: Analysis) -> tuple[list[str], str]:
    """The queries that a text becomes, or why it becomes none; VTQL stays as it is."""
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
    """The names of fields, in small letters, that hold a password or a key in some module."""
    modules = [service.catalog[name] for name in service.catalog]
    names = (name for module in modules for name in module.fields if is_secret(module, name))
    return frozenset(name.lower() for name in names) | SECRETS
