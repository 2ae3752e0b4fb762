"""A REST request as a GraphQL request on the same schema: where each route begins."""

from itertools import zip_longest
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, OperationType
from graphql.pyutils import Path as ResponsePath

from odoo.exceptions import AccessError
from odoo.http import Response, request

from ..http.allowed_methods import method_not_allowed, unknown_route
from ..http.responses import RolledBack, body_digest, cached_response, success_response
from ..http.validators import find_unchanged
from ..schema.access.access import not_found
from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.columnar import ColumnarExecutor
from ..schema.execution.executor import Request, execute
from ..schema.execution.uses import Use
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource import RESERVED_COLLECTIONS, Resource
from ..schema.values.parsers import parse_id
from .documents import RootField, Selected, find_document
from .projection import read_fields

_VERSION = "_version"
"""Under what the version of a record is read for its ``ETag``."""


class ResourceCall:
    """What REST does with a resource, for one caller.

    :param schema: that of the caller
    :param context: of one transaction
    """

    def __init__(self, schema: BuiltSchema, context: Context, resource: Resource):
        self.schema = schema
        self.context = context
        self.resource = resource

    @property
    def object_type(self) -> GraphQLObjectType:
        """The type of the resource's records."""
        return self.schema.graphql_schema.type_map[self.resource.type_name]

    def input_type(self, suffix: str) -> Any:
        """Return an input type of the resource, ``CreateInput`` say; None where there is none."""
        return self.schema.graphql_schema.type_map.get(f"{self.resource.type_name}{suffix}")

    def check_offered(self, operation: str) -> None:
        """Refuse to create, update or delete where the resource or the caller's rights do not.

        :raise ApiError: FORBIDDEN
        """
        self.context.check_operation(self.resource, operation)
        if not self.resource.allows(operation):
            raise ApiError("FORBIDDEN", self.not_offered(operation))

    def not_offered(self, operation: str) -> str:
        """Return why the resource does not offer what it allows."""
        if operation == "create" and self.resource.withheld:
            return f"This key cannot set the fields that new {self.resource.collection} need."
        lists = self.resource.given_by_lists
        types = [field.relation for field in self.resource.fields.values() if field.field in lists]
        if operation == "create" and types:
            return f"{self.resource.collection} are created in the list of their {types[0]}."
        return f"{self.resource.collection} have nothing to {operation}."

    def projection(
        self, fields: str | None, resource: Resource | None = None
    ) -> tuple[Selected, ...]:
        """Return what the parameter ``fields`` selects of records of a resource.

        :param resource: another one than that of the request
        :raise ApiError: of :func:`read_fields`
        """
        type_map = self.schema.graphql_schema.type_map
        shown = self.object_type if resource is None else type_map[resource.type_name]
        return read_fields(self.schema, self.context, shown, fields)

    def run(self, root: RootField, variables: dict) -> Any:
        """Return the value of a root field.

        :raise ApiError: of :func:`run`
        """
        return run(self.schema, self.context, root, variables)


