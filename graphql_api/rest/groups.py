"""Groups of records over REST: parameters become an aggregate field of GraphQL."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    OperationType,
    get_named_type,
)

from odoo.http import request

from ..http.allowed_methods import unknown_route
from ..schema.exposure.names import camel_case
from ..schema.reading.pagination import check_size
from .calls import Call
from .documents import RootField, Selected
from .filter import FilterReader
from .names import find_field
from .projection import read_fields
from .query import (
    check_repeated,
    read_boolean,
    read_integer,
    read_offset,
    read_text,
    split_names,
)
from .values import bad_parameter

_PARAMETERS = frozenset(["fields", "group_by", "include_archived", "limit", "offset", "q", "sort"])
"""The parameters beside filters."""


def read_groups(call: Call) -> tuple[list[dict], dict]:
    """Return the groups of records that the query string asks for, and their ``meta``.

    :raise ApiError: NOT_FOUND where the resource has no groups, BAD_USER_INPUT for a parameter,
        FORBIDDEN for a field
    """
    resource, parameters = call.resource, request.httprequest.args
    root = call.schema.graphql_schema.type_map.get(f"{resource.type_name}Aggregate")
    if root is None:
        raise unknown_route()
    check_repeated(parameters, _PARAMETERS)
    group_by = _read_group_by(call.input_type("GroupBy"), parameters.get("group_by"))
    projection = _projection(call, root, group_by, parameters.get("fields", "count"))
    limit = read_integer(parameters, "limit")
    size = check_size(call.context, resource, "first", limit, resource.max_page_size)
    conditions = FilterReader(call.schema, call.input_type("Filter"), _PARAMETERS)
    variables = {
        "filter": conditions.parse(parameters),
        "search": read_text(parameters, "q"),
        "groupBy": [{camel_case(name): value} for name, value in group_by.items()],
        "orderBy": _read_sort(call.input_type("GroupOrder"), parameters.get("sort")),
        "first": limit,
        "offset": read_offset(parameters),
        "includeArchived": read_boolean(parameters, "include_archived"),
    }
    name = resource.aggregate_name
    rows = call.run(RootField(OperationType.QUERY, name, tuple(variables), projection), variables)
    return rows, {"limit": size, "offset": variables["offset"] or 0}


def _projection(
    call: Call, root: GraphQLObjectType, group_by: dict, fields: str
) -> tuple[Selected, ...]:
    """Return what is shown of the groups: their keys, and the aggregates that are asked for.

    :raise ApiError: BAD_USER_INPUT for an unknown field, FORBIDDEN for a forbidden one
    """
    paths = [*(f"keys.{name}" for name in group_by), fields]
    projection = read_fields(call.schema, call.context, root, ",".join(paths))
    for selected in projection:
        field = call.resource.fields.get(selected.alias)
        if field is not None:
            call.context.check_field(call.resource, field, "aggregate")
    return projection


def _read_group_by(input_type: GraphQLInputObjectType, text: str | None) -> dict[str, str | bool]:
    """Return field -> value of the GraphQL input, of ``group_by=state,date_order:month``.

    :raise ApiError: BAD_USER_INPUT
    """
    group_by: dict[str, str | bool] = {}
    for part in split_names(text):
        name, _colon, granularity = part.partition(":")
        field = find_field(input_type, name)
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
            raise bad_parameter("group_by", f"{name} is not a date: nothing can follow it.")
        group_by[name] = granularity.upper() if granularities else True
    return group_by


def _read_sort(input_type: GraphQLInputObjectType, text: str | None) -> list[dict]:
    """Return GraphQL's ``orderBy`` of ``sort=-amount_total.sum,count``.

    :raise ApiError: BAD_USER_INPUT
    """
    order = []
    for part in split_names(text):
        path = part.removeprefix("-")
        name, dot, function = path.partition(".")
        field = find_field(input_type, name)
        functions = getattr(get_named_type(field.type), "fields", {}) if field else {}
        if field is None or bool(dot) != bool(functions) or (dot and function not in functions):
            raise bad_parameter(
                "sort",
                f"Groups cannot be sorted by {path[:80]!r}. They can by count, or for example by "
                "amount_total.sum.",
            )
        direction = "DESC" if part.startswith("-") else "ASC"
        order.append({camel_case(name): {function: direction} if dot else direction})
    return order
