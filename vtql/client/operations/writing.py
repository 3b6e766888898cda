"""Writing records, one at a time. What cannot be right is refused before it is sent."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from vtql.catalog.model import Module
from vtql.client.operations.calling import mapping, name, record_id
from vtql.client.operations.created import has_lost_its_record, id_unknown, query_for
from vtql.client.operations.deletion import effect_of_deleting
from vtql.client.operations.owners import OWNERS, Owning
from vtql.errors import (
    ArgumentError,
    ModuleError,
    MultipleObjectsReturned,
    NotAvailable,
    ServiceError,
    SilentChange,
    TransportError,
    VtqlError,
)
from vtql.models.model import Model, make_model
from vtql.models.plain_values import plain_text
from vtql.models.write_values import (
    LINES,
    WITH_LINES,
    Purpose,
    WriteValues,
    stored_otherwise,
    write_values,
)
from vtql.query.connection import Server
from vtql.suggestions import short_repr


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of an upsert: the record as it is stored, whether it is new, and the names of the
    fields that were changed."""

    record: dict[str, Any]
    created: bool
    changed: tuple[str, ...]


class Writing(Owning):
    """`create`, `update`, `revise`, `delete`, and `upsert`.

    Values are Python's, of the types that models have. A value that a server stores otherwise, as
    a decimal that it rounds, is warned of by SilentChange: before it is sent where that is known,
    and when the stored record shows it. None of these is sent again by itself once the server may
    have received it; `received` of a TransportError tells.
    """

    __slots__ = ()

    def create(self, module: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Store a new record; it, as the server stored it.

        Lines of Quotes, SalesOrder, Invoice and PurchaseOrder are a list under `LineItems`.

        Raises:
            FieldError: the module has no such field.
            FieldValueError: a field cannot be written, does not take its value, or needs one; or
                there is no such owner.
            CreatedIdUnknown: the record is stored, or may be, and its id did not come.
        """
        asked = self._module(module)
        made = self.checked(asked, values, "create")
        with self._reported(asked.name, made.values):
            parameters = {"elementType": asked.name, "element": made.values}
            return self._stored(asked, made, "create", **parameters)

    def update(self, record: str | Model, values: Mapping[str, Any]) -> dict[str, Any]:
        """Store a record with all its mandatory fields; it, as the server stored it.

        From 7 on fields that are not given are kept; 5.4 empties them, and `revise` does not.

        Raises: as `create`; and NotAvailable for `LineItems` on 8.4, which answers HTTP 500 and has
        replaced the lines (measured on 8.4.0). Without `LineItems` a record keeps its lines.
        """
        return self._changed(record, values, "update")

    def revise(self, record: str | Model, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change these fields of a record and no others; it, as the server stored it.

        Of a record that was read, only what differs is sent, and nothing if nothing does.

        Raises: as `update`.
        """
        if isinstance(record, Model):
            check_mapping(values)
            values = _different(record, values)
            if not values:
                return dict(record.raw)
        return self._changed(record, values, "revise")

    def delete(self, record: str | Model, *, force: bool = False) -> dict[str, Any]:
        """Move a record to the recycle bin; `{"status": "successful"}`.

        Args:
            record: the record, or its id.
            force: delete also what other records depend on and no recycle bin holds: a user, a
                group, a currency, a tax, a folder or the company.

        Raises:
            ArgumentError: the record is such a one, and `force` is not set.
        """
        asked = record_id(record)
        self.check_deletion(asked, force=force)
        return mapping(self._call("delete", id=asked), "delete")

    def check_deletion(self, record: str, *, force: bool = False) -> None:
        """Make sure that a record may be deleted; nothing is.

        Raises:
            ArgumentError: other records depend on it, and `force` is not set.
        """
        if force:
            return
        with suppress(ModuleError):  # the server refuses what this user does not see
            module = self.module_of(record)
            effect = effect_of_deleting(module)
            if effect:
                raise ArgumentError(f"'{record}' is a record of {module.name}: {effect}. "
                                    "`force=True` deletes it")  # fmt: skip

    def upsert(self, module: str, key: str | Iterable[str], values: Mapping[str, Any]) -> Upserted:
        """Create a record, or revise the one that has the same key already.

        Two of these at the same time can create two records: no server compares and stores in one.

        Args:
            module: the module.
            key: the names of the fields that tell a record from others, such as `email`.
            values: those of the record, the key's among them. What the stored record has already
                is not sent.

        Raises:
            MultipleObjectsReturned: several records have the key.
            and what `create` raises.
        """
        asked = self._module(module)
        names = [key] if isinstance(key, str) else list(key)
        if not names:
            raise ArgumentError("an upsert needs a key: the fields that tell a record from others")
        self.checked(asked, values, "revise")
        for each in names:
            if values.get(asked.field(each).name) in (None, ""):
                raise ArgumentError(f"an upsert by `{each}` needs a value for it")
        made = make_model(asked.name, self._catalog, Server(self.query, self.catalog))
        found = list(made.objects.filter(**{each: values[each] for each in names})[:2])
        if len(found) > 1:
            raise MultipleObjectsReturned(
                f"more than one record of {asked.name} has this key: "
                f"{found[0].raw['id']}, {found[1].raw['id']}"
            )
        if not found:
            return Upserted(self.create(module, values), created=True, changed=tuple(values))
        changed = _different(found[0], values)
        return Upserted(self.revise(found[0], changed), created=False, changed=tuple(changed))

    def checked(self, module: Module, values: Mapping[str, Any], purpose: Purpose) -> WriteValues:
        """The values as they would be sent; nothing is.

        Owners that are not known yet are asked for.

        Raises: as `create`.
        """
        check_mapping(values)
        plain_text(values)  # what cannot travel is refused before it is looked at more closely
        self._check_lines(module, values, purpose)
        for each, value in values.items():
            for other in self._pointed_at(module, each, value):
                with suppress(ModuleError, ServiceError):  # then nobody can tell its ids
                    self._described(other)
        made = write_values(module, self._catalog, values, purpose)
        for each, value in made.values.items():
            field = module.fields.get(each)
            if field is not None and field.type.name == "owner" and value:
                self.check_owner(value, f"`{each}` of {module.name}")
        return made

    def _check_lines(self, module: Module, values: Mapping[str, Any], purpose: Purpose) -> None:
        has_lines = LINES in values and module.name in WITH_LINES
        if has_lines and purpose != "create" and self.profile.name == "8.4":
            raise NotAvailable(
                f"`{purpose}` with `{LINES}` does not work on {self.profile.title}: it answers HTTP "
                "500 and has replaced the lines (measured on 8.4.0). Without them `revise` keeps the "
                f"lines of the record. `client.call({purpose!r}, …)` asks for it all the same"
            )

    @contextmanager
    def _reported(self, module: str, sent: Mapping[str, Any]) -> Iterator[None]:
        """Have a `create` that is answered without its record end in CreatedIdUnknown."""
        try:
            yield
        except TransportError as error:
            if not has_lost_its_record(error):
                raise
            query = ""
            with suppress(VtqlError):  # a module that cannot be described has no query
                query = query_for(self._module(module), self._catalog, sent)
            raise id_unknown(error, module, query) from error

    def _pointed_at(self, module: Module, each: str, value: object) -> tuple[str, ...]:
        """The modules that have to be known to tell whether a field can have an id."""
        field = module.fields.get(each)
        if field is None or field.type.name != "owner":
            return field.refers_to if field else ()
        prefix = str(getattr(value, "id", value)).partition("x")[0]
        own = str(self.login_facts.get("userId")) if self._session.alive else ""
        return () if prefix == own.partition("x")[0] else OWNERS

    def _module(self, module: str) -> Module:
        asked = name(module, "the name of a module")
        return self.catalog(asked)[asked]

    def _changed(
        self, record: str | Model, values: Mapping[str, Any], purpose: Purpose
    ) -> dict[str, Any]:
        asked = record_id(record)
        module = record.module if isinstance(record, Model) else self.module_of(asked)
        made = self.checked(module, values, purpose)
        return self._stored(module, made, purpose, element={**made.values, "id": asked})

    def _stored(
        self, module: Module, made: WriteValues, purpose: Purpose, **parameters: Any
    ) -> dict[str, Any]:
        _warn(made.changes)
        stored = mapping(self._call(purpose, **parameters), purpose)
        if not made.changes:
            _warn(stored_otherwise(module, made.values, stored))
        return stored


def check_mapping(values: object) -> None:
    """Refuse values that are no mapping.

    Raises:
        ArgumentError: they are none.
    """
    if not isinstance(values, Mapping):
        raise ArgumentError(
            f"the values of a record are a mapping by field, not {short_repr(values)}"
        )


def _different(record: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a record that was read does not have already."""
    fields = record.module.fields
    return {
        each: value
        for each, value in values.items()
        if each not in fields
        or each not in record.raw
        or fields[each].decode(record.raw[each]) != _decoded(record, each, value)
    }


def _decoded(record: Model, each: str, value: Any) -> Any:
    field = record.module.field(each)
    return None if value is None else field.decode("" if value == "" else field.encode(value))


def _warn(messages: Iterable[str]) -> None:
    """Warn of the line that called into the package."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("vtql."):
        frame, level = frame.f_back, level + 1
    for message in messages:
        warnings.warn(message, SilentChange, stacklevel=level)
