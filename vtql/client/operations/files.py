"""Files: documents that are uploaded, and what is attached to records."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vtql.catalog.types import RECORD_ID
from vtql.client.operations.base import listing, mapping, name, record_id
from vtql.client.operations.write import Write, check_mapping
from vtql.errors import ArgumentError, BrokenAnswer


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file from the server: its id, its name, its media type and its bytes."""

    id: str
    name: str
    type: str
    content: bytes = field(repr=False)


class Files(Write):
    """`files_retrieve`, and `create` of a document with its file."""

    __slots__ = ()

    def files_retrieve(self, file_id: str) -> list[dict[str, Any]]:
        """The raw files of an attachment: `filename`, `filetype`, `filecontents`…

        Works on 7.3 to 7.5, from 8.4 on and on Vtiger Cloud.

        Args:
            file_id: an id of `imageattachmentids` of a record, not the record's.
        """
        return listing(self._call("files_retrieve", id=record_id(file_id)), "files_retrieve")

    def download(self, record: str) -> list[StoredFile]:
        """The files that are attached to a record, such as a document; works where
        `files_retrieve` does.

        Raises:
            BrokenAnswer: a file's content is not base64.
        """
        document = mapping(self._call("retrieve", id=record_id(record)), "retrieve")
        ids = str(document.get("imageattachmentids") or "")
        return [
            _stored(row)
            for file_id in filter(None, map(str.strip, ids.split(",")))
            for row in self.files_retrieve(file_id)
        ]

    def upload(
        self,
        path: str | Path,
        values: Mapping[str, Any],
        *,
        content: bytes | None = None,
        media_type: str | None = None,
    ) -> dict[str, Any]:
        """Create a document with a file; the record as the server stored it.

        Args:
            path: the file, or only its name where `content` is given.
            values: further fields of Documents, such as `assigned_user_id` and `folderid`;
                `notes_title` is the file's name where it is left out.
            content: the bytes of the file.
            media_type: its type, guessed from the name where it is left out.

        Raises:
            OSError: the file cannot be read.
            FieldValueError: there is no such owner.
            CreatedIdUnknown: the document is stored, or may be, and its id did not come.
        """
        file = Path(path)
        if not file.name:
            raise ArgumentError("a file that is uploaded needs a name")
        check_mapping(values)
        owner = getattr(values.get("assigned_user_id"), "id", values.get("assigned_user_id"))
        if isinstance(owner, str) and RECORD_ID.fullmatch(owner):
            self.check_owner(owner, "`assigned_user_id` of Documents")
        data = _content(file) if content is None else content
        kind = media_type or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        element = {
            "notes_title": file.name,
            **values,
            "filename": file.name,
            "filelocationtype": "I",  # internal: the server keeps the file itself
            "filestatus": "1",
        }
        with self._reported("Documents", element):
            answer = self._call(
                "create",
                {"filename": (file.name, data, kind)},
                elementType="Documents",
                element=element,
                filename_hidden=file.name,
            )
            return mapping(answer, "create")


def _content(file: Path) -> bytes:
    """The bytes of a file, which is closed whatever happens."""
    with file.open("rb") as opened:
        return opened.read()


def _stored(row: Mapping[str, Any]) -> StoredFile:
    try:
        content = base64.b64decode(str(row.get("filecontents") or ""), validate=False)
    except binascii.Error:
        raise BrokenAnswer("files_retrieve: the content of a file is not base64") from None
    return StoredFile(
        str(row.get("fileid", "")),
        name(row.get("filename") or "file", "the name of a file"),
        str(row.get("filetype") or "application/octet-stream"),
        content,
    )
