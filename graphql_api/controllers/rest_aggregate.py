"""Groups of records over REST: how many they are, and what their numbers come to."""

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, get_named_type

from odoo import http
from odoo.http import request

from ..http.allowed_methods import unknown_route
from ..http.responses import cached_response, success_response
from ..rest.calls import Call
from ..rest.filter import FilterReader
from ..rest.query import (
    Selection,
    check_repeated,
    read_boolean,
    read_integer,
    read_offset,
    read_text,
)
from ..rest.values import bad_parameter
from ..schema.exposure.names import FIELD_NAME, camel_case
from ..schema.reading.pagination import check_size
from .rest import ROUTE

PARAMETERS = frozenset(["fields", "group_by", "include_archived", "limit", "offset", "q", "sort"])
"""The parameters beside filters."""


class RestAggregateController(http.Controller):
    @http.route("/api/<string:collection>/aggregate", methods=["GET"], **ROUTE)
    def aggregate(self, collection):
        """List groups of records."""
        call = Call(collection)
        resource, parameters = call.resource, request.httprequest.args
        root = call.schema.graphql_schema.type_map.get(f"{resource.type_name}Aggregate")
        if root is None:
            raise unknown_route()
        check_repeated(parameters, PARAMETERS)
        group_by = _read_group_by(call.input_type("GroupBy"), parameters.get("group_by"))
        selection = _selection(call, root, group_by, parameters.get("fields", "count"))
        limit = read_integer(parameters, "limit")
        size = check_size(call.context, resource, "first", limit, resource.max_page_size)
        conditions = FilterReader(call.schema, call.input_type("Filter"), PARAMETERS)
        variables = {
            "filter": conditions.parse(parameters),
            "search": read_text(parameters, "q"),
            "groupBy": [{camel_case(name): value} for name, value in group_by.items()],
            "orderBy": _read_sort(call.input_type("GroupOrder"), parameters.get("sort")),
            "first": limit,
            "offset": read_offset(parameters),
            "includeArchived": read_boolean(parameters, "include_archived"),
        }
        name = resource.type_name
        text = (
            f"query ($filter: {name}Filter, $search: String, $groupBy: [{name}GroupBy!], "
            f"$orderBy: [{name}GroupOrder!], $first: Int, $offset: Int, $includeArchived: Boolean) "
            f"{{ groups: {resource.aggregate_name}(filter: $filter, search: $search, "
            "groupBy: $groupBy, orderBy: $orderBy, first: $first, offset: $offset, "
            f"includeArchived: $includeArchived) {selection.text} }}"
        )
        groups = call.run(text, variables)["groups"]
        meta = {
            "limit": size,
            "offset": variables["offset"] or 0,
        }
        rows = [selection.to_rest(group) for group in groups]
        return cached_response(success_response(rows, meta=meta))


def _selection(call: Call, root: GraphQLObjectType, group_by: dict, fields: str) -> Selection:
    """Return what is shown of the groups: their keys, and the aggregates that are asked for.

    :raise ApiError: BAD_USER_INPUT for an unknown field, FORBIDDEN for a forbidden one
    """
    paths = [*(f"keys.{name}" for name in group_by), fields]
    selection = Selection(call.schema, call.context, root, ",".join(paths))
    for name in selection.tree:
        if name in call.resource.fields:
            call.context.check_field(call.resource, call.resource.fields[name], "aggregate")
    return selection


def _read_group_by(input_type: GraphQLInputObjectType, text: str | None) -> dict:
    """Return field -> value of the GraphQL input, of ``group_by=state,date_order:month``.

    :raise ApiError: BAD_USER_INPUT
    """
    group_by: dict = {}
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        name, _colon, granularity = part.partition(":")
        field = input_type.fields.get(camel_case(name)) if FIELD_NAME.match(name) else None
        if field is None:
            raise bad_parameter("group_by", f"Records cannot be grouped by {name[:80]!r}.")
        if name in group_by:
            raise bad_parameter("group_by", f"group_by names {name} twice.")
        kind = get_named_type(field.type)
        granularities = kind.values if isinstance(kind, GraphQLEnumType) else {}
        if granularities and granularity.upper() not in granularities:
            choice = ", ".join(f"{name}:{value.lower()}" for value in granularities)
            raise bad_parameter("group_by", f"Group by one of {choice}.")
        if granularity and not granularities:
            raise bad_parameter("group_by", f"{name} is no date: nothing can follow it.")
        group_by[name] = granularity.upper() if granularities else True
    return group_by


def _read_sort(input_type: GraphQLInputObjectType, text: str | None) -> list:
    """Return GraphQL's ``orderBy`` of ``sort=-amount_total.sum,count``.

    :raise ApiError: BAD_USER_INPUT
    """
    order = []
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        path = part.removeprefix("-")
        name, dot, function = path.partition(".")
        field = input_type.fields.get(camel_case(name)) if FIELD_NAME.match(name) else None
        below = getattr(get_named_type(field.type), "fields", {}) if field else {}
        if field is None or bool(dot) != bool(below) or (dot and function not in below):
            raise bad_parameter(
                "sort",
                f"Groups cannot be sorted by {path[:80]!r}, but by count or amount_total.sum.",
            )
        direction = "DESC" if part.startswith("-") else "ASC"
        order.append({camel_case(name): {function: direction} if dot else direction})
    return order
