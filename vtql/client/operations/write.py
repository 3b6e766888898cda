"""Writing records, one at a time. Mistakes are reported before a request is made.

Owners are looked up first, because a server does not: 8.4 stores a record with an owner that does not exist,
and answers with plain text in place of the record; the id of another module becomes the group with its
number (both measured on 8.4.0). `retrieve` tells of groups and of active users. Of inactive ones it says the
same as of those that do not exist (the sources ask for `status='Active'`, as queries do), while a server
takes them as owners. Users and groups have their numbers from one sequence (sources), so an owner with a
higher number than all of them is refused, and one with a lower number may be inactive.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.catalog.types import RECORD_ID
from vtql.client.catalog_cache import CatalogCache
from vtql.client.operations.base import mapping, name, record_id
from vtql.client.session import Session
from vtql.errors import (
    ArgumentError,
    BrokenAnswer,
    CreatedIdUnknown,
    FieldValueError,
    ForeignAnswer,
    ModuleError,
    MultipleObjectsReturned,
    NotAvailable,
    ServerFailed,
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
from vtql.protocol import ACCESS_DENIED, INVALID_ID_ATTRIBUTE
from vtql.query.connection import Server
from vtql.suggestions import short_repr

EFFECTS: Mapping[str, str] = {
    "Users": "the records of a user who is gone have no owner, and nobody can log in as that user",
    "Groups": "the records of a group that is gone have no owner",
    "Currency": "prices and totals of the records that are kept in it lose their currency",
}
NO_BIN = "other records depend on it"
LINE_ITEM = "LineItem"


def effect_of_deleting(module: Module) -> str | None:
    """What deleting a record of a module does to other records; None where it goes to the recycle
    bin, or is a line of a document."""
    if module.name == LINE_ITEM or (module.is_entity and module.name not in EFFECTS):
        return None
    return f"{EFFECTS.get(module.name, NO_BIN)}, and no recycle bin holds it"


SOUGHT = frozenset({"string", "email", "phone", "url", "text", "date"})
LONGEST_VALUE = 100
CONDITIONS = 8
CANDIDATES = 10


def has_lost_its_record(error: TransportError) -> bool:
    """Whether a failure of `create` is that the web service answered without the record.

    A page of HTML comes from elsewhere, such as a login form, and HTTP 502 to 504 from a proxy.
    """
    match error:
        case ForeignAnswer():
            return error.plain_text
        case BrokenAnswer():
            return True
        case ServerFailed():
            return error.status in (200, 500)
    return False


def id_unknown(error: TransportError, module: str, query: str) -> CreatedIdUnknown:
    """The error that says so.

    Args:
        error: what the answer is by itself.
        module: the name of the module.
        query: finds records with what was sent.
    """
    certain = error.plain_text
    stored = "was stored" if certain else "may have been stored"
    look = f"; `{query}` looks for it" if query else ""
    unknown = CreatedIdUnknown(
        f"the record of {module} {stored}, and its id did not come{look}. It is not sent again, which "
        f"could store it twice. {error}",
        query=query,
        certain=certain,
    )
    unknown.status, unknown.plain_text = error.status, error.plain_text
    return unknown


def query_for(module: Module, catalog: Catalog, sent: Mapping[str, Any]) -> str:
    """VTQL that finds records with the values that were sent, the newest first.

    Only texts and dates are looked for that a server stores as they are sent, those of mandatory
    fields first. Empty where there are none.
    """
    fields = sorted(
        (field for name, field in module.fields.items() if _is_kept(field, sent.get(name))),
        key=lambda field: not field.mandatory,
    )
    if not fields:
        return ""
    columns = [name for name in ("id", "createdtime") if name in module.fields]
    records = make_model(module.name, catalog).objects.only(*columns).order_by("-id")
    try:
        matching = records.filter(**{field.name: sent[field.name] for field in fields[:CONDITIONS]})
        return matching[:CANDIDATES].vtql
    except VtqlError:  # a value that can be stored and not be asked for
        return ""


def _is_kept(field: Field, value: Any) -> bool:
    if field.type.name not in SOUGHT or not isinstance(value, str):
        return False
    if not 0 < len(value.strip()) <= LONGEST_VALUE:
        return False
    return all(" " <= character <= "\uffff" for character in value) and "<" not in value


OWNERS = ("Users", "Groups")
DIGITS = 18
MISSING = frozenset({ACCESS_DENIED, INVALID_ID_ATTRIBUTE, "RECORD_NOT_FOUND"})
"""What `retrieve` answers where there is no such record, to a user who sees the module."""


class Owners(CatalogCache):
    """The check of owners. Those that exist are remembered; one that is not known is asked for, so
    that no new one is refused."""

    __slots__ = ("_owners", "_unseen")

    def __init__(
        self, session: Session, profile_name: str | None = None, *, catalog: Catalog
    ) -> None:
        super().__init__(session, profile_name, catalog=catalog)
        self._owners: set[str] = set()
        self._unseen: set[str] = set()

    def check_owner(self, owner: str, place: str) -> None:
        """Make sure that a user or a group exists, as far as this user may see that.

        Users who are no administrators do not see the module Users, so only the server can tell
        them of other users. Of Vtiger Cloud nothing was measured, and nothing is asked.

        Args:
            owner: its id.
            place: what the owner is for, for the message.

        Raises:
            FieldValueError: it does not, or the id is that of neither a user nor a group.
        """
        if self.profile.rest or owner in self._owners:
            return
        own = str(self.login_facts.get("userId"))
        if owner == own:
            return
        prefix, users = owner.partition("x")[0], own.partition("x")[0]
        modules = ("Users",) if prefix == users else OWNERS
        prefixes = {self._catalog[name].id_prefix: name for name in modules if self._sees(name)}
        if prefix in prefixes:
            if not self._exists(owner):
                self._refuse(owner, prefixes[prefix], place)
        elif prefix != users and "Groups" in prefixes.values() and users.isdecimal():
            groups = next(name for name, module in prefixes.items() if module == "Groups")
            raise FieldValueError(
                f"{place} is '{owner}', and ids of Users begin with {users}x and those of Groups "
                f"with {groups}x; a server ignores the prefix, and would take another owner with the "
                "same number"
            )

    def _exists(self, owner: str) -> bool:
        """Whether `retrieve` knows an owner, or does not tell."""
        if owner in self._owners:
            return True
        try:
            self.retrieve(owner)
        except ServiceError as error:
            return error.code not in MISSING
        self._owners.add(owner)
        return True

    def _refuse(self, owner: str, module: str, place: str) -> None:
        """Refuse an owner that `retrieve` does not know, but for who may be an inactive user.

        Raises:
            FieldValueError: there is no such user or group.
        """
        number = _number(owner)
        why = f"{module} has no such record"
        if module == "Users" and self._sees("Groups"):
            group = f"{self._catalog['Groups'].id_prefix}x{owner.partition('x')[2]}"
            if self._exists(group):
                why = f"that is the number of the group {group}"
            elif number <= self._highest():
                return
        raise FieldValueError(
            f"{place} is '{owner}', and {why}; a server may store the record all the same, and "
            "answer without it. `client.login_facts['userId']` is your own id, and queries of Users "
            "and Groups give others. `client.call` sends any owner"
        )

    def _highest(self) -> int:
        """The highest number of the active users and the groups."""
        highest = 0
        for module in OWNERS:
            rows = self.query(f"SELECT id FROM {module} ORDER BY id DESC LIMIT 1;")  # noqa: S608 - names of ours
            highest = max((highest, *(_number(row.get("id")) for row in rows)))
        return highest

    def _sees(self, module: str) -> bool:
        if module in self._unseen:
            return False
        try:
            self._described(module)
        except (ModuleError, ServiceError):
            self._unseen.add(module)
            return False
        return True


def _number(owner: object) -> int:
    """The number in an id, greater than any of a server where it has too many digits; 0 of no id."""
    if not isinstance(owner, str) or not RECORD_ID.fullmatch(owner):
        return 0
    digits = owner.partition("x")[2]
    return int(digits[: DIGITS + 1])


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of an upsert: the record as it is stored, whether it is new, and the names of the
    fields that were changed."""

    record: dict[str, Any]
    created: bool
    changed: tuple[str, ...]


