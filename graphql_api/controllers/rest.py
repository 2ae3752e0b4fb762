"""REST resources: every route is a GraphQL request on the same schema."""

import hashlib

from odoo import http
from odoo.http import Response, request

from ..schema.access import Context
from ..schema.builder import BuiltSchema
from ..schema.errors import ApiError
from ..schema.executor import Request, execute
from ..schema.pagination import check_size
from ..schema.resource import Resource
from ..schema.scalars import parse_id
from .responses import success_response
from .rest_query import (
    LIST_PARAMETERS,
    Selection,
    bad_parameter,
    check_repeated,
    read_boolean,
    read_filter,
    read_integer,
    read_sort,
)

ROUTE = {"type": "graphql_api", "auth": "graphql_api", "readonly": True, "save_session": False}

MOBILE_ALIASES = {"customer": ("customers", "id,name,email,phone")}
"""Legacy routes ``/api/mobile/<name>/<id>`` -> collection and fields."""


class RestController(http.Controller):
    @http.route("/api", methods=["GET"], **ROUTE)
    def index(self):
        """List the resources that the caller may use."""
        schema = _schema()
        check_parameters(())
        return success_response(
            [
                {
                    "name": resource.collection,
                    "type": resource.type_name,
                    "description": resource.description,
                    "url": f"/api/{resource.collection}",
                    "operations": operations,
                }
                for resource in schema.resources.values()
                if (operations := _operations(resource))
            ]
        )

    @http.route("/api/me", methods=["GET"], **ROUTE)
    def me(self):
        """Tell who is asking."""
        schema = _schema()
        check_parameters(())
        viewer = schema.graphql_schema.type_map["Me"]
        parts = {"user": "user { id name }", "companies": "companies { id name }"}
        parts = [part for name, part in parts.items() if name in viewer.fields]
        text = "{ me { " + " ".join([*parts, "lang", "tz"]) + " } }"
        data = run(schema, schema.context(request.env), Request(text))["me"]
        for record in [data.get("user"), *(data.get("companies") or ())]:
            if record:
                record["id"] = int(record["id"])
        return success_response(data)

    @http.route("/api/<string:collection>", methods=["GET"], **ROUTE)
    def list(self, collection):
        """List a page of records."""
        schema = _schema()
        resource = find_resource(schema, collection)
        context = schema.context(request.env)
        parameters = request.httprequest.args
        selection = Selection(schema, context, resource, parameters.get("fields"))
        limit = read_integer(parameters, "limit")
        wants_total = read_boolean(parameters, "total")
        variables = _list_variables(schema, resource, limit)
        text = (
            f"query ($filter: {resource.type_name}Filter, $search: String, "
            f"$orderBy: [{resource.type_name}Order!], $first: Int, $after: String, "
            "$offset: Int, $includeArchived: Boolean) { page: "
            f"{resource.list_name}(filter: $filter, search: $search, orderBy: $orderBy, "
            "first: $first, after: $after, offset: $offset, includeArchived: $includeArchived) "
            f"{{ nodes {selection.text} pageInfo {{ hasNextPage endCursor }} "
            f"{'totalCount ' if wants_total else ''}}} }}"
        )
        page = run(schema, context, Request(text, variables))["page"]
        info = page["pageInfo"]
        meta = {
            "limit": check_size(resource, "limit", limit, resource.default_page_size),
            "offset": variables["offset"] or 0,
            "next": info["endCursor"] if info["hasNextPage"] else None,
        }
        if wants_total:
            meta["total"] = page["totalCount"]
        return success_response([selection.to_rest(node) for node in page["nodes"]], meta=meta)

    @http.route("/api/<string:collection>/<string:record_id>", methods=["GET"], **ROUTE)
    def read_one(self, collection, record_id):
        """Read one record."""
        check_parameters(["fields"])
        return _read(collection, record_id, request.httprequest.args.get("fields"))

    @http.route("/api/mobile/<string:name>/<string:record_id>", methods=["GET"], **ROUTE)
    def read_mobile(self, name, record_id):
        """Read one record under a legacy route."""
        check_parameters(())
        if name not in MOBILE_ALIASES:
            raise _unknown_route()
        collection, fields = MOBILE_ALIASES[name]
        return _read(collection, record_id, fields)

    @http.route("/api/<path:path>", methods=["GET"], **ROUTE)
    def unknown(self, path):
        """Answer what no other route takes."""
        raise _unknown_route()


