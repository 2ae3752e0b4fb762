"""All records that a list admits, as a stream of pages, each from a transaction of its own."""

import zlib
from collections.abc import Iterable, Iterator

import psycopg2
from graphql import OperationType
from werkzeug.datastructures import MultiDict

from odoo.http import Response, request

from odoo.addons.graphql_api.rest.extension import (
    LIST_PARAMETERS,
    Call,
    CallerTransactions,
    FilterReader,
    Page,
    ResourceCall,
    ResponseTooLarge,
    RootField,
    bad_parameter,
    check_repeated,
    prefers_gzip,
    read_boolean,
    read_page,
    select,
    to_api_error,
)
from odoo.addons.graphql_api.schema.extension import ApiError

from ..http.allowance import Allowance
from ..http.places import Place, take_place
from ..schema.deltas import FEATURE as CHANGES
from .formats import CSV, NDJSON, Csv, Format, Ndjson, columns

_JSON = "application/json"

_PAGE_SIZE = 1000
"""Rows of a page, as far as they are allowed and fit into the limits of a request."""

_TRIES = 3
"""How often a page is read that a replica breaks off, as it has to go on replaying."""

TOKEN_HEADER = "Changes-Token"
"""A header of responses: the token with which to ask what has changed since."""

_OWN_PARAMETERS = ("cursors", "bom")
_LIST_ONLY = ("limit", "offset", "total")


def chosen_format() -> str | None:
    """Return the media type of the stream that the request prefers; None where it is JSON.

    Parameters say nothing that there would be a choice of (RFC 9110, 12.5.1): all is UTF-8.
    """
    sent = request.httprequest.accept_mimetypes
    accepted = type(sent)((name.partition(";")[0].strip(), quality) for name, quality in sent)
    chosen = accepted.best_match([_JSON, NDJSON, CSV], default=_JSON)
    return None if chosen == _JSON else chosen


def export(collection: str, media_type: str) -> Response:
    """Return the response that streams a list.

    The first page is read here, so that what is wrong with the request is a response of its own.

    :param media_type: of :func:`chosen_format`
    :raise ApiError: as for a list; SERVICE_UNAVAILABLE where too many streams are sent
    """
    sent = request.httprequest.args
    check_repeated(sent, _OWN_PARAMETERS)
    has_cursors, has_mark = (read_boolean(sent, name) for name in _OWN_PARAMETERS)
    for name in _LIST_ONLY:
        if name in sent:
            raise bad_parameter(name, f"A stream has all records of a list; leave {name} out.")
    call = Call(collection)
    made: Format = Ndjson()
    if media_type == CSV:
        projection = call.projection(sent.get("fields"))
        made = Csv([*columns(call.object_type, projection)], has_mark, has_cursors)
    place = take_place(request.db, request.env["graphql_api.stream"]._get_maximum())
    try:
        stream = _Stream(call, made, _list_parameters(sent), has_cursors, place)
        response = Response(headers=_headers(call, made))
        if (token := _token(call, sent)) is not None:
            response.headers[TOKEN_HEADER] = token
            # For scripts of other sites.
            response.headers["Access-Control-Expose-Headers"] = TOKEN_HEADER
        response.response = stream.chunks()
        if prefers_gzip(request.httprequest, response, _PAGE_SIZE**2):
            response.response = _compressed(response.response)
            response.headers["Content-Encoding"] = "gzip"
    except BaseException:
        place.release()
        raise
    response.call_on_close(place.release)
    return response


def without_stream_parameters(sent: MultiDict) -> MultiDict:
    """Return the parameters of a request for JSON without those of streams.

    :raise ApiError: BAD_USER_INPUT for one that asks for what only a stream has
    """
    check_repeated(sent, _OWN_PARAMETERS)
    for name in _OWN_PARAMETERS:
        if read_boolean(sent, name):
            raise bad_parameter(
                name, f"{name} is for streams: send it with Accept: {NDJSON} or {CSV}."
            )
    return _without_own(sent)


def _without_own(sent: MultiDict) -> MultiDict:
    parameters = MultiDict(sent)
    for name in _OWN_PARAMETERS:
        parameters.poplist(name)
    return parameters


