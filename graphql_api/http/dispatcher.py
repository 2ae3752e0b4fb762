"""Requests below ``/api``: prepared in one way, with responses of one shape whatever happens."""

import logging
from functools import partial
from typing import Any

from graphql import OperationType
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from odoo.exceptions import AccessDenied
from odoo.http import Dispatcher, Response, SessionExpiredException

from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError, to_api_error
from ..schema.exposure.limits import Limits
from ..schema.exposure.policy import Caller
from . import cors, rate_limit, replica
from .allowed_methods import options_response
from .api_request import ApiRequest
from .compression import compress
from .dry_run import APPLIED_HEADER, PREFERENCE, prefers_dry_run, run_dry
from .monitoring import metrics
from .preferences import preferences
from .request_log import LogEntry, log_after
from .responses import GRAPHQL_PATH, RolledBack, error_response
from .routes import only_reads
from .timing import report

_logger = logging.getLogger(__name__)


class ApiDispatcher(Dispatcher):
    """The dispatcher of ``type="graphql_api"`` routes.

    Controllers return responses. Exceptions leave them as they are, so that Odoo's
    ``retrying`` sees them first (odoo/service/model.py); what it gives up on is translated
    here.
    """

    routing_type = "graphql_api"

    def __init__(self, request):
        super().__init__(request)
        self.timings: dict[str, float] = {}
        self.caller: Caller | None = None
        """Who asks; known after the authentication."""
        self.api_request = ApiRequest(request.httprequest)
        self.log_entry = LogEntry()
        self.is_dry_run = False
        """Whether the client only wants to see what the request would do."""
        self.replica_lagged = False
        """Whether the replica had not yet replayed what the request has to see."""
        self.validator: str | None = None
        """Of the response to a request that only reads, see :mod:`.validators`."""
        self._rate_limit_status: rate_limit.RateLimitStatus | None = None
        self._contexts: list[Context] = []
        # The server's settings are the same for every caller.
        self.settings = request.env["graphql_api.settings"]._get_settings()
        request.httprequest.max_content_length = self.limits.max_body_size

    @property
    def _configuration(self):
        """The caller's policy; the server's settings before it is known who asks."""
        return self.caller.policy if self.caller else self.settings

    @property
    def limits(self) -> Limits:
        """The caller's limits."""
        return self._configuration.limits

    @property
    def introspection(self) -> bool:
        """Whether the caller may ask for the schema, and messages may list its names."""
        return self._configuration.introspection

    @property
    def registered_documents(self) -> bool:
        """Whether of GraphQL the caller may run registered documents only."""
        return self._configuration.registered_documents

    def check_introspection(self) -> None:
        """Refuse to show the schema to those who may not ask for it.

        :raise ApiError: FORBIDDEN
        """
        if not self.introspection:
            raise ApiError("FORBIDDEN", "This server does not show its schema.")

    def admit(self, caller: Caller) -> None:
        """Take note of who asks, and count the request, once however often Odoo tries it.

        :raise TooManyRequests: the caller has sent more than it may
        """
        self.caller = caller
        limit = self.limits.requests_per_minute
        if limit and self._rate_limit_status is None:
            name = f"user {caller.uid}" if caller.key_id is None else f"key {caller.key_id}"
            self._rate_limit_status = rate_limit.count(self.request.db, name, limit)
        if self._rate_limit_status is not None:
            message = f"This caller may send {limit} requests per minute."
            check_rate_limit(self._rate_limit_status, message)

    def schema(self) -> BuiltSchema:
        """Return the schema that there is for the caller, who is known."""
        assert self.caller is not None
        rights = self.caller.policy.rights
        return self.request.env["graphql_api.schema"]._get_schema(rights)

    def context(self, schema: BuiltSchema) -> Context:
        """Return the context of this request to a schema, of a caller who is known."""
        assert self.caller is not None
        context = schema.context(self.request.env, self.timings, self.caller.policy)
        self._contexts.append(context)
        return context

    @classmethod
    def is_compatible_with(cls, request):
        """Take every content type: the routes say themselves which they read."""
        return True

    def pre_dispatch(self, rule, args):
        """Apply the language, companies and time zone that the request asks for."""
        self.log_entry = LogEntry(rule.rule, args, only_reads(rule.endpoint))
        if self.caller and self.caller.policy.log_requests and self.caller.policy.id is not None:
            self.log_entry.uses = set()
        prepared = super().pre_dispatch(rule, args)
        maximum = self.limits.max_body_size
        self.api_request.check_body_size(maximum)
        self.api_request.decode_body(maximum if self.caller else None)
        replica.read_token(self.request.httprequest)
        self.request.update_context(**preferences(self.request))
        return prepared

    def dispatch(self, endpoint, args):
        """Call the controller with the path's parameters; it reads the rest itself."""
        self.request.params = dict(args)
        if self.request.httprequest.method == "OPTIONS":
            return options_response()
        try:
            serve = partial(self.request.registry["ir.http"]._dispatch, endpoint)
            self.is_dry_run = self._changes_by_preference(endpoint) and prefers_dry_run(
                self.request.httprequest
            )
            if self.is_dry_run:
                run_dry(self.request.env.cr, serve, self.limits.max_seconds)
            return serve()
        finally:
            self.log_entry.graphql_operation = self.api_request.operation
            # What was sent is not held any longer: Odoo's request and this refer to each other. And
            # Odoo may try again, with what is as it was sent.
            self.api_request = ApiRequest(self.request.httprequest)

    def _changes_by_preference(self, endpoint: Any) -> bool:
        """Tell whether a caller who is known sends what changes records, and with preferences."""
        httprequest = self.request.httprequest
        if (
            self.caller is None
            or "Prefer" not in httprequest.headers
            or httprequest.method in cors.SAFE_METHODS
            or only_reads(endpoint)
        ):
            return False
        if httprequest.path.rstrip("/") != GRAPHQL_PATH:
            return True
        kind = self.api_request.operation_type(self.schema().documents, self.limits)
        return kind == OperationType.MUTATION

    def post_dispatch(self, response: Response):
        """Compress the response and say what the request spent its time on."""
        result = super().post_dispatch(response)
        has_position = any(context.has_position for context in self._contexts)
        self._finish(response)
        cursor = self.request.env.cr
        if has_position:
            replica.announce_position(cursor, response)
        replica.announce(cursor, response)
        return result

    def _finish(self, response: Response):
        cors.allow(self.request.httprequest, response, self.settings.origins)
        self.log_entry.is_dry_run = self.is_dry_run
        # They refer to the request, by their environment.
        self._contexts.clear()
        if self.is_dry_run:
            response.headers[APPLIED_HEADER] = PREFERENCE
        if self._rate_limit_status is not None:
            response.headers.update(self._rate_limit_status.headers)
        compress(self.request.httprequest, response)
        report(self.request.httprequest, response, self.timings, self._shows_timings(response))
        log_after(self.request, response, self.caller, self.log_entry)
        metrics.count_after(self.request, response, self.log_entry, self.replica_lagged)
        return response

    def _shows_timings(self, response: Response) -> bool:
        """Tell whether the client may see what the request took: never where it is refused."""
        if self.caller is None or self.log_entry.error_code or response.status_code >= 400:
            return False
        if self.caller.policy.server_timing:
            return True
        return self.request.env.user.has_group("base.group_system")

    def handle_error(self, exc: Exception):
        """Return the response for any exception, in the contract's shape."""
        return self._finish(self._error_response(exc))

    def _error_response(self, exc: Exception) -> Response:
        if isinstance(exc, RolledBack):
            return exc.response
        if isinstance(exc, RequestEntityTooLarge):
            maximum = self.limits.max_body_size
            mebibytes, rest = divmod(maximum, 1024**2)
            size = f"{maximum} bytes" if rest else f"{mebibytes} MiB"
            exc.description = f"The body is too large; it may have up to {size}."
        # What the schema knows no word for: that a session has ended is as a wrong key.
        cause = AccessDenied() if isinstance(exc, SessionExpiredException) else exc
        error = to_api_error(cause, self.limits.max_seconds)
        self.log_entry.error_code = error.code
        if not isinstance(exc, ApiError):
            # Odoo logs what it hands here. What clients cause is no news, and the rest is in
            # the log already, with its id.
            vars(exc)["loglevel"] = logging.DEBUG
        return error_response(self.request.httprequest, error, self.introspection)


def check_rate_limit(status: rate_limit.RateLimitStatus, message: str) -> None:
    """Refuse a request of a caller that is over its limit.

    :raise TooManyRequests: with the seconds to wait; Odoo takes no other exceptions from an
        authentication
    """
    if status.retry_after:
        raise TooManyRequests(
            f"{message} Try again in {status.retry_after} s.", retry_after=status.retry_after
        )
