"""``Allow``: the methods that an address below ``/api`` takes (RFC 9110, 10.2.1)."""

from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed

from odoo.http import Response, request

from ..schema.access.access import find_visible
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource import MOBILE_ALIASES, UPSERT, Resource
from ..schema.reading.reports import SEGMENT
from ..schema.values.parsers import parse_id
from ..schema.values.scalars import FILE_TYPES
from .routes import FEATURE
from .statuses import HttpError

_RECORD_METHODS = {"read": ("GET", "HEAD"), "update": ("PUT", "PATCH"), "delete": ("DELETE",)}
_NOT_TAKEN = MethodNotAllowed.description
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

_OF_RESOURCES = "/api/<"
"""How the rules of routes begin whose path names a resource."""

MOBILE_ROUTE = "/api/mobile/<string:name>/<string:record_id>"
"""The rule of the legacy routes."""


def options_response() -> Response:
    """Return the response to OPTIONS.

    :raise ApiError: NOT_FOUND where the caller finds nothing
    """
    dispatcher, path = request.dispatcher, request.httprequest.path
    # A route without a caller is for everybody, and so belongs to no resource.
    schema = dispatcher.schema() if dispatcher.caller else None
    methods = allowed_methods(schema, path)
    if not methods or (schema and not _is_record_found(schema, path)):
        raise unknown_route()
    return Response(status=204, headers=[("Allow", ", ".join(methods))])


def allowed_methods(schema: BuiltSchema | None, path: str) -> tuple[str, ...]:
    """Return the methods that an address takes, empty where there is nothing.

    :param schema: that of the caller; None where nobody is known, for routes of no resource
    """
    rules = _matching_rules(path)
    own = [method for method, rule in rules.items() if not rule.rule.startswith(_OF_RESOURCES)]
    collection, *names = path.removeprefix("/api/").split("/")
    resource = schema.by_collection.get(collection) if schema else None
    if own or schema is None or resource is None:
        return (*own, "OPTIONS") if own else ()
    methods = {
        *_resource_methods(schema, resource, names),
        *(
            method
            for method, rule in rules.items()
            if schema.has_feature(resource, rule.endpoint.routing.get(FEATURE))
        ),
    }
    return (*filter(methods.__contains__, _METHODS), "OPTIONS") if methods else ()


def unknown_route() -> ApiError:
    """Return the error for a path under which there is nothing."""
    return ApiError(
        "NOT_FOUND",
        f"There is no {request.httprequest.path[:80]} here. GET /api lists the resources.",
    )


def method_not_allowed(schema: BuiltSchema, message: str = _NOT_TAKEN) -> ApiError:
    """Return the error for an address that does not take the method of the request.

    :return: NOT_FOUND where there is no such address
    """
    methods = allowed_methods(schema, request.httprequest.path)
    if not methods or request.httprequest.method in methods:
        return unknown_route()
    return HttpError("METHOD_NOT_ALLOWED", message, headers=[("Allow", ", ".join(methods))])


def _matching_rules(path: str) -> dict[str, Any]:
    """Return the rule of the route that takes a path, by the methods that one takes."""
    adapter = request.env["ir.http"].routing_map().bind("")
    found = {}
    for method in _METHODS:
        try:
            rule, arguments = adapter.match(path, method=method, return_rule=True)
        except HTTPException:
            continue
        if rule.rule != MOBILE_ROUTE or arguments["name"] in MOBILE_ALIASES:
            found[method] = rule
    return found


def _resource_methods(schema: BuiltSchema, resource: Resource, names: list[str]) -> tuple[str, ...]:
    """Return the methods of what a resource has below its name.

    :param names: the segments of the path that follow it
    """
    reads = "read" in resource.operations
    match names:
        case []:
            get = _RECORD_METHODS["read"] if reads else ()
            post = ("POST",) if resource.allows("create") else ()
            return (*get, *post, "PUT") if resource.allows(UPSERT) else (*get, *post)
        case ["aggregate"] if reads and _has_aggregate(schema, resource):
            acts = ("POST",) if "aggregate" in resource.actions else ()
            return (*_RECORD_METHODS["read"], *acts)
        case [name] if name in resource.actions:
            return ("POST",)
        case [record_id] if _is_id(record_id):
            return tuple(
                method
                for operation, methods in _RECORD_METHODS.items()
                if resource.allows(operation)
                for method in methods
            )
        case [record_id, name] if _is_id(record_id):
            if schema.is_paged(resource.fields.get(name)):
                return _RECORD_METHODS["read"]
            return _member_methods(resource, name)
        case [record_id, segment, name] if _is_id(record_id) and segment == SEGMENT and reads:
            granted = name.endswith(".pdf") and name.removesuffix(".pdf") in resource.reports
            return _RECORD_METHODS["read"] if granted else ()
    return ()


def _member_methods(resource: Resource, name: str) -> tuple[str, ...]:
    """Return the methods of a file, an action or the reports of a record."""
    field = resource.fields.get(name)
    if field is not None and field.type in FILE_TYPES:
        get = _RECORD_METHODS["read"] if field.readable and "read" in resource.operations else ()
        put = ("PUT",) if field.writable and resource.allows("update") else ()
        return (*get, *put)
    lists_reports = name == SEGMENT and resource.reports and "read" in resource.operations
    get = _RECORD_METHODS["read"] if lists_reports else ()
    return (*get, "POST") if name in resource.actions else get


def _has_aggregate(schema: BuiltSchema, resource: Resource) -> bool:
    return f"{resource.type_name}Aggregate" in schema.graphql_schema.type_map


def _is_record_found(schema: BuiltSchema, path: str) -> bool:
    """Tell whether the caller sees the record that a path names, if it names one."""
    collection, *names = path.removeprefix("/api/").split("/")
    resource = schema.by_collection.get(collection)
    if resource is None or not names or not _is_id(names[0]) or "read" not in resource.operations:
        return True
    context = request.dispatcher.context(schema)
    return bool(find_visible(context, resource, [parse_id(names[0])]))


def _is_id(text: str) -> bool:
    try:
        return bool(parse_id(text))
    except ApiError:
        return False
