"""Lists over REST: parameters become a page of GraphQL's connection."""

from graphql import OperationType

from odoo.http import request

from ..schema.access.access import not_found
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource import ResourceField
from ..schema.reading.pagination import check_size
from .calls import Call
from .documents import RootField, Selected, select
from .filter import FilterReader
from .projection import read_fields
from .query import (
    LIST_PARAMETERS,
    RELATED_PARAMETERS,
    check_repeated,
    read_boolean,
    read_integer,
    read_offset,
    read_sort,
    read_text,
)


def read_page(call: Call) -> tuple[list[dict], dict]:
    """Return the page of records that the query string asks for, and its ``meta``.

    :raise ApiError: BAD_USER_INPUT for a parameter, FORBIDDEN for a field
    """
    resource, parameters = call.resource, request.httprequest.args
    projection = call.projection(parameters.get("fields"))
    limit = read_integer(parameters, "limit")
    wants_total = read_boolean(parameters, "total")
    size = check_size(call.context, resource, "first", limit, resource.default_page_size)
    variables = _variables(call, limit)
    below = [
        Selected("nodes", "nodes", projection),
        Selected("pageInfo", "pageInfo", select("hasNextPage", "endCursor")),
    ]
    if wants_total:
        below += select("totalCount")
    root = RootField(OperationType.QUERY, resource.list_name, tuple(variables), tuple(below))
    page = call.run(root, variables)
    info = page["pageInfo"]
    meta = {
        "limit": size,
        "offset": variables["offset"] or 0,
        "next": info["endCursor"] if info["hasNextPage"] else None,
    }
    if wants_total:
        meta["total"] = page["totalCount"]
    return page["nodes"], meta


def read_related(call: Call, number: int, field: ResourceField) -> tuple[list[dict], dict]:
    """Return the page of a record's list that the query string asks for, and its ``meta``.

    :param number: id of the record
    :param field: leads to a list of records that have no address of their own
    :raise ApiError: NOT_FOUND for the record, BAD_USER_INPUT for a parameter, FORBIDDEN for a field
    """
    parameters = request.httprequest.args
    check_repeated(parameters, RELATED_PARAMETERS)
    schema, context = call.schema, call.context
    context.check_field(call.resource, field)
    target = schema.resources[field.relation or ""]
    context.model(target)
    types = schema.graphql_schema.type_map
    projection = read_fields(schema, context, types[target.type_name], parameters.get("fields"))
    limit = read_integer(parameters, "limit")
    size = check_size(context, target, "first", limit, target.default_page_size)
    conditions = FilterReader(schema, types[f"{target.type_name}Filter"], RELATED_PARAMETERS)
    of_list = {
        "filter": conditions.parse(parameters),
        "orderBy": read_sort(schema, types[f"{target.type_name}Order"], parameters.get("sort")),
        "first": size,
        "offset": read_offset(parameters) or 0,
        "includeArchived": read_boolean(parameters, "include_archived"),
    }
    below = Selected(field.name, field.graphql_name, projection, tuple(of_list))
    root = RootField(OperationType.QUERY, call.resource.single_name, ("id",), (below,))
    record = call.run(root, {"id": str(number), **of_list})
    if record is None:
        raise not_found(call.resource, [number])
    if record[field.name] is None:
        message = f"You are not allowed to read {call.resource.type_name}.{field.name}."
        raise ApiError("FORBIDDEN", message)
    return record[field.name], {"limit": size, "offset": of_list["offset"]}


def _variables(call: Call, limit: int | None) -> dict:
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
