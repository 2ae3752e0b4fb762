"""Errors in REST's own words: the schema, which both APIs share, speaks of GraphQL's arguments."""

import re

from odoo.http import HTTPRequest

from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import snake_case
from .statuses import status_of

_PARAMETERS = {
    "first": "limit",
    "groupBy": "group_by",
    "orderBy": "sort",
    "search": "q",
    "selection": "fields",
}
"""Argument of GraphQL -> parameter of REST, where they differ."""

_WORDS = {
    "(first; limit in REST)": "(limit)",
    "page through it with first and offset": (
        "leave it out of fields, and list these records by themselves"
    ),
    "it from pageInfo or edges of": "it from meta.next of",
    "without a cursor": "without after",
    "The operation": "The request",
    "The document": "The request",
    "Syntax Error: Document contains": "The request has",
    "An argument or variable is": "The body is",
    "The variables, or an argument, have": "The body has",
    "first": "limit",
    "orderBy": "sort",
    "groupBy": "group_by",
}
"""What messages say in GraphQL -> what REST calls it; the longest matches count."""

_SPOKEN = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _WORDS))})(?!\w)")

_CAMEL_CASE = re.compile(r"\b[a-z][a-z0-9]*[A-Z]\w*")


def rest_error(error: ApiError, httprequest: HTTPRequest) -> ApiError:
    """Return the error for a client of REST; one of status 400 has something to blame."""
    message = error.message
    if error.argument or error.code == "QUERY_TOO_COMPLEX":
        message = _SPOKEN.sub(lambda match: _WORDS[match[0]], message)
        message = _CAMEL_CASE.sub(lambda match: snake_case(match[0]), message)
    errors = error.errors
    if status_of(error.code) == 400 and not errors:
        errors = [{"field": _blamed(error, httprequest), "message": message}]
    return ApiError(error.code, message, errors=errors)


def _blamed(error: ApiError, httprequest: HTTPRequest) -> str:
    """Return the parameter or header to blame, or ``body`` or ``query`` as a whole."""
    if error.argument:
        return _PARAMETERS.get(error.argument, error.argument)
    if httprequest.method not in ("GET", "HEAD", "DELETE"):
        return "body"
    return "fields" if error.code == "QUERY_TOO_COMPLEX" else "query"
