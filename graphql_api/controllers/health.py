"""Whether the service is there: for load balancers and whoever watches, without a key.

Without its database Odoo serves the routes of server-wide modules alone: the responses of this
module need ``--load=base,rpc,web,graphql_api`` then.
"""

from odoo import http
from odoo.http import request

from ..http.responses import error_response, json_response
from ..http.statuses import HttpError

_ROUTE = {
    "type": "http",
    "auth": "none",
    "csrf": False,
    "save_session": False,
    "readonly": True,
}


class HealthController(http.Controller):
    """Tells nothing but yes or no."""

    @http.route("/api/health", methods=["GET"], **_ROUTE)
    def health(self):
        """Tell that the process serves requests."""
        return _status("alive")

    @http.route("/api/ready", methods=["GET"], **_ROUTE)
    def ready(self):
        """Tell whether requests to the API would be served: with a database and its schema."""
        if not request.db:
            return _unavailable()
        request.env["graphql_api.schema"]._get_schema()
        return _status("ready")

    @http.route(["/api", "/api/<path:_path>"], without_database=True, **_ROUTE)
    def without_database(self, _path=None):
        """Respond to every other request while the database cannot be reached."""
        return _unavailable()


def _status(status: str) -> http.Response:
    return json_response({"status": status}, headers=[("Cache-Control", "no-store")])


def _unavailable() -> http.Response:
    error = HttpError(
        "SERVICE_UNAVAILABLE",
        "No database is available. If this server has several databases, choose one with the "
        "host name or the X-Odoo-Database header. Otherwise try again in 1 s.",
        headers=[("Retry-After", "1"), ("Cache-Control", "no-store")],
    )
    return error_response(request.httprequest, error)
