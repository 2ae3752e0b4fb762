"""``/api/customers/changes``: what has changed since a token."""

from odoo import http

from odoo.addons.graphql_api.rest.extension import READ_ROUTE, cached_response, success_response

from ..rest import changes
from ..schema.deltas import FEATURE

_PATH = f"/api/<string:collection>/{FEATURE}"


class ChangesController(http.Controller):
    @http.route(_PATH, methods=["GET"], feature=FEATURE, **READ_ROUTE)
    def read_changes(self, collection):
        """Read what has changed of the records of a collection."""
        rows, meta = changes.read_query(collection)
        return cached_response(success_response(rows, meta=meta))

    @http.route(_PATH, methods=["POST"], feature=FEATURE, **READ_ROUTE)
    def read_removed(self, collection):
        """Read it, and which of the records that the client holds are not there any more."""
        rows, meta = changes.read_body(collection)
        return success_response(rows, meta=meta)
