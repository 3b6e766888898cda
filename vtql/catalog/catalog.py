"""The catalog: the modules of a server, from `describe` results or a file of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from vtql.catalog import describe
from vtql.catalog.model import Field, Module
from vtql.catalog.timezones import zone_of
from vtql.catalog.types import Family
from vtql.errors import FieldError, ModuleError
from vtql.profiles import ServerPrecedence
from vtql.suggestions import suggestion

if TYPE_CHECKING:
    from pathlib import Path


class Catalog(Mapping[str, Module]):
    """The modules of a server by name. A module is read from its description when first used.

    Make one with `Catalog.from_describes` or `Catalog.load`. `server_zone` is the time zone in
    which the server keeps its datetimes, which no answer tells: UTC, unless its administrator
    changed `default_timezone`. `precedence` is how the server evaluates and/or, once a client has found it
    out; None where nobody knows. Models made of the catalog compile for that precedence.
    """

    def __init__(
        self,
        describes: Mapping[str, Mapping[str, Any]],
        server_zone: str = "UTC",
        precedence: ServerPrecedence | None = None,
    ) -> None:
        self._describes = dict(describes)
        self._modules: dict[str, Module] = {}
        self._zone_name = server_zone
        self.server_zone = zone_of(server_zone)
        self.precedence = precedence

    @classmethod
    def from_describes(cls, results: Any, server_zone: str = "UTC") -> Catalog:
        """A catalog of `describe` results: a list of them, or a mapping by module name.

        Raises:
            CatalogError: something does not have the shape of a `describe` result.
            ArgumentError: there is no time zone of that name, such as `Europe/Sofia`.
        """
        return cls(describe.checked(results), server_zone)

    @classmethod
    def load(cls, path: str | Path) -> Catalog:
        """A catalog from a file that `save` wrote, or one with `describe` results as JSON.

        Raises:
            CatalogError: the file is not JSON of that shape.
            ArgumentError: there is no such time zone.
            OSError: the file cannot be read.
        """
        return cls(*describe.load(path))

    def save(self, path: str | Path) -> None:
        """Write the catalog to a file, all of what `describe` told, the server's zone and precedence."""
        describe.save(self._describes, self._zone_name, self.precedence, path)

    def describe(self, name: str) -> Mapping[str, Any]:
        """The `describe` result of a module, as it was given."""
        self[name]
        return self._describes[name]

    def with_describes(self, results: Any) -> Catalog:
        """A catalog that knows these modules too."""
        more = Catalog.from_describes(results)._describes  # noqa: SLF001 - the same class
        return Catalog(self._describes | more, self._zone_name, self.precedence)

    def in_zone(self, server_zone: str) -> Catalog:
        """The same catalog for a server that keeps its datetimes in another time zone.

        Raises:
            ArgumentError: there is no time zone of that name.
        """
        return Catalog(self._describes, server_zone, self.precedence)

    def with_precedence(self, precedence: ServerPrecedence | None) -> Catalog:
        """The same catalog for a server that evaluates AND and OR in this way."""
        copy = Catalog(self._describes, self._zone_name, precedence)
        copy._modules = self._modules
        return copy

    def module_of_prefix(self, prefix: str) -> str | None:
        """The name of the module whose record ids begin with a prefix such as `12`."""
        for name, described in self._describes.items():
            if described.get("idPrefix") == prefix:
                return name
        return None

    def __getitem__(self, name: str) -> Module:
        """The module of a name.

        Raises:
            ModuleError: there is none; the nearest names come first.
        """
        module = self._modules.get(name)
        if module is None:
            if name not in self._describes:
                near = suggestion(name, self._describes)
                raise ModuleError(
                    f"the catalog has no module `{name}`" + (f"; {near}" if near else "")
                )
            module = self._modules[name] = describe.read_module(
                self._describes[name], self.server_zone
            )
        return module

    def __iter__(self) -> Iterator[str]:
        return iter(self._describes)

    def __len__(self) -> int:
        return len(self._describes)

    def __contains__(self, name: object) -> bool:
        return name in self._describes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalog) and self._all == other._all

    @property
    def _all(self) -> tuple[object, ...]:
        return self._describes, self._zone_name, self.precedence

    __hash__ = None  # type: ignore[assignment] # a mapping of mappings has no hash

    def __repr__(self) -> str:
        return f"<Catalog of {len(self)} modules>"


EMPTIABLE = frozenset({Family.TEXT, Family.CHOICES, Family.ID})
"""The families whose fields can be empty; a number, a date and a checkbox are NULL or something."""


def empty_value(field: Field, catalog: Catalog) -> str:
    """The value that finds records whose field is empty: a blank for text, `11x0` for references.

    Raises:
        FieldError: a field of that type is never empty.
    """
    if field.type.family not in EMPTIABLE:
        raise FieldError(
            f"`{field.name}` is a field of type {field.type.name}, which is never empty on a server, "
            "only NULL; VTQL cannot ask for that"
        )
    if field.type.family is Family.ID:
        targets = [name for name in field.refers_to if name in catalog]
        return f"{catalog[targets[0]].id_prefix if targets else 1}x0"
    return " "
