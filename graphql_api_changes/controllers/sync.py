"""``POST /api/sync``: what a client did while it was offline."""

from odoo import http

from odoo.addons.graphql_api.rest.extension import (
    WRITE_ROUTE,
    check_parameters,
    idempotent,
    success_response,
)

from ..rest.sync import sync


class SyncController(http.Controller):
    @http.route("/api/sync", methods=["POST"], **WRITE_ROUTE)
    def sync(self):
        """Make the changes of a batch."""
        check_parameters(())
        return idempotent(lambda: success_response(sync()))
