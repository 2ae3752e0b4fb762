"""The parameters of a query string, but for filters and ``fields``."""

import re

from graphql import GraphQLInputObjectType

from odoo.http import request

from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import camel_case
from ..schema.reading.pagination import check_offset
from ..schema.values.parsers import check_text
from .names import find_field
from .values import BOOLEANS, bad_parameter

LIST_PARAMETERS = frozenset(
    ["fields", "sort", "limit", "offset", "after", "total", "q", "include_archived"]
)
"""The parameters of lists beside filters."""

RELATED_PARAMETERS = frozenset(["fields", "sort", "limit", "offset", "include_archived"])
"""The parameters of lists that are reached through a record only."""

MAX_DEPTH = 10
"""Names in a path of fields, brackets in a filter."""


def check_parameters(known) -> None:
    """Refuse parameters of the query that the route does not know.

    :raise ApiError: BAD_USER_INPUT
    """
    for name in request.httprequest.args:
        if name not in known:
            raise bad_parameter(name[:80], f"Unknown parameter {name[:80]!r}.")
    check_repeated(request.httprequest.args, known)


def check_repeated(parameters, names) -> None:
    """Refuse a parameter that is given more than once: which one counts could not be told.

    :raise ApiError: BAD_USER_INPUT
    """
    for name in names:
        if len(parameters.getlist(name)) > 1:
            raise bad_parameter(name, f"{name} is given more than once.")


def split_names(text: str | None) -> list[str]:
    """Return the items of a parameter that lists names: ``name, -city`` -> name and -city."""
    return [part for item in (text or "").split(",") if (part := item.strip())]


def read_sort(
    schema: BuiltSchema, input_type: GraphQLInputObjectType, text: str | None
) -> list[dict] | None:
    """Return GraphQL's ``orderBy`` of ``sort=-create_date,name``.

    :raise ApiError: BAD_USER_INPUT
    """
    if text is None:
        return None
    order = []
    for part in split_names(text):
        name = part.removeprefix("-")
        if find_field(input_type, name) is None:
            names = (schema.rest_input_name(input_type.name, known) for known in input_type.fields)
            raise bad_parameter(
                "sort",
                f"This list cannot be sorted by {name[:80]!r}.",
                f"It can by {', '.join(names)}.",
            )
        order.append({camel_case(name): "DESC" if part.startswith("-") else "ASC"})
    return order


def read_integer(parameters, name: str) -> int | None:
    """Return an integer parameter, None where it is absent.

    :raise ApiError: BAD_USER_INPUT
    """
    text = parameters.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII):
        raise bad_parameter(name, f"{name} must be an integer, not {text[:40]!r}.")
    return int(text)


def read_offset(parameters) -> int | None:
    """Return the parameter ``offset``, None where it is absent.

    :raise ApiError: BAD_USER_INPUT
    """
    offset = read_integer(parameters, "offset")
    check_offset(offset)
    if offset is not None and "after" in parameters:
        raise bad_parameter("offset", "Use offset only with limit, without after.")
    return offset


def read_text(parameters, name: str) -> str | None:
    """Return a parameter that is any text, None where it is absent.

    :raise ApiError: BAD_USER_INPUT
    """
    text = parameters.get(name)
    try:
        return text and check_text(text)
    except ApiError as error:
        raise bad_parameter(name, error.message) from None


def read_boolean(parameters, name: str) -> bool:
    """Return a true/false parameter; absent is false.

    :raise ApiError: BAD_USER_INPUT
    """
    text = parameters.get(name)
    if text is None:
        return False
    try:
        return BOOLEANS[text.lower()]
    except KeyError:
        raise bad_parameter(name, f"{name} must be true or false.") from None