def find_resource(schema: BuiltSchema, collection: str) -> Resource:
    """Return the resource under a collection name.

    :raise ApiError: NOT_FOUND
    """
    resource = schema.by_collection.get(collection)
    if resource is None or "read" not in resource.operations:
        raise _unknown_route()
    return resource


def read_record_id(resource: Resource, text: str) -> int:
    """Return the id in a path.

    :raise ApiError: NOT_FOUND where no record can have it
    """
    try:
        return parse_id(text)
    except ApiError:
        raise _not_found(resource, text) from None


def check_parameters(known) -> None:
    """Refuse parameters of the query that the route does not know.

    :raise ApiError: BAD_USER_INPUT
    """
    for name in request.httprequest.args:
        if name not in known:
            raise bad_parameter(name[:80], f"Unknown parameter {name[:80]!r}.")
    check_repeated(request.httprequest.args, known)


def run(schema: BuiltSchema, context: Context, graphql_request: Request) -> dict:
    """Return the data of a request.

    A relation whose record is hidden stays null; any other error is the answer.

    :raise ApiError: the first error that is not about a hidden related record
    """
    result = execute(schema, context, graphql_request)
    for error in result.errors:
        code = error["extensions"]["code"]
        if code != "FORBIDDEN" or len(error.get("path", ())) < 2:
            raise ApiError(code, error["message"])
    return result.data


def _schema() -> BuiltSchema:
    return request.env["graphql_api.schema"]._get_schema()


def _operations(resource: Resource) -> list[str]:
    """Return what the resource offers and the caller's access rights allow."""
    rights = {"read": "read", "create": "create", "update": "write", "delete": "unlink"}
    model = request.env[resource.model]
    return [
        operation
        for operation, right in rights.items()
        if operation in resource.operations and model.has_access(right)
    ]


def _list_variables(schema: BuiltSchema, resource: Resource, limit: int | None) -> dict:
    parameters = request.httprequest.args
    types = schema.graphql_schema.type_map
    check_repeated(parameters, LIST_PARAMETERS)
    filters = parameters.copy()
    for name in LIST_PARAMETERS:
        filters.poplist(name)
    return {
        "filter": read_filter(types[f"{resource.type_name}Filter"], filters),
        "search": parameters.get("q"),
        "orderBy": read_sort(types[f"{resource.type_name}Order"], parameters.get("sort")),
        "first": limit,
        "after": parameters.get("after"),
        "offset": read_integer(parameters, "offset"),
        "includeArchived": read_boolean(parameters, "include_archived"),
    }


def _read(collection: str, record_id: str, fields: str | None) -> Response:
    schema = _schema()
    resource = find_resource(schema, collection)
    number = read_record_id(resource, record_id)
    context = schema.context(request.env)
    selection = Selection(schema, context, resource, fields)
    has_version = "version" in schema.graphql_schema.type_map[resource.type_name].fields
    text = (
        f"query ($id: ID!) {{ record: {resource.single_name}(id: $id) {selection.text} "
        f"{_version_query(resource) if has_version else ''}}}"
    )
    data = run(schema, context, Request(text, {"id": str(number)}))
    if data["record"] is None:
        raise _not_found(resource, record_id)
    version = data["versioned"]["version"] if has_version else ""
    response = success_response(selection.to_rest(data["record"]))
    digest = hashlib.sha256(response.get_data()).hexdigest()[:16]
    response.set_etag(f"{version}-{digest}")
    response.make_conditional(request.httprequest.environ)
    return response


def _version_query(resource: Resource) -> str:
    return f"versioned: {resource.single_name}(id: $id) {{ version }} "


def _not_found(resource: Resource, record_id: str) -> ApiError:
    return ApiError("NOT_FOUND", f"{resource.type_name} {record_id[:40]} not found")


def _unknown_route() -> ApiError:
    return ApiError(
        "NOT_FOUND", f"There is no {request.httprequest.path[:80]} here; GET /api lists what is."
    )
