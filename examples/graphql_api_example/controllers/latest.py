from odoo import http
from odoo.http import request

from odoo.addons.graphql_api.rest.extension import (
    READ_ROUTE,
    cached_response,
    check_parameters,
    success_response,
)

from ..schema.latest import read_latest


class LatestController(http.Controller):
    @http.route("/api/<string:collection>/latest", methods=["GET"], feature="latest", **READ_ROUTE)
    def latest(self, collection):
        check_parameters(["fields"])
        rows = read_latest(collection, request.httprequest.args.get("fields"))
        return cached_response(success_response(rows))