class Call(ResourceCall):
    """What a REST request is about: a resource of the schema, and who asks.

    :param collection: the name in the path
    :param feature: the name of the addon's feature that the route serves, empty for the core's own
    :raise ApiError: NOT_FOUND where nothing is exposed under that name, or without the feature,
        METHOD_NOT_ALLOWED where it is the name of a route with other methods
    """

    def __init__(self, collection: str, feature: str = ""):
        schema: BuiltSchema = request.dispatcher.schema()
        resource = self._resource(schema, collection)
        if feature and not schema.has_feature(resource, feature):
            raise method_not_allowed(schema)
        super().__init__(schema, request.dispatcher.context(schema), resource)
        request.dispatcher.log_entry.resource = resource

    @staticmethod
    def _resource(schema: BuiltSchema, collection: str) -> Resource:
        method = request.httprequest.method
        if collection in RESERVED_COLLECTIONS and method not in ("GET", "HEAD"):
            raise method_not_allowed(schema, "This address can only be read.")
        resource = schema.by_collection.get(collection)
        if resource is None:
            raise method_not_allowed(schema)
        if "read" not in resource.operations and method in ("GET", "HEAD"):
            raise unknown_route()
        return resource

    def record_id(self, text: str) -> int:
        """Return the id in the path.

        :raise ApiError: NOT_FOUND where no record can have it, METHOD_NOT_ALLOWED where it is the
            name of a feature, whose address has other methods
        """
        try:
            return parse_id(text)
        except ApiError:
            if self.schema.has_feature(self.resource, text):
                raise method_not_allowed(self.schema) from None
            raise not_found(self.resource, [text]) from None

    def record(self, number: int, projection: tuple[Selected, ...]) -> Response:
        """Return the response with one record and its ``ETag``.

        :raise ApiError: NOT_FOUND
        """
        name = self.resource.single_name
        below = self.with_version(projection)
        record = self.run(RootField(OperationType.QUERY, name, ("id",), below), {"id": str(number)})
        if record is None:
            raise not_found(self.resource, [number])
        return self.record_response(record)

    def with_version(self, projection: tuple[Selected, ...]) -> tuple[Selected, ...]:
        """Return what is to be selected of a record for :meth:`record_response`."""
        if "version" not in self.object_type.fields:
            return projection
        return (*projection, Selected(_VERSION, "version"))

    def record_response(self, record: dict, status: int = 200, headers=()) -> Response:
        """Return the response that shows one record.

        The ETag is made of the record's version and of what is shown of it.

        :param record: with what :meth:`with_version` selects
        """
        # Without the right to read there is no tag.
        request.dispatcher.log_entry.note_uses(Use(self.resource.type_name, "read"))
        version = record.pop(_VERSION, None) or ""
        response = success_response(record, status, headers)
        response.set_etag(f"{version}-{body_digest(response)}")
        return response


class _Executor(ColumnarExecutor):
    """Leaves relations null whose records are hidden, also in what a mutation returns.

    GraphQL's clients choose what a mutation returns, and are told. Those of REST are shown what
    they may see of a record that they have changed.
    """

    def may_be_null(self, raw_error: Exception, path: ResponsePath) -> bool:
        """Tell whether it is about a related record, and not about the mutation itself."""
        cause = raw_error.original_error if isinstance(raw_error, GraphQLError) else raw_error
        forbidden = isinstance(cause, ApiError) and cause.code == "FORBIDDEN"
        return path.prev is not None and (forbidden or isinstance(cause, AccessError))


def run(schema: BuiltSchema, context: Context, root: RootField, variables: dict) -> Any:
    """Execute the document of a root field; return the field's value as REST shows it.

    A relation whose record is hidden stays null; any other error is the response. What is executed
    after a request, for a response that is streamed, is not logged, nor compared with what the
    client has.

    :param variables: a value for each argument of the field
    :raise ApiError: the first error that is not about a hidden related record
    :raise RolledBack: with the response, where the client has it already
    """
    document = find_document(schema, root)
    if document.tokens > context.limits.max_tokens:
        raise ApiError(
            "QUERY_TOO_COMPLEX",
            f"The request has more than {context.limits.max_tokens} tokens. Parsing aborted.",
        )
    executed = Request.of_document(document, variables)
    unchanged = find_unchanged(schema, context, executed) if request else None
    if unchanged is not None:
        raise RolledBack(cached_response(unchanged))
    result = execute(schema, context, executed, _Executor)
    if request:
        request.dispatcher.log_entry.note_execution(schema, executed, result)
    value = result.data.get(root.name) if isinstance(result.data, dict) else None
    for error, cause in zip_longest(result.errors, result.causes):
        code = error["extensions"]["code"]
        if code != "FORBIDDEN" or len(error.get("path", ())) < 2 or value is None:
            argument = cause.argument if isinstance(cause, ApiError) else ""
            raise ApiError(code, error["message"], errors=_fields(cause), argument=argument)
    if document.convert is not None:
        document.convert(value)
    return value


def _fields(cause: Exception | None) -> list[dict]:
    """Return the values to blame, without the name of the argument that they were in."""
    errors = cause.errors if isinstance(cause, ApiError) else ()
    return [{**error, "field": error["field"].partition(".")[2] or "body"} for error in errors]