class Write(Owners):
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
        described = self._module(module)
        element = self.checked(described, values, "create")
        with self._reported(described.name, element.values):
            parameters = {"elementType": described.name, "element": element.values}
            return self._stored(described, element, "create", **parameters)

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
        id_text = record_id(record)
        self.check_deletion(id_text, force=force)
        return mapping(self._call("delete", id=id_text), "delete")

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
        described = self._module(module)
        names = [key] if isinstance(key, str) else list(key)
        if not names:
            raise ArgumentError("an upsert needs a key: the fields that tell a record from others")
        self.checked(described, values, "revise")
        for key_field in names:
            if values.get(described.field(key_field).name) in (None, ""):
                raise ArgumentError(f"an upsert by `{key_field}` needs a value for it")
        model = make_model(described.name, self._catalog, Server(self.query, self.catalog))
        records = list(
            model.objects.filter(**{key_field: values[key_field] for key_field in names})[:2]
        )
        if len(records) > 1:
            raise MultipleObjectsReturned(
                f"more than one record of {described.name} has this key: "
                f"{records[0].raw['id']}, {records[1].raw['id']}"
            )
        if not records:
            return Upserted(self.create(module, values), created=True, changed=tuple(values))
        changed = _different(records[0], values)
        return Upserted(self.revise(records[0], changed), created=False, changed=tuple(changed))

    def checked(self, module: Module, values: Mapping[str, Any], purpose: Purpose) -> WriteValues:
        """The values as they would be sent; nothing is.

        Owners that are not known yet are asked for.

        Raises: as `create`.
        """
        check_mapping(values)
        plain_text(values)  # what cannot travel is refused before it is looked at more closely
        self._check_lines(module, values, purpose)
        for field_name, value in values.items():
            for target in self._pointed_at(module, field_name, value):
                with suppress(ModuleError, ServiceError):  # then nobody can tell its ids
                    self._described(target)
        element = write_values(module, self._catalog, values, purpose)
        for field_name, value in element.values.items():
            field = module.fields.get(field_name)
            if field is not None and field.type.name == "owner" and value:
                self.check_owner(value, f"`{field_name}` of {module.name}")
        return element

    def _check_lines(self, module: Module, values: Mapping[str, Any], purpose: Purpose) -> None:
        has_lines = LINES in values and module.name in WITH_LINES
        if has_lines and purpose != "create" and self.profile.breaks_line_items:
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

    def _pointed_at(self, module: Module, field_name: str, value: object) -> tuple[str, ...]:
        """The modules that have to be known to tell whether a field can have an id."""
        field = module.fields.get(field_name)
        if field is None or field.type.name != "owner":
            return field.refers_to if field else ()
        prefix = str(getattr(value, "id", value)).partition("x")[0]
        own = str(self.login_facts.get("userId")) if self._session.alive else ""
        return () if prefix == own.partition("x")[0] else OWNERS

    def _module(self, module: str) -> Module:
        module_name = name(module, "the name of a module")
        return self.catalog(module_name)[module_name]

    def _changed(
        self, record: str | Model, values: Mapping[str, Any], purpose: Purpose
    ) -> dict[str, Any]:
        id_text = record_id(record)
        module = record.module if isinstance(record, Model) else self.module_of(id_text)
        element = self.checked(module, values, purpose)
        return self._stored(module, element, purpose, element={**element.values, "id": id_text})

    def _stored(
        self, module: Module, checked: WriteValues, purpose: Purpose, **parameters: Any
    ) -> dict[str, Any]:
        _warn(checked.changes)
        stored = mapping(self._call(purpose, **parameters), purpose)
        if not checked.changes:
            _warn(stored_otherwise(module, checked.values, stored))
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
        field_name: value
        for field_name, value in values.items()
        if field_name not in fields
        or field_name not in record.raw
        or fields[field_name].decode(record.raw[field_name]) != _decoded(record, field_name, value)
    }


def _decoded(record: Model, field_name: str, value: Any) -> Any:
    field = record.module.field(field_name)
    return None if value is None else field.decode("" if value == "" else field.encode(value))


def _warn(messages: Iterable[str]) -> None:
    """Warn of the line that called into the package."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("vtql."):
        frame, level = frame.f_back, level + 1
    for message in messages:
        warnings.warn(message, SilentChange, stacklevel=level)
