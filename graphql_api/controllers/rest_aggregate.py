"""Groups of records over REST: how many they are, and what their numbers come to."""

from odoo import http

from ..http.responses import cached_response, success_response
from ..http.routes import READ_ROUTE
from ..rest.calls import Call
from ..rest.groups import read_groups


class RestAggregateController(http.Controller):
    @http.route("/api/<string:collection>/aggregate", methods=["GET"], **READ_ROUTE)
    def aggregate(self, collection):
        """List groups of records."""
        rows, meta = read_groups(Call(collection))
        return cached_response(success_response(rows, meta=meta))
