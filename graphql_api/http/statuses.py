"""The HTTP statuses of errors, their headers, and the errors that HTTP itself knows."""

from collections.abc import Iterable

from werkzeug.exceptions import HTTPException

from odoo.http import request

from ..schema.exposure.errors import ApiError, internal_error, to_api_error

STATUS = {
    "UNAUTHENTICATED": 401,
    "TOTP_REQUIRED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "BAD_USER_INPUT": 400,
    "GRAPHQL_PARSE_FAILED": 400,
    "GRAPHQL_VALIDATION_FAILED": 400,
    "VALIDATION_FAILED": 422,
    "CONFLICT": 409,
    "PRECONDITION_FAILED": 412,
    "QUERY_TOO_COMPLEX": 400,
    "PERSISTED_QUERY_NOT_FOUND": 400,
    "RATE_LIMITED": 429,
    "SERVICE_UNAVAILABLE": 503,
    "INTERNAL_SERVER_ERROR": 500,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "RANGE_NOT_SATISFIABLE": 416,
}
"""Code of an :class:`ApiError` -> HTTP status; addons have more (:attr:`Parts.error_codes`)."""

_CODES = {
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    416: "RANGE_NOT_SATISFIABLE",
    422: "VALIDATION_FAILED",
    429: "RATE_LIMITED",
}
"""HTTP status of an exception of werkzeug -> code; other statuses of clients are BAD_USER_INPUT."""

_KEPT_HEADERS = ("allow", "retry-after", "content-range")

_CHALLENGE = ("WWW-Authenticate", 'Bearer realm="Odoo API"')


class HttpError(ApiError):
    """An error whose response has headers of its own.

    :param headers: (name, value)
    """

    def __init__(self, code: str, message: str, *, headers: Iterable[tuple[str, str]], **kwargs):
        super().__init__(code, message, **kwargs)
        self.headers = list(headers)


def status_of(code: str) -> int:
    """Return the HTTP status of the code of an error.

    :raise KeyError: no installed addon knows the code
    """
    if code in STATUS:
        return STATUS[code]
    return request.env["graphql_api.schema"]._collect().error_codes[code]


def error_headers(error: ApiError) -> list[tuple[str, str]]:
    """Return the headers that the response to an error has, beside that of its content."""
    headers = list(error.headers) if isinstance(error, HttpError) else []
    if error.retry_after is not None:
        headers.append(("Retry-After", str(error.retry_after)))
    if status_of(error.code) == 401:
        # RFC 9110, 15.5.2
        headers.append(_CHALLENGE)
    return headers


@to_api_error.register
def _from_http(error: HTTPException, _max_seconds: int | None = None) -> ApiError:
    if error.code is None or not 400 <= error.code < 500:
        return internal_error(error)
    code = _CODES.get(error.code, "BAD_USER_INPUT")
    headers = [
        (name, value) for name, value in error.get_headers() if name.lower() in _KEPT_HEADERS
    ]
    return HttpError(code, error.description or error.name, headers=headers)
