"""Reading over REST: the index, lists, single records."""

from odoo import http
from odoo.http import request

from ..http import replica
from ..http.allowed_methods import MOBILE_ROUTE, method_not_allowed, unknown_route
from ..http.responses import cached_response, success_response
from ..rest.calls import Call, check_parameters, run
from ..rest.filter import FilterReader
from ..rest.query import (
    LIST_PARAMETERS,
    check_repeated,
    read_boolean,
    read_integer,
    read_offset,
    read_sort,
    read_text,
)
from ..schema.access.access import OPERATION_RIGHTS
from ..schema.execution.executor import Request
from ..schema.exposure.resource import MOBILE_ALIASES
from ..schema.reading.pagination import check_size

ROUTE = {
    "type": "graphql_api",
    "auth": "graphql_api",
    "readonly": replica.reads,
    "save_session": False,
}


class RestController(http.Controller):
    @http.route("/api", methods=["GET"], **ROUTE)
    def index(self):
        """List the resources that the caller may use."""
        schema = request.dispatcher.schema()
        check_parameters(())
        context = request.dispatcher.context(schema)
        resources = [
            {
                "name": resource.collection,
                "type": resource.type_name,
                "description": resource.description,
                "url": f"/api/{resource.collection}",
                "operations": operations,
            }
            for resource in schema.resources.values()
            if (
                operations := [
                    operation
                    for operation in OPERATION_RIGHTS
                    if resource.allows(operation) and context.may(resource, operation)
                ]
            )
        ]
        return cached_response(success_response(resources))

    @http.route("/api/me", methods=["GET"], **ROUTE)
    def me(self):
        """Tell who is asking."""
        schema = request.dispatcher.schema()
        check_parameters(())
        viewer = schema.graphql_schema.type_map["Me"]
        parts = {"user": "user { id name }", "companies": "companies { id name }"}
        parts = [part for name, part in parts.items() if name in viewer.fields]
        text = "{ me { " + " ".join([*parts, "lang", "tz"]) + " } }"
        context = request.dispatcher.context(schema)
        data = run(schema, context, Request(text))["me"]
        for record in [data.get("user"), *(data.get("companies") or ())]:
            if record:
                record["id"] = int(record["id"])
        return cached_response(success_response(data))

    @http.route("/api/<string:collection>", methods=["GET"], **ROUTE)
    def list(self, collection):
        """List a page of records."""
        call = Call(collection)
        resource, parameters = call.resource, request.httprequest.args
        selection = call.selection(parameters.get("fields"))
        limit = read_integer(parameters, "limit")
        wants_total = read_boolean(parameters, "total")
        size = check_size(call.context, resource, "first", limit, resource.default_page_size)
        variables = _list_variables(call, limit)
        text = (
            f"query ($filter: {resource.type_name}Filter, $search: String, "
            f"$orderBy: [{resource.type_name}Order!], $first: Int, $after: String, "
            "$offset: Int, $includeArchived: Boolean) { page: "
            f"{resource.list_name}(filter: $filter, search: $search, orderBy: $orderBy, "
            "first: $first, after: $after, offset: $offset, includeArchived: $includeArchived) "
            f"{{ nodes {selection.text} pageInfo {{ hasNextPage endCursor }} "
            f"{'totalCount ' if wants_total else ''}}} }}"
        )
        page = call.run(text, variables)["page"]
        info = page["pageInfo"]
        meta = {
            "limit": size,
            "offset": variables["offset"] or 0,
            "next": info["endCursor"] if info["hasNextPage"] else None,
        }
        if wants_total:
            meta["total"] = page["totalCount"]
        rows = [selection.to_rest(node) for node in page["nodes"]]
        return cached_response(success_response(rows, meta=meta))

    @http.route("/api/<string:collection>/<string:record_id>", methods=["GET"], **ROUTE)
    def read_one(self, collection, record_id):
        """Read one record."""
        check_parameters(["fields"])
        return _read(collection, record_id, request.httprequest.args.get("fields"))

    @http.route(MOBILE_ROUTE, methods=["GET"], **ROUTE)
    def read_mobile(self, name, record_id):
        """Read one record under a legacy route."""
        check_parameters(())
        if name not in MOBILE_ALIASES:
            raise unknown_route()
        collection, fields = MOBILE_ALIASES[name]
        return _read(collection, record_id, fields)

    @http.route("/api/<path:path>", **ROUTE)
    def unknown(self, path):
        """Answer what no other route takes."""
        raise method_not_allowed(request.dispatcher.schema())


def _read(collection: str, record_id: str, fields: str | None) -> http.Response:
    call = Call(collection)
    number = call.record_id(record_id)
    return cached_response(call.record(number, call.selection(fields)))


def _list_variables(call: Call, limit: int | None) -> dict:
    parameters = request.httprequest.args
    check_repeated(parameters, LIST_PARAMETERS)
    return {
        "filter": FilterReader(call.schema, call.input_type("Filter")).parse(parameters),
        "search": read_text(parameters, "q"),
        "orderBy": read_sort(call.schema, call.input_type("Order"), parameters.get("sort")),
        "first": limit,
        "after": parameters.get("after"),
        "offset": read_offset(parameters),
        "includeArchived": read_boolean(parameters, "include_archived"),
    }
