"""``POST /api/sync``: what a client did while it was offline."""

from odoo import http

from odoo.addons.graphql_api.rest.extension import check_parameters, idempotent, success_response

from ..rest.sync import sync


class SyncController(http.Controller):
    @http.route(
        "/api/sync",
        type="graphql_api",
        auth="graphql_api",
        methods=["POST"],
        readonly=False,
        save_session=False,
    )
    def sync(self):
        """Make the changes of a batch."""
        check_parameters(())
        return idempotent(lambda: success_response(sync()))
