"""Single records that a request writes beside others: items of a batch, lines of a file."""

from collections.abc import Iterable
from typing import Any

from graphql import OperationType

from ..schema.access.access import find_visible, not_found
from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource import Resource
from .body import BodyReader
from .calls import ResourceCall
from .documents import RootField, Selected, select
from .projection import read_fields
from .sent_back import SentBack
from .writes import mutate

_ID = "_id"
"""Under what the id of a record is read, whatever is shown of it."""

_PAGE_SIZE = 100
"""Records that are read at once."""


class RecordWrites(ResourceCall):
    """Writes single records of a resource, each as REST does it at its own address.

    Values are JSON objects with REST's names, as bodies of REST have them. ``errors`` of an
    :class:`ApiError` name members of them. After an error the transaction has to return to a
    savepoint before anything else is done; exceptions that are no ``ApiError`` are for Odoo to see.
    """

    def __init__(self, schema: BuiltSchema, context: Context, resource: Resource):
        super().__init__(schema, context, resource)
        self._is_read = "read" in resource.operations and resource.is_root

    def create_record(self, values: dict) -> int:
        """Create a record and return its id.

        :raise ApiError: BAD_USER_INPUT, FORBIDDEN and others of the mutation
        """
        self.check_offered("create")
        body = self._body()
        sent = body.convert(values, self.input_type("CreateInput"))
        record = self._mutate("create", {"input": sent}, select("id"), body.problems)
        return record["id"]

    def update_record(self, number: int, values: dict, version: str | None = None) -> bool:
        """Change what a record has not yet of some values; tell whether there is any of it.

        :param version: the one that it must have if anything is to be changed; None for any
        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED, BAD_USER_INPUT, FORBIDDEN and others
        """
        self.check_offered("update")
        body, sent_back = self._body(), SentBack(self)
        changed = values
        if self._is_read:
            changed = sent_back.without_unchanged(number, values, always=True)
            if not changed and not sent_back.problems:
                if not find_visible(self.context, self.resource, [number]):
                    raise not_found(self.resource, [number])
                return False
        sent = body.convert(changed, self.input_type("UpdateInput"))
        variables = {"id": str(number), "ifVersion": version, "input": sent}
        problems = [*sent_back.problems, *body.problems]
        self._mutate("update", variables, select("id"), problems)
        return True

    def delete_record(self, number: int, version: str | None = None) -> None:
        """Delete a record.

        :param version: the one that it must have; None for any
        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED, FORBIDDEN and others of the mutation
        """
        self.check_offered("delete")
        self._mutate("delete", {"id": str(number), "ifVersion": version}, (), [])

    def read_records(self, numbers: Iterable[int]) -> dict[int, dict]:
        """Return those of the records that the caller sees, as REST shows them without ``fields``.

        :return: by their ids; none where the records of the resource cannot be read by themselves
        """
        if not self._is_read:
            return {}
        shown = read_fields(self.schema, self.context, self.object_type, None)
        nodes = Selected("nodes", "nodes", (*shown, Selected(_ID, "id")))
        found = {}
        ids = [str(number) for number in dict.fromkeys(numbers)]
        size = min(_PAGE_SIZE, self.context.max_page_size(self.resource))
        for start in range(0, len(ids), size):
            page = ids[start : start + size]
            variables = {
                "filter": {"id": {"in": page}},
                "first": len(page),
                "includeArchived": True,
            }
            root = RootField(
                OperationType.QUERY, self.resource.list_name, tuple(variables), (nodes,)
            )
            for record in self.run(root, variables)["nodes"]:
                found[int(record[_ID])] = record
                del record[_ID]
        return found

    def has_all(self, number: int, values: dict) -> bool:
        """Tell whether a record that the caller sees has all of the values already."""
        if not self._is_read:
            return False
        return not SentBack(self).without_unchanged(number, values, always=True)

    def _body(self) -> BodyReader:
        return BodyReader(self.schema, self.context.introspection)

    def _mutate(
        self, verb: str, variables: dict, below: tuple[Selected, ...], problems: list[dict]
    ) -> Any:
        name = f"{verb}{self.resource.type_name}"
        root = RootField(OperationType.MUTATION, name, tuple(variables), below)
        return mutate(self.schema, self.context, root, variables, problems)


def find_writes(schema: BuiltSchema, context: Context, type_name: str) -> RecordWrites:
    """Return what writes records of a type.

    :raise ApiError: BAD_USER_INPUT where there is no such type for the caller
    """
    resource = schema.resources.get(type_name)
    if resource is None:
        raise ApiError("BAD_USER_INPUT", f"There is no type {type_name[:80]!r} of records.")
    return RecordWrites(schema, context, resource)