def _list_parameters(sent: MultiDict) -> MultiDict:
    parameters = _without_own(sent)
    # What is read in the order of its ids costs least.
    parameters.setdefault("sort", "id")
    return parameters


def _headers(call: Call, made: Format) -> list[tuple[str, str]]:
    headers = [
        ("Content-Type", made.content_type),
        ("Cache-Control", "private, no-store"),
        ("Vary", "Accept"),
        # nginx would collect it (ngx_http_proxy_module, proxy_buffering).
        ("X-Accel-Buffering", "no"),
    ]
    if isinstance(made, Csv):
        name = f'attachment; filename="{call.resource.collection}.csv"'
        headers.append(("Content-Disposition", name))
    return headers


def _token(call: Call, sent: MultiDict) -> str | None:
    """Return the token with which to ask what has changed of the list since.

    It is of the transaction in which the first page is read; the others are read later. There is
    none where changes of the resource, or with its filter, are not followed.
    """
    if "q" in sent or not call.schema.has_feature(call.resource, CHANGES):
        return None
    known = LIST_PARAMETERS | {*_OWN_PARAMETERS}
    conditions = FilterReader(call.schema, call.input_type("Filter"), known)
    variables = {
        "filter": conditions.parse(sent),
        "includeArchived": read_boolean(sent, "include_archived"),
    }
    name = f"{call.resource.list_name}Changes"
    root = RootField(OperationType.QUERY, name, tuple(variables), select("token"))
    try:
        return call.run(root, variables)["token"]
    except ApiError as error:
        if error.code != "BAD_USER_INPUT":
            raise
        return None


class _Stream:
    """The chunks of a response.

    :param call: of the request, in whose transaction the first page is read
    :param parameters: those of a list
    """

    def __init__(
        self, call: Call, made: Format, parameters: MultiDict, has_cursors: bool, place: Place
    ):
        self._collection = call.resource.collection
        self._format = made
        self._parameters = parameters
        self._has_cursors = has_cursors
        self._place = place
        self._transactions = CallerTransactions(request)
        self._size = min(_PAGE_SIZE, call.context.max_page_size(call.resource))
        self._cursor: str | None = parameters.get("after")
        self._allowance = Allowance()
        self._first = self._read(call)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body; the place is free at its end, however it ends."""
        sent, page = 0, self._first
        del self._first
        try:
            yield self._format.begin()
            while True:
                self._cursor = page.end_cursor or self._cursor
                yield self._format.rows(page)
                sent += len(page.rows)
                if not page.has_next:
                    break
                self._allowance.check()
                page = self._next()
            yield self._format.end(sent, self._cursor)
        except Exception as error:
            yield self._format.failed(to_api_error(error), sent, self._cursor)
        finally:
            self._place.release()

    def _next(self) -> Page:
        """Return the next page, of a transaction of its own."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self._transactions.read_only() as (schema, context):
                    resource = schema.by_collection.get(self._collection)
                    if resource is None or "read" not in resource.operations:
                        raise ApiError("NOT_FOUND", f"There is no {self._collection} any more.")
                    return self._read(ResourceCall(schema, context, resource))
            except psycopg2.errors.TransactionRollbackError:
                if not tries_left:
                    raise
        raise AssertionError

    def _read(self, call: ResourceCall) -> Page:
        """Return the page at the cursor, of fewer rows where that many are too much at once."""
        while True:
            parameters = self._parameters.copy()
            parameters["limit"] = str(self._size)
            if self._cursor is not None:
                parameters["after"] = self._cursor
            try:
                return read_page(call, parameters, self._has_cursors)
            except (ApiError, ResponseTooLarge) as error:
                if to_api_error(error).code != "QUERY_TOO_COMPLEX" or self._size == 1:
                    raise
            self._size = max(self._size // 4, 1)


def _compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks as gzip, such that the client can read each when it comes."""
    compressor = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS)
    for chunk in chunks:
        yield compressor.compress(chunk) + compressor.flush(zlib.Z_SYNC_FLUSH)
    yield compressor.flush()
