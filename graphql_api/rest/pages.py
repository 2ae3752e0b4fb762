"""Lists over REST: parameters become a page of GraphQL's connection."""

from graphql import OperationType

from odoo.http import request

from ..schema.reading.pagination import check_size
from .calls import Call
from .documents import RootField, Selected, select
from .filter import FilterReader
from .query import (
    LIST_PARAMETERS,
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
