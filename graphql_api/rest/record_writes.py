"""Single records that a request writes beside others: items of a batch, lines of a file."""

from typing import Any

from graphql import OperationType

from ..schema.access.access import Context, not_found
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource import Resource
from .body import BodyReader
from .calls import ResourceCall
from .documents import RootField, Selected, select
from .projection import read_fields
from .sent_back import SentBack
from .writes import mutate


class RecordWrites(ResourceCall):
    """Writes and reads single records of a resource, each as REST does it at its own address.

    Values are JSON objects with REST's names, as bodies of REST have them; records are as REST
    shows them without ``fields``, only with their ``id`` where the resource cannot be read. An
    error leaves the transaction as it is: what goes on after it has to return to a savepoint.

    ``errors`` of an :class:`ApiError` name members of the values. Other exceptions are for Odoo to
    see.
    """

    def __init__(self, schema: BuiltSchema, context: Context, resource: Resource):
        super().__init__(schema, context, resource)
        is_read = "read" in resource.operations
        self._shown: tuple[Selected, ...] = (
            read_fields(schema, context, self.object_type, None) if is_read else select("id")
        )
        self._is_read = is_read and resource.is_root

    def create_record(self, values: dict) -> dict:
        """Create a record and return it.

        :raise ApiError: BAD_USER_INPUT, FORBIDDEN and others of the mutation
        """
        self.check_offered("create")
        body = self._body()
        sent = body.convert(values, self.input_type("CreateInput"))
        return self._mutate("create", {"input": sent}, self._shown, body.problems)

    def update_record(self, number: int, values: dict, version: str | None = None) -> dict:
        """Change what a record has not yet of some values, and return it.

        :param version: the one that it must have if anything is to be changed; None for any
        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED, BAD_USER_INPUT, FORBIDDEN and others
        """
        self.check_offered("update")
        body, sent_back = self._body(), SentBack(self)
        changed = values
        if self._is_read:
            changed = sent_back.without_unchanged(number, values, always=True)
            if not changed and not sent_back.problems:
                record = self.find_record(number)
                if record is None:
                    raise not_found(self.resource, [number])
                return record
        sent = body.convert(changed, self.input_type("UpdateInput"))
        variables = {"id": str(number), "ifVersion": version, "input": sent}
        problems = [*sent_back.problems, *body.problems]
        return self._mutate("update", variables, self._shown, problems)

    def delete_record(self, number: int, version: str | None = None) -> None:
        """Delete a record.

        :param version: the one that it must have; None for any
        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED, FORBIDDEN and others of the mutation
        """
        self.check_offered("delete")
        self._mutate("delete", {"id": str(number), "ifVersion": version}, (), [])

    def find_record(self, number: int) -> dict | None:
        """Return a record; None where the caller sees none."""
        if not self._is_read:
            return None
        root = RootField(OperationType.QUERY, self.resource.single_name, ("id",), self._shown)
        return self.run(root, {"id": str(number)})

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
