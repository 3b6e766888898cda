"""`describe` results to modules, and catalogs to files and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from vtql.catalog.model import Field, Module
from vtql.catalog.types import ID, ON_OFF, field_type
from vtql.errors import CatalogError
from vtql.files import content_of, write_file
from vtql.parser.names import unwritable_name_reason
from vtql.profiles import ServerPrecedence
from vtql.sanitize import without_halves

if TYPE_CHECKING:
    from pathlib import Path

Describes = dict[str, Mapping[str, Any]]
PREFIX = re.compile(r"[0-9]{1,10}")


def checked(results: Any) -> Describes:
    """`describe` results by module name, their shape made sure of.

    Raises:
        CatalogError: names the module or the position that does not fit, and how.
    """
    if isinstance(results, Mapping) and isinstance(results.get("modules"), Mapping):
        results = results["modules"]
    if isinstance(results, Mapping) and isinstance(results.get("fields"), list):
        results = [results]
    if isinstance(results, Mapping):
        results = results.values()
    try:
        described = list(results)
    except TypeError:
        raise CatalogError(
            "a catalog is made of `describe` results: a list of them, or a mapping by module name"
        ) from None
    describes: Describes = {}
    for position, result in enumerate(described):
        describes[_check_module(result, position)] = result
    return describes


def _check_module(result: Any, position: int) -> str:
    name = result.get("name") if isinstance(result, Mapping) else None
    if not isinstance(name, str) or not name:
        raise CatalogError(f"entry {position} of the catalog is not a `describe` result: no `name`")
    if not isinstance(result.get("fields"), list):
        raise CatalogError(f"the description of {name} has no list of `fields`")
    for number, described in enumerate(result["fields"]):
        field_name = described.get("name") if isinstance(described, Mapping) else None
        if not isinstance(field_name, str) or not field_name:
            raise CatalogError(f"field {number} of {name} has no `name`")
        type_ = described.get("type")
        if not isinstance(type_, Mapping) or not isinstance(type_.get("name"), str):
            raise CatalogError(f"field `{field_name}` of {name} has no `type` with a `name`")
        for key in ("refersTo", "picklistValues"):
            if type_.get(key) and not isinstance(type_[key], list | Mapping):
                raise CatalogError(f"`{key}` of field `{field_name}` of {name} is no list")
    return name


def read_module(result: Mapping[str, Any], zone: tzinfo = UTC) -> Module:
    """The module that a checked `describe` result tells of. Every module has a field `id`.

    `zone` is that in which the server keeps its datetimes.
    """
    fields = {described["name"]: _read_field(described, zone) for described in result["fields"]}
    if result["name"] == "Users" and "is_admin" in fields:
        fields["is_admin"] = replace(fields["is_admin"], type=ON_OFF)
    if "id" not in fields:
        fields["id"] = Field("id", "id", ID, editable=False, nullable=False)
    names = result.get("labelFields") or ""
    reasons = {name: why for name in fields if (why := unwritable_name_reason(name))}
    return Module(
        name=result["name"],
        label=_text(result.get("label")) or result["name"],
        id_prefix=_prefix(result.get("idPrefix")),
        is_entity=bool(result.get("isEntity", True)),
        label_fields=tuple(name for name in _text(names).split(",") if name in fields),
        fields=fields,
        unnameable=reasons,
    )


def _read_field(described: Mapping[str, Any], zone: tzinfo) -> Field:
    name, type_ = described["name"], described["type"]
    default = described.get("default")
    return Field(
        name=name,
        label=_text(described.get("label")) or name,
        type=ID if name == "id" else field_type(type_["name"], zone),
        mandatory=bool(described.get("mandatory")),
        editable=bool(described.get("editable", True)),
        nullable=bool(described.get("nullable", True)),
        unique=bool(described.get("isunique")),
        default=None if default is None else _text(default),
        refers_to=tuple(filter(None, map(_text, _items(type_.get("refersTo"))))),
        choices=tuple(_text(choice["value"]) for choice in _items(type_.get("picklistValues"))
                      if isinstance(choice, Mapping) and "value" in choice),
    )  # fmt: skip


def _text(value: object) -> str:
    """A value of JSON as text; nothing of what is no text and no number."""
    return str(value) if isinstance(value, str | int | float) else ""


def _prefix(value: object) -> str:
    """The number before the x of a module's ids; nothing where there is none."""
    text = "" if isinstance(value, bool) else _text(value)
    return text if PREFIX.fullmatch(text) else ""


def _items(listed: Any) -> Iterable[Any]:
    """The items of a list, or of the mapping that PHP sends for one with a gap."""
    return listed.values() if isinstance(listed, Mapping) else listed or ()


def load(path: str | Path) -> tuple[Describes, str, ServerPrecedence | None]:
    """The descriptions in a file, the name of the server's zone, and its precedence of and/or."""
    try:
        content = json.loads(content_of(path))
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{path} is not JSON: {error}") from None
    try:
        return checked(content), _zone(content), _precedence(content)
    except CatalogError as error:
        raise CatalogError(f"{path}: {error}") from None


def _zone(content: Any) -> str:
    zone = content.get("server_zone", "UTC") if isinstance(content, Mapping) else "UTC"
    if not isinstance(zone, str):
        raise CatalogError("`server_zone` is not the name of a time zone")
    return zone


def _precedence(content: Any) -> ServerPrecedence | None:
    precedence = content.get("precedence") if isinstance(content, Mapping) else None
    match precedence:
        case None | "and_first" | "left_to_right":
            return precedence
        case _:
            raise CatalogError("`precedence` is neither `and_first` nor `left_to_right`")


def save(
    describes: Describes, zone: str, precedence: ServerPrecedence | None, path: str | Path
) -> None:
    """Write descriptions as JSON, a field a line, so that a change shows well in a diff.

    Half a surrogate pair in a name, a label or a value is written as U+FFFD.

    Raises:
        CatalogError: a description has something that JSON cannot hold.
        OSError: the file cannot be written; one that is there stays as it is.
    """
    try:
        modules = ",\n".join(
            f"{_json(name)}: {_module_text(described)}" for name, described in describes.items()
        )
    except (TypeError, ValueError, RecursionError):
        raise CatalogError(
            "the catalog has a description that JSON cannot hold: something that is no text, number, "
            "list or mapping, or is nested too deeply"
        ) from None
    header = "" if zone == "UTC" else f'"server_zone": {json.dumps(zone)}, '
    header += f'"precedence": {json.dumps(precedence)}, ' if precedence else ""
    text = f'{{"vtql": 1, {header}"modules": {{\n{modules}\n}}}}\n'
    write_file(path, without_halves(text).encode())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _module_text(described: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in described.items() if key != "fields"}
    fields = ",\n".join(" " + _json(field) for field in described["fields"])
    head = _json(rest)[:-1]
    return f'{head}{", " if rest else ""}"fields": [\n{fields}\n]}}'
