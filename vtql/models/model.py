"""`Model`: a module as a class, a record as an instance of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, tzinfo
from typing import Any, ClassVar, NoReturn, Self, TypeVar, overload

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.catalog.server_tables import as_values
from vtql.catalog.timezones import NO_CLOCK, Clock, clock_of
from vtql.errors import ArgumentError, DoesNotExist, MultipleObjectsReturned
from vtql.profiles import profiles
from vtql.query.connection import URL_BYTES, Server, url_limit
from vtql.query.field_restrictions import refusal
from vtql.query.queryset import QuerySet
from vtql.query.spec import QuerySpec
from vtql.suggestions import short_repr

E = TypeVar("E", bound=Exception)


class Model:
    """A record. Fields are attributes (`record.lastname`) and items (`record["lastname"]`).

    A value is read from what the server sent when it is looked at, so one that cannot be read
    keeps no other from being used. `raw` is what was sent.

    `Contacts.objects` is the query set of all records; `Contacts.module` is the metadata.
    """

    __slots__ = ("raw",)

    module: ClassVar[Module]
    catalog: ClassVar[Catalog]
    objects: ClassVar[QuerySet[Any]]
    DoesNotExist: ClassVar[type[DoesNotExist]] = DoesNotExist
    MultipleObjectsReturned: ClassVar[type[MultipleObjectsReturned]] = MultipleObjectsReturned

    raw: dict[str, Any]

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    def __getitem__(self, name: str) -> Any:
        """The Python value of a field.

        Raises:
            KeyError: the module has no such field, or the query did not ask for it.
            DecodeError: the field's type cannot read what the server sent.
        """
        field = self.module.fields.get(name)
        reason = refusal(self.module, name)
        if reason is not None:
            raise KeyError(reason)
        if name not in self.raw:
            known = field is not None
            raise KeyError(_unselected(name) if known else self.module.unknown(name))
        return field.decode(self.raw[name]) if field else self.raw[name]

    def __getattr__(self, name: str) -> Any:
        reason = refusal(self.module, name)
        if reason is not None:
            raise AttributeError(reason)
        known = name in self.module.fields  # then its own attribute has found no value
        raise AttributeError(_unselected(name) if known else self.module.unknown(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def to_dict(self) -> dict[str, Any]:
        """The Python values of all fields that the server sent.

        A value that its field's type cannot read is given as its text, with an `UnreadValue` warning.
        """
        values = as_values(self.raw, self.module.fields)
        return {
            name: values.get(name, raw)
            for name, raw in self.raw.items()
            if refusal(self.module, name) is None
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and (self.raw.get("id"), self.raw) == (
            other.raw.get("id"),
            other.raw,
        )

    def __hash__(self) -> int:
        return hash(self.raw.get("id"))

    def __copy__(self) -> Self:
        return type(self)(self.raw)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(deepcopy(self.raw, memo))

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a record is not pickled, because its class is made from a catalog; send its values, "
            "`record.to_dict()` or `record.raw`"
        )

    def __repr__(self) -> str:
        names = [self.raw.get(name) for name in self.module.label_fields]
        label = " ".join(str(name) for name in names if name)
        suffix = f" {label!r}" if label else ""
        return f"<{self.module.name} {self.raw.get('id')}{suffix}>"


class FieldAttribute:
    """A field on a model class: its metadata there, its value on a record."""

    __slots__ = ("field",)

    def __init__(self, field: Field) -> None:
        self.field = field

    @overload
    def __get__(self, record: None, owner: type[Model]) -> Self: ...
    @overload
    def __get__(self, record: Model, owner: type[Model]) -> Any: ...
    def __get__(self, record: Model | None, owner: type[Model]) -> Any:
        if record is None:
            return self
        reason = refusal(record.module, self.field.name)
        if reason is not None:
            raise AttributeError(reason)
        try:
            return self.field.decode(record.raw[self.field.name])
        except KeyError:
            raise AttributeError(_unselected(self.field.name)) from None

    def __repr__(self) -> str:
        return f"<field {self.field.name}: {self.field.type.name}>"


def make_model(
    module: str,
    catalog: Catalog,
    server: Server | None = None,
    clock: Clock = NO_CLOCK,
    url_bytes: int = URL_BYTES,
    notlike: Callable[[], bool] = bool,
) -> type[Model]:
    """The class of a module.

    Without a server its query sets compile and do not fetch.

    Raises:
        ModuleError: the catalog has no such module; the nearest names come first.
        NotExpressible: no query can name the module.
        ArgumentError: it is no catalog.
    """
    if not isinstance(catalog, Catalog):
        raise ArgumentError(
            "a model is made of a catalog: `vtql.Catalog.load(path)`, or `client.catalog()`; "
            f"not {short_repr(catalog)}"
        )
    described = catalog[module]
    described.check_name()
    taken = set(dir(Model))
    fields = {
        name: FieldAttribute(field)
        for name, field in described.fields.items()
        if name.isidentifier() and name not in taken and not _is_of_python(name)
    }
    model_class: type[Model] = type(
        module, (Model,), {"__slots__": (), "__module__": __name__, **fields}
    )
    model_class.module = described
    model_class.catalog = catalog
    model_class.DoesNotExist = _own(DoesNotExist, module)
    model_class.MultipleObjectsReturned = _own(MultipleObjectsReturned, module)
    spec = QuerySpec(
        described, catalog, model_class, server,
        record=model_class, clock=clock, offline_bytes=url_bytes, notlike=notlike,
    )  # fmt: skip
    model_class.objects = QuerySet(
        spec, (model_class.DoesNotExist, model_class.MultipleObjectsReturned)
    )
    return model_class


def model(
    module: str,
    catalog: Catalog,
    *,
    now: datetime | Callable[[], datetime] | None = None,
    zone: str | tzinfo | None = None,
    url_bytes: int = URL_BYTES,
    profile: str | None = None,
) -> type[Model]:
    """The class of a module, offline: its query sets compile to VTQL and fetch nothing.

    Args:
        module: the name of the module.
        catalog: the metadata; its `server_zone` is where the server's clock stands, and its
            `precedence`, where it has one, what queries are made for.
        now: an aware datetime, or a function that gives one, for lookups such as `today`.
        zone: where days begin and end, `Europe/Sofia` or a `tzinfo`; the server's if left out.
        url_bytes: how long a query may be in a URL, encoded; longer lists become several queries.
        profile: the servers that the queries are for, `cloud`; what not all of them have is refused
            if left out.

    Raises:
        ModuleError: the catalog has no such module; the nearest names come first.
        NotExpressible: no query can name the module.
        ValueError: there is no such profile.
        ArgumentError: `catalog` is none, there is no such zone, `now` is no moment, or `url_bytes` is too small.
    """
    servers = profiles(profile)
    return make_model(
        module,
        catalog,
        clock=clock_of(now, zone),
        url_bytes=url_limit(url_bytes),
        notlike=lambda: all(server.notlike for server in servers),
    )


def _is_of_python(name: str) -> bool:
    """Whether Python gives an attribute of this name a meaning of its own, as `__del__` has one."""
    return name.startswith("__") and name.endswith("__")


def _own(error: type[E], module: str) -> type[E]:
    names = {"__qualname__": f"{module}.{error.__name__}", "__module__": __name__}
    return type(error.__name__, (error,), names)


def _unselected(name: str) -> str:
    return (
        f"`{name}` did not come with this record: `only()` left it out, or the server shows it to "
        "nobody, as it does with passwords"
    )
