"""Lists as streams, and files of upserts."""

from odoo import http

from odoo.addons.graphql_api.controllers.rest import RestController
from odoo.addons.graphql_api.rest.extension import WRITE_ROUTE, RolledBack

from ..rest.export import chosen_format, export, without_stream_parameters
from ..rest.imports import import_file
from ..rest.streams_openapi import FEATURE


class StreamController(RestController):
    @http.route()
    def list(self, collection):
        """List a page of records, or stream all of them where ``Accept`` asks for it."""
        media_type = chosen_format()
        if media_type is not None:
            return export(collection, media_type)
        try:
            response = super().list(collection)
        except RolledBack as unchanged:
            unchanged.response.headers.add("Vary", "Accept")
            raise
        response.headers.add("Vary", "Accept")
        return response

    def _list_parameters(self):
        """Let lists take what is for streams, where it says what holds for lists anyhow."""
        return without_stream_parameters(super()._list_parameters())

    @http.route(
        f"/api/<string:collection>/{FEATURE}", methods=["POST"], feature=FEATURE, **WRITE_ROUTE
    )
    def import_file(self, collection):
        """Write the upserts of a file."""
        return import_file(collection)
