"""`vtql demo`: the three jobs in one screen, without a server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, Command
from vtql.cli.terminal import show

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.models.model import Model
    from vtql.sandbox import Sandbox


def _configure(_parser: ArgumentParser) -> None:
    """No options."""


def _run(_chosen: Namespace) -> int:
    from vtql.sandbox import Sandbox  # noqa: PLC0415 - loads sqlite3 and requests

    with Sandbox() as sandbox, sandbox.client() as client:
        contacts = client.model("Contacts")
        catalog = client.catalog("Contacts")
        _write_in_python(contacts, sandbox)
        _lint(catalog)
        _generate(catalog)
    return CLEAN


def _write_in_python(contacts: type[Model], sandbox: Sandbox) -> None:
    from vtql.cli.row_output import table  # noqa: PLC0415 - only this command shows rows

    show("1. A query in Python\n")
    show(
        '>>> named = Contacts.objects.filter(lastname__startswith="O\'").only("firstname", "lastname")'
    )
    matching = contacts.objects.filter(lastname__startswith="O'").only("firstname", "lastname")
    show(f">>> print(named)\n{matching}\n>>> for contact in named[:5]: ...")
    rows = [[contact.id, contact.firstname, contact.lastname] for contact in matching[:5]]
    show(table(["id", "firstname", "lastname"], rows))
    before = len(sandbox.requests)
    number = sum(1 for _ in contacts.objects)
    request_count = len(sandbox.requests) - before
    show(
        "\n>>> sum(1 for _ in Contacts.objects)   # a server gives 100 a request; a loop means all"
    )
    show(f"{number}   # {request_count} requests: pages of 100 by id, until one is empty\n")


def _lint(catalog: Catalog) -> None:
    from vtql.analysis import analyze  # noqa: PLC0415 - the parser
    from vtql.render import renderer  # noqa: PLC0415 - the same

    text = "SELECT lastname, mail FROM Contacts WHERE firstname = 'Ana';"
    show(f'2. A lint finding\n\n$ vtql lint -q "{text}"')
    show(renderer("text")([analyze(text, catalog)]))


def _generate(catalog: Catalog) -> None:
    from vtql.extended.compile import compile_text  # noqa: PLC0415 - the parser

    text = "SELECT id FROM Contacts WHERE (lastname = 'Brown' OR mailingcity = 'Sofia') AND donotcall = 0"
    show(f'\n3. A query string for other tools\n\n$ vtql compile -q "{text}"')
    show("\n".join(compile_text(text, catalog).statements))


command = Command("demo", "show what vtql does, without a server", _configure, _run)
