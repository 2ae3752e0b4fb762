"""Writing over REST: every route is a mutation of the same schema."""

from odoo import http

from ..http.idempotency_key import idempotent
from ..http.responses import success_response
from ..http.routes import WRITE_ROUTE
from ..rest.actions import ActionCall
from ..rest.me import update_me
from ..rest.query import check_parameters
from ..rest.writes import WriteCall
from ..schema.exposure.resource import UPSERT


class RestWriteController(http.Controller):
    @http.route("/api/me", methods=["PATCH"], **WRITE_ROUTE)
    def update_me(self):
        """Change preferences of the user who sends the request."""
        check_parameters(())
        return success_response(update_me())

    @http.route("/api/<string:collection>", methods=["POST"], **WRITE_ROUTE)
    def create_records(self, collection):
        """Create one record, or all of a list."""
        return idempotent(lambda: WriteCall(collection, "create").create_records())

    @http.route("/api/<string:collection>", methods=["PUT"], **WRITE_ROUTE)
    def upsert_records(self, collection):
        """Change the record that a key matches, or create it, or all of a list."""
        return idempotent(lambda: WriteCall(collection, UPSERT, None).upsert_records())

    @http.route(
        "/api/<string:collection>/<string:record_id>", methods=["PUT", "PATCH"], **WRITE_ROUTE
    )
    def update(self, collection, record_id):
        """Change what is sent of a record."""
        return WriteCall(collection, "update").update_record(record_id)

    @http.route("/api/<string:collection>/<string:record_id>", methods=["DELETE"], **WRITE_ROUTE)
    def delete(self, collection, record_id):
        """Delete a record."""
        return WriteCall(collection, "delete", parameters=()).delete_record(record_id)

    @http.route(
        "/api/<string:collection>/<string:record_id>/<string:field_name>",
        methods=["PUT"],
        **WRITE_ROUTE,
    )
    def upload(self, collection, record_id, field_name):
        """Store the body as a file of a record."""
        return WriteCall(collection, "update", parameters=()).upload_file(record_id, field_name)

    @http.route(
        "/api/<string:collection>/<string:record_id>/<string:action>",
        methods=["POST"],
        **WRITE_ROUTE,
    )
    def act(self, collection, record_id, action):
        """Call an action on a record."""
        return idempotent(lambda: ActionCall(collection, action).call_on_record(record_id))

    @http.route("/api/<string:collection>/<string:action>", methods=["POST"], **WRITE_ROUTE)
    def act_on_many(self, collection, action):
        """Call an action on several records."""
        return idempotent(lambda: ActionCall(collection, action, many=True).call_on_records())
