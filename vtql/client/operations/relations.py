"""Relations between records, and tags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vtql.ast import Connective
from vtql.client.operations.base import Base, listing, mapping, name, record_id
from vtql.errors import ArgumentError
from vtql.parser.printer import write
from vtql.statements import parse


class Relations(Base):
    """`relatedtypes`, `retrieve_related`, `query_related`, `add_related` and Cloud's further ones."""

    __slots__ = ()

    def related_types(self, module: str) -> dict[str, Any]:
        """The relations of a module, by label, since 7.0: `types` and `information`."""
        module_name = name(module, "the name of a module")
        answer = self._call("relatedtypes", elementType=module_name)
        return mapping(answer or {}, "relatedtypes")  # PHP makes [] of a map with nothing in it

    def retrieve_related(
        self, record: str, module: str, label: str | None = None
    ) -> list[dict[str, Any]]:
        """The records of a module that are related to a record, since 7.0: 100 at most.

        Args:
            record: the id of the record.
            module: the module of the related ones.
            label: the label of the relation, as `related_types` has it; the module's name, if left
                out.
        """
        answer = self._call(
            "retrieve_related",
            id=record_id(record),
            relatedType=name(module, "the name of a module"),
            relatedLabel=label or module,
        )
        return listing(answer, "retrieve_related")

    def query_related(self, text: str, record: str, label: str) -> list[dict[str, Any]]:
        """The rows of a query that are related to a record, since 7.0: 100 at most.

        The semicolon at the end of the text may be left out here. The server works on the text and
        wants it in capitals without a semicolon (reference 1.4), so it is written anew. It puts `id IN (…) AND` before the conditions, without brackets.

        Raises:
            QuerySyntaxError: the text is not a query.
            ArgumentError: it has an `or`, behind which rows that are not related would come, or
                WHERE in a value, where the server would cut it.
        """
        text_of_query = name(text, "a query")
        query = parse(
            text_of_query if text_of_query.rstrip().endswith(";") else f"{text_of_query};"
        )
        if query.where and any(link.connective is Connective.OR for link in query.where.links):
            raise ArgumentError(
                "a query of related records cannot have `or`: the server would answer with records "
                "that are not related; ask once for each alternative, or use `id IN (…)`"
            )
        statement = write(query).rstrip(";")
        if statement.count("WHERE") > 1:
            raise ArgumentError(
                "a query of related records cannot have WHERE in a value, where the server would cut "
                "it; in small letters the value finds the same, for a server compares without "
                "regard to case"
            )
        answer = self._call(
            "query_related",
            query=statement,
            id=record_id(record),
            relatedLabel=name(label, "the label of a relation"),
        )
        return listing(answer, "query_related")

    def add_related(self, record: str, related: str, label: str) -> dict[str, Any]:
        """Relate a record to another, since 7.1. Only Vtiger Cloud can take it back."""
        answer = self._call(
            "add_related",
            sourceRecordId=record_id(record),
            relatedRecordId=record_id(related),
            relationIdLabel=name(label, "the label of a relation"),
        )
        return mapping(answer, "add_related")

    def delete_related(self, record: str, related: str) -> Any:
        """Relate two records no longer, on Vtiger Cloud."""
        return self._call(
            "delete_related", sourceRecordId=record_id(record), relatedRecordId=record_id(related)
        )

    def tags_add(self, record: str, tags: Iterable[str]) -> Any:
        """Give a record tags, on Vtiger Cloud."""
        return self._call("tags_add", id=record_id(record), tags=_tags(tags))

    def tags_retrieve(self, record: str) -> Any:
        """The tags of a record, on Vtiger Cloud."""
        return self._call("tags_retrieve", id=record_id(record))

    def tags_delete(self, record: str, tags: Iterable[str]) -> Any:
        """Take tags from a record, on Vtiger Cloud."""
        return self._call("tags_delete", id=record_id(record), tags=_tags(tags))


def _tags(tags: Iterable[str]) -> list[str]:
    if isinstance(tags, str):
        raise ArgumentError("`tags` is a list of texts, such as ['vip']")
    return [name(tag, "a tag") for tag in tags]
