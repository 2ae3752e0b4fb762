"""Writing over REST: each request is one mutation, which also returns what is shown of it."""

from collections.abc import Collection
from functools import partial
from typing import Any

from graphql import GraphQLInputField, OperationType, get_nullable_type

from odoo.http import Response, request

from ..http.allowed_methods import unknown_route
from ..http.responses import success_response
from ..http.uploads import is_multipart
from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import camel_case
from ..schema.exposure.resource import UPSERT
from ..schema.values.scalars import FILE_TYPES
from ..schema.writing.input_problems import refused_input
from .body import BodyReader
from .calls import Call, run
from .documents import RootField, Selected, select
from .preconditions import check_preconditions, expected_version
from .query import check_parameters
from .sent_back import SentBack
from .values import bad_parameter, convert_leaf

_PRECONDITIONS = ("If-Match", "If-None-Match")

_ID = "_id"
"""Under what the id of a new record is read, whatever is shown of it."""


class WriteCall(Call):
    """A REST request that changes records of a resource.

    :param operation: what the resource must offer and the caller be allowed to do; None where it
        depends on more than the resource. The right to ``UPSERT`` depends on the record.
    :param parameters: the parameters that the query may have; None where the keys of the resource
        may be among them
    :raise ApiError: FORBIDDEN, or of :meth:`projection`, before anything is written
    """

    def __init__(
        self,
        collection: str,
        operation: str | None = None,
        parameters: Collection[str] | None = ("fields",),
    ):
        super().__init__(collection)
        self._body = BodyReader(self.schema, self.context.introspection)
        self._sent_back = SentBack(self)
        if parameters is not None:
            check_parameters(parameters)
        if operation:
            if operation != UPSERT:
                self.check_offered(operation)
            elif not self.resource.allows(operation):
                raise ApiError("FORBIDDEN", self.not_offered(operation))
        self._is_shown = "read" in self.resource.operations
        shows = parameters is None or "fields" in parameters
        self._projection = self._select() if shows else select("id")

    def _select(self) -> tuple[Selected, ...]:
        """Return what is shown of what the request has changed."""
        if not self._is_shown:
            return select("id")
        return self.projection(request.httprequest.args.get("fields"))

    def create_records(self) -> Response:
        """Create the record of the body, or all of its list.

        :raise ApiError: BAD_USER_INPUT and others of the mutation
        """
        resource = self.resource
        values = self._read_body("CreateInput")
        if isinstance(values, list):
            name = f"create{resource.plural_name}"
            return success_response(self._mutate(name, {"inputs": values}, self._projection), 201)
        below = (*self._returned, Selected(_ID, "id"))
        record = self._mutate(f"create{resource.type_name}", {"input": values}, below)
        location = f"/api/{resource.collection}/{record.pop(_ID)}"
        return self._changed_response(record, 201, [("Location", location)])

    def upsert_records(self) -> Response:
        """Change the record that the key in the query matches, or create it, or all of a list.

        Each item of a list has its key in ``by`` and the values in ``input``.

        :raise ApiError: FORBIDDEN, BAD_USER_INPUT and others of the mutation
        """
        resource = self.resource
        if any(request.httprequest.headers.get(name) for name in _PRECONDITIONS):
            message = "Read the record, and send its version with PUT to its own address."
            raise ApiError("BAD_USER_INPUT", f"An upsert takes no If-Match. {message}")
        key = self._read_key()
        if not key:
            items = self._read_body("NestedUpsertInput")
            if not isinstance(items, list):
                keys = ", ".join(self._keys())
                raise ApiError(
                    "BAD_USER_INPUT",
                    "Name the key in the address, like ?external_id=my_app.5, or send a list of "
                    "objects with by and input.",
                    hint=f"Its keys: {keys}.",
                )
            name = f"upsert{resource.plural_name}"
            return success_response(self._mutate(name, {"inputs": items}, self._projection))
        values = self._read_body("CreateInput")
        if isinstance(values, list):
            raise ApiError(
                "BAD_USER_INPUT", "With a key in the address, send one object, not a list."
            )
        below = (*self._returned, Selected(_ID, "id"))
        variables = {"by": key, "input": values}
        record = self._mutate(f"upsert{resource.type_name}", variables, below)
        location = f"/api/{resource.collection}/{record.pop(_ID)}"
        if self.context.has_created:
            return self._changed_response(record, 201, [("Location", location)])
        return self._changed_response(record)

    def _keys(self) -> dict[str, GraphQLInputField]:
        """Return the keys of the resource by their names in REST."""
        input_type = self.input_type("Key")
        return {
            self.schema.rest_input_name(input_type.name, name): field
            for name, field in input_type.fields.items()
        }

    def _read_key(self) -> dict[str, Any]:
        """Return the key in the query as an input; empty where there is none.

        :raise ApiError: BAD_USER_INPUT
        """
        parameters = request.httprequest.args
        keys = self._keys()
        check_parameters(["fields", *keys])
        sent = [name for name in keys if name in parameters]
        if len(sent) > 1:
            raise bad_parameter(sent[1], f"Send only one key: {sent[0]} or {sent[1]}.")
        result = {}
        for name in sent:
            leaf: Any = get_nullable_type(keys[name].type)
            result[camel_case(name)] = convert_leaf(parameters[name], leaf, name)
        return result

    def update_record(self, record_id: str) -> Response:
        """Change what the body has of a record.

        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED, BAD_USER_INPUT and others of the mutation
        """
        number = self.record_id(record_id)
        values = self._read_body("UpdateInput", number)
        if isinstance(values, list):
            raise ApiError("BAD_USER_INPUT", "The body must be one JSON object.")
        if self._sent_back.found and not values and not self._body.problems:
            # All of it is as the record has it.
            check_preconditions(self, number)
            return self.record(number, self._projection)
        return self._update(number, values)

    def upload_file(self, record_id: str, field_name: str) -> Response:
        """Store the body as a file of a record.

        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED, UNSUPPORTED_MEDIA_TYPE, BAD_USER_INPUT
        """
        number = self.record_id(record_id)
        field = self.resource.fields.get(field_name)
        if field is None or field.type not in FILE_TYPES:
            raise unknown_route()
        if not field.writable:
            raise ApiError("BAD_USER_INPUT", f"{field_name} can only be read.")
        if is_multipart(request.httprequest):
            raise ApiError("UNSUPPORTED_MEDIA_TYPE", "Send the bytes of the file as the body.")
        content = request.dispatcher.api_request.body
        if not content:
            raise ApiError(
                "BAD_USER_INPUT",
                f"The body is empty. To remove the file, PATCH the record with {field_name}: null.",
            )
        if self._is_shown:
            self._projection = self.projection(field_name)
        return self._update(number, {field.graphql_name: content})

    def delete_record(self, record_id: str) -> Response:
        """Delete a record.

        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED and others of the mutation
        """
        number = self.record_id(record_id)
        self._mutate(f"delete{self.resource.type_name}", self._versioned(number), ())
        return success_response({"id": number})

    def _update(self, number: int, values: dict) -> Response:
        variables = {**self._versioned(number), "input": values}
        name = f"update{self.resource.type_name}"
        return self._changed_response(self._mutate(name, variables, self._returned))

    def _versioned(self, number: int) -> dict:
        """Return the variables that name a record, with the version of ``If-Match``."""
        return {"id": str(number), "ifVersion": expected_version(self, number)}

    def _read_body(self, suffix: str, number: int | None = None) -> dict | list:
        """Return the body as an input of the resource, or as a list of them.

        What is wrong with it is an error of :meth:`_mutate`, together with what the mutation
        itself finds wrong.

        :param number: the record that is changed; what it has already is not in the input
        """
        prepare = partial(self._sent_back.without_unchanged, number) if number else None
        values = self._body.parse(self.input_type(suffix), prepare)
        self._body.problems[:0] = self._sent_back.problems
        return values

    def _mutate(self, name: str, variables: dict, below: tuple[Selected, ...]) -> Any:
        """Run a mutation; return what is selected of what it returns.

        :raise ApiError: of the mutation, together with what is wrong with the body
        """
        root = RootField(OperationType.MUTATION, name, tuple(variables), below)
        return mutate(self.schema, self.context, root, variables, self._body.problems)

    @property
    def _returned(self) -> tuple[Selected, ...]:
        """What the mutation returns of one record."""
        return self.with_version(self._projection) if self._is_shown else self._projection

    def _changed_response(self, record: dict, status: int = 200, headers=()) -> Response:
        """Return a record that was changed, as far as it may be read."""
        if not self._is_shown:
            return success_response(record, status, headers)
        return self.record_response(record, status, headers)


def mutate(
    schema: BuiltSchema, context: Context, root: RootField, variables: dict, problems: list[dict]
) -> Any:
    """Run a mutation; return what is selected of what it returns.

    :param problems: what is wrong with the body; nothing is written then
    :raise ApiError: of the mutation, together with what is wrong with the body
    """
    context.input_errors = problems
    try:
        return run(schema, context, root, variables)
    except ApiError as error:
        if not problems or error.code not in ("BAD_USER_INPUT", "FORBIDDEN"):
            raise
        blamed = {problem["field"] for problem in problems}
        others = [item for item in error.errors if item["field"] not in blamed]
        raise refused_input([*problems, *others]) from None
    finally:
        context.input_errors = []
