"""Files of records: uploaded with `create` and `update`, and listed in the record.

A file has a number from the sequence of records, and an id with the prefix of its record's module;
`files_retrieve` takes that id and not the record's. Read in the source of 7.3; documents with a link
and without a file were measured on 8.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from vtql.catalog.model import Module
from vtql.sandbox.http_messages import Upload
from vtql.sandbox.schema import row_number
from vtql.sandbox.sequences import next_id
from vtql.sandbox.service import Call
from vtql.sandbox.store import Attachment, attach, attachment_numbers, detach, has_attachments
from vtql.sandbox.write_values import Row

ATTACHMENT_IDS = "imageattachmentids"
"""The undescribed field with the ids of a record's files."""

DOCUMENTS = "Documents"

INTERNAL, EXTERNAL = "I", "E"
_PROTOCOL = re.compile(r"\w{1,5}://|\w{0,3}:?\\\\")
_EXECUTABLE_EXTENSIONS = frozenset({
    "php", "php3", "php4", "php5", "pl", "cgi", "py", "asp", "cfm", "js", "vbs", "html", "htm",
    "exe", "bin", "bat", "sh", "dll", "phps", "phtml", "xhtml", "rb", "msi", "jsp", "shtml", "sth",
    "shtm", "htaccess", "phar",
})  # fmt: skip
"""Extensions that a server renames, so that the file cannot be executed."""


def has_files(call: Call, module: Module) -> bool:
    """Whether records of a module can have files, and any record has one."""
    named = any(field.type.name in ("file", "image") for field in module.fields.values())
    return named and call.service.profile.serves_files and has_attachments(call.service.store)


def attachment_ids(call: Call, module: Module, number: int) -> str:
    """The ids of a record's files, separated by commas."""
    numbers = attachment_numbers(call.service.store, number)
    return ",".join(f"{module.id_prefix}x{attachment_number}" for attachment_number in numbers)


def file_values(
    module: Module, row: Row, files: Mapping[str, Upload], before: Row | None = None
) -> Row:
    """The values of a record that describe its file or link.

    `row` is the record as sent, `before` the one that it replaces. A document has an uploaded file,
    a link, or the name of a file stored elsewhere; an update without an upload keeps its file.
    """
    if module.name != DOCUMENTS:
        return {
            field.name: _safe_name(files[field.name].name)
            for field in module.fields.values()
            if field.type.name in ("file", "image") and _has_content(files, field.name)
        }
    name, place = row.get("filename") or "", row.get("filelocationtype")
    values: Row = {"filename": None, "filetype": "", "filesize": "0", "filedownloadcount": None}
    if place == INTERNAL:
        file = files.get("filename")
        if file and file.content:
            values |= {"filename": _safe_name(file.name), "filetype": file.type}
            values["filesize"] = str(len(file.content))
        elif before is not None:
            values = {key: before.get(key) for key in values}
        elif name:
            values |= {"filename": name, "filedownloadcount": "0"}
            values |= {key: row.get(key) for key in ("filetype", "filesize")}
    elif place == EXTERNAL:
        values["filename"] = name if not name or _PROTOCOL.match(name.strip()) else f"http://{name}"
    return {key: value for key, value in values.items() if key in module.fields}


def store_files(call: Call, module: Module, row: Row, files: Mapping[str, Upload]) -> None:
    """Store the uploaded files of a record, replacing the previous ones."""
    number = row_number(row)
    if module.name == DOCUMENTS and row.get("filelocationtype") != INTERNAL:
        detach(call.service.store, number)
        return
    for name, file in files.items():
        if name in module.fields and _has_content(files, name):
            file_number = next_id(call.service.store, module.name)
            attachment = Attachment(
                file_number, number, _safe_name(file.name), file.type, file.content
            )
            attach(call.service.store, attachment)


def _has_content(files: Mapping[str, Upload], name: str) -> bool:
    """Whether a form field has a file that is not empty."""
    return name in files and bool(files[name].content)


def _safe_name(name: str) -> str:
    """The name under which a server stores a file."""
    parts = re.sub(r"\s+", "_", name).rstrip('\\/<>?*:"|').split(".")
    risky = [part.lower() in _EXECUTABLE_EXTENSIONS for part in parts]
    plain = [f"{part}file" if bad else part for part, bad in zip(parts, risky, strict=True)]
    return ".".join([*plain, "txt"] if any(risky) else plain)
