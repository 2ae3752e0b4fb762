"""Cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol).

Pages of the origins that the administrator lists may call the API from a browser, with an API key
in a header. They never get ``Access-Control-Allow-Credentials``: the cookie of an Odoo session
works for pages of this server alone.
"""

from odoo.http import HTTPRequest, Response

from .uploads import PREFLIGHT_HEADERS

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Of HTTP, those that change nothing (RFC 9110, 9.2.1)."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

REQUEST_HEADERS = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Consistency-Token",
    "Content-Encoding",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "Prefer",
    "Range",
    "X-Odoo-Companies",
    "X-Odoo-Database",
    "X-Timezone",
    *PREFLIGHT_HEADERS,
)
"""Headers of requests that something here, or Odoo in serving files, reads."""

RESPONSE_HEADERS = (
    "Accept-Ranges",
    "Allow",
    "Consistency-Token",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Server-Timing",
    "WWW-Authenticate",
)
"""Headers of responses that scripts may read, beside those that they always may."""

EXPOSED = "Access-Control-Expose-Headers"
"""A header of responses; one that a route sets names what it has beside those above."""

_MAX_AGE = 3600
"""Seconds for which a browser remembers the response to a preflight request."""


def is_preflight(httprequest: HTTPRequest) -> bool:
    """Tell whether a browser asks what a page of another site may send."""
    headers = httprequest.headers
    return (
        httprequest.method == "OPTIONS"
        and "Origin" in headers
        and "Access-Control-Request-Method" in headers
    )


def preflight_response(httprequest: HTTPRequest, origins: tuple[str, ...]) -> Response:
    """Return the response to a preflight request; to an unknown origin it says nothing."""
    response = Response(status=204)
    if allow(httprequest, response, origins):
        response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
        response.headers["Access-Control-Allow-Headers"] = ", ".join(REQUEST_HEADERS)
        response.headers["Access-Control-Max-Age"] = str(_MAX_AGE)
    return response


def allow(httprequest: HTTPRequest, response: Response, origins: tuple[str, ...]) -> bool:
    """Let the page that sent the request read the response, if it is of one of the origins.

    :param origins: as browsers send them, in lower case
    :return: whether it is
    """
    if not origins:
        return False
    response.headers.add("Vary", "Origin")
    origin = httprequest.headers.get("Origin")
    if origin not in origins:
        return False
    response.headers["Access-Control-Allow-Origin"] = origin
    exposed = (*RESPONSE_HEADERS, *response.headers.getlist(EXPOSED))
    response.headers[EXPOSED] = ", ".join(exposed)
    return True
