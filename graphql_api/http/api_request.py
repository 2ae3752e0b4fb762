"""What a request carries, read once: whoever needs it first reads it, the others ask."""

from functools import cached_property
from typing import Any, NamedTuple

from graphql import GraphQLError, OperationDefinitionNode, OperationType
from werkzeug.exceptions import RequestEntityTooLarge

from odoo.http import HTTPRequest

from ..schema.execution.documents import Documents
from ..schema.execution.executor import Request
from ..schema.execution.operation_kind import find_operation_type
from ..schema.exposure.errors import ApiError
from ..schema.exposure.limits import Limits
from .json_body import content_encoding, decode, read_json
from .persisted_documents import find_text, is_to_store, read_hash
from .statuses import HttpError
from .uploads import is_multipart, read_graphql_form

MAX_GLANCE = 256 * 1024
"""Bytes of a body that is looked at before it is known who sends it.

What is larger carries records or files, and such requests change something; a query that does not
fit runs on the primary.
"""


class GraphQLParameters(NamedTuple):
    """The parameters of a GraphQL request (GraphQL over HTTP, "Request Parameters").

    :param query: the document, empty where it is named by its hash alone
    :param sha256: the hash of the document, of ``extensions.persistedQuery``
    """

    query: str
    variables: dict | None
    operation_name: str | None
    sha256: str | None


class ApiRequest:
    """A request below ``/api``, while Odoo tries once to serve it.

    What was read stays with it alone: nothing of a request whose sender is unknown is in a cache
    of the process.

    :param httprequest: of Odoo's request
    """

    def __init__(self, httprequest: HTTPRequest):
        self._httprequest = httprequest
        self._decoded: bytes | None = None
        self._graphql: Request | None = None

    @property
    def body(self) -> bytes:
        """The body, as it was before the client compressed it."""
        return self._httprequest.get_data() if self._decoded is None else self._decoded

    @property
    def json(self) -> Any:
        """What the JSON of the body says.

        :raise ApiError: BAD_USER_INPUT
        """
        value, error = self._json
        if error:
            raise error
        return value

    @cached_property
    def _json(self) -> tuple[Any, ApiError | None]:
        try:
            return read_json(self.body, "The body"), None
        except ApiError as error:
            return None, error

    def check_body_size(self, maximum: int) -> None:
        """Refuse a body that the server takes but the caller's policy does not.

        :param maximum: bytes
        :raise RequestEntityTooLarge: it has more
        """
        httprequest = self._httprequest
        size = httprequest.content_length or 0
        if "Transfer-Encoding" in httprequest.headers and not is_multipart(httprequest):
            # Werkzeug ends such a body at the limit, as if there were no more.
            httprequest.max_content_length = maximum + 1
            size = len(httprequest.get_data())
        httprequest.max_content_length = maximum
        if size > maximum:
            raise RequestEntityTooLarge

    def decode_body(self, maximum: int | None) -> None:
        """Undo the ``Content-Encoding`` of the body, if it has one.

        :param maximum: bytes that the body may have then; None where only a body without
            Content-Encoding is taken
        :raise ApiError: UNSUPPORTED_MEDIA_TYPE, BAD_USER_INPUT
        :raise RequestEntityTooLarge: it has more
        """
        encoding = content_encoding(self._httprequest)
        if not encoding or not self._has_body():
            return
        if maximum is None or is_multipart(self._httprequest):
            raise HttpError(
                "UNSUPPORTED_MEDIA_TYPE",
                "Send this body without Content-Encoding.",
                headers=[("Accept-Encoding", "identity")],
            )
        self._decoded = decode(self._httprequest.get_data(), encoding, maximum)

    def _has_body(self) -> bool:
        httprequest = self._httprequest
        return bool(httprequest.content_length) or "Transfer-Encoding" in httprequest.headers

    @cached_property
    def graphql_parameters(self) -> GraphQLParameters:
        """The parameters of a request to GraphQL.

        :raise ApiError: BAD_USER_INPUT, UNSUPPORTED_MEDIA_TYPE
        """
        httprequest = self._httprequest
        if httprequest.method != "POST":
            return _check_parameters(_read_query_string(httprequest.args))
        if is_multipart(httprequest):
            return _check_parameters(read_graphql_form(httprequest))
        if httprequest.mimetype != "application/json":
            raise ApiError(
                "UNSUPPORTED_MEDIA_TYPE",
                "Send the request as JSON: Content-Type: application/json. "
                "For files there is multipart/form-data.",
            )
        return _check_parameters(self.json)

    def may_write(self, limits: Limits) -> bool:
        """Tell whether a request to GraphQL may change something, before it is known who sends it.

        Nothing is done at length, and nothing is kept.

        :param limits: those of the server
        :raise ApiError: the request will be refused
        """
        if not self._is_small(limits):
            return True
        parameters = self.graphql_parameters
        text = find_text(parameters.query, parameters.sha256)
        if is_to_store(parameters.query, parameters.sha256):
            return True
        kind = find_operation_type(text, parameters.operation_name, limits.max_tokens)
        return kind == OperationType.MUTATION

    def _is_small(self, limits: Limits) -> bool:
        httprequest = self._httprequest
        if httprequest.method != "POST":
            return True
        length = httprequest.content_length
        return (
            length is not None
            and length <= min(MAX_GLANCE, limits.max_body_size)
            and not is_multipart(httprequest)
            and not content_encoding(httprequest)
        )

    @property
    def graphql(self) -> Request:
        """The request to GraphQL of a caller who is known, with the document that it names.

        :raise ApiError: of :attr:`graphql_parameters` and :func:`find_text`
        """
        if self._graphql is None:
            query, variables, operation_name, sha256 = self.graphql_parameters
            self._graphql = Request(find_text(query, sha256), variables, operation_name)
        return self._graphql

    def operation_type(self, documents: Documents, limits: Limits) -> OperationType | None:
        """Return the kind of the operation, None where the document has none to execute.

        :param documents: those of the caller's schema
        :param limits: those of the caller
        """
        try:
            return self.graphql.parse(documents, limits).operation.operation
        except (ApiError, GraphQLError):
            return None

    @property
    def operation(self) -> OperationDefinitionNode | None:
        """The operation, once the document was parsed; None for what is no request to GraphQL."""
        return self._graphql.operation if self._graphql else None


def _read_query_string(arguments) -> dict:
    """Return the parameters of a GET request, those that are objects as JSON."""
    for name, values in arguments.lists():
        if len(values) > 1:
            raise ApiError("BAD_USER_INPUT", f"Send {name[:80]!r} once.")
    members = arguments.to_dict()
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = read_json(members[name], name)
    return members


def _check_parameters(members) -> GraphQLParameters:
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
    return GraphQLParameters(query, variables, operation_name or None, sha256)
