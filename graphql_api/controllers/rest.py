"""Reading over REST: the index, lists, single records."""

from werkzeug.datastructures import MultiDict

from odoo import http
from odoo.http import request

from ..http.allowed_methods import MOBILE_ROUTE, method_not_allowed, unknown_route
from ..http.responses import cached_response, success_response
from ..http.routes import READ_ROUTE
from ..rest.calls import Call
from ..rest.index import read_index
from ..rest.me import read_me
from ..rest.pages import next_link, read_page
from ..rest.query import check_parameters
from ..schema.exposure.resource import MOBILE_ALIASES


class RestController(http.Controller):
    @http.route("/api", methods=["GET"], **READ_ROUTE)
    def index(self):
        """List the resources that the caller may use."""
        check_parameters(())
        # Browsers get a page here.
        return cached_response(success_response(read_index(), headers=[("Vary", "Accept")]))

    @http.route("/api/me", methods=["GET"], **READ_ROUTE)
    def me(self):
        """Read whose API key it is."""
        check_parameters(())
        return cached_response(success_response(read_me()))

    @http.route("/api/<string:collection>", methods=["GET"], **READ_ROUTE)
    def list(self, collection):
        """List a page of records."""
        page = read_page(Call(collection), self._list_parameters())
        headers = [next_link(page.next)] if page.next else []
        return cached_response(success_response(page.rows, headers=headers, meta=page.meta))

    def _list_parameters(self) -> MultiDict:
        """Return the parameters of a list; addons take out those that they have added.

        :raise ApiError: BAD_USER_INPUT for one of those
        """
        return request.httprequest.args

    @http.route("/api/<string:collection>/<string:record_id>", methods=["GET"], **READ_ROUTE)
    def read_one(self, collection, record_id):
        """Read one record."""
        check_parameters(["fields"])
        return _read(collection, record_id, request.httprequest.args.get("fields"))

    @http.route(MOBILE_ROUTE, methods=["GET"], **READ_ROUTE)
    def read_mobile(self, name, record_id):
        """Read one record under a legacy route."""
        check_parameters(())
        if name not in MOBILE_ALIASES:
            raise unknown_route()
        collection, fields = MOBILE_ALIASES[name]
        return _read(collection, record_id, fields)

    @http.route("/api/<path:path>", **READ_ROUTE)
    def unknown(self, path):
        """Refuse what no other route takes."""
        raise method_not_allowed(request.dispatcher.schema())


def _read(collection: str, record_id: str, fields: str | None) -> http.Response:
    call = Call(collection)
    number = call.record_id(record_id)
    return cached_response(call.record(number, call.projection(fields)))
