"""`vtql describe`: show modules and fields, and keep them in a file."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, Command
from vtql.cli.inputs import add_catalog, catalog
from vtql.cli.row_output import table
from vtql.cli.server_options import add_server, connection
from vtql.cli.terminal import give_json, say, show
from vtql.parser.names import unwritable_name_reason
from vtql.sanitize import visible

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.catalog.model import Field, Module
    from vtql.client.client import Client
    from vtql.profiles import ServerPrecedence

_ASKED = 3
"""Modules whose records are asked how the server evaluates AND and OR; empty ones do not tell."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="the modules; all, if left out"
    )
    parser.add_argument(
        "--save",
        metavar="FILE",
        help="write the metadata to a file, and how the server evaluates AND and OR",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="of the output")
    add_catalog(parser)
    add_server(parser)


def _run(options: Namespace) -> int:
    known = catalog(options)
    if known is None:
        with connection(options) as client:
            known = client.catalog(*options.modules)
            if options.save:
                known = known.with_precedence(_precedence(client, known))
    modules = options.modules or list(known)
    for name in modules:
        known[name]  # an unknown one is said before anything is written
    if options.save:
        known.save(options.save)
        say(f"{len(known)} modules saved to {visible(options.save)}")
    elif options.format == "json":
        give_json(
            json.dumps([known.describe(name) for name in modules], ensure_ascii=False, indent=2)
        )
    elif options.modules:
        show("\n\n".join(_module(known, name) for name in modules))
    else:
        show(table(["module", "label", "ids", "fields"], [_line(known, name) for name in modules]))
    return CLEAN


def _precedence(client: Client, known: Catalog) -> ServerPrecedence | None:
    """How the server evaluates AND and OR, by one request where a module has records; Users has one."""
    nameable = [name for name in known if not unwritable_name_reason(name)]
    entities = [name for name in nameable if known[name].is_entity and name != "Users"]
    candidates = [name for name in ("Users", *entities) if name in known][:_ASKED]
    return next(filter(None, map(client.precedence, candidates)), None)


def _line(known: Catalog, name: str) -> list[str]:
    module = known[name]
    return [name, module.label, f"{module.id_prefix}x…", str(len(module.fields))]


def _module(known: Catalog, name: str) -> str:
    module = known[name]
    head = visible(f"{name} ({module.label}), ids {module.id_prefix}x…")
    rows = [
        [field.name, field.label, _type(field), _marks(field, module)]
        for field in module.fields.values()
    ]
    return f"{head}\n\n{table(['field', 'label', 'type', ''], rows)}"


def _type(field: Field) -> str:
    to = f" to {', '.join(field.refers_to)}" if field.refers_to else ""
    return field.type.name + to


def _marks(field: Field, module: Module) -> str:
    marks = {
        "mandatory": field.mandatory,
        "read-only": not field.editable,
        "unique": field.unique,
        "not in queries": field.name in module.unnameable,
    }
    return ", ".join(mark for mark, holds in marks.items() if holds)


command = Command("describe", "show modules and fields, and keep them in a file", _configure, _run)
