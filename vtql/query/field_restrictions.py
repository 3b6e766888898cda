"""Fields that `describe` lists and that no query can name, or that a query takes for something else."""

from __future__ import annotations

from collections.abc import Iterable

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Module
from vtql.catalog.server_tables import is_appended, is_attachment, is_line_discount, not_ordered
from vtql.errors import NotExpressible


def refusal(module: Module, name: str) -> str | None:
    """Why a query cannot have a field, and what to use instead; None where it can (measured on 8.4.0)."""
    if is_line_discount(module.name, name):
        line = f"discount_{name.removeprefix('hdnDiscount').lower()}"
        return (
            f"in a query `{name}` of {module.name} is the discount of a line, and not of the document; "
            f"`client.retrieve(id)` gives the document's, `{line}` or the module LineItem that of lines"
        )
    if is_attachment(module.name, name):
        return (
            f"a server refuses every query with `{name}` of Emails; `client.retrieve(id)` gives a record "
            "with its attachments"
        )
    if is_appended(module, name):
        return (
            f"`{name}` of {module.name} is described and in no query; `client.retrieve(id)` gives it with "
            "its record"
        )
    return None


def refuse_fields(module: Module, names: Iterable[str]) -> None:
    """Refuse fields that a query cannot have.

    Raises:
        NotExpressible: there is one.
    """
    for name in names:
        reason = refusal(module, name)
        if reason is not None:
            raise NotExpressible(reason)


def refuse_order(module: Module, names: Iterable[str]) -> None:
    """Refuse fields that a query cannot have, or by which no server can sort.

    Raises:
        NotExpressible: there is one.
    """
    for name in (term.removeprefix("-") for term in names):
        refuse_fields(module, (name,))
        if not_ordered(module.name, name):
            raise NotExpressible(
                f"no server can sort {module.name} by `{name}`: the query fails, and Vtiger 8 answers an "
                f"empty list; sort the records here: `sorted(qs, key=lambda each: each.{name} or '')`"
            )


def refuse_module_without_id(module: Module, catalog: Catalog) -> None:
    """Refuse a module whose records have no `id`, such as ProductTaxes.

    A server adds `id` to the columns of every query and refuses it; `*` is answered with an empty list.

    Raises:
        NotExpressible: it is one.
    """
    if module.is_entity or module.name not in catalog:
        return
    if all(field["name"] != "id" for field in catalog.describe(module.name)["fields"]):
        raise NotExpressible(
            f"{module.name} has no `id`, which a server adds to every query and then refuses; no query "
            "reads its records"
        )
