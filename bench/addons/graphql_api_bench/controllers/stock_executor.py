"""The same schema, executed as graphql-core does it by itself: field by field."""

import orjson

from odoo import http
from odoo.http import request

from odoo.addons.graphql_api.http.responses import json_response
from odoo.addons.graphql_api.schema.execution.columnar import TransactionalExecutor
from odoo.addons.graphql_api.schema.execution.executor import Request, execute


class StockExecutorController(http.Controller):
    @http.route(
        "/bench/stock",
        type="graphql_api",
        auth="graphql_api",
        methods=["POST"],
        readonly=True,
        save_session=False,
    )
    def graphql(self):
        """Answer a query; everything but the executor is what ``/api/graphql`` uses."""
        body = orjson.loads(request.httprequest.get_data())
        schema = request.env["graphql_api.schema"]._get_schema()
        result = execute(
            schema,
            schema.context(request.env),
            Request(body["query"], body.get("variables")),
            executor_class=TransactionalExecutor,
        )
        if result.errors:
            return json_response({"errors": result.errors, "data": result.data})
        return json_response({"data": result.data})
