"""``/api/graphql``: GraphQL over HTTP (https://graphql.github.io/graphql-over-http/)."""

from graphql import GraphQLError, OperationType

from odoo import http
from odoo.http import request

from ..http import replica
from ..http.idempotency_key import idempotent
from ..http.json_body import content_encoding, read_json
from ..http.persisted_documents import (
    PERSISTED_QUERY_NOT_FOUND,
    find_text,
    is_to_store,
    read_hash,
    store,
)
from ..http.responses import (
    GRAPHQL_RESPONSE_TYPE,
    RolledBack,
    cached_response,
    document_response,
    graphql_media_type,
    json_response,
)
from ..http.uploads import is_multipart, read_graphql_form
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.executor import Request, Result, execute
from ..schema.execution.operation_kind import find_operation_type
from ..schema.exposure.errors import STATUS, ApiError

MAX_GLANCE = 256 * 1024
"""Bytes of a body that is looked at before it is known who sends it.

What is larger carries records or files, and such requests change something; a query that does not
fit runs on the primary.
"""


class GraphqlController(http.Controller):
    """Translates between HTTP and the executor."""

    def _is_readonly(self, rule, args) -> bool:
        """Decide, before the transaction starts, whether it may run on a replica.

        It is not known yet who asks: nothing is done at length, and nothing is kept.
        """
        if not _is_at_a_glance():
            return False
        try:
            graphql_request = _read_request()
            if is_to_store(graphql_request):
                return False
            kind = find_operation_type(
                graphql_request.query,
                graphql_request.operation_name,
                request.dispatcher.limits.max_tokens,
            )
            if kind == OperationType.MUTATION:
                return False
        except ApiError:
            return True
        return replica.may_serve()

    @http.route(
        "/api/graphql",
        type="graphql_api",
        auth="graphql_api",
        methods=["GET", "POST"],
        readonly=_is_readonly,
        save_session=False,
    )
    def graphql(self):
        try:
            graphql_request = request.dispatcher.log_entry.graphql_request = _read_request()
        except ApiError as error:
            if error.code != PERSISTED_QUERY_NOT_FOUND:
                raise
            # Not a failure but a step of the protocol, hence the status of a well-formed request.
            formatted = {"message": error.message, "extensions": error.extensions}
            return _cached_response(Result(errors=[formatted]))
        schema = request.dispatcher.schema()
        if _operation_type(schema, graphql_request) != OperationType.MUTATION:
            return _query(schema, graphql_request)
        if request.httprequest.method != "POST":
            raise ApiError(
                "METHOD_NOT_ALLOWED", "Send mutations with POST.", headers=[("Allow", "POST")]
            )
        return idempotent(lambda: _mutate(schema, graphql_request))

    @http.route(
        "/api/graphql/schema.graphql",
        type="graphql_api",
        auth="graphql_api",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def sdl(self):
        request.dispatcher.check_introspection()
        return document_response(request.dispatcher.schema().sdl, "text/plain")


def _operation_type(schema: BuiltSchema, graphql_request: Request) -> OperationType | None:
    """Return what kind of operation a request is, None where that cannot be told."""
    try:
        return graphql_request.parse(
            schema.documents, request.dispatcher.limits
        ).operation.operation
    except (ApiError, GraphQLError):
        return None


def _execute(schema: BuiltSchema, graphql_request: Request) -> Result:
    result = execute(schema, request.dispatcher.context(schema), graphql_request)
    request.dispatcher.log_entry.note_document(result)
    return result


def _query(schema: BuiltSchema, graphql_request: Request) -> http.Response:
    """Return the response of a query."""
    result = _execute(schema, graphql_request)
    if result.started:
        store(graphql_request)
    return _cached_response(result)


def _mutate(schema: BuiltSchema, graphql_request: Request) -> http.Response:
    """Return the response of a mutation of which everything is kept.

    :raise RolledBack: with the response, where anything failed
    """
    result = _execute(schema, graphql_request)
    response = _response(result)
    if result.errors:
        raise RolledBack(response)
    store(graphql_request)
    return response


def _is_at_a_glance() -> bool:
    """Tell whether a request is one that is looked at before it is known who sends it."""
    httprequest = request.httprequest
    if httprequest.method != "POST":
        return True
    length, maximum = httprequest.content_length, request.dispatcher.limits.max_body_size
    return (
        length is not None
        and length <= min(MAX_GLANCE, maximum)
        and not is_multipart(httprequest)
        and not content_encoding(httprequest)
    )


def _read_request() -> Request:
    """Return the GraphQL request that the HTTP request carries.

    :raise ApiError: BAD_USER_INPUT or UNSUPPORTED_MEDIA_TYPE
    """
    httprequest = request.httprequest
    if httprequest.method != "POST":
        for name, values in httprequest.args.lists():
            if len(values) > 1:
                raise ApiError("BAD_USER_INPUT", f"Send {name[:80]!r} once.")
        members = httprequest.args.to_dict()
        for name in ("variables", "extensions"):
            if name in members:
                members[name] = read_json(members[name], name)
        return _to_request(members)
    if is_multipart(httprequest):
        return _to_request(read_graphql_form(httprequest))
    if httprequest.mimetype != "application/json":
        raise ApiError(
            "UNSUPPORTED_MEDIA_TYPE",
            "Send the request as JSON: Content-Type: application/json. "
            "For files there is multipart/form-data.",
        )
    return _to_request(read_json(httprequest.get_data(), "The body"))


def _to_request(members) -> Request:
    if not isinstance(members, dict):
        raise ApiError("BAD_USER_INPUT", "The body must be a JSON object with a query.")
    extensions = members.get("extensions")
    if not isinstance(extensions, dict | None):
        raise ApiError("BAD_USER_INPUT", "extensions must be a JSON object.")
    sha256 = read_hash(extensions)
    query = members.get("query")
    query = "" if query is None else query
    if not isinstance(query, str) or not (query or sha256):
        raise ApiError("BAD_USER_INPUT", "query is missing: send the GraphQL document as a string.")
    variables = members.get("variables")
    if not isinstance(variables, dict | None):
        raise ApiError("BAD_USER_INPUT", "variables must be a JSON object.")
    operation_name = members.get("operationName")
    if not isinstance(operation_name, str | None):
        raise ApiError("BAD_USER_INPUT", "operationName must be a string.")
    text = find_text(query, sha256)
    return Request(text, variables, operation_name or None, persist=bool(query and sha256))


def _response(result: Result) -> http.Response:
    media_type = graphql_media_type(request.httprequest)
    request.dispatcher.log_entry.error_code = result.code
    body: dict = {}
    if result.errors:
        body["errors"] = result.errors
    if result.started:
        body["data"] = result.data
    if result.cost is not None:
        maximum = request.dispatcher.limits.max_cost
        body["extensions"] = {"cost": {"requested": result.cost, "maximum": maximum}}
    return json_response(body, _status(result, media_type), media_type=media_type)


def _cached_response(result: Result) -> http.Response:
    """Return the response to what may be asked by GET, which clients keep then."""
    response = _response(result)
    if request.httprequest.method == "POST":
        return response
    response.headers.add("Vary", "Accept")
    return cached_response(response, tagged=not result.errors)


def _status(result: Result, media_type: str) -> int:
    """Return the status of a well-formed request.

    A request error is 4xx in the media type of GraphQL; application/json answers 200, so
    that old clients read the body, but for what this server refuses on its own account.
    """
    if result.started:
        return 200
    if media_type == GRAPHQL_RESPONSE_TYPE or result.code == "QUERY_TOO_COMPLEX":
        return STATUS[result.code]
    return 200
