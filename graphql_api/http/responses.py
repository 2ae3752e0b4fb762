"""Bodies and media types of responses: GraphQL over HTTP, and the envelope of REST."""

import hashlib
import logging

import orjson

from odoo.http import HTTPRequest, Response, request

from ..schema.execution.schema_texts import CompressedText
from ..schema.exposure.errors import ApiError
from ..schema.exposure.timings import timed
from .compression import prefers_gzip
from .rest_errors import rest_error
from .statuses import error_headers, status_of
from .validators import add_validator, digest_of, find_kept

GRAPHQL_PATH = "/api/graphql"
GRAPHIQL_PATH = "/api/graphql/graphiql"
INDEX_PATH = "/api"
INDEX_PAGE_PATH = "/api/docs/index"
METRICS_PATH = "/api/metrics"
JSON_TYPE = "application/json"
GRAPHQL_RESPONSE_TYPE = "application/graphql-response+json"
HTML_TYPE = "text/html"


_VARYING = "Authorization, Cookie, Accept-Language, X-Odoo-Companies, X-Odoo-Database, X-Timezone"
"""Headers of a request that its response depends on; Accept-Encoding comes where it is read."""


class RolledBack(Exception):
    """Carries the response of a request of which nothing is to be kept.

    As an exception it makes Odoo undo the transaction and all that is pending with it
    (odoo/service/model.py, ``retrying``).
    """

    loglevel = logging.DEBUG

    def __init__(self, response: Response):
        super().__init__("Nothing of the request is kept.")
        self.response = response


def json_response(body, status: int = 200, headers=(), media_type: str = JSON_TYPE) -> Response:
    """Return a JSON response; ``body`` is encoded once, here."""
    # Other dispatchers than that of the API serve what needs no database.
    with timed(getattr(request.dispatcher, "timings", {}), "serialize"):
        text = orjson.dumps(body)
    return Response(
        text,
        status=status,
        headers=[("Content-Type", f"{media_type}; charset=utf-8"), *headers],
    )


def success_response(data, status: int = 200, headers=(), **members) -> Response:
    """Return the envelope of a successful REST request."""
    return json_response({"status": "success", "data": data, **members}, status, headers)


def cached_response(response: Response, tagged: bool = True) -> Response:
    """Return a response to GET that the client may keep, if it asks each time whether it may.

    Then one that has not changed has no body (RFC 9110, 13.1.2). It still took the work.

    :param response: its ETag, if it has none, becomes a hash of its type and body
    :param tagged: False for what is not to be kept: it has errors
    :raise ApiError: PRECONDITION_FAILED
    """
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers.add("Vary", _VARYING)
    if not tagged:
        return response
    tag = digest_of(response.get_etag()[0]) or body_digest(response)
    check_if_match(tag)
    current = add_validator(tag)
    # What the client has kept has the same digest, and maybe an earlier validator.
    response.set_etag(find_kept(tag) or current)
    response = response.make_conditional(environ_without_if_match())
    # A 304 has the tag that a 200 would have (RFC 9110, 15.4.5).
    response.set_etag(current)
    return response


def check_if_match(tag: str) -> None:
    """Refuse a response that the client does not want, by its ETag (RFC 9110, 13.1.1).

    A weak tag counts as well: compressing a response makes its tag weak.

    :raise ApiError: PRECONDITION_FAILED
    """
    condition = request.httprequest.if_match
    if not request.httprequest.headers.get("If-Match") or condition.star_tag:
        return
    if tag not in map(digest_of, condition.as_set(include_weak=True)):
        raise ApiError(
            "PRECONDITION_FAILED",
            "If-Match names another version than the current one. Read without this header.",
        )


def environ_without_if_match() -> dict:
    """Return the WSGI environment for werkzeug, which would send the whole body with status 412."""
    environ = request.httprequest.environ
    return {name: value for name, value in environ.items() if name != "HTTP_IF_MATCH"}


def body_digest(response: Response) -> str:
    """Return what tells a response from another one to the same request."""
    digest = hashlib.sha256(f"{response.content_type}\n".encode())
    digest.update(response.get_data())
    return digest.hexdigest()[:16]


def text_response(text: CompressedText, media_type: str, end: bytes = b"") -> Response:
    """Return a text about the schema; to GET without a body for those who have it already.

    :param end: what follows the text
    """
    response = Response(headers=[("Content-Type", f"{media_type}; charset=utf-8")])
    if request.httprequest.method != "POST":
        content = b"\n".join((response.content_type.encode(), text.digest.encode(), end))
        response.set_etag(hashlib.sha256(content).hexdigest()[:16])
        response = cached_response(response)
    compressed = prefers_gzip(request.httprequest, response, text.length + len(end))
    if response.status_code != 304:
        with timed(request.dispatcher.timings, "serialize"):
            response.set_data(text.gzip(end) if compressed else text.plain(end))
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
    return response


def error_response(httprequest: HTTPRequest, error: ApiError, with_hint: bool = False) -> Response:
    """Return an error in the shape of the route below which it happened.

    :param with_hint: whether the message may list names of the schema that would be right
    """
    status, headers = status_of(error.code), error_headers(error)
    if with_hint and error.hint:
        error = error.with_hint()
    if httprequest.path.rstrip("/") == GRAPHQL_PATH:
        body: dict = {"errors": [{"message": error.message, "extensions": error.extensions}]}
        return json_response(body, status, headers, graphql_media_type(httprequest))
    error = rest_error(error, httprequest)
    body = {"status": "error", "code": error.code, "message": error.message}
    if error.errors:
        body["errors"] = error.errors
    return json_response(body, status, headers)


def graphql_media_type(httprequest: HTTPRequest) -> str:
    """Return the media type of a GraphQL response, as the Accept header asks.

    GraphQL over HTTP, "Body" of the response: without a preference, application/json.
    """
    return httprequest.accept_mimetypes.best_match(
        [JSON_TYPE, GRAPHQL_RESPONSE_TYPE], default=JSON_TYPE
    )


def prefers_page(httprequest: HTTPRequest) -> bool:
    """Tell whether it is a browser that opens an address of the API, to see something."""
    accepted = httprequest.accept_mimetypes
    return (
        httprequest.method in ("GET", "HEAD")
        and accepted.best_match([JSON_TYPE, GRAPHQL_RESPONSE_TYPE, HTML_TYPE]) == HTML_TYPE
    )
