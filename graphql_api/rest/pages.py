"""Lists over REST: parameters become a page of GraphQL's connection."""

from typing import NamedTuple
from urllib.parse import urlencode

from graphql import OperationType
from werkzeug.datastructures import MultiDict

from odoo.http import request

from ..schema.access.access import not_found
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource_field import ResourceField
from ..schema.reading.pagination import check_size
from .calls import Call, ResourceCall
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


class Page(NamedTuple):
    """A page of a list.

    :param rows: the records, as REST shows them
    :param limit: how many the page may have
    :param offset: how many were passed over
    :param has_next: whether the list goes on
    :param end_cursor: that of the last row; None where there are no rows
    :param total: how many the list has; None where nobody asked
    :param cursors: one for each row, where they were asked for
    """

    rows: list[dict]
    limit: int
    offset: int
    has_next: bool
    end_cursor: str | None
    total: int | None
    cursors: tuple[str, ...] = ()

    @property
    def next(self) -> str | None:
        """The cursor with which the next page begins, None where there is none."""
        return self.end_cursor if self.has_next else None

    @property
    def meta(self) -> dict:
        """What the envelope says of the page."""
        meta = {"limit": self.limit, "offset": self.offset, "next": self.next}
        return meta if self.total is None else {**meta, "total": self.total}


def read_page(call: ResourceCall, parameters: MultiDict, with_cursors: bool = False) -> Page:
    """Return the page of records that a query string asks for.

    :param parameters: those of the query string
    :param with_cursors: whether the page has a cursor for each row
    :raise ApiError: BAD_USER_INPUT for a parameter, FORBIDDEN for a field
    """
    resource = call.resource
    projection = call.projection(parameters.get("fields"))
    limit = read_integer(parameters, "limit")
    size = check_size(call.context, resource, "first", limit, resource.default_page_size)
    variables = _variables(call, parameters, limit)
    rows = Selected("nodes", "nodes", projection)
    if with_cursors:
        edge = (*select("cursor"), Selected("node", "node", projection))
        rows = Selected("edges", "edges", edge)
    below = [rows, Selected("pageInfo", "pageInfo", select("hasNextPage", "endCursor"))]
    if read_boolean(parameters, "total"):
        below += select("totalCount")
    root = RootField(OperationType.QUERY, resource.list_name, tuple(variables), tuple(below))
    page = call.run(root, variables)
    edges = page.get("edges", ())
    return Page(
        rows=[edge["node"] for edge in edges] if with_cursors else page["nodes"],
        limit=size,
        offset=variables["offset"] or 0,
        has_next=page["pageInfo"]["hasNextPage"],
        end_cursor=page["pageInfo"]["endCursor"],
        total=page.get("totalCount"),
        cursors=tuple(edge["cursor"] for edge in edges),
    )


def next_link(cursor: str) -> tuple[str, str]:
    """Return the header that leads to the next page of the list of this request (RFC 8288).

    :param cursor: with which that page begins
    """
    httprequest = request.httprequest
    parameters = [
        (name, text)
        for name, text in httprequest.args.items(multi=True)
        if name not in ("after", "offset")
    ]
    query = urlencode([*parameters, ("after", cursor)])
    return "Link", f'<{httprequest.path}?{query}>; rel="next"'


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


def _variables(call: ResourceCall, parameters: MultiDict, limit: int | None) -> dict:
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
