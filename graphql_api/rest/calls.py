"""A REST request as a GraphQL request on the same schema: where each route begins."""

from itertools import zip_longest

from odoo.http import Response, request

from ..http.allowed_methods import method_not_allowed, unknown_route
from ..http.responses import body_digest, success_response
from ..schema.access.access import Context, not_found
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.executor import Request, execute
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource import RESERVED_COLLECTIONS, Resource
from ..schema.values.parsers import parse_id
from .query import Selection, check_repeated
from .values import bad_parameter


class Call:
    """What a REST request is about: a resource of the schema, and who asks.

    :param collection: the name in the path
    :raise ApiError: NOT_FOUND where nothing is exposed under that name, METHOD_NOT_ALLOWED
        where it is the name of a route that is only read
    """

    def __init__(self, collection: str):
        self.schema: BuiltSchema = request.dispatcher.schema()
        self.context: Context = request.dispatcher.context(self.schema)
        self.resource = self._resource(collection)
        request.dispatcher.log_entry.resource = self.resource

    def _resource(self, collection: str) -> Resource:
        method = request.httprequest.method
        if collection in RESERVED_COLLECTIONS and method not in ("GET", "HEAD"):
            raise method_not_allowed(self.schema, "This address is only read.")
        resource = self.schema.by_collection.get(collection)
        if resource is None:
            raise unknown_route()
        if "read" not in resource.operations and method in ("GET", "HEAD"):
            raise unknown_route()
        return resource

    def input_type(self, suffix: str):
        """Return an input type of the resource: ``CreateInput``, ``Filter``."""
        return self.schema.graphql_schema.type_map.get(f"{self.resource.type_name}{suffix}")

    def record_id(self, text: str) -> int:
        """Return the id in the path.

        :raise ApiError: NOT_FOUND where no record can have it
        """
        try:
            return parse_id(text)
        except ApiError:
            raise not_found(self.resource, [text]) from None

    def selection(self, fields: str | None) -> Selection:
        """Return what the ``fields`` parameter selects."""
        root = self.schema.graphql_schema.type_map[self.resource.type_name]
        return Selection(self.schema, self.context, root, fields)

    def run(self, text: str, variables: dict | None = None) -> dict:
        """Return the data of a GraphQL request."""
        return run(self.schema, self.context, Request(text, variables))

    def record(self, number: int, selection: Selection, status: int = 200, headers=()) -> Response:
        """Return the response with one record and its ``ETag``.

        The ETag is made of the record's version and of what is shown of it.

        :raise ApiError: NOT_FOUND
        """
        versioned = "version" in self.schema.graphql_schema.type_map[self.resource.type_name].fields
        also = " _version: version }" if versioned else " }"
        text = (
            f"query ($id: ID!) {{ record: {self.resource.single_name}(id: $id) "
            f"{selection.text.removesuffix(' }')}{also} }}"
        )
        record = self.run(text, {"id": str(number)})["record"]
        if record is None:
            raise not_found(self.resource, [number])
        version = record.pop("_version", None) or ""
        response = success_response(selection.to_rest(record), status, headers)
        response.set_etag(f"{version}-{body_digest(response)}")
        return response

    def rows(self, numbers: list[int], selection: Selection) -> list[dict]:
        """Return records in the order of their ids in the argument."""
        text = (
            f"query ($ids: [ID!], $first: Int) {{ page: {self.resource.list_name}("
            "filter: { id: { in: $ids } }, first: $first, includeArchived: true) "
            f"{{ nodes {selection.text.removesuffix(' }')} _id: id }} }} }}"
        )
        variables = {"ids": [str(number) for number in numbers], "first": len(numbers)}
        nodes = {int(node.pop("_id")): node for node in self.run(text, variables)["page"]["nodes"]}
        return [selection.to_rest(nodes[number]) for number in numbers]


def run(schema: BuiltSchema, context: Context, graphql_request: Request) -> dict:
    """Return the data of a request.

    A relation whose record is hidden stays null; any other error is the answer.

    :raise ApiError: the first error that is not about a hidden related record
    """
    result = execute(schema, context, graphql_request)
    request.dispatcher.log_entry.note_document(result)
    for error, cause in zip_longest(result.errors, result.causes):
        code = error["extensions"]["code"]
        path = error.get("path", ())
        if code != "FORBIDDEN" or len(path) < 2 or (result.data or {}).get(path[0]) is None:
            argument = cause.argument if isinstance(cause, ApiError) else ""
            raise ApiError(code, error["message"], errors=_fields(cause), argument=argument)
    return result.data


def _fields(cause: Exception | None) -> list[dict]:
    """Return the values to blame, without the name of the argument that they were in."""
    errors = cause.errors if isinstance(cause, ApiError) else ()
    return [{**error, "field": error["field"].partition(".")[2] or "body"} for error in errors]


def check_parameters(known) -> None:
    """Refuse parameters of the query that the route does not know.

    :raise ApiError: BAD_USER_INPUT
    """
    for name in request.httprequest.args:
        if name not in known:
            raise bad_parameter(name[:80], f"Unknown parameter {name[:80]!r}.")
    check_repeated(request.httprequest.args, known)
