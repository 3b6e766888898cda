"""Files of records: taken from the form of a `create`, and told of by the records that have them.

A file has a number of the row that records have theirs from, and an id with the prefix of its
record's module; `files_retrieve` wants that id and not the record's. Read in the source of 7.3,
but for a document with a link and one without a file, which were measured on 8.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from vtql.catalog.model import Module
from vtql.sandbox.http_messages import Upload
from vtql.sandbox.sequences import next_id
from vtql.sandbox.service import Call
from vtql.sandbox.store import Attachment, attach, attachment_numbers, detach, has_attachments
from vtql.sandbox.write_values import Row

ATTACHMENT_IDS = "imageattachmentids"
"""The key of the ids of a record's files, which no `describe` tells of."""

DOCUMENTS = "Documents"
WITHOUT_FILES = frozenset({"5.4"})
"""Servers that give no files over the web service."""

INTERNAL, EXTERNAL = "I", "E"
_PROTOCOL = re.compile(r"\w{1,5}://|\w{0,3}:?\\\\")
_EXECUTABLE_EXTENSIONS = frozenset({
    "php", "php3", "php4", "php5", "pl", "cgi", "py", "asp", "cfm", "js", "vbs", "html", "htm",
    "exe", "bin", "bat", "sh", "dll", "phps", "phtml", "xhtml", "rb", "msi", "jsp", "shtml", "sth",
    "shtm", "htaccess", "phar",
})  # fmt: skip
"""Endings that a server does not leave to a file, lest it be run."""


def has_files(call: Call, module: Module) -> bool:
    """Whether records of a module may have files, and some record has."""
    named = any(field.type.name in ("file", "image") for field in module.fields.values())
    old = call.service.profile.name in WITHOUT_FILES
    return named and not old and has_attachments(call.service.store)


def attachment_ids(call: Call, module: Module, number: int) -> str:
    """The ids of a record's files with commas between, as the record tells of them."""
    found = attachment_numbers(call.service.store, number)
    return ",".join(f"{module.id_prefix}x{each}" for each in found)


def file_values(
    module: Module, row: Row, files: Mapping[str, Upload], before: Row | None = None
) -> Row:
    """What a record says of its file or link; nothing, where its module has none.

    `row` is the record as it was sent, `before` the one that it is to replace. A document has a
    file of the form, a link, or the name of a file that is somewhere else; one that is changed
    without a form keeps what it has.
    """
    if module.name != DOCUMENTS:
        return {
            field.name: _safe_name(files[field.name].name)
            for field in module.fields.values()
            if field.type.name in ("file", "image") and _has_content(files, field.name)
        }
    name, place = row.get("filename") or "", row.get("filelocationtype")
    told: Row = {"filename": None, "filetype": "", "filesize": "0", "filedownloadcount": None}
    if place == INTERNAL:
        file = files.get("filename")
        if file and file.content:
            told |= {"filename": _safe_name(file.name), "filetype": file.type}
            told["filesize"] = str(len(file.content))
        elif before is not None:
            told = {key: before.get(key) for key in told}
        elif name:
            told |= {"filename": name, "filedownloadcount": "0"}
            told |= {key: row.get(key) for key in ("filetype", "filesize")}
    elif place == EXTERNAL:
        told["filename"] = name if not name or _PROTOCOL.match(name.strip()) else f"http://{name}"
    return {key: value for key, value in told.items() if key in module.fields}


def store_files(call: Call, module: Module, row: Row, files: Mapping[str, Upload]) -> None:
    """Keep the files of a form that belong to a record, in place of those it had."""
    number = int(str(row["id"]).partition("x")[2])
    if module.name == DOCUMENTS and row.get("filelocationtype") != INTERNAL:
        detach(call.service.store, number)
        return
    for name, file in files.items():
        if name in module.fields and _has_content(files, name):
            own = next_id(call.service.store, module.name)
            kept = Attachment(own, number, _safe_name(file.name), file.type, file.content)
            attach(call.service.store, kept)


def _has_content(files: Mapping[str, Upload], name: str) -> bool:
    """Whether a field of a form came with a file that is not empty."""
    return name in files and bool(files[name].content)


def _safe_name(name: str) -> str:
    """The name of a file as the server keeps it."""
    parts = re.sub(r"\s+", "_", name).rstrip('\\/<>?*:"|').split(".")
    risky = [part.lower() in _EXECUTABLE_EXTENSIONS for part in parts]
    plain = [f"{part}file" if bad else part for part, bad in zip(parts, risky, strict=True)]
    return ".".join([*plain, "txt"] if any(risky) else plain)
