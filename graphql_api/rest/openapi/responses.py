"""Responses: the envelope, headers, and errors by their HTTP status."""

from collections.abc import Mapping

from ...http.dry_run import APPLIED_HEADER
from ...http.statuses import STATUS
from .components import Components, Json

ERRORS = {
    400: ("BadRequest", "A parameter, a header or the body does not fit."),
    401: ("Unauthenticated", "The API key is missing, unknown, expired or revoked."),
    403: ("Forbidden", "The caller may not do this, or may not see a field."),
    404: ("NotFound", "No such record, or the caller may not see it."),
    405: ("MethodNotAllowed", "The address does not support this method."),
    409: (
        "Conflict",
        "Another request is changing the same records, or other records need this one.",
    ),
    410: ("Gone", "What the request goes on from is not kept any longer."),
    412: ("PreconditionFailed", "The record has been changed since it was read."),
    413: ("PayloadTooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "The body has another media type than those listed."),
    416: ("RangeNotSatisfiable", "The file has no such range of bytes."),
    422: ("ValidationFailed", "Odoo refuses, with its message."),
    429: ("RateLimited", "Too many requests."),
    500: (
        "InternalServerError",
        "An error of the server; the message has an id to find it in the log.",
    ),
    503: (
        "ServiceUnavailable",
        "The database cannot be reached, all servers are busy, or a program is missing.",
    ),
}
"""HTTP status -> name of the component, description."""

READ_ERRORS = (400, 401, 403, 422, 429, 500, 503)
RECORD_ERRORS = (404,)
WRITE_ERRORS = (409, 413)

_MESSAGES = {
    400: "sort names no field.",
    401: "The API key is unknown, expired or revoked.",
    404: "Customer 5 not found",
    412: "Customer 5 has been changed since you read it.",
}

_HEADERS = {
    "ETag": "For If-None-Match and If-Match. For one record it depends on the version of the "
    "record and on the returned fields; If-Match compares only the version.",
    "Consistency-Token": "If the database has a replica: send it with reads that must see this "
    "write.",
    "Link": 'The address of the next page, as `rel="next"`; missing on the last page.',
    "Location": "The address of the new record.",
    APPLIED_HEADER: "`dry-run` if nothing was saved, as `Prefer` asked for.",
    "Idempotency-Replayed": "`true` if this is the response to an earlier request with the same "
    "Idempotency-Key.",
    "WWW-Authenticate": "How to authenticate.",
    "Retry-After": "Seconds to wait.",
    "RateLimit": "If requests are limited: how many you may send now (`r`), and after how many "
    "seconds the full limit is available again (`t`).",
    "RateLimit-Policy": "If requests are limited: how many (`q`) in how many seconds (`w`).",
    "Allow": "The supported methods.",
    "Content-Disposition": "The name of the file, and whether a browser may show it.",
    "Content-Range": "Which bytes these are.",
    "Accept-Ranges": "`bytes`: ranges are supported.",
}

_ERROR_HEADERS = {
    401: ["WWW-Authenticate"],
    405: ["Allow"],
    429: ["Retry-After"],
    503: ["Retry-After"],
}

_RATE = ("RateLimit", "RateLimit-Policy")
"""Headers of the responses to callers that are known."""

_GRAPHQL_CODES = (
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "PERSISTED_QUERY_NOT_FOUND",
)


class Responses:
    """Response objects of a document.

    ``statuses`` are the HTTP statuses of errors, by their codes.

    :param error_codes: those of addons, with their HTTP statuses
    """

    def __init__(self, components: Components, error_codes: Mapping[str, int]):
        self._components = components
        self.statuses = {**STATUS, **error_codes}

    def success(
        self, data: Json, description: str, *headers: str, meta: Json | None = None
    ) -> Json:
        """Return a successful response.

        :param data: the schema of ``data``
        :param meta: the schema of ``meta``, which lists have
        """
        properties: Json = {"status": {"const": "success"}, "data": data}
        if meta:
            properties["meta"] = meta
        schema = {"type": "object", "properties": properties, "required": list(properties)}
        content = {"application/json": {"schema": schema}}
        return {**self.bare(description, *headers), "content": content}

    def shared(
        self, name: str, data: Json, description: str, *headers: str, meta: Json | None = None
    ) -> Json:
        """Return a reference to a successful response that several operations have.

        :param name: of the component; the other parameters are those of :meth:`success`
        """
        return self._components.refer(
            "responses", name, lambda: self.success(data, description, *headers, meta=meta)
        )

    def cached(self, response: Json) -> Json:
        """Return status -> response, of one that has an ETag, which the client may have already."""
        unchanged = self._components.refer(
            "responses", "NotModified", lambda: self.bare("Nothing has changed.", "ETag")
        )
        return {"200": response, "304": unchanged}

    def file(self, description: str, *headers: str, media_type: str = "*/*") -> Json:
        """Return a response with the bytes of a file."""
        return {**self.bare(description, *headers), "content": {media_type: {}}}

    def bare(self, description: str, *headers: str) -> Json:
        """Return a response without a body."""
        return {"description": description, "headers": self.headers(*headers, *_RATE)}

    def errors(self, *statuses: int) -> Json:
        """Return the responses with these HTTP statuses."""
        return {str(status): self._error(status) for status in sorted(statuses)}

    def meta(self) -> Json:
        """Return the schema of ``meta`` of a page."""
        return self._components.refer(
            "schemas",
            "meta",
            lambda: {
                "type": "object",
                "description": "About a page.",
                "properties": {
                    "limit": {"type": "integer", "description": "Records that a page may have."},
                    "offset": {"type": "integer", "description": "Number of skipped records."},
                    "next": {
                        "type": ["string", "null"],
                        "description": "Send it as `after` to get the next page; null on the "
                        "last page.",
                    },
                    "total": {
                        "type": "integer",
                        "description": "Number of all records, if `total=true` was sent.",
                    },
                },
                "required": ["limit", "offset", "next"],
            },
        )

    def related_meta(self) -> Json:
        """Return the schema of ``meta`` of a page of a record's list."""
        return self._offset_meta("relatedMeta", "Records", "a page of a record's list")

    def group_meta(self) -> Json:
        """Return the schema of ``meta`` of a page of groups."""
        return self._offset_meta("groupMeta", "Groups", "a page of groups")

    def _offset_meta(self, name: str, items: str, page: str) -> Json:
        return self._components.refer(
            "schemas",
            name,
            lambda: {
                "type": "object",
                "description": f"About {page}.",
                "properties": {
                    "limit": {"type": "integer", "description": f"{items} that a page may have."},
                    "offset": {"type": "integer", "description": f"{items} skipped."},
                },
                "required": ["limit", "offset"],
            },
        )

    def blame(self) -> Json:
        """Return the schema of what is wrong with one value."""
        return self._components.refer(
            "schemas",
            "fieldError",
            lambda: {
                "type": "object",
                "description": "What is wrong with one value.",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        )

    def error_headers(self, status: int) -> Json:
        """Return the headers of an error."""
        names = () if status == 401 else _RATE
        return self.headers(*_ERROR_HEADERS.get(status, ()), *names)

    def headers(self, *names: str) -> Json:
        """Return the headers of a response with these names."""
        return {name: self._header(name) for name in names}

    def _header(self, name: str) -> Json:
        kind = "integer" if name == "Retry-After" else "string"
        return self._components.refer(
            "headers", name, lambda: {"description": _HEADERS[name], "schema": {"type": kind}}
        )

    def _error(self, status: int) -> Json:
        name, description = ERRORS[status]
        return self._components.refer(
            "responses", name, lambda: self._build_error(status, description)
        )

    def _build_error(self, status: int, description: str) -> Json:
        codes = [
            code
            for code, code_status in self.statuses.items()
            if code_status == status and code not in _GRAPHQL_CODES
        ]
        schema = {
            "allOf": [self._envelope(), {"properties": {"code": {"enum": codes}}}],
        }
        example = {
            "status": "error",
            "code": codes[0],
            "message": _MESSAGES.get(status, description),
        }
        return {
            "description": description,
            "headers": self.error_headers(status),
            "content": {"application/json": {"schema": schema, "example": example}},
        }

    def _envelope(self) -> Json:
        return self._components.refer(
            "schemas",
            "error",
            lambda: {
                "type": "object",
                "description": "What went wrong.",
                "properties": {
                    "status": {"const": "error"},
                    "code": {
                        "type": "string",
                        "enum": [code for code in self.statuses if code not in _GRAPHQL_CODES],
                    },
                    "message": {"type": "string", "description": "For people."},
                    "errors": {
                        "type": "array",
                        "items": self.blame(),
                        "description": "The parameters or values that are wrong.",
                    },
                },
                "required": ["status", "code", "message"],
            },
        )
