"""``/api/graphql``: GraphQL over HTTP (https://graphql.github.io/graphql-over-http/)."""

import orjson
from graphql import OperationType

from odoo import http
from odoo.http import request

from ..http import replica
from ..http.idempotency_key import idempotent
from ..http.persisted_documents import PERSISTED_QUERY_NOT_FOUND, is_to_store
from ..http.responses import (
    GRAPHQL_RESPONSE_TYPE,
    RolledBack,
    cached_response,
    graphql_media_type,
    json_response,
    text_response,
)
from ..http.routes import READ_ROUTE, SCHEMA_ROUTE
from ..http.statuses import HttpError, status_of
from ..http.validators import find_unchanged
from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.executor import Request, Result, execute
from ..schema.execution.schema_texts import CompressedText
from ..schema.exposure.errors import ApiError
from ..schema.exposure.timings import timed


class GraphqlController(http.Controller):
    """Translates between HTTP and the executor."""

    def _is_readonly(self, rule, args) -> bool:
        """Decide, before the transaction starts, whether it may run on a replica."""
        try:
            if request.dispatcher.api_request.may_write(request.dispatcher.limits):
                return False
        except ApiError:
            return True
        return replica.may_serve()

    @http.route("/api/graphql", methods=["GET", "POST"], **{**READ_ROUTE, "readonly": _is_readonly})
    def graphql(self):
        dispatcher = request.dispatcher
        api_request = dispatcher.api_request
        try:
            graphql_request = api_request.graphql
        except ApiError as error:
            if error.code != PERSISTED_QUERY_NOT_FOUND:
                raise
            # Not a failure but a step of the protocol, hence the status of a well-formed request.
            formatted = {"message": error.message, "extensions": error.extensions}
            return _cached_response(Result(errors=[formatted]))
        schema = dispatcher.schema()
        with timed(dispatcher.timings, "parse"):
            kind = api_request.operation_type(schema.documents, dispatcher.limits)
        if kind != OperationType.MUTATION:
            return _query(schema, graphql_request)
        if request.httprequest.method != "POST":
            raise HttpError(
                "METHOD_NOT_ALLOWED", "Send mutations with POST.", headers=[("Allow", "POST")]
            )
        return idempotent(lambda: _mutate(schema, graphql_request))

    @http.route("/api/graphql/schema.graphql", methods=["GET"], **SCHEMA_ROUTE)
    def sdl(self):
        request.dispatcher.check_introspection()
        return text_response(request.dispatcher.schema().sdl, "text/plain")


def _query(schema: BuiltSchema, graphql_request: Request) -> http.Response:
    """Return the response of a query."""
    context = request.dispatcher.context(schema)
    unchanged = find_unchanged(schema, context, graphql_request)
    if unchanged is not None:
        unchanged.headers.add("Vary", "Accept")
        return cached_response(unchanged)
    result = _execute(schema, context, graphql_request)
    if result.started:
        _store_document()
    return _cached_response(result)


def _mutate(schema: BuiltSchema, graphql_request: Request) -> http.Response:
    """Return the response of a mutation of which everything is kept.

    :raise RolledBack: with the response, where anything failed
    """
    result = _execute(schema, request.dispatcher.context(schema), graphql_request)
    response = _response(result)
    if result.errors:
        raise RolledBack(response)
    _store_document()
    return response


def _execute(schema: BuiltSchema, context: Context, graphql_request: Request) -> Result:
    result = execute(schema, context, graphql_request)
    request.dispatcher.log_entry.note_execution(schema, graphql_request, result)
    return result


def _store_document() -> None:
    """Keep a document that was executed, and so is valid and within its limits, if asked to."""
    api_request = request.dispatcher.api_request
    parameters = api_request.graphql_parameters
    if not request.env.cr.readonly and is_to_store(parameters.query, parameters.sha256):
        documents = request.env["graphql_api.document"]
        documents._store(parameters.query, api_request.graphql.document)


def _response(result: Result) -> http.Response:
    media_type = graphql_media_type(request.httprequest)
    request.dispatcher.log_entry.error_code = result.code
    body: dict = {}
    if result.errors:
        body["errors"] = result.errors
    text = result.data if isinstance(result.data, CompressedText) else None
    if result.started and text is None:
        body["data"] = result.data
    if result.cost is not None:
        maximum = request.dispatcher.limits.max_cost
        body["extensions"] = {"cost": {"requested": result.cost, "maximum": maximum}}
    if text is not None:
        # The other members of the response follow its data.
        return text_response(text, media_type, b"," + orjson.dumps(body)[1:])
    return json_response(body, _status(result, media_type), media_type=media_type)


def _cached_response(result: Result) -> http.Response:
    """Return the response to what may be asked by GET, which clients keep then."""
    response = _response(result)
    if request.httprequest.method == "POST":
        return response
    response.headers.add("Vary", "Accept")
    if isinstance(result.data, CompressedText):
        return response
    return cached_response(response, tagged=not result.errors)


def _status(result: Result, media_type: str) -> int:
    """Return the status of a well-formed request.

    A request error is 4xx in the media type of GraphQL; application/json has 200, so
    that old clients read the body, but for what this server refuses on its own account.
    """
    if result.started or result.code is None:
        return 200
    if media_type == GRAPHQL_RESPONSE_TYPE or result.code == "QUERY_TOO_COMPLEX":
        return status_of(result.code)
    return 200
